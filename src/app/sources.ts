import { createHash, createHmac } from 'node:crypto';
import type { Channel } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { FulfillmentSystem } from '../ports/fulfillment.ts';
import type { Http } from '../ports/http.ts';
import type { Identifier } from '../ports/identifier.ts';
import type { Storage } from '../ports/stores.ts';
import type { FreshTokens } from '../ports/tokens.ts';
import type { Vault } from '../ports/vault.ts';
import type { CarrierSource } from '../services/follow-parcels.ts';
import type { ShopSource, SystemSource } from '../services/ingest.ts';
import type { createPhoneTail } from '../services/phone-tail.ts';
import type { VoiceSource } from '../services/ring.ts';
import type { SmsSource } from '../services/text-buyers.ts';
import { type Company, fileChannel, smsSettings, voiceSettings } from './company.ts';
import type { Plugs } from './discover.ts';

export interface SourceDeps {
  readonly plugs: Plugs;
  readonly http: Http;
  readonly clock: Clock;
  readonly identifier: Identifier;
  readonly storage: Storage;
  readonly vault: Vault;
  readonly phoneTail: ReturnType<typeof createPhoneTail>;
  readonly hookKey: Buffer;
  /** Under which vendors reach us; undefined when they cannot. */
  readonly hooksUrl: string | undefined;
}

export interface Sources {
  readonly shops: readonly ShopSource[];
  readonly systems: readonly SystemSource[];
  readonly carriers: readonly CarrierSource[];
  readonly voices: readonly VoiceSource[];
  readonly sms: SmsSource | undefined;
}

/** Rebuilds a plug only when its own block of the configuration changed. */
export function createSourceFactory({
  plugs,
  http,
  clock,
  identifier,
  storage,
  vault,
  phoneTail,
  hookKey,
  hooksUrl,
}: SourceDeps): (company: Company) => Promise<Sources> {
  const shopsMade = new Map<string, { block: string; source: ShopSource }>();
  const systemsMade = new Map<string, { block: string; source: SystemSource }>();
  const carriersMade = new Map<string, { block: string; source: CarrierSource }>();
  let smsMade: { block: string; source: SmsSource } | undefined;
  const voicesMade = new Map<string, { block: string; source: VoiceSource }>();

  async function shopOf(shop: Company['shops'][number], timezone: string): Promise<ShopSource> {
    const block = JSON.stringify([shop, timezone]);
    const known = shopsMade.get(shop.id);
    if (known?.block === block) return known.source;
    const plug = plugs.channels.get(shop.channel);
    if (plug === undefined) throw new TypeError(`no channel ${shop.channel}`);
    const tokens = await tokensOf(`shop:${shop.id}`, shop.credentials);
    const baseUrl = shop.baseUrl ?? plug.defaultBaseUrl ?? '';
    const channel: Channel = plug.create({
      shopId: shop.id,
      baseUrl,
      credentials: plug.credentials.parse({ ...shop.credentials, ...tokens.fresh }),
      timezone,
      http,
      clock,
      identifier,
      saveTokens: tokens.save,
    });
    const aheadMs = (): number => http.aheadOf(baseUrl);
    const source = { id: shop.id, channel, pollMs: shop.poll, aheadMs, backfillDays: shop.backfillDays };
    shopsMade.set(shop.id, { block, source });
    return source;
  }

  async function systemOf(system: Company['systems'][number]): Promise<SystemSource> {
    const block = JSON.stringify(system);
    const known = systemsMade.get(system.id);
    if (known?.block === block) return known.source;
    const plug = plugs.fulfillment.get(system.kind);
    if (plug === undefined) throw new TypeError(`no system ${system.kind}`);
    const tokens = await tokensOf(`system:${system.id}`, system.credentials);
    const made: FulfillmentSystem = plug.create({
      systemId: system.id,
      baseUrl: system.baseUrl ?? plug.defaultBaseUrl ?? '',
      credentials: plug.credentials.parse({ ...system.credentials, ...tokens.fresh }),
      http,
      clock,
      saveTokens: tokens.save,
    });
    const source = { id: system.id, system: made, pollMs: system.poll };
    systemsMade.set(system.id, { block, source });
    return source;
  }

  /** Saved tokens follow from the configured seed: a new seed (somebody granted access again) makes them worthless. */
  async function tokensOf(id: string, credentials: unknown) {
    const seed = seedOf(credentials);
    return {
      fresh: savedTokens(await storage.tokens.find(id), credentials, vault),
      save: ({ expiresAt, ...tokens }: FreshTokens): Promise<void> =>
        storage.tokens.save(id, vault.seal(JSON.stringify({ seed, ...tokens, expiresAt })), expiresAt, clock.now()),
    };
  }

  function carrierOf(block: Company['carriers'][number]): CarrierSource {
    const text = JSON.stringify(block);
    const known = carriersMade.get(block.id);
    if (known?.block === text) return known.source;
    const plug = plugs.carriers.get(block.kind);
    if (plug === undefined) throw new TypeError(`no carrier ${block.kind}`);
    const carrier = plug.create({
      baseUrl: block.baseUrl ?? plug.defaultBaseUrl ?? '',
      credentials: plug.credentials.parse(block.credentials),
      http,
      clock,
      pushSecret: hookSecret(hookKey, `carriers/${block.id}`),
      phoneTail,
    });
    const callbackUrl = hooksUrl === undefined ? undefined : `${hooksUrl}/hooks/carriers/${block.id}`;
    const source = { id: block.id, carrier, callbackUrl };
    carriersMade.set(block.id, { block: text, source });
    return source;
  }

  function voiceOf(block: Company['voice'][number], company: Company): VoiceSource {
    const { id, kind } = block;
    const plug = plugs.voices.get(kind);
    if (plug === undefined) throw new TypeError(`no voice ${kind}`);
    const { baseUrl, settings } = voiceSettings(block, company.rooms);
    const text = JSON.stringify([block, baseUrl, settings]);
    const known = voicesMade.get(id);
    if (known?.block === text) return known.source;
    const voice = plug.create({
      baseUrl: baseUrl ?? plug.defaultBaseUrl ?? '',
      settings: plug.settings.parse(settings),
      http,
      clock,
    });
    const source = { id, name: plug.name, voice, hookSecret: hookSecret(hookKey, `voice/${id}`) };
    voicesMade.set(id, { block: text, source });
    return source;
  }

  function smsOf(block: Company['sms'][number]): SmsSource {
    const text = JSON.stringify(block);
    if (smsMade?.block === text) return smsMade.source;
    const { id, kind, baseUrl } = block;
    const plug = plugs.sms.get(kind);
    if (plug === undefined) throw new TypeError(`no sms ${kind}`);
    const provider = plug.create({
      baseUrl: baseUrl ?? plug.defaultBaseUrl ?? '',
      settings: plug.settings.parse(smsSettings(block)),
      http,
      clock,
    });
    const source = { id, provider, hookSecret: hookSecret(hookKey, `sms/${id}`) };
    smsMade = { block: text, source };
    return source;
  }

  return async (company) => ({
    shops: await Promise.all(
      company.shops.filter(({ channel }) => channel !== fileChannel).map((shop) => shopOf(shop, company.timezone)),
    ),
    systems: await Promise.all(company.systems.map(systemOf)),
    carriers: company.carriers.map(carrierOf),
    voices: company.voice.map((block) => voiceOf(block, company)),
    sms: company.sms.map(smsOf)[0],
  });
}

/** What a vendor signs its pushes with, or what stands in the address that people type into its console. */
export const hookSecret = (hookKey: Buffer, door: string): string =>
  createHmac('sha256', hookKey).update(door).digest('base64url').slice(0, 22);

const seedOf = (credentials: unknown): string =>
  createHash('sha256').update(JSON.stringify(credentials)).digest('base64url');

/** Tokens refreshed since these were configured, as credentials; nothing when there are none. */
export function savedTokens(
  row: { readonly sealed: string } | undefined,
  credentials: unknown,
  vault: Vault,
): Partial<FreshTokens> {
  if (row === undefined) return {};
  const { seed: from, ...tokens } = JSON.parse(vault.open(row.sealed)) as FreshTokens & { seed?: string };
  return from === seedOf(credentials) ? tokens : {};
}
