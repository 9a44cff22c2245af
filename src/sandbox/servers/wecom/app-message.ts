import { createHash } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { HOUR, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Route } from '../exchange.ts';
import { type App, type AppHandler, appRoute, Texts } from './app-state.ts';
import { checkCard, overlongFields } from './cards.ts';
import { nextId, type Office, show, within } from './office.ts';
import { renderCard, renderMarkdown, renderText } from './render.ts';
import { findMember, members, tenant } from './tenant.ts';
import { verdict } from './webhook.ts';

const mostBytes = 2_048;

/** Messages of the app to people, and the one change each code allows. */
export const messageRoutes = (office: Office, app: App): readonly Route[] => [
  appRoute(office, app, '/cgi-bin/message/send', 'wecom.md §4.2', send),
  appRoute(office, app, '/cgi-bin/message/update_template_card', 'wecom.md §4.4', update),
];

const send: AppHandler = ({ office, world, app, body }) => {
  if (body.agentid !== tenant.agentId) return verdict(40_056);
  const named = (typeof body.touser === 'string' ? body.touser : '').split('|').filter((name) => name !== '');
  if (named.length > 1_000) return verdict(40_058);
  const userids = named.includes('@all') ? members.map(({ userid }) => userid) : named;
  const valid = userids.filter((userid) => findMember(userid) !== undefined);
  if (valid.length === 0) return verdict(81_013);
  const type = String(body.msgtype);
  const card = type === 'template_card' ? (body.template_card as Record<string, unknown> | undefined) : undefined;
  const refused = refusalOf(office, type, card, body);
  if (refused !== 0) return verdict(refused);
  const invalid = userids.filter((userid) => !valid.includes(userid)).map((userid) => userid.toLowerCase());
  const answer = { invaliduser: invalid.join('|'), msgid: nextId(office, 'APP') };
  if (isRepeated(world, app, body)) return verdict(0, answer);
  // Beyond a member's limit nothing is shown, and nothing says so.
  const told = valid.filter((userid) => mayStillHear(office, world, userid));
  const code = isInteractive(card) ? nextId(office, 'APPRC') : undefined;
  const messageIds = told.map(
    (userid) =>
      show(office, world, {
        chat: userid,
        from: `app:${tenant.agentId}`,
        via: 'app',
        msgtype: type,
        rung: [userid],
        ...(card === undefined ? contentOf(type, body) : renderCard(card)),
        card: card ?? null,
        overlong: card === undefined ? [] : overlongFields(card),
      }).id,
  );
  if (code !== undefined) app.codes.set(code, { messageIds, at: world.clock.now() });
  return verdict(0, code === undefined ? answer : { ...answer, response_code: code });
};

function refusalOf(
  office: Office,
  type: string,
  card: Record<string, unknown> | undefined,
  body: Record<string, unknown>,
): number {
  if (type === 'template_card') {
    if (isInteractive(card) && office.knobs.callbackUrl === null) return 48_002;
    return checkCard(card);
  }
  if (type !== 'text' && type !== 'markdown' && type !== 'textcard') return 40_008;
  const content = textOf(type, body);
  if (content === '') return 44_004;
  return type === 'markdown' && Buffer.byteLength(content) > mostBytes ? 45_002 : 0;
}

function textOf(type: string, body: Record<string, unknown>): string {
  const part = body[type] as Record<string, unknown> | undefined;
  const content = part?.content ?? part?.title;
  return typeof content === 'string' ? content : '';
}

/** Text is cut at 2,048 bytes without a word. */
function contentOf(type: string, body: Record<string, unknown>): ReturnType<typeof renderText> {
  const whole = textOf(type, body);
  if (type === 'markdown') return renderMarkdown(whole, []);
  let text = whole;
  while (Buffer.byteLength(text) > mostBytes) text = Array.from(text).slice(0, -1).join('');
  return renderText(text);
}

const isInteractive = (card: Record<string, unknown> | undefined): boolean =>
  card !== undefined && (/_interaction$/.test(String(card.card_type)) || card.action_menu !== undefined);

function isRepeated(world: World, app: App, body: Record<string, unknown>): boolean {
  if (body.enable_duplicate_check !== 1) return false;
  const interval = Math.min(Number(body.duplicate_check_interval ?? 1_800), 14_400) * SECOND;
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const at = app.sent.get(hash);
  if (at !== undefined && within(world, at, interval)) return true;
  app.sent.set(hash, world.clock.now());
  return false;
}

function mayStillHear(office: Office, world: World, userid: string): boolean {
  const windows = [
    { ms: worldWindow(world.clock, MINUTE), limit: 30 },
    { ms: worldWindow(world.clock, HOUR), limit: 1_000 },
  ];
  return office.rates.take(`app:${userid}`, world.clock.now(), windows) === undefined;
}

/** One call for each code, within three days; codes of refusals are ours. */
const update: AppHandler = ({ office, world, app, body }) => {
  const code = String(body.response_code);
  const known = app.codes.get(code);
  if (known === undefined || !within(world, known.at, 72 * HOUR)) return verdict(40_058);
  const userids = Texts.safeParse(body.userids).data ?? [];
  if (userids.length > 1_000) return verdict(40_058);
  const button = body.button as { replace_name?: unknown } | undefined;
  const card = body.template_card as Record<string, unknown> | undefined;
  const refused = button === undefined ? checkCard(card) : typeof button.replace_name === 'string' ? 0 : 40_058;
  if (refused !== 0) return verdict(refused);
  app.codes.delete(code);
  for (const shown of office.shown) {
    if (!known.messageIds.includes(shown.id) || (body.atall !== 1 && !userids.includes(shown.chat))) continue;
    const disabled = { ...shown.card, button_list: [{ text: String(button?.replace_name), key: '', disabled: 1 }] };
    shown.cardOf[shown.chat] = card ?? disabled;
  }
  return verdict(0);
};
