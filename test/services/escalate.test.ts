import { expect, it } from 'vitest';
import { aFulfillment, anOrder, at, hour, minute } from '../kit/builders.ts';
import { type Answers, type Ringing, type RingingOptions, startRinging, usual } from '../kit/ringing.ts';
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
