import type { DWClientDownStream } from 'dingtalk-stream';
import { type Gateway, StreamClient, type StreamHandlers, type StreamSocket } from './stream-client.ts';

/** Wall ms. */
export interface LinkTimings {
  readonly handshakeMs: number;
  /** Between our own pings. */
  readonly pingMs: number;
  /** What a connection may take to acknowledge what it heard, once it hears nothing more. */
  readonly drainMs: number;
}

export interface LinkDeps {
  readonly credentials: { readonly clientId: string; readonly clientSecret: string };
  readonly gateway: Gateway;
  /** Resolves with the answer to acknowledge with; a rejection leaves the frame unacknowledged, so it comes again. */
  readonly handle: (frame: DWClientDownStream) => Promise<unknown>;
  readonly onTrouble: (error: unknown) => void;
  readonly onSilence: () => void;
  readonly timings: LinkTimings;
}

export interface Link {
  /** Resolves once it hears. */
  open(): Promise<void>;
  /** Resolves when it hears no more: the line is gone, or the platform told us to move. */
  readonly ended: Promise<'lost' | 'told' | 'stopped'>;
  /** Acknowledges what is in hand on the socket that brought it, then closes that. */
  drain(): Promise<void>;
  /** Hears nothing more, from now on. */
  stop(): void;
}

/** Pings that may go unanswered: a busy process is late with one, a dead line with all. */
export const mostMissedPings = 2;
const closingMs = 1_000;

/** One connection through one client. */
export function createLink({ credentials, gateway, handle, onTrouble, onSilence, timings }: LinkDeps): Link {
  const pending = new Set<Promise<void>>();
  let settle: (end: 'lost' | 'told' | 'stopped') => void = () => undefined;
  const ended = new Promise<'lost' | 'told' | 'stopped'>((done) => {
    settle = done;
  });
  let leave: () => void = () => undefined;
  const closed = new Promise<void>((done) => {
    leave = done;
  });
  let isStopped = false;

  const handlers: StreamHandlers = {
    onFrame(frame, answer) {
      const work = (async () => answer(await handle(frame)))().catch(onTrouble);
      pending.add(work);
      void work.finally(() => pending.delete(work));
    },
    onGoAway: () => settle('told'),
    onTrouble,
  };
  const client = new StreamClient(credentials, gateway, handlers, timings.handshakeMs);

  function watch(socket: StreamSocket): void {
    let missed = 0;
    const heard = (): void => {
      missed = 0;
    };
    for (const sign of ['pong', 'ping', 'message']) socket.on(sign, heard);
    const beat = setInterval(() => {
      if (missed >= mostMissedPings) {
        onSilence();
        socket.terminate();
        return;
      }
      missed += 1;
      socket.ping();
    }, timings.pingMs);
    socket.once('close', () => {
      clearInterval(beat);
      leave();
      settle('lost');
    });
  }

  return {
    ended,
    async open() {
      await client.getEndpoint();
      if (isStopped) throw new DOMException('Stopped while connecting', 'AbortError');
      watch(await client.openSocket());
      if (isStopped) client.socketNow()?.terminate();
    },
    async drain() {
      let timer: NodeJS.Timeout | undefined;
      const longest = new Promise<void>((done) => {
        timer = setTimeout(done, timings.drainMs);
      });
      await Promise.race([Promise.all(pending), longest, closed]);
      clearTimeout(timer);
      const socket = client.socketNow();
      if (socket === undefined) return;
      // Closing flushes the last acknowledgement; a line that does not answer is cut.
      socket.close();
      const cut = setTimeout(() => socket.terminate(), closingMs);
      await closed;
      clearTimeout(cut);
    },
    stop() {
      isStopped = true;
      settle('stopped');
      if (!client.connected) client.socketNow()?.terminate();
    },
  };
}
