import type { FastifyInstance } from 'fastify';
import { UserError } from '../domain/errors.ts';

/** What the vendor gets for what it pushed: stored by then, or refused. */
export interface HookAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

export interface HookDeps {
  /** Takes the raw bytes that a tracking service pushed. Undefined when no such carrier is configured. */
  readonly hearCarrier: (carrierId: string, rawBody: Buffer) => Promise<HookAnswer | undefined>;
}

/** The full list of a long way, with room to spare. */
const bodyLimit = 1_048_576;

/** Doors for vendors: foreign hosts, no session; what they say counts by its signature alone, read over the raw bytes. */
export function serveHooks(web: FastifyInstance, { hearCarrier }: HookDeps): void {
  void web.register(async (hooks) => {
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    hooks.post<{ Params: { id: string } }>('/hooks/carriers/:id', { bodyLimit }, async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const answer = await hearCarrier(request.params.id, rawBody);
      if (answer === undefined)
        throw new UserError('NOT_FOUND', { zh: '没有这个入口。', en: 'There is no such hook.' });
      return reply.status(answer.status).type('application/json; charset=utf-8').send(answer.body);
    });
  });
}
