import type { Text } from '../domain/text.ts';
import type { AccessGuide } from '../ports/access.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { shareOf } from './walk-history.ts';

/** A configured source, as the check-up has to know it. */
export interface CheckedSource {
  /** `shop:tmall`, `system:wms`, `carrier:kd`. */
  readonly id: string;
  readonly name: string;
  readonly platform: Text;
  readonly guide: AccessGuide;
  /** World ms between two reads, and how far behind now the platform's lists are complete; null where nobody polls. */
  readonly pollMs: number | null;
  readonly lagMs: number;
  /** How many ms this machine's clock is ahead of the platform's. */
  readonly aheadMs: number;
  /** When a person has to grant access again. */
  readonly grantEndsAt: number | null;
}

/** A platform that nobody connected yet. */
export interface OpenPlatform {
  readonly platform: Text;
  readonly guide: AccessGuide;
}

export type SourceState = 'works' | 'ends-soon' | 'no-right' | 'fails' | 'not-yet';

export interface Finding extends CheckedSource {
  readonly state: SourceState;
  readonly lastOkAt: number | null;
  /** The code of the last failure, when it came after the last success. */
  readonly error: string | null;
  /** The longest that a change can stay unseen: reading, and the platform's own lag. Null where nobody polls. */
  readonly worstDelayMs: number | null;
  /** How much of its past is in, 0 to 1; null when none is being brought in. */
  readonly backfill: number | null;
}

export interface CheckUp {
  readonly at: number;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly open: readonly OpenPlatform[];
  /** What could not be read, was not known, or was put right at night; most frequent first. */
  readonly oddities: readonly {
    readonly source: string;
    readonly kind: string;
    readonly what: string;
    readonly count: number;
    readonly lastRef: string;
    readonly lastAt: number;
  }[];
}

const day = 24 * 3_600_000;
/** Somebody with the shop's main account has to be found first. */
const soonMs = 14 * day;
const most = 20;
const order: readonly SourceState[] = ['no-right', 'fails', 'ends-soon', 'not-yet', 'works'];

/** What works, what does not, and who has to do what about it: from what happened, asking nobody. */
export function createCheckUp({
  storage,
  clock,
  sources,
  open,
}: {
  readonly storage: Pick<Storage, 'sources' | 'views' | 'walks'>;
  readonly clock: Clock;
  readonly sources: () => readonly CheckedSource[];
  readonly open: () => readonly OpenPlatform[];
}): () => Promise<CheckUp> {
  async function look(source: CheckedSource, now: number): Promise<Finding> {
    const row = await storage.sources.find(source.id);
    const lastOkAt = row?.lastOkAt ?? null;
    const error = row?.lastErrorAt != null && row.lastErrorAt > (lastOkAt ?? 0) ? row.lastError : null;
    const walk = await storage.walks.find(source.id.replace(/^shop:/, 'backfill/'));
    return {
      ...source,
      state: stateOf({ lastOkAt, error, grantEndsAt: source.grantEndsAt }, now),
      lastOkAt,
      error,
      worstDelayMs: source.pollMs === null ? null : source.pollMs + source.lagMs,
      backfill: walk === undefined || walk.finishedAt !== null ? null : shareOf(walk),
    };
  }

  return async () => {
    const now = clock.now();
    const findings = await Promise.all(sources().map((source) => look(source, now)));
    const oddities = [...(await storage.views.listOddities())].sort((a, b) => b.count - a.count);
    return {
      at: now,
      findings: findings.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)),
      open: open(),
      oddities: oddities.slice(0, most),
    };
  };
}

function stateOf(
  {
    lastOkAt,
    error,
    grantEndsAt,
  }: { readonly lastOkAt: number | null; readonly error: string | null; readonly grantEndsAt: number | null },
  now: number,
): SourceState {
  if (error !== null) return /AUTH|TOKEN|KEY|SIGN|PERMISSION|RIGHT|IP|40[13]/.test(error) ? 'no-right' : 'fails';
  if (grantEndsAt !== null && grantEndsAt - now < soonMs) return 'ends-soon';
  return lastOkAt === null ? 'not-yet' : 'works';
}
