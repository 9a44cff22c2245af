import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutcomeUnknownError, RateLimitedError, RejectedError, RetryableError } from '../../../../src/domain/errors.ts';
import type { OutgoingCard } from '../../../../src/ports/messenger.ts';
import { MINUTE, pass } from '../../../sandbox/kit.ts';
import {
  card,
  connect,
  never,
  type Office,
  openOffice,
  openRoom,
  type Room,
  type RoomOptions,
  tenant,
  toRoom,
  toWang,
  until,
  warRoom,
} from './kit.ts';

let office: Office;
let room: Room;
async function open(options: RoomOptions = {}): Promise<void> {
  room = openRoom(office, options);
  await connect(office, room);
}
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  await room.messenger.stop?.();
  await office.sandbox.stop();
});
const send = (change = {}, target = toRoom) => room.messenger.send(target, card(change), 'k1', never);
const failed = (change = {}, target = toRoom) => send(change, target).catch((error: unknown) => error);
const cut = async (): Promise<void> => {
  await office.post('/settings', { refuseUpgrade: 503 });
  await office.post('/connection', { do: 'drop' });
  await until(() => room.messenger.connection?.().isUp === false);
};

describe('sends', () => {
  it('a card without buttons, or too long for one, as markdown with the words to send instead', async () => {
    await open();
    await send({ buttons: [] });
    await send({
      lines: [['12号'], ...Array.from({ length: 12 }, () => ['改到广州仓 后天到 估价 +¥3.2 余 14（10:31）'])],
    });

    const [plain, long] = await office.posted();
    expect(plain).toMatchObject({ msgtype: 'markdown', marks: ['bold'], links: [{ label: '更多', url: card().url }] });
    expect(plain?.text).toMatch(/^🔴 12号 · 先发这单 · 剩 2时10分\s/);
    expect(long?.text).toContain('我来 → /ack 12');
  });

  it('to people by their id', async () => {
    await open();
    expect(await send({}, toWang)).toMatchObject({ room: 'dm:wecom:wangmin' });

    expect((await office.posted())[0]).toMatchObject({ chat: 'wangmin', rung: ['wangmin'] });
  });

  it('under an id of its own each time, even for the same key', async () => {
    await open();
    await send();
    await send();

    const ids = (await office.posted()).map((each) => each.card.task_id);
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => /^[0-9A-Za-z_\-@]{1,128}$/.test(id))).toBe(true);
  });

  it('and says what a refusal means for the next try', async () => {
    await open();
    expect(await failed({}, { ...toRoom, chatId: warRoom.toLowerCase() })).toBeInstanceOf(RejectedError);
    await office.post('/settings', { removedFrom: [warRoom] });
    expect(await failed()).toMatchObject({ code: 'WECOM_93001', retry: 'never' });
    await office.post('/settings', { removedFrom: [], perMinute: 1 });
    await send();
    expect(await failed()).toBeInstanceOf(RateLimitedError);
    await office.post('/settings', { rateCode: 846_607 });
    expect(await failed()).toMatchObject({ afterMs: 60_000 });
    await office.post('/settings', { rateCode: -1 });
    expect(await failed()).toBeInstanceOf(RetryableError);
  });

  it.each(['drop', 'cut'])('and does not know what became of it when the answer is missing: %s', async (kind) => {
    await open({ timers: { send: 300 } });
    await office.post('/acks', { kind });

    expect(await failed()).toBeInstanceOf(OutcomeUnknownError);
    expect(await office.posted()).toHaveLength(1);
  });

  it('and does not take a late answer for the next message’s', async () => {
    await open({ timers: { send: 300 } });
    await office.post('/acks', { kind: 'delay', ms: 350 });
    expect(await failed({ lines: [['一']] })).toBeInstanceOf(OutcomeUnknownError);
    await office.post('/acks', { kind: 'drop' });

    expect(await failed({ lines: [['二']] })).toBeInstanceOf(OutcomeUnknownError);
  });

  it('waits by itself where a conversation is full, so that the platform never refuses', async () => {
    await open();
    for (let count = 0; count < 30; count += 1) await send();
    expect(await failed()).toMatchObject({ afterMs: MINUTE });
    expect(await send({}, toWang)).toMatchObject({ room: 'dm:wecom:wangmin' });
    await pass(office.sandbox, MINUTE);
    await send();

    const { frames } = await office.state();
    expect(frames.filter(({ errcode }: { errcode: number }) => errcode !== 0)).toEqual([]);
  });

  it('nothing when it is stopped or down', async () => {
    await open();
    const stopped = room.messenger.send(toRoom, card(), 'k1', AbortSignal.abort()).catch((error: unknown) => error);
    expect(await stopped).toMatchObject({ code: 'ABORTED' });
    await cut();

    expect(await failed()).toMatchObject({ code: 'NOT_CONNECTED', retry: 'after' });
    expect(await office.posted()).toEqual([]);
  });
});

/** A card that calls people; their ids stand for their names. */
const calling = (...userIds: readonly string[]): Partial<OutgoingCard> => ({
  call: { who: ['li'], before: '12号', after: '杭州仓停了，37 单' },
  mentions: userIds.map((userId) => ({ userId, name: userId })),
});

describe('with a webhook', () => {
  beforeEach(() => open({ webhook: true }));

  it('calls people by name behind the card', async () => {
    await send(calling('lijg', 'sunyue'));

    const [shown, call] = await office.posted();
    expect(shown).toMatchObject({ via: 'bot', rung: [] });
    expect(call).toMatchObject({ via: 'webhook', text: '12号 @lijg @sunyue 杭州仓停了，37 单', rung: ['lijg'] });
  });

  it('does not send the card again because the call failed', async () => {
    await office.post('/settings', { webhookPerMinute: 1 });
    await send(calling('lijg'));
    await send(calling('lijg'));

    expect((await office.posted()).map(({ via }) => via)).toEqual(['bot', 'webhook', 'bot']);
    expect(room.logged.join()).toContain('Nobody was called by name');
  });

  it('posts through it while the line is down, within its own limits', async () => {
    expect(room.messenger.limits.perMinute).toBe(30);
    await cut();
    expect(room.messenger.limits).toMatchObject({ perMinute: 20, perMonth: undefined });

    const ref = await send();
    await send(calling('lijg'));

    expect(ref).toEqual({ room: 'war', id: 'webhook/k1' });
    const [plain, called] = await office.posted();
    expect(plain).toMatchObject({ via: 'webhook', msgtype: 'markdown', links: [{ url: card().url }] });
    expect(called).toMatchObject({ msgtype: 'text', rung: ['lijg'] });
    for (let count = 2; count < 20; count += 1) await send();
    expect(await failed()).toMatchObject({ code: 'RATE_LIMITED', afterMs: MINUTE });
    await pass(office.sandbox, MINUTE);
    await send();
  });

  it('posts through it when the bot was thrown out of the group', async () => {
    await office.post('/settings', { removedFrom: [warRoom] });
    await send();

    expect((await office.posted()).map(({ via }) => via)).toEqual(['webhook']);
  });

  it('shows a picture behind its card, whichever way the card went [E10]', async () => {
    const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.alloc(2_000, 7)]);
    expect(room.messenger.limits.maxPictureBytes).toBe(2 * 1_024 * 1_024);
    await send({ png });
    await cut();
    await send({ png });

    expect((await office.posted()).map(({ via, msgtype }) => `${via} ${msgtype}`)).toEqual([
      'bot template_card',
      'webhook image',
      'webhook markdown',
      'webhook image',
    ]);
  });

  it('does not send the card again because its picture was refused', async () => {
    await send({ png: Buffer.from('no picture at all') });

    expect((await office.posted()).map(({ via }) => via)).toEqual(['bot']);
    expect(room.logged.join()).toContain('A picture was not shown');
  });

  it('says nothing through it that belongs elsewhere', async () => {
    await cut();

    expect(await failed({}, toWang)).toMatchObject({ code: 'NOT_CONNECTED' });
    expect(await failed({}, { roomId: 'wecom:other', chatId: 'other', isPrivate: false })).toMatchObject({
      code: 'NOT_CONNECTED',
    });
    expect(await office.posted()).toEqual([]);
  });

  it('reads its refusals, and keeps to the outbox what it does not know', async () => {
    await cut();
    const kinds = ['rate-limit', 'drop-after', '502', 'malformed'];
    const codes: unknown[] = [];
    for (const kind of kinds) {
      await office.post('/faults', { kind });
      codes.push(((await failed()) as { code?: unknown }).code);
    }

    expect(codes).toEqual(['RATE_LIMITED', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN']);
  });
});

it('keeps its secrets out of logs, errors and alarms', async () => {
  await open({ webhook: true });
  await office.post('/connection', {
    do: 'write',
    text: `{"headers":{"req_id":"x"},"errcode":1,"errmsg":"${tenant.botSecret}"}`,
  });
  await office.post('/connection', {
    do: 'write',
    text: `{"cmd":"aibot_msg_callback","body":{"t":"${tenant.botSecret}"}}`,
  });
  await cut();
  await office.post('/faults', { kind: 'drop-before' });
  const error = await failed();
  await new Promise((resolve) => setTimeout(resolve, 50));

  const told = room.logged.join() + room.alarms.join() + String(error) + JSON.stringify(error);
  expect(room.logged.length).toBeGreaterThan(2);
  for (const secret of [tenant.botSecret, tenant.webhookKey, tenant.botId]) expect(told).not.toContain(secret);
});
