import { createHash, timingSafeEqual } from 'node:crypto';
import { RejectedError } from '../../../domain/errors.ts';
import type { PushReading, RawPush } from '../../../ports/channel.ts';
import { isOrderCode } from './orders.ts';
import { sign } from './sign.ts';
import { readRoot, textsOf } from './xml.ts';

const answer = {
  status: 200,
  type: 'text/xml; charset=utf-8',
  body: '<?xml version="1.0" encoding="utf-8"?><response><flag>success</flag><code>0</code><message>ok</message></response>',
};

/**
 * A warehouse's report, of whatever kind: signed as our calls are, it names orders. The same `outBizCode` may come twice
 * (fulfillment.md §1.1); a report without one is the same when its bytes are.
 */
export function readPush({ target, rawBody }: RawPush, appSecret: string): PushReading {
  const query = Object.fromEntries(new URLSearchParams(target.split('?').slice(1).join('?')));
  const body = rawBody.toString('utf8');
  if (!sameText((query.sign ?? '').toUpperCase(), sign(appSecret, query, rawBody)))
    throw new RejectedError('qimen: a push that is not signed with our secret', { code: 'BAD_SIGNATURE' });
  const request = readRoot('request', body);
  if (request === undefined) throw new RejectedError('qimen: a push that cannot be read', { code: 'BAD_PUSH' });
  const orderNos = [...new Set(['deliveryOrderCode', 'orderCode'].flatMap((name) => textsOf(name, request)))].filter(
    isOrderCode,
  );
  const keys = textsOf('outBizCode', request);
  const what = keys.length === 0 ? [body] : keys;
  const hash = createHash('sha256').update(JSON.stringify([query.method ?? '', orderNos, what]));
  return { messageId: hash.digest('base64url'), orderNos, answer };
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
