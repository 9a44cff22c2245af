import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../world/engine.ts';
import { type Fault, takeFault } from '../world/faults.ts';
import type { World } from '../world/world.ts';
import { logCall } from './calls.ts';
import type { SocketRoute } from './sockets.ts';

/** A request as the servers look at it. */
export interface Call {
  method: string;
  /** Path below the server's base, as the client spelt it. */
  path: string;
  /** Query as the client spelt it, without `?`. */
  search: string;
  query: URLSearchParams;
  params: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  ip: string;
  fault: Fault | undefined;
}

/** What a server answers, and what the log says of it. */
export interface Answer {
  status: number;
  /** A Buffer goes out as it is, everything else as JSON. */
  body: unknown;
  headers?: Record<string, string>;
  /** One word for the log: `ok`, or the error code. */
  outcome: string;
  /** Whether a write changed the world. */
  applied?: boolean;
}

/** What the servers stand on. */
export interface Context {
  world: World;
  engine: Engine;
  url(): string;
  /** Moves a manual world on, and lets the servers do what is due then. */
  advance(to: number): Promise<void>;
  reset(): Promise<void>;
}

/** One route: what it answers and where that is written down. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the server's prefix, with fastify's `:name` parameters. */
  path: string;
  /** Where the behaviour is written down; `shape: ours` where only the route is. */
  sheet: string;
  kind: 'read' | 'write';
  /** Where many interfaces share one address: which one this call means. Faults and the log go by its name. */
  interfaceOf?(call: Call): { name: string; kind: 'read' | 'write' } | undefined;
  answer(context: Context, call: Call): Answer | Promise<Answer>;
}

/** A vendor, as a set of routes below one prefix. */
export interface Server {
  name: string;
  prefix: string;
  routes: readonly Route[];
  sockets?: readonly SocketRoute[];
  /** Looks at a call before its route does; an answer ends it. */
  guard?(world: World, call: Call): Answer | undefined;
  notFound?(world: World, call: Call): Answer;
  /** What it does by itself once world time has moved. */
  afterTime?(context: Context): Promise<void>;
}

/** Registers a server's routes. Faults, the log and the catching up of the world are the same for all. */
export function mount(app: FastifyInstance, server: Server, context: Context): void {
  for (const route of server.routes) {
    app.route({
      method: route.method,
      url: server.prefix + route.path,
      exposeHeadRoute: false,
      handler: (request, reply) => serve(server, route, context, request, reply),
    });
  }
}

/** Answers a path no route has, the way the server whose prefix it carries would. */
export async function serveUnknown(
  servers: readonly Server[],
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const server = servers.find((one) => one.prefix !== '' && request.url.startsWith(`${one.prefix}/`));
  const unknown: Answer = {
    status: 404,
    body: { error: { code: 'not_found', message: 'no such route' } },
    outcome: 'not_found',
  };
  if (server === undefined) return send(reply, unknown);
  await context.engine.settle();
  const call = toCall(server, request, undefined);
  const answer = server.guard?.(context.world, call) ?? server.notFound?.(context.world, call) ?? unknown;
  logCall(context.world, server.name, call, '(none)', answer.status, answer.outcome, false);
  return send(reply, answer);
}

async function serve(
  server: Server,
  route: Route,
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { world, engine } = context;
  await engine.settle();
  const bare = toCall(server, request, undefined);
  const { name, kind } = route.interfaceOf?.(bare) ?? { name: route.path, kind: route.kind };
  const fault = server.name === 'control' ? undefined : takeFault(world, server.name, name, kind);
  const call = { ...bare, fault };
  const log = (status: number, outcome: string, applied: boolean): void => {
    if (server.name !== 'control') logCall(world, server.name, call, name, status, outcome, applied);
  };
  if (fault?.kind === 'delay') {
    await sleep(fault.ms);
    await engine.settle();
  }
  if (fault?.kind === 'drop-before') {
    log(0, 'drop-before', false);
    return drop(reply);
  }
  if (fault?.kind === '502' || fault?.kind === 'silent') {
    log(502, fault.kind, false);
    void reply.code(502).header('content-type', 'text/html').send('<html><h1>502 Bad Gateway</h1></html>');
    return;
  }
  const answer = await answerCall(server, route, context, call);
  log(answer.status, fault === undefined ? answer.outcome : `${fault.kind} ${answer.outcome}`, answer.applied ?? false);
  if (fault?.kind === 'drop-after') return drop(reply);
  if (fault?.kind === 'malformed') {
    const text = JSON.stringify(answer.body);
    void reply
      .code(answer.status)
      .header('content-type', 'application/json')
      .send(text.slice(0, Math.ceil(text.length / 2)));
    return;
  }
  return send(reply, answer);
}

function answerCall(server: Server, route: Route, context: Context, call: Call): Answer | Promise<Answer> {
  if (server.name === 'control') return server.guard?.(context.world, call) ?? route.answer(context, call);
  return context.world.store.transaction(() => server.guard?.(context.world, call) ?? route.answer(context, call));
}

function toCall(server: Server, request: FastifyRequest, fault: Fault | undefined): Call {
  const [path, search] = splitOnce(request.raw.url ?? '', '?');
  return {
    method: request.method,
    path: path.slice(server.prefix.length),
    search,
    query: new URLSearchParams(search),
    params: request.params as Record<string, string>,
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    ip: request.ip,
    fault,
  };
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function send(reply: FastifyReply, answer: Answer): void {
  const isFile = Buffer.isBuffer(answer.body);
  void reply
    .code(answer.status)
    .headers(answer.headers ?? {})
    .header('content-type', isFile ? 'application/octet-stream' : 'application/json; charset=utf-8');
  void reply.send(isFile ? answer.body : JSON.stringify(answer.body));
}

function drop(reply: FastifyReply): void {
  void reply.hijack();
  reply.raw.socket?.destroy();
}
