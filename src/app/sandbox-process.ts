import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfigError } from '../domain/errors.ts';
import { ownExtension, sourceDir } from './paths.ts';

export interface SandboxProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the simulated company as a process of its own and waits until it listens. It ends with us. */
export async function startSandboxProcess(
  env: Readonly<Record<string, string | undefined>>,
  options: { port: number; database: string },
): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [...process.execArgv, join(sourceDir, `sandbox/main${ownExtension}`)], {
    // Whoever may open our pages has no business with the simulated company: it stays on this machine.
    env: {
      ...env,
      HOST: '127.0.0.1',
      SANDBOX_PORT: String(options.port),
      SANDBOX_DATABASE: options.database,
      SANDBOX_FOLLOW_STDIN: '1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await Promise.race([
    readyUrl(child),
    ended.then((code) => {
      throw new ConfigError([`The sandbox ended at once (exit ${code}); is another one running on this folder?`]);
    }),
  ]);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function readyUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new TypeError('no stdout');
  for await (const line of createInterface({ input: stdout })) {
    const message = JSON.parse(line) as { sandbox?: string; url?: string };
    if (message.sandbox === 'ready' && message.url !== undefined) return message.url;
  }
  throw new ConfigError(['The sandbox said nothing']);
}
