/**
 * Nearest rank: the smallest of `sorted` (ascending) that at least `percent` % of all do not exceed. An integer `percent`
 * keeps the rank exact. Undefined when there are none.
 */
export function nearestRank(sorted: readonly number[], percent: number): number | undefined {
  const rank = Math.ceil((percent * sorted.length) / 100);
  return sorted[Math.max(1, rank) - 1];
}
