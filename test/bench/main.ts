import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Bench, Outcome } from './kit.ts';

/** What can be measured, by the name it is called by. */
export const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  commands: async () => (await import('./commands.ts')).commands,
  alerts: async () => (await import('./alerts.ts')).alerts,
  ingest: async () => (await import('./ingest.ts')).ingest,
  sweep: async () => (await import('./sweep.ts')).sweep,
  intake: async () => (await import('./intake.ts')).intake,
  import: async () => (await import('./import.ts')).importing,
  conformance: async () => (await import('./conformance.ts')).conformance,
};

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, tiny: { type: 'boolean', default: false } },
  });
  const [name = '', ...rest] = positionals;
  // A bench that kills a process needs one of its own to kill.
  if (name === 'sender') return (await import('./alerts-crash.ts')).sender(rest);
  const find = benches[name];
  if (find === undefined) {
    process.stderr.write(`没有这个基准，有 / known benches: ${Object.keys(benches).join(', ')}\n`);
    return 2;
  }
  const startedAt = performance.now();
  const bench = await find();
  const outcome = await bench({
    isTiny: values.tiny,
    say: (words) => process.stderr.write(`[${((performance.now() - startedAt) / 1_000).toFixed(1)} s] ${words}\n`),
    startSender: (more) => fork(import.meta.filename, ['sender', ...more], { stdio: 'inherit' }),
  });
  // With a handful of rows only the answers can be judged, not the times.
  const gates = outcome.gates.filter(({ isTimed }) => !(isTimed && values.tiny));
  const ok = gates.every(({ holds }) => holds);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const { figures } = outcome;
  process.stdout.write(
    values.json ? `${JSON.stringify({ bench: name, ok, seconds, figures, gates })}\n` : tableOf(name, outcome, seconds),
  );
  return ok ? 0 : 1;
}

function tableOf(name: string, { figures, gates }: Outcome, seconds: number): string {
  const rows = Object.entries(figures).map(([key, value]) => [key, String(value)] as const);
  const width = Math.max(...rows.map(([key]) => key.length));
  return [
    `${name}, ${seconds} s`,
    ...rows.map(([key, value]) => `  ${key.padEnd(width)}  ${value}`),
    ...gates.map(({ gate, is, wants, holds }) => `  ${holds ? 'ok  ' : 'FAIL'} ${gate}: ${is} (${wants})`),
    '',
  ].join('\n');
}
