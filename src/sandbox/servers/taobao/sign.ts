import { createHash, createHmac } from 'node:crypto';

/** Upper-case hex over all sorted fields but `sign`, by the `sign_method` among them; undefined when there is no such. */
export function signTop(secret: string, fields: Readonly<Record<string, string>>): string | undefined {
  const text = Object.keys(fields)
    .filter((name) => name !== 'sign')
    .sort()
    .map((name) => name + (fields[name] ?? ''))
    .join('');
  const hash = {
    md5: () => createHash('md5').update(`${secret}${text}${secret}`),
    hmac: () => createHmac('md5', secret).update(text),
    'hmac-sha256': () => createHmac('sha256', secret).update(text),
  }[fields.sign_method ?? ''];
  return hash?.().digest('hex').toUpperCase();
}
