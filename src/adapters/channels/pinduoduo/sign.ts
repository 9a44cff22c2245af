import { createHash } from 'node:crypto';

/** Upper-case hex MD5 over secret, sorted names with their values, secret (channels.md §2.1; vectors in §10.2). */
export function sign(secret: string, params: Readonly<Record<string, string>>): string {
  const text = Object.keys(params)
    .sort()
    .map((name) => name + (params[name] ?? ''))
    .join('');
  return createHash('md5')
    .update(secret + text + secret, 'utf8')
    .digest('hex')
    .toUpperCase();
}
