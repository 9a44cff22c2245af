import { type Penalty, type Risk, riskOf } from '../domain/penalty.ts';
import type { LineStore } from '../ports/stores.ts';
import type { Directory } from './directory.ts';
import type { LineReport } from './read-line.ts';

export type ReadRisk = (report: LineReport) => Promise<Risk | null>;

/** What tonight's late orders will cost by the company's own table of penalties; null without one, or when none will be late. */
export function createReadRisk(deps: {
  lines: LineStore;
  directory: Directory;
  /** Read at each use: it comes with a reload. */
  penalties: () => readonly Penalty[];
}): ReadRisk {
  const { lines, directory, penalties } = deps;

  return async ({ warehouses, wall }) => {
    const late = warehouses.flatMap(({ shops }) => shops).filter(({ misses }) => misses > 0);
    const table = penalties();
    if (late.length === 0 || table.length === 0) return null;
    return riskOf(
      late,
      await lines.paidDue(wall),
      (shopId) =>
        table.find(({ shop }) => shop === shopId) ??
        table.find(({ channel }) => channel === directory.channelOf(shopId)),
    );
  };
}
