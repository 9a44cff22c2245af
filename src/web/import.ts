import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Actor, may, type Person } from '../domain/actor.ts';
import { UserError } from '../domain/errors.ts';
import type { SheetMapping } from '../domain/sheet-order.ts';
import { pageHtml } from '../render/page/layout.ts';
import { timesFor } from '../render/page/time.ts';
import { words } from '../render/page/words.ts';
import { type ImportSheet, type ImportShop, type NewSheet, onlyLooks } from '../services/import-sheet.ts';
import { explainedFields, importHtml, importPartHtml, importResultHtml, type ShownImport } from './pages/import.ts';
import type { PageDeps } from './server.ts';
import type { Visitor } from './visitor.ts';

/** What the pages of sheets need besides. */
export interface ImportDeps {
  readonly imports: Pick<ImportSheet, 'accept' | 'find' | 'list' | 'explain'>;
  readonly importShops: () => readonly ImportShop[];
}

const mostBytes = 64 * 1_024 * 1_024;
const listed = 10;
const htmlType = 'text/html; charset=utf-8';
const Fields = z.object({
  shop: z.string().max(64).catch(''),
  modifiedAt: z.coerce.number().int().positive().catch(0),
});

/** Sheets that people drop on a page, and what became of them. */
export async function serveImport(web: FastifyInstance, deps: PageDeps): Promise<void> {
  const { visitors, imports, clock } = deps;
  await web.register(multipart, { limits: { fileSize: mostBytes, files: 1, fields: 8, fieldSize: 1_000 } });

  web.get('/import', async (request, reply) => {
    const visitor = await visitors.of(request);
    const { person, language } = visitor;
    if (person === undefined) return await reply.redirect(deps.world === 'real' ? '/login?next=/import' : '/room', 303);
    const body = importHtml({
      language,
      shops: deps.importShops(),
      mayImport: may(person.role, 'alert:act'),
      imports: await imports.list(listed),
      times: timesFor(language, deps.timezone, clock.now()),
    });
    return await reply.type(htmlType).send(
      pageHtml(await visitors.frame(request, visitor), {
        title: words.importing[language],
        name: 'import',
        body,
        scripts: ['import.js'],
      }),
    );
  });

  web.post('/import', async (request, reply) => {
    const { person } = await loggedIn(request);
    // Before the file, which may be large.
    if (!may(person.role, 'alert:act')) throw onlyLooks;
    const id = await imports.accept(await readUpload(request, { type: 'person', person }));
    if (String(request.headers.accept ?? '').includes('application/json'))
      return await reply.status(202).send({ id, path: `/import/${id}` });
    return await reply.redirect(`/import/${id}`, 303);
  });

  web.get<{ Params: { id: string } }>('/import/:id', async (request, reply) => {
    const visitor = await loggedIn(request);
    const { language } = visitor;
    const shown = await imports.find(request.params.id);
    if (shown === undefined) throw notFound;
    if (request.headers['x-part'] === 'main') {
      const times = timesFor(language, deps.timezone, clock.now());
      return await reply.type(htmlType).send(importPartHtml(shown, language, times).toString());
    }
    return await sendResult(request, reply, visitor, shown);
  });

  web.post<{ Params: { id: string } }>('/import/:id', async (request, reply) => {
    const visitor = await loggedIn(request);
    const { person } = visitor;
    const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
    const mapping = Object.fromEntries(
      explainedFields.flatMap((field) => {
        const heading = body[field];
        return typeof heading === 'string' && heading !== '' ? [[field, heading]] : [];
      }),
    ) as SheetMapping;
    try {
      await imports.explain(request.params.id, mapping, { type: 'person', person });
    } catch (error) {
      const shown = await imports.find(request.params.id);
      const isCorrigible = error instanceof UserError && error.code.startsWith('MAPPING_') && shown !== undefined;
      if (!isCorrigible || !String(request.headers.accept ?? '').includes('text/html')) throw error;
      // Back to the form, with what was chosen and what is wrong with it.
      const asked = { mapping, problem: error.text[visitor.language] };
      return await sendResult(request, reply.status(400), visitor, { ...shown, asked });
    }
    return await reply.redirect(`/import/${request.params.id}`, 303);
  });

  const sendResult = async (
    request: FastifyRequest,
    reply: FastifyReply,
    visitor: Visitor,
    shown: ShownImport & { readonly finishedAt: number | null },
  ): Promise<FastifyReply> => {
    const { language } = visitor;
    return await reply.type(htmlType).send(
      pageHtml(await visitors.frame(request, visitor), {
        title: words.importing[language],
        name: 'import',
        body: importResultHtml(shown, language, timesFor(language, deps.timezone, clock.now())),
        scripts: ['import.js'],
        ...(shown.finishedAt === null && shown.state !== 'unexplained' ? { reload: 2 } : {}),
      }),
    );
  };

  const loggedIn = async (request: FastifyRequest): Promise<Visitor & { person: Person }> => {
    const { person, language } = await visitors.of(request);
    if (person !== undefined) return { person, language };
    throw new UserError('LOGIN_REQUIRED', {
      zh: '请先登录：在私聊里对机器人说「登录」。',
      en: 'Log in first: say /login to the bot in private.',
    });
  };
}

/** The file and, before it in the form, what it is said to be. */
async function readUpload(request: FastifyRequest, actor: Actor): Promise<NewSheet> {
  if (!request.isMultipart()) throw noFile;
  const part = await request.file();
  if (part === undefined) throw noFile;
  const pieces: Buffer[] = [];
  for await (const piece of part.file) pieces.push(piece as Buffer);
  if (part.file.truncated) throw tooBig;
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (part.filename === '' && size === 0) throw noFile;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const told = Object.fromEntries(
    Object.entries(part.fields).flatMap(([name, field]) =>
      field !== undefined && !Array.isArray(field) && field.type === 'field' ? [[name, field.value]] : [],
    ),
  );
  const { shop, modifiedAt } = Fields.parse(told);
  return {
    fileName: part.filename,
    bytes,
    modifiedAt: modifiedAt === 0 ? null : modifiedAt,
    shopId: shop === '' ? null : shop,
    actor,
  };
}

const noFile = new UserError('NO_FILE', {
  zh: '没有选文件；请选好再传。',
  en: 'No file was chosen; choose one and send it.',
});
const tooBig = new UserError('SHEET_UNREADABLE', {
  zh: '文件超过 64 MB；请按日期分几次导出。',
  en: 'The file is larger than 64 MB; export it in parts, by date.',
});
const notFound = new UserError('NOT_FOUND', { zh: '没有这次导入。', en: 'There is no such import.' });
