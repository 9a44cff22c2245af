import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '../../adapters/clock/manual.ts';
import { wallNow } from '../../adapters/clock/wall.ts';
import { openDatabase } from '../../adapters/db/database.ts';
import { createStorage } from '../../adapters/db/storage.ts';
import { readOrderSheet } from '../../adapters/files/read-order-sheet.ts';
import { createIdentifier } from '../../adapters/identifier.ts';
import { builtinRules } from '../../domain/builtin-rules.ts';
import { replay } from '../../services/replay.ts';
import { Company } from '../company.ts';
import { createDirectory } from '../directory.ts';
import { migrationsDir } from '../paths.ts';
import { createRuntime, readConfigFile } from '../runtime.ts';
import { print } from './output.ts';

/** `warroom replay FILE`: the file's orders through the live rules on a virtual clock, in a database of their own. */
export async function replayFile(file: string, json: boolean): Promise<number> {
  const runtime = await createRuntime();
  const company = runtime.configFile === undefined ? Company.parse({}) : readConfigFile(runtime);
  const { rows, skipped, unknownColumns } = await readOrderSheet(file, { timezone: company.timezone });
  const folder = mkdtempSync(join(tmpdir(), 'warroom-replay-'));
  const database = await openDatabase(join(folder, 'replay.db'), migrationsDir);
  const isTerminal = process.stderr.isTTY === true;
  try {
    const result = await replay(
      { rows, skipped: skipped.length },
      {
        storage: createStorage(database, { audit: runtime.keys.audit }),
        clock: createManualClock(0),
        rules: builtinRules,
        directory: createDirectory(
          () => company,
          runtime.plugs,
          () => builtinRules,
          () => 'none',
          () => undefined,
        ),
        identifier: createIdentifier(runtime.keys.identity),
        log: {
          info: () => {},
          warn: (facts, sentence) => runtime.log.warn(facts, sentence),
          error: (facts, sentence) => runtime.log.error(facts, sentence),
        },
        wallNow,
      },
      { ...(isTerminal ? { onProgress: showProgress } : {}) },
    );
    if (isTerminal) process.stderr.write('\r\u001b[K');
    for (const { row, order, reason } of skipped.slice(0, 50))
      process.stderr.write(`第 ${row} 行${order === '' ? '' : ` ${order}`}：${reason.zh} / ${reason.en}\n`);
    if (unknownColumns.length > 0)
      process.stderr.write(`没有用到的列 / unused columns: ${unknownColumns.join(', ')}\n`);
    const { orders, alerts, cycles, seconds } = result;
    print(json, result, [
      `${orders} 单，跳过 ${result.skipped} 行，用时 ${seconds} 秒 / orders, skipped rows, seconds`,
      ...Object.entries(alerts).map(([rule, count]) => `  ${rule}: ${count}`),
      `  周期 / cycle: n=${cycles.n} 平均 ${cycles.mean ?? '-'} h · p50 ${cycles.p50 ?? '-'} h · p90 ${cycles.p90 ?? '-'} h · 负 ${cycles.negative}`,
    ]);
    return 0;
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const showProgress = ({ done, total }: { done: number; total: number }): void => {
  process.stderr.write(`\r回放 / replay ${Math.round((100 * done) / Math.max(1, total))} %`);
};
