import { type Card, type Line, line } from '../domain/card.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { clockTime } from './words.ts';

export interface ImportCardModel {
  /** Whose export it is; `bill`: what platforms took, no orders. */
  readonly preset: string | null;
  /** Somebody else's word. */
  readonly fileName: string;
  readonly orders: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skippedRows: number;
  readonly skipped: readonly { readonly row: number; readonly reason: Text }[];
  /** Unix ms; null when nothing was read. */
  readonly asOf: number | null;
  readonly refusal: Text | null;
  /** Headings that a person has to explain first; null when they are known. */
  readonly unexplained: object | null;
}

const billHead = (rows: number, zh: boolean): string =>
  zh ? `已导入 ${rows} 笔扣款 · ` : `Imported ${rows} deductions · `;

/** What became of a sheet that was sent to the bot. */
export function importCard(model: ImportCardModel, timezone: string, language: Language): Card {
  const zh = language === 'zh';
  const { preset, fileName, orders, changed, unchanged, skippedRows, asOf, refusal, unexplained } = model;
  const name = foreign(fileName);
  const link = { label: zh ? '导入页' : 'Import page', path: '/import' };
  const card = (tone: Card['tone'], ...lines: readonly Line[]): Card => ({ tone, lines, buttons: [], link });
  if (unexplained !== null) {
    return card(
      'info',
      line(zh ? '表头认不出：' : 'Headings not known: ', name),
      line(
        zh
          ? '去导入页点选一次每列是什么，以后就记住了'
          : 'Say once on the import page what each column is; it is remembered',
      ),
    );
  }
  if (refusal !== null) {
    return card('refused', line(zh ? '没有导入：' : 'Not imported: ', name), line(refusal[language]));
  }
  const [first] = model.skipped;
  return card(
    skippedRows > 0 ? 'warning' : 'done',
    line(
      preset === 'bill' ? billHead(orders, zh) : zh ? `已导入 ${orders} 单 · ` : `Imported ${orders} orders · `,
      name,
    ),
    line(
      preset === 'bill'
        ? zh
          ? `${changed} 笔是新的；查单和战报里能看到`
          : `${changed} are new; they show with the order and in /health`
        : zh
          ? `${changed} 单是新的或变了，${unchanged} 单没变`
          : `${changed} new or changed, ${unchanged} as they were`,
      ...(asOf === null ? [] : [zh ? ` · 数据 ${clockTime(asOf, timezone)}` : ` · data ${clockTime(asOf, timezone)}`]),
    ),
    ...(skippedRows === 0 || first === undefined
      ? []
      : [
          line(
            zh
              ? `${skippedRows} 行读不了，第 ${first.row} 行：${first.reason.zh}`
              : `${skippedRows} rows could not be read, row ${first.row}: ${first.reason.en}`,
          ),
        ]),
  );
}
