import { createHash } from 'node:crypto';

/** Lower-case hex MD5 over the secret and all named values in order of their names; empty ones and `sign` stay out (fulfillment.md §1.2). */
export function sign(appSecret: string, form: Readonly<Record<string, string>>): string {
  const text = Object.keys(form)
    .filter((name) => name !== 'sign' && form[name] !== '')
    .sort()
    .map((name) => name + form[name])
    .join('');
  return createHash('md5')
    .update(appSecret + text)
    .digest('hex');
}
