import { hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '../domain/errors.ts';

/** One secret, one key per purpose: a leaked one opens nothing else. */
export interface Keys {
  readonly audit: Buffer;
  readonly identity: Buffer;
  readonly link: Buffer;
  readonly vault: Buffer;
  readonly bind: Buffer;
  readonly hook: Buffer;
}

/** Uses WARROOM_SECRET, or makes one beside the database and keeps it. */
export function readKeys(secret: string | undefined, file: string): Keys {
  const known = secret ?? keptSecret(file);
  const key = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', known, 'order-war-room', purpose, 32));
  return {
    audit: key('audit'),
    identity: key('identity'),
    link: key('link'),
    vault: key('vault'),
    bind: key('bind'),
    hook: key('hook'),
  };
}

function keptSecret(file: string): string {
  if (!existsSync(file)) makeSecret(file);
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length >= 32) return secret;
  throw new ConfigError([`WARROOM_SECRET: ${file} is shorter than 32 characters; bring back the one it held`]);
}

/** Appears whole or not at all, and only once: of two that start together the second takes what the first made. */
function makeSecret(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
