import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/adapters/clock/manual.ts';
import { isWorthACall, monthState } from '../../src/domain/month.ts';
import { createMonthBudget, type Robot } from '../../src/services/month-budget.ts';
import { aMessage, at } from '../kit/builders.ts';
import { aRoom, openTestStorage } from '../kit/test-storage.ts';

const noon = at('12:00');
const robot = (change: Partial<Robot> = {}): Robot => ({
  roomIds: ['ding', 'ding2'],
  privately: 'dingtalk',
  perMonth: 10,
  ...change,
});

async function setup(one: Robot = robot()) {
  const base = await openTestStorage();
  const { storage } = base;
  const clock = createManualClock(noon);
  await storage.rooms.syncConfigured([
    aRoom({ id: 'ding', platform: 'dingtalk', chatId: 'cid1' }),
    aRoom({ id: 'ding2', platform: 'dingtalk', chatId: 'cid2', language: 'en' }),
    aRoom({ id: 'war' }),
  ]);
  const months = createMonthBudget({
    storage,
    clock,
    timezone: () => 'Asia/Shanghai',
    robotOf: (roomId) => (roomId === 'war' ? undefined : one),
    robots: () => [one],
  });
  let count = 0;
  const sent = async (roomId: string, time = noon, ref = 'ref'): Promise<void> => {
    count += 1;
    await storage.outbox.add(aMessage({ key: `k${count}`, roomId, dueAt: time }));
    const [row] = await storage.outbox.claim(roomId, 1, 1, time, 0);
    if (row !== undefined) await storage.outbox.sent(row.id, time, ref);
  };
  const heard = (roomId: string, time = noon) =>
    storage.inbound.receive({
      platform: 'dingtalk',
      messageId: `m${roomId}/${time}`,
      roomId,
      isPrivate: roomId.startsWith('dm:'),
      senderId: 'x',
      text: 'x',
      receivedAt: time,
    });
  const notices = () =>
    base
      .rows(`SELECT card FROM Outbox WHERE key LIKE 'month/%' ORDER BY roomId`)
      .map(({ card }) => (JSON.parse(String(card)) as { lines: string[][] }).lines[0]?.[0]);
  return { clock, months, sent, heard, notices };
}

describe("a robot's month", () => {
  it('counts what its rooms and private chats were sent and what they said, by the month of the company', async () => {
    const { months, sent, heard } = await setup();
    await sent('ding');
    await sent('ding2');
    await sent('dm:dingtalk:0123');
    await heard('ding');
    await heard('dm:dingtalk:0123');
    // None of these costs a call of this month: another room, the webhook, the last minute of October in Beijing.
    await sent('war');
    await sent('ding', noon, 'webhook');
    await sent('dm:wecom:li');
    await sent('ding', at('23:59', '2026-10-31'));
    await sent('ding', at('00:00', '2026-11-01'));

    expect(await months.ofRoom('ding')).toEqual({ used: 6, perMonth: 10 });
    expect(await months.ofRoom('war')).toBeUndefined();
    expect(await months.all()).toEqual([{ used: 6, perMonth: 10, roomIds: ['ding', 'ding2'] }]);
  });

  it('leaves private chats to the first robot of the platform', async () => {
    const { months, sent } = await setup(robot({ privately: undefined }));
    await sent('dm:dingtalk:0123');

    expect(await months.ofRoom('ding')).toEqual({ used: 0, perMonth: 10 });
  });

  it('that runs short is told to each of its rooms once, in its language', async () => {
    const { months, sent, notices, clock } = await setup();
    for (let call = 0; call < 8; call += 1) await sent('ding');
    expect(await months.tell()).toBe(2);
    expect(await months.tell()).toBe(0);
    expect(notices()).toEqual([
      expect.stringContaining('本月接口次数用了 8/10'),
      expect.stringContaining('8 of 10 API calls'),
    ]);

    await clock.advanceTo(at('12:00', '2026-12-24'));
    expect(await months.tell()).toBe(0);
    expect(await months.ofRoom('ding')).toEqual({ used: 0, perMonth: 10 });
  });
});

describe('what is worth one of the calls that are left', () => {
  it.each([
    [3_999, 'plenty'],
    [4_000, 'tight'],
    [4_899, 'tight'],
    [4_900, 'spent'],
    [6_000, 'spent'],
  ])('%i of 5,000 used is %s', (used, state) => {
    expect(monthState({ used, perMonth: 5_000 })).toBe(state);
  });

  it.each([
    ['reply', 0, [true, true, false]],
    ['result', 0, [true, true, false]],
    ['alert', 1, [true, true, true]],
    ['notice', 1, [true, true, true]],
    ['notice', 3, [true, true, false]],
    ['resolved', 4, [true, false, false]],
  ] as const)('%s with priority %i', (kind, priority, worth) => {
    expect((['plenty', 'tight', 'spent'] as const).map((state) => isWorthACall(state, { kind, priority }))).toEqual(
      worth,
    );
  });
});
