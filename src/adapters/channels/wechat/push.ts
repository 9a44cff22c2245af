import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { parse } from 'lossless-json';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { PushReading, RawPush } from '../../../ports/channel.ts';

interface Secrets {
  readonly appId: string;
  readonly token: string;
  readonly encodingAesKey: string;
}

const where = 'the push of the WeChat shop';
const blockBytes = 32;

/** A number of 19 digits in some events, a text in others: all numbers come as their text. */
const Id = z.string().trim().min(1);
const Sealed = z.object({ Encrypt: z.string().min(1) });
const Named = z.object({ order_id: Id });

/**
 * Pushes as channels.md §5.4 describes them: a GET proves the door, a POST carries an event enciphered for this app. The
 * signature covers the cipher text; what is inside has to name the app.
 */
export function createReadPush({ appId, token, encodingAesKey }: Secrets): (push: RawPush) => PushReading {
  return ({ method, target, rawBody }) => {
    const query = new URL(target, 'http://localhost').searchParams;
    const read = (name: string): string => query.get(name) ?? '';
    const check = (given: string, ...parts: readonly string[]): void => {
      const wanted = signatureOf(token, read('timestamp'), read('nonce'), ...parts);
      if (!isSame(wanted, given))
        throw new RejectedError(`${where}: the signature is wrong`, { code: 'BAD_SIGNATURE' });
    };
    if (method === 'GET') {
      check(read('signature'));
      return { messageId: `door-${read('nonce')}`, orderNos: [], answer: say(read('echostr')) };
    }
    const sealed = Sealed.safeParse(parsed(rawBody.toString('utf8')));
    if (!sealed.success) throw new RejectedError(`${where}: it is not enciphered`, { code: 'BAD_PUSH' });
    check(read('msg_signature'), sealed.data.Encrypt);
    const text = open(encodingAesKey, sealed.data.Encrypt, appId);
    const event = parsed(text);
    if (typeof event !== 'object' || event === null)
      throw new RejectedError(`${where}: it holds no event`, { code: 'BAD_PUSH' });
    // Orders stand in `order_info`, after-sale cases under names of their own.
    const orderNos = Object.values(event).flatMap((part: unknown) => Named.safeParse(part).data?.order_id ?? []);
    return {
      // Events have no number of their own; a repeat says the same.
      messageId: createHash('sha256').update(text).digest('base64url'),
      orderNos: [...new Set(orderNos)],
      answer: say('success'),
    };
  };
}

const say = (body: string): PushReading['answer'] => ({ status: 200, type: 'text/plain; charset=utf-8', body });

/** Lower hex SHA-1 over the sorted parts; vectors in channels.md §10.5. */
export const signatureOf = (...parts: readonly string[]): string =>
  createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex');

/** Tells nothing by how long it takes. */
const isSame = (a: string, b: string): boolean => {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
};

/** 16 random bytes, the length of the text, the text, the app it is for; padded to 32 as in PKCS#7. */
function open(encodingAesKey: string, encrypted: string, appId: string): string {
  const plain = decipher(Buffer.from(`${encodingAesKey}=`, 'base64'), Buffer.from(encrypted, 'base64'));
  const pad = plain.at(-1) ?? 0;
  const content = plain.subarray(16, plain.length - pad);
  const length = content.length >= 4 ? content.readUInt32BE(0) : Number.POSITIVE_INFINITY;
  const isWhole = pad >= 1 && pad <= blockBytes && 4 + length <= content.length;
  if (!isWhole || content.subarray(4 + length).toString('utf8') !== appId)
    throw new RejectedError(`${where}: it is for another app; check credentials.appId`, { code: 'BAD_PUSH' });
  return content.subarray(4, 4 + length).toString('utf8');
}

function decipher(key: Buffer, sealed: Buffer): Buffer {
  try {
    const cipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    return Buffer.concat([cipher.update(sealed), cipher.final()]);
  } catch {
    throw new RejectedError(`${where}: it cannot be deciphered; check credentials.encodingAesKey`, {
      code: 'BAD_PUSH',
    });
  }
}

function parsed(text: string): unknown {
  try {
    return parse(text, undefined, { parseNumber: (number) => number });
  } catch {
    return undefined;
  }
}
