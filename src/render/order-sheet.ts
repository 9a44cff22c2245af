import type { Language, Text } from '../domain/text.ts';
import { clockTime, localDay } from './words.ts';

/** One order line as somebody outside may see it: no name, phone, address or buyer's words. Times are unix ms. */
export interface SheetRow {
  readonly problem: Text;
  readonly shop: string;
  readonly orderNo: string;
  readonly title: string;
  readonly sku: string;
  readonly qty: number;
  readonly paidAt: number | null;
  readonly shipBy: number | null;
  readonly warehouse: string;
  readonly stage: Text | null;
  readonly systemOrderNo: string;
  readonly carrier: string;
  readonly waybill: string;
  /** What a person said it came from; empty = nobody did. */
  readonly cause: string;
}

const headings: readonly Text[] = [
  { zh: '问题', en: 'Problem' },
  { zh: '店铺', en: 'Shop' },
  { zh: '订单号', en: 'Order' },
  { zh: '商品', en: 'Item' },
  { zh: 'SKU', en: 'SKU' },
  { zh: '数量', en: 'Quantity' },
  { zh: '付款时间', en: 'Paid' },
  { zh: '发货时限', en: 'Ship by' },
  { zh: '仓库', en: 'Warehouse' },
  { zh: '环节', en: 'Stage' },
  { zh: '仓库单号', en: 'Warehouse order' },
  { zh: '快递', en: 'Carrier' },
  { zh: '运单号', en: 'Waybill' },
  { zh: '标的原因', en: 'Labelled cause' },
];

/**
 * CSV that Excel opens in Chinese (UTF-8 with its mark). A number of many digits begins with a tab, as in the platforms' own
 * exports: Excel would destroy it. What begins like a formula is text.
 */
export function orderSheet(rows: readonly SheetRow[], language: Language, timezone: string): string {
  const time = (at: number | null): string =>
    at === null ? '' : `${localDay(at, timezone)} ${clockTime(at, timezone)}`;
  const lines = rows.map((row) => [
    row.problem[language],
    row.shop,
    row.orderNo,
    row.title,
    row.sku,
    String(row.qty),
    time(row.paidAt),
    time(row.shipBy),
    row.warehouse,
    row.stage?.[language] ?? '',
    row.systemOrderNo,
    row.carrier,
    row.waybill,
    row.cause,
  ]);
  const all = [headings.map((heading) => heading[language]), ...lines];
  return `\uFEFF${all.map((cells) => cells.map(cellOf).join(',')).join('\r\n')}\r\n`;
}

function cellOf(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  const safe = /^\d{11,}$/.test(plain) || /^[=+\-@]/.test(plain) ? `\t${plain}` : plain;
  return /[",\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
