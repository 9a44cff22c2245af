import { expect, it } from 'vitest';
import { createReadLine } from '../../src/services/read-line.ts';
import { tonightNumbers } from '../../src/services/tonight-numbers.ts';
import { aFulfillment, anOrder, at, hour, minute } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

it('foresees nothing for orders whose warehouse nobody knows yet: they are in some line, not in one of their own [P1]', async () => {
  const flow = await startFlow({ startAt: at('09:00') });
  const shipBy = at('10:00') + 48 * hour;
  // Sorted before the warehouse system has told of it, long ago: no speed of anybody.
  await flow.tell(anOrder({ channelOrderNo: '1', paidAt: at('08:00'), sortedAt: at('08:30'), shipBy }));
  await flow.clock.advanceTo(at('10:00'));
  await flow.tell(...['2', '3', '4'].map((channelOrderNo) => anOrder({ channelOrderNo, paidAt: at('09:59'), shipBy })));

  const { lines } = flow.storage;
  const report = await createReadLine({ ...flow, lines, perPersonHour: () => 30 })();
  const unknown = report.warehouses.find(({ id }) => id === '');
  expect(unknown).toMatchObject({ waiting: 3 });
  expect([unknown?.speed, unknown?.ahead]).toEqual([undefined, undefined]);
  expect(tonightNumbers(report, null, flow.directory, 'zh').later).toBeNull();
});

it('does not take a quiet morning for the speed of a warehouse when a rush comes [P1]', async () => {
  const flow = await startFlow({ startAt: at('08:00') });
  const show = async (no: string, paidAt: number, sortedAt: number | null): Promise<void> => {
    await flow.tell(anOrder({ channelOrderNo: no, paidAt, shipBy: at('20:00') }));
    const sorted = sortedAt === null ? {} : ({ stage: 'sorting', stageAt: sortedAt, sortedAt } as const);
    await flow.show(aFulfillment({ systemOrderNo: `s${no}`, channelOrderNos: [no], ...sorted }));
  };
  for (let i = 0; i < 4; i += 1) await show(`a${i}`, at('08:00') + i * 20 * minute, at('08:20') + i * 20 * minute);
  await flow.clock.advanceTo(at('10:00'));
  for (let i = 0; i < 40; i += 1) await show(`b${i}`, at('09:58'), null);

  const { lines } = flow.storage;
  const { warehouses } = await createReadLine({ ...flow, lines, perPersonHour: () => 30 })();
  // As configured, not two an hour.
  expect(warehouses[0]).toMatchObject({
    id: 'hz',
    waiting: 40,
    speed: { perHour: 900, from: 'configured' },
    tonight: { misses: 0 },
  });
});
