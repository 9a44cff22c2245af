import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/adapters/clock/manual.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { RetryableError } from '../../src/domain/errors.ts';
import type { HttpRequest } from '../../src/ports/http.ts';
import { createHeartbeat } from '../../src/services/heartbeat.ts';
import { aMessage, at, minute } from '../kit/builders.ts';
import { aRoom, openTestStorage, silentLog } from '../kit/test-storage.ts';

const noon = at('12:00');
const url = 'https://beat.example/1';
const webhook = 'https://group.example/2';

async function setup() {
  const base = await openTestStorage();
  const { storage } = base;
  const clock = createManualClock(noon);
  await storage.rooms.syncConfigured([aRoom({ name: '订单作战群' })]);
  const calls: HttpRequest[] = [];
  const state = { isDown: false, answer: 'ok' };
  const heartbeat = createHeartbeat({
    storage,
    clock,
    http: {
      ...createHttp(),
      async send(request) {
        if (state.isDown) throw new RetryableError('no answer', { code: 'NETWORK' });
        calls.push(request);
        return { status: 200, headers: {}, text: state.answer, json: () => state.answer };
      },
    },
    log: silentLog,
    isReachable: async (roomId) => roomId === 'war',
    paths: () => ({ url, webhook, every: minute }),
  });
  const { signal } = new AbortController();
  return {
    storage,
    idOf: (key: string) => Number(base.rows('SELECT id FROM Outbox WHERE key = ?', key)[0]?.['id']),
    state,
    runAt: async (time: number) => {
      calls.length = 0;
      await clock.advanceTo(time);
      await heartbeat(signal);
      return calls.map((call) => `${call.url} ${call.body}`);
    },
    add: (key: string, dueAt: number, roomId = 'war') => storage.outbox.add(aMessage({ key, roomId, dueAt })),
    deliver: async (time: number, roomId = 'war') => {
      for (const { id } of await storage.outbox.claim(roomId, 9, 1, time, 0))
        await storage.outbox.sent(id, time, 'ref');
    },
  };
}

describe("the dead man's switch", () => {
  it('beats while messages arrive', async () => {
    const { runAt } = await setup();

    expect(await runAt(noon)).toEqual([`${url} {"ok":true,"at":${noon}}`]);
    expect(await runAt(noon + minute - 1)).toEqual([]);
    expect(await runAt(noon + minute)).toHaveLength(1);
  });

  it('falls silent when nothing was delivered for two minutes, tells the second path once, and once that it is over', async () => {
    const { runAt, add, deliver } = await setup();
    await add('k1', noon);
    await add('k2', noon + 1);
    expect(await runAt(noon + 2 * minute - 1)).toHaveLength(1);

    const [told, ...more] = await runAt(noon + 3 * minute);
    expect(told).toContain(webhook);
    expect(told).toContain('🔴 订单机器人「订单作战群」：3 分钟没有消息送达，2 条在等');
    expect(more).toEqual([]);
    expect(await runAt(noon + 4 * minute)).toEqual([]);

    await deliver(noon + 4 * minute);
    expect(await runAt(noon + 5 * minute)).toEqual([
      expect.stringContaining('消息恢复送达'),
      expect.stringContaining('"ok":true'),
    ]);
  });

  it('is no stall while some arrive, or where nobody is bound yet', async () => {
    const { runAt, add, deliver } = await setup();
    await add('k1', noon);
    await deliver(noon + 2 * minute);
    await add('k2', noon);
    await add('k3', noon, 'unbound');

    expect(await runAt(noon + 3 * minute)).toEqual([expect.stringContaining('"ok":true')]);
  });

  it('says it when the second path is there again, or takes it', async () => {
    const { runAt, add, state } = await setup();
    await add('k1', noon);
    state.isDown = true;
    expect(await runAt(noon + 3 * minute)).toEqual([]);
    state.isDown = false;
    state.answer = '{"errcode":45009,"errmsg":"api freq out of limit"}';
    expect(await runAt(noon + 4 * minute)).toHaveLength(1);
    state.answer = '{"errcode":0,"errmsg":"ok"}';
    expect(await runAt(noon + 5 * minute)).toEqual([expect.stringContaining('没有消息送达')]);
    expect(await runAt(noon + 6 * minute)).toEqual([]);
  });
});

describe('the proof of delivery', () => {
  it('counts by slices of five minutes what was to be said and what has a receipt in time', async () => {
    const { storage, add, deliver } = await setup();
    const slice = 5 * minute;
    await add('in time', noon);
    await deliver(noon + slice);
    await add('too late', noon + 1);
    await deliver(noon + 1 + slice + 1);
    await add('never', noon + 2);
    await add('next', noon + slice);
    await deliver(noon + slice + 1);
    const [first] = await storage.outbox.claim('war', 1, 1, noon + slice, 9e15);
    expect(first).toBeUndefined();

    expect(await storage.outbox.slices(noon, noon + 2 * slice, slice, slice)).toEqual([
      { from: noon, wanted: 3, inTime: 2, late: 1 },
      { from: noon + slice, wanted: 1, inTime: 1, late: 0 },
    ]);
  });

  it('does not count what had become untrue before it was sent', async () => {
    const { storage, add, idOf } = await setup();
    await add('k1', noon);
    await storage.outbox.drop(idOf('k1'), noon, 'resolved');

    expect(await storage.outbox.slices(noon, noon + minute, minute, minute)).toEqual([]);
  });
});
