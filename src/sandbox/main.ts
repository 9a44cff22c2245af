import { z } from 'zod';
import { startSandbox } from './start.ts';
import { erpKinds } from './world/company.ts';

const Env = z.object({
  SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  HOST: z.string().default('127.0.0.1'),
  SANDBOX_DATABASE: z.string().default('data/sandbox.db'),
  SANDBOX_SEED: z.string().optional(),
  SANDBOX_ERP: z.enum(erpKinds).optional(),
  SANDBOX_RATE: z.coerce.number().nonnegative().optional(),
  SANDBOX_FOLLOW_STDIN: z.string().optional(),
});

const env = Env.parse(process.env);
const sandbox = await startSandbox({
  host: env.HOST,
  port: env.SANDBOX_PORT,
  database: env.SANDBOX_DATABASE,
  ...(env.SANDBOX_SEED === undefined ? {} : { seed: env.SANDBOX_SEED }),
  ...(env.SANDBOX_ERP === undefined ? {} : { settings: { erp: env.SANDBOX_ERP } }),
  ...(env.SANDBOX_RATE === undefined ? {} : { rate: env.SANDBOX_RATE }),
});

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  sandbox.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
}
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (env.SANDBOX_FOLLOW_STDIN === '1') {
  process.stdin.on('end', end).on('close', end).on('error', end).resume();
}
process.stdout.write(`${JSON.stringify({ sandbox: 'ready', url: sandbox.url })}\n`);
