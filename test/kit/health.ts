import { bucketOf, tally } from '../../src/domain/health.ts';
import type { Health } from '../../src/domain/health-report.ts';
import { at, hour, minute } from './builders.ts';

export const rateLimits = { urge: { green: 1.2, yellow: 8.3 }, misShip: { green: 0.3, yellow: 1 } };

const times = (...hours: readonly number[]) =>
  tally(hours.map((each) => ({ bucket: bucketOf(each * hour), n: 1, sum: each * hour })));

/** A yellow afternoon: Guangzhou is red, nobody tells of urges, and one source is silent. */
export function aHealth(change: Partial<Health> = {}): Health {
  return {
    at: at('14:32'),
    timezone: 'Asia/Shanghai',
    period: 'day',
    from: '2026-11-24',
    to: '2026-11-24',
    lights: [
      {
        warehouse: null,
        light: 'yellow',
        since: at('13:10'),
        mean: 6 * hour + 20 * minute,
        scanned: 6_110,
        open: 2_200,
        next: { light: 'red', at: at('16:02') },
      },
      {
        warehouse: '杭州仓',
        light: 'green',
        since: at('08:00'),
        mean: 4.2 * hour,
        scanned: 4_000,
        open: 900,
        next: null,
      },
      {
        warehouse: '广州仓',
        light: 'red',
        since: at('12:40'),
        mean: 8 * hour + 12 * minute,
        scanned: 2_110,
        open: 1_300,
        next: null,
      },
      { warehouse: '西安仓', light: 'none', since: null, mean: null, scanned: 0, open: 0, next: null },
    ],
    numbers: { cycle: { n: 8_310, mean: 6.2 * hour }, urge: null, misShip: { of: 35, n: 8_310 } },
    before: { cycle: { n: 8_000, mean: 5.8 * hour }, urge: null, misShip: { of: 20, n: 8_000 } },
    weekBefore: { cycle: { n: 8_100, mean: 7.3 * hour }, urge: null, misShip: { of: 20, n: 8_100 } },
    urge: { rate: null, light: 'none', limits: rateLimits.urge },
    misShip: { rate: { of: 35, n: 8_310 }, light: 'yellow', limits: rateLimits.misShip },
    cycle: {
      all: { ...times(6.2), n: 8_310, p90: 11.3 * hour },
      day: { ...times(4.1), n: 5_000 },
      night: { ...times(9), n: 3_310 },
      negative: 0,
    },
    stages: { payToSort: times(2.1), sortToShip: times(1.4), shipToScan: times(2.7) },
    alerts: {
      said: 41,
      acted: { n: 38, mean: 7 * minute, p90: 10 * minute },
      solved: { n: 33, mean: 80 * minute },
      byThemselves: 0,
      nobody: 3,
    },
    delays: [{ source: '小程序商城', ours: times(0.001), lag: times(0.0005) }],
    trend: [4.1, null, 6.6, 8.4, 5.2, 5.8, 6.2].map((each, index) => ({
      day: `2026-11-${18 + index}`,
      n: each === null ? 0 : 8_000,
      mean: each === null ? null : each * hour,
    })),
    stuck: [
      {
        ruleId: 'paid-not-sorted',
        severity: 'critical',
        warehouse: '杭州仓',
        count: 12,
        oldestDueAt: at('11:22'),
      },
      { ruleId: 'ship-by-risk', severity: 'warning', warehouse: '广州仓', count: 2, oldestDueAt: at('15:40') },
    ],
    notStopped: [],
    openAlerts: 15,
    openActions: 2,
    deducted: null,
    sources: [
      { name: '小程序商城', lastOkAt: at('14:31'), isFresh: true },
      { name: '天猫旗舰店', lastOkAt: at('13:58'), isFresh: false },
      { name: '聚水潭', lastOkAt: at('14:31'), isFresh: true },
    ],
    auditHead: '7f3a9c21',
    ...change,
  };
}
