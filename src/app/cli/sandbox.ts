import { dirname, join } from 'node:path';
import { createRuntime } from '../runtime.ts';
import { startSandboxProcess } from '../sandbox-process.ts';
import { print } from './output.ts';
import { whenToldToStop } from './told-to-stop.ts';

/** `warroom sandbox`: the simulated company alone. */
export async function sandbox(json: boolean): Promise<number> {
  const { raw, databaseFile } = await createRuntime();
  const port = Number(raw['SANDBOX_PORT'] ?? 0);
  const running = await startSandboxProcess(raw, { port, database: join(dirname(databaseFile), 'sandbox.db') });
  print(json, { url: running.url }, [
    `模拟公司在 / the simulated company listens on ${running.url}`,
    `机器人连它 / connect the bot: WARROOM_CLOCK=${running.url} npm start`,
  ]);
  await whenToldToStop();
  await running.stop();
  return 0;
}
