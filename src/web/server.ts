import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { MenuEntry } from '../domain/menu.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Inbound } from '../ports/messenger.ts';
import type { Storage } from '../ports/stores.ts';
import type { CheckUp } from '../services/check-up.ts';
import type { ReadSheet } from '../services/export-orders.ts';
import type { Links } from '../services/links.ts';
import type { OpenLabel } from '../services/open-label.ts';
import type { ReadBoard } from '../services/read-board.ts';
import type { ReadOrderPage } from '../services/read-order-page.ts';
import type { Sessions } from '../services/sessions.ts';
import { serveAssets } from './assets.ts';
import { addHeaders, createHostCheck } from './guard.ts';
import { type Readiness, serveHealth } from './health.ts';
import { type HookDeps, serveHooks } from './hooks.ts';
import { type ImportDeps, serveImport } from './import.ts';
import { servePages } from './pages.ts';
import { mapErrors } from './problem.ts';
import { serveRoom } from './room.ts';
import type { RoomBell } from './room-bell.ts';
import { createVisitors, type Visitors } from './visitor.ts';

const bodyLimit = 64 * 1_024;

export interface WebDeps extends HookDeps, ImportDeps {
  readonly stores: Pick<Storage, 'room' | 'people'>;
  readonly clock: Clock;
  /** IANA zone of the company. */
  readonly timezone: string;
  readonly language: Language;
  /** In the sandbox one may be anybody; in the real world one logs in. */
  readonly world: 'sandbox' | 'real';
  /** Our row of the built-in room; private chats are `dm:web:<person>`. */
  readonly warRoomId: string;
  readonly menu: () => readonly MenuEntry[];
  /** Resolves once the message is stored; the answer comes through the room. The same messageId again changes nothing. */
  readonly receive: (inbound: Inbound) => Promise<unknown>;
  readonly sessions: Sessions;
  readonly links: Links;
  readonly readBoard: ReadBoard;
  readonly readOrderPage: ReadOrderPage;
  readonly readSheet: ReadSheet;
  readonly openLabel: OpenLabel;
  readonly checkUp: () => Promise<CheckUp>;
  readonly readiness: () => Readiness | Promise<Readiness>;
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
  readonly metricsToken: string | undefined;
  /** Host names, with or without a port, under which pages may be opened; the one of `publicUrl` is always among them. */
  readonly allowedHosts: readonly string[];
  readonly publicUrl: string;
  /** The folder of `src/web/assets`, wherever the build put it. */
  readonly assetsDir: string;
  readonly log: Pick<Log, 'error'>;
  readonly bell: RoomBell;
}

/** What every page needs. */
export interface PageDeps extends WebDeps {
  readonly visitors: Visitors;
}

/** All pages as a value: tests inject into it, the app listens with it. */
export function createWeb(deps: WebDeps): FastifyInstance {
  const isHttps = deps.publicUrl.startsWith('https:');
  const web = fastify({
    logger: false,
    bodyLimit,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  addHeaders(web, isHttps);
  const asset = serveAssets(web, deps.assetsDir);
  const visitors = createVisitors({
    sessions: deps.sessions,
    listPeople: () => deps.stores.people.list(),
    now: () => deps.clock.now(),
    language: deps.language,
    world: deps.world,
    isHttps,
    asset,
  });
  const pageDeps: PageDeps = { ...deps, visitors };
  const checkHost = createHostCheck(deps);

  void web.register(cookie);
  mapErrors(web, pageDeps);
  serveHealth(web, deps);
  serveHooks(web, deps);
  void web.register(async (pages) => {
    await pages.register(formbody, { bodyLimit });
    pages.addHook('onRequest', async (request, reply) => {
      checkHost(request);
      visitors.keepLanguage(request, reply);
    });
    servePages(pages, pageDeps);
    serveRoom(pages, pageDeps);
    await serveImport(pages, pageDeps);
  });
  return web;
}
