import { parseArgs } from 'node:util';
import { AppError, ConfigError, UserError } from '../domain/errors.ts';
import type { ImportFlags } from './cli/import.ts';
import { print } from './cli/output.ts';

const usage = `warroom <命令 / verb> [--json]
  start                    启动机器人 / run the bot (without warroom.yaml: with a simulated company)
  doctor                   逐项检查、缺什么找谁 / what works, what is missing, who clicks where
  import FILE [--shop ID] [--dry-run] [--map order=列名,…]
                           导入订单表 / take in a sheet of orders
  backfill SHOP            把店铺最近 30 天的老单补进来 / bring in the shop's last 30 days
  replay FILE              用真实订单文件回放规则 / run the rules over a file of orders
  sandbox                  只启动模拟公司 / the simulated company alone
  login PERSON             网页登录码 / a code for the pages
  audit verify [--head X]  校验审计链 / check the audit chain
  db migrate|backup|rebuild
  reload                   重新读取 warroom.yaml / take the changed warroom.yaml
  bench NAME               与标尺并排测速：commands、alerts、ingest、intake、sweep、import、conformance / measure beside a yardstick`;

/** The CLI's verbs. Resolves with the exit code; a problem is told on stderr, never with a value of a secret. */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        head: { type: 'string' },
        shop: { type: 'string' },
        map: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return help(0, false);
    return await verb(positionals, {
      json: values.json,
      head: values.head,
      shop: values.shop,
      map: values.map,
      dryRun: values['dry-run'],
    });
  } catch (error) {
    return explain(error, args.includes('--json'));
  }
}

async function verb(
  [name, second]: readonly string[],
  { head, ...flags }: ImportFlags & { readonly head: string | undefined },
): Promise<number> {
  const { json } = flags;
  switch (name) {
    case 'import':
      return second === undefined ? help(2, json) : (await import('./cli/import.ts')).importFile(second, flags);
    case 'start':
      return (await import('./cli/start.ts')).start(json);
    case 'doctor':
      return (await import('./cli/doctor.ts')).doctor(json);
    case 'backfill':
      return second === undefined ? help(2, json) : (await import('./cli/backfill.ts')).backfill(second, json);
    case 'replay':
      return second === undefined ? help(2, json) : (await import('./cli/replay.ts')).replayFile(second, json);
    case 'login':
      return second === undefined ? help(2, json) : (await import('./cli/login.ts')).login(second, json);
    case 'sandbox':
      return (await import('./cli/sandbox.ts')).sandbox(json);
    case 'audit':
      return second === 'verify' ? (await import('./cli/audit.ts')).verifyAudit({ json, head }) : help(2, json);
    case 'db': {
      const database = await import('./cli/database.ts');
      if (second === 'migrate') return database.migrateDatabase(json);
      if (second === 'backup') return database.backupDatabase(json);
      return second === 'rebuild' ? database.rebuildDatabase(json) : help(2, json);
    }
    case 'reload':
      return (await import('./cli/reload.ts')).reload(json);
    case 'bench':
      return second === undefined ? help(2, json) : (await import('./cli/bench.ts')).bench(second, json);
    default:
      return help(2, json);
  }
}

function help(code: number, json: boolean): number {
  (code === 0 ? process.stdout : process.stderr).write(`${usage}\n`);
  if (json) printFailure('USAGE', 'There is no such verb, or it lacks a word; see warroom --help');
  return code;
}

const printFailure = (code: string, message: string): void => print(true, { ok: false, error: { code, message } }, []);

function explain(error: unknown, json: boolean): number {
  const [code, message, shown] = wordsOf(error);
  process.stderr.write(`${shown}\n`);
  if (json) printFailure(code, message);
  return 1;
}

/** Its code, what it says, and that as a person in front of a terminal reads it. */
function wordsOf(error: unknown): readonly [code: string, message: string, shown: string] {
  if (error instanceof UserError) return [error.code, error.text.zh, `${error.text.zh}\n${error.text.en}`];
  if (error instanceof ConfigError)
    return ['CONFIG', error.message, `配置有 ${error.problems.length} 个问题：\n${error.message}`];
  if (error instanceof AppError) return [error.code, error.message, `${error.message} (${error.code})`];
  if (!(error instanceof Error)) return ['BUG', String(error), String(error)];
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    return ['USAGE', error.message, `${error.message}\n${usage}`];
  return ['BUG', error.message, error.stack ?? error.message];
}
