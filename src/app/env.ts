import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';
import { ConfigError } from '../domain/errors.ts';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'write a number from 0 to 65535')
  .transform(Number)
  .pipe(z.number().max(65_535, 'write a number from 0 to 65535'));

/** Every key the program reads. `.env.example` names the same ones; a test compares. */
export const Env = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.string().startsWith('file:').default('file:./data/warroom.db'),
  PUBLIC_URL: z.url().optional(),
  WARROOM_SECRET: z.string().min(32).optional(),
  WARROOM_CONFIG: z.string().optional(),
  WARROOM_CLOCK: z.url().optional(),
  WARROOM_SAMPLES: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: z.string().min(8).optional(),
});
export type Env = z.output<typeof Env>;

/** Reads `.env` and the environment. Throws ConfigError with every problem, never with a value. */
export function readEnv(): { env: Env; raw: Readonly<Record<string, string | undefined>> } {
  if (existsSync('.env')) loadEnvFile('.env');
  const parsed = Env.safeParse(process.env);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  return { env: parsed.data, raw: process.env };
}
