import { z } from 'zod';
import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { fromBeijingText } from '../../../domain/local-time.ts';
import { hasReached, type Stage } from '../../../domain/stage.ts';
import type { SkippedRow } from '../../../ports/channel.ts';

const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));
/** Numbers come as numbers and as text ("2.0000"). */
const Num = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
/** Times come as unix ms and as Beijing text, in one and the same row. */
const At = z.union([
  z.number().positive(),
  z.string().transform((text, context) => {
    const at = /^\d{13}$/.test(text) ? Number(text) : fromBeijingText(text);
    if (at !== undefined) return at;
    context.addIssue({ code: 'custom', message: 'no time' });
    return z.NEVER;
  }),
]);

const Row = z.object({
  trade_no: z.string().min(1),
  src_tids: Words,
  shop_no: Words,
  trade_status: Num,
  /** Absent while the order has none. */
  warehouse_no: Words,
  freeze_reason: Words,
  bad_reason: Num.nullish().transform((bits) => bits ?? 0),
  logistics_no: Words,
  logistics_name: Words,
  consign_time: At.nullish().catch(null),
  modified: At,
  detail_list: z.array(z.object({ src_tid: Words, spec_no: Words, num: Num })).nullish(),
});
type Row = z.infer<typeof Row>;

const abnormal = 23;
/** `trade_status` in our words; every other number is an order that waits for the order desk. */
const stageOf: Readonly<Record<number, Stage>> = {
  4: 'closed',
  5: 'closed',
  10: 'placed',
  12: 'placed',
  15: 'placed',
  35: 'review',
  55: 'sorting',
  95: 'shipped',
  96: 'shipped',
  101: 'shipped',
  110: 'shipped',
};
const waiting = [6, 7, 16, 19, 20, 21, abnormal, 24, 25, 27, 30, 40];

/** Why an order is an abnormal one, by bit. */
const badReasons: readonly (readonly [number, string])[] = [
  [2, '修改地址'],
  [4, '修改发票'],
  [8, '更换仓库'],
  [16, '修改备注'],
  [32, '更换货品'],
  [128, '拦截赠品'],
  [256, '拦截换货'],
  [512, '买家留言变化'],
  [1024, '拦截平台已发货'],
];

/** Reads one order, or names it and says which field could not be read. */
export function readOrder(raw: unknown, systemId: string): FulfillmentView | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const no = z.string().safeParse((raw as { trade_no?: unknown } | null)?.trade_no).data;
    return {
      ref: no === undefined || no === '' ? 'row without trade_no' : no.slice(0, 64),
      reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`,
    };
  }
  const row = parsed.data;
  const stage = stageFrom(row);
  const closed = stage === 'closed';
  const consignedAt = row.consign_time ?? null;
  const isShipped = !closed && hasReached(stage, 'shipped');
  const stageAt = isShipped ? (consignedAt ?? row.modified) : row.modified;
  return {
    systemId,
    systemOrderNo: row.trade_no,
    channelOrderNos: channelOrdersOf(row),
    systemShopId: row.shop_no,
    sourceStatus: String(row.trade_status),
    sourceUpdatedAt: row.modified,
    stage,
    stageAt,
    sortedAt: !closed && hasReached(stage, 'sorting') ? stageAt : null,
    shippedAt: isShipped ? stageAt : null,
    warehouseCode: row.warehouse_no,
    held: row.trade_status === abnormal || row.freeze_reason !== '',
    reason: reasonOf(row),
    carrier: row.logistics_name,
    waybill: row.logistics_no,
    closed,
    lines: (row.detail_list ?? []).flatMap(({ spec_no, num }) => (spec_no === '' ? [] : [{ sku: spec_no, qty: num }])),
  };
}

function stageFrom({ trade_status, logistics_no }: Row): Stage {
  const stage = stageOf[trade_status] ?? 'queued';
  return stage === 'sorting' && logistics_no !== '' ? 'labelled' : stage;
}

function reasonOf({ trade_status, freeze_reason, bad_reason }: Row): string {
  if (!waiting.includes(trade_status) && stageOf[trade_status] === undefined) return `未知状态 ${trade_status}`;
  const bits = badReasons.filter(([bit]) => (bad_reason & bit) !== 0).map(([, words]) => words);
  const why = [freeze_reason, ...bits].filter((words) => words !== '').join('、');
  return trade_status === abnormal && why === '' ? '异常订单' : why;
}

/** The lines name each order; the list of the head is cut when it is long. */
function channelOrdersOf({ src_tids, detail_list }: Row): string[] {
  const ofLines = (detail_list ?? []).map(({ src_tid }) => src_tid).filter((no) => no !== '');
  const numbers = ofLines.length > 0 ? ofLines : src_tids.split(',').map((no) => no.trim());
  return [...new Set(numbers.filter((no) => no !== ''))];
}
