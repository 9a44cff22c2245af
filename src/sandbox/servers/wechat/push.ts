import { randomBytes } from 'node:crypto';
import { shopCredentials } from '../../world/company.ts';
import type { World } from '../../world/world.ts';
import { refuse } from '../doors.ts';
import type { Route } from '../exchange.ts';
import { encrypt, signatureOf } from '../wecom/app-crypto.ts';

const PATIENCE_MS = 5_000;
const TRIES = 3;
/** Every so many messages one never comes. */
const LOST_EVERY = 25;

const { appId, token, encodingAesKey } = shopCredentials.wx;
const ADDRESS = 'wx-push-url';
const AFTER = 'wx-push-after';
const PROVED = 'wx-push-proved';
const FAILED = 'wx-push-tries';

interface Change {
  id: number;
  no: string;
  stage: string;
  at: number;
}

/** A person enters the shop's address in the back office: once it has echoed a word it is told of the changes since. */
export const pushUrl: Route = {
  method: 'POST',
  path: '/console/push',
  sheet: 'channels.md §5.4; shape: ours',
  kind: 'write',
  answer({ world }, call) {
    const url = call.body.toString('utf8');
    if (!URL.canParse(url)) return refuse(400, 'the body is the address');
    const last = world.store.get<{ id: number | null }>('SELECT MAX(id) AS id FROM order_changes')?.id ?? 0;
    world.store.writeMeta(ADDRESS, url);
    world.store.writeMeta(AFTER, last);
    world.store.writeMeta(PROVED, '');
    return { status: 200, body: { url }, outcome: 'ok', applied: true };
  },
};

async function isProved(world: World, url: string): Promise<boolean> {
  if (world.store.readMeta(PROVED) === url) return true;
  const echo = randomBytes(8).readBigUInt64BE().toString();
  if ((await ask(signed(world, url, { echostr: echo }))) !== echo) return false;
  world.store.writeMeta(PROVED, url);
  return true;
}

/** Tells what changed, one message each; what is not answered with `success` comes again, twice. */
export async function deliverPushes(world: World): Promise<void> {
  const url = world.store.readMeta(ADDRESS);
  if (url === undefined || !(await isProved(world, url))) return;
  for (;;) {
    const change = world.store.get<Change>(
      `SELECT c.id, c.no, c.stage, c.at FROM order_changes AS c JOIN orders AS o ON o.no = c.no
       WHERE c.id > ? AND c.at <= ? AND o.shop = 'wx' ORDER BY c.id LIMIT 1`,
      Number(world.store.readMeta(AFTER)),
      world.clock.now(),
    );
    if (change === undefined) return;
    const isTaken = change.id % LOST_EVERY === 0 || (await send(world, url, eventOf(change))) === 'success';
    const tries = isTaken ? 0 : Number(world.store.readMeta(FAILED) ?? 0) + 1;
    world.store.writeMeta(FAILED, tries % TRIES);
    if (tries % TRIES === 0) world.store.writeMeta(AFTER, change.id);
    if (!isTaken) return;
  }
}

/** The number of the order is a text in some events and stands unquoted in others. */
const events: Readonly<Record<string, (no: string, seconds: number) => string>> = {
  created: (no) => `"Event":"channels_ec_order_new","order_info":{"order_id":${no}}`,
  paid: (no, at) => `"Event":"channels_ec_order_pay","order_info":{"order_id":"${no}","pay_time":"${at}"}`,
  shipped: (no) => `"Event":"channels_ec_order_deliver","order_info":{"order_id":${no},"finish_delivery":1}`,
  delivered: (no) => `"Event":"channels_ec_order_confirm","order_info":{"order_id":"${no}","confirm_type":"1"}`,
  closed: (no) => `"Event":"channels_ec_order_cancel","order_info":{"order_id":"${no}","cancel_type":"1"}`,
  'refund-requested': (no) => afterSale(no, 'MERCHANT_PROCESSING'),
  'refund-accepted': (no) => afterSale(no, 'PLATFORM_REFUNDING'),
  refunded: (no) => afterSale(no, 'MERCHANT_REFUND_SUCCESS'),
};
const afterSale = (no: string, status: string): string =>
  `"Event":"channels_ec_aftersale_update","finder_shop_aftersale_status_update":{"status":"${status}","order_id":"${no}"}`;
const other = (no: string): string =>
  `"Event":"channels_ec_order_ext_info_update","order_info":{"order_id":${no},"type":1}`;

function eventOf({ no, stage, at }: Change): string {
  const seconds = Math.floor(at / 1_000);
  const said = (events[stage] ?? other)(no, seconds);
  return `{"ToUserName":"gh_demo","FromUserName":"OPENID","CreateTime":${seconds},"MsgType":"event",${said}}`;
}

function send(world: World, url: string, event: string): Promise<string | undefined> {
  const Encrypt = encrypt(encodingAesKey, event, appId);
  return ask(signed(world, url, { encrypt_type: 'aes' }, Encrypt), JSON.stringify({ ToUserName: 'gh_demo', Encrypt }));
}

/** The address with everything that proves who asks (channels.md §5.4). */
function signed(world: World, url: string, more: Readonly<Record<string, string>>, encrypted?: string): URL {
  const target = new URL(url);
  const timestamp = String(Math.floor(world.clock.now() / 1_000));
  const nonce = randomBytes(5).toString('hex');
  // The plain signature leaves the message out.
  const query = { signature: signatureOf(token, timestamp, nonce, ''), timestamp, nonce, ...more };
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value);
  if (encrypted !== undefined)
    target.searchParams.set('msg_signature', signatureOf(token, timestamp, nonce, encrypted));
  return target;
}

async function ask(url: URL, body?: string): Promise<string | undefined> {
  try {
    const init = body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    // Nobody there, or too slow: it is tried again.
    return undefined;
  }
}
