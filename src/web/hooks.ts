import type { FastifyInstance } from 'fastify';
import { UserError } from '../domain/errors.ts';
import type { CarrierPush, PushAnswer } from '../ports/carrier.ts';
import type { PushReading, RawPush } from '../ports/channel.ts';

export interface HookDeps {
  /** Takes what a tracking service pushed. Undefined when no such carrier is configured, or it pushes nothing. */
  readonly hearCarrier: (carrierId: string, push: CarrierPush) => Promise<PushAnswer | undefined>;
  /** Takes what a platform pushed. Undefined when that shop takes no pushes. Throws UserError when it is not signed rightly. */
  readonly hearShop: (shopId: string, push: RawPush) => Promise<PushReading['answer'] | undefined>;
  /** The same for a warehouse system. */
  readonly hearSystem: (systemId: string, push: RawPush) => Promise<PushReading['answer'] | undefined>;
  /** Takes receipts of telephone calls. Undefined when there is no such line, or the path does not carry its secret. */
  readonly hearVoice: (voiceId: string, secret: string, rawBody: Buffer) => Promise<PushAnswer | undefined>;
  /** Takes receipts of text messages, as `hearVoice`. */
  readonly hearSms: (smsId: string, secret: string, rawBody: Buffer) => Promise<PushAnswer | undefined>;
}

/** The full list of a long way, with room to spare. */
const bodyLimit = 1_048_576;
/** One order, or a batch of event names: what is larger is read before anybody knows who sent it. */
const shopBodyLimit = 262_144;

/** Doors for vendors: foreign hosts, no session; what they say counts by its signature alone, read over the raw bytes. */
export function serveHooks(
  web: FastifyInstance,
  { hearCarrier, hearShop, hearSystem, hearVoice, hearSms }: HookDeps,
): void {
  void web.register(async (hooks) => {
    hooks.removeAllContentTypeParsers();
    hooks.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    hooks.post<{ Params: { id: string } }>('/hooks/carriers/:id', { bodyLimit }, async (request, reply) => {
      const { key } = request.query as { key?: unknown };
      const answer = await hearCarrier(request.params.id, {
        rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        key: typeof key === 'string' ? key : '',
      });
      if (answer === undefined) throw noSuchHook();
      return reply.status(answer.status).type(answer.type).send(answer.body);
    });
    for (const [door, hear] of [
      ['voice', hearVoice],
      ['sms', hearSms],
    ] as const)
      hooks.post<{ Params: { id: string; secret: string } }>(
        `/hooks/${door}/:id/:secret`,
        { bodyLimit },
        async ({ params, body }, reply) => {
          const answer = await hear(params.id, params.secret, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
          if (answer === undefined) throw noSuchHook();
          return reply.status(answer.status).type(answer.type).send(answer.body);
        },
      );
    // Some platforms prove the door with a GET before they push.
    for (const [door, methods, hear] of [
      ['shops', ['GET', 'POST'], hearShop],
      ['systems', ['POST'], hearSystem],
    ] as const)
      hooks.route<{ Params: { id: string } }>({
        method: [...methods],
        url: `/hooks/${door}/:id`,
        exposeHeadRoute: false,
        bodyLimit: shopBodyLimit,
        async handler({ method, params, raw, headers, body }, reply) {
          const answer = await hear(params.id, {
            method: method === 'GET' ? 'GET' : 'POST',
            target: raw.url ?? '',
            headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')])),
            rawBody: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
          });
          if (answer === undefined) throw noSuchHook();
          return reply.status(answer.status).type(answer.type).send(answer.body);
        },
      });
  });
}

const noSuchHook = (): UserError => new UserError('NOT_FOUND', { zh: '没有这个入口。', en: 'There is no such hook.' });
