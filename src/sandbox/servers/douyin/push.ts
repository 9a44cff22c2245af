import { z } from 'zod';
import { shopCredentials } from '../../world/company.ts';
import type { World } from '../../world/world.ts';
import { refuse } from '../doors.ts';
import type { Route } from '../exchange.ts';
import { signEvent } from './sign.ts';

const PATIENCE_MS = 5_000;
const AT_ONCE = 5;
const TRIES = 3;
/** Every so many messages one comes a second time. */
const REPEAT_EVERY = 20;

/** What each change of an order is called (channels.md §3.7); all others are changes of its way. */
const tags: Readonly<Record<string, string>> = {
  created: '100',
  paid: '101',
  shipped: '102',
  closed: '106',
  remark: '113',
  'refund-requested': '200',
  'refund-accepted': '201',
  refunded: '206',
};
const OTHER_TAG = '104';

const Taken = z.object({ code: z.literal(0) });

interface Change {
  id: number;
  no: string;
  stage: string;
}

/** A person names the shop's address in the platform's console; changes from then on are told there. */
export const pushUrl: Route = {
  method: 'POST',
  path: '/console/push',
  sheet: 'channels.md §3.7; shape: ours',
  kind: 'write',
  answer({ world }, call) {
    const url = call.body.toString('utf8');
    if (!URL.canParse(url)) return refuse(400, 'the body is the address');
    const last = world.store.get<{ id: number | null }>('SELECT MAX(id) AS id FROM order_changes')?.id ?? 0;
    world.store.writeMeta('dy-push-url', url);
    world.store.writeMeta('dy-push-after', last);
    return { status: 200, body: { url }, outcome: 'ok', applied: true };
  },
};

/** Tells what changed, a few messages at once and the newest of them first; what is not taken comes again, twice. */
export async function deliverPushes(world: World): Promise<void> {
  const url = world.store.readMeta('dy-push-url');
  while (url !== undefined) {
    const after = Number(world.store.readMeta('dy-push-after'));
    const changes = world.store.all<Change>(
      `SELECT c.id, c.no, c.stage FROM order_changes AS c JOIN orders AS o ON o.no = c.no
       WHERE c.id > ? AND c.at <= ? AND o.shop = 'dy' ORDER BY c.id LIMIT ?`,
      after,
      world.clock.now(),
      AT_ONCE,
    );
    const last = changes.at(-1);
    if (last === undefined) return;
    const isTaken = await send(url, changes.flatMap(messagesOf).toReversed());
    const tries = isTaken ? 0 : Number(world.store.readMeta('dy-push-tries') ?? 0) + 1;
    world.store.writeMeta('dy-push-tries', tries % TRIES);
    if (tries % TRIES === 0) world.store.writeMeta('dy-push-after', last.id);
    if (!isTaken) return;
  }
}

function messagesOf({ id, no, stage }: Change): object[] {
  // The number goes out unquoted, inside a text.
  const data = `{"p_id":${no},"s_ids":[${no}],"shop_id":${shopCredentials.dy.shopId}}`;
  const message = { tag: tags[stage] ?? OTHER_TAG, msg_id: `${no}:${id}`, data };
  return id % REPEAT_EVERY === 0 ? [message, message] : [message];
}

async function send(url: string, messages: readonly object[]): Promise<boolean> {
  const { appKey, appSecret } = shopCredentials.dy;
  const body = JSON.stringify(messages);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'app-id': appKey,
        'event-sign': signEvent(appKey, appSecret, body),
      },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return Taken.safeParse(await answer.json()).success;
  } catch {
    // Nobody there, or no such answer: it is tried again.
    return false;
  }
}
