import { randomUUID } from 'node:crypto';
import type { RawData } from 'ws';
import type { Context } from '../exchange.ts';
import type { SocketRoute } from '../sockets.ts';
import { bodyOf, ok, type PlainRoute, refuse } from './answers.ts';
import { settleClick } from './cards.ts';
import { type Connection, countCall, type Push, type State } from './state.ts';
import { app } from './tenant.ts';

const SHEET = 'dingtalk.md §1.4';
const MOST_DELIVERIES = 10;

export const TOPIC_ROBOT = '/v1.0/im/bot/messages/get';
export const TOPIC_CARD = '/v1.0/card/instances/callback';

/** `POST /v1.0/gateway/connections/open`: one ticket for one connection. */
export function openRoute(state: State): PlainRoute {
  return {
    method: 'POST',
    path: '/v1.0/gateway/connections/open',
    sheet: SHEET,
    kind: 'write',
    answer(context, call) {
      state.counts.opens += 1;
      const { opens } = state.trouble;
      if (opens.times > 0) {
        opens.times -= 1;
        return refuse(opens.status, opens.status === 429 ? 'Throttling' : 'ServiceUnavailable');
      }
      const body = bodyOf(call);
      if (body.clientId !== app.clientId || body.clientSecret !== app.clientSecret) {
        return refuse(401, 'authFailed', 'clientId or clientSecret is wrong');
      }
      const subscriptions = Array.isArray(body.subscriptions) ? (body.subscriptions as Record<string, unknown>[]) : [];
      const topics = subscriptions.map(({ type, topic }) => `${String(type)} ${String(topic)}`);
      if (topics.length === 0) return refuse(400, 'param.subscriptionsMissing');
      const ticket = randomUUID();
      state.tickets.set(ticket, { expiresAt: Date.now() + state.settings.ticketMs, topics });
      const endpoint = `${context.url().replace(/^http/, 'ws')}/dingtalk/connect`;
      return ok({ endpoint, ticket });
    },
  };
}

/** The socket behind the ticket. */
export function connectSocket(state: State): SocketRoute {
  return {
    path: '/connect',
    sheet: SHEET,
    refuse(_context, { query }) {
      state.counts.handshakes += 1;
      const { handshakes } = state.trouble;
      if (handshakes.times > 0) {
        handshakes.times -= 1;
        return handshakes.how;
      }
      const ticket = state.tickets.get(query.get('ticket') ?? '');
      return ticket === undefined || ticket.expiresAt <= Date.now() ? 401 : undefined;
    },
    open(_context, socket, { query }) {
      const ticket = query.get('ticket') ?? '';
      const topics = state.tickets.get(ticket)?.topics ?? [];
      state.tickets.delete(ticket);
      state.next += 1;
      const connection: Connection = {
        id: `c${state.next}`,
        socket,
        topics,
        isOpen: true,
        isGoingAway: false,
        isHalfOpen: false,
        openedAt: Date.now(),
      };
      state.connections.push(connection);
      socket.on('message', (data) => hearAck(state, connection, data));
      socket.on('close', () => {
        connection.isOpen = false;
      });
    },
  };
}

function hearAck(state: State, connection: Connection, raw: RawData): void {
  let frame: { code?: unknown; headers?: { messageId?: string }; data?: unknown };
  try {
    frame = JSON.parse((raw as Buffer).toString('utf8')) as typeof frame;
  } catch {
    return;
  }
  if (connection.isHalfOpen) return;
  const messageId = frame.headers?.messageId ?? '';
  const push = state.pushes.get(messageId);
  const isWrongSocket = push !== undefined && push.connections.at(-1) !== connection.id;
  const afterMs = push === undefined ? 0 : Date.now() - push.pushedAt;
  let data: unknown = frame.data;
  try {
    data = JSON.parse(String(frame.data));
  } catch {}
  state.acks.push({ messageId, connection: connection.id, isWrongSocket, code: frame.code, data, afterMs });
  if (push === undefined || isWrongSocket || frame.code !== 200) return;
  if (push.type === 'EVENT' && (data as { status?: unknown } | null)?.status !== 'SUCCESS') return;
  push.isAcked = true;
  if (push.topic === TOPIC_CARD) settleClick(state, messageId, afterMs, data);
}

interface NewPush {
  readonly type: Push['type'];
  readonly topic: string;
  readonly data: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Pushes to one of the connections that listen, and again while nobody acknowledges it. */
export function push(state: State, { world }: Context, { type, topic, data, headers = {} }: NewPush): Push {
  countCall(state, world.clock.now());
  const made: Push = {
    type,
    topic,
    messageId: randomUUID(),
    data: JSON.stringify(data),
    headers,
    connections: [],
    pushedAt: Date.now(),
    isAcked: false,
  };
  state.pushes.set(made.messageId, made);
  deliver(state, made);
  return made;
}

/** Sends a push, once more even when it was acknowledged. */
export function deliver(state: State, one: Push): void {
  const listens = ({ topics }: Connection): boolean => topics.includes(`${one.type} ${one.topic}`);
  const live = state.connections.filter((each) => each.isOpen && !each.isGoingAway && listens(each));
  const chosen = live[Math.floor(Math.random() * live.length)];
  one.pushedAt = Date.now();
  if (chosen !== undefined) {
    one.connections.push(chosen.id);
    if (!chosen.isHalfOpen) chosen.socket.send(JSON.stringify(frameOf(one, chosen.id)));
  }
  // A callback that nobody listened for is gone; an event comes again (dingtalk.md §1.5).
  if (one.connections.length === 0 && one.type === 'CALLBACK') return;
  setTimeout(() => {
    if (!one.isAcked && one.connections.length < MOST_DELIVERIES && state.pushes.get(one.messageId) === one)
      deliver(state, one);
  }, state.settings.redeliverMs).unref();
}

function frameOf({ type, topic, messageId, data, headers }: Push, connectionId: string): object {
  const time = String(Date.now());
  const shared = { topic, messageId, contentType: 'application/json', time, appId: 'app-demo', connectionId };
  return { specVersion: '1.0', type, headers: { ...shared, ...headers }, data };
}

const system = (topic: string, data: object): string =>
  JSON.stringify({
    specVersion: '1.0',
    type: 'SYSTEM',
    headers: { topic, messageId: randomUUID(), contentType: 'application/json', time: String(Date.now()) },
    data: JSON.stringify(data),
  });

/** What can be done to a live connection. */
export const breakages: Readonly<Record<string, (state: State, connection: Connection) => void>> = {
  /** Says goodbye, pushes nothing more, closes later. */
  disconnect(state, connection) {
    connection.isGoingAway = true;
    connection.socket.send(system('disconnect', { reason: 'persistent connection is timeout' }));
    setTimeout(() => connection.socket.close(), state.settings.closeAfterDisconnectMs).unref();
  },
  kill: (_state, { socket }) => socket.terminate(),
  /** The line is dead and nobody was told. */
  'half-open': (_state, connection) => {
    connection.isHalfOpen = true;
    connection.socket.pong = () => undefined;
  },
  'bad-frame': (_state, { socket }) => socket.send('{"specVersion":"1.0", this is no JSON'),
  ping: (_state, { socket }) => socket.send(system('ping', { opaque: 'opaque-demo' })),
  registered: (_state, { socket }) => socket.send(system('REGISTERED', {})),
  'strange-topic': (_state, { socket }) =>
    socket.send(JSON.stringify({ type: 'CALLBACK', headers: { topic: 'error', messageId: 'strange' }, data: '{}' })),
};
