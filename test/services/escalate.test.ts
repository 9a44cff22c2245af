import { expect, it } from 'vitest';
import { aFulfillment, anOrder, at, hour, minute } from '../kit/builders.ts';
import { type Answers, type Ringing, type RingingOptions, startRinging } from '../kit/ringing.ts';
import { bySize } from '../kit/size.ts';

const second = 1_000;

/** One order of Hangzhou, paid then, that nobody picks; its cycle is its age. */
async function start(options: RingingOptions = {}): Promise<Ringing & { paidAt: number; red: number }> {
  const ringing = await startRinging(options);
  const paidAt = ringing.clock.now();
  await order(ringing, '202611100001', paidAt);
  return { ...ringing, paidAt, red: paidAt + 8 * hour + second };
}

async function order(ringing: Ringing, no: string, paidAt: number, more: { scannedAt?: number } = {}): Promise<void> {
  const { scannedAt } = more;
  await ringing.tell(
    anOrder({
      channelOrderNo: no,
      paidAt,
      placedAt: paidAt,
      sourceUpdatedAt: scannedAt ?? paidAt,
      ...(scannedAt === undefined ? {} : { scannedAt, shippedAt: scannedAt }),
    }),
  );
  await ringing.show(aFulfillment({ systemOrderNo: `s${no}`, channelOrderNos: [no] }));
}

it('6:00:00 is green, 6:00:01 yellow, 8:00:00 silent, 8:00:01 rings the lead on duty exactly once [E4 E5 N6]', async () => {
  const it = await start();
  const { paidAt } = it;
  const light = async () => (await it.storage.health.lights()).find(({ scope }) => scope === 'hz')?.light;

  await it.at(paidAt + 6 * hour);
  expect(await light()).toBe('green');
  await it.at(paidAt + 6 * hour + second);
  expect(await light()).toBe('yellow');
  await it.at(paidAt + 8 * hour);
  expect([await light(), it.rang()]).toEqual(['yellow', []]);
  await it.at(paidAt + 8 * hour + second);
  await it.tick();
  expect([await light(), it.rang()]).toEqual(['red', ['li']]);
  expect(it.messages().map(({ text }) => text)).toEqual([
    expect.stringContaining('履约周期红灯 · 杭州仓 · 8时0分'),
    expect.stringContaining('正在给李建国打电话'),
  ]);
});

it('is over below 7:45:00 and not before, and a second crossing rings again [E5 E6 N6]', async () => {
  const it = await start();
  await it.at(it.red);
  await it.take();
  // Younger ones bring the mean to 7:50, then below 7:45.
  await order(it, '202611100002', it.red - (7 * hour + 40 * minute));
  await it.at(it.red + 15 * second);
  const still = await it.storage.alerts.list({ state: 'unresolved', ruleId: 'cycle-red', limit: 9 });
  await order(it, '202611100003', it.red - 7 * hour);
  await it.at(it.red + 30 * second);
  const over = await it.storage.alerts.list({ state: 'unresolved', ruleId: 'cycle-red', limit: 9 });
  await it.at(it.red + 2 * hour);

  expect([still.length, over.length]).toEqual([1, 0]);
  expect(it.rang()).toEqual(['li', 'li']);
});

it('rings the next person 3 minutes later when nobody took it, then says so in the room [E5 N14 C6]', async () => {
  const it = await start();
  await it.at(it.red);
  await it.at(it.red + 3 * minute - second);
  expect(it.rang()).toEqual(['li']);
  await it.at(it.red + 3 * minute);
  expect(it.rang()).toEqual(['li', 'wang']);
  await it.at(it.red + 6 * minute);
  await it.at(it.red + 60 * minute);
  expect(it.rang()).toEqual(['li', 'wang']);
  expect(it.messages().at(-1)?.text).toBe(
    '1号 电话打完了，还没人认领\n李建国 · ding · 打了，没人认领\n王敏 · ding · 打了，没人认领\n[我来] /ack 1\n[看板] /',
  );
});

it.each(['claimed', 'snoozed', 'resolved'] as const)('nobody is rung once it is %s [E5]', async (how) => {
  const it = await start();
  await it.at(it.red);
  const [alert] = await it.storage.alerts.list({ state: 'unresolved', ruleId: 'cycle-red', limit: 1 });
  const id = alert?.id ?? '';
  if (how === 'claimed') await it.take();
  if (how === 'snoozed') await it.storage.alerts.snooze(id, it.red + hour);
  if (how === 'resolved') await it.storage.alerts.resolve(id, it.clock.now(), 'person');
  await it.escalate();
  await it.clock.advanceTo(it.red + 10 * minute);
  await it.escalate();
  expect(it.rang()).toEqual(['li']);
});

it('a claim that runs out comes back louder: the policy begins anew [N19]', async () => {
  const it = await start();
  await it.at(it.red);
  await it.take();
  await it.at(it.red + minute);
  await it.at(it.red + 31 * minute);
  await it.at(it.red + 31 * minute + second);
  expect(it.rang()).toEqual(['li', 'li']);
  expect(it.messages().map(({ text }) => text)).toContainEqual(expect.stringContaining('认领到期了'));
});

const firsts: readonly [Answers, string, readonly string[]][] = [
  ['refuses', 'the second line rings the same person at once', ['aliyun li']],
  ['quota', 'the second line rings the same person at once', ['aliyun li']],
  ['is down', 'the second line rings the same person at once', ['aliyun li']],
  ['loses', 'nobody knows: it is not dialled again, the next person follows in 3 minutes', ['ding li']],
];
it.each(firsts)('a first line that %s: %s [N14 P18]', async (does, _what, at0) => {
  const it = await start();
  it.ding.does = (who) => (who === 'li' ? does : 'takes');
  await it.at(it.red);
  const first = (await it.calls())
    .filter(({ state }) => state !== 'refused')
    .map((each) => `${each.provider} ${each.personId}`);
  await it.at(it.red + 3 * minute);
  await it.at(it.red + 10 * minute);
  expect(first).toEqual(at0);
  expect(it.rang()).toEqual(['li', 'wang']);
});

it.each(['busy', 'no-answer'] as const)(
  'told that it is %s, the next person is rung at once [E5 N14]',
  async (does) => {
    const it = await start();
    it.ding.does = () => 'quota';
    it.aliyun.does = (who) => (who === 'li' ? does : 'takes');
    await it.at(it.red);
    expect(it.rang()).toEqual(['li']);
    await it.at(it.red + 20 * second);
    await it.at(it.red + 21 * second);
    expect(it.rang()).toEqual(['li', 'wang']);
    expect((await it.calls()).map(({ state }) => state)).toEqual(['refused', does, 'refused', 'rung']);
  },
);

it('with both lines down the room is told at once what was not possible [N14]', async () => {
  const it = await start();
  it.ding.does = () => 'quota';
  it.aliyun.does = () => 'is down';
  await it.at(it.red);
  await it.tick();
  expect(it.rang()).toEqual([]);
  expect(it.messages().at(-1)?.text).toContain(
    '电话一个都没打出去，请当面叫人\n李建国 · ding · 没打出去（电话额度用完了）',
  );
});

it('what was left half dialled is unknown, never dialled again, and told once its receipt names it [P18]', async () => {
  const it = await start();
  it.ding.does = () => 'quota';
  // The process dies behind the provider's back: it rang, and nobody wrote it down.
  const { voice } = it.aliyun.source;
  const whole = { ...voice };
  Object.assign(voice, {
    dial: async (...call: Parameters<typeof voice.dial>) => {
      await whole.dial(...call);
      throw new Error('killed');
    },
  });
  const { calls } = it.storage;
  const kept = { ...calls };
  calls.move = async (id, from, to, change) =>
    to === 'unknown' ? Promise.reject(new Error('killed')) : kept.move(id, from, to, change);
  await expect(it.at(it.red)).rejects.toThrow('killed');
  Object.assign(voice, whole);
  Object.assign(calls, kept);
  it.restart();

  await it.at(it.red + second);
  const [, left] = await it.calls();
  expect([left?.state, left?.ref, it.rang()]).toEqual(['unknown', null, ['li']]);
  Object.assign(voice, { outcomeOf: async () => ({ state: 'busy', code: '200002' }) });
  expect(await it.hear([{ id: `w${left?.id}`, ref: 'c^1' }])).toMatchObject({ status: 200 });
  await it.at(it.red + 2 * second);
  await it.at(it.red + 3 * second);
  expect((await it.calls()).map(({ state }) => state)).toEqual(['refused', 'busy', 'refused', 'rung']);
  expect(it.rang()).toEqual(['li', 'wang']);
});

it('a receipt of a call of another line, of none, or without the secret changes nothing [N14]', async () => {
  const it = await start();
  await it.at(it.red);
  const before = await it.calls();
  expect(
    await it.hear([
      { id: 'w999', ref: 'x' },
      { id: 'nonsense', ref: 'y' },
      { id: `w${before[0]?.id}`, ref: 'z' },
    ]),
  ).toMatchObject({ status: 200 });
  expect(await it.hear([], 'another')).toBeUndefined();
  await it.tick();
  expect(await it.calls()).toEqual(before);
});

it('nobody is rung more often than limits.callsPerNight in a night; the next person is, and the room hears why [E5 P11]', async () => {
  const it = await start({ startAt: at('15:00'), perNight: 0 });
  await it.at(it.red);
  await it.tick();
  expect(it.red).toBe(at('23:00') + second);
  expect(it.rang()).toEqual([]);
  expect(it.messages().at(-1)?.text).toContain('李建国 · ding · 没打出去（今晚已经打够次数）');
});

it('nobody off shift is rung [P11]', async () => {
  const it = await start({ roster: { zone: 'Asia/Shanghai', rotations: [], stints: [] } });
  await it.at(it.red);
  await it.tick();
  expect(it.rang()).toEqual([]);
  expect(it.messages().at(-1)?.text).toContain('没有人值班，电话打不了');
});

it('what rings only in open hours waits until its warehouse opens [P18]', async () => {
  const it = await start({
    startAt: at('15:00'),
    hours: ['Mon-Sun 08:30-22:00'],
    rings: { 'cycle-red': { policy: 'red', hours: 'open' } },
  });
  await it.at(it.red);
  expect(it.rang()).toEqual([]);
  await it.at(at('08:30') + 24 * hour);
  expect(it.rang()).toEqual(['li']);
});

it('a critical alert without a policy of its own: who is on call hears in private after 3 minutes, the ops lead after 8 [C6]', async () => {
  const it = await startRinging({
    rings: {},
    policies: {
      default: [
        { after: 0, do: 'notify', whom: { to: 'room' } },
        { after: 3 * minute, do: 'notify', whom: { to: 'on-call' } },
        { after: 8 * minute, do: 'notify', whom: { to: 'role', role: 'ops-lead' } },
      ],
    },
    rooms: [
      {
        id: 'war',
        platform: 'dingtalk',
        chatId: 'cid',
        name: '作战群',
        language: 'zh',
        hears: { shops: 'all', warehouses: 'all', rules: 'all', severity: 'warning' },
      },
    ],
  });
  await order(it, '202611100001', it.clock.now());
  const raised = it.clock.now() + 2 * hour;
  await it.judgeAt(raised);
  await it.tick();
  for (const after of [3, 8, 30]) await it.at(raised + after * minute);
  expect(it.messages('dm:dingtalk:li').map(({ text }) => text)).toEqual([expect.stringContaining('先发这单')]);
  expect(it.messages('dm:dingtalk:wang')).toHaveLength(1);
  expect(it.messages()).toHaveLength(1);
  expect(it.rang()).toEqual([]);
});

it('each due step that did not happen is seen after 2 minutes [N14]', async () => {
  const it = await start();
  await it.at(it.red);
  const due = it.red + 3 * minute;
  expect(await it.storage.calls.overdue(due - 1)).toEqual({ steps: 0, calls: 0 });
  expect(await it.storage.calls.overdue(due)).toEqual({ steps: 1, calls: 0 });
});

/** Numbers that look random and are the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('whatever the lines do: nobody is rung twice, nobody after somebody took it, and the room hears the end [E5 N14 P18]', async () => {
  const answers: readonly Answers[] = ['takes', 'refuses', 'quota', 'is down', 'loses', 'busy', 'no-answer'];
  const it = await startRinging();
  const any = <T>(roll: () => number, of: readonly T[]): T => of[Math.floor(roll() * of.length)] as T;
  for (let seed = 1; seed <= bySize({ short: 25, moderate: 120, full: 500 }); seed += 1) {
    const roll = dice(seed * 7_919);
    // Every second day, so that neither limit nor night stands in the way.
    const paidAt = at('10:00') + 2 * seed * 24 * hour;
    await it.clock.advanceTo(paidAt);
    await order(it, `2026${seed}`, paidAt);
    const plan = {
      ding: { li: any(roll, answers), wang: any(roll, answers) },
      aliyun: { li: any(roll, answers), wang: any(roll, answers) },
    };
    it.ding.does = (who) => plan.ding[who as 'li'];
    it.aliyun.does = (who) => plan.aliyun[who as 'li'];
    const takenAfter = roll() < 0.5 ? Math.floor(roll() * 8 * minute) : undefined;
    const diesAt = Math.floor(roll() * 8 * minute);
    const [before, saidBefore] = [it.rang().length, it.messages().length];
    const red = paidAt + 8 * hour + second;
    let taken: number | undefined;
    for (let after = 0; after <= 9 * minute; after += 20 * second) {
      if (takenAfter !== undefined && taken === undefined && after > takenAfter) {
        await it.take();
        taken = it.rang().length;
      }
      if (after - 20 * second < diesAt && diesAt <= after) it.restart();
      await it.at(red + after);
    }
    const rang = it.rang().slice(before);
    expect(new Set(rang).size, `seed ${seed}: ${JSON.stringify(plan)}`).toBe(rang.length);
    if (taken !== undefined) expect(it.rang().length, `seed ${seed}`).toBe(taken);
    else
      expect(
        it
          .messages()
          .slice(saidBefore)
          .map(({ text }) => text)
          .join('\n'),
        `seed ${seed}`,
      ).toMatch(/电话打完了|电话一个都没打出去/);
    if (
      taken === undefined &&
      ['refuses', 'quota', 'is down'].includes(plan.ding.li) &&
      ['refuses', 'quota', 'is down'].includes(plan.aliyun.li)
    )
      expect(rang, `seed ${seed}`).not.toContain('li');
    for (const alert of await it.storage.alerts.list({ state: 'unresolved', limit: 100 }))
      await it.storage.alerts.resolve(alert.id, it.clock.now(), 'cleared');
    await it.tick();
  }
});

it('does not ring one person for two warehouses that turn red together: the second rings the next person [E5 P18]', async () => {
  const it = await start();
  await it.tell(
    anOrder({ channelOrderNo: '202611100009', paidAt: it.paidAt, placedAt: it.paidAt, sourceUpdatedAt: it.paidAt }),
  );
  await it.show(aFulfillment({ systemOrderNo: 's9', channelOrderNos: ['202611100009'], warehouseCode: '1002' }));
  await it.at(it.red);
  await it.tick();
  const rang = it.rang();
  expect(rang.filter((who) => who === 'li')).toHaveLength(1);
  expect(new Set(rang).size).toBe(rang.length);
});

it('rings nobody while every room that heard of it has silenced it, and begins anew after that [E5 N17]', async () => {
  const it = await start();
  await it.at(it.red);
  expect(it.rang()).toEqual(['li']);
  const now = it.clock.now();
  for (const { id: roomId } of await it.storage.rooms.list())
    await it.storage.noise.addSilence({
      roomId,
      scope: { kind: 'rule', ruleId: 'cycle-red' },
      from: now,
      until: now + 2 * hour,
      reason: '盘点',
      by: 'person:li',
    });
  await it.at(it.red + 30 * minute);
  expect(it.rang()).toEqual(['li']);
  await it.at(it.red + 3 * hour);
  expect(it.rang().length).toBeGreaterThan(1);
});

it('rings nobody for a rule that stands in no list of rings [E5]', async () => {
  const it = await start({ rings: {} });
  await it.at(it.red);
  await it.at(it.red + 30 * minute);
  expect(it.rang()).toEqual([]);
});
