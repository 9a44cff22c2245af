import { z } from 'zod';
import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { hasReached, type Stage } from '../../../domain/stage.ts';
import type { SkippedRow } from '../../../ports/channel.ts';

const Id = z
  .union([z.string(), z.number().int()])
  .transform((value) => String(value).trim())
  .pipe(z.string().min(1));
const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));
const Flag = z
  .union([z.number(), z.boolean()])
  .nullish()
  .transform((value) => value === 1 || value === true);
/** Unix ms; absent and 0 mean "not yet". */
const Time = z
  .number()
  .nullish()
  .transform((at) => (typeof at === 'number' && at > 0 ? at : null));

const Row = z.object({
  sid: Id,
  tid: Words,
  userId: Words,
  sysStatus: z.string(),
  warehouseId: Words,
  isHalt: Flag,
  isExcep: Flag,
  isCancel: Flag,
  /** What makes it an 异常 one. The sheet does not show this field (fulfillment.md §1.4, UNVERIFIED). */
  exceptions: z
    .array(z.string())
    .nullish()
    .transform((list) => (list ?? []).join('、')),
  outSid: Words,
  expressCompanyName: Words,
  consignTime: Time,
  updTime: z.number().positive(),
  orders: z.array(z.object({ sysOuterId: Words, outerSkuId: Words, num: z.number().int() })).nullish(),
});
type Row = z.infer<typeof Row>;

/** What `sysStatus` means in our words. */
const stageOf: Readonly<Record<string, Stage>> = {
  WAIT_BUYER_PAY: 'placed',
  WAIT_AUDIT: 'queued',
  WAIT_FINANCE_AUDIT: 'queued',
  // The order desk has let it go to the warehouse.
  FINISHED_AUDIT: 'sorting',
  WAIT_EXPRESS_PRINT: 'sorting',
  WAIT_PACKAGE: 'labelled',
  WAIT_WEIGHT: 'labelled',
  WAIT_SEND_GOODS: 'labelled',
  WAIT_DEST_SEND_GOODS: 'sorting',
  SELLER_SEND_GOODS: 'shipped',
  FINISHED: 'delivered',
  CLOSED: 'closed',
};

/** Reads one order, or names it and says which field could not be read. Times are unix ms already. */
export function readOrder(raw: unknown, systemId: string): FulfillmentView | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const sid = Id.safeParse((raw as { sid?: unknown } | null)?.sid).data;
    return {
      ref: sid ?? 'row without sid',
      reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`,
    };
  }
  const row = parsed.data;
  const { stage, reason } = stateOf(row);
  const closed = stage === 'closed';
  const stageAt = hasReached(stage, 'shipped') && !closed ? (row.consignTime ?? row.updTime) : row.updTime;
  return {
    systemId,
    systemOrderNo: row.sid,
    // A merged order names the orders whose goods it carries, separated by commas.
    channelOrderNos: [...new Set(row.tid.split(',').map((no) => no.trim()))].filter((no) => no !== ''),
    systemShopId: row.userId,
    sourceStatus: row.sysStatus,
    sourceUpdatedAt: row.updTime,
    stage,
    stageAt,
    sortedAt: !closed && hasReached(stage, 'sorting') ? stageAt : null,
    shippedAt: row.consignTime ?? (row.sysStatus === 'SELLER_SEND_GOODS' ? row.updTime : null),
    warehouseCode: row.warehouseId === '0' ? '' : row.warehouseId,
    held: row.isHalt,
    reason,
    carrier: row.expressCompanyName,
    waybill: row.outSid,
    closed,
    lines: (row.orders ?? []).flatMap(({ sysOuterId, outerSkuId, num }) => {
      const sku = sysOuterId === '' ? outerSkuId : sysOuterId;
      return sku === '' ? [] : [{ sku, qty: num }];
    }),
  };
}

function stateOf({ sysStatus, isCancel, isHalt, isExcep, exceptions }: Row): { stage: Stage; reason: string } {
  if (isCancel) return { stage: 'closed', reason: '' };
  const stage = stageOf[sysStatus];
  if (stage === undefined) return { stage: 'queued', reason: `未知状态 ${sysStatus}` };
  const why = [isHalt ? '挂起' : '', isExcep ? exceptions || '异常' : ''].filter((words) => words !== '').join('、');
  const isReview = stage === 'queued' && isExcep && /复核|审核|刺绣|定制/.test(exceptions);
  return { stage: isReview ? 'review' : stage, reason: why };
}
