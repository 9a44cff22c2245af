import { describe, expect, it } from 'vitest';
import { aFulfillment, anOrder, at, hour, minute } from '../kit/builders.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

const paidAt = at('10:00', '2026-11-22');
const shipBy = at('18:00');
const start = at('06:00') - minute;

async function near(change: Parameters<typeof anOrder>[0] = {}): Promise<Flow> {
  const flow = await startFlow({ startAt: start });
  await flow.tell(anOrder({ paidAt, shipBy, placedAt: paidAt, ...change }));
  await flow.show(
    aFulfillment({ stage: 'sorting', stageAt: paidAt + hour, sortedAt: paidAt + hour, sourceUpdatedAt: paidAt + hour }),
  );
  return flow;
}
const risks = async (flow: Flow) => (await flow.alerts()).filter(({ ruleId }) => ruleId === 'ship-by-risk');

describe('near the platform’s own deadline [N18][P1]', () => {
  it('raises one alert twelve hours before, to the millisecond, and says it again at four and at one', async () => {
    const flow = await near();
    await flow.runAt(at('06:00') - 1);
    expect(await risks(flow)).toEqual([]);

    await flow.runAt(at('06:00'));
    await flow.runAt(at('14:00'));
    await flow.runAt(at('17:00'));

    expect(await risks(flow)).toMatchObject([{ severity: 'critical', state: 'open', dueAt: at('06:00'), number: 1 }]);
    expect(flow.messages().map(({ text }) => text.split('\n')[0])).toEqual([
      '1号 · 快到时限，先发 · 剩 12时0分',
      '1号 · 快到时限，先发 · 剩 4时0分',
      '1号 · 快到时限，先发 · 剩 1时0分',
    ]);
    expect(flow.messages().map(({ priority }) => priority)).toEqual([2, 2, 1]);
  });

  it('ends when it is sent, and raises nothing for what was sent, closed or refunded before', async () => {
    const flow = await near();
    await flow.runAt(at('06:00'));
    await flow.clock.advanceTo(at('09:00'));
    await flow.tell(
      anOrder({
        paidAt,
        shipBy,
        placedAt: paidAt,
        shippedAt: at('08:50'),
        status: 'shipped',
        sourceUpdatedAt: at('08:50'),
      }),
    );
    await flow.runAt(at('09:01'));
    expect(await risks(flow)).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);

    for (const change of [
      { shippedAt: at('05:00') },
      { closedAt: at('05:00') },
      { refund: 'requested', refundAt: at('05:00') },
      { kind: 'resend' },
    ] as const) {
      const other = await near(change);
      await other.runAt(at('17:30'));
      expect(await risks(other)).toEqual([]);
    }
  });

  it('is no alarm at the payment of an order that has only hours anyway, and counts from the promise of a presale [P7]', async () => {
    const short = await near({ paidAt: at('05:50'), placedAt: at('05:50'), shipBy: at('08:00') });
    await short.runAt(at('07:00') - 1);
    expect(await risks(short)).toEqual([]);
    await short.runAt(at('07:00'));
    expect(await risks(short)).toHaveLength(1);

    const presale = at('18:00', '2026-12-10');
    const later = await near({ shipBy: presale, promisedAt: presale });
    await later.runAt(at('17:00'));
    expect(await later.alerts()).toEqual([]);
  });

  it('goes away when the platform gives more time', async () => {
    const flow = await near();
    await flow.runAt(at('06:00'));
    await flow.clock.advanceTo(at('07:00'));
    await flow.tell(
      anOrder({ paidAt, placedAt: paidAt, shipBy: at('18:00', '2026-11-26'), sourceUpdatedAt: at('06:30') }),
    );
    await flow.runAt(at('07:01'));

    expect(await risks(flow)).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
  });

  it('first seen late, is listed, and said at the next band all the same', async () => {
    const flow = await startFlow({ startAt: at('10:00') });
    await flow.tell(anOrder({ paidAt, shipBy, placedAt: paidAt }));
    await flow.show(aFulfillment({ stage: 'sorting', stageAt: paidAt, sortedAt: paidAt, sourceUpdatedAt: paidAt + 1 }));
    await flow.runAt(at('10:00') + minute);
    expect(await risks(flow)).toMatchObject([{ isLateFound: 1 }]);
    expect(flow.messages()).toEqual([]);

    await flow.runAt(at('14:00'));
    expect(flow.messages().map(({ text }) => text.split('\n')[0])).toEqual(['1号 · 快到时限，先发 · 剩 4时0分']);
  });

  it('says one order once: what C1 has said, the wall only lists, and C1’s own group gets louder [P2]', async () => {
    const flow = await startFlow({ startAt: at('05:00') });
    await flow.tell(anOrder({ paidAt: at('05:00'), placedAt: at('05:00'), shipBy: at('23:00') }));
    await flow.show(aFulfillment({ sourceUpdatedAt: at('05:01') }));
    for (const time of ['07:00', '11:00', '19:00', '22:00']) await flow.runAt(at(time));

    expect(new Set((await flow.alerts()).map(({ ruleId }) => ruleId))).toEqual(
      new Set(['paid-not-sorted', 'ship-by-risk']),
    );
    const said = flow.messages().map(({ key }) => key.split('|')[0]);
    expect(new Set(said)).toEqual(new Set(['group/paid-not-sorted']));
    expect(said.length).toBeGreaterThanOrEqual(3);
  });
});
