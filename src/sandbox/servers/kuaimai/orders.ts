import { erpItems } from '../../world/erp-orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import { fromBeijing, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, success } from './answers.ts';
import type { Form } from './gate.ts';

/** The kind of question that stands for a suspended order. */
export const HALTED = '挂起';
/** Orders of PDD come by another road. */
const HIDDEN = `channel <> 'pinduoduo'`;

/** Page number and size, or why they are refused. */
export function pageOf(form: Form, most: number): { limit: number; offset: number } | Answer {
  const [page, size] = [Number(form.pageNo ?? 1), Number(form.pageSize ?? 20)];
  if (!Number.isInteger(page) || page < 1 || !Number.isInteger(size) || size < 2)
    return failure('20018', '分页参数不正确');
  return size > most ? failure('20019', `页数不能超过${most}`) : { limit: size, offset: (page - 1) * size };
}

export function listOrders(world: World, form: Form): Answer {
  const page = pageOf(form, 200);
  if ('status' in page) return page;
  const wheres = [HIDDEN];
  const values: (string | number)[] = [];
  const column = form.sid ? 'o_id' : 'so_id';
  const numbers = (form.sid || form.tid || '').split(',').filter((no) => no !== '');
  if (numbers.length > 0) {
    wheres.push(`${column} IN (${numbers.map(() => '?').join(', ')})`);
    values.push(...(form.sid ? numbers.map(Number) : numbers));
  } else {
    const [from, to] = [fromBeijing(form.startTime ?? ''), fromBeijing(form.endTime ?? '')];
    if (form.timeType !== 'upd_time' || from === undefined || to === undefined)
      return failure('20010', 'startTime、endTime与timeType不能为空');
    wheres.push('modified BETWEEN ? AND ?');
    values.push(from, to + SECOND - 1);
  }
  const where = wheres.join(' AND ');
  const total =
    world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM erp_orders WHERE ${where}`, ...values)?.n ?? 0;
  const rows = world.store.all<ErpOrderRow>(
    `SELECT * FROM erp_orders WHERE ${where} ORDER BY modified, o_id LIMIT ? OFFSET ?`,
    ...values,
    page.limit,
    page.offset,
  );
  return success({ total, list: rows.map((row) => showOrder(world, row)) });
}

function showOrder(world: World, row: ErpOrderRow): object {
  const isHalted = row.question_type === HALTED;
  const isExcep = row.status === 'Question' && !isHalted;
  return {
    sid: row.o_id,
    tid: row.so_id,
    type: '0',
    userId: row.shop_id,
    source: row.channel,
    sysStatus: statusOf(row),
    warehouseId: row.wms_co_id,
    isHalt: isHalted ? 1 : 0,
    isExcep: isExcep ? 1 : 0,
    isCancel: row.status === 'Cancelled' ? 1 : 0,
    isRefund: 0,
    ...(isExcep ? { exceptions: [row.question_type] } : {}),
    outSid: row.l_id ?? '',
    expressCompanyName: row.logistics_company ?? '',
    created: row.created,
    payTime: row.pay_date,
    consignTime: row.send_date,
    updTime: row.modified,
    sysMemo: row.remark ?? '',
    orders: erpItems(world, row.o_id).map(({ oi_id, sku, title, qty }) => ({
      id: oi_id,
      sysTitle: title,
      sysOuterId: sku,
      num: qty,
    })),
  };
}

function statusOf(row: ErpOrderRow): string {
  if (row.status === 'Cancelled') return 'CLOSED';
  if (row.status === 'Sent') return 'SELLER_SEND_GOODS';
  if (row.status !== 'Delivering') return 'WAIT_AUDIT';
  return row.l_id === null ? 'WAIT_EXPRESS_PRINT' : 'WAIT_PACKAGE';
}
