import { expect, it } from 'vitest';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import { createWatchOvertaken } from '../../src/services/watch-overtaken.ts';
import { aFulfillment, anOrder, at, minute } from '../kit/builders.ts';
import { shopOf } from '../kit/fake-directory.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

const hours = ['Mon-Sun 08:30-22:00'];
const yesterday = '2026-11-23';
const reviewed = '202611230000001';
const inReview: Partial<FulfillmentView> = {
  stage: 'review',
  stageAt: at('22:31', yesterday),
  sourceUpdatedAt: at('22:31', yesterday),
  reason: '人工复核',
};
const released: Partial<FulfillmentView> = { stage: 'queued', stageAt: at('10:30'), sourceUpdatedAt: at('10:30') };

/** So many orders paid in the same minute, and sorted. */
async function sortOthers(flow: Flow, count: number, paidAt: number, sortedAt: number): Promise<void> {
  const nos = Array.from({ length: count }, (_, index) => `${paidAt}${String(index).padStart(4, '0')}`);
  await flow.tell(...nos.map((channelOrderNo) => anOrder({ channelOrderNo, paidAt })));
  await flow.show(
    ...nos.map((no) =>
      aFulfillment({
        systemOrderNo: `s${no}`,
        channelOrderNos: [no],
        stage: 'sorting',
        stageAt: sortedAt,
        sortedAt,
        sourceUpdatedAt: sortedAt,
      }),
    ),
  );
}

async function overnight(): Promise<Flow & { look(): Promise<unknown> }> {
  const flow = await startFlow({ hours, startAt: at('22:30', yesterday) });
  await flow.tell(anOrder({ channelOrderNo: reviewed, paidAt: at('22:30', yesterday) }));
  await flow.show(aFulfillment({ systemOrderNo: '1', channelOrderNos: [reviewed], ...inReview }));
  await flow.clock.advanceTo(at('10:20'));
  await sortOthers(flow, 220, at('09:00'), at('10:15'));
  const watch = createWatchOvertaken(flow);
  return { ...flow, look: () => watch(flow.signal) };
}

it('joins the line when it is released from review: those sorted meanwhile have not passed it [P2][D2]', async () => {
  const flow = await overnight();
  await flow.clock.advanceTo(at('10:30'));
  await flow.show(aFulfillment({ systemOrderNo: '1', channelOrderNos: [reviewed], ...released }));
  await flow.look();
  expect(await flow.alerts()).toEqual([]);
  // Its two hours are over by its payment: listed, for its turn has not come.
  await sortOthers(flow, 30, at('10:00'), at('11:00') - minute);
  await flow.runAt(at('11:00'));
  expect((await flow.alerts()).map(({ ruleId }) => ruleId)).toEqual(['paid-not-sorted']);
  expect(flow.messages()).toEqual([]);

  // Whoever came after it is another matter.
  await sortOthers(flow, 210, at('10:40'), at('11:05'));
  await flow.clock.advanceTo(at('11:10'));
  await flow.look();
  expect(await flow.alerts()).toContainEqual(
    expect.objectContaining({ ruleId: 'overtaken', facts: expect.objectContaining({ later: 210 }) }),
  );
});

it('keeps its place when it is told of again, and a rebuild gives the same [P2][D2]', async () => {
  const flow = await overnight();
  await flow.show(aFulfillment({ systemOrderNo: '1', channelOrderNos: [reviewed], ...released }));
  await flow.tell(
    anOrder({ channelOrderNo: reviewed, paidAt: at('22:30', yesterday), remark: '加急', sourceUpdatedAt: at('11:00') }),
  );
  await flow.show(
    aFulfillment({
      systemOrderNo: '1',
      channelOrderNos: [reviewed],
      ...released,
      stageAt: at('11:30'),
      sourceUpdatedAt: at('11:30'),
    }),
  );
  const place = () =>
    flow.rows(`SELECT since FROM LineEntry l JOIN "Order" o ON o.id = l.orderId WHERE o.channelOrderNo = ?`, reviewed);
  expect(place()).toEqual([{ since: at('10:30') }]);
  const live = flow.rows('SELECT * FROM LineEntry ORDER BY orderId');

  await flow.storage.views.rebuild(flow.rulebook().derivation, shopOf);
  expect(flow.rows('SELECT * FROM LineEntry ORDER BY orderId')).toEqual(live);
});

it('counts an order that was never kept apart from its payment, however often its system touches it [P2]', async () => {
  const flow = await startFlow();
  await flow.tell(anOrder());
  await flow.show(aFulfillment(), aFulfillment({ sourceUpdatedAt: at('11:00') }));

  expect(flow.rows('SELECT since FROM LineEntry')).toEqual([{ since: at('10:00') }]);
});

it('joins the line when a hold ends, whoever held it [P2]', async () => {
  const flow = await startFlow();
  await flow.tell(anOrder({ held: true }));
  await flow.show(aFulfillment());
  await flow.tell(anOrder({ held: false, sourceUpdatedAt: at('12:00') }));

  expect(flow.rows('SELECT since, apart FROM LineEntry')).toEqual([{ since: at('12:00'), apart: null }]);
});
