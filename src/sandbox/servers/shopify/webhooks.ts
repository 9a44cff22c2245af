import { createHash, createHmac } from 'node:crypto';
import { shopCredentials } from '../../world/company.ts';
import { findOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import type { World } from '../../world/world.ts';

const PATIENCE_MS = 5_000;

/** Which stage of an order each topic tells; ORDERS_UPDATED tells all. */
const stages = {
  ORDERS_CREATE: 'created',
  ORDERS_PAID: 'paid',
  ORDERS_CANCELLED: 'closed',
  ORDERS_UPDATED: '%',
} as const;
export type Topic = keyof typeof stages;

interface Webhook {
  id: number;
  topic: Topic;
  url: string;
  told: number;
}

/** From now on every change of that kind is pushed to `url`. */
export function subscribe(world: World, topic: Topic, url: string): object {
  const row = world.store.get<{ id: number }>(
    `INSERT INTO shopify_webhooks (topic, url, told)
     VALUES (?, ?, (SELECT COALESCE(MAX(id), 0) FROM order_changes)) RETURNING id`,
    topic,
    url,
  );
  return { id: `gid://shopify/WebhookSubscription/${row?.id}`, topic, uri: url };
}

/** Pushes what changed, in order; one that is not taken is pushed again when time has moved on. */
export async function deliverWebhooks(world: World): Promise<void> {
  for (const webhook of world.store.all<Webhook>('SELECT * FROM shopify_webhooks ORDER BY id')) {
    const changes = world.store.all<{ id: number; no: string }>(
      `SELECT c.id, c.no FROM order_changes AS c JOIN orders AS o ON o.no = c.no
       WHERE c.id > ? AND c.at <= ? AND o.shop = 'us' AND c.stage LIKE ? ORDER BY c.id`,
      webhook.told,
      world.clock.now(),
      stages[webhook.topic],
    );
    for (const { id, no } of changes) {
      const order = findOrder(world, no);
      if (order === undefined || !(await push(webhook, id, order))) break;
      world.store.run('UPDATE shopify_webhooks SET told = ? WHERE id = ?', id, webhook.id);
    }
  }
}

async function push({ id, topic, url }: Webhook, change: number, order: OrderRow): Promise<boolean> {
  // The number stands there as a number, though it may have more digits than one has.
  const body = `{"id":${order.no},"admin_graphql_api_id":"gid://shopify/Order/${order.no}","name":"#${order.no.slice(-6)}"}`;
  const messageId = createHash('md5').update(`${id}/${change}`).digest('hex');
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-topic': topic.toLowerCase().replace('_', '/'),
        'x-shopify-hmac-sha256': createHmac('sha256', shopCredentials.us.webhookSecret).update(body).digest('base64'),
        'x-shopify-webhook-id': messageId,
        'x-shopify-api-version': '2026-10',
      },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return answer.ok;
  } catch {
    // Nobody there, or too slow: it is tried again.
    return false;
  }
}
