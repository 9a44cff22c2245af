import { expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { addOpen, nextOpening, parseHours } from '../../src/domain/calendar.ts';
import { createWatchOvertaken } from '../../src/services/watch-overtaken.ts';
import { aFulfillment, anOrder, at, hour, minute } from '../kit/builders.ts';
import { isLong } from '../kit/size.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

const hours = ['Mon-Sun 08:30-22:00'];
const calendar = parseHours(hours);
/** Orders by the hour of the day, of 8,600: models/clocks.py. */
const curve = [
  3.2, 2.0, 1.2, 0.8, 0.6, 0.6, 0.9, 1.6, 2.6, 3.8, 4.8, 5.0, 4.8, 4.2, 4.2, 4.6, 4.6, 4.4, 4.4, 5.6, 8.6, 10.2, 9.6,
  7.7,
];
const sum = curve.reduce((all, each) => all + each, 0);
/** The whole day takes a while; a tenth of everything says the same. */
const scale = isLong ? 1 : 10;
const step = 10 * minute;
const from = at('22:00', '2026-11-23');
const to = at('14:00');

interface Each {
  readonly no: string;
  readonly paidAt: number;
  readonly sortedAt: number;
}

/** From closing time to the next afternoon, 900 an hour, first come, first served. `stuck` never moves. */
function nightAndMorning(stuck?: string): Each[] {
  const all: Each[] = [];
  let free = 0;
  for (let time = from; time < to; time += hour) {
    const count = Math.round(((8_600 / scale) * (curve[new Date(time + 8 * hour).getUTCHours()] ?? 0)) / sum);
    for (let i = 0; i < count; i += 1) {
      const paidAt = time + Math.floor((i * hour) / count);
      const no = `20261124${String(all.length).padStart(7, '0')}`;
      const isStuck = no === stuck;
      const sortedAt = isStuck ? Number.POSITIVE_INFINITY : nextOpening(calendar, Math.max(free, paidAt));
      if (!isStuck) free = addOpen(calendar, sortedAt, Math.round((hour * scale) / 900));
      all.push({ no, paidAt, sortedAt });
    }
  }
  return all;
}

async function play(orders: readonly Each[], prepare: (flow: Flow) => Promise<unknown> = async () => {}) {
  const rules = builtinRules.map((rule) =>
    rule.on.type === 'overtaken' ? { ...rule, on: { ...rule.on, byAtLeast: rule.on.byAtLeast / scale } } : rule,
  );
  const flow = await startFlow({ hours, startAt: from, rules });
  await prepare(flow);
  const watch = createWatchOvertaken(flow);
  const view = ({ no }: Each, change: Parameters<typeof aFulfillment>[0]) =>
    aFulfillment({ systemOrderNo: `s${no}`, channelOrderNos: [no], ...change });
  for (let now = from + step; now <= to; now += step) {
    await flow.clock.advanceTo(now);
    const since = (time: number): boolean => time > now - step && time <= now;
    const fresh = orders.filter(({ paidAt }) => since(paidAt));
    await flow.tell(
      ...fresh.map(({ no, paidAt }) => anOrder({ channelOrderNo: no, paidAt, shipBy: paidAt + 48 * hour })),
    );
    await flow.show(...fresh.map((each) => view(each, { sourceUpdatedAt: each.paidAt + 1 })));
    const sorted = orders.filter(({ sortedAt }) => since(sortedAt));
    await flow.show(
      ...sorted.map((each) =>
        view(each, {
          stage: 'sorting',
          stageAt: each.sortedAt,
          sortedAt: each.sortedAt,
          sourceUpdatedAt: each.sortedAt,
        }),
      ),
    );
    await watch(flow.signal);
    await flow.runAt(now);
  }
  const cards = flow.messages().filter(({ kind }) => kind === 'alert' || kind === 'group');
  return { flow, cards, rows: (await flow.alerts()).map(({ ruleId }) => ruleId) };
}

it('raises no card on a healthy one-shift day, though the list has every order that waited two open hours [P2][N3]', async () => {
  const { flow, cards, rows } = await play(nightAndMorning());

  expect(cards.map(({ text }) => text)).toEqual([]);
  expect(rows.filter((id) => id === 'paid-not-sorted').length).toBeGreaterThan(300 / scale);
  expect(rows).not.toContain('overtaken');
  const reasons = new Set(flow.rows('SELECT reason FROM Decision').map(({ reason }) => reason));
  expect([...reasons]).toEqual(['in-its-turn']);
});

it('raises one card for the one order that 200 later ones have passed [P2]', async () => {
  const stuck = '202611240000080';
  const { cards, rows } = await play(nightAndMorning(stuck));

  expect(cards).toHaveLength(1);
  expect(cards[0]?.text).toContain(stuck.slice(-6));
  expect(rows.filter((id) => id === 'overtaken')).toHaveLength(1);
});

it('does not count in the line at a silence’s end who only waits for a turn [P2]', async () => {
  const stuck = '202611240000080';
  const { flow } = await play(nightAndMorning(stuck), (silenced) =>
    silenced.storage.noise.addSilence({
      roomId: 'war',
      scope: { kind: 'warehouse', warehouseId: 'hz' },
      from,
      until: at('11:30'),
      reason: '盘点',
      by: 'person:wang',
    }),
  );

  const [end] = flow.messages().map(({ text }) => text.split('\n'));
  expect(end?.[0]).toContain('免打扰结束');
  const own = end?.filter((line) => line.includes('付款 2 小时仍未进入分拣'));
  expect(own).toEqual([expect.not.stringMatching(/\d+ 单/)]);
});
