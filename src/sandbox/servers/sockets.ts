import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Context, Server } from './exchange.ts';

/** The request that asks for a WebSocket. */
export interface Upgrade {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** One WebSocket path of a server: who may open it, and what happens on it. */
export interface SocketRoute {
  /** Below the server's prefix. */
  readonly path: string;
  readonly sheet: string;
  /** Looks at the handshake; a status refuses it, `drop` cuts the line, `hang` leaves it unanswered. */
  refuse?(context: Context, upgrade: Upgrade): number | 'drop' | 'hang' | undefined;
  open(context: Context, socket: WebSocket, upgrade: Upgrade): void;
}

/** Takes the WebSocket upgrades of all servers, by their path. The answer ends every socket. */
export function mountSockets(http: HttpServer, servers: readonly Server[], context: Context): () => void {
  const routes = new Map(
    servers.flatMap(({ prefix, sockets = [] }) => sockets.map((route) => [prefix + route.path, route] as const)),
  );
  const hanging = new Set<Duplex>();
  const accepting = new WebSocketServer({ noServer: true, clientTracking: true });
  http.on('upgrade', (request: IncomingMessage, line: Duplex, head: Buffer) => {
    line.on('error', () => line.destroy());
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox');
    const route = routes.get(pathname);
    const upgrade = { path: pathname, query: searchParams, headers: request.headers };
    const refused = route === undefined ? 404 : route.refuse?.(context, upgrade);
    if (refused === 'drop') return void line.destroy();
    if (refused === 'hang') return void hanging.add(line.resume());
    if (route === undefined || refused !== undefined) {
      line.end(`HTTP/1.1 ${refused} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    accepting.handleUpgrade(request, line, head, (socket) => {
      socket.on('error', () => socket.terminate());
      route.open(context, socket, upgrade);
    });
  });
  return () => {
    for (const line of hanging) line.destroy();
    for (const socket of accepting.clients) socket.terminate();
    accepting.close();
  };
}
