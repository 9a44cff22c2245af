import type { IdentityKey } from './order.ts';
import type { CountTrigger } from './rule.ts';

type Window = Pick<CountTrigger, 'within' | 'atLeast'>;

/**
 * The last moment that completes a burst which the order placed at `placedAt` belongs to: `atLeast` orders in the half-open
 * window (t − within, t]. `placedAts`, sorted, are those of the same key around it, itself among them.
 */
export const burstEnd = (placedAts: readonly number[], placedAt: number, window: Window): number | undefined =>
  placedAts.findLast(
    (at, index) => at >= placedAt && at < placedAt + window.within && completes(placedAts, index, window),
  );

/** Everything placed in any window that is full. `items` sorted by time. */
export function burstMembers<T extends { readonly placedAt: number }>(items: readonly T[], window: Window): T[] {
  const times = items.map(({ placedAt }) => placedAt);
  const ends = times.filter((_, index) => completes(times, index, window));
  return items.filter(({ placedAt }) => ends.some((end) => placedAt <= end && placedAt > end - window.within));
}

/** Of orders placed in one millisecond the last of the list completes it. */
const completes = (times: readonly number[], index: number, { within, atLeast }: Window): boolean =>
  (times[index - atLeast + 1] ?? Number.NEGATIVE_INFINITY) > (times[index] ?? 0) - within;

/** How surely two orders with this key are one person's, surest first. */
const evidenceKinds = ['phone', 'receiver', 'buyer', 'mask'] as const satisfies readonly IdentityKey['kind'][];

export const surer = (a: IdentityKey['kind'], b: IdentityKey['kind']): IdentityKey['kind'] =>
  evidenceKinds.indexOf(a) <= evidenceKinds.indexOf(b) ? a : b;

/** `buyer:phone/<hash>/e164`: the subject of deadlines and alerts about whoever has this key. The scope comes last: it may hold anything. */
export const buyerSubject = ({ kind, value, scope }: IdentityKey): string => `buyer:${kind}/${value}/${scope}`;
