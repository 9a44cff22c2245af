import { setTimeout as sleep } from 'node:timers/promises';
import type { DWClientDownStream } from 'dingtalk-stream';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { ConnectionState } from '../../../ports/messenger.ts';
import { createLink, type Link, type LinkTimings, mostMissedPings } from './link.ts';
import type { Gateway } from './stream-client.ts';

/** Wall ms. */
export interface Timings extends LinkTimings {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** A connection that held this long was a good one. */
  readonly settledMs: number;
  /** Gaps of hearing longer than this are reported. */
  readonly deafMs: number;
}

export const usualTimings: Timings = {
  minDelayMs: 1_000,
  maxDelayMs: 60_000,
  handshakeMs: 10_000,
  pingMs: 15_000,
  settledMs: 60_000,
  drainMs: 9_000,
  deafMs: 20_000,
};

export interface SupervisorDeps {
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly gateway: (signal: AbortSignal) => Gateway;
  readonly handle: (frame: DWClientDownStream) => Promise<unknown>;
  readonly onOpenFailed: (error: unknown) => void;
  readonly onUp: () => void;
  readonly clock: Pick<Clock, 'now'>;
  /** World ms. */
  readonly onMissed: (from: number, to: number) => void;
  readonly roomId: string;
  readonly log: Log;
  readonly timings: Timings;
}

export interface Supervisor {
  start(): void;
  stop(): Promise<void>;
  connection(): ConnectionState;
}

/** Keeps exactly one connection that hears, by a new client for each, until it is stopped. */
export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const { credentials, roomId, log, timings } = deps;
  const stopping = new AbortController();
  const gateway = deps.gateway(stopping.signal);
  const draining = new Set<Promise<void>>();
  let state: ConnectionState = { isUp: false, since: Date.now() };
  let deafFrom = deps.clock.now();
  /** How long the line was dead before that was noticed. */
  let silentMs = 0;
  let running: Promise<void> | undefined;
  let link: Link | undefined;

  function turn(isUp: boolean): void {
    if (state.isUp === isUp) return;
    if (isUp) {
      if (Date.now() - state.since + silentMs > timings.deafMs) deps.onMissed(deafFrom, deps.clock.now());
      silentMs = 0;
    } else {
      deafFrom = deps.clock.now() - silentMs;
    }
    state = { isUp, since: Date.now() };
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const started = performance.now();
      const end = await connectOnce();
      turn(false);
      failures = end !== 'failed' && performance.now() - started > timings.settledMs ? 0 : failures + 1;
      // Told to move: at once, unless that is all it is ever told.
      if (end === 'told' && failures <= 1) continue;
      const longest = Math.min(timings.maxDelayMs, timings.minDelayMs * 2 ** Math.min(failures, 10));
      const { signal } = stopping;
      await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  async function connectOnce(): Promise<'failed' | 'lost' | 'told' | 'stopped'> {
    const made = createLink({
      credentials,
      gateway,
      handle: deps.handle,
      // Kinds only: a message may quote the frame.
      onTrouble: (error) => log.error({ room: roomId, error: nameOf(error) }, 'A DingTalk frame could not be handled'),
      onSilence() {
        silentMs = (mostMissedPings + 1) * timings.pingMs;
        log.warn({ room: roomId }, 'DingTalk went silent, connecting anew');
      },
      timings,
    });
    link = made;
    try {
      await made.open();
    } catch (error) {
      if (!stopping.signal.aborted) deps.onOpenFailed(error);
      return 'failed';
    }
    turn(true);
    deps.onUp();
    const end = await made.ended;
    const drained = made.drain();
    draining.add(drained);
    void drained.finally(() => draining.delete(drained));
    return end;
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      link?.stop();
      await running;
      await Promise.all(draining);
    },
    connection: () => state,
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
