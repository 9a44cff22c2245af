import { expect, it } from 'vitest';
import { createReadHealth } from '../../src/services/read-health.ts';
import { createSummarise } from '../../src/services/summarise.ts';
import { anOrder, at, day, hour, minute } from '../kit/builders.ts';
import { rateLimits } from '../kit/health.ts';
import { aRoom, type Flow, startFlow } from '../kit/test-storage.ts';

const tomorrow = (time: string) => at(time, '2026-11-25');

interface Options {
  readonly times?: readonly string[];
  readonly rooms?: readonly string[];
}

/** The bot as it is after a start: what it held in memory is gone. */
const begin = ({ storage, clock, directory }: Flow, { times = ['08:30'], rooms }: Options = {}) =>
  createSummarise({
    storage,
    clock,
    timezone: 'Asia/Shanghai',
    readHealth: createReadHealth({ stores: storage, clock, directory, limits: rateLimits }),
    summary: { at: times, rooms },
  });

/** A company that was first started on the 24th at ten. */
async function start() {
  const flow = await startFlow({
    startAt: at('10:00'),
    rooms: [aRoom(), aRoom({ id: 'en', chatId: 'en', language: 'en' })],
  });
  await flow.storage.world('real', at('10:00'));
  return flow;
}

const said = (flow: Flow, roomId = 'war') => flow.messages(roomId).map(({ key, text }) => [key, text.split(' · ')[0]]);

it('comes at its time, once for each room and day, in its language [E10]', async () => {
  const flow = await start();
  const summarise = begin(flow);
  await flow.clock.advanceTo(tomorrow('08:29:59.999'));
  await summarise();
  const before = said(flow);

  await flow.clock.advanceTo(tomorrow('08:30'));
  const counts = [await summarise(), await summarise()];

  expect(before).toEqual([]);
  expect(counts).toEqual([2, 0]);
  expect(said(flow)).toEqual([['summary/2026-11-25/08:30/war', '11月25日早报']]);
  expect(said(flow, 'en')).toEqual([['summary/2026-11-25/08:30/en', 'Morning of 25 Nov']]);
  await flow.clock.advanceTo(tomorrow('08:30') + day);
  await summarise();
  expect(said(flow).map(([key]) => key)).toEqual(['summary/2026-11-25/08:30/war', 'summary/2026-11-26/08:30/war']);
});

it('comes once after a time that was missed while nobody ran, and says it is late [E10]', async () => {
  const flow = await start();
  await flow.clock.advanceTo(tomorrow('10:05'));

  await begin(flow)();
  await begin(flow)();

  expect(said(flow)).toEqual([['summary/2026-11-25/08:30/war', '11月25日早报（补发 10:05）']]);
  expect(said(flow, 'en').map(([, head]) => head)).toEqual(['Morning of 25 Nov (sent late, 10:05)']);
});

it('sends the last one missed and no older one', async () => {
  const flow = await start();
  await flow.clock.advanceTo(at('07:00', '2026-11-28'));

  await begin(flow)();

  expect(said(flow)).toEqual([['summary/2026-11-27/08:30/war', '11月27日早报（补发 07:00）']]);
});

it('is never said twice, wherever it dies [E10]', async () => {
  const flow = await start();
  await flow.clock.advanceTo(tomorrow('08:30'));
  let left = 0;
  const dying: Flow['storage'] = {
    ...flow.storage,
    outbox: {
      ...flow.storage.outbox,
      async add(row) {
        const isNew = await flow.storage.outbox.add(row);
        if (left-- === 0) throw new Error('killed');
        return isNew;
      },
    },
  };
  for (left of [0, 1]) await expect(begin({ ...flow, storage: dying })()).rejects.toThrow('killed');

  await begin(flow)();

  expect(flow.rows('SELECT roomId, count(*) AS n FROM Outbox GROUP BY roomId')).toEqual([
    { roomId: 'en', n: 1 },
    { roomId: 'war', n: 1 },
  ]);
});

it('misses nothing before the company was first started', async () => {
  const flow = await start();

  expect(await begin(flow)()).toBe(0);
});

it('goes to the rooms it was asked for, and nowhere without a time', async () => {
  const flow = await start();
  await flow.clock.advanceTo(tomorrow('08:30'));

  await begin(flow, { times: [] })();
  await begin(flow, { rooms: ['en'] })();

  expect(said(flow)).toEqual([]);
  expect(said(flow, 'en')).toHaveLength(1);
});

it('tells of yesterday in the morning, and of the day itself in the evening [E10]', async () => {
  const flow = await start();
  const scanned = (no: string, time: number, ms: number) =>
    anOrder({ channelOrderNo: no, paidAt: time - ms, scannedAt: time, sourceUpdatedAt: time });
  await flow.tell(scanned('1', at('18:00'), 4 * hour), scanned('2', tomorrow('12:00'), 5 * hour));
  const summarise = begin(flow, { times: ['08:30', '20:00'] });
  await flow.clock.advanceTo(tomorrow('08:30'));
  await summarise();
  await flow.clock.advanceTo(tomorrow('20:00') + 6 * minute);
  await summarise();

  const [morning = '', evening = ''] = flow.messages().map(({ text }) => text);

  expect(morning).toContain('昨天周期均 4.0 时');
  expect(evening).toContain('11月25日日报（补发 20:06）');
  expect(evening).toContain('\n周期均 5.0 时');
  expect(evening).toContain('比昨天 +1.0');
});
