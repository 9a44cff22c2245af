import { CsvError, parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { Parser } from 'htmlparser2';
import readWorkbook from 'read-excel-file/universal';
import { UserError } from '../../domain/errors.ts';
import type { Text } from '../../domain/text.ts';

/** One row of the file, cleaned; `row` as a spreadsheet would number it. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly string[];
}

/** A quote that is never closed would make the rest of the file one cell. */
const longestRow = 1_000_000;
/** A spreadsheet holds no more: what claims to is made to hurt. */
const mostColumns = 1_000;
/** Of all parts of a workbook unpacked: no longer text can be held, and what is held lies outside a thread's own limit. */
const mostUnpacked = 512 * 1_024 * 1_024;

/** Every sheet of the file, each as its rows. Throws UserError with what to do when it is no readable sheet. */
export async function readRows(bytes: Uint8Array<ArrayBuffer>): Promise<readonly (readonly SheetRow[])[]> {
  const kind = kindOf(bytes);
  if (kind === 'xlsx') return readXlsx(bytes);
  const text = decode(bytes);
  return /^\s*(<\?xml[^>]*>\s*)?<(!doctype|html|head|meta|body|table|style|div|!--)/i.test(text.slice(0, 2_000))
    ? readHtml(text)
    : [readCsv(text)];
}

function kindOf(bytes: Uint8Array): 'xlsx' | 'text' {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096));
  if (bytes.length === 0 || head.toString('latin1').trim() === '') throw damaged(say.empty);
  const starts = (...signature: readonly number[]): boolean => signature.every((byte, index) => head[index] === byte);
  if (starts(0xd0, 0xcf, 0x11, 0xe0)) {
    // An encrypted workbook is a compound file, as are those of before 2007 (MS-OFFCRYPTO §2.1).
    const isLocked = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(
      Buffer.from('EncryptedPackage', 'utf16le'),
    );
    throw damaged(isLocked ? say.locked : say.oldFormat);
  }
  if (starts(0x50, 0x4b, 0x03, 0x04)) {
    const flags = head.readUInt16LE(6);
    if ((flags & 1) === 1) throw damaged(say.lockedZip);
    return 'xlsx';
  }
  if (starts(0x50, 0x4b)) throw damaged(say.broken);
  if (starts(0x25, 0x50, 0x44, 0x46)) throw damaged(say.pdf);
  if (starts(0x89, 0x50, 0x4e, 0x47) || starts(0xff, 0xd8, 0xff)) throw damaged(say.picture);
  if (starts(0x52, 0x61, 0x72, 0x21) || starts(0x37, 0x7a, 0xbc, 0xaf) || starts(0x1f, 0x8b))
    throw damaged(say.archive);
  return 'text';
}

/**
 * Nothing is guessed: a mark at the beginning decides, else text that is valid UTF-8 is UTF-8, and what is not must be
 * valid GB18030 (of which GBK is a part).
 */
function decode(bytes: Uint8Array): string {
  const by = (encoding: string): string | undefined => {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      return undefined;
    }
  };
  const text = wide(bytes, by) ?? by('utf-8') ?? by('gb18030');
  if (text === undefined) throw damaged(say.encoding);
  if (text.includes('\0')) throw damaged(say.binary);
  return text;
}

/** UTF-16, which programs write with a mark at the beginning and some without. */
function wide(bytes: Uint8Array, by: (encoding: string) => string | undefined): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return by('utf-16le') ?? failed();
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return by('utf-16be') ?? failed();
  const head = bytes.subarray(0, 2_000);
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  // Commas and digits have an empty half, Chinese characters have none.
  const [even = 0, odd = 0] = zeros;
  if (odd > head.length / 10 && even === 0) return by('utf-16le');
  return even > head.length / 10 && odd === 0 ? by('utf-16be') : undefined;
}

function failed(): never {
  throw damaged(say.encoding);
}

function readCsv(text: string): SheetRow[] {
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      max_record_size: longestRow,
      relax_column_count: true,
      // ="4012…" is how some exports keep a spreadsheet from rounding a number.
      relax_quotes: true,
      skip_empty_lines: false,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw damaged({
      zh: `第 ${Number(error.lines)} 行之前有一个引号没有结束，后面的内容无法分开；请重新导出，不要手工改`,
      en: `A quote before row ${Number(error.lines)} never ends, so nothing after it can be told apart; export again and do not edit by hand`,
    });
  }
  return records.map((cells, index) => ({ row: index + 1, cells: cells.map(clean) }));
}

/** What stands most often in the first line that has any. */
function delimiterOf(text: string): string {
  for (const line of text.slice(0, 100_000).split(/\r\n|\n|\r/)) {
    const counts = [',', '\t', ';'].map((sign) => ({ sign, count: line.split(sign).length - 1 }));
    const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
    if (best.count > 0) return best.sign;
  }
  return ',';
}

async function readXlsx(bytes: Uint8Array): Promise<(readonly SheetRow[])[]> {
  let sheets: Awaited<ReturnType<typeof readWorkbook>>;
  let isBig: boolean;
  try {
    isBig = unpackedSize(bytes) > mostUnpacked;
    sheets = isBig ? [] : await readWorkbook(bytes.slice().buffer, { parseNumber: Number });
  } catch {
    // Whatever the reader stumbled over, the file is at fault: one that is no workbook is an archive of something else.
    throw damaged(Buffer.from(bytes).includes('xl/workbook.xml') ? say.broken : say.archive);
  }
  if (isBig) throw damaged(say.tooBig);
  return sheets.map(({ data }) => data.map((cells, index) => ({ row: index + 1, cells: cells.map(cellText) })));
}

/** As its directory tells: the reader unpacks no part to more than that. One that tells nothing counts as endless. */
function unpackedSize(bytes: Uint8Array): number {
  let sum = 0;
  unzipSync(bytes, {
    filter({ size, originalSize }) {
      sum += originalSize === 0 && size > 2 ? Number.POSITIVE_INFINITY : originalSize;
      return false;
    },
  });
  return sum;
}

function cellText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'boolean') return clean(String(value));
  if (value instanceof Date) {
    // The local time of whoever filled it in; a day as a fraction is off by some ms.
    const at = new Date(Math.round(value.getTime() / 1_000) * 1_000);
    return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 19).replace('T', ' ');
  }
  if (typeof value !== 'number') return '';
  // A number cell keeps 15 digits: whatever is longer was rounded before we saw it.
  return Math.abs(value) >= 1e15 ? value.toExponential().replace('e', 'E') : String(value);
}

/** Tables that were saved as .xls: what spans rows or columns stands in each of them. */
function readHtml(text: string): (readonly SheetRow[])[] {
  const tables: SheetRow[][] = [];
  let rows: SheetRow[] | undefined;
  let cells: string[] | undefined;
  let cell: { text: string; columns: number; rows: number } | undefined;
  const spans = new Map<number, { text: string; left: number }>();
  let isHidden = false;

  const endCell = (): void => {
    if (cell === undefined || cells === undefined) return;
    fillSpans(cells);
    for (let each = 0; each < cell.columns && cells.length < mostColumns; each += 1) {
      if (cell.rows > 1) spans.set(cells.length, { text: cell.text, left: cell.rows - 1 });
      cells.push(clean(cell.text));
    }
    cell = undefined;
  };
  const fillSpans = (to: string[]): void => {
    for (let span = spans.get(to.length); span !== undefined && span.left > 0; span = spans.get(to.length)) {
      span.left -= 1;
      to.push(clean(span.text));
    }
  };
  const endRow = (): void => {
    endCell();
    if (cells === undefined || rows === undefined) return;
    fillSpans(cells);
    rows.push({ row: rows.length + 1, cells });
    cells = undefined;
  };
  const spanOf = (value: string | undefined): number => Math.max(1, Math.min(mostColumns, Number(value) || 1));

  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'style' || name === 'script') isHidden = true;
      if (name === 'table') {
        rows = [];
        tables.push(rows);
        spans.clear();
      }
      if (name === 'tr') {
        endRow();
        cells = [];
      }
      if (name === 'td' || name === 'th') {
        endCell();
        cell = { text: '', columns: spanOf(attributes['colspan']), rows: spanOf(attributes['rowspan']) };
      }
      if (name === 'br' && cell !== undefined) cell.text += '\n';
    },
    ontext(words) {
      if (cell !== undefined && !isHidden) cell.text += words;
    },
    onclosetag(name) {
      if (name === 'style' || name === 'script') isHidden = false;
      if (name === 'td' || name === 'th') endCell();
      if (name === 'tr' || name === 'table') endRow();
    },
  });
  parser.write(text);
  parser.end();
  const filled = tables.filter((table) => table.length > 0);
  if (filled.length === 0) throw damaged(say.webPage);
  return filled;
}

/** Without the signs that exports put before a number to keep it whole, and without blanks and invisible marks. */
function clean(text: string): string {
  const bare = text.replace(/[\uFEFF\u200B-\u200F\u202A-\u202E\u2060-\u2069]/g, '').trim();
  const quoted = /^="(.*)"$/s.exec(bare)?.[1] ?? bare;
  return quoted.replace(/^['\u2018\u2019`]+(?=[\w+-])/, '').trim();
}

export const damaged = (text: Text): UserError => new UserError('SHEET_UNREADABLE', text);

export const say = {
  tooBig: {
    zh: '文件太大，读不下；请按日期分几次导出',
    en: 'The file is too big to be read; export it in parts, by date',
  },
  empty: { zh: '文件是空的；请重新导出再传', en: 'The file is empty; export it again' },
  locked: {
    zh: '文件有密码；请在 Excel/WPS 里去掉密码，另存为 .xlsx 再传',
    en: 'The file has a password; remove it in Excel and save as .xlsx',
  },
  lockedZip: {
    zh: '压缩包有密码；请解压后传里面的表格',
    en: 'The archive has a password; unpack it and send the sheet',
  },
  oldFormat: {
    zh: '这是旧版 .xls；请在 Excel/WPS 里另存为 .xlsx 或 CSV 再传',
    en: 'This is an old .xls; save it as .xlsx or CSV in Excel',
  },
  broken: {
    zh: '文件不完整，打不开；请重新导出，传完再关页面',
    en: 'The file is cut off and cannot be opened; export it again',
  },
  archive: {
    zh: '这是压缩包，不是表格；请解压后传里面的 .xlsx 或 .csv',
    en: 'This is an archive, no sheet; unpack it and send the .xlsx or .csv inside',
  },
  pdf: { zh: '这是 PDF，不是表格；请导出 .xlsx 或 CSV', en: 'This is a PDF, no sheet; export .xlsx or CSV' },
  picture: { zh: '这是图片，不是表格；请导出 .xlsx 或 CSV', en: 'This is a picture, no sheet; export .xlsx or CSV' },
  encoding: {
    zh: '文字编码读不出来（不是 UTF-8 也不是 GBK）；请另存为“CSV UTF-8（逗号分隔）”再传',
    en: 'Its letters cannot be read (neither UTF-8 nor GBK); save it as "CSV UTF-8 (comma delimited)"',
  },
  binary: { zh: '这不是表格文件；请导出 .xlsx 或 CSV', en: 'This is no sheet; export .xlsx or CSV' },
  webPage: {
    zh: '这是一个网页（多半是登录过期），不是表格；请重新登录后台再导出',
    en: 'This is a web page (your login probably ran out), no sheet; log in again and export',
  },
} satisfies Record<string, Text>;
