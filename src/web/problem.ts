import { randomBytes } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { UserError } from '../domain/errors.ts';
import type { Text } from '../domain/text.ts';
import type { Log } from '../ports/log.ts';
import { pageHtml } from '../render/page/layout.ts';
import { problemHtml } from './pages/login.ts';
import type { Visitors } from './visitor.ts';

const statuses: Readonly<Record<string, number>> = {
  LOGIN_REQUIRED: 401,
  CODE_WRONG: 401,
  LINK_WRONG: 403,
  LINK_EXPIRED: 403,
  ORIGIN_FOREIGN: 403,
  FORBIDDEN: 403,
  ORDER_NOT_FOUND: 404,
  NOT_FOUND: 404,
  HOST_UNKNOWN: 421,
  TOO_MANY_TRIES: 429,
};

const notFound: Text = { zh: '没有这个页面。', en: 'There is no such page.' };
const tooLarge: Text = { zh: '内容太长了，请分几次发。', en: 'That is too long. Send it in parts.' };
const unreadable: Text = {
  zh: '这个请求读不懂，请回到页面再试一次。',
  en: 'This request cannot be read. Go back to the page and try again.',
};
const broken: Text = {
  zh: '我们这边出错了，已记下。请再试一次；还不行就把下面的编号告诉管理员。',
  en: 'Something broke on our side and was noted. Try again; if it stays, tell the administrator the reference below.',
};

export function mapErrors(web: FastifyInstance, deps: { visitors: Visitors; log: Pick<Log, 'error'> }): void {
  const { visitors, log } = deps;

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    code: string,
    text: Text,
    reference?: string,
  ) => {
    void reply.status(status);
    if (!String(request.headers.accept ?? '').includes('text/html')) {
      return await reply.send({
        error: { code, message: text[visitors.languageOf(request)], ...(reference !== undefined && { reference }) },
      });
    }
    const visitor = await visitors.of(request);
    const { language } = visitor;
    const frame = await visitors.frame(request, visitor);
    const body = problemHtml(language, text[language], reference);
    return await reply
      .type('text/html; charset=utf-8')
      .send(pageHtml(frame, { title: text[language], name: 'problem', body, scripts: [] }));
  };

  web.setErrorHandler<FastifyError>(async (error, request, reply) => {
    if (error instanceof UserError)
      return await answer(request, reply, statuses[error.code] ?? 400, error.code, error.text);
    const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
    if (status === 413) return await answer(request, reply, 413, 'TOO_LARGE', tooLarge);
    if (status >= 400 && status < 500) return await answer(request, reply, status, 'UNREADABLE', unreadable);
    const reference = randomBytes(4).toString('hex').toUpperCase();
    // The route, not the URL: a URL may hold a signature.
    log.error({ err: error, reference, method: request.method, route: request.routeOptions.url }, 'Page failed');
    return await answer(request, reply, 500, 'BROKEN', broken, reference);
  });

  web.setNotFoundHandler(async (request, reply) => await answer(request, reply, 404, 'NOT_FOUND', notFound));
}
