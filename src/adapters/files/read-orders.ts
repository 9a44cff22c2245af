import { parseMinor } from '../../domain/money.ts';
import type { ChannelStatus, OrderKind, OrderLine, RefundState } from '../../domain/order.ts';
import { type SheetField, type SheetOrder, timeFields } from '../../domain/sheet-order.ts';
import type { Text } from '../../domain/text.ts';
import type { SkippedSheetRow } from '../../ports/sheets.ts';
import { type Preset, plain } from './preset.ts';
import { placesOf } from './presets.ts';
import type { SheetRow } from './read-rows.ts';
import { createTimeReader, type ReadTime } from './read-time.ts';

export interface OrdersRead {
  readonly orders: readonly SheetOrder[];
  readonly skipped: readonly SkippedSheetRow[];
  readonly rows: number;
  readonly unknownWords: readonly { readonly words: string; readonly count: number }[];
}

type TimeField = (typeof timeFields)[number];

const day = 86_400_000;
const year2000 = Date.UTC(2000, 0, 1);
const longestOrder = 64;
/** Of a state. What is longer, or has a number in it, stands in the wrong column and may be somebody's. */
const longestWord = 40;
const notYet =
  /^(|-+|—+|无|空|null|n\/a|0|0000[-/]00[-/]00.*|1970[-/]0?1[-/]0?1.*|1899[-/]12[-/]3\d.*|0001[-/]01[-/]01.*)$/i;
const totalRow = /^(合计|总计|小计|汇总|总数|共\s*\d|(grand\s*)?total\b|sum\b)/i;

/** One row, read; what concerns the order and what concerns its line. */
interface RowTold {
  readonly row: number;
  readonly orders: readonly string[];
  readonly part: string;
  readonly shop: string;
  readonly status: ChannelStatus | undefined;
  readonly sourceStatus: string;
  readonly refund: RefundState;
  readonly kind: OrderKind;
  readonly times: Readonly<Partial<Record<TimeField, number>>>;
  readonly currency: string;
  readonly paidMinor: number;
  readonly goodsMinor: number;
  readonly freightMinor: number;
  readonly held: boolean;
  readonly words: Readonly<Record<'buyerNote' | 'remark' | 'flag', string>>;
  readonly person: SheetOrder['person'];
  readonly line: OrderLine | undefined;
  readonly parcels: SheetOrder['parcels'];
}

interface Problem {
  readonly field: SheetField | undefined;
  readonly reason: Text;
}

/**
 * Orders out of the rows below a heading. Rows of one order number are its lines and parts. An order of which any row cannot be
 * read is left out whole, each such row is named; totals and blank rows are no orders.
 */
export function readOrders(
  heading: SheetRow,
  rows: readonly SheetRow[],
  preset: Preset,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): OrdersRead {
  const places = placesOf(preset.columns, heading.cells);
  const reader = createRowReader(preset, places, createTimeReader(timezone), now);
  const width = heading.cells.findLastIndex((cell) => cell !== '') + 1;
  const skipped: SkippedSheetRow[] = [];
  const groups = new Map<string, RowTold[]>();
  const spoiled = new Set<string>();
  const rounded = roundedNumbers(rows, places);
  const currencies = new Map<string, string>();
  let above = '';
  let count = 0;

  for (const { row, cells } of rows) {
    const used = cells.findLastIndex((cell) => cell !== '') + 1;
    if (used === 0 || isTotal(cells, places)) continue;
    const cell = (field: SheetField): string => cells[places.get(field) ?? -1] ?? '';
    // Merged cells leave the number in the first of their rows.
    const no = cell('order') === '' && (cell('sku') !== '' || cell('title') !== '') ? above : cell('order');
    if (no === '' && cells.filter((each) => each !== '').length < 2) continue; // a note below the table
    count += 1;
    above = no;
    const told =
      used > width
        ? { field: undefined, reason: tooWide }
        : (rounded(cells) ?? reader(row, no, cells, currencies.get(no)));
    if ('reason' in told) {
      for (const each of splitOrders(no)) spoiled.add(keyOf(cell('shop'), each));
      const place = told.field === undefined ? undefined : places.get(told.field);
      skipped.push({
        row,
        cell: place === undefined ? '' : `${columnName(place)}${row}`,
        order: no.slice(0, longestOrder),
        reason: place === undefined ? told.reason : named(heading.cells[place] ?? '', told.reason),
      });
      continue;
    }
    currencies.set(no, told.currency);
    for (const [index, each] of told.orders.entries()) {
      const key = keyOf(told.shop, each);
      const group = groups.get(key);
      // Orders that were merged into one row: goods and money are counted with the first, or they would be counted twice.
      const mine = index === 0 ? told : { ...told, line: undefined, paidMinor: 0, goodsMinor: 0, freightMinor: 0 };
      if (group === undefined) groups.set(key, [mine]);
      else group.push(mine);
    }
  }

  const whole = [...groups].filter(([key]) => !spoiled.has(key));
  for (const [key, group] of groups) {
    if (!spoiled.has(key)) continue;
    const [, order = ''] = key.split('\n');
    for (const { row } of group) skipped.push({ row, cell: '', order, reason: leftOut });
  }
  const merged = mergedParts(groups);
  const orders = whole.map(([key, group]) =>
    joinRows(
      key.split('\n')[1] ?? '',
      group.map((each) => (merged.has(each.part) ? ofItsLine(each) : each)),
    ),
  );
  const unknown = new Map<string, number>();
  for (const { status, sourceStatus } of orders)
    if (status === 'unknown') unknown.set(sourceStatus, (unknown.get(sourceStatus) ?? 0) + 1);
  return {
    orders,
    skipped: skipped.sort((a, b) => a.row - b.row),
    rows: count,
    unknownWords: [...unknown].map(([words, n]) => ({ words, count: n })).sort((a, b) => b.count - a.count),
  };
}

/** Parts that serve several orders: what was paid for them all is no order's own. */
function mergedParts(groups: ReadonlyMap<string, readonly RowTold[]>): ReadonlySet<string> {
  const owner = new Map<string, string>();
  const merged = new Set<string>();
  for (const [key, group] of groups) {
    for (const { part, line } of group) {
      if (part === '' || line === undefined) continue;
      if (owner.has(part) && owner.get(part) !== key) merged.add(part);
      owner.set(part, key);
    }
  }
  return merged;
}

const ofItsLine = (row: RowTold): RowTold => ({
  ...row,
  part: `${row.part}/${row.row}`,
  paidMinor: row.line?.paidMinor ?? 0,
  goodsMinor: row.line?.paidMinor ?? 0,
  freightMinor: 0,
});

const keyOf = (shop: string, order: string): string => `${shop}\n${order}`;

/** Of a row whose first words say so, or that has figures and neither a number nor goods. */
function isTotal(cells: readonly string[], places: ReadonlyMap<SheetField, number>): boolean {
  const first = cells.find((cell) => cell !== '') ?? '';
  if (totalRow.test(first)) return true;
  const of = (field: SheetField): string => cells[places.get(field) ?? -1] ?? '';
  const named = (['order', 'sku', 'title', 'status', 'name'] as const).some((field) => of(field) !== '');
  return !named && cells.every((cell) => cell === '' || /^[¥￥]?-?[\d,.]+$/.test(cell));
}

function createRowReader(
  preset: Preset,
  places: ReadonlyMap<SheetField, number>,
  readTime: ReadTime,
  now: number,
): (row: number, no: string, cells: readonly string[], currencyAbove: string | undefined) => RowTold | Problem {
  const statuses = wordsOf(preset.statuses);
  const refunds = wordsOf(preset.refunds ?? {});
  const kinds = wordsOf(preset.kinds ?? {});

  return (row, no, cells, currencyAbove) => {
    const cell = (field: SheetField): string => cells[places.get(field) ?? -1] ?? '';
    const told = (field: SheetField): string => (notYet.test(cell(field)) ? '' : cell(field));
    const problem = (field: SheetField | undefined, reason: Text): Problem => ({ field, reason });
    const orders = splitOrders(no);
    if (orders.length === 0) return problem('order', { zh: '是空的', en: 'is empty' });
    for (const each of orders) {
      const reason = refuseNumber(each);
      if (reason !== undefined) return problem('order', reason);
    }
    const waybills = splitOrders(cell('waybill')).filter((each) => !notYet.test(each));
    for (const each of waybills) {
      const reason = refuseNumber(each);
      if (reason !== undefined) return problem('waybill', reason);
    }

    const times: Partial<Record<TimeField, number>> = {};
    for (const field of timeFields) {
      const at = readMoment(cell(field), readTime);
      if (at === undefined) continue;
      if (at === null) return problem(field, noTime);
      if (at < year2000) return problem(field, { zh: '早于 2000 年', en: 'lies before the year 2000' });
      if (field !== 'shipBy' && at > now + day) return problem(field, { zh: '在将来', en: 'lies in the future' });
      times[field] = at;
    }

    const currency = (cell('currency') || currencyAbove || preset.currency)
      .toUpperCase()
      .replace(/^(人民币|RMB)$/, 'CNY');
    if (!/^[A-Z]{3}$/.test(currency))
      return problem('currency', { zh: '不是三个字母的币种', en: 'is no code of three letters' });
    const amounts: Record<'paid' | 'goods' | 'freight' | 'unitPrice' | 'linePaid', number | undefined> = {
      paid: undefined,
      goods: undefined,
      freight: undefined,
      unitPrice: undefined,
      linePaid: undefined,
    };
    for (const field of ['paid', 'goods', 'freight', 'unitPrice', 'linePaid'] as const) {
      if (notYet.test(cell(field))) continue;
      amounts[field] = parseMinor(
        cell(field)
          .replace(/^(-?)\s*(?:[¥￥$€£]|CNY|RMB)\s*/i, '$1')
          .replace(/[,，\s]|元$/g, ''),
        currency,
      );
      if (amounts[field] === undefined)
        return problem(field, { zh: '不是 199.90 这样的金额', en: 'is no amount such as 199.90' });
    }
    const qty = cell('qty').replace(/[,，]|\.0+$|件$/g, '') || '1';
    if (!/^\d{1,9}$/.test(qty)) return problem('qty', { zh: '不是数量', en: 'is no quantity' });

    const word = cell('status');
    if (word.length > longestWord || /\d{5}/.test(word)) return problem('status', noStatus);
    const why = /^(否|正常|无异常)$/.test(cell('held')) ? '' : told('held');
    const both = places.has('delivery') && word !== '' ? `${word}/${cell('delivery')}` : word;
    const refundWord = cell('refund');
    const refund = notYet.test(refundWord) ? 'none' : refunds.get(plain(refundWord));
    const known = word === '' ? undefined : (statuses.get(plain(both)) ?? statuses.get(plain(word)) ?? 'unknown');
    // An unknown word of the refund leaves open whether the goods are still wanted.
    const status = refund === undefined && known !== undefined ? 'unknown' : known;
    return {
      row,
      orders,
      part: cell('part'),
      shop: cell('shop'),
      status,
      sourceStatus: refund === undefined ? `${both}，退款 ${refundWord}` : both + (why === '' ? '' : `：${why}`),
      refund: refund ?? 'none',
      kind: kinds.get(plain(cell('kind'))) ?? 'sale',
      times,
      currency,
      paidMinor: amounts.paid ?? 0,
      goodsMinor: amounts.goods ?? amounts.paid ?? 0,
      freightMinor: amounts.freight ?? 0,
      held: why !== '' && (preset.holds ?? /./).test(why),
      words: { buyerNote: told('buyerNote'), remark: told('remark'), flag: told('flag') },
      person: personOf(cell),
      line: lineOf(cell, Number(qty), amounts),
      parcels: waybills.map((waybill) => parcelOf(waybill, cell('carrier'))),
    };
  };
}

function wordsOf<Meaning>(table: Readonly<Record<string, Meaning>>): ReadonlyMap<string, Meaning> {
  return new Map(Object.entries(table).map(([word, meaning]) => [plain(word), meaning]));
}

/** Several numbers in one cell: orders that were merged. */
const splitOrders = (cell: string): readonly string[] => [
  ...new Set(
    cell
      .split(/[,，;；|\n、]+/)
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  ),
];

function refuseNumber(no: string): Text | undefined {
  if (/^\d+(\.\d+)?E\+?\d+$/i.test(no)) return roundedReason;
  if (no.length > longestOrder || /\p{Cc}/u.test(no))
    return { zh: '太长或含有控制字符', en: 'is too long or has control characters' };
  if (/^[#?]+$/.test(no) || no.includes('\uFFFD')) return { zh: '是乱码', en: 'is garbled' };
  return undefined;
}

const roundedReason: Text = {
  zh: '被 Excel 改成了科学计数，后几位已经丢了；请不要用 Excel 打开保存，直接传导出的原文件（或把该列设为文本后重新导出）',
  en: 'was rounded by Excel and its last digits are lost; send the exported file itself without saving it in Excel (or export again with that column as text)',
};

/**
 * A spreadsheet keeps 15 digits and fills up with zeros. One real number in a hundred ends in two zeros: it is damage where many do.
 */
function roundedNumbers(
  rows: readonly SheetRow[],
  places: ReadonlyMap<SheetField, number>,
): (cells: readonly string[]) => Problem | undefined {
  const fields = (['order', 'waybill'] as const).flatMap((field) => {
    const place = places.get(field);
    if (place === undefined) return [];
    const long = rows.flatMap(({ cells }) => (/^\d{17,}$/.test(cells[place] ?? '') ? [cells[place] ?? ''] : []));
    const zeros = long.filter(isRounded).length;
    return zeros * 10 > long.length ? [{ field, place }] : [];
  });
  return (cells) => {
    const found = fields.find(({ place }) => isRounded(cells[place] ?? ''));
    return found && { field: found.field, reason: roundedReason };
  };
}

const isRounded = (no: string): boolean => /^\d{15}0{2,}$/.test(no);

const noTime: Text = { zh: '不是 2026-11-11 00:33:00 这样的时间', en: 'is no time such as 2026-11-11 00:33:00' };

const noStatus: Text = {
  zh: '不是订单状态，内容错位了；请重新导出',
  en: 'is no state of an order, so the cells have shifted; export again',
};

/** Undefined = not yet; null = no time at all. */
function readMoment(cell: string, readTime: ReadTime): number | undefined | null {
  if (notYet.test(cell)) return undefined;
  // Days since 1900 as a spreadsheet counts them.
  if (/^[3-6]\d{4}(\.\d+)?$/.test(cell)) {
    const local = new Date(Math.round((Number(cell) - 25_569) * 86_400) * 1_000);
    return readTime(local.toISOString().slice(0, 19)) ?? null;
  }
  const chinese = cell.replace(/(\d{4})年(\d{1,2})月(\d{1,2})日/, '$1-$2-$3').replace(/\s+/g, ' ');
  return readTime(chinese) ?? null;
}

function personOf(cell: (field: SheetField) => string): SheetOrder['person'] {
  const told = (field: SheetField): string => (notYet.test(cell(field)) ? '' : cell(field));
  const [province = '', city = '', district = ''] = told('region')
    .split(/\s+/)
    .filter((each) => each !== '');
  // Rounded or not, what is no plain number is nobody's.
  const phone = /E\+?\d+$/i.test(told('phone')) ? '' : told('phone');
  return {
    buyer: told('buyer'),
    name: told('name'),
    phone,
    province: told('province') || province,
    city: told('city') || city,
    district: told('district') || district,
    address: told('address'),
  };
}

function lineOf(
  cell: (field: SheetField) => string,
  qty: number,
  amounts: { readonly unitPrice: number | undefined; readonly linePaid: number | undefined },
): OrderLine | undefined {
  const title = [cell('title'), cell('spec')].filter((each) => each !== '').join(' ');
  const sku = cell('sku') || title;
  if (sku === '') return undefined;
  const isGift = !/^(|0|否|无|不是|非赠品|no|false)$/i.test(cell('gift'));
  const unitMinor = amounts.unitPrice ?? 0;
  return {
    lineId: cell('line'),
    sku,
    title,
    qty,
    unitMinor: isGift ? 0 : unitMinor,
    paidMinor: isGift ? 0 : (amounts.linePaid ?? unitMinor * qty),
  };
}

/** `中通快递-78123456` names both. */
function parcelOf(written: string, carrier: string): { carrier: string; waybill: string } {
  const waybill = written.replace(/^No[:：]\s*/i, '');
  const [, name, number] = /^(\p{Script=Han}+)\s*[-:：]\s*([\w-]+)$/u.exec(waybill) ?? [];
  return name === undefined || number === undefined ? { carrier, waybill } : { carrier: name, waybill: number };
}

/** How far each status is: an order is only as far as its last part. */
const rank: readonly ChannelStatus[] = [
  'unknown',
  'created',
  'paid',
  'allocated',
  'picking',
  'shipped',
  'in_transit',
  'delivered',
  'refunding',
  'refunded',
  'closed',
];

function joinRows(order: string, rows: readonly RowTold[]): SheetOrder {
  const [first] = rows as readonly [RowTold, ...RowTold[]];
  // A row that names no state adds a line to what stands above it.
  const stated = rows.filter(({ status }) => status !== undefined);
  const parts = stated.length === 0 ? [first] : stated;
  const slowest = parts.reduce((slow, each) => (rankOf(each) < rankOf(slow) ? each : slow));
  const living = parts.filter(({ status }) => status !== 'closed' && status !== 'refunded');
  const counted = new Map(rows.toReversed().map((each) => [each.part, each]));
  const sum = (amount: 'paidMinor' | 'goodsMinor' | 'freightMinor'): number =>
    [...counted.values()].reduce((all, each) => all + each[amount], 0);
  const earliest = (field: TimeField): number | null => {
    const told = rows.flatMap(({ times }) => times[field] ?? []);
    return told.length === 0 ? null : Math.min(...told);
  };
  /** Over only when every part is. */
  const last = (field: TimeField): number | null => {
    const of = living.length === 0 ? parts : living;
    const told = of.flatMap(({ times }) => times[field] ?? []);
    return told.length < of.length || told.length === 0 ? null : Math.max(...told);
  };
  const told = (pick: (row: RowTold) => string): string => rows.map(pick).find((each) => each !== '') ?? '';
  const paidAt = earliest('paidAt');
  // Some call it placed when the group buy is complete: nobody pays for what is not placed.
  const placedAt = Math.min(earliest('placedAt') ?? Number.MAX_SAFE_INTEGER, paidAt ?? Number.MAX_SAFE_INTEGER);
  const status = slowest.status ?? byTimes(last, paidAt);
  const lines = rows.flatMap(({ line }) => line ?? []);
  const parcels = new Map(rows.flatMap(({ parcels: some }) => some.map((each) => [each.waybill, each])));
  return {
    row: first.row,
    order,
    shop: first.shop,
    status,
    sourceStatus: slowest.sourceStatus,
    kind: first.kind,
    placedAt,
    paidAt: paidAt ?? (isPaid(status) ? placedAt : null),
    sortedAt: last('sortedAt'),
    shippedAt: last('shippedAt'),
    carrierAt: last('carrierAt'),
    deliveredAt: last('deliveredAt'),
    closedAt: last('closedAt'),
    shipBy: earliest('shipBy'),
    currency: first.currency,
    paidMinor: sum('paidMinor'),
    goodsMinor: sum('goodsMinor'),
    freightMinor: sum('freightMinor'),
    refund: rows.find(({ refund }) => refund !== 'none')?.refund ?? 'none',
    held: rows.some(({ held }) => held),
    buyerNote: told(({ words }) => words.buyerNote),
    remark: told(({ words }) => words.remark),
    flag: told(({ words }) => words.flag),
    lines: lines.map((line, index) => ({
      ...line,
      lineId: line.lineId || String(index + 1),
      // Without prices the only line is what was paid for.
      ...(lines.length === 1 && line.unitMinor === 0 && line.paidMinor === 0 ? { paidMinor: sum('goodsMinor') } : {}),
    })),
    parcels: [...parcels.values()],
    person: first.person,
  };
}

const rankOf = ({ status }: RowTold): number => rank.indexOf(status ?? 'unknown');

/** Of a sheet without a column for it. */
function byTimes(last: (field: TimeField) => number | null, paidAt: number | null): ChannelStatus {
  if (last('closedAt') !== null) return 'closed';
  if (last('deliveredAt') !== null) return 'delivered';
  if (last('carrierAt') !== null) return 'in_transit';
  if (last('shippedAt') !== null) return 'shipped';
  if (last('sortedAt') !== null) return 'picking';
  return paidAt === null ? 'created' : 'paid';
}

/** A sheet that says so without saying when: not before it was placed. */
const isPaid = (status: ChannelStatus): boolean =>
  ['paid', 'allocated', 'picking', 'shipped', 'in_transit', 'delivered'].includes(status);

const named = (heading: string, { zh, en }: Text): Text => ({ zh: `“${heading}”${zh}`, en: `"${heading}" ${en}` });

const tooWide: Text = {
  zh: '单元格比表头多，内容错位了；含逗号的内容要加引号，请重新导出',
  en: 'it has more cells than the heading, so they have shifted; export again, with quotes around what contains a comma',
};

const leftOut: Text = {
  zh: '同一单的另一行读不了，整单没有导入',
  en: 'another row of the same order cannot be read: the order was left out whole',
};

/** 0 → A, 26 → AA. */
function columnName(place: number): string {
  const letter = String.fromCharCode(65 + (place % 26));
  return place < 26 ? letter : columnName(Math.floor(place / 26) - 1) + letter;
}
