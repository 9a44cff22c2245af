/** Calls that a robot app has made this month, of how many. */
export interface MonthBudget {
  readonly used: number;
  readonly perMonth: number;
}

/** `tight`: criticals, summaries and answers only. `spent`: the rest is kept for what is urgent. */
export type MonthState = 'plenty' | 'tight' | 'spent';

const tightAt = 0.8;
const reservePart = 0.02;

export function monthState({ used, perMonth }: MonthBudget): MonthState {
  if (used >= perMonth - Math.ceil(perMonth * reservePart)) return 'spent';
  return used >= perMonth * tightAt ? 'tight' : 'plenty';
}

/**
 * Whether a message is worth one of the month's calls; what is not is kept as dropped, with the reason. An alert was
 * decided with the month in view already.
 */
export function isWorthACall(state: MonthState, { kind, priority }: { kind: string; priority: number }): boolean {
  if (state === 'plenty' || kind === 'alert' || kind === 'group') return true;
  if (state === 'tight') return kind !== 'resolved';
  return priority <= 1 && kind !== 'reply' && kind !== 'result';
}
