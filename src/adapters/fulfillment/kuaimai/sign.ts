import { createHmac } from 'node:crypto';

/**
 * Upper-case hex HMAC-MD5 over all named values in order of their names; empty ones and `sign` stay out. The sheet does not
 * show the concatenation (fulfillment.md §1.4, UNVERIFIED): it is TOP's.
 */
export function sign(appSecret: string, form: Readonly<Record<string, string>>): string {
  const text = Object.keys(form)
    .filter((name) => name !== 'sign' && form[name] !== '')
    .sort()
    .map((name) => name + form[name])
    .join('');
  return createHmac('md5', appSecret).update(text).digest('hex').toUpperCase();
}
