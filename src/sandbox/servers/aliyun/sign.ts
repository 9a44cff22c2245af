import { createHash, createHmac } from 'node:crypto';
import { aliyunVoice } from '../../world/company.ts';
import { MINUTE } from '../../world/time.ts';
import type { Call } from '../exchange.ts';

const FRESH = 15 * MINUTE;
const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The code of what is wrong with an ACS3-HMAC-SHA256 signature, over the headers that it lists (dingtalk.md §5.2, §8). */
export function refuseSignature(
  call: Call,
  prefix: string,
  now: number,
  nonces: Map<string, number>,
): string | undefined {
  const header = (name: string): string => String(call.headers[name] ?? '');
  const [, key = '', names = '', signature = ''] =
    /^ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)$/.exec(
      header('authorization'),
    ) ?? [];
  if (signature === '') return 'IncompleteSignature';
  if (key !== aliyunVoice.accessKeyId) return 'InvalidAccessKeyId.NotFound';
  if (sha256(call.body) !== header('x-acs-content-sha256')) return 'SignatureDoesNotMatch';
  const listed = names.split(';');
  if (!['host', 'x-acs-action', 'x-acs-date', 'x-acs-signature-nonce'].every((name) => listed.includes(name)))
    return 'IncompleteSignature';
  const lines = listed.map((name) => `${name}:${header(name).trim()}\n`).join('');
  const query = call.search.split('&').sort().join('&');
  const canonical = [call.method, prefix + call.path, query, lines, names, sha256(call.body)].join('\n');
  const wanted = createHmac('sha256', aliyunVoice.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  if (wanted !== signature) return 'SignatureDoesNotMatch';
  if (!(Math.abs(Date.parse(header('x-acs-date')) - now) <= FRESH)) return 'InvalidTimeStamp.Expired';
  const nonce = header('x-acs-signature-nonce');
  for (const [old, at] of nonces) if (at < now - FRESH) nonces.delete(old);
  if (nonces.has(nonce)) return 'SignatureNonceUsed';
  nonces.set(nonce, now);
  return undefined;
}
