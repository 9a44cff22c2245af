import type { Range } from './connection.ts';

/** UTC, whole seconds. */
export const time = (at: number | null): string | null =>
  at === null ? null : new Date(Math.floor(at / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');

export const gid = (type: string, id: string | number): string => `gid://shopify/${type}/${id}`;

/** The number in a global id of this type; undefined when it is none. */
export function numberOf(type: string, id: string): number | undefined {
  const digits = new RegExp(`^gid://shopify/${type}/(\\d{1,15})$`).exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export const firstOf =
  (items: readonly object[]) =>
  ({ first }: Range): readonly object[] =>
    items.slice(0, first ?? undefined);
