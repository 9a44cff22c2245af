import { createHash } from 'node:crypto';

/** Lower-case hex MD5 over the secret and the sorted fields; `sign` itself and empty values are left out. */
export function signJushuitan(secret: string, fields: Readonly<Record<string, string>>): string {
  const text = Object.keys(fields)
    .filter((name) => name !== 'sign' && fields[name] !== '')
    .sort()
    .map((name) => name + (fields[name] ?? ''))
    .join('');
  return createHash('md5')
    .update(secret + text, 'utf8')
    .digest('hex');
}
