import { createHash } from 'node:crypto';
import { parse } from 'lossless-json';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { PushReading, RawPush } from '../../../ports/channel.ts';
import { isEventSigned } from './sign.ts';

const Id = z.string().regex(/^[\w-]{1,64}$/);
/** The platform's own samples differ: `msg_id` or `msgId`, `data` as text or as an object (channels.md §3.7). */
const Message = z.looseObject({ msg_id: z.string().nullish(), msgId: z.string().nullish(), data: z.unknown() });
const Data = z.looseObject({ p_id: Id });

const answer = { status: 200, type: 'application/json', body: JSON.stringify({ code: 0, msg: 'success' }) };

/** A signed list of messages; each names the order it is about in `p_id`, also those about its refund. */
export function readPush(push: RawPush, keys: { readonly appKey: string; readonly appSecret: string }): PushReading {
  const { headers, rawBody } = push;
  if (!isEventSigned(keys, rawBody, headers['event-sign'] ?? ''))
    throw new RejectedError('douyin: a push that is not signed with our secret', { code: 'BAD_SIGNATURE' });
  const body = readJson(rawBody.toString('utf8'));
  const messages = z.array(Message).safeParse(Array.isArray(body) ? body : [body]).data;
  if (messages === undefined) throw new RejectedError('douyin: a push that cannot be read', { code: 'BAD_PUSH' });
  const orderNos = messages.flatMap(({ data }) => {
    const read = Data.safeParse(typeof data === 'string' ? readJson(data) : data).data;
    return read === undefined ? [] : [read.p_id];
  });
  const ids = messages.map(({ msg_id, msgId }) => msg_id ?? msgId ?? '');
  const isNamed = ids.length > 0 && ids.every((id) => id !== '');
  return {
    // A repeat is the same bytes, too.
    messageId: isNamed ? ids.join(',') : createHash('sha256').update(rawBody).digest('base64url'),
    orderNos: [...new Set(orderNos)],
    answer,
  };
}

/** Numbers stay text: order numbers have more digits than a JS number. */
function readJson(text: string): unknown {
  try {
    return parse(text, undefined, { parseNumber: String, onDuplicateKey: ({ newValue }) => newValue });
  } catch {
    return undefined;
  }
}
