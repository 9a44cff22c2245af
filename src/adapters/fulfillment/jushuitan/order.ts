import { z } from 'zod';
import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { fromBeijingText } from '../../../domain/local-time.ts';
import { hasReached, type Stage } from '../../../domain/stage.ts';
import type { SkippedRow } from '../../../ports/channel.ts';

/** Ids come as numbers, and as text where they have more digits than a JS number. */
const Id = z
  .union([z.string(), z.number().int()])
  .transform((value) => String(value).trim())
  .pipe(z.string().min(1));
const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));
/** Beijing text → unix ms; null for what is absent, empty or a zero date. */
const MaybeTime = z
  .string()
  .nullish()
  .transform((text) => (text ? (fromBeijingText(text) ?? null) : null));
const Time = z.string().transform((text, context) => {
  const at = fromBeijingText(text);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: 'no Beijing time' });
  return z.NEVER;
});

const Row = z.object({
  o_id: Id,
  so_id: Id,
  merge_so_id: Words,
  shop_id: Words,
  status: z.string(),
  wms_co_id: Words,
  question_type: Words,
  question_desc: Words,
  l_id: Words,
  lc_id: Words,
  logistics_company: Words,
  modified: Time,
  send_date: MaybeTime,
  sign_time: MaybeTime,
  items: z.array(z.object({ sku_id: Id, qty: z.number().int() })).nullish(),
});
type Row = z.infer<typeof Row>;

/** What a question (异常) says when the order waits for eyes or hands before it can be picked. */
const isReview = (words: string): boolean => /复核|审核|刺绣|定制/.test(words);
/** Types of questions that somebody put on the order to stop it. 作战群 is our own. */
const isHold = (type: string): boolean => /风险|退款|地址|买家|暂停|作战群/.test(type);

interface State {
  readonly stage: Stage;
  readonly at: number;
  readonly held: boolean;
  readonly reason: string;
}

/**
 * The state of an order in our words. The ERP tells when an order was sent and signed, but not when it entered the other
 * stages: there the instant is `modified`, which any later change moves forward.
 */
function stateOf(row: Row): State {
  const at = row.modified;
  const plain = { at, held: false, reason: '' };
  switch (row.status) {
    case 'WaitPay':
      return { ...plain, stage: 'placed' };
    case 'WaitConfirm':
    case 'WaitFConfirm':
      return { ...plain, stage: 'queued' };
    case 'Question': {
      const { question_type: type, question_desc: desc } = row;
      const reason = desc === '' || desc === type ? type : `${type}：${desc}`;
      return { at, stage: isReview(`${type} ${desc}`) ? 'review' : 'queued', held: isHold(type), reason };
    }
    case 'Delivering':
    case 'WaitOuterSent':
      return { ...plain, stage: row.l_id === '' ? 'sorting' : 'labelled' };
    case 'Sent':
      if (row.sign_time !== null) return { ...plain, stage: 'delivered', at: row.sign_time };
      return { ...plain, stage: 'shipped', at: row.send_date ?? at };
    case 'Cancelled':
      return { ...plain, stage: 'closed' };
    case 'Merged':
      return { ...plain, stage: 'closed', reason: '已合并，货随另一单发出' };
    case 'Split':
      return { ...plain, stage: 'closed', reason: '已拆分，货随拆出的单发出' };
    default:
      return { ...plain, stage: 'queued', reason: `未知状态 ${row.status}` };
  }
}

/**
 * Reads one order, or names it and says which field could not be read.
 * `sortedAt` is the instant of the stage once it is sorting or later, so it may grow from read to read as `modified` does:
 * the ingest keeps the earliest one it was told.
 */
export function readOrder(raw: unknown, systemId: string): FulfillmentView | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  const row = parsed.data;
  const { stage, at, held, reason } = stateOf(row);
  const closed = stage === 'closed';
  return {
    systemId,
    systemOrderNo: row.o_id,
    channelOrderNos: channelOrdersOf(row),
    systemShopId: row.shop_id,
    sourceStatus: row.status,
    sourceUpdatedAt: row.modified,
    stage,
    stageAt: at,
    sortedAt: !closed && hasReached(stage, 'sorting') ? Math.min(at, row.send_date ?? at) : null,
    shippedAt: row.send_date ?? (row.status === 'Sent' ? at : null),
    warehouseCode: row.wms_co_id === '0' ? '' : row.wms_co_id,
    held,
    reason,
    carrier: row.logistics_company === '' ? row.lc_id : row.logistics_company,
    waybill: row.l_id,
    closed,
    lines: (row.items ?? []).map(({ sku_id, qty }) => ({ sku: sku_id, qty })),
  };
}

/** A merged order names the orders whose goods it carries, separated by commas. */
function channelOrdersOf({ so_id, merge_so_id }: Row): string[] {
  const numbers = `${so_id},${merge_so_id}`.split(',').map((no) => no.trim());
  return [...new Set(numbers.filter((no) => no !== ''))];
}

function refOf(raw: unknown): string {
  const no = typeof raw === 'object' && raw !== null ? (raw as { o_id?: unknown }).o_id : undefined;
  return (typeof no === 'string' && no !== '') || typeof no === 'number' ? String(no).slice(0, 64) : 'row without o_id';
}
