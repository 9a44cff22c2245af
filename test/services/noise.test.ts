import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hearsAll } from '../../src/domain/hears.ts';
import type { Severity } from '../../src/domain/rule.ts';
import type { SilenceScope } from '../../src/domain/silence.ts';
import type { NewAlert } from '../../src/ports/stores.ts';
import { anAlert, anOrder, at, hour, minute } from '../kit/builders.ts';
import { bySize } from '../kit/size.ts';
import { aRoom, type Flow, type FlowOptions, startFlow } from '../kit/test-storage.ts';

const noon = at('12:00');
const start = (options: FlowOptions = {}) => startFlow({ startAt: noon, perHour: 999, ...options });

let subjects = 0;
async function raise(flow: Flow, count: number, change: Partial<NewAlert> = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    subjects += 1;
    const alert = await flow.storage.alerts.raise(
      anAlert({ subject: `order:mini/${subjects}`, severity: 'warning', raisedAt: flow.clock.now(), ...change }),
    );
    if (alert !== undefined) ids.push(alert.id);
  }
  return ids;
}
const silence = (flow: Flow, scope: SilenceScope, ms = 2 * hour, roomId = 'war') =>
  flow.storage.noise.addSilence({
    roomId,
    scope,
    from: flow.clock.now(),
    until: flow.clock.now() + ms,
    reason: '盘点',
    by: 'person:wang',
  });
const ofHangzhou: SilenceScope = { kind: 'warehouse', warehouseId: 'hz' };
const resolve = (flow: Flow, ...ids: readonly string[]) =>
  Promise.all(ids.map((id) => flow.storage.alerts.resolve(id, flow.clock.now(), 'cleared')));
const heads = (flow: Flow, roomId?: string) => flow.messages(roomId).map(({ text }) => text.split('\n')[0]);
const reasons = async (flow: Flow, id: string | undefined, roomId = 'war') =>
  (await flow.storage.alerts.decisionsFor(id ?? ''))
    .filter((each) => each.roomId === roomId)
    .map(({ verdict, reason }) => `${verdict} ${reason}`);
async function runAt(flow: Flow, time: number): Promise<void> {
  await flow.clock.advanceTo(time);
  await flow.dispatch();
}
/** Everything pending has left. */
async function send(flow: Flow, roomId = 'war'): Promise<void> {
  for (const { id } of await flow.storage.outbox.claim(roomId, 999, 1, flow.clock.now(), 0))
    await flow.storage.outbox.sent(id, flow.clock.now(), 'ref');
}

describe('a silence', () => {
  it('hides what it is about and names all of it in one line when it ends', async () => {
    const flow = await start();
    await silence(flow, ofHangzhou);
    const ids = await raise(flow, 3);
    const [other] = await raise(flow, 1, {
      groupKey: 'paid-not-sorted|warehouse=gz',
      facts: { shopId: 'mini', warehouseId: 'gz' },
    });
    await flow.dispatch();
    expect(heads(flow)).toEqual(['1号 · 先发这单']);
    expect(await reasons(flow, ids[0])).toEqual(['held-back silenced']);
    expect(await reasons(flow, other)).toEqual(['said first-of-group']);

    await resolve(flow, ids[0] ?? '');
    await runAt(flow, noon + 2 * hour - 1);
    expect(heads(flow)).toHaveLength(1);
    await runAt(flow, noon + 2 * hour);
    await runAt(flow, noon + 3 * hour);
    expect(
      flow
        .messages()
        .slice(1)
        .map(({ text }) => text),
    ).toEqual([
      [
        '免打扰结束（杭州仓），期间 3 条：1 条好了，2 条还开着',
        '2号 · 杭州仓 · 付款 2 小时仍未进入分拣 · 2 单',
        '[2号我来] /ack 2',
        '[看清单] /alerts',
      ].join('\n'),
    ]);
    expect(await reasons(flow, ids[1])).toEqual(['held-back silenced', 'listed silence-over']);
  });

  it('says at its end that nothing came, too, and at once when a person ends it', async () => {
    const flow = await start();
    const id = await silence(flow, ofHangzhou);
    await runAt(flow, noon + minute);
    expect(await flow.storage.noise.endSilence(id, flow.clock.now())).toBe(true);
    expect(await flow.storage.noise.endSilence(id, flow.clock.now())).toBe(false);
    await runAt(flow, noon + minute + 1);

    expect(heads(flow)).toEqual(['免打扰结束（杭州仓），期间没有新的']);
  });

  it('lets a critical one speak at its ship-by, to the millisecond', async () => {
    const flow = await start();
    await silence(flow, ofHangzhou);
    const shipBy = noon + hour;
    const [id] = await raise(flow, 1, {
      severity: 'critical',
      facts: { shopId: 'mini', warehouseId: 'hz', shipBy },
    });
    await flow.dispatch();
    await runAt(flow, shipBy - 1);
    expect(heads(flow)).toEqual([]);

    await runAt(flow, shipBy);
    expect(heads(flow)).toEqual([expect.stringContaining('先发这单')]);
    expect(await reasons(flow, id)).toEqual(['held-back silenced', 'said first-of-group']);
  });

  it('is for one room: another hears', async () => {
    const flow = await start({ rooms: [aRoom(), aRoom({ id: 'other', chatId: 'o' })] });
    await silence(flow, ofHangzhou);
    await raise(flow, 1);
    await flow.dispatch();

    expect([heads(flow).length, heads(flow, 'other').length]).toEqual([0, 1]);
  });

  it('names nothing that the room would not have heard anyway', async () => {
    const flow = await start({ rooms: [aRoom({ hears: hearsAll('critical') })] });
    await silence(flow, ofHangzhou);
    const [id] = await raise(flow, 1);
    await flow.dispatch();
    await runAt(flow, noon + 2 * hour);

    expect(await reasons(flow, id)).toEqual(['listed below-hearing']);
    expect(heads(flow)).toEqual(['免打扰结束（杭州仓），期间没有新的']);
  });

  it('knows a style by the lines of the order', async () => {
    const flow = await start();
    await flow.tell(anOrder());
    const order = await flow.storage.views.findOrderByNo('mini', '202611240018842');
    await silence(flow, { kind: 'sku', words: '绣字', skus: ['XZ-BK-L'] });
    const [id] = await raise(flow, 1, { facts: { shopId: 'mini', warehouseId: 'hz', orderId: order?.id ?? '' } });
    await flow.dispatch();

    expect(await reasons(flow, id)).toEqual(['held-back silenced']);
  });

  it('keeps a snooze that ends within it for its line [N19]', async () => {
    const flow = await start();
    const [id = ''] = await raise(flow, 1);
    await flow.dispatch();
    await silence(flow, ofHangzhou);
    await flow.storage.alerts.snooze(id, noon + minute);
    await runAt(flow, noon + minute);
    expect(heads(flow)).toHaveLength(1);

    await runAt(flow, noon + 2 * hour);
    expect(heads(flow).at(-1)).toBe('免打扰结束（杭州仓），期间 1 条：0 条好了，1 条还开着');
  });
});

describe('quiet hours', () => {
  const quiet = (flow: Flow, until: number | null) => flow.moods.set('war', { quietUntil: until });

  it('let only criticals out; the rest comes as one list when they end', async () => {
    const flow = await start();
    quiet(flow, noon + 8 * hour);
    const lesser = await raise(flow, 5, { groupKey: 'embroidery-review|warehouse=hz', ruleId: 'embroidery-review' });
    await raise(flow, 2, { severity: 'critical' });
    await flow.dispatch();
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 2 单']);
    expect(await reasons(flow, lesser[0])).toEqual(['held-back quiet-hours']);

    await resolve(flow, ...lesser.slice(0, 2));
    await runAt(flow, noon + hour);
    quiet(flow, null);
    await runAt(flow, noon + 8 * hour);
    await runAt(flow, noon + 9 * hour);
    expect(
      flow
        .messages()
        .slice(1)
        .map(({ text }) => text.split('\n').slice(0, 2)),
    ).toEqual([['安静时段没响的 5 条：2 条好了，3 条还开着', '2号 · 杭州仓 · 人工复核 2 小时未处理 · 3 单']]);
  });

  it('list in the morning what ended and what ran out in the night, and leave the end of a silence for then', async () => {
    const flow = await start();
    const [first = ''] = await raise(flow, 1, { groupKey: 'a|warehouse=hz', facts: { shopId: 'mini' } });
    const [second = ''] = await raise(flow, 1, { groupKey: 'b|warehouse=hz', facts: { shopId: 'mini' } });
    await silence(flow, ofHangzhou, hour);
    await flow.dispatch();
    await send(flow);
    quiet(flow, noon + 8 * hour);
    await flow.storage.alerts.snooze(second, noon + minute);
    await resolve(flow, first);
    await runAt(flow, noon + 2 * hour);
    expect(heads(flow)).toHaveLength(2);

    quiet(flow, null);
    await runAt(flow, noon + 8 * hour);
    expect(heads(flow).slice(2)).toEqual([
      '免打扰结束（杭州仓），期间没有新的',
      '安静时段没响的 2 条：1 条好了，1 条还开着',
    ]);
  });
});

describe('a group that was heard of before', () => {
  it('ends without a word while it is silenced, and in the morning when it ends in the night', async () => {
    const flow = await start();
    const ids = await raise(flow, 3);
    await flow.dispatch();
    await send(flow);
    await silence(flow, ofHangzhou);
    await resolve(flow, ...ids);
    await runAt(flow, noon + minute);
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 3 单']);
    await runAt(flow, noon + 2 * hour);
    expect(heads(flow).slice(1)).toEqual(['免打扰结束（杭州仓），期间 1 条：1 条好了，0 条还开着']);

    const night = await start();
    const others = await raise(night, 3);
    await night.dispatch();
    night.moods.set('war', { quietUntil: noon + 8 * hour });
    await resolve(night, ...others);
    await runAt(night, noon + minute);
    const [end] = night.rows(`SELECT dueAt FROM Outbox WHERE kind = 'resolved'`);
    expect(end).toEqual({ dueAt: noon + 8 * hour });
  });

  it('ends in the morning though long ago a critical one was among its like', async () => {
    const flow = await start();
    const [old = ''] = await raise(flow, 1, { severity: 'critical' });
    await flow.dispatch();
    await resolve(flow, old);
    await runAt(flow, noon + minute);
    await flow.clock.advanceTo(noon + hour);
    const ids = await raise(flow, 3);
    await flow.dispatch();
    await send(flow);
    flow.moods.set('war', { quietUntil: noon + 8 * hour });
    await flow.clock.advanceTo(noon + 2 * hour);
    await resolve(flow, ...ids);
    await runAt(flow, noon + 2 * hour);

    expect(flow.rows(`SELECT dueAt FROM Outbox WHERE key LIKE 'cleared/%'`)).toEqual([{ dueAt: noon + 8 * hour }]);
  });

  it('is not listed again in the morning when it was said in the night after all', async () => {
    const flow = await start();
    flow.moods.set('war', { quietUntil: noon + 8 * hour });
    await raise(flow, 2);
    await flow.dispatch();
    await raise(flow, 1, { severity: 'critical' });
    await runAt(flow, noon + minute);
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 3 单']);

    flow.moods.clear();
    await runAt(flow, noon + 8 * hour);
    expect(heads(flow)).toHaveLength(1);
  });
});

describe('a month that runs short of calls', () => {
  it('lets criticals out, keeps the rest, and lists it when there are calls again', async () => {
    const flow = await start();
    flow.moods.set('war', { isTight: true });
    const [lesser] = await raise(flow, 1, { groupKey: 'embroidery-review|warehouse=hz' });
    await raise(flow, 1, { severity: 'critical' });
    await flow.dispatch();
    expect(heads(flow)).toEqual([expect.stringContaining('先发这单')]);
    expect(await reasons(flow, lesser)).toEqual(['held-back month-is-tight']);

    flow.moods.delete('war');
    await runAt(flow, noon + hour);
    expect(heads(flow).at(-1)).toBe('上月额度紧，没发到群里的 1 条：0 条好了，1 条还开着');
  });
});

describe('a promotion', () => {
  it('says a group again at its factor, not at double', async () => {
    const flow = await start();
    flow.moods.set('war', { wide: 4 });
    await raise(flow, 2);
    await flow.dispatch();
    await raise(flow, 5);
    await runAt(flow, noon + hour);
    expect(heads(flow)).toHaveLength(1);
    await raise(flow, 1);
    await runAt(flow, noon + hour + 1);

    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 2 单', '1号 · 先发这些 · 杭州仓 · 8 单 · 又翻倍了']);
  });
});

/** What may happen in an afternoon, one after another. */
const severity = fc.constantFrom<Severity>('info', 'warning', 'critical');
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('raise' as const),
        severity,
        warehouse: fc.constantFrom('hz', 'gz'),
        shop: fc.constantFrom('mini', 'tmall'),
        shipBy: fc.option(fc.integer({ min: -2, max: 30 }), { nil: null }),
        isLate: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('silence' as const),
        room: fc.constantFrom('war', 'red'),
        scope: fc.constantFrom<SilenceScope>(
          ofHangzhou,
          { kind: 'shop', shopId: 'tmall' },
          { kind: 'rule', ruleId: 'paid-not-sorted' },
        ),
        minutes: fc.integer({ min: 1, max: 40 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('mood' as const),
        isQuiet: fc.boolean(),
        isTight: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('resolve' as const), which: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('snooze' as const), which: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('claim' as const), which: fc.nat(20) }) },
  ),
  { minLength: 5, maxLength: 30 },
);

it('drops nothing: every finding has a reason in every room, and every silenced one is in the line at the end', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (afternoon) => {
      const flow = await start({
        perHour: 3,
        rooms: [aRoom(), aRoom({ id: 'red', chatId: 'r', hears: { ...hearsAll('critical'), shops: ['mini'] } })],
      });
      const ids: string[] = [];
      let time = noon;
      for (const step of afternoon) {
        const some = 'which' in step ? ids[step.which % Math.max(1, ids.length)] : undefined;
        if (step.do === 'raise') {
          const { warehouse, shop, shipBy } = step;
          const facts = {
            shopId: shop,
            warehouseId: warehouse,
            ...(shipBy === null ? {} : { shipBy: time + shipBy * minute }),
          };
          const groupKey = `paid-not-sorted|warehouse=${warehouse}`;
          ids.push(
            ...(await raise(flow, 1, {
              severity: step.severity,
              groupKey,
              facts,
              isLateFound: step.isLate && ids.length % 3 === 0,
            })),
          );
        }
        if (step.do === 'silence') await silence(flow, step.scope, step.minutes * minute, step.room);
        if (step.do === 'mood')
          flow.moods.set('war', { quietUntil: step.isQuiet ? time + 9 * hour : null, isTight: step.isTight });
        if (step.do === 'snooze' && some !== undefined) await flow.storage.alerts.snooze(some, time + 7 * minute);
        if (step.do === 'claim' && some !== undefined)
          await flow.storage.alerts.claim(some, 'person:li', time, time + 7 * minute);
        await flow.dispatch();
        if (step.do === 'resolve' && some !== undefined) await resolve(flow, some);
        await send(flow);
        await send(flow, 'red');
        time += 3 * minute;
        await runAt(flow, time);
      }
      // The evening: nothing is quiet, short or silenced any more.
      flow.moods.clear();
      for (const later of [1, 2, 3, 4]) {
        await runAt(flow, time + later * hour);
        await send(flow);
        await send(flow, 'red');
      }

      for (const id of ids)
        for (const room of ['war', 'red'])
          expect((await reasons(flow, id, room)).length, `a reason for ${id} in ${room}`).toBeGreaterThan(0);
      expect(flow.rows('SELECT * FROM Held WHERE saidAt IS NULL')).toEqual([]);
      expect(await flow.storage.noise.silencesInForce(flow.clock.now())).toEqual([]);
      for (const { id, roomId } of flow.rows('SELECT id, roomId FROM Silence')) {
        const held = flow.rows('SELECT alertId FROM Held WHERE cause = ?', `silence/${Number(id)}`).length;
        const lines = flow.messages(String(roomId)).filter(({ key }) => key.startsWith(`silence/${Number(id)}/`));
        const counted = held === 0 ? '期间没有新的' : `期间 ${held} 条`;
        expect(lines.map(({ text }) => text)).toEqual([expect.stringContaining(counted)]);
      }
      // Whatever is still open and for the room is in a group that the room knows by a number.
      for (const { groupKey, severity: worst } of flow.rows(
        `SELECT groupKey, severity FROM Alert WHERE state <> 'resolved' AND isLateFound = 0 AND severity <> 'info'`,
      )) {
        const said = flow.rows(`SELECT 1 FROM GroupSaid WHERE roomId = 'war' AND groupKey = ?`, groupKey);
        expect(said, `${String(worst)} of ${String(groupKey)}`).toHaveLength(1);
      }
    }),
    { numRuns: bySize({ short: 25, moderate: 100, full: 300 }) },
  );
}, 600_000);
