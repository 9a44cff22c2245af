import { timingSafeEqual } from 'node:crypto';

/** Whether two secrets are one; how long it takes tells nothing but their lengths. */
export function isSameSecret(wanted: string, given: string): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
