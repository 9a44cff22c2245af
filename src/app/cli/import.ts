import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { sleepWall } from '../../adapters/clock/system.ts';
import { wallNow } from '../../adapters/clock/wall.ts';
import { UserError } from '../../domain/errors.ts';
import { type SheetField, type SheetMapping, sheetFields } from '../../domain/sheet-order.ts';
import type { ImportResult, ImportSheet, NewSheet } from '../../services/import-sheet.ts';
import { createBot } from './here.ts';
import { print } from './output.ts';

export interface ImportFlags {
  readonly json: boolean;
  readonly shop: string | undefined;
  readonly dryRun: boolean;
  /** `order=平台单号,paidAt=付款时间`: what headings mean that nobody explained yet. */
  readonly map: string | undefined;
}

const actor = { type: 'automation', name: 'cli' } as const;

/** `warroom import FILE`: by the bot at work when there is one, else right here. 1 when nothing was taken, 2 when headings must be explained. */
export async function importFile(file: string, flags: ImportFlags): Promise<number> {
  const startedAt = wallNow();
  const sheet = readSheetFile(file, flags.shop);
  const mapping = flags.map === undefined ? undefined : readMapping(flags.map);
  const { bot, isFree, stop } = await createBot({ isDry: flags.dryRun });
  try {
    const { result, state } = flags.dryRun
      ? await preview(bot.imports, sheet, mapping)
      : await carryOut(bot.imports, sheet, mapping, isFree);
    const seconds = Math.round((wallNow() - startedAt) / 10) / 100;
    report(result, { file, state, seconds, ...flags });
    if (result.unexplained !== null) return 2;
    return result.refusal === null ? 0 : 1;
  } finally {
    await stop();
  }
}

async function preview(imports: ImportSheet, sheet: NewSheet, mapping: SheetMapping | undefined) {
  return { result: await imports.preview(sheet, mapping, AbortSignal.timeout(600_000)), state: 'dry-run' };
}

async function carryOut(
  imports: ImportSheet,
  sheet: NewSheet,
  mapping: SheetMapping | undefined,
  mayRun: () => boolean,
): Promise<{ result: ImportResult; state: string }> {
  const id = await imports.accept(sheet);
  let isExplained = false;
  for (;;) {
    const row = await imports.find(id);
    if (row === undefined) throw new TypeError('The import is gone');
    if (process.stderr.isTTY === true && row.total > 0)
      process.stderr.write(`\r导入 / importing ${row.done}/${row.total} `);
    if (row.state === 'unexplained' && mapping !== undefined && !isExplained) {
      await imports.explain(id, mapping, actor);
      isExplained = true;
      continue;
    }
    const isOver = row.state === 'done' || row.state === 'refused' || row.state === 'unexplained';
    if (isOver && row.result !== null) {
      if (process.stderr.isTTY === true) process.stderr.write('\r\u001b[K');
      return { result: row.result, state: row.state };
    }
    // Nobody else is at work on this database: it is done here. Otherwise the bot at work does it.
    if (mayRun()) await imports.run(AbortSignal.timeout(600_000));
    else await sleepWall(200);
  }
}

function readSheetFile(file: string, shop: string | undefined): NewSheet {
  try {
    const bytes = new Uint8Array(readFileSync(file));
    return {
      fileName: basename(file),
      bytes,
      modifiedAt: Math.round(statSync(file).mtimeMs),
      shopId: shop ?? null,
      actor,
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new UserError('SHEET_UNREADABLE', {
      zh: `读不了文件 ${file}（${code}）；请检查路径和权限`,
      en: `The file ${file} cannot be read (${code}); check the path and its permissions`,
    });
  }
}

function readMapping(text: string): SheetMapping {
  const mapping: Partial<Record<SheetField, string>> = {};
  for (const pair of text.split(',')) {
    const [name = '', ...rest] = pair.split('=');
    const field = sheetFields.find((each) => each === name.trim());
    const heading = rest.join('=').trim();
    if (field === undefined || heading === '') {
      throw new UserError('MAPPING_WRONG', {
        zh: `--map 里的“${pair}”看不懂；写成 order=订单号列名,placedAt=下单时间列名，可用的有：${sheetFields.join('、')}`,
        en: `"${pair}" in --map cannot be read; write order=HEADING,placedAt=HEADING with any of: ${sheetFields.join(', ')}`,
      });
    }
    mapping[field] = heading;
  }
  return mapping;
}

function report(result: ImportResult, told: ImportFlags & { file: string; state: string; seconds: number }): void {
  const { preset, presetName, shops, asOf, rows, orders, changed, unchanged, skipped, skippedRows, unknownWords } =
    result;
  const { unexplained, refusal } = result;
  const { json, state, seconds, file } = told;
  for (const { row, cell, order, reason } of skipped.slice(0, 50))
    process.stderr.write(
      `第 ${row} 行${cell === '' ? '' : `（${cell}）`}${order === '' ? '' : ` ${order}`}：${reason.zh} / ${reason.en}\n`,
    );
  for (const { words, count } of unknownWords)
    process.stderr.write(`不认识的状态“${words}”，${count} 单，按未知处理 / unknown status, kept as it is\n`);
  const lines =
    refusal !== null
      ? [`没有导入：${refusal.zh}`, `Nothing was imported: ${refusal.en}`]
      : unexplained !== null
        ? [
            '不认识这份表的表头。如果下面猜得对，原样加上再运行一次（以后同样的表头会自动识别）：',
            'These headings are new. If the guess is right, run it again with:',
            `  --map '${Object.entries(unexplained.proposal)
              .map(([field, heading]) => `${field}=${heading}`)
              .join(',')}'`,
            `表头 / headings: ${unexplained.headings.join('、')}`,
          ]
        : [
            `${state === 'dry-run' ? '试读' : '导入'} ${presetName?.zh ?? ''}：${orders} 单，${
              state === 'dry-run' ? '什么都没有改' : `变了 ${changed}，没变 ${unchanged}`
            }，读不了 ${skippedRows} 行，用时 ${seconds} 秒`,
            `${state === 'dry-run' ? 'Read' : 'Imported'} ${presetName?.en ?? ''}: ${orders} orders, ${changed} changed, ${unchanged} unchanged, ${skippedRows} rows skipped, ${seconds} s`,
          ];
  if (json || (refusal === null && unexplained === null)) {
    const facts = {
      ok: refusal === null && unexplained === null,
      state,
      file,
      preset,
      shops,
      asOf,
      rows,
      orders,
      changed,
      unchanged,
      skippedRows,
      skipped,
      unknownWords,
      refusal,
      unexplained,
      seconds,
    };
    print(json, facts, lines);
  }
  if (refusal !== null || unexplained !== null) process.stderr.write(`${lines.join('\n')}\n`);
}
