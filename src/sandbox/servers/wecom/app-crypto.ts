import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** wecom.md §4.5: SHA-1 over the sorted parts. */
export const signatureOf = (token: string, timestamp: string, nonce: string, encrypted: string): string =>
  createHash('sha1').update([token, timestamp, nonce, encrypted].toSorted().join('')).digest('hex');

const block = 32;

export function encrypt(aesKey: string, message: string, receiver: string, random = randomBytes(16)): string {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const plain = Buffer.concat([random, length, text, Buffer.from(receiver)]);
  const pad = block - (plain.length % block);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])), cipher.final()]).toString(
    'base64',
  );
}

export function decrypt(aesKey: string, encrypted: string): { message: string; receiver: string } {
  const key = Buffer.from(`${aesKey}=`, 'base64');
  const cipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([cipher.update(Buffer.from(encrypted, 'base64')), cipher.final()]);
  const plain = padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
  const length = plain.readUInt32BE(16);
  return {
    message: plain.subarray(20, 20 + length).toString('utf8'),
    receiver: plain.subarray(20 + length).toString('utf8'),
  };
}
