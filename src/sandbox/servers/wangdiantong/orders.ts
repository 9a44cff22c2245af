import { z } from 'zod';
import { erpItems, findErpOrder, setQuestion } from '../../world/erp-orders.ts';
import type { ErpItemRow, ErpOrderRow } from '../../world/rows.ts';
import { beijing, fromBeijing, HOUR, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, politely, success } from './answers.ts';

/** The kind of question that stands for an abnormal order. */
const ABNORMAL = '异常订单';
const REVIEW = '人工复核';
/** Orders of these channels come by another road. */
const HIDDEN = `channel NOT IN ('taobao', 'tmall', 'pinduoduo')`;

export interface Page {
  index: number;
  size: number;
}

const Query = z.object({
  start_time: z.string().optional(),
  end_time: z.string().optional(),
  trade_no: z.string().optional(),
  src_tid: z.string().optional(),
});

const oIdOf = (tradeNo: string): number => (/^JY\d+$/.test(tradeNo) ? Number(tradeNo.slice(2)) : 0);

export function listOrders(world: World, [raw]: readonly unknown[], page: Page | undefined): Answer {
  const query = Query.safeParse(raw).data;
  if (query === undefined) return failure(1, 'argument type mismatch');
  if (page === undefined) return failure(100, '此方法仅支持分页查询：sales.TradeQuery.queryWithDetail');
  const wheres = [HIDDEN];
  const values: (string | number)[] = [];
  if (query.trade_no) {
    wheres.push('o_id = ?');
    values.push(oIdOf(query.trade_no));
  } else if (query.src_tid) {
    const numbers = query.src_tid.split(',');
    wheres.push(`so_id IN (${numbers.map(() => '?').join(', ')})`);
    values.push(...numbers);
  } else {
    const [from, to] = [fromBeijing(query.start_time ?? ''), fromBeijing(query.end_time ?? '')];
    if (from === undefined || to === undefined) return failure(100, '参数中必须包含起止时间');
    if (to - from > HOUR) return failure(100, '您的查询时间过宽,查询时间不能大于60分钟');
    wheres.push('modified BETWEEN ? AND ?');
    values.push(from, to + SECOND - 1);
  }
  const where = wheres.join(' AND ');
  const total_count =
    world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM erp_orders WHERE ${where}`, ...values)?.n ?? 0;
  if (total_count === 0 && (query.trade_no || query.src_tid)) return failure(100, '未找到符合条件的订单');
  const rows = world.store.all<ErpOrderRow>(
    `SELECT * FROM erp_orders WHERE ${where} ORDER BY modified, o_id LIMIT ? OFFSET ?`,
    ...values,
    page.size,
    page.index * page.size,
  );
  return success({ total_count, order: rows.map((row) => showOrder(row, erpItems(world, row.o_id))) });
}

function showOrder(row: ErpOrderRow, items: readonly ErpItemRow[]): object {
  return {
    trade_id: row.o_id,
    trade_no: `JY${row.o_id}`,
    src_tids: row.so_id,
    shop_no: String(row.shop_id),
    trade_status: statusOf(row),
    warehouse_no: String(row.wms_co_id),
    freeze_reason: statusOf(row) === 23 && row.question_type !== ABNORMAL ? (row.question_type ?? '') : '',
    bad_reason: 0,
    logistics_no: row.l_id ?? '',
    logistics_name: row.logistics_company ?? '',
    estimate_consign_time: row.plan_delivery_date === null ? '' : beijing(row.plan_delivery_date),
    ...(row.send_date === null ? {} : { consign_time: row.send_date }),
    pay_time: beijing(row.pay_date),
    modified: beijing(row.modified),
    created: row.created,
    detail_list: items.map(({ oi_id, sku, title, qty }) => ({
      rec_id: oi_id,
      src_tid: row.so_id,
      spec_no: sku,
      goods_name: title,
      num: qty,
      stock_state: row.status === 'WaitConfirm' ? 3 : 4,
    })),
  };
}

function statusOf(row: ErpOrderRow): number {
  if (row.status === 'Question') return row.question_type === REVIEW ? 35 : 23;
  return { WaitConfirm: 30, Delivering: 55, Sent: 95, Cancelled: 5 }[row.status];
}

/** Only an order that waits for its audit becomes an abnormal one. */
export function toException(world: World, [tradeNo]: readonly unknown[]): Answer {
  if (typeof tradeNo !== 'string') return failure(1, 'argument type mismatch');
  const erp = findErpOrder(world, oIdOf(tradeNo));
  if (erp === undefined) return politely('订单不存在');
  if (erp.status !== 'WaitConfirm') return politely('订单状态不正确');
  setQuestion(world, erp, world.clock.now(), ABNORMAL, '', '开放平台');
  return success({ message: '' }, true);
}
