import { expect, it } from 'vitest';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createWatchLabels } from '../../src/services/watch-labels.ts';
import { aFulfillment, anOrder, at, minute } from '../kit/builders.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

const hours = ['Mon-Sun 08:30-22:00'];

interface Packing extends Flow {
  /** Moves on minute by minute; so many labels in each. */
  print(until: number, perMinute: number): Promise<void>;
  look(): Promise<number>;
}

/** A warehouse at work, with so many orders waiting. */
async function atWork(waiting: number, startAt = at('09:00')): Promise<Packing> {
  const flow = await startFlow({ hours, startAt });
  const watch = createWatchLabels({ ...flow, systems: () => [flow.system], metrics: silentMetrics });
  let made = 0;
  const order = async (change: Parameters<typeof aFulfillment>[0]): Promise<void> => {
    made += 1;
    const no = String(made);
    await flow.tell(anOrder({ channelOrderNo: no, paidAt: at('08:00') }));
    await flow.show(aFulfillment({ systemOrderNo: `s${no}`, channelOrderNos: [no], ...change }));
  };
  for (let i = 0; i < waiting; i += 1) await order({});
  return {
    ...flow,
    async print(until, perMinute) {
      while (flow.clock.now() < until) {
        const now = flow.clock.now() + minute;
        await flow.clock.advanceTo(now);
        await flow.storage.sources.ok('system:wms', now);
        const sorted = { sortedAt: now, stageAt: now, sourceUpdatedAt: now };
        for (let i = 0; i < perMinute; i += 1) await order({ stage: 'labelled', waybill: `YT${made}`, ...sorted });
      }
    },
    look: async () => {
      const changed = await watch(flow.signal);
      await flow.dispatch();
      return changed;
    },
  };
}

it('says that labels stopped ten minutes ago though orders wait, and ends with the next one [P14]', async () => {
  const flow = await atWork(60);
  await flow.print(at('09:45'), 2);
  await flow.print(at('09:54'), 0);
  await flow.look();
  expect(await flow.alerts()).toEqual([]);

  await flow.print(at('09:55'), 0);
  await flow.look();
  await flow.look();
  expect(await flow.alerts()).toMatchObject([
    {
      ruleId: 'labels-stopped',
      subject: 'warehouse:hz',
      severity: 'critical',
      dueAt: at('09:55'),
      facts: { warehouseId: 'hz', systemId: 'wms', lastAt: at('09:45'), waiting: 60 },
    },
  ]);
  expect(flow.messages().map(({ text }) => text.split('\n').slice(0, 3))).toEqual([
    [
      '1号 · 面单停了 10分 · 杭州仓 · 60 单在等',
      '停之前每小时 123 张，最后一张 09:45',
      '先看打印电脑、打印机和面单余额（余额没有数据源，看不到）',
    ],
  ]);

  await flow.print(at('09:56'), 1);
  await flow.look();
  expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
});

it('is quiet while nobody waits, before it knows the rate, and when the warehouse is closed [P14]', async () => {
  const idle = await atWork(3);
  await idle.print(at('09:45'), 2);
  await idle.print(at('10:10'), 0);
  await idle.look();
  expect(await idle.alerts()).toEqual([]);

  const early = await atWork(60, at('08:30'));
  await early.print(at('08:40'), 2);
  await early.print(at('08:55'), 0);
  expect(await early.look()).toBe(0);

  // Six an hour, and by chance none for twenty minutes.
  const slow = await atWork(60);
  for (let now = at('09:10'); now <= at('10:00'); now += 10 * minute) {
    await slow.print(now, 0);
    await slow.print(now + minute, 1);
  }
  await slow.print(at('10:21'), 0);
  expect(await slow.look()).toBe(0);

  const evening = await atWork(60, at('21:00'));
  await evening.print(at('21:55'), 2);
  await evening.print(at('22:20'), 0);
  expect(await evening.look()).toBe(0);
});

it('knows a warehouse that prints in waves: a pause like its last ones is no stop [P14]', async () => {
  const flow = await atWork(200);
  for (let now = at('09:00'); now < at('10:30'); now += 30 * minute) {
    await flow.print(now, 0);
    await flow.print(now + 2 * minute, 20);
  }
  await flow.print(at('10:29'), 0);
  expect(await flow.look()).toBe(0);
  await flow.print(at('10:33'), 0);
  expect(await flow.look()).toBe(1);
});

it('says nothing of labels while the system is not heard, nor of one that tells of none [P14]', async () => {
  const flow = await atWork(60);
  await flow.print(at('09:45'), 2);
  await flow.clock.advanceTo(at('10:10'));
  await flow.look();
  expect(await flow.alerts()).toEqual([]);

  const untold = await atWork(60);
  await untold.print(at('10:30'), 0);
  await untold.look();
  expect(await untold.alerts()).toEqual([]);
});

it('knows the rate again after a restart, and counts each order once [P14]', async () => {
  const flow = await atWork(60);
  await flow.print(at('09:45'), 2);
  await flow.look();
  await flow.print(at('09:46'), 0);
  await flow.look();
  await flow.print(at('09:56'), 0);
  const again = createWatchLabels({ ...flow, systems: () => [flow.system], metrics: silentMetrics });
  await again(flow.signal);

  expect(await flow.alerts()).toMatchObject([{ facts: { perHour: 123 } }]);
});
