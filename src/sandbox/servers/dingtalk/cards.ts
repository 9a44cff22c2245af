import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import { bodyOf, bytes, ok, type PlainRoute, refuse, text } from './answers.ts';
import { type Card, type State, say } from './state.ts';
import { app, group, isPerson, templates } from './tenant.ts';

const SHEET = 'dingtalk.md §4.1';
const LONGEST_KEY = 100;
const LONGEST_VALUE = 1_024;

export function cardRoutes(state: State): readonly PlainRoute[] {
  return [
    {
      method: 'POST',
      path: '/v1.0/card/instances/createAndDeliver',
      sheet: SHEET,
      kind: 'write',
      answer: ({ world }, call) => create(state, world, call),
    },
    {
      method: 'PUT',
      path: '/v1.0/card/instances',
      sheet: 'dingtalk.md §4.2',
      kind: 'write',
      answer: (_context, call) => update(state, call),
    },
  ];
}

/** The map of a card's variables, or what is wrong with it. */
function readMap(holder: unknown): Record<string, string> | Answer {
  const map = (holder as { cardParamMap?: unknown } | undefined)?.cardParamMap;
  if (typeof map !== 'object' || map === null) return refuse(400, 'param.cardParamMapInvalid', 'no cardParamMap');
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string') return refuse(400, 'param.cardParamMapInvalid', `${key} is no string`);
    if (bytes(key) > LONGEST_KEY || bytes(value) > LONGEST_VALUE)
      return refuse(400, 'param.cardParamMapInvalid', `${key} is too long`);
  }
  return map as Record<string, string>;
}

const isAnswer = (value: Record<string, string> | Answer): value is Answer => typeof value.status === 'number';

function create(state: State, world: World, call: Call): Answer {
  const body = bodyOf(call);
  const templateId = text(body.cardTemplateId);
  const outTrackId = text(body.outTrackId);
  if (templates[templateId] === undefined) return refuse(400, 'param.templateNotExist');
  if (templates[templateId] !== 'published') return refuse(400, 'param.templateUnpublished');
  if (outTrackId === '') return refuse(400, 'param.outTrackIdInvalid');
  if (state.cards.has(outTrackId)) return refuse(400, 'param.cardAlreadyExist');
  const data = readMap(body.cardData);
  if (isAnswer(data)) return data;
  const [, space, chat = ''] = /^dtv1\.card\/\/(IM_GROUP|IM_ROBOT)\.(.+)$/.exec(text(body.openSpaceId)) ?? [];
  if (space !== 'IM_GROUP' && space !== 'IM_ROBOT') return refuse(400, 'param.openSpaceIdInvalid');
  const model = body[space === 'IM_GROUP' ? 'imGroupOpenDeliverModel' : 'imRobotOpenDeliverModel'];
  const robotCode = (model as { robotCode?: unknown } | undefined)?.robotCode;
  const isMember = space === 'IM_GROUP' ? chat === group.id : isPerson(chat);
  const reached = isMember && robotCode === app.clientId;
  const calls = body.callbackType === 'STREAM';
  state.cards.set(outTrackId, { outTrackId, templateId, chat, space, calls, data, views: new Map() });
  for (const [user, own] of Object.entries((body.privateData ?? {}) as Record<string, unknown>)) {
    const map = readMap(own);
    if (!isAnswer(map)) state.cards.get(outTrackId)?.views.set(user, map);
  }
  if (reached) {
    const at = (model as { atUserIds?: unknown }).atUserIds;
    const content = { outTrackId, ...(at === undefined ? {} : { at }) };
    say(state, { at: world.clock.now(), chat, from: 'bot', via: 'card', kind: templateId, content });
  }
  const result = {
    spaceType: space,
    spaceId: chat,
    success: reached,
    carrierId: `carrier-${state.next}`,
    errorMsg: reached ? '' : 'chatbot is not in the space',
  };
  return ok({ success: true, result: { outTrackId, deliverResults: [result] } }, true);
}

function update(state: State, call: Call): Answer {
  const body = bodyOf(call);
  const card = state.cards.get(text(body.outTrackId));
  if (card === undefined) return refuse(400, 'param.cardNotExist');
  const options = (body.cardUpdateOptions ?? {}) as Record<string, unknown>;
  if (body.cardData !== undefined) {
    const data = readMap(body.cardData);
    if (isAnswer(data)) return data;
    // What one person was shown by a click's answer gives way to what everybody is shown.
    card.data = options.updateCardDataByKey === true ? { ...card.data, ...data } : data;
  }
  for (const [user, own] of Object.entries((body.privateData ?? {}) as Record<string, unknown>)) {
    const map = readMap(own);
    if (isAnswer(map)) return map;
    const old = options.updatePrivateDataByKey === true ? card.views.get(user) : {};
    card.views.set(user, { ...old, ...map });
  }
  for (const click of state.clicks)
    if (click.outTrackId === card.outTrackId && click.outcome === 'waiting') click.updatedInside = true;
  return ok({ success: true, result: true }, true);
}

/** The card as one person sees it. */
export const viewOf = (card: Card, user: string): Record<string, string> => ({ ...card.data, ...card.views.get(user) });

/** The answer of a click changes the clicker's view only, and only when it comes in time (dingtalk.md §4.3). */
export function settleClick(state: State, messageId: string, afterMs: number, data: unknown): void {
  const click = state.clicks.find((each) => each.messageId === messageId);
  if (click === undefined || click.outcome === 'timeout') return;
  click.outcome = afterMs > state.settings.cardAnswerMs ? 'timeout' : 'answered';
  const card = state.cards.get(click.outTrackId);
  if (card === undefined || click.outcome === 'timeout') return;
  const answer = (data as { response?: Record<string, unknown> } | null)?.response ?? {};
  for (const part of ['cardData', 'userPrivateData'] as const) {
    if (answer[part] === undefined) continue;
    const map = readMap(answer[part]);
    if (!isAnswer(map)) card.views.set(click.by, { ...card.views.get(click.by), ...map });
  }
}
