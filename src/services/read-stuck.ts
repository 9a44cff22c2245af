import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, type Line, line, notice } from '../domain/card.ts';
import { tailOf } from '../domain/order.ts';
import type { Language, Text } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { span } from '../render/words.ts';
import { type Directory, warehouseName } from './directory.ts';
import { orderIds } from './find-burst.ts';
import type { TrackingWhy } from './tracking-facts.ts';

const mostParcels = 5_000;
const groupsShown = 4;
/** Paid for so long and no number uploaded: nobody can see it move. */
const unseenAfter = 48 * 3_600_000;

const whyWords: Readonly<Record<TrackingWhy, Text>> = {
  'never-scanned': { zh: '没扫过', en: 'never scanned' },
  stalled: { zh: '停滞', en: 'stalled' },
  'provider-stale': { zh: '没能确认', en: 'not confirmed' },
};

/** `/stuck`: the pool of parcels that do not move, by carrier and depot, and paid orders that have no parcel at all. */
export function createReadStuck(deps: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
  /** Read at each use: a reload may bring or take carriers. */
  hasCarriers: () => boolean;
}) {
  const { storage, clock, directory, hasCarriers } = deps;

  function groupLine(alerts: readonly [Alert, ...Alert[]], now: number, language: Language): Line {
    const [oldest] = alerts;
    const zh = language === 'zh';
    const place = [oldest.facts['carrier'], warehouseName(oldest.facts.warehouseId, directory)];
    const where = place.filter((part) => part !== undefined && part !== null && part !== '').join(' · ');
    const longest = `…${tailOfOldest(oldest)} ${span(now - sinceOf(oldest), language)}`;
    const why = (Object.keys(whyWords) as TrackingWhy[])
      .map((each) => ({ each, count: alerts.filter(({ facts }) => facts['why'] === each).length }))
      .filter(({ count }) => count > 0)
      .map(({ each, count }) => `${whyWords[each][language]} ${count}`)
      .join(zh ? '，' : ', ');
    return line(
      zh
        ? `${where || '没有快递信息'} ${alerts.length} 件 · 最久 ${longest}（${why}）`
        : `${where || 'no carrier told'}: ${alerts.length} · oldest ${longest} (${why})`,
    );
  }

  return async ({ language }: Asking): Promise<readonly Card[]> => {
    const now = clock.now();
    const zh = language === 'zh';
    const open = { state: 'unresolved', limit: mostParcels } as const;
    const pool = [...(await storage.alerts.list({ ...open, ruleId: 'tracking-stalled' }))].sort(
      (a, b) => sinceOf(a) - sinceOf(b),
    );
    const waiting = await storage.alerts.count({ state: 'unresolved', ruleId: 'pickup-by-risk' });
    const unseen = await storage.views.countWithoutParcel(now - unseenAfter, now);
    const rest: string[] = [];
    if (waiting > 0) rest.push(zh ? `快到揽收时限 ${waiting} 件` : `${waiting} near their pickup limit`);
    if (unseen > 0)
      rest.push(zh ? `付款超 48 小时还没有运单 ${unseen} 单` : `${unseen} orders paid 48 h ago without a waybill`);
    if (!hasCarriers() && !(await storage.views.hasTracks())) {
      const blind = zh
        ? '没有接物流轨迹，看不到哪些包裹不动'
        : 'No tracking is connected: which parcels stand still cannot be seen';
      return [notice('warning', blind, ...(rest.length === 0 ? [] : [rest.join(' · ')]))];
    }
    const [oldest] = pool;
    if (oldest === undefined) {
      const none = zh ? '没有滞留的包裹' : 'No parcel is stuck';
      return [rest.length === 0 ? notice('done', none) : notice('warning', none, rest.join(' · '))];
    }
    const groups = new Map<string, [Alert, ...Alert[]]>();
    for (const alert of pool) {
      const group = groups.get(alert.groupKey);
      if (group === undefined) groups.set(alert.groupKey, [alert]);
      else group.push(alert);
    }
    const hidden = [...groups.values()].slice(groupsShown).flat().length;
    if (hidden > 0) rest.unshift(zh ? `其他快递和仓库 ${hidden} 件` : `${hidden} with other carriers and depots`);
    const total = await storage.alerts.count({ state: 'unresolved', ruleId: 'tracking-stalled' });
    if (total > pool.length)
      rest.push(zh ? `分组只数了 ${pool.length} 件` : `groups count only ${pool.length} of them`);
    const orders = new Set(pool.flatMap((alert) => (isParcel(alert) ? orderIds(alert) : [alert.subject]))).size;
    return [
      {
        tone: 'warning',
        lines: [
          line(
            zh
              ? `滞留 ${total} 件${total > pool.length ? ' ' : `（${orders} 单）`}· 最久 ${span(now - sinceOf(oldest), language)}`
              : `${total} parcels stuck${total > pool.length ? '' : ` (${orders} orders)`} · oldest ${span(now - sinceOf(oldest), language)}`,
          ),
          ...[...groups.values()].slice(0, groupsShown).map((group) => groupLine(group, now, language)),
          ...(rest.length === 0 ? [] : [line(rest.join(' · '))]),
        ],
        buttons: [],
        link: { label: zh ? '看板' : 'Board', path: '/' },
      },
    ];
  };
}

/** Since when it has not moved. */
const sinceOf = ({ facts, dueAt }: Alert): number => (typeof facts['since'] === 'number' ? facts['since'] : dueAt);

/** The last four of the waybill, or the order's six where nobody told one. */
const tailOfOldest = ({ facts }: Alert): string =>
  typeof facts['waybill'] === 'string' ? facts['waybill'].slice(-4) : tailOf(facts.orderNo ?? '');

const isParcel = ({ subject }: Alert): boolean => subject.startsWith('parcel:');
