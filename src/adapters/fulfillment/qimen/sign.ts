import { createHash } from 'node:crypto';

/** Upper-case hex MD5 over the sorted query and the body exactly as it is sent; empty values and `sign` stay out (fulfillment.md §1.1). */
export function sign(appSecret: string, query: Readonly<Record<string, string>>, body: string | Buffer): string {
  const text = Object.keys(query)
    .filter((name) => name !== 'sign' && query[name] !== '')
    .sort()
    .map((name) => name + query[name])
    .join('');
  return createHash('md5')
    .update(appSecret + text)
    .update(body)
    .update(appSecret)
    .digest('hex')
    .toUpperCase();
}
