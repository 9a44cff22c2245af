import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import { bodyOf, bytes, ok, type PlainRoute, refuse, text } from './answers.ts';
import { type State, say } from './state.ts';
import { app, group, isPerson } from './tenant.ts';

const SHEET = 'dingtalk.md §3.4';
const LONGEST_PARAM = 15_000;
const MOST_PEOPLE = 20;

const vertical = (count: number): readonly string[] => [
  'title',
  'text',
  ...Array.from({ length: count }, (_, at) => [`actionTitle${at + 1}`, `actionURL${at + 1}`]).flat(),
];

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  sampleText: ['content'],
  sampleMarkdown: ['title', 'text'],
  sampleLink: ['title', 'text', 'messageUrl', 'picUrl'],
  sampleImageMsg: ['photoURL'],
  sampleActionCard: ['title', 'text', 'singleTitle', 'singleURL'],
  sampleActionCard2: vertical(2),
  sampleActionCard3: vertical(3),
  sampleActionCard4: vertical(4),
  sampleActionCard5: vertical(5),
  sampleActionCard6: ['title', 'text', 'buttonTitle1', 'buttonUrl1', 'buttonTitle2', 'buttonUrl2'],
};

export function robotRoutes(state: State): readonly PlainRoute[] {
  const route = (
    method: PlainRoute['method'],
    path: string,
    answer: (world: World, call: Call) => Answer,
  ): PlainRoute => ({
    method,
    path: `/v1.0/robot${path}`,
    sheet: SHEET,
    kind: method === 'GET' ? 'read' : 'write',
    answer: ({ world }, call) => answer(world, call),
  });
  return [
    route('POST', '/groupMessages/send', (world, call) => sendToGroup(state, world, call)),
    route('POST', '/oToMessages/batchSend', (world, call) => sendToPeople(state, world, call)),
    route('POST', '/groupMessages/recall', (_world, call) => recall(state, call)),
    route('POST', '/otoMessages/batchRecall', (_world, call) => recall(state, call)),
    route('POST', '/groupMessages/query', (_world, call) => query(state, text(bodyOf(call).processQueryKey))),
    route('GET', '/oToMessages/readStatus', (_world, call) => query(state, call.query.get('processQueryKey') ?? '')),
    route('POST', '/groups/query', () => ok({ openConversationIds: [group.id], hasMore: false })),
  ];
}

/** The parsed parameters of a message, or the refusal. */
function readMessage(body: Record<string, unknown>): { kind: string; content: Record<string, unknown> } | Answer {
  if (body.robotCode !== app.clientId) return refuse(400, 'robot.notExist');
  const { msgParam } = body;
  if (typeof msgParam !== 'string') return refuse(400, 'invalidParameter.msgParam.invalid', 'msgParam is no string');
  if (bytes(msgParam) > LONGEST_PARAM) return refuse(400, 'invalidParameter.msgParam.tooLong');
  const kind = text(body.msgKey);
  const fields = fieldsOf[kind];
  if (fields === undefined) return refuse(400, 'invalidParameter.msgKey.invalid');
  let content: Record<string, unknown>;
  try {
    content = JSON.parse(msgParam) as Record<string, unknown>;
  } catch {
    return refuse(400, 'invalidParameter.msgParam.invalid', 'msgParam is no JSON');
  }
  const missing = fields.find((field) => typeof content[field] !== 'string' || content[field] === '');
  if (missing !== undefined) return refuse(400, 'invalidParameter.msgParam.invalid', `${missing} is missing`);
  return { kind, content };
}

function sendToGroup(state: State, world: World, call: Call): Answer {
  const body = bodyOf(call);
  const message = readMessage(body);
  if ('status' in message) return message;
  if (body.openConversationId !== group.id) return refuse(400, 'robot.group.notExist');
  const said = say(state, { ...message, at: world.clock.now(), chat: group.id, from: 'bot', via: 'robot' });
  return ok({ processQueryKey: said.key }, true);
}

function sendToPeople(state: State, world: World, call: Call): Answer {
  const body = bodyOf(call);
  const message = readMessage(body);
  if ('status' in message) return message;
  const userIds = Array.isArray(body.userIds) ? body.userIds.map(String) : [];
  if (userIds.length === 0 || userIds.length > MOST_PEOPLE) return refuse(400, 'invalidParameter.userIds.invalid');
  const known = userIds.filter(isPerson);
  const slowed = known.filter((id) => state.trouble.slowed.includes(id));
  const keys = known
    .filter((id) => !slowed.includes(id))
    .map((id) => say(state, { ...message, at: world.clock.now(), chat: id, from: 'bot', via: 'robot' }).key);
  return ok(
    {
      processQueryKey: keys[0] ?? `pqk-none`,
      invalidStaffIdList: userIds.filter((id) => !isPerson(id)),
      flowControlledStaffIdList: slowed,
    },
    keys.length > 0,
  );
}

function recall(state: State, call: Call): Answer {
  const body = bodyOf(call);
  const keys = Array.isArray(body.processQueryKeys) ? body.processQueryKeys.map(String) : [];
  const found = state.said.filter(({ key }) => keys.includes(key));
  for (const one of found) one.isRecalled = true;
  const missing = keys.filter((key) => !found.some((one) => one.key === key));
  return ok(
    {
      successResult: found.map(({ key }) => key),
      failedResult: Object.fromEntries(missing.map((key) => [key, 'not found'])),
    },
    true,
  );
}

function query(state: State, key: string): Answer {
  const found = state.said.find((one) => one.key === key);
  if (found === undefined) return refuse(400, 'invalidParameter.processQueryKey.invalid');
  return ok({ sendStatus: found.isRecalled ? 'RECALLED' : 'SUCCESS', readUserIds: [], hasMore: false });
}
