import { createHash } from 'node:crypto';

/**
 * Lower-case hex MD5 over the query in order of its names, with the raw body under the name `body` among them, between the
 * secret twice (fulfillment.md §1.3).
 */
export function sign(secret: string, query: Readonly<Record<string, string>>, body: string): string {
  const all: Readonly<Record<string, string>> = { ...query, body };
  const text = Object.keys(all)
    .filter((name) => name !== 'sign')
    .sort()
    .map((name) => name + all[name])
    .join('');
  return createHash('md5')
    .update(secret + text + secret)
    .digest('hex');
}
