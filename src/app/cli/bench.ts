import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../domain/errors.ts';
import { packageDir } from '../paths.ts';

/** `warroom bench NAME`: measures us beside a yardstick, in a process of its own; 1 when a gate fails. Needs the source tree. */
export async function bench(name: string, json: boolean): Promise<number> {
  const compiler = join(packageDir, 'node_modules/typescript/bin/tsc');
  if (!existsSync(join(packageDir, 'test/bench/main.ts')) || !existsSync(compiler)) {
    throw new UserError('NO_BENCHES', {
      zh: '基准只在源码目录里能跑：git clone，再 npm ci',
      en: 'Benches run in the source tree only: git clone, then npm ci',
    });
  }
  mkdirSync(join(packageDir, 'test/.output'), { recursive: true });
  const folder = mkdtempSync(join(packageDir, 'test/.output/bench-'));
  try {
    process.stderr.write('编译 / compiling\n');
    // What is measured is the code as it ships, made by the same compiler: loaders for TypeScript add calls of their own.
    const made = spawnSync(
      process.execPath,
      [compiler, '-p', 'test', '--noEmit', 'false', '--noCheck', '--outDir', folder],
      { cwd: packageDir, stdio: ['ignore', 2, 2] },
    );
    if (made.status !== 0) return 1;
    const args = [join(folder, 'test/bench/main.js'), name, ...(json ? ['--json'] : [])];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
