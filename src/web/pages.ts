import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { UserError } from '../domain/errors.ts';
import { tailOf } from '../domain/order.ts';
import { pageHtml } from '../render/page/layout.ts';
import { timesFor } from '../render/page/time.ts';
import { words } from '../render/page/words.ts';
import { clockTime, localDay } from '../render/words.ts';
import { boardHtml, boardPartHtml } from './pages/board.ts';
import { doctorHtml } from './pages/doctor.ts';
import { loginHtml } from './pages/login.ts';
import { type OrderView, orderHtml, orderPartHtml } from './pages/order.ts';
import type { PageDeps } from './server.ts';
import { ownPath } from './visitor.ts';

const OrderQuery = z.object({ e: z.string().max(12).optional(), s: z.string().max(64).optional() });
const LoginBody = z.object({ code: z.string().max(64).catch(''), next: z.string().optional().catch(undefined) });

const htmlType = 'text/html; charset=utf-8';

/** Board, order page, login. A page asked for with `x-part: main` answers with what stands inside `main` alone. */
export function servePages(web: FastifyInstance, deps: PageDeps): void {
  const { visitors, clock } = deps;

  web.get('/', async (request, reply) => {
    const visitor = await visitors.of(request);
    if (visitor.person === undefined && deps.world === 'real') return await reply.redirect('/login', 303);
    const { language, person } = visitor;
    // All of a storm only when asked: a telephone's first view stays small.
    const board = await deps.readBoard(language, { isWhole: 'all' in (request.query as object) });
    const hrefOf = (id: string): string =>
      person === undefined ? deps.links.signLink(`/o/${id}`, board.at) : `/o/${id}`;
    void reply.type(htmlType);
    if (request.headers['x-part'] === 'main')
      return await reply.send(boardPartHtml(board, language, hrefOf).toString());
    return await reply.send(
      pageHtml(await visitors.frame(request, visitor), {
        title: words.board[language],
        name: 'board',
        body: boardHtml(board, language, hrefOf),
        scripts: ['refresh.js'],
        reload: 30,
      }),
    );
  });

  web.get('/doctor', async (request, reply) => {
    const visitor = await visitors.of(request);
    const { person, language } = visitor;
    if (person === undefined) return await reply.redirect(deps.world === 'real' ? '/login?next=/doctor' : '/room', 303);
    const checkUp = await deps.checkUp();
    void reply.type(htmlType);
    return await reply.send(
      pageHtml(await visitors.frame(request, visitor), {
        title: words.checkUp[language],
        name: 'doctor',
        body: doctorHtml({ checkUp, language, times: timesFor(language, deps.timezone, checkUp.at) }),
        scripts: [],
      }),
    );
  });

  web.get<{ Params: { id: string } }>('/o/:id', async (request, reply) => {
    const visitor = await visitors.of(request);
    const path = `/o/${request.params.id}`;
    const loginHref = deps.world === 'sandbox' ? '/room' : `/login?next=${encodeURIComponent(path)}`;
    if (visitor.person === undefined) {
      const query = OrderQuery.safeParse(request.query);
      const isBare = query.success && query.data.e === undefined && query.data.s === undefined;
      if (isBare) return await reply.redirect(loginHref, 303);
      deps.links.verifyLink(path, query.success ? query.data : {}, clock.now());
    }
    const page = await deps.readOrderPage(request.params.id);
    if (page === undefined) {
      throw new UserError('ORDER_NOT_FOUND', {
        zh: '没有这一单，可能已归档。请在群里用单号再查一次。',
        en: 'There is no such order; it may be archived. Ask for it by number in the group.',
      });
    }
    const view: OrderView = {
      page,
      language: visitor.language,
      person: visitor.person,
      menu: deps.menu(),
      loginHref,
      hrefOf: visitor.person === undefined ? null : (id) => `/o/${id}`,
    };
    void reply.type(htmlType);
    if (request.headers['x-part'] === 'main') return await reply.send(orderPartHtml(view).toString());
    return await reply.send(
      pageHtml(await visitors.frame(request, visitor), {
        title: tailOf(page.order.channelOrderNo),
        name: 'order',
        body: orderHtml(view),
        scripts: ['refresh.js'],
        reload: 60,
      }),
    );
  });

  web.get<{ Params: { id: string; language: string } }>('/x/:id/:language', async (request, reply) => {
    const { id, language } = request.params;
    const path = `/x/${id}/${language}`;
    const { person } = await visitors.of(request);
    if (person === undefined) {
      const query = OrderQuery.safeParse(request.query);
      deps.links.verifyLink(path, query.success ? query.data : {}, clock.now());
    }
    const sheet = await deps.readSheet(id, language === 'en' ? 'en' : 'zh');
    if (sheet === undefined) {
      throw new UserError('NOT_FOUND', {
        zh: '没有这张表格了。请在群里再导出一次。',
        en: 'This sheet is no more. Export it again in the group.',
      });
    }
    const now = clock.now();
    const time = `${localDay(now, deps.timezone)}-${clockTime(now, deps.timezone).replace(':', '')}`;
    return await reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="orders-${time}.csv"`)
      .send(sheet);
  });

  // Shows a name, a phone and an address: no link opens it, only somebody who is logged in.
  web.get<{ Params: { file: string } }>('/labels/:file', async (request, reply) => {
    const { person } = await visitors.of(request);
    const { file } = request.params;
    if (person === undefined) {
      const next = encodeURIComponent(`/labels/${file}`);
      return await reply.redirect(deps.world === 'real' ? `/login?next=${next}` : '/room', 303);
    }
    const pdf = await deps.openLabel(person, file.replace(/\.pdf$/, ''));
    return await reply
      .type('application/pdf')
      .header('cache-control', 'no-store')
      .header('content-disposition', 'inline; filename="label.pdf"')
      .send(pdf);
  });

  const showLogin = async (
    request: Parameters<typeof visitors.of>[0],
    next: string,
    problem: string | undefined,
  ): Promise<string> => {
    const visitor = await visitors.of(request);
    const frame = { ...(await visitors.frame(request, visitor)), here: `/login?next=${encodeURIComponent(next)}` };
    const body = loginHtml(visitor.language, next, problem);
    return pageHtml(frame, { title: words.login[visitor.language], name: 'login', body, scripts: [] });
  };

  web.get<{ Querystring: { next?: unknown } }>('/login', async (request, reply) => {
    return await reply.type(htmlType).send(await showLogin(request, ownPath(request.query.next, '/room'), undefined));
  });

  web.post('/login', async (request, reply) => {
    const { code, next } = LoginBody.parse(request.body ?? {});
    const onward = ownPath(next, '/room');
    try {
      visitors.begin(reply, await deps.sessions.open(code, request.ip));
      return await reply.redirect(onward, 303);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const status = error.code === 'TOO_MANY_TRIES' ? 429 : 401;
      return await reply
        .status(status)
        .type(htmlType)
        .send(await showLogin(request, onward, error.text[visitors.languageOf(request)]));
    }
  });

  web.post('/logout', async (request, reply) => {
    await visitors.end(request, reply);
    return await reply.redirect('/login', 303);
  });
}
