import { z } from 'zod';
import { addFault } from '../../world/faults.ts';
import { bodyOf, doorRoute, faultFields, loopbackOnly } from '../doors.ts';
import type { Context, Server } from '../exchange.ts';
import { viewOf } from './cards.ts';
import { contentOf, dataOf, Kind } from './people.ts';
import { resetState, type State, say } from './state.ts';
import { breakages, deliver, push, TOPIC_CARD, TOPIC_ROBOT } from './stream.ts';
import { app, group } from './tenant.ts';

const NewSay = z.object({
  by: z.string(),
  text: z.string().default(''),
  isPrivate: z.boolean().default(false),
  kind: Kind.default('text'),
  /** In a group the robot hears only who mentions it. */
  mentions: z.boolean().default(true),
  createdAgoMs: z.number().default(0),
  /** The bytes of a file, in base64, and its name. */
  file: z.object({ name: z.string(), bytes: z.base64() }).optional(),
});
const NewClick = z.object({
  by: z.string(),
  outTrackId: z.string(),
  button: z.string(),
  quirk: z.enum(['none', 'value', 'bare']).default('none'),
});
const NewTrouble = z
  .strictObject({
    opens: z.object({ status: z.number(), times: z.number() }),
    handshakes: z.object({ how: z.union([z.number(), z.enum(['drop', 'hang'])]), times: z.number() }),
    lateAnswers: z.number(),
    refusals: z.array(z.object({ route: z.string(), status: z.number(), body: z.unknown(), times: z.number() })),
    webhookBlock: z.number(),
    keyword: z.string(),
    slowed: z.array(z.string()),
  })
  .partial();
const count = z.number().int().nonnegative();
const NewSettings = z
  .strictObject({
    ticketMs: count,
    redeliverMs: count,
    closeAfterDisconnectMs: count,
    cardAnswerMs: count,
    perSecond: count,
    perMonth: count,
  })
  .partial();
const NewFault = z.object(faultFields);

const route = doorRoute('dingtalk.md §8');
const guard = loopbackOnly({ status: 403, body: {}, outcome: 'loopback only' });

/** The doors behind DingTalk: play its people, break its lines, read what the group saw. Only for this machine. */
export function createDingTalkControl(state: State): Server {
  const routes = [
    route('GET', '', () => show(state)),
    route('GET', '/view/:outTrackId/:user', (_context, call) => {
      const card = state.cards.get(call.params.outTrackId ?? '');
      if (card === undefined) throw new Error('no such card');
      return viewOf(card, call.params.user ?? '');
    }),
    route('POST', '/say', (context, call) => personSays(state, context, NewSay.parse(bodyOf(call)))),
    route('POST', '/click', (context, call) => personClicks(state, context, NewClick.parse(bodyOf(call)))),
    route('POST', '/event', (context, call) => {
      const { eventType } = z.object({ eventType: z.string() }).parse(bodyOf(call));
      const headers = { eventType, eventId: `event-${state.next}`, eventCorpId: app.corpId };
      const { messageId } = push(state, context, { type: 'EVENT', topic: '*', data: { eventType }, headers });
      return { messageId };
    }),
    route('POST', '/again/:messageId', (_context, call) => {
      const one = state.pushes.get(call.params.messageId ?? '');
      if (one === undefined) throw new Error('no such push');
      deliver(state, one);
      return { connections: one.connections };
    }),
    route('POST', '/line/:how', (_context, call) => {
      const break_ = breakages[call.params.how ?? ''];
      if (break_ === undefined) throw new Error(`how: ${Object.keys(breakages).join(', ')}`);
      const live = state.connections.filter(({ isOpen, isGoingAway }) => isOpen && !isGoingAway);
      for (const connection of live) break_(state, connection);
      return { connections: live.map(({ id }) => id) };
    }),
    route('POST', '/trouble', (_context, call) => Object.assign(state.trouble, NewTrouble.parse(bodyOf(call)))),
    route('POST', '/settings', (_context, call) => Object.assign(state.settings, NewSettings.parse(bodyOf(call)))),
    route('POST', '/faults', ({ world }, call) => ({
      id: addFault(world, { server: 'dingtalk', ...NewFault.parse(bodyOf(call)) }),
    })),
    route('POST', '/expire-token', () => {
      state.token = undefined;
      return {};
    }),
    route('POST', '/reset', () => {
      resetState(state);
      return {};
    }),
  ];
  return { name: 'control', prefix: '/world/dingtalk', routes, guard };
}

function show(state: State): object {
  return {
    said: state.said,
    cards: [...state.cards.values()].map(({ views, ...card }) => ({ ...card, views: Object.fromEntries(views) })),
    clicks: state.clicks,
    connections: state.connections.map(({ socket: _socket, ...connection }) => connection),
    pushes: [...state.pushes.values()],
    acks: state.acks,
    counts: state.counts,
    month: state.month,
    dings: state.dings,
  };
}

function personSays(state: State, context: Context, { file, ...words }: z.output<typeof NewSay>): object {
  const code = `file-${state.next}`;
  if (file !== undefined) state.files.set(code, Buffer.from(file.bytes, 'base64'));
  const said = { ...words, file: file && { name: file.name, code } };
  const at = context.world.clock.now();
  const chat = said.isPrivate ? said.by : group.id;
  const entry = say(state, { at, chat, from: said.by, via: 'person', kind: said.kind, content: contentOf(said) });
  if (!said.isPrivate && !said.mentions) return { messageId: null, msgId: null };
  const session = `session-${entry.id}`;
  const expiresAt = at + 5_400_000;
  state.sessions.set(session, { chat, expiresAt });
  const url = `${context.url()}/dingtalk/robot/sendBySession?session=${session}`;
  const data = dataOf(said, { msgId: `msg${entry.id}==`, createAt: at - said.createdAgoMs, url, expiresAt });
  const { messageId, connections } = push(state, context, { type: 'CALLBACK', topic: TOPIC_ROBOT, data });
  return { messageId, msgId: data.msgId, sessionWebhook: url, connections };
}

/** The template of the war room: button n is called bn, and carries the command of variable cn. */
function personClicks(
  state: State,
  context: Context,
  { by, outTrackId, button, quirk }: z.output<typeof NewClick>,
): object {
  const card = state.cards.get(outTrackId);
  if (card === undefined) throw new Error('no such card');
  const params = { action: button, command: card.data[button.replace('b', 'c')] ?? '' };
  const content = JSON.stringify({ cardPrivateData: { actionIds: [button], params } });
  const space = quirk === 'bare' ? {} : { userIdType: 1, spaceId: card.chat, spaceType: card.space };
  const data = {
    type: 'actionCallback',
    outTrackId,
    corpId: app.corpId,
    userId: by,
    ...space,
    ...(quirk === 'value' ? { value: content, extension: '{}' } : { content }),
  };
  if (!card.calls) return { messageId: null };
  const { messageId, connections } = push(state, context, { type: 'CALLBACK', topic: TOPIC_CARD, data });
  const click = { outTrackId, by, messageId, outcome: 'waiting' as 'waiting' | 'lost', updatedInside: false };
  if (connections.length === 0) click.outcome = 'lost';
  state.clicks.push(click);
  setTimeout(() => {
    const late = state.clicks.find((each) => each.messageId === messageId);
    if (late?.outcome === 'waiting') late.outcome = 'timeout';
  }, state.settings.cardAnswerMs).unref();
  return { messageId };
}
