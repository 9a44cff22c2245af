import { createHash, createHmac } from 'node:crypto';
import type { Channel } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { FulfillmentSystem } from '../ports/fulfillment.ts';
import type { Http } from '../ports/http.ts';
import type { Identifier } from '../ports/identifier.ts';
import type { Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';
import type { CarrierSource } from '../services/follow-parcels.ts';
import type { ShopSource, SystemSource } from '../services/ingest.ts';
import type { createPhoneTail } from '../services/phone-tail.ts';
import { type Company, fileChannel } from './company.ts';
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

  function shopOf(shop: Company['shops'][number], timezone: string): ShopSource {
    const block = JSON.stringify([shop, timezone]);
    const known = shopsMade.get(shop.id);
    if (known?.block === block) return known.source;
    const plug = plugs.channels.get(shop.channel);
    if (plug === undefined) throw new TypeError(`no channel ${shop.channel}`);
    const channel: Channel = plug.create({
      shopId: shop.id,
      baseUrl: shop.baseUrl ?? plug.defaultBaseUrl ?? '',
      credentials: plug.credentials.parse(shop.credentials),
      timezone,
      http,
      clock,
      identifier,
    });
    const source = { id: shop.id, channel, pollMs: shop.poll };
    shopsMade.set(shop.id, { block, source });
    return source;
  }

  async function systemOf(system: Company['systems'][number]): Promise<SystemSource> {
    const block = JSON.stringify(system);
    const known = systemsMade.get(system.id);
    if (known?.block === block) return known.source;
    const plug = plugs.fulfillment.get(system.kind);
    if (plug === undefined) throw new TypeError(`no system ${system.kind}`);
    const tokenId = `system:${system.id}`;
    // Saved tokens follow from the configured seed: a new seed (somebody granted access again) makes them worthless.
    const seed = createHash('sha256').update(JSON.stringify(system.credentials)).digest('base64url');
    const fresh = savedTokens(await storage.tokens.find(tokenId), seed, vault);
    const made: FulfillmentSystem = plug.create({
      systemId: system.id,
      baseUrl: system.baseUrl ?? plug.defaultBaseUrl ?? '',
      credentials: plug.credentials.parse({ ...system.credentials, ...fresh }),
      http,
      clock,
      saveTokens: ({ accessToken, refreshToken, expiresAt }) =>
        storage.tokens.save(
          tokenId,
          vault.seal(JSON.stringify({ seed, accessToken, refreshToken })),
          expiresAt,
          clock.now(),
        ),
    });
    const source = { id: system.id, system: made, pollMs: system.poll };
    systemsMade.set(system.id, { block, source });
    return source;
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
      pushSecret: createHmac('sha256', hookKey).update(`carriers/${block.id}`).digest('base64url').slice(0, 22),
      phoneTail,
    });
    const callbackUrl = hooksUrl === undefined ? undefined : `${hooksUrl}/hooks/carriers/${block.id}`;
    const source = { id: block.id, carrier, callbackUrl };
    carriersMade.set(block.id, { block: text, source });
    return source;
  }

  return async (company) => ({
    shops: company.shops.filter(({ channel }) => channel !== fileChannel).map((shop) => shopOf(shop, company.timezone)),
    systems: await Promise.all(company.systems.map(systemOf)),
    carriers: company.carriers.map(carrierOf),
  });
}

/** Tokens refreshed since that seed; nothing when there are none. */
function savedTokens(
  row: { readonly sealed: string } | undefined,
  seed: string,
  vault: Vault,
): { accessToken?: string; refreshToken?: string } {
  if (row === undefined) return {};
  const { seed: from, ...tokens } = JSON.parse(vault.open(row.sealed)) as {
    seed?: string;
    accessToken: string;
    refreshToken: string;
  };
  return from === seed ? tokens : {};
}
