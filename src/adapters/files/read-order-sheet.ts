import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../../domain/errors.ts';
import type { ReplayRow } from '../../domain/replay-row.ts';
import type { Text } from '../../domain/text.ts';
import { createTimeReader } from './read-time.ts';
import { type Cells, readSheetRow, type SheetColumn, sheetColumns } from './sheet-row.ts';

/** A row that could not be read. `row` is its line in the file, the heading being 1; `order` is empty when it has none. */
export interface SkippedSheetRow {
  readonly row: number;
  readonly order: string;
  readonly reason: Text;
}

export interface OrderSheet {
  /** One per order, in the order of their first rows. */
  readonly rows: readonly ReplayRow[];
  readonly skipped: readonly SkippedSheetRow[];
  /** Headings that mean nothing here, as they are written. */
  readonly unknownColumns: readonly string[];
}

/** A quote that is never closed would make the rest of the file one cell. */
const longestRow = 1_000_000;

interface Csv {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
}

/**
 * Reads a CSV of orders in UTF-8, streaming. Times without a zone are local to `timezone`. Rows of one order that differ in
 * sku, qty or waybill alone are its further lines, and an exact repeat is nothing new; a repeat that says anything else
 * is skipped, for which of the two is right cannot be known. Throws UserError when nothing can be read at all.
 */
export async function readOrderSheet(path: string, { timezone }: { timezone: string }): Promise<OrderSheet> {
  const readTime = createTimeReader(timezone);
  const skipped: SkippedSheetRow[] = [];
  const orders = new Map<string, { readonly row: ReplayRow; readonly line: number }>();
  let heading: Heading | undefined;
  const skip = (row: number, order: string, reason: Text): void => void skipped.push({ row, order, reason });

  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    max_record_size: longestRow,
    on_skip: (error) => {
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED' || error?.code === 'CSV_MAX_RECORD_SIZE') throw error;
      skip(Number(error?.lines ?? 0), '', { zh: '引号不成对', en: 'its quotes do not match' });
      return undefined;
    },
  });
  pipeline(decoded(path), parser, () => undefined); // the loop below gets the error
  try {
    for await (const { info, record } of parser as AsyncIterable<Csv>) {
      if (heading === undefined) {
        heading = readHeading(record);
        continue;
      }
      if (usedCells(record) === 0) continue; // spreadsheets leave such rows below the last
      const cells = heading.cellsOf(record);
      const order = cells('order').slice(0, 64);
      const row = heading.width < usedCells(record) ? tooWide : readSheetRow(cells, readTime);
      if (!('order' in row)) {
        skip(info.lines, order, row);
        continue;
      }
      const known = orders.get(row.order);
      const joined = known === undefined ? row : join(known.row, row);
      if (joined === undefined) skip(info.lines, order, contradicts(known?.line ?? 0));
      else orders.set(row.order, { row: joined, line: known?.line ?? info.lines });
    }
  } catch (error) {
    throw unreadable(error, path);
  }
  if (heading === undefined) throw noOrderColumn([]);
  return {
    rows: [...orders.values()].map(({ row }) => row),
    skipped: skipped.sort((a, b) => a.row - b.row),
    unknownColumns: heading.unknown,
  };
}

/** Anything that is no UTF-8 ends the reading: a guess at its letters would be stored as if it were true. */
async function* decoded(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

interface Heading {
  readonly width: number;
  readonly unknown: readonly string[];
  cellsOf(record: readonly string[]): Cells;
}

function readHeading(record: readonly string[]): Heading {
  const places = new Map<SheetColumn, number>();
  const unknown: string[] = [];
  for (const [place, name] of record.entries()) {
    const column = sheetColumns.find((each) => each.toLowerCase() === name.toLowerCase());
    if (column === undefined) {
      if (name !== '') unknown.push(name);
      continue;
    }
    if (places.has(column)) {
      throw new UserError('SHEET_HEADING', {
        zh: `表头里“${column}”出现了两次；请只保留一列`,
        en: `The heading has "${column}" twice; keep one of them`,
      });
    }
    places.set(column, place);
  }
  if (!places.has('order')) throw noOrderColumn(record);
  return {
    width: record.length,
    unknown,
    cellsOf: (row) => (column) => row[places.get(column) ?? -1] ?? '',
  };
}

/** Spreadsheets add empty cells at the end of a row, or leave them out. */
const usedCells = (record: readonly string[]): number => record.findLastIndex((cell) => cell !== '') + 1;

const tooWide: Text = {
  zh: '单元格比表头多；含逗号的内容要加引号',
  en: 'it has more cells than the heading; put quotes around what contains a comma',
};

const contradicts = (line: number): Text => ({
  zh: `与第 ${line} 行订单号相同但内容不同`,
  en: `row ${line} tells something else of the same order number`,
});

/** Undefined when the two contradict each other. */
function join(known: ReplayRow, again: ReplayRow): ReplayRow | undefined {
  const { lines, waybills, ...rest } = known;
  const { lines: moreLines, waybills: moreWaybills, ...others } = again;
  if (JSON.stringify(rest) !== JSON.stringify(others)) return undefined;
  return {
    ...rest,
    lines: [...lines, ...moreLines.filter((line) => !lines.some((each) => sameLine(each, line)))],
    waybills: [...new Set([...waybills, ...moreWaybills])],
  };
}

const sameLine = (a: ReplayRow['lines'][number], b: ReplayRow['lines'][number]): boolean =>
  a.sku === b.sku && a.qty === b.qty;

function noOrderColumn(record: readonly string[]): UserError {
  const first = record.slice(0, 5).join(', ').slice(0, 80);
  return new UserError('SHEET_HEADING', {
    zh: `文件第一行没有“order”列（读到：${first || '空'}）；请用逗号分隔的 CSV，第一行写列名：${sheetColumns.join(',')}`,
    en: `The first row has no "order" column (it reads: ${first || 'nothing'}); use a CSV with commas whose first row names columns out of ${sheetColumns.join(',')}`,
  });
}

function unreadable(error: unknown, path: string): unknown {
  if (error instanceof CsvError) {
    return new UserError('SHEET_UNREADABLE', {
      zh: `第 ${Number(error.lines)} 行之前有一个引号没有结束，后面的内容无法分开；请补上引号或重新导出`,
      en: `A quote before row ${Number(error.lines)} never ends, so nothing after it can be told apart; close it or export again`,
    });
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new UserError('SHEET_UNREADABLE', {
      zh: '文件不是 UTF-8；请另存为“CSV UTF-8（逗号分隔）”',
      en: 'The file is no UTF-8; save it as "CSV UTF-8 (comma delimited)"',
    });
  }
  if (code !== undefined && /^E[A-Z]+$/.test(code)) {
    return new UserError('SHEET_UNREADABLE', {
      zh: `读不了文件 ${path}（${code}）；请检查路径和权限`,
      en: `The file ${path} cannot be read (${code}); check the path and its permissions`,
    });
  }
  return error;
}
