import { parseMinor } from '../../domain/money.ts';
import type { ReplayRow } from '../../domain/replay-row.ts';
import type { Text } from '../../domain/text.ts';
import type { ReadTime } from './read-time.ts';

const timeColumns = ['placedAt', 'paidAt', 'sortedAt', 'shippedAt', 'carrierAt', 'deliveredAt', 'closedAt'] as const;
type TimeColumn = (typeof timeColumns)[number];

/** Every column a sheet may have, named as in its heading. */
export const sheetColumns = [
  'order',
  'status',
  ...timeColumns,
  'amount',
  'currency',
  'channel',
  'phone',
  'province',
  'sku',
  'qty',
  'waybill',
] as const;
export type SheetColumn = (typeof sheetColumns)[number];

/** Cells by column, trimmed; a column that the sheet does not have reads as empty. */
export type Cells = (column: SheetColumn) => string;

const year2000 = Date.UTC(2000, 0, 1);
const longestOrder = 64;

/** The row, or why it cannot be read: the column and what would do, never the cell's own words. */
export function readSheetRow(cells: Cells, readTime: ReadTime): ReplayRow | Text {
  const order = cells('order');
  const refused = refuseOrder(order);
  if (refused !== undefined) return refused;
  const times: Partial<Record<TimeColumn, number>> = {};
  for (const column of timeColumns) {
    const text = cells(column);
    if (text === '') continue;
    const at = readTime(text);
    if (at === undefined) return noTime(column);
    if (at < year2000) return tooEarly(column);
    times[column] = at;
  }
  if (Object.keys(times).length === 0) return { zh: '没有任何时间', en: 'it has no time at all' };
  const currency = (cells('currency') || 'CNY').toUpperCase();
  if (!/^[A-Z]{3}$/.test(currency)) {
    return { zh: 'currency 不是三个字母的币种代码', en: 'currency is no code of three letters' };
  }
  const amountMinor = parseMinor(cells('amount') || '0', currency);
  if (amountMinor === undefined) {
    return { zh: 'amount 不是 199.90 这样的金额', en: 'amount is no plain amount such as 199.90' };
  }
  const qty = cells('qty') || '1';
  if (!/^0*[1-9]\d{0,8}$/.test(qty)) return { zh: 'qty 不是正整数', en: 'qty is no whole number above 0' };
  const sku = cells('sku');
  const waybill = cells('waybill');
  return {
    order,
    status: cells('status'),
    placedAt: times.placedAt ?? null,
    paidAt: times.paidAt ?? null,
    sortedAt: times.sortedAt ?? null,
    shippedAt: times.shippedAt ?? null,
    carrierAt: times.carrierAt ?? null,
    deliveredAt: times.deliveredAt ?? null,
    closedAt: times.closedAt ?? null,
    amountMinor,
    currency,
    channel: cells('channel'),
    phone: cells('phone'),
    province: cells('province'),
    lines: sku === '' ? [] : [{ sku, qty: Number(qty) }],
    waybills: waybill === '' ? [] : [waybill],
  };
}

function refuseOrder(order: string): Text | undefined {
  if (order === '') return { zh: '没有订单号', en: 'no order number' };
  // Spreadsheets always write the plus; without it a hexadecimal number may look the same.
  if (/^\d(\.\d+)?E\+\d+$/i.test(order)) {
    return {
      zh: '订单号被 Excel 改成了科学计数；请把该列设为文本后重新导出',
      en: 'a spreadsheet has rounded the order number; export again with that column as text',
    };
  }
  if (order.length > longestOrder || /\p{Cc}/u.test(order)) {
    return { zh: '订单号太长或含有控制字符', en: 'the order number is too long or has control characters' };
  }
  return undefined;
}

const noTime = (column: string): Text => ({
  zh: `${column} 不是 2026-11-11 00:33:00 这样的时间`,
  en: `${column} is no time such as 2026-11-11 00:33:00`,
});

const tooEarly = (column: string): Text => ({
  zh: `${column} 早于 2000 年`,
  en: `${column} lies before the year 2000`,
});
