import { causeOf, type SheetDeduction } from '../../domain/deduction.ts';
import { parseMinor } from '../../domain/money.ts';
import type { Text } from '../../domain/text.ts';
import type { BillSheet, SkippedSheetRow } from '../../ports/sheets.ts';
import { plain } from './preset.ts';
import { damaged, type SheetRow } from './read-rows.ts';
import { createTimeReader } from './read-time.ts';

/** Headings of bills, the best first. No platform publishes its own; what is not here is asked for by these names. */
const columns = {
  order: ['订单号', '订单编号', '主订单编号', '主订单号', '关联订单号', '平台订单号', '商户订单号', 'order'],
  amount: [
    '扣款金额',
    '扣款金额(元)',
    '扣罚金额',
    '罚款金额',
    '处罚金额',
    '违约金',
    '违约金额',
    '赔付金额',
    '赔付金额(元)',
    'deduction',
  ],
  cause: [
    '扣款原因',
    '扣罚原因',
    '罚款原因',
    '处罚原因',
    '处罚类型',
    '违规类型',
    '违规原因',
    '赔付原因',
    '赔付类型',
    'reason',
  ],
  at: ['扣款时间', '处罚时间', '罚款时间', '赔付时间', '违规时间', '入账时间', '发生时间', 'deductedAt'],
  shop: ['店铺', '店铺名称', 'shop'],
  currency: ['币种', 'currency'],
} as const;
type Column = keyof typeof columns;

const longestOrder = 64;
const day = 86_400_000;
const tooLong: Text = {
  zh: '账单超过 20,000 行；请按月分几次导出',
  en: 'The bill has more than 20,000 rows; export it in parts, by month',
};
const empty: Text = { zh: '账单里没有一行扣款', en: 'There is no row below the headings of this bill' };
/** One message to the bot's own thread. */
const mostRows = 20_000;

/** Where a bill's columns are; undefined when these are no headings of one. */
export function billPlaces(headings: readonly string[]): ReadonlyMap<Column, number> | undefined {
  const written = headings.map(plain);
  const places = new Map<Column, number>();
  for (const [column, names] of Object.entries(columns) as [Column, readonly string[]][]) {
    const place = names.map((name) => written.indexOf(plain(name))).find((at) => at >= 0);
    if (place !== undefined) places.set(column, place);
  }
  return places.has('order') && places.has('amount') && places.has('cause') ? places : undefined;
}

/** The money that a platform took, row by row. What cannot be read is named, and nothing of it is guessed. */
export function readBill(
  places: ReadonlyMap<Column, number>,
  rows: readonly SheetRow[],
  { timezone, now }: { readonly timezone: string; readonly now: number },
): BillSheet {
  const readTime = createTimeReader(timezone);
  const deductions: SheetDeduction[] = [];
  const skipped: SkippedSheetRow[] = [];
  let count = 0;
  for (const { row, cells } of rows) {
    const cell = (column: Column): string => (cells[places.get(column) ?? -1] ?? '').trim();
    const order = cell('order').slice(0, longestOrder);
    if (
      cells.every((each) => each === '') ||
      /^(合计|总计|小计|total\b)/i.test(cells.find((each) => each !== '') ?? '')
    )
      continue;
    count += 1;
    const told = readRow(cell, readTime, now);
    if ('zh' in told) skipped.push({ row, cell: '', order, reason: told });
    else deductions.push({ row, order, ...told });
  }
  if (count > mostRows) throw damaged(tooLong);
  if (count === 0) throw damaged(empty);
  return { kind: 'bill', rows: count, deductions, skipped };
}

function readRow(
  cell: (column: Column) => string,
  readTime: (text: string) => number | undefined,
  now: number,
): Omit<SheetDeduction, 'row' | 'order'> | Text {
  const order = cell('order');
  if (order === '') return { zh: '没有订单号', en: 'no order number' };
  if (/^\d(\.\d+)?E\+\d+$/i.test(order))
    return { zh: '订单号被 Excel 改成了科学计数；请重新导出', en: 'a spreadsheet has rounded the order number' };
  const cause = cell('cause');
  if (/返还|退回|撤销|申诉成功/.test(cause)) return { zh: '是返还，不是扣款', en: 'money given back, not taken' };
  const currency = (cell('currency') || 'CNY').toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency))
    return { zh: '币种不是三个字母的代码', en: 'the currency is no code of three letters' };
  const minor = parseMinor(cell('amount').replace(/[¥￥,，元\s]/g, ''), currency);
  if (minor === undefined || minor === 0)
    return { zh: '金额不是 12.50 这样的数', en: 'the amount is no number such as 12.50' };
  const time = cell('at');
  const at = time === '' ? null : readTime(time);
  if (at === undefined || (at !== null && at > now + day))
    return { zh: '时间不是 2026-11-11 00:33:00 这样的', en: 'the time is no time such as 2026-11-11 00:33:00' };
  return { shop: cell('shop'), minor: Math.abs(minor), currency, cause: causeOf(cause), at };
}
