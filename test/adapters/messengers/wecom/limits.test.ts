import { expect, it } from 'vitest';
import { RateLimitedError } from '../../../../src/domain/errors.ts';
import { HOUR, MINUTE, pass } from '../../../sandbox/kit.ts';
import { card, connect, never, type Office, openOffice, openRoom, type Room, toRoom, until } from './kit.ts';

/** Sends all, and waits in the company's time as long as it is told to. */
async function sendAll(office: Office, room: Room, count: number): Promise<void> {
  for (let sent = 0; sent < count; ) {
    try {
      await room.messenger.send(toRoom, card({ lines: [[`${sent}号 · 先发这单`]] }), `k${sent}`, never);
      sent += 1;
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
      expect(error.afterMs).toBeGreaterThan(0);
      await pass(office.sandbox, error.afterMs);
    }
  }
}

/** The most that fell into any window of `ms`. */
function most(times: readonly number[], ms: number): number {
  let from = 0;
  let highest = 0;
  for (const [index, at] of times.entries()) {
    while ((times[from] ?? at) <= at - ms) from += 1;
    highest = Math.max(highest, index - from + 1);
  }
  return highest;
}

it('sends 5,000 alerts within the limits of a conversation: all arrive, none is refused', {
  timeout: 60_000,
}, async () => {
  const office = await openOffice();
  const room = openRoom(office);
  await connect(office, room);
  const begin = office.sandbox.world.clock.now();

  await sendAll(office, room, 5_000);

  const times = (await office.posted()).map(({ at }) => at);
  expect(times).toHaveLength(5_000);
  expect([most(times, MINUTE), most(times, HOUR)]).toEqual([30, 1_000]);
  const { frames } = await office.state();
  expect(frames.filter(({ errcode }: { errcode: number }) => errcode !== 0)).toEqual([]);
  expect(office.sandbox.world.clock.now() - begin).toBeLessThan(5 * HOUR);
  await room.messenger.stop?.();
  await office.sandbox.stop();
});

it('sends 200 alerts within the limits of a webhook while the line is down', async () => {
  const office = await openOffice();
  const room = openRoom(office, { webhook: true });
  await connect(office, room);
  await office.post('/settings', { refuseUpgrade: 503 });
  await office.post('/connection', { do: 'drop' });
  await until(() => room.messenger.connection?.().isUp === false);

  await sendAll(office, room, 200);

  const times = (await office.posted()).map(({ at }) => at);
  expect([times.length, most(times, MINUTE)]).toEqual([200, 20]);
  await room.messenger.stop?.();
  await office.sandbox.stop();
});
