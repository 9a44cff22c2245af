import type { Clock } from '../../src/ports/clock.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts';

/** 14:00 in Beijing on 2026-11-11: warehouses are open. */
export const standInStart = Date.UTC(2026, 10, 11, 6);

export interface StandIn {
  readonly url: string;
  readonly sandbox: Sandbox;
  /** The stand-in's own time; to sleep is to move its world on. */
  readonly clock: Clock;
  readonly control: Control;
}

interface Control {
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
  /** Makes the next calls of a server or a route go wrong; see world/faults. */
  fail(server: string, kind: string, more?: { route?: string; times?: number | null; ms?: number }): Promise<void>;
  /** What the server was asked since the last `forget`, in order. */
  calls(server: string): Promise<readonly SeenCall[]>;
  forget(): Promise<void>;
}

interface SeenCall {
  readonly id: number;
  readonly server: string;
  readonly route: string;
  readonly outcome: string;
  readonly applied: boolean;
}

/** The simulated company on a real socket, with a clock that only we move. */
export async function startStandIn(options: SandboxOptions = {}): Promise<StandIn> {
  const sandbox = await startSandbox({ mode: 'manual', startAt: standInStart, ...options });
  const clock: Clock = {
    now: () => sandbox.world.clock.now(),
    sleep: (ms) => sandbox.advance(sandbox.world.clock.now() + Math.ceil(ms)),
    every: () => () => undefined,
  };
  return { url: sandbox.url, sandbox, clock, control: controlOf(sandbox.url) };
}

function controlOf(url: string): Control {
  let seen = 0;
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(url + path, init);
    if (!response.ok) throw new Error(`stand-in ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const listCalls = async (): Promise<readonly SeenCall[]> => {
    return ((await ask(`/world/calls?after=${seen}`)) as { calls: SeenCall[] }).calls;
  };
  return {
    get: (path) => ask(path),
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body) }),
    async fail(server, kind, more = {}) {
      await ask('/world/faults', { method: 'POST', body: JSON.stringify({ server, kind, ...more }) });
    },
    calls: async (server) => (await listCalls()).filter((call) => call.server === server),
    async forget() {
      await ask('/world/faults', { method: 'DELETE' });
      seen = (await listCalls()).at(-1)?.id ?? seen;
    },
  };
}
