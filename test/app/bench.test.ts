import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { benches } from '../bench/main.ts';

const root = resolve(import.meta.dirname, '../..');
const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;

interface Printed {
  readonly bench: string;
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly gates: readonly { readonly gate: string; readonly holds: boolean }[];
}

/** With a handful of rows: times mean nothing then, answers do. */
function run(name: string): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [
    '--import',
    loader,
    join(root, 'test/bench/main.ts'),
    name,
    '--json',
    '--tiny',
  ]);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

it.concurrent.each(Object.keys(benches))(
  'bench %s runs, answers rightly and prints one JSON object',
  { timeout: 60_000 },
  async (name) => {
    const { code, out, err } = await run(name);
    expect({ code, said: code === 0 ? '' : err + out }).toEqual({ code: 0, said: '' });
    const printed = JSON.parse(out) as Printed;
    expect(printed).toMatchObject({ bench: name, ok: true });
    expect(Object.keys(printed.figures).length).toBeGreaterThan(3);
    expect(printed.gates.length).toBeGreaterThan(0);
  },
);
