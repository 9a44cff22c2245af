import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import type { OrderView } from '../../src/domain/order.ts';
import type { StockLock } from '../../src/domain/stock.ts';
import { aFulfillment, aLock, anOrder, at, hour, minute } from './builders.ts';

/** What is really wrong, known because it was made so (fulfillment.md §1, §5.3, §8: states, stock, visibility). */
export const faultKinds = [
  // The interfaces do not agree.
  'silent',
  'not-arrived',
  'closed-there',
  'stale-hold',
  // Stock is held by the wrong one, or is not there.
  'dead-lock',
  'dead-order',
  'not-allocated',
  'short',
  // Somebody stopped it.
  'held',
  'review',
  'refunding',
  'address',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One order that waits, all that the sources say around it, and the truth. */
export interface Fault {
  readonly name: string;
  /** Whatever has to be mended first stands first; nobody is at fault when it is empty. */
  readonly truth: readonly FaultKind[];
  readonly order: OrderView;
  readonly others: readonly OrderView[];
  readonly fulfillments: readonly FulfillmentView[];
  readonly locks: readonly StockLock[];
  /** Pieces that its warehouse lacks, as read just now; undefined: the stock could not be read. */
  readonly missing: number | undefined;
  /** When the warehouse system answered last, unix ms; null: it answers. */
  readonly silentSince: number | null;
}

export const faultsAt = at('14:00');

/** Always the same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const reviewWords = ['人工复核', '特殊单：刺绣文字待复核', '待审核', '定制单：等客户确认图样'];
const holdWords = ['风险：疑似刷单', '作战群：王敏', '挂起', '买家要求晚发', '疑似欺诈'];
const shortWords = ['缺货', '库存不足', '库存锁定异常：缺货'];
/** Words that stop nothing. */
const idleWords = ['', '', '', '加急', '等波次'];

/**
 * Worlds with one fault, with two, and with none. Around each lie things that look like causes and are none: locks of
 * orders that live, of other goods, in other warehouses, locks of closed orders where there is enough for everybody.
 */
export function makeFaults(seed: number, { singles = 144, doubles = 40, none = 20 } = {}): readonly Fault[] {
  const random = randomOf(seed);
  const wanted: (readonly FaultKind[])[] = [];
  for (let index = 0; index < singles; index += 1) wanted.push([faultKinds[index % faultKinds.length] as FaultKind]);
  while (wanted.length < singles + doubles) wanted.push(pairs[Math.floor(random() * pairs.length)] ?? []);
  for (let index = 0; index < none; index += 1) wanted.push([]);
  return wanted.map((truth, index) => makeFault(index, truth, random));
}

/** What happens together, the first to be mended first: an interface, then who stopped it, then stock. */
const pairs: readonly (readonly FaultKind[])[] = [
  ['silent', 'dead-lock'],
  ['silent', 'held'],
  ['held', 'dead-lock'],
  ['held', 'short'],
  ['review', 'dead-lock'],
  ['review', 'short'],
  ['refunding', 'dead-lock'],
  ['refunding', 'short'],
  ['address', 'dead-order'],
  ['address', 'short'],
  ['stale-hold', 'dead-lock'],
  ['dead-lock', 'short'],
  ['dead-order', 'short'],
  ['dead-order', 'dead-lock'],
];

function makeFault(index: number, truth: readonly FaultKind[], random: () => number): Fault {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const has = (kind: FaultKind): boolean => truth.includes(kind);
  const serial = String(index).padStart(4, '0');
  const no = `20261124${serial}000001`;
  const sku = `SKU-${serial}-BK-L`;
  const other = (turn: number, change: Partial<OrderView>): OrderView =>
    anOrder({
      channelOrderNo: `20261123${serial}${String(turn).padStart(6, '0')}`,
      placedAt: at('08:00', '2026-11-23'),
      paidAt: at('08:01', '2026-11-23'),
      lines: [{ lineId: '1', sku, title: '绣字卫衣 黑L', qty: 1, unitMinor: 19_900, paidMinor: 19_900 }],
      ...change,
    });
  const closed = (turn: number): OrderView =>
    other(turn, { status: 'closed', sourceStatus: 'CLOSED', closedAt: at('09:30'), sourceUpdatedAt: at('09:30') });

  const qty = upTo(3);
  const deadQty = upTo(4);
  const isShort = has('short');
  const isLocked = has('dead-lock') || has('dead-order');
  const heldPieces = (has('dead-lock') ? deadQty : 0) + (has('dead-order') ? deadQty : 0);
  const missing = isShort
    ? heldPieces + upTo(qty)
    : isLocked
      ? Math.min(qty, heldPieces)
      : has('not-allocated') || random() < 0.8
        ? 0
        : undefined;
  const stops = has('held') || has('stale-hold') || has('review');
  const lacks = isShort || isLocked || has('not-allocated');
  const reason = has('review')
    ? pick(reviewWords)
    : has('stale-hold')
      ? pick(['退款：买家申请退款', '退款中'])
      : has('held')
        ? pick(holdWords)
        : has('refunding')
          ? pick(['', '退款中'])
          : lacks && (has('not-allocated') || random() < 0.7)
            ? pick(shortWords)
            : lacks
              ? ''
              : pick(idleWords);
  const order = anOrder({
    channelOrderNo: no,
    lines: [{ lineId: '1', sku, title: '绣字卫衣 黑L', qty, unitMinor: 19_900, paidMinor: 19_900 * qty }],
    refund: has('refunding') ? 'requested' : has('stale-hold') ? 'closed' : 'none',
    refundAt: has('refunding') ? at('11:00') : has('stale-hold') ? at('11:30') : null,
    status: has('refunding') ? 'refunding' : 'paid',
    addressChange: has('address') ? 'requested' : 'none',
  });
  const own = aFulfillment({
    systemOrderNo: `7${serial}`,
    channelOrderNos: [no],
    sourceStatus: stops || reason !== '' ? 'Question' : 'WaitConfirm',
    stage: has('review') ? 'review' : 'queued',
    held: has('held') || has('stale-hold') || reason === '退款中',
    reason,
    lines: [{ sku, qty }],
  });

  const others: OrderView[] = [];
  const fulfillments: FulfillmentView[] = [];
  const locks: StockLock[] = [];
  const lockOf = (turn: number, change: Partial<StockLock> = {}): StockLock =>
    aLock({
      lockId: `9.${serial}.${turn}`,
      sku,
      qty: deadQty,
      channelOrderNo: `20261123${serial}${String(turn).padStart(6, '0')}`,
      ...change,
    });
  const holderOf = (turn: number, change: Partial<FulfillmentView> = {}): FulfillmentView =>
    aFulfillment({
      systemOrderNo: `8${serial}${turn}`,
      channelOrderNos: [`20261123${serial}${String(turn).padStart(6, '0')}`],
      lines: [{ sku, qty: deadQty }],
      ...change,
    });

  if (has('closed-there'))
    fulfillments.push({ ...own, stage: 'closed', closed: true, held: false, sourceStatus: 'Cancelled', reason: '' });
  else if (!has('not-arrived') && !(truth.length === 1 && has('silent') && random() < 0.5)) fulfillments.push(own);
  if (has('dead-lock')) {
    others.push(closed(1));
    locks.push(lockOf(1));
  }
  if (has('dead-order')) {
    others.push(closed(2));
    fulfillments.push(holderOf(2));
  }

  // What looks like a cause and is none.
  if (random() < 0.4) {
    others.push(other(3, {}));
    locks.push(lockOf(3));
  }
  if (random() < 0.4) {
    others.push(closed(4));
    locks.push(lockOf(4, { warehouseCode: '1002' }));
  }
  if (random() < 0.3) {
    others.push(closed(5));
    fulfillments.push(holderOf(5, { warehouseCode: '1002' }));
  }
  if (random() < 0.3) {
    others.push(closed(6));
    fulfillments.push(holderOf(6, { closed: true, stage: 'closed', sourceStatus: 'Cancelled' }));
  }
  // Held by a closed order while there is enough for everybody: worth a word, and not why this one waits.
  if (!isLocked && !isShort && missing === 0 && !has('not-allocated') && random() < 0.3) {
    others.push(closed(7));
    locks.push(lockOf(7));
  }
  // A part that was merged away long ago beside the one that lives.
  if (fulfillments.includes(own) && random() < 0.2)
    fulfillments.push({
      ...own,
      systemOrderNo: `6${serial}`,
      closed: true,
      stage: 'closed',
      held: false,
      reason: '已拆分，货随拆出的单发出',
    });

  return {
    name: `${serial} ${truth.length === 0 ? 'nothing' : truth.join(' + ')}`,
    truth,
    order,
    others,
    fulfillments,
    locks,
    missing: has('silent') || has('not-arrived') || has('closed-there') ? undefined : missing,
    silentSince: has('silent') ? faultsAt - hour - upTo(30) * minute : null,
  };
}
