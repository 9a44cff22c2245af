import { createHash, createHmac } from 'node:crypto';

export const signMethods = ['md5', 'hmac', 'hmac-sha256'] as const;
export type SignMethod = (typeof signMethods)[number];

const digests: Readonly<Record<SignMethod, (secret: string, text: string) => string>> = {
  md5: (secret, text) =>
    createHash('md5')
      .update(secret + text + secret)
      .digest('hex'),
  hmac: (secret, text) => createHmac('md5', secret).update(text).digest('hex'),
  'hmac-sha256': (secret, text) => createHmac('sha256', secret).update(text).digest('hex'),
};

/** The signature of channels.md §1.1 over all parameters but `sign` (vectors in §10.1). Empty ones must be left out before. */
export function sign(secret: string, method: SignMethod, params: Readonly<Record<string, string>>): string {
  const text = Object.keys(params)
    .sort()
    .map((name) => name + (params[name] ?? ''))
    .join('');
  return digests[method](secret, text).toUpperCase();
}
