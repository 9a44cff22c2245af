import { parseArgs } from 'node:util';
import { AppError, ConfigError, UserError } from '../domain/errors.ts';
import type { ImportFlags } from './cli/import.ts';

const usage = `warroom <命令 / verb> [--json]
  start                    启动机器人 / run the bot (without warroom.yaml: with a simulated company)
  doctor                   逐项检查、缺什么找谁 / what works, what is missing, who clicks where
  import FILE [--shop ID] [--dry-run] [--map order=列名,…]
                           导入订单表 / take in a sheet of orders
  replay FILE              用真实订单文件回放规则 / run the rules over a file of orders
  sandbox                  只启动模拟公司 / the simulated company alone
  login PERSON             网页登录码 / a code for the pages
  audit verify [--head X]  校验审计链 / check the audit chain
  db migrate|backup|rebuild
  reload                   重新读取 warroom.yaml / take the changed warroom.yaml
  bench NAME               与标尺并排测速：commands、alerts、ingest、sweep、import / measure beside a yardstick`;

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
    if (values.help) return help(0);
    return await verb(positionals, {
      json: values.json,
      head: values.head,
      shop: values.shop,
      map: values.map,
      dryRun: values['dry-run'],
    });
  } catch (error) {
    return explain(error);
  }
}

async function verb(
  [name, second]: readonly string[],
  { head, ...flags }: ImportFlags & { readonly head: string | undefined },
): Promise<number> {
  const { json } = flags;
  switch (name) {
    case 'import':
      return second === undefined ? help(2) : (await import('./cli/import.ts')).importFile(second, flags);
    case 'start':
      return (await import('./cli/start.ts')).start();
    case 'doctor':
      return (await import('./cli/doctor.ts')).doctor(json);
    case 'replay':
      return second === undefined ? help(2) : (await import('./cli/replay.ts')).replayFile(second, json);
    case 'login':
      return second === undefined ? help(2) : (await import('./cli/login.ts')).login(second, json);
    case 'sandbox':
      return (await import('./cli/sandbox.ts')).sandbox(json);
    case 'audit':
      return second === 'verify' ? (await import('./cli/audit.ts')).verifyAudit({ json, head }) : help(2);
    case 'db': {
      const database = await import('./cli/database.ts');
      if (second === 'migrate') return database.migrateDatabase(json);
      if (second === 'backup') return database.backupDatabase(json);
      return second === 'rebuild' ? database.rebuildDatabase(json) : help(2);
    }
    case 'reload':
      return (await import('./cli/reload.ts')).reload(json);
    case 'bench':
      return second === undefined ? help(2) : (await import('./cli/bench.ts')).bench(second, json);
    default:
      return help(2);
  }
}

function help(code: number): number {
  (code === 0 ? process.stdout : process.stderr).write(`${usage}\n`);
  return code;
}

function explain(error: unknown): number {
  if (error instanceof UserError) process.stderr.write(`${error.text.zh}\n${error.text.en}\n`);
  else if (error instanceof ConfigError)
    process.stderr.write(`配置有 ${error.problems.length} 个问题：\n${error.message}\n`);
  else if (error instanceof AppError) process.stderr.write(`${error.message} (${error.code})\n`);
  else if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
    process.stderr.write(`${error.message}\n${usage}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
