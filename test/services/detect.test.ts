import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import type { OrderView } from '../../src/domain/order.ts';
import { aFulfillment, aLock, anAlert, anOrder, at, hour, minute } from '../kit/builders.ts';
import { shopOf } from '../kit/fake-directory.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

const subject = 'order:mini/202611240018842';
const due = at('12:00');
const sortedAt = (time: number) =>
  aFulfillment({ stage: 'sorting', stageAt: time, sortedAt: time, sourceUpdatedAt: time });
/** The channel's row a while later. */
const later = (change: Partial<OrderView>, time = at('11:00')) => anOrder({ sourceUpdatedAt: time, ...change });

async function paidOrder(options: Parameters<typeof startFlow>[0] = {}): Promise<Flow> {
  const flow = await startFlow(options);
  await flow.tell(anOrder());
  await flow.show(aFulfillment());
  return flow;
}

describe('paid and not sorted in time, around the clock [C1]', () => {
  it('raises nothing a millisecond early and exactly one at two hours', async () => {
    const flow = await paidOrder();
    await flow.judgeAt(due - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(due);
    expect(await flow.alerts()).toMatchObject([
      {
        ruleId: 'paid-not-sorted',
        subject,
        severity: 'critical',
        state: 'open',
        dueAt: due,
        raisedAt: due,
        confirmedAt: due,
        isLateFound: 0,
        facts: { visibility: 'seen', warehouseId: 'hz' },
      },
    ]);
    await flow.judgeAt(due + hour);
    expect(await flow.alerts()).toHaveLength(1);
  });

  it('logs one line for a batch, with a count per rule, however many alerts', async () => {
    const lines: unknown[] = [];
    const info = (facts: object, message: string): void => void lines.push([message, facts]);
    const flow = await startFlow({ log: { info, warn() {}, error() {} } });
    for (const no of ['1', '2', '3']) {
      await flow.tell(anOrder({ channelOrderNo: no }));
    }
    await flow.judgeAt(due);

    expect(await flow.alerts()).toHaveLength(3);
    expect(lines).toEqual([['Alerts raised', { count: 3, rules: { 'paid-not-sorted': 3 } }]]);
  });

  it('raises nothing for what went into sorting a millisecond before', async () => {
    const flow = await paidOrder();
    await flow.clock.advanceTo(due - 1);
    await flow.show(sortedAt(due - 1));
    await flow.judgeAt(due + hour);

    expect(await flow.alerts()).toEqual([]);
  });

  it('raises one for what went into sorting in the very millisecond it was due, and ends it', async () => {
    const flow = await paidOrder();
    await flow.judgeAt(due);
    await flow.show(sortedAt(due));
    await flow.detect.recheck();

    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
  });

  it('raises nothing when the fresh read shows it sorted', async () => {
    const flow = await paidOrder();
    flow.wms.fulfillments.set('7001', sortedAt(at('11:59')));
    await flow.judgeAt(due);

    expect(flow.wms.asked).toContain('fetch 202611240018842');
    expect(await flow.alerts()).toEqual([]);
    expect(await flow.storage.deadlines.nextDueAt()).toBeUndefined();
  });

  it('ends as in time when it had been sorted in time and we learned late', async () => {
    const flow = await paidOrder();
    await flow.judgeAt(due);
    await flow.show(sortedAt(due - 1));
    await flow.detect.recheck();

    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'in-time-learned-late' }]);
  });

  it('ends as cleared when it was sorted late', async () => {
    const flow = await paidOrder();
    await flow.judgeAt(due);
    await flow.clock.advanceTo(at('12:20'));
    await flow.show(sortedAt(at('12:20')));
    await flow.detect.recheck();

    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
  });

  it('keeps as a fact, without leaving it open, what broke and was mended before we looked', async () => {
    const flow = await paidOrder();
    flow.wms.fulfillments.set('7001', sortedAt(at('12:05')));
    await flow.judgeAt(at('12:10'));

    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared', dueAt: due }]);
  });

  it('raises one when the deadline is judged twice at the same time', async () => {
    const flow = await paidOrder();
    await flow.clock.advanceTo(due);
    await Promise.all([1, 2, 3].map(() => flow.detect.judgeDue(flow.signal)));

    expect(await flow.alerts()).toHaveLength(1);
  });

  it('judges each order of a batch on its own, with one fresh read for all', async () => {
    const flow = await startFlow();
    const numbers = Array.from({ length: 250 }, (_, index) => `20261124${index}`);
    await flow.tell(...numbers.map((channelOrderNo) => anOrder({ channelOrderNo })));
    flow.wms.asked.length = 0;
    await flow.judgeAt(due);

    expect(await flow.alerts()).toHaveLength(250);
    expect(flow.wms.asked).toHaveLength(2);
  });
});

describe('paid and not sorted in open hours [N3][P2]', () => {
  const hours = ['Mon-Sun 08:30-22:00'];

  it.each([
    { paid: '10:00', dueAt: at('12:00'), when: 'by day' },
    { paid: '21:00', dueAt: at('09:30', '2026-11-25'), when: 'an hour before closing' },
    { paid: '20:00', dueAt: at('22:00'), when: 'two hours before closing' },
    { paid: '23:30', dueAt: at('10:30', '2026-11-25'), when: 'at night' },
    { paid: '08:29:59.999', dueAt: at('10:30'), when: 'a millisecond before opening' },
  ])('counts the time that the warehouse is open for an order paid $when', async ({ paid, dueAt }) => {
    const flow = await startFlow({ hours, startAt: at('08:00') });
    await flow.clock.advanceTo(at(paid));
    await flow.tell(anOrder({ paidAt: at(paid) }));
    await flow.show(aFulfillment({ sourceUpdatedAt: at(paid) + 1 }));
    await flow.judgeAt(dueAt - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(dueAt);
    expect(await flow.alerts()).toMatchObject([{ dueAt, raisedAt: dueAt }]);
  });

  it('raises nothing on a healthy day on which every order is sorted within two open hours', async () => {
    const flow = await startFlow({ hours, startAt: at('00:00') });
    for (let index = 0; index < 48; index += 1) {
      const paidAt = at('00:00') + index * 30 * minute;
      const channelOrderNo = `2026112400${index}`;
      await flow.judgeAt(paidAt);
      await flow.tell(anOrder({ channelOrderNo, paidAt }));
      const sorted = Math.max(paidAt, at('08:30')) + 119 * minute;
      if (sorted <= at('22:00'))
        flow.wms.fulfillments.set(channelOrderNo, {
          ...sortedAt(sorted),
          systemOrderNo: channelOrderNo,
          channelOrderNos: [channelOrderNo],
        });
    }
    await flow.judgeAt(at('08:30', '2026-11-25'));

    expect(await flow.alerts()).toEqual([]);
  });
});

describe('what leaves the clock [N3]', () => {
  it.each<[string, Partial<OrderView>]>([
    ['refunded', { refund: 'requested', refundAt: at('11:00'), status: 'refunding' }],
    ['refunded without a time of its own', { refund: 'accepted' }],
    ['closed', { closedAt: at('11:00'), status: 'closed' }],
    ['held by the shop', { held: true }],
    ['shipped', { shippedAt: at('11:00'), status: 'shipped' }],
    ['delivered', { deliveredAt: at('11:00'), status: 'delivered' }],
  ])('an order that is %s before it is due raises nothing', async (_what, change) => {
    const flow = await paidOrder();
    await flow.clock.advanceTo(at('11:00'));
    await flow.tell(later(change));
    await flow.judgeAt(due + hour);

    expect(flow.rows(`SELECT id FROM Alert WHERE ruleId = 'paid-not-sorted'`)).toEqual([]);
  });

  it('an order that the fresh read shows as refunded raises nothing', async () => {
    const flow = await paidOrder();
    flow.mini.orders.set('202611240018842', later({ refund: 'requested', refundAt: at('11:30') }));
    await flow.judgeAt(due);

    expect(await flow.alerts()).toEqual([]);
  });

  it('an order that the warehouse holds raises nothing', async () => {
    const flow = await paidOrder();
    await flow.show(aFulfillment({ held: true, sourceUpdatedAt: at('10:30'), stageAt: at('10:30') }));
    await flow.judgeAt(due + hour);

    expect(await flow.alerts()).toEqual([]);
  });

  it.each(['postage', 'sample', 'resend'] as const)('a %s raises nothing', async (kind) => {
    const flow = await startFlow();
    await flow.tell(anOrder({ kind }));
    await flow.judgeAt(due + hour);

    expect(await flow.alerts()).toEqual([]);
  });

  it('a refund that was closed again counts from payment as before', async () => {
    const flow = await paidOrder();
    await flow.tell(later({ refund: 'requested', refundAt: at('10:30') }, at('10:30')));
    await flow.tell(later({ refund: 'closed', refundAt: at('10:30') }, at('11:30')));
    await flow.judgeAt(due);

    expect(await flow.alerts()).toHaveLength(1);
  });

  it('a presale is due a day before its promise, and an ordinary promise changes nothing', async () => {
    const flow = await startFlow();
    const promisedAt = at('10:00') + 72 * hour;
    await flow.tell(anOrder({ promisedAt }), anOrder({ channelOrderNo: '2', promisedAt: at('10:00') + 48 * hour }));
    await flow.judgeAt(due);
    expect(await flow.alerts()).toMatchObject([{ subject: 'order:mini/2' }]);

    await flow.judgeAt(promisedAt - 24 * hour - 1);
    expect(await flow.alerts()).toHaveLength(1);
    await flow.judgeAt(promisedAt - 24 * hour);
    expect(await flow.alerts()).toHaveLength(2);
  });

  it('a promise that we learn of after the alert ends it', async () => {
    const flow = await paidOrder();
    await flow.judgeAt(due);
    await flow.tell(later({ promisedAt: at('10:00') + 96 * hour }, at('12:10')));
    await flow.detect.recheck();
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved' }]);

    await flow.judgeAt(at('10:00') + 72 * hour);
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved' }, { state: 'open' }]);
  });

  it('the review queue leaves it and has two hours of its own', async () => {
    const flow = await paidOrder();
    const review = aFulfillment({
      stage: 'review',
      sourceUpdatedAt: at('11:00'),
      stageAt: at('11:00'),
      reason: '绣字人工复核',
    });
    await flow.show(review);
    await flow.judgeAt(at('13:00') - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(at('13:00'));
    expect(await flow.alerts()).toMatchObject([{ ruleId: 'embroidery-review', severity: 'warning' }]);
  });

  it('a review that is over ends its alert, also when the order goes back to the queue', async () => {
    const flow = await paidOrder();
    await flow.show(aFulfillment({ stage: 'review', sourceUpdatedAt: at('11:00'), stageAt: at('11:00') }));
    await flow.judgeAt(at('13:00'));
    await flow.show(aFulfillment({ stage: 'queued', sourceUpdatedAt: at('13:10'), stageAt: at('13:10') }));
    await flow.detect.recheck();

    expect(await flow.alerts()).toMatchObject([
      { ruleId: 'embroidery-review', state: 'resolved', resolution: 'cleared' },
    ]);
  });

  it('a rule that is off raises nothing, and ends what it raised at the next look', async () => {
    const flow = await paidOrder();
    flow.rules = builtinRules.filter((rule) => rule.id !== 'paid-not-sorted');
    await flow.judgeAt(due);
    expect(await flow.alerts()).toEqual([]);

    const other = await paidOrder();
    await other.judgeAt(due);
    other.rules = flow.rules;
    await other.tell(later({ remark: 'touched' }, at('12:01')));
    await other.detect.recheck();
    expect(await other.alerts()).toMatchObject([{ state: 'resolved', resolution: 'rule-off' }]);
  });

  it('a rule that is off ends what a watch raised for it, though nothing of that changes', async () => {
    const flow = await startFlow();
    const own = ['backlog-over-capacity', 'spike', 'stock-short', 'source-silent'];
    for (const ruleId of [...own, 'lock-orphaned'])
      await flow.storage.alerts.raise(anAlert({ ruleId, subject: 'warehouse:hz', groupKey: ruleId }));
    await flow.detect.recheck();
    expect((await flow.alerts()).filter(({ state }) => state === 'resolved')).toEqual([]);

    flow.rules = builtinRules.filter((rule) => !own.includes(rule.id));
    await flow.detect.recheck();
    expect((await flow.alerts()).map(({ ruleId, resolution }) => [ruleId, resolution])).toEqual([
      ...own.map((ruleId) => [ruleId, 'rule-off']),
      ['lock-orphaned', null],
    ]);
  });

  it('a rule or calendar that gives more time since is judged by its new time, to the millisecond', async () => {
    const flow = await paidOrder();
    flow.rules = builtinRules.map((rule) =>
      rule.id === 'paid-not-sorted' && rule.on.type === 'clock'
        ? { ...rule, on: { ...rule.on, after: 3 * hour } }
        : rule,
    );
    await flow.judgeAt(due);
    await flow.judgeAt(due + hour - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(due + hour);
    expect(await flow.alerts()).toMatchObject([{ ruleId: 'paid-not-sorted', dueAt: due + hour }]);
  });

  it('what is found more than two hours late is listed as such', async () => {
    const flow = await startFlow();
    await flow.tell(anOrder());
    await flow.judgeAt(due + 2 * hour);
    await flow.tell(anOrder({ channelOrderNo: '2' }));
    await flow.judgeAt(due + 2 * hour + 1);

    expect(await flow.alerts()).toMatchObject([{ isLateFound: 0 }, { isLateFound: 1 }]);
  });
});

describe('what can be seen', () => {
  it('raises one severity lower where no source tells the stage, and asks only the channel', async () => {
    const flow = await startFlow({ unseen: ['tmall'] });
    await flow.tell(anOrder({ shopId: 'tmall' }));
    flow.wms.asked.length = 0;
    await flow.judgeAt(due);

    expect(await flow.alerts()).toMatchObject([
      { severity: 'warning', confirmedAt: due, facts: { visibility: 'not-visible-here' } },
    ]);
    expect(flow.wms.asked).toEqual([]);
    expect(flow.tmall.asked).toEqual(['fetch 202611240018842']);
  });

  it('raises what a silent source could not confirm, and keeps when it was last heard', async () => {
    const flow = await paidOrder();
    await flow.clock.advanceTo(at('11:40'));
    await flow.ingest.pullSystem(flow.system, flow.signal);
    flow.wms.isSilent = true;
    await flow.judgeAt(due);

    expect(await flow.alerts()).toMatchObject([
      { severity: 'critical', confirmedAt: at('11:40'), facts: { visibility: 'source-silent' } },
    ]);
  });

  it('does not know when a source was heard that never was', async () => {
    const flow = await startFlow();
    flow.wms.isSilent = true;
    await flow.tell(anOrder());
    await flow.judgeAt(due);

    expect(await flow.alerts()).toMatchObject([{ confirmedAt: null, facts: { visibility: 'source-silent' } }]);
  });

  it('goes on with the others when the channel does not answer', async () => {
    const flow = await paidOrder();
    flow.mini.isSilent = true;
    flow.wms.fulfillments.set('7001', sortedAt(at('11:59')));
    await flow.judgeAt(due);

    expect(await flow.alerts()).toEqual([]);
  });
});

describe('a lock without a living order [B8]', () => {
  const owner = anOrder({ channelOrderNo: '202611230007710' });
  const closed = anOrder({ ...owner, status: 'closed', closedAt: at('10:10'), sourceUpdatedAt: at('10:10') });

  it('is raised half an hour after its order closed, and cleared when the lock goes', async () => {
    const flow = await startFlow();
    flow.wms.locks = [aLock()];
    await flow.tell(owner);
    await flow.ingest.pullLocks(flow.system, flow.signal);
    await flow.clock.advanceTo(at('10:10'));
    await flow.tell(closed);
    await flow.judgeAt(at('10:40') - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(at('10:40'));
    expect(await flow.alerts()).toMatchObject([
      {
        ruleId: 'lock-orphaned',
        severity: 'warning',
        subject: 'lock:wms/9.501.XZ-BK-L',
        facts: { qty: 2, sku: 'XZ-BK-L', warehouseId: 'hz', orderNo: '202611230007710' },
      },
    ]);
    flow.wms.locks = [];
    await flow.ingest.pullLocks(flow.system, flow.signal);
    await flow.detect.recheck();
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
  });

  it('is not raised when the fresh list no longer has it', async () => {
    const flow = await startFlow();
    flow.wms.locks = [aLock()];
    await flow.tell(closed);
    await flow.ingest.pullLocks(flow.system, flow.signal);
    flow.wms.locks = [];
    await flow.judgeAt(at('10:40'));

    expect(await flow.alerts()).toEqual([]);
  });

  it('is not raised for a living order, and cleared when the order lives again', async () => {
    const flow = await startFlow();
    flow.wms.locks = [aLock()];
    await flow.tell(closed);
    await flow.ingest.pullLocks(flow.system, flow.signal);
    await flow.judgeAt(at('10:40'));
    expect(await flow.alerts()).toHaveLength(1);

    await flow.tell(anOrder({ ...owner, sourceUpdatedAt: at('10:45') }));
    await flow.detect.recheck();
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved' }]);
  });

  it('is raised for a closed order that is alive in the warehouse system, and cleared when it is closed there', async () => {
    const flow = await startFlow();
    await flow.tell(closed);
    await flow.show(aFulfillment({ channelOrderNos: [closed.channelOrderNo] }));
    await flow.judgeAt(at('10:40'));
    expect(await flow.alerts()).toMatchObject([
      {
        ruleId: 'lock-orphaned',
        subject: 'fulfillment:wms/7001',
        facts: { sku: 'XZ-BK-L', systemOrderNo: '7001', lockKind: 'order' },
      },
    ]);

    await flow.show(
      aFulfillment({
        channelOrderNos: [closed.channelOrderNo],
        sourceUpdatedAt: at('10:50'),
        closed: true,
        stage: 'closed',
      }),
    );
    await flow.detect.recheck();
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
  });

  it('finds the order of a lock in whichever shop it is', async () => {
    const flow = await startFlow();
    const number = '202611230007710';
    flow.wms.locks = [aLock({ systemShopId: '10003' })];
    await flow.storage.views.saveOrders(
      'shop:pdd',
      [
        { view: { ...closed, shopId: 'pdd' }, seal: null },
        ...['1', '2', '3'].map((head) => ({
          view: anOrder({ channelOrderNo: `${head}${number}`, placedAt: at('10:30') }),
          seal: null,
        })),
      ],
      at('10:10'),
      flow.rulebook().derivation,
    );
    await flow.storage.views.saveLocks('wms', flow.wms.locks, at('10:10'), flow.rulebook().derivation, shopOf);
    await flow.judgeAt(at('10:40'));

    expect(await flow.alerts()).toMatchObject([{ facts: { shopId: 'pdd', orderNo: number } }]);
  });
});
