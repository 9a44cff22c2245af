import { z } from 'zod';
import { BugError } from '../../../domain/errors.ts';
import { fromBeijingText } from '../../../domain/local-time.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { StockLock } from '../../../domain/stock.ts';
import type { LockMove } from '../../../ports/fulfillment.ts';
import { outcomeOf, refusedBy } from '../refusal.ts';
import { asNumber, isForbidden, isNumber, toBiz } from './biz.ts';
import type { Send } from './client.ts';
import { readAll } from './pages.ts';

const prefix = '/open/webapi/itemapi/lockwarehouse';
const allocation = '虚拟仓分配';
const giveBack = '虚拟仓归还';

const Id = z.union([z.string(), z.number()]).transform(String);
const Operation = z.object({
  io_id: Id,
  lwh_id: Id,
  wms_co_id: Id,
  type: z.string(),
  creator: z.string().nullish(),
  remark: z.string().nullish(),
  created: z.string().transform((text, context) => {
    const at = fromBeijingText(text);
    if (at !== undefined) return at;
    context.addIssue({ code: 'custom', message: 'no Beijing time' });
    return z.NEVER;
  }),
  items: z.array(z.object({ sku_id: Id, qty: z.number(), returned_qty: z.number().nullish() })),
});

/** Allocations to virtual warehouses of which something is not given back yet, one lock per SKU. */
export async function listLocks(send: Send, systemId: string, signal: AbortSignal): Promise<StockLock[]> {
  const rows = await readAll(send, `${prefix}/getlwhoperationlist`, { active: true }, 'datas', signal);
  const locks = rows.flatMap((row) => locksOf(row, systemId));
  return [...new Map(locks.map((lock) => [lock.lockId, lock])).values()];
}

function locksOf(raw: unknown, systemId: string): StockLock[] {
  const row = Operation.safeParse(raw).data;
  if (row === undefined || row.type !== allocation) return [];
  return row.items.flatMap(({ sku_id, qty, returned_qty }): StockLock[] => {
    const left = qty - (returned_qty ?? 0);
    if (left <= 0) return [];
    const lock: StockLock = {
      systemId,
      // Giving it back needs the virtual warehouse, and only the document's number is the ERP's own name for it.
      lockId: `${row.lwh_id}.${row.io_id}.${sku_id}`,
      kind: 'virtual',
      sku: sku_id,
      qty: left,
      warehouseCode: row.wms_co_id,
      // People write the order's number into the remark; the document has no field for it.
      channelOrderNo: orderNoIn(row.remark ?? ''),
      systemShopId: '',
      by: row.creator ?? '',
      createdAt: row.created,
    };
    return [lock];
  });
}

/** The first number long enough for an order; a telephone number is none. */
const orderNoIn = (remark: string): string | null =>
  [...remark.matchAll(/\d{6}-\d{15}|\d{10,}/g)].map(([no]) => no).find((no) => !/^(?:86)?1[3-9]\d{9}$/.test(no)) ??
  null;

/** Gives a lock back. The document carries our key as its number, so a repeat is answered and not done twice. */
export function releaseLock(send: Send, move: LockMove, signal: AbortSignal): Promise<Outcome<{ qty: number }>> {
  return operate(send, giveBack, move, signal);
}

/** Takes the same stock again, and only if it is still free. */
export function retakeLock(send: Send, move: LockMove, signal: AbortSignal): Promise<Outcome<{ qty: number }>> {
  return operate(send, allocation, move, signal);
}

async function operate(
  send: Send,
  type: string,
  move: LockMove,
  signal: AbortSignal,
): Promise<Outcome<{ qty: number }>> {
  const { lock, qty, by, operationKey } = move;
  // An empty or zero quantity means "everything there is" (fulfillment.md §1.2): other people's pieces too.
  if (!Number.isSafeInteger(qty) || qty <= 0) throw new BugError(`Jushuitan: a lock is moved by ${qty} pieces`);
  if (type === giveBack && qty > lock.qty)
    return { kind: 'refused', code: 'invalid', providerText: `${qty} > ${lock.qty}` };
  const virtualWarehouse = lock.lockId.split('.')[0] ?? '';
  if (lock.kind !== 'virtual' || !isNumber(virtualWarehouse) || !isNumber(lock.warehouseCode))
    return { kind: 'refused', code: 'invalid' };
  const biz = toBiz({
    lwh_id: asNumber(virtualWarehouse),
    wms_co_id: asNumber(lock.warehouseCode),
    so_id: operationKey,
    type,
    examine: true,
    is_ignore_check_stock: false,
    remark: [lock.channelOrderNo, by].filter(Boolean).join(' '),
    items: [{ sku_id: lock.sku, qty }],
  });
  try {
    const answer = await send({ path: `${prefix}/lwhoperationcreate`, biz, write: true, readRefusal: true }, signal);
    if (answer.code !== 0) return refusedBy(answer.code, answer.msg);
    const made = z.object({ io_id: Id }).safeParse(answer.data).data;
    return { kind: 'done', value: { qty }, ...(made === undefined ? {} : { providerRef: made.io_id }) };
  } catch (error) {
    return outcomeOf(error, isForbidden);
  }
}
