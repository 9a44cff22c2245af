import { createHash, timingSafeEqual } from 'node:crypto';

/** Upper-case hex MD5 (fulfillment.md §2.2): of param + key + customer for a query, of param + salt for a push. */
export const sign = (...parts: readonly string[]): string =>
  createHash('md5').update(parts.join('')).digest('hex').toUpperCase();

/** Compares signatures without telling by its duration where they differ. */
export function isSigned(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given.toUpperCase())];
  return left.length === right.length && timingSafeEqual(left, right);
}
