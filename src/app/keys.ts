import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One secret, one key per purpose: a leaked one opens nothing else. */
export interface Keys {
  readonly audit: Buffer;
  readonly identity: Buffer;
  readonly link: Buffer;
  readonly vault: Buffer;
  readonly bind: Buffer;
}

/** Uses WARROOM_SECRET, or makes one beside the database and keeps it. */
export function readKeys(secret: string | undefined, file: string): Keys {
  const known = secret ?? keptSecret(file);
  const key = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', known, 'order-war-room', purpose, 32));
  return { audit: key('audit'), identity: key('identity'), link: key('link'), vault: key('vault'), bind: key('bind') };
}

function keptSecret(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const made = randomBytes(32).toString('hex');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
  return made;
}
