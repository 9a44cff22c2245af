import { createHash } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { MINUTE } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Route } from '../exchange.ts';
import { checkCard, overlongFields } from './cards.ts';
import { type Office, show } from './office.ts';
import { type Rendered, renderCard, renderMarkdown, renderText } from './render.ts';
import { findGroup, members, tenant, warRoom } from './tenant.ts';

/** HTTP 200 whatever the code says. */
export const verdict = (errcode: number, more: object = {}): Answer => ({
  status: 200,
  body: { errcode, errmsg: errcode === 0 ? 'ok' : `refused ${errcode}`, ...more },
  outcome: errcode === 0 ? 'ok' : String(errcode),
  applied: errcode === 0,
});

export function bodyOf(call: Call): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(call.body.toString('utf8'));
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The group's webhook: it posts, it hears nothing. */
export const webhookRoute = (office: Office): Route => ({
  method: 'POST',
  path: '/cgi-bin/webhook/send',
  sheet: 'wecom.md §3',
  kind: 'write',
  answer({ world }, call) {
    if (call.query.get('key') !== tenant.webhookKey) return verdict(93_000);
    const body = bodyOf(call);
    if (body === undefined) return verdict(40_008);
    const { errcode, rendered } = read(body);
    if (errcode !== 0 || rendered === undefined) return verdict(errcode);
    const full = office.rates.take('webhook', world.clock.now(), [
      { ms: worldWindow(world.clock, MINUTE), limit: office.knobs.webhookPerMinute },
    ]);
    if (full !== undefined || call.fault?.kind === 'rate-limit') return verdict(45_009);
    post(office, world, body, rendered);
    return verdict(0);
  },
});

function post(office: Office, world: World, body: Record<string, unknown>, rendered: Rendered): void {
  const card = body.msgtype === 'template_card' ? (body.template_card as Record<string, unknown>) : null;
  const called = new Set([...rendered.mentions, ...listed(body)]);
  show(office, world, {
    chat: warRoom,
    from: 'webhook',
    via: 'webhook',
    msgtype: String(body.msgtype),
    ...rendered,
    mentions: [...called],
    rung: [...called],
    bytes: Buffer.byteLength(JSON.stringify(body[String(body.msgtype)])),
    card,
    overlong: card === null ? [] : overlongFields(card),
  });
}

const inRoom = (): readonly string[] => findGroup(warRoom)?.userids ?? [];

function read(body: Record<string, unknown>): { errcode: number; rendered?: Rendered } {
  const type = String(body.msgtype);
  const content = (body[type] as { content?: unknown } | undefined)?.content;
  if (type === 'template_card') {
    const card = body.template_card as Record<string, unknown> | undefined;
    if (card?.card_type !== 'text_notice' && card?.card_type !== 'news_notice') return { errcode: 40_058 };
    const errcode = checkCard(card);
    return errcode === 0 ? { errcode, rendered: renderCard(card) } : { errcode };
  }
  if (type === 'image') return readImage(body.image);
  if (!['text', 'markdown', 'markdown_v2'].includes(type)) return { errcode: 40_008 };
  if (typeof content !== 'string' || content === '') return { errcode: 44_004 };
  if (Buffer.byteLength(content) > (type === 'text' ? 2_048 : 4_096)) return { errcode: 40_058 };
  if (type === 'text') return { errcode: 0, rendered: renderText(content, inRoom()) };
  return { errcode: 0, rendered: renderMarkdown(content, type === 'markdown' ? inRoom() : null) };
}

const mostImage = 2 * 1_024 * 1_024;
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const jpg = Buffer.from([0xff, 0xd8, 0xff]);

/** JPG or PNG of at most 2 MB, in base64 with the MD5 of the raw bytes. The codes of what is wrong with it are ours, but for 40123. */
function readImage(image: unknown): { errcode: number; rendered?: Rendered } {
  const { base64, md5 } = (image ?? {}) as { base64?: unknown; md5?: unknown };
  if (typeof base64 !== 'string' || base64 === '') return { errcode: 44_004 };
  const raw = Buffer.from(base64, 'base64');
  const isImage = [png, jpg].some((magic) => raw.subarray(0, magic.length).equals(magic));
  if (!isImage || raw.length > mostImage) return { errcode: 40_123 };
  if (createHash('md5').update(raw).digest('hex') !== md5) return { errcode: 301_019 };
  return { errcode: 0, rendered: { text: '', links: [], images: [String(md5)], mentions: [], marks: [] } };
}

/** The lists exist for text only; who is not in the group is not told. */
function listed(body: Record<string, unknown>): readonly string[] {
  if (body.msgtype !== 'text') return [];
  const text = body.text as Record<string, unknown>;
  const list = (name: string): readonly unknown[] => (Array.isArray(text[name]) ? (text[name] as unknown[]) : []);
  const mobiles = list('mentioned_mobile_list');
  const byMobile = members.filter(({ mobile }) => mobiles.includes(mobile)).map(({ userid }) => userid);
  const named = [...list('mentioned_list'), ...byMobile];
  if (named.includes('@all') || mobiles.includes('@all')) return inRoom();
  return inRoom().filter((userid) => named.includes(userid));
}
