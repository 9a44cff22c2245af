import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { World } from '../../world/world.ts';
import { decrypt, encrypt, signatureOf } from './app-crypto.ts';
import type { App } from './app-state.ts';
import { nextId, type Office } from './office.ts';
import { buttonsOf } from './people.ts';
import { tenant } from './tenant.ts';

const tries = 4;

/** How the next callback is wrong. */
const Wrong = z.enum(['signature', 'receiver']).optional();
export const AppSay = z.object({ user: z.string(), text: z.string(), wrong: Wrong });
export const AppClick = z.object({ message: z.number().int(), user: z.string(), label: z.string(), wrong: Wrong });

/** The check of the address: it must answer with the plain text, and nothing around it (wecom.md §4.5). */
export async function verifyAddress(office: Office, world: World): Promise<{ isVerified: boolean }> {
  const plain = randomBytes(8).readBigUInt64BE().toString();
  const echostr = encrypt(tenant.callbackKey, plain, tenant.corpId);
  const url = addressOf(office, world, echostr);
  url.searchParams.set('echostr', echostr);
  const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  return { isVerified: (await answer.text()) === plain };
}

export function sayToApp(
  office: Office,
  world: World,
  { user, text, wrong }: z.output<typeof AppSay>,
): Promise<{ attempts: number }> {
  const fields = { MsgType: 'text', Content: text, MsgId: nextId(office, '70') };
  return call(office, world, { ...headOf(world, user), ...fields }, wrong);
}

/** A click: the answer may repaint the card for whoever clicked, and a new code comes with it (wecom.md §4.4). */
export async function clickAppCard(
  office: Office,
  world: World,
  app: App,
  { message, user, label, wrong }: z.output<typeof AppClick>,
): Promise<{ attempts: number; responseCode: string }> {
  const shown = office.shown.find(({ id, via }) => id === message && via === 'app');
  const card = shown?.cardOf[user] ?? shown?.card;
  const button = buttonsOf(card ?? {}).find(({ text }) => text === label);
  if (shown === undefined || card === undefined || card === null || button === undefined)
    throw new Error('no such button');
  const responseCode = nextId(office, 'APPRC');
  app.codes.set(responseCode, { messageIds: [shown.id], at: world.clock.now() });
  const event = {
    MsgType: 'event',
    Event: 'template_card_event',
    EventKey: button.key,
    TaskId: String(card.task_id),
    CardType: String(card.card_type),
    ResponseCode: responseCode,
  };
  const { attempts, answer } = await call(office, world, { ...headOf(world, user), ...event }, wrong);
  const name = /<ReplaceName>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?<\/ReplaceName>/s.exec(answer)?.[1];
  if (name !== undefined) shown.cardOf[user] = { ...card, button_list: [{ text: name, key: '', disabled: 1 }] };
  return { attempts, responseCode };
}

const headOf = (world: World, user: string): Record<string, string> => ({
  ToUserName: tenant.corpId,
  FromUserName: user,
  CreateTime: String(Math.floor(world.clock.now() / 1_000)),
  AgentID: String(tenant.agentId),
});

/** The same payload up to four times, each time for as long as the sheet says. */
async function call(
  office: Office,
  world: World,
  fields: Record<string, string>,
  wrong: z.output<typeof Wrong>,
): Promise<{ attempts: number; answer: string }> {
  const xml = (body: Record<string, string>): string =>
    `<xml>${Object.entries(body)
      .map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`)
      .join('')}</xml>`;
  const sealed = encrypt(tenant.callbackKey, xml(fields), wrong === 'receiver' ? 'ww-somebody-else' : tenant.corpId);
  const url = addressOf(office, world, sealed);
  if (wrong === 'signature') url.searchParams.set('msg_signature', '0'.repeat(40));
  const body = xml({ ToUserName: tenant.corpId, AgentID: String(tenant.agentId), Encrypt: sealed });
  for (let attempts = 1; attempts <= tries; attempts += 1) {
    try {
      const signal = AbortSignal.timeout(office.knobs.callbackMs);
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/xml' }, body, signal });
      return { attempts, answer: openAnswer(await answer.text()) };
    } catch {
      // Only a failed connection or silence is tried again.
    }
  }
  return { attempts: tries, answer: '' };
}

function openAnswer(text: string): string {
  const sealed = /<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)/.exec(text)?.[1];
  return sealed === undefined ? '' : decrypt(tenant.callbackKey, sealed).message;
}

function addressOf(office: Office, world: World, sealed: string): URL {
  if (office.knobs.callbackUrl === null) throw new Error('the app has no callback address');
  const url = new URL(office.knobs.callbackUrl);
  const timestamp = String(Math.floor(world.clock.now() / 1_000));
  const nonce = nextId(office, '13726');
  url.searchParams.set('msg_signature', signatureOf(tenant.callbackToken, timestamp, nonce, sealed));
  url.searchParams.set('timestamp', timestamp);
  url.searchParams.set('nonce', nonce);
  return url;
}
