import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse } from 'lossless-json';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { PushReading, RawPush } from '../../../ports/channel.ts';

/** What the shop writes into `X-Shopify-Hmac-Sha256` (channels.md §4.7, vectors §10.4). */
export const signPush = (secret: string, rawBody: Buffer): string =>
  createHmac('sha256', secret).update(rawBody).digest('base64');

// Numbers are read as text: ids may have more digits than a JS number.
const Id = z.string().regex(/^\d{1,20}$/);
const Gid = z
  .string()
  .regex(/^gid:\/\/shopify\/Order\/\d{1,20}$/)
  .transform((gid) => gid.slice(gid.lastIndexOf('/') + 1));
const Body = z.object({
  id: Id.optional().catch(undefined),
  order_id: Id.optional().catch(undefined),
  admin_graphql_api_id: Gid.optional().catch(undefined),
  order_edit: z.object({ order_id: Id }).optional().catch(undefined),
  order: z.object({ id: Id }).optional().catch(undefined),
});

/** A signed push (§4.7): the order it is about, whatever its topic. A test from the admin page has another signature. */
export function readPush({ headers, rawBody }: RawPush, secret: string): PushReading {
  const told = Buffer.from(headers['x-shopify-hmac-sha256'] ?? '');
  const expected = Buffer.from(signPush(secret, rawBody));
  if (told.length !== expected.length || !timingSafeEqual(told, expected))
    throw new RejectedError('Shopify: a push that is not signed with credentials.webhookSecret', {
      code: 'BAD_SIGNATURE',
    });
  const messageId = headers['x-shopify-webhook-id'] ?? '';
  const body = Body.safeParse(readJson(rawBody));
  if (messageId === '' || !body.success)
    throw new RejectedError('Shopify: a push that cannot be read', { code: 'BAD_PUSH' });
  const { id, order_id, admin_graphql_api_id, order_edit, order } = body.data;
  const isOrder = (headers['x-shopify-topic'] ?? '').startsWith('orders/');
  const orderNo = order_edit?.order_id ?? order_id ?? order?.id ?? admin_graphql_api_id ?? (isOrder ? id : undefined);
  return {
    messageId,
    orderNos: orderNo === undefined ? [] : [orderNo],
    answer: { status: 200, type: 'text/plain; charset=utf-8', body: '' },
  };
}

function readJson(rawBody: Buffer): unknown {
  try {
    return parse(rawBody.toString('utf8'), undefined, {
      parseNumber: String,
      onDuplicateKey: ({ newValue }) => newValue,
    });
  } catch {
    return undefined;
  }
}
