import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Person } from '../domain/actor.ts';
import { UserError } from '../domain/errors.ts';
import { hidePhones } from '../domain/hide-phones.ts';
import { foreign } from '../domain/text.ts';
import { pageHtml } from '../render/page/layout.ts';
import { timesFor } from '../render/page/time.ts';
import { type RoomTab, roomHtml } from './pages/room.ts';
import { streamRoom } from './room-stream.ts';
import type { PageDeps } from './server.ts';
import { ownPath, type Visitor } from './visitor.ts';

const lastShown = 50;
const lastAtMost = 300;

const Tab = z.enum(['war', 'dm']).catch('war');
const RoomQuery = z.object({ room: Tab, last: z.coerce.number().int().min(1).max(lastAtMost).catch(lastShown) });
const StreamQuery = z.object({ room: Tab, after: z.coerce.number().int().min(0).catch(0) });
const MessageBody = z.object({
  text: z.string().trim().min(1).max(2_000),
  /** Names one press or one line, so that sending it again says it once. */
  key: z
    .string()
    .regex(/^[\w-]{8,64}$/)
    .optional()
    .catch(undefined),
  room: Tab,
});
const AsBody = z.object({ person: z.string(), next: z.string().optional() });

const roomIdOf = (tab: RoomTab, person: Person, warRoomId: string): string =>
  tab === 'war' ? warRoomId : `dm:web:${person.id}`;

/** The built-in group chat. */
export function serveRoom(web: FastifyInstance, deps: PageDeps): void {
  const { visitors, stores, clock } = deps;

  web.get('/room', async (request, reply) => {
    const visitor = await someone(request, reply);
    if (visitor.person === undefined) return await reply.redirect('/login?next=/room', 303);
    const { person, language } = visitor;
    const { room, last } = RoomQuery.parse(request.query);
    const rows = await stores.room.latest(roomIdOf(room, person, deps.warRoomId), last);
    const sorted = [...rows].sort((a, b) => a.id - b.id);
    const body = roomHtml({
      tab: room,
      language,
      person,
      times: timesFor(language, deps.timezone, clock.now()),
      rows: sorted,
      hasOlder: rows.length === last && last < lastAtMost,
      menu: deps.menu(),
      key: randomUUID(),
      nameOf: await namesOf(),
    });
    const title = language === 'zh' ? '订单作战群' : 'War room';
    const frame = await visitors.frame(request, visitor);
    return await reply
      .type('text/html; charset=utf-8')
      .send(pageHtml(frame, { title, name: 'room', body, scripts: ['room.js', 'complete.js'] }));
  });

  web.get('/room/stream', async (request, reply) => {
    const visitor = await loggedIn(request);
    const { room, after } = StreamQuery.parse(request.query);
    const lastEventId = Number(request.headers['last-event-id']);
    await streamRoom(request, reply, {
      ...deps,
      visitor,
      tab: room,
      roomId: roomIdOf(room, visitor.person, deps.warRoomId),
      after: Number.isSafeInteger(lastEventId) && lastEventId > 0 ? lastEventId : after,
      nameOf: await namesOf(),
    });
  });

  web.post('/room/messages', async (request, reply) => {
    const { person } = await loggedIn(request);
    const parsed = MessageBody.safeParse(request.body);
    if (!parsed.success) {
      throw new UserError('MESSAGE_UNREADABLE', {
        zh: '消息是空的，或超过 2000 字，没有发出。',
        en: 'The message is empty or longer than 2,000 characters; it was not sent.',
      });
    }
    const { room, key = randomUUID() } = parsed.data;
    const text = hidePhones(parsed.data.text);
    const roomId = roomIdOf(room, person, deps.warRoomId);
    // With the person in front: nobody can take the key of somebody else's message.
    const messageId = `${person.id}:${key}`;
    const id = await stores.room.add({
      roomId,
      key: `in:${messageId}`,
      sender: `person:${person.id}`,
      card: { tone: 'info', lines: [[foreign(text)]], buttons: [], link: null, url: null },
      at: clock.now(),
    });
    deps.bell.ring(roomId);
    await deps.receive({ platform: 'web', messageId, roomId, isPrivate: room === 'dm', senderId: person.id, text });
    if (String(request.headers.accept ?? '').includes('application/json')) return await reply.status(202).send({ id });
    return await reply.redirect(room === 'dm' ? '/room?room=dm' : '/room', 303);
  });

  web.post('/room/as', async (request, reply) => {
    if (deps.world !== 'sandbox') throw loginRequired();
    const { person: id, next } = AsBody.parse(request.body);
    const person = await stores.people.find(id);
    if (person === undefined) {
      throw new UserError('PERSON_UNKNOWN', { zh: '没有这个人。', en: 'There is no such person.' });
    }
    await visitors.end(request, reply);
    visitors.begin(reply, await deps.sessions.openAs(person));
    return await reply.redirect(ownPath(next, '/room'), 303);
  });

  /** In the sandbox a first visitor is somebody at once, so that they can type. */
  const someone = async (request: FastifyRequest, reply: FastifyReply): Promise<Visitor> => {
    const visitor = await visitors.of(request);
    if (visitor.person !== undefined || deps.world === 'real') return visitor;
    const people = await stores.people.list();
    const first = people.find(({ role }) => role === 'ops-lead') ?? people[0];
    if (first === undefined) return visitor;
    visitors.begin(reply, await deps.sessions.openAs(first));
    return { ...visitor, person: first };
  };

  const loggedIn = async (request: FastifyRequest): Promise<Visitor & { person: Person }> => {
    const { person, language } = await visitors.of(request);
    if (person === undefined) throw loginRequired();
    return { person, language };
  };

  const namesOf = async (): Promise<(sender: string) => string> => {
    const names = new Map((await stores.people.list()).map(({ id, name }) => [`person:${id}`, name]));
    return (sender) => names.get(sender) ?? sender.replace(/^\w+:/, '');
  };
}

const loginRequired = (): UserError =>
  new UserError('LOGIN_REQUIRED', {
    zh: '请先登录：在私聊里对机器人说「登录」。',
    en: 'Log in first: say /login to the bot in private.',
  });
