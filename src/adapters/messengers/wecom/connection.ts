import { setTimeout as sleep } from 'node:timers/promises';
import { WSClient, type WsFrame } from '@wecom/aibot-node-sdk';
import { OutcomeUnknownError, RetryableError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { ConnectionState } from '../../../ports/messenger.ts';
import { notConnected, readRejection } from './codes.ts';

/** Wall ms. */
export interface Timers {
  /** Until a connection that is not accepted is given up: the SDK would wait for ever. */
  readonly subscribe: number;
  /** Until an unanswered message counts as lost; the SDK gives up after 5 s whatever this says. */
  readonly send: number;
  readonly heartbeat: number;
  readonly backoff: number;
  readonly mostBackoff: number;
  /** A connection that lived as long starts counting anew. */
  readonly steady: number;
  /** Between tries once the credentials were refused `refusals` times in a row. */
  readonly slow: number;
  /** After somebody took the connection; doubled each time they do it again. */
  readonly taken: number;
  readonly refusals: number;
  /** A longer time without hearing is told. */
  readonly deaf: number;
}

export const timers: Timers = {
  subscribe: 10_000,
  send: 6_000,
  heartbeat: 30_000,
  backoff: 1_000,
  mostBackoff: 60_000,
  steady: 60_000,
  slow: 600_000,
  taken: 600_000,
  refusals: 5,
  deaf: 20_000,
};

/** The client gives a line up at the third tick without an answer (wecom.md §1.5). */
const heartbeatsMissed = 3;

/** How a connection, or the try at one, ended. */
type End = 'closed' | 'refused' | 'unanswered' | 'taken';

export interface ConnectionOptions {
  readonly url: string;
  readonly botId: string;
  readonly secret: string;
  readonly timers: Timers;
  readonly log: Log;
  readonly onMessage: (frame: WsFrame) => Promise<void>;
  readonly onEvent: (frame: WsFrame) => Promise<void>;
  readonly alarm: (cause: 'wecom-refused' | 'wecom-taken') => void;
  readonly clock: Pick<Clock, 'now'>;
  /** World ms. */
  readonly onMissed: (from: number, to: number) => void;
}

export interface Connection {
  start(): void;
  stop(): void;
  state(): ConnectionState;
  /** One frame, answered. Throws AppError classes only. */
  send(frame: (client: WSClient) => Promise<WsFrame>, signal?: AbortSignal): Promise<WsFrame>;
}

/**
 * One live connection at a time. The official client is used for one connection and thrown away: it cannot be reused
 * (wecom.md §1.6: 4, 5, 6), backs off without jitter and waits for ever for the answer to its subscription.
 */
export function createConnection(options: ConnectionOptions): Connection {
  const { log, timers: limits } = options;
  let stopping = new AbortController();
  let isRunning = false;
  let ready: WSClient | undefined;
  let since = Date.now();
  let deafFrom = options.clock.now();
  /** How long the line was dead before that was noticed. */
  let silentMs = 0;
  const raised = new Set<string>();

  function turn(client: WSClient | undefined): void {
    if ((ready === undefined) !== (client === undefined)) {
      if (client === undefined) deafFrom = options.clock.now() - silentMs;
      else if (Date.now() - since + silentMs > limits.deaf) options.onMissed(deafFrom, options.clock.now());
      if (client !== undefined) silentMs = 0;
      since = Date.now();
    }
    ready = client;
  }

  function raise(cause: 'wecom-refused' | 'wecom-taken'): void {
    if (raised.has(cause)) return;
    raised.add(cause);
    options.alarm(cause);
  }

  async function run(signal: AbortSignal): Promise<void> {
    let failed = 0;
    let refused = 0;
    let taken = 0;
    while (!signal.aborted) {
      const { end, upMs } = await connectOnce(signal);
      if (signal.aborted) return;
      refused = end === 'refused' ? refused + 1 : upMs > 0 || end === 'closed' ? 0 : refused;
      failed = upMs >= limits.steady ? 0 : failed + 1;
      if (upMs >= 6 * limits.taken) taken = 0;
      if (end === 'taken') taken += 1;
      let wait = Math.min(limits.mostBackoff, limits.backoff * 2 ** Math.min(Math.max(failed - 1, 0), 16));
      if (end === 'taken') {
        // Coming back would throw out whoever came in, and they us, for ever.
        wait = limits.taken * 2 ** Math.min(taken - 1, 4);
        raise('wecom-taken');
      } else if (refused >= limits.refusals) {
        wait = limits.slow;
        raise('wecom-refused');
      }
      log.warn({ end, upMs, failed, wait: Math.round(wait) }, 'WeCom connection ended, will connect again');
      await sleep(wait * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  function connectOnce(signal: AbortSignal): Promise<{ end: End; upMs: number }> {
    return new Promise((resolve) => {
      let end: End = 'closed';
      let upAt: number | undefined;
      let isOver = false;
      const client = new WSClient({
        botId: options.botId,
        secret: options.secret,
        wsUrl: options.url,
        wsOptions: { handshakeTimeout: limits.subscribe, maxPayload: 1_048_576 },
        maxReconnectAttempts: 0,
        maxAuthFailureAttempts: 0,
        heartbeatInterval: limits.heartbeat,
        logger: quietLogger(log, () => {
          silentMs = heartbeatsMissed * limits.heartbeat;
        }),
      });
      const finish = (how: End): void => {
        if (isOver) return;
        isOver = true;
        clearTimeout(watchdog);
        signal.removeEventListener('abort', onStop);
        if (ready === client) turn(undefined);
        client.removeAllListeners();
        client.disconnect();
        resolve({ end: how, upMs: upAt === undefined ? 0 : Math.max(1, Date.now() - upAt) });
      };
      const onStop = (): void => finish('closed');
      const watchdog = setTimeout(() => finish('unanswered'), limits.subscribe);
      signal.addEventListener('abort', onStop);
      client.on('authenticated', () => {
        if (isOver) return;
        clearTimeout(watchdog);
        upAt = Date.now();
        raised.clear();
        turn(client);
        log.info({}, 'WeCom connected');
      });
      client.on('event.disconnected_event', () => (end = 'taken'));
      client.on('error', (error: Error) => {
        if (isRefusal(error)) end = 'refused';
        // Of an address that cannot be opened at all, the client says no more than this.
        else if ((error as { code?: unknown }).code === 'WS_RECONNECT_EXHAUSTED') finish(end);
      });
      client.on('disconnected', () => finish(end));
      client.on('message', guarded(options.onMessage));
      client.on('event', guarded(options.onEvent));
      client.connect();
    });
  }

  /** A listener that throws would take the frame from the others; one that rejects would end the process. */
  function guarded(listener: (frame: WsFrame) => Promise<void>): (frame: WsFrame) => void {
    return (frame) => {
      Promise.resolve(frame)
        .then(listener)
        .catch((error: unknown) => {
          const name = error instanceof Error ? error.name : 'unknown';
          log.error({ reqId: frame.headers?.req_id, error: name }, 'A WeCom message could not be handled');
        });
    };
  }

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      since = Date.now();
      deafFrom = options.clock.now();
      stopping = new AbortController();
      void run(stopping.signal);
    },
    stop() {
      isRunning = false;
      stopping.abort();
    },
    state: () => ({ isUp: ready !== undefined, since }),
    async send(frame, signal) {
      if (signal?.aborted === true) throw new RetryableError('WeCom: stopped before it was sent', { code: 'ABORTED' });
      const client = ready;
      if (client?.isConnected !== true) throw notConnected();
      const silence = new AbortController();
      const lost = sleep(limits.send, undefined, { signal: silence.signal }).then(() => {
        throw new OutcomeUnknownError('WeCom bot: no answer in time');
      });
      try {
        return await Promise.race([frame(client), lost]);
      } catch (error) {
        throw error instanceof OutcomeUnknownError ? error : readRejection(error, 'bot');
      } finally {
        lost.catch(() => undefined);
        silence.abort();
      }
    },
  };
}

/** The client tells a refused subscription from a broken line only in words. A busy server refuses nobody for good. */
function isRefusal(error: Error): boolean {
  const code = /^Authentication failed: .*\(code: (-?\d+)\)$/s.exec(error.message)?.[1];
  return code !== undefined && !['-1', '45009', '45033'].includes(code);
}

/** The client's own words up to the first fact: what follows may be a message, an address or a secret. */
function quietLogger(log: Log, onSilence: () => void) {
  const note = (sentence: string): void => {
    // The client tells of a dead line only so (wecom.md §1.5).
    if (sentence.startsWith('No heartbeat ack')) onSilence();
    log.warn({ sdk: sentence.split(/[:(,]/)[0]?.slice(0, 60) }, 'WeCom client');
  };
  return { debug: () => undefined, info: () => undefined, warn: note, error: note };
}
