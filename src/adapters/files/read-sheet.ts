import { UserError } from '../../domain/errors.ts';
import type { SheetOrder } from '../../domain/sheet-order.ts';
import type { BillSheet, KnownSheet, SheetOptions, UnknownSheet } from '../../ports/sheets.ts';
import { plain } from './preset.ts';
import { headingKeyOf, headingRowOf, placesOf, presetFrom, presetOf, proposeMapping } from './presets.ts';
import { billPlaces, readBill } from './read-bill.ts';
import { readOrders } from './read-orders.ts';
import { damaged, readRows, type SheetRow } from './read-rows.ts';

export interface SheetRead {
  readonly told: KnownSheet | BillSheet | UnknownSheet;
  readonly orders: readonly SheetOrder[];
}

/** The whole way from bytes to orders. Throws UserError with a sentence that says what to do. */
export async function readSheet(bytes: Uint8Array<ArrayBuffer>, options: SheetOptions): Promise<SheetRead> {
  const sheets = (await readRows(bytes)).filter((rows) => rows.some(({ cells }) => cells.some((cell) => cell !== '')));
  const [rows, at] = findHeading(sheets);
  const heading = rows[at] as SheetRow;
  if (heading.cells.some((cell) => cell.includes('\uFFFD') || /锟斤拷|烫烫烫/.test(cell))) throw damaged(garbled);
  const below = rows.slice(at + 1);
  const headingKey = headingKeyOf(heading.cells);
  const mapping = options.mappings.get(headingKey);
  const preset = mapping === undefined ? presetOf(heading.cells) : presetFrom(mapping);
  if (preset === undefined) {
    const bill = billPlaces(heading.cells);
    if (bill !== undefined) return { told: readBill(bill, below, options), orders: [] };
    const headings = heading.cells.filter((cell) => cell !== '');
    if (headings.length < 2 || below.length === 0 || headings.some(isContent)) throw damaged(noHeading(heading.cells));
    return { told: { kind: 'unknown', headingKey, headings, proposal: proposeMapping(heading.cells) }, orders: [] };
  }
  const places = placesOf(preset.columns, heading.cells);
  refuseDoubles(heading.cells, new Set(places.values()));
  if (!places.has('order')) throw damaged(noHeading(heading.cells));
  if (!places.has('placedAt') && !places.has('paidAt')) throw damaged(noTime);
  const { orders, skipped, rows: count, unknownWords } = readOrders(heading, below, preset, options);
  if (count === 0) throw damaged(onlyHeading);
  const [worst] = skipped;
  if (worst !== undefined && skipped.length * 2 > count) {
    const place = worst.cell || `${worst.row}`;
    throw new UserError('SHEET_ROWS', {
      zh: `${count} 行里有 ${skipped.length} 行读不了，一行都没有导入。例如第 ${worst.row} 行（${place}）：${worst.reason.zh}`,
      en: `${skipped.length} of ${count} rows cannot be read, so nothing was imported. Row ${worst.row} (${place}), say: ${worst.reason.en}`,
    });
  }
  return {
    told: {
      kind: 'known',
      preset: preset.id,
      name: preset.name,
      tellsStage: preset.tellsStage,
      rows: count,
      orders: orders.length,
      skipped,
      unknownWords,
      newestAt: newestOf(orders),
      shops: [...new Set(orders.map(({ shop }) => shop))],
    },
    orders,
  };
}

/** The sheet with a heading we know, else the first with any. */
function findHeading(sheets: readonly (readonly SheetRow[])[]): [readonly SheetRow[], number] {
  if (sheets.length === 0)
    throw damaged({ zh: '表格是空的；请重新导出再传', en: 'The sheet is empty; export it again' });
  const found = sheets.flatMap((rows): [readonly SheetRow[], number][] => {
    const at = headingRowOf(rows);
    return at === undefined ? [] : [[rows, at]];
  });
  const known = found.find(([rows, at]) => presetOf(rows[at]?.cells ?? []) !== undefined);
  const any = known ?? found[0];
  if (any === undefined) throw damaged(noHeading(sheets[0]?.[0]?.cells ?? []));
  return any;
}

function refuseDoubles(headings: readonly string[], used: ReadonlySet<number>): void {
  for (const place of used) {
    const name = headings[place] ?? '';
    if (headings.filter((heading) => plain(heading) === plain(name)).length < 2) continue;
    throw damaged({
      zh: `表头里“${name}”出现了两次，不知道用哪一列；请只保留一列`,
      en: `The heading has "${name}" twice; keep one of them`,
    });
  }
}

function newestOf(orders: readonly SheetOrder[]): number | null {
  let newest: number | null = null;
  for (const order of orders) {
    for (const at of [
      order.placedAt,
      order.paidAt,
      order.sortedAt,
      order.shippedAt,
      order.carrierAt,
      order.deliveredAt,
    ])
      if (at !== null && (newest === null || at > newest)) newest = at;
  }
  return newest;
}

/** A number or a sentence is no heading: where the first row is an order, it is somebody's, and goes nowhere. */
const isContent = (cell: string): boolean => cell.length > 40 || /\d{5}/.test(cell);

const noHeading = (cells: readonly string[]) => {
  const isOrder = cells.some(isContent);
  const read = cells
    .filter((cell) => cell !== '' && !isOrder)
    .slice(0, 4)
    .join('、')
    .slice(0, 60);
  return {
    zh: `没找到订单号这一列（第一行读到：${isOrder ? '一条订单，不是列名' : read || '空'}）；请导出带表头的订单明细，第一行是列名`,
    en: `There is no column of order numbers (the first row reads: ${isOrder ? 'an order, no headings' : read || 'nothing'}); export the order details with their headings`,
  };
};

const noTime = {
  zh: '没有下单时间，也没有付款时间；请在导出时勾选这两列',
  en: 'There is no column for when orders were placed or paid; tick both when exporting',
};
const onlyHeading = {
  zh: '只有表头，没有订单；请换一个日期范围重新导出',
  en: 'There is a heading and no order below it; export again with other dates',
};
const garbled = {
  zh: '表头是乱码，文件被用错的编码存过；请直接传导出的原文件',
  en: 'The headings are garbled: the file was saved in a wrong encoding; send the exported file itself',
};
