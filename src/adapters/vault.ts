import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomFillSync } from 'node:crypto';
import { RejectedError } from '../domain/errors.ts';
import type { Vault } from '../ports/vault.ts';

const ivBytes = 12;

/** AES-256-GCM. A value reads `v1.<key id>.<iv>.<tag>.<ciphertext>`. */
export function createVault(key: Buffer): Vault {
  const secret = createSecretKey(key);
  // Asking for random bytes costs as much as the sealing: they are drawn for many values at once, and each is used once.
  const ivs = Buffer.alloc(ivBytes * 256);
  let used = ivs.length;
  const nextIv = (): Buffer => {
    if (used === ivs.length) {
      randomFillSync(ivs);
      used = 0;
    }
    used += ivBytes;
    return ivs.subarray(used - ivBytes, used);
  };
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return {
    seal(plain) {
      const iv = nextIv();
      const cipher = createCipheriv('aes-256-gcm', secret, iv);
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [
        'v1',
        keyId,
        iv.toString('base64url'),
        cipher.getAuthTag().toString('base64url'),
        sealed.toString('base64url'),
      ].join('.');
    },
    open(value) {
      const [version, id, iv = '', tag = '', sealed = ''] = value.split('.');
      if (version !== 'v1' || id !== keyId)
        throw new RejectedError('Sealed with a key that is not here', { code: 'KEY_GONE' });
      try {
        const decipher = createDecipheriv('aes-256-gcm', secret, Buffer.from(iv, 'base64url'));
        decipher.setAuthTag(Buffer.from(tag, 'base64url'));
        return Buffer.concat([decipher.update(Buffer.from(sealed, 'base64url')), decipher.final()]).toString('utf8');
      } catch (error) {
        throw new RejectedError('A sealed value was changed', { code: 'SEAL_BROKEN', cause: error });
      }
    },
  };
}
