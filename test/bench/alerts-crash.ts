import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSystemClock } from '../../src/adapters/clock/system.ts';
import { aMessenger, openAlertFlow } from './alert-flow.ts';

export interface Crash {
  readonly lost: number;
  readonly doubles: number;
  readonly unmarked: number;
  readonly arrivedBefore: number;
}

/** Longer than a lease: the second life need not wait for what the first one held. */
const later = 31_000;

/** Kills a process in the middle of sending, starts it again, and counts what came out of both. */
export async function crash(
  folder: string,
  alerts: number,
  startSender: (args: readonly string[]) => ChildProcess,
): Promise<Crash> {
  const arrived = new Map<string, string[]>();
  let killAt = Math.floor(alerts * 0.4);
  let sender: ChildProcess | undefined;
  let count = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const { key, text } = JSON.parse(body) as { key: string; text: string };
      arrived.set(key, [...(arrived.get(key) ?? []), text]);
      count += 1;
      // Taken, and the answer never gets there.
      if (count === killAt) sender?.kill('SIGKILL');
      else response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const live = async (more: readonly string[]): Promise<void> => {
    const child = startSender([folder, `http://127.0.0.1:${port}/`, ...more]);
    sender = child;
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    if (code !== 0 && count < killAt) throw new Error(`the sender ended with ${code}`);
  };
  await live([String(alerts), '0']);
  const arrivedBefore = arrived.size;
  killAt = Number.POSITIVE_INFINITY;
  await live(['0', String(later)]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const doubles = [...arrived.values()].filter((texts) => texts.length > 1);
  return {
    lost: alerts - arrived.size,
    doubles: doubles.length,
    unmarked: doubles.filter((texts) => !texts.slice(1).every((text) => text.includes('可能重复'))).length,
    arrivedBefore,
  };
}

/** One life of the process that is killed: raises, dispatches, and sends until nothing is left. */
export async function sender([folder = '', url = '', alerts = '0', ahead = '0']: readonly string[]): Promise<number> {
  const messenger = aMessenger(6_000_000, async (key, text) => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ key, text }) });
    await answer.text();
  });
  const clock = createSystemClock();
  const wallNow = () => Date.now() + Number(ahead);
  const flow = await openAlertFlow({ folder, name: 'crash', clock, wallNow, messenger });
  await flow.raise(0, Number(alerts), String);
  const { signal } = new AbortController();
  while ((await flow.dispatch()) > 0);
  while ((await flow.storage.outbox.count()).pending > 0) await flow.deliver(signal);
  await flow.close();
  return 0;
}
