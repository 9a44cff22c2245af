import { worldWindow } from '../../world/clock.ts';
import { MINUTE } from '../../world/time.ts';
import type { Route } from '../exchange.ts';
import { type App, type AppHandler, appRoute, Texts } from './app-state.ts';
import { nextId, type Office, show } from './office.ts';
import { renderMarkdown, renderText } from './render.ts';
import { findGroup, findMember, tenant } from './tenant.ts';
import { verdict } from './webhook.ts';

/** Groups that the app makes itself. */
export const chatRoutes = (office: Office, app: App): readonly Route[] => [
  appRoute(office, app, '/cgi-bin/appchat/create', 'wecom.md §4.3', create),
  appRoute(office, app, '/cgi-bin/appchat/send', 'wecom.md §4.3', send),
];

const create: AppHandler = ({ office, app, body, secret }) => {
  const userids = Texts.safeParse(body.userlist).data ?? [];
  const owner = typeof body.owner === 'string' ? body.owner : (userids[0] ?? '');
  const chatid = typeof body.chatid === 'string' ? body.chatid : nextId(office, 'appchat');
  const isSized =
    userids.length >= 2 && userids.length <= 2_000 && userids.every((one) => findMember(one) !== undefined);
  if (!isSized || !userids.includes(owner)) return verdict(40_058);
  if (!/^[0-9A-Za-z]{1,32}$/.test(chatid) || app.chats.has(chatid)) return verdict(86_001);
  app.chats.set(chatid, { owner: secret, userids });
  return verdict(0, { chatid });
};

const send: AppHandler = ({ office, world, app, body, secret }) => {
  const chatid = String(body.chatid);
  const chat = app.chats.get(chatid);
  if (chat === undefined) return verdict(findGroup(chatid) === undefined ? 86_003 : 86_008);
  if (chat.owner !== secret) return verdict(86_008);
  const type = String(body.msgtype);
  if (type !== 'text' && type !== 'markdown') return verdict(40_008);
  const part = body[type] as { content?: unknown; mentioned_list?: unknown } | undefined;
  const content = part?.content;
  if (typeof content !== 'string' || content === '') return verdict(44_004);
  if (Buffer.byteLength(content) > 2_048) return verdict(45_002);
  const rendered = type === 'text' ? renderText(content, chat.userids) : renderMarkdown(content, chat.userids);
  const listed = type === 'text' ? (Texts.safeParse(part?.mentioned_list).data ?? []) : [];
  const called = listed.includes('@all') ? chat.userids : chat.userids.filter((one) => listed.includes(one));
  const windows = [{ ms: worldWindow(world.clock, MINUTE), limit: 200 }];
  const full = chat.userids.map(
    (userid) => office.rates.take(`appchat:${userid}`, world.clock.now(), windows) !== undefined,
  );
  const isDropped = full.every(Boolean);
  if (isDropped) return verdict(0);
  const rung = [...new Set([...rendered.mentions, ...called])];
  show(office, world, {
    chat: chatid,
    from: `app:${tenant.agentId}`,
    via: 'app',
    msgtype: type,
    ...rendered,
    mentions: rung,
    rung,
  });
  return verdict(0);
};
