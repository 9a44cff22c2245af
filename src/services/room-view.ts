import type { Alert } from '../domain/alert.ts';
import type { RoomState, Verdict } from '../domain/dispatch.ts';
import { worstOf } from '../domain/dispatch.ts';
import { covers, quietUntil, type Silence } from '../domain/silence.ts';
import type { HeldCause, RoomRow, Stores } from '../ports/stores.ts';
import { inPieces } from './pieces.ts';

/** Alerts of one group that are read at once: more than a bad day finds, for one that is left out would never be said. */
const mostOpen = 50_000;

/** The unresolved alerts of a group, worst first. */
export async function openInGroup({ alerts }: Pick<Stores, 'alerts'>, groupKey: string): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  await inPieces(await alerts.listIds({ state: 'unresolved', groupKey, limit: mostOpen }), async (ids) => {
    found.push(...(await alerts.listByIds(ids)));
  });
  return found;
}

export const isAwake = ({ snoozedUntil }: Alert, now: number): boolean => snoozedUntil === null || snoozedUntil <= now;

/** How a room is to be spoken to now, apart from what it hears at all. */
export interface RoomMood {
  /** The end of the quiet hours it is in; null outside them. */
  readonly quietUntil: number | null;
  /** The month's calls of its robot run short. */
  readonly isTight: boolean;
  /** The first days: one person hears, the room does not. */
  readonly isShadow: boolean;
  /** 1; in a planned promotion its factor. */
  readonly wide: number;
}

/** A room with everything that decides what it hears now. */
export interface RoomView extends RoomMood {
  readonly room: RoomRow;
  readonly silences: readonly Silence[];
}

/** What the pure decision needs to know of a room. */
export const roomState = (
  view: RoomView,
  more: Pick<RoomState, 'isExplained' | 'whyUnsaid' | 'skusOf' | 'saidThisHour' | 'perHour'>,
): RoomState => ({
  ...more,
  hears: view.room.hears,
  silences: view.silences,
  isQuiet: view.quietUntil !== null,
  isTight: view.isTight,
  isShadow: view.isShadow,
  wide: view.wide,
});

/** What these alerts are about, for silences that name a style; nothing is read while there are none. */
export async function skusOf(
  stores: Pick<Stores, 'views'>,
  views: readonly RoomView[],
  alerts: readonly Alert[],
): Promise<(alert: Alert) => readonly string[]> {
  if (!views.some(({ silences }) => silences.some(({ scope }) => scope.kind === 'sku'))) return () => [];
  return skusIn(stores, alerts);
}

/** The SKUs of each alert's order, and the one it names itself. */
export async function skusIn(
  stores: Pick<Stores, 'views'>,
  alerts: readonly Alert[],
): Promise<(alert: Alert) => readonly string[]> {
  const lines = await stores.views.skusOf([...new Set(alerts.flatMap(({ facts }) => facts.orderId ?? []))]);
  return ({ facts }) => [
    ...(typeof facts['sku'] === 'string' ? [facts['sku']] : []),
    ...(lines.get(facts.orderId ?? '') ?? []),
  ];
}

/** Why further news of alerts that a room has heard of waits, and for which list; undefined = it does not. */
export function waits(
  view: RoomView,
  alerts: readonly Alert[],
  skus: (alert: Alert) => readonly string[],
  now: number,
): { readonly cause: HeldCause; readonly verdict: Verdict } | undefined {
  const silence = view.silences.find((each) =>
    alerts.every((alert) => now < quietUntil(each, alert) && covers(each.scope, alert, skus(alert))),
  );
  if (silence !== undefined && alerts.length > 0)
    return { cause: `silence/${silence.id}`, verdict: { verdict: 'held-back', reason: 'silenced' } };
  if (worstOf(alerts) === 'critical') return undefined;
  if (view.quietUntil !== null)
    return { cause: 'quiet-hours', verdict: { verdict: 'held-back', reason: 'quiet-hours' } };
  if (view.isTight) return { cause: 'month', verdict: { verdict: 'held-back', reason: 'month-is-tight' } };
  return undefined;
}
