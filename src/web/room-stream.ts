import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Person } from '../domain/actor.ts';
import { timesFor } from '../render/page/time.ts';
import { securityHeaders } from './guard.ts';
import { messageHtml, type RoomTab } from './pages/room.ts';
import type { PageDeps } from './server.ts';
import type { Visitor } from './visitor.ts';

const readAgainMs = 3_000;
const heartbeatMs = 15_000;
const rowsAtOnce = 100;

interface StreamDeps extends PageDeps {
  readonly visitor: Visitor & { person: Person };
  readonly tab: RoomTab;
  readonly roomId: string;
  readonly after: number;
  readonly nameOf: (sender: string) => string;
}

/** Server-Sent Events: each row of the room once, in order, from `after` on. Ends when the session or the server does. */
export async function streamRoom(request: FastifyRequest, reply: FastifyReply, deps: StreamDeps): Promise<void> {
  const { visitor, tab, roomId, clock } = deps;
  let after = deps.after;
  let isReading = false;
  let isAskedAgain = false;
  const ended = new AbortController();

  const read = async (): Promise<void> => {
    isAskedAgain = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isAskedAgain) {
        isAskedAgain = false;
        const rows = await deps.stores.room.list(roomId, after, rowsAtOnce);
        const view = {
          tab,
          language: visitor.language,
          person: visitor.person,
          times: timesFor(visitor.language, deps.timezone, clock.now()),
          nameOf: deps.nameOf,
        };
        if (ended.signal.aborted) return;
        for (const row of rows) {
          after = row.id;
          const html = messageHtml(row, view);
          reply.raw.write(
            `id: ${row.id}\nevent: message\ndata: ${JSON.stringify({ id: row.id, html: html.toString() })}\n\n`,
          );
        }
        isAskedAgain ||= rows.length === rowsAtOnce;
        // Whoever reads slowly gets no more than they read: a long history does not pile up here.
        if (reply.raw.writableNeedDrain) await once(reply.raw, 'drain', { signal: ended.signal });
      }
    } catch (error) {
      if (ended.signal.aborted) return;
      deps.log.error({ err: error, roomId }, 'Room stream could not read');
      stop();
    } finally {
      isReading = false;
    }
  };

  const beat = async (): Promise<void> => {
    const { person } = await deps.visitors.of(request);
    if (ended.signal.aborted) return;
    if (person?.id !== visitor.person.id) stop();
    else reply.raw.write(': still here\n\n');
  };

  void reply.hijack();
  reply.raw.writeHead(200, {
    ...securityHeaders,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  reply.raw.write('retry: 2000\n\n');
  const unlisten = deps.bell.listen(roomId, () => void read());
  const rereading = setInterval(() => void read(), readAgainMs);
  const beating = setInterval(() => void beat().catch(stop), heartbeatMs);
  function stop(): void {
    ended.abort();
    unlisten();
    clearInterval(rereading);
    clearInterval(beating);
    reply.raw.end();
  }
  reply.raw.on('close', stop);
  await read();
}
