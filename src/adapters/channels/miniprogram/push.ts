import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse } from 'lossless-json';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { ChannelContext, PushReading, RawPush } from '../../../ports/channel.ts';
import type { Credentials } from './client.ts';
import { signature } from './sign.ts';

const toleranceMs = 300_000;

const Event = z.object({ event_id: z.coerce.string().min(1).max(128), order_no: z.coerce.string().min(1).max(64) });

/** A webhook of channels.md §6: the request headers of the API over the raw body, `event_id` for repeats. */
export function createReadPush({
  credentials: { key, secret },
  clock,
}: Pick<ChannelContext<Credentials>, 'credentials' | 'clock'>): (push: RawPush) => PushReading {
  return ({ method, target, headers, rawBody }) => {
    const timestamp = headers['x-timestamp'] ?? '';
    const isFresh = /^\d{1,12}$/.test(timestamp) && Math.abs(Number(timestamp) * 1_000 - clock.now()) <= toleranceMs;
    const wanted = signature(secret, { method, target, timestamp, nonce: headers['x-nonce'] ?? '', body: rawBody });
    if (!isFresh || headers['x-key'] !== key || !isSame(secret, wanted, headers['x-signature'] ?? '')) {
      throw new RejectedError('POST /hooks/shops/…: the signature is wrong', { code: 'BAD_SIGNATURE' });
    }
    const event = Event.safeParse(parsed(rawBody));
    if (!event.success) throw new RejectedError('POST /hooks/shops/…: no event_id or order_no', { code: 'BAD_PUSH' });
    return {
      messageId: event.data.event_id,
      orderNos: [event.data.order_no],
      answer: { status: 200, type: 'application/json', body: '{"ok":true}' },
    };
  };
}

/** Numbers come as their text, with all their digits. */
function parsed(rawBody: Buffer): unknown {
  try {
    return parse(rawBody.toString('utf8'), undefined, { parseNumber: (digits) => digits });
  } catch {
    return undefined;
  }
}

/** Tells nothing by how long it takes. */
const isSame = (secret: string, a: string, b: string): boolean => {
  const digest = (text: string): Buffer => createHmac('sha256', secret).update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
};
