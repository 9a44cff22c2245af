import { fulfillmentSubject, orphanedSince } from '../../domain/fulfillment.ts';
import { tailOf } from '../../domain/order.ts';
import { hasReached } from '../../domain/stage.ts';
import { lockSubject, type StockLock } from '../../domain/stock.ts';
import type { ActionRow } from '../../ports/stores.ts';
import type { ActContext, ActKind, CancelRequest, ReleaseRequest } from './kind.ts';
import { readNow } from './read-now.ts';

/** The virtual lock as it stands, and the stock it takes away: releasing is proved by the difference. */
interface Before {
  readonly lockedQty: number;
  readonly virtualLocked: number | null;
}

const locksNow = (
  { systemOf, ingest }: ActContext,
  systemId: string,
  signal: AbortSignal,
): Promise<readonly StockLock[]> => ingest.readLocks(systemOf(systemId), signal);

async function virtualLocked(
  { systemOf }: ActContext,
  request: ReleaseRequest,
  signal: AbortSignal,
): Promise<number | null> {
  const [level] = await systemOf(request.systemId).system.getStock([request.sku], [request.warehouseCode], signal);
  return level?.virtualLocked ?? null;
}

const qtyOf = (locks: readonly StockLock[], lockId: string): number =>
  locks.find((lock) => lock.lockId === lockId)?.qty ?? 0;

/** What that order has locked there. The lock we take again comes with a new id; the order's number stands in it. */
const ownersQty = (locks: readonly StockLock[], { sku, warehouseCode, ownerNo }: ReleaseRequest): number =>
  locks
    .filter((each) => each.sku === sku && each.warehouseCode === warehouseCode && each.channelOrderNo === ownerNo)
    .reduce((sum, each) => sum + each.qty, 0);

function move(context: ActContext, request: ReleaseRequest, action: ActionRow, by: string) {
  const lock: StockLock = {
    systemId: request.systemId,
    lockId: request.lockId,
    kind: 'virtual',
    sku: request.sku,
    qty: request.qty,
    warehouseCode: request.warehouseCode,
    channelOrderNo: request.ownerNo,
    systemShopId: '',
    by,
    createdAt: action.startedAt,
  };
  return {
    system: context.systemOf(request.systemId).system,
    wish: { operationKey: action.id, lock, qty: request.qty, by },
  };
}

const words = ({ qty, sku, ownerNo }: Pick<ReleaseRequest, 'qty' | 'sku' | 'ownerNo'>) => ({
  zh: `${qty} 件 ${sku}（已关闭单 …${tailOf(ownerNo)} 占的）`,
  en: `${qty} pcs of ${sku} (held by closed order …${tailOf(ownerNo)})`,
});

/** Gives a virtual-warehouse lock of a closed order back (`fulfillment.md` §1.2 lock / release). Undoable while unsold. */
export const releaseLock: ActKind<ReleaseRequest, Before> = {
  permission: 'stock:release',
  visibleWithinMs: 30_000,
  target: ({ systemId, lockId }) => lockSubject(systemId, lockId),

  async check(context, request, signal) {
    const lockedQty = qtyOf(await locksNow(context, request.systemId, signal), request.lockId);
    if (lockedQty === 0) return { state: 'already' };
    if (lockedQty < request.qty) {
      return {
        state: 'refused',
        why: {
          zh: `锁的数量变成了 ${lockedQty} 件，请重新看一下`,
          en: `the lock holds ${lockedQty} by now; look again first`,
        },
      };
    }
    return { state: 'go', before: { lockedQty, virtualLocked: await virtualLocked(context, request, signal) } };
  },

  write(context, request, action, by, signal) {
    const { system, wish } = move(context, request, action, by);
    return system.releaseLock(wish, signal);
  },

  async probe(context, request, before, action, signal) {
    const lockedQty = qtyOf(await locksNow(context, request.systemId, signal), request.lockId);
    const stock = await virtualLocked(context, request, signal);
    const isListedFreed = lockedQty <= before.lockedQty - request.qty;
    const isStockFreed = before.virtualLocked === null || stock === null || stock <= before.virtualLocked - request.qty;
    // The figures follow the list within seconds. Later they differ because somebody else has locked since.
    return isListedFreed && (isStockFreed || action.probes >= figuresFollow) ? 'applied' : 'not-yet';
  },

  compensate: (request) => ({ act: { kind: 'retake-lock', subject: '', request } }),
  done: (_context, request) => ({ zh: `已释放 ${words(request).zh}`, en: `released ${words(request).en}` }),
  aim: (_context, request) => ({ zh: `释放 ${words(request).zh}`, en: `release ${words(request).en}` }),
};

/** Looks after which the stock figures must have followed the list of locks. */
const figuresFollow = 8;

/** The way back of releaseLock: takes the same pieces again, if nobody has them. */
export const retakeLock: ActKind<ReleaseRequest, Before> = {
  permission: 'stock:release',
  visibleWithinMs: 30_000,
  target: ({ systemId, lockId }) => lockSubject(systemId, lockId),

  async check(context, request, signal) {
    const lockedQty = ownersQty(await locksNow(context, request.systemId, signal), request);
    const [level] = await context
      .systemOf(request.systemId)
      .system.getStock([request.sku], [request.warehouseCode], signal);
    if (level?.available !== undefined && level.available < request.qty) {
      return {
        state: 'refused',
        why: {
          zh: `放出来的货已被用掉（余 ${level.available} 件），撤销不了`,
          en: `the released stock is in use (${level.available} left): it cannot be taken back`,
        },
      };
    }
    return { state: 'go', before: { lockedQty, virtualLocked: level?.virtualLocked ?? null } };
  },

  write(context, request, action, by, signal) {
    const { system, wish } = move(context, request, action, by);
    return system.retakeLock(wish, signal);
  },

  async probe(context, request, before, action, signal) {
    const lockedQty = ownersQty(await locksNow(context, request.systemId, signal), request);
    const stock = await virtualLocked(context, request, signal);
    const isListed = lockedQty >= before.lockedQty + request.qty;
    const isStockTaken = before.virtualLocked === null || stock === null || stock >= before.virtualLocked + request.qty;
    return isListed && (isStockTaken || action.probes >= figuresFollow) ? 'applied' : 'not-yet';
  },

  compensate: () => ({
    impossible: { zh: '撤销本身不能再撤销，请重新释放', en: 'an undo cannot be undone; release again' },
  }),
  done: (_context, request) => ({ zh: `已重新锁住 ${words(request).zh}`, en: `locked again ${words(request).en}` }),
  aim: (_context, request) => ({ zh: `重新锁住 ${words(request).zh}`, en: `lock again ${words(request).en}` }),
};

/** Cancels a closed order that is still alive in the warehouse system: its own lock goes with it. No way back by API. */
export const cancelOrder: ActKind<CancelRequest, { readonly sourceStatus: string }> = {
  permission: 'stock:release',
  visibleWithinMs: 30_000,
  target: ({ systemId, systemOrderNo }) => fulfillmentSubject(systemId, systemOrderNo),

  async check(context, request, signal) {
    const now = await readNow(context, request, signal);
    if (now === undefined)
      return { state: 'refused', why: { zh: '仓库系统里找不到这单了', en: 'the warehouse system no longer shows it' } };
    if (now.closed) return { state: 'already' };
    if (hasReached(now.stage, 'sorting')) {
      return {
        state: 'refused',
        why: {
          zh: '货已经拣出来了，不能直接释放，请找仓库处理',
          en: 'its goods are picked already; the warehouse has to put them back',
        },
      };
    }
    // It may serve a living order as well (a merge): that one must not lose its goods.
    if (orphanedSince(now, await context.ordersOf(request.systemId, request.systemOrderNo)) === null) {
      return {
        state: 'refused',
        why: {
          zh: '这张仓库单里还有没关闭的订单，不能取消',
          en: 'this warehouse order also serves an order that is not closed',
        },
      };
    }
    return { state: 'go', before: { sourceStatus: now.sourceStatus } };
  },

  write: ({ systemOf }, { systemId, systemOrderNo }, action, by, signal) =>
    systemOf(systemId).system.cancelOrder(systemOrderNo, action.reason, by, signal),

  async probe(context, request, _before, _action, signal) {
    return (await readNow(context, request, signal))?.closed === true ? 'applied' : 'not-yet';
  },

  compensate: () => ({
    impossible: {
      zh: '取消仓库订单没有撤销接口，要恢复请在仓库系统里重新下单',
      en: 'a cancelled warehouse order cannot be restored by API; make it again in the warehouse system',
    },
  }),
  done: (_context, request) => ({
    zh: `已取消仓库里的废单，放出 ${words(request).zh}`,
    en: `cancelled the dead warehouse order, freeing ${words(request).en}`,
  }),
  aim: (_context, request) => ({
    zh: `取消仓库里的废单，放出 ${words(request).zh}`,
    en: `cancel the dead warehouse order, freeing ${words(request).en}`,
  }),
};
