import { createHash, createHmac } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** RFC 3986, as the signature wants it. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

export const queryOf = (params: Readonly<Record<string, string>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');

export interface ToSign {
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly action: string;
  readonly version: string;
  /** UTC ISO without ms. */
  readonly date: string;
  readonly nonce: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** The headers of a POST with an empty body, ACS3-HMAC-SHA256 (dingtalk.md §5.2). */
export function signedHeaders(of: ToSign): Readonly<Record<string, string>> {
  const bodyHash = sha256('');
  const headers: Readonly<Record<string, string>> = {
    host: of.host,
    'x-acs-action': of.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': of.date,
    'x-acs-signature-nonce': of.nonce,
    'x-acs-version': of.version,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = ['POST', of.path, of.query, lines, names.join(';'), bodyHash].join('\n');
  const signature = createHmac('sha256', of.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const authorization = `ACS3-HMAC-SHA256 Credential=${of.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { ...headers, authorization };
}
