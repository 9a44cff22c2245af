import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../../src/domain/builtin-rules.ts';
import type { FulfillmentView } from '../../../src/domain/fulfillment.ts';
import type { OrderView } from '../../../src/domain/order.ts';
import type { StockLock } from '../../../src/domain/stock.ts';
import type { OrderRecord } from '../../../src/ports/stores.ts';
import { createRulebook } from '../../../src/services/rulebook.ts';
import { aFulfillment, aLock, anOrder, aReceiver, at, hour, minute } from '../../kit/builders.ts';
import { aDirectory, shopOf } from '../../kit/fake-directory.ts';
import { openTestStorage, testVault } from '../../kit/test-storage.ts';

const { derivation } = createRulebook(builtinRules, aDirectory(), 'Asia/Shanghai');

async function setup() {
  const base = await openTestStorage();
  const { views } = base.storage;
  const record = (view: OrderView, sealed: string | null = null): OrderRecord => ({
    view,
    seal: sealed === null ? null : () => sealed,
  });
  return {
    ...base,
    views,
    orders: (...list: OrderView[]) =>
      views.saveOrders(
        'shop:mini',
        list.map((view) => record(view)),
        at('12:30'),
        derivation,
      ),
    sealed: (view: OrderView, sealed: string | null) =>
      views.saveOrders('shop:mini', [record(view, sealed)], at('12:30'), derivation),
    fulfillments: (...list: FulfillmentView[]) =>
      views.saveFulfillments('system:wms', list, at('12:31'), derivation, shopOf),
    locks: (receivedAt: number, ...list: StockLock[]) => views.saveLocks('wms', list, receivedAt, derivation, shopOf),
    order: async (no = '202611240018842') => {
      const order = await views.findOrderByNo('mini', no);
      if (order === undefined) throw new Error(`no order ${no}`);
      return order;
    },
    deadlines: () => base.rows('SELECT ruleId, subject, dueAt, firedAt FROM Deadline ORDER BY subject, ruleId'),
    events: () => base.rows('SELECT sourceId, kind, facts FROM Event ORDER BY id'),
  };
}

const paid = anOrder();
const shipped = anOrder({ status: 'shipped', sourceUpdatedAt: at('11:00'), shippedAt: at('11:00') });
const delivered = anOrder({ ...shipped, status: 'delivered', sourceUpdatedAt: at('12:00'), deliveredAt: at('12:00') });

describe('orders', () => {
  it('keeps one row with the last state when an order is pushed twice, polled once and out of order [B2]', async () => {
    for (const sequence of [
      [paid, paid, shipped, delivered],
      [delivered, paid, shipped, paid],
      [shipped, delivered, delivered, paid],
    ]) {
      const db = await setup();
      for (const view of sequence) await db.orders(view);

      expect(db.rows('SELECT count(*) AS n FROM "Order"')).toEqual([{ n: 1 }]);
      expect(await db.order()).toMatchObject({ status: 'delivered', stage: 'delivered', stageAt: at('12:00') });
    }
  });

  it('keeps the first sight of an order whatever comes later [B2]', async () => {
    const db = await setup();
    await db.views.saveOrders('shop:mini', [{ view: paid, seal: null }], at('10:01'), derivation);
    const { id } = await db.order();
    await db.views.saveOrders('shop:mini', [{ view: shipped, seal: null }], at('11:01'), derivation);

    expect(await db.order()).toMatchObject({ id, firstSeenAt: at('10:01') });
  });

  it('ignores what is older and appends no event for it', async () => {
    const db = await setup();
    await db.orders(shipped);

    expect(await db.orders(paid)).toEqual({ changed: 0, unchanged: 1 });
    expect(db.events()).toHaveLength(1);
    expect(await db.order()).toMatchObject({ status: 'shipped' });
  });

  it('takes the later read when the time is equal and the content is not', async () => {
    const db = await setup();
    await db.orders(anOrder({ remark: 'first' }));

    expect(await db.orders(anOrder({ remark: 'second' }))).toEqual({ changed: 1, unchanged: 0 });
    expect(await db.order()).toMatchObject({ remark: 'second' });
    expect(db.events().map(({ facts }) => JSON.parse(String(facts)))).toEqual([
      expect.objectContaining({ remark: 'first', channelOrderNo: paid.channelOrderNo }),
      { remark: 'second' },
    ]);
  });

  it('writes nothing at all for an unchanged redelivery', async () => {
    const db = await setup();
    const reordered = Object.fromEntries(Object.entries(paid).reverse()) as unknown as OrderView;
    await db.orders(paid);
    const before = db.rows('SELECT total_changes() AS n');

    expect(await db.orders(paid, paid, reordered)).toEqual({ changed: 0, unchanged: 3 });
    expect(db.rows('SELECT total_changes() AS n')).toEqual(before);
  });

  it('keeps an event for each step of a view that goes there and back within one source second', async () => {
    const db = await setup();
    const other = anOrder({ flag: 'red' });
    await db.orders(paid, other, paid);
    expect(db.events()).toHaveLength(3);

    await db.orders(other, paid);
    expect(db.events()).toHaveLength(5);
    expect(await db.order()).toMatchObject({ flag: '' });
  });

  it('does not blank what a platform blanks after shipping, and takes the blanked redelivery as nothing new', async () => {
    const db = await setup();
    await db.sealed(paid, testVault.seal(JSON.stringify(aReceiver)));
    const blank = anOrder({
      ...shipped,
      receiver: { name: '', phone: '', province: '', city: '', district: '' },
      identities: [{ kind: 'buyer', value: 'hash-of-buyer', scope: 'mini' }],
    });
    await db.orders(blank);

    const order = await db.order();
    expect(order.receiver).toEqual(paid.receiver);
    expect(order.identities).toEqual([...paid.identities, ...blank.identities]);
    expect(db.rows('SELECT kind FROM Identity ORDER BY kind')).toEqual([{ kind: 'buyer' }, { kind: 'phone' }]);
    expect(db.rows('SELECT count(*) AS n FROM Receiver WHERE sealed IS NOT NULL')).toEqual([{ n: 1 }]);
    expect(await db.orders(blank)).toEqual({ changed: 0, unchanged: 1 });
  });

  it('keeps a warehouse moment that only single reads tell, and since when money goes back', async () => {
    const db = await setup();
    const asked = { ...paid, sortedAt: at('10:30'), refund: 'requested' as const, sourceUpdatedAt: at('11:00') };
    const listed = { ...asked, sortedAt: null, remark: 'memo', sourceUpdatedAt: at('12:00') };
    await db.orders(paid, asked, listed);
    expect(await db.order()).toMatchObject({ sortedAt: at('10:30'), refundAt: at('11:00'), remark: 'memo' });

    await db.orders({ ...listed, refund: 'closed', sourceUpdatedAt: at('13:00') });
    expect(await db.order()).toMatchObject({ refundAt: null });
  });

  it('keeps the name and the phone when a platform blanks these two alone [B5]', async () => {
    const db = await setup();
    await db.orders(paid);

    await db.orders(anOrder({ ...shipped, receiver: { ...paid.receiver, name: '', phone: '', district: '余杭区' } }));

    expect((await db.order()).receiver).toEqual({ ...paid.receiver, district: '余杭区' });
  });

  it('keeps the receiver sealed and nowhere in the clear [B5]', async () => {
    const db = await setup();
    await db.sealed(paid, testVault.seal(JSON.stringify(aReceiver)));
    await db.sqlite.turn((raw) => raw.pragma('wal_checkpoint(TRUNCATE)'));

    const bytes = readFileSync(db.file);
    for (const secret of Object.values(aReceiver)) expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes('sealed.')).toBe(true);
  });

  it('does not seal anew what has been erased', async () => {
    const db = await setup();
    await db.sealed(paid, 'sealed.old');
    await db.sqlite.turn((raw) => raw.exec('UPDATE Receiver SET sealed = NULL, erasedAt = 1'));
    await db.sealed(shipped, 'sealed.new');

    expect(db.rows('SELECT sealed FROM Receiver')).toEqual([{ sealed: null }]);
  });

  it('replaces lines that changed and keeps their order', async () => {
    const db = await setup();
    const [line] = paid.lines;
    if (line === undefined) throw new Error('no line');
    const lines = [
      { ...line, lineId: '2', sku: 'B' },
      { ...line, lineId: '1', sku: 'A' },
    ];
    await db.orders(paid);
    await db.orders(anOrder({ sourceUpdatedAt: at('10:05'), lines }));

    expect((await db.order()).lines).toEqual(lines);
  });

  it('finds orders by their whole number, in whatever case and shop, and by nothing less', async () => {
    const db = await setup();
    await db.orders(
      anOrder({ channelOrderNo: 'Ab118842', placedAt: at('09:00') }),
      anOrder({ channelOrderNo: 'aB118842', shopId: 'other', placedAt: at('09:01') }),
      anOrder({ channelOrderNo: '118842', placedAt: at('09:02') }),
    );

    const found = await db.views.listByNo('ab118842');
    expect(found.map(({ shopId, channelOrderNo }) => `${shopId}/${channelOrderNo}`)).toEqual([
      'other/aB118842',
      'mini/Ab118842',
    ]);
    expect(await db.views.listByNo('b118842')).toEqual([]);
  });

  it('finds orders by tail, newest first, and by nothing else', async () => {
    const db = await setup();
    const numbers = ['1118842', '2218842', '8842', '18842000', '1%8842'];
    await db.orders(
      ...numbers.map((channelOrderNo, index) => anOrder({ channelOrderNo, placedAt: at('09:00') + index })),
    );

    const found = await db.views.listByTail('18842', 10);
    expect(found.map((order) => order.channelOrderNo)).toEqual(['2218842', '1118842']);
    expect(await db.views.listByTail('%', 10)).toEqual([]);
    expect(await db.views.listByTail('8842', 2)).toHaveLength(2);
  });
});

describe('what shop and buyer call an order', () => {
  it('finds it in any case, newest first, and is not made up where nobody told it', async () => {
    const db = await setup();
    await db.orders(
      anOrder({ channelOrderNo: '6000001', displayNo: 'EN1043', placedAt: at('09:00') }),
      anOrder({ channelOrderNo: '6000002', displayNo: 'EN1043', placedAt: at('09:01') }),
      anOrder({ channelOrderNo: '1043' }),
    );

    const found = await db.views.listByDisplayNo('en1043', 10);

    expect(found.map(({ channelOrderNo, displayNo }) => [channelOrderNo, displayNo])).toEqual([
      ['6000002', 'EN1043'],
      ['6000001', 'EN1043'],
    ]);
    expect(await db.views.listByDisplayNo('1043', 10)).toEqual([]);
    expect((await db.views.listByTail('1043', 10))[0]?.displayNo).toBeUndefined();
  });
});

describe('fulfillment orders', () => {
  const sorting = aFulfillment({
    stage: 'sorting',
    stageAt: at('11:00'),
    sortedAt: at('11:00'),
    sourceUpdatedAt: at('11:00'),
  });

  it('gives the same order whichever side comes first', async () => {
    const first = await setup();
    await first.fulfillments(sorting);
    await first.orders(paid);
    const second = await setup();
    await second.orders(paid);
    await second.fulfillments(sorting);

    expect(await first.order()).toEqual(await second.order());
    expect(await first.order()).toMatchObject({ stage: 'sorting', stageAt: at('11:00') });
    expect(first.deadlines()).toEqual([]);
    expect(second.deadlines()).toEqual([]);
  });

  it('takes the slowest part of a split order', async () => {
    const db = await setup();
    await db.orders(paid);
    await db.fulfillments(sorting, aFulfillment({ systemOrderNo: '7002' }));
    expect(await db.order()).toMatchObject({ stage: 'queued' });
    expect(db.deadlines()).toMatchObject([{ ruleId: 'paid-not-sorted', dueAt: at('12:00') }]);

    await db.fulfillments({
      ...sorting,
      systemOrderNo: '7002',
      sourceUpdatedAt: at('11:30'),
      stageAt: at('11:30'),
      sortedAt: at('11:30'),
    });
    expect(await db.order()).toMatchObject({ stage: 'sorting' });
    expect(db.deadlines()).toEqual([]);
  });

  it('moves every order of a merged one and makes them companions', async () => {
    const db = await setup();
    const other = anOrder({ channelOrderNo: '202611240019999' });
    await db.orders(paid, other);
    await db.fulfillments({ ...sorting, channelOrderNos: [paid.channelOrderNo, other.channelOrderNo] });

    expect(await db.order()).toMatchObject({ stage: 'sorting' });
    expect(await db.order(other.channelOrderNo)).toMatchObject({ stage: 'sorting' });
    const companions = await db.views.companionsOf((await db.order()).id);
    expect(companions.map((order) => order.channelOrderNo)).toEqual([other.channelOrderNo]);
  });

  it('lets go of an order when a merge is undone', async () => {
    const db = await setup();
    const other = anOrder({ channelOrderNo: '202611240019999' });
    await db.orders(paid, other);
    await db.fulfillments({ ...sorting, channelOrderNos: [paid.channelOrderNo, other.channelOrderNo] });
    await db.fulfillments({ ...sorting, sourceUpdatedAt: at('11:10') });

    expect(await db.order()).toMatchObject({ stage: 'sorting' });
    expect(await db.order(other.channelOrderNo)).toMatchObject({ stage: 'paid' });
    expect(await db.views.companionsOf((await db.order()).id)).toEqual([]);
    expect(db.deadlines()).toMatchObject([{ subject: `order:mini/${other.channelOrderNo}` }]);
  });

  it('names companions by a shared parcel, whatever case its waybill is typed in', async () => {
    const db = await setup();
    const parcel = (waybill: string) => ({ carrier: '中通', waybill, shippedAt: at('11:00') });
    await db.orders(
      anOrder({ ...shipped, shipments: [parcel('ZT7812')] }),
      anOrder({ ...shipped, channelOrderNo: '2', shipments: [parcel('zt7812')] }),
      anOrder({ ...shipped, channelOrderNo: '3', shipments: [parcel('ZT7813')] }),
    );

    const companions = await db.views.companionsOf((await db.order()).id);
    expect(companions.map((order) => order.channelOrderNo)).toEqual(['2']);
    expect(await db.views.listByWaybill('Zt7812')).toHaveLength(2);
  });

  it('keeps the start of a stage when the row is touched again, and takes the new one when the stage moves', async () => {
    const db = await setup();
    await db.orders(paid);
    await db.fulfillments(aFulfillment());
    await db.fulfillments(aFulfillment({ sourceUpdatedAt: at('10:40'), stageAt: at('10:40') }));
    expect(await db.order()).toMatchObject({ stage: 'queued', stageAt: at('10:01') });

    await db.fulfillments(aFulfillment({ sourceUpdatedAt: at('10:50'), stage: 'review', stageAt: at('10:50') }));
    expect(await db.order()).toMatchObject({ stage: 'review', stageAt: at('10:50') });
  });

  it('does not call a fulfillment order dead that also serves a living order', async () => {
    const db = await setup();
    const closed = anOrder({
      channelOrderNo: '2',
      status: 'closed',
      closedAt: at('11:00'),
      sourceUpdatedAt: at('11:00'),
    });
    await db.orders(paid, closed);
    await db.fulfillments(aFulfillment({ channelOrderNos: [paid.channelOrderNo, '2'] }));
    expect(await db.views.deadFulfillmentsOn(['XZ-BK-L'], '1001')).toEqual([]);

    await db.fulfillments(aFulfillment({ channelOrderNos: ['2'], sourceUpdatedAt: at('11:05') }));
    expect(await db.views.deadFulfillmentsOn(['XZ-BK-L'], '1001')).toHaveLength(1);
    expect(await db.views.deadFulfillmentsOn(['XZ-BK-L'], '1002')).toEqual([]);
  });
});

describe('locks [B8]', () => {
  it('come, change, go and come back, each with its event', async () => {
    const db = await setup();
    expect(await db.locks(at('10:00'), aLock())).toEqual({ changed: 1, unchanged: 0 });
    expect(await db.locks(at('10:01'), aLock())).toEqual({ changed: 0, unchanged: 1 });
    await db.locks(at('10:02'), aLock({ qty: 1 }));
    expect(await db.views.findLock('wms', aLock().lockId)).toMatchObject({ qty: 1 });
    expect(await db.locks(at('10:03'))).toEqual({ changed: 1, unchanged: 0 });
    expect(await db.views.findLock('wms', aLock().lockId)).toBeUndefined();
    expect(await db.views.locksOn(['XZ-BK-L'])).toEqual([]);
    await db.locks(at('10:04'), aLock({ qty: 1 }));

    expect(await db.views.locksOn(['XZ-BK-L'])).toHaveLength(1);
    expect(db.events().map(({ facts }) => JSON.parse(String(facts)) as object)).toMatchObject([
      { qty: 2, gone: false },
      { qty: 1, gone: false },
      { gone: true },
      { qty: 1, gone: false },
    ]);
  });

  it('says nothing again when a lock changed its order, its SKU or its owner once', async () => {
    const db = await setup();
    const changed = aLock({ channelOrderNo: '202611230001111', sku: 'OTHER', by: '别人', createdAt: at('09:05') });
    await db.locks(at('10:00'), aLock());
    await db.locks(at('10:01'), changed);

    expect(await db.views.findLock('wms', changed.lockId)).toEqual(changed);
    expect(await db.locks(at('10:02'), changed)).toEqual({ changed: 0, unchanged: 1 });
  });

  it('does not touch the locks of another system', async () => {
    const db = await setup();
    await db.locks(at('10:00'), aLock());
    await db.views.saveLocks('other', [], at('10:01'), derivation, shopOf);

    expect(await db.views.locksOn(['XZ-BK-L'])).toHaveLength(1);
  });
});

describe('deadlines', () => {
  it('are set, moved and removed with the views, and a fired one stays fired until it moves', async () => {
    const db = await setup();
    await db.orders(paid);
    expect(db.deadlines()).toMatchObject([{ ruleId: 'paid-not-sorted', dueAt: at('12:00'), firedAt: null }]);

    const [due] = await db.storage.deadlines.listDue(at('12:00'), 10);
    if (due === undefined) throw new Error('nothing due');
    await db.storage.deadlines.markFired(due, at('12:00'));
    await db.orders(anOrder({ sourceUpdatedAt: at('12:05'), remark: 'touched' }));
    expect(db.deadlines()).toMatchObject([{ dueAt: at('12:00'), firedAt: at('12:00') }]);

    await db.orders(anOrder({ sourceUpdatedAt: at('12:06'), promisedAt: at('10:00') + 96 * hour }));
    expect(db.deadlines()).toMatchObject([{ dueAt: at('10:00') + 72 * hour, firedAt: null }]);

    await db.orders(anOrder({ sourceUpdatedAt: at('12:07'), closedAt: at('11:59'), status: 'closed' }));
    expect(db.deadlines()).toEqual([]);
  });

  it('are listed from their very millisecond on, oldest first, and name the next one', async () => {
    const db = await setup();
    await db.orders(anOrder({ channelOrderNo: 'b', paidAt: at('10:01') }), anOrder({ channelOrderNo: 'a' }));

    expect(await db.storage.deadlines.nextDueAt()).toBe(at('12:00'));
    expect(await db.storage.deadlines.listDue(at('12:00') - 1, 10)).toEqual([]);
    expect(await db.storage.deadlines.listDue(at('12:01'), 10)).toMatchObject([
      { subject: 'order:mini/a', dueAt: at('12:00') },
      { subject: 'order:mini/b', dueAt: at('12:01') },
    ]);
  });

  it('mark the open alerts of their subject for another look', async () => {
    const db = await setup();
    await db.orders(paid);
    await db.storage.alerts.raise({
      ruleId: 'paid-not-sorted',
      ruleVersion: 1,
      subject: `order:mini/${paid.channelOrderNo}`,
      severity: 'critical',
      groupKey: 'g',
      dueAt: at('12:00'),
      raisedAt: at('12:00'),
      confirmedAt: null,
      facts: {},
      isLateFound: false,
    });
    expect(await db.storage.alerts.listToRecheck(10)).toEqual([]);
    await db.fulfillments(aFulfillment());

    expect(await db.storage.alerts.listToRecheck(10)).toHaveLength(1);
  });

  it('wait half an hour for a lock of a closed order and for a dead fulfillment order, whichever view comes last', async () => {
    const closed = anOrder({
      channelOrderNo: '202611230007710',
      status: 'closed',
      closedAt: at('11:00'),
      sourceUpdatedAt: at('11:00'),
    });
    const dead = aFulfillment({ channelOrderNos: [closed.channelOrderNo] });
    for (const isOrderFirst of [true, false]) {
      const db = await setup();
      if (isOrderFirst) await db.orders(closed);
      await db.locks(at('11:01'), aLock());
      await db.fulfillments(dead);
      if (!isOrderFirst) await db.orders(closed);

      expect(db.deadlines()).toMatchObject([
        { ruleId: 'lock-orphaned', subject: 'fulfillment:wms/7001', dueAt: at('11:00') + 30 * minute },
        { ruleId: 'lock-orphaned', subject: 'lock:wms/9.501.XZ-BK-L', dueAt: at('11:00') + 30 * minute },
      ]);
    }
  });
});

describe('transactions', () => {
  it('leave nothing of anything when they fail', async () => {
    const db = await setup();
    const counts = () =>
      ['Event', '"Order"', 'Deadline', 'FulfillmentOrder', 'Outbox', 'Alert', 'Cursor', 'AuditEntry', 'Question'].map(
        (table) => db.rows(`SELECT count(*) AS n FROM ${table}`)[0]?.['n'],
      );
    const failed = db.storage.transaction(async (tx) => {
      await tx.views.saveOrders('shop:mini', [{ view: paid, seal: () => 'x' }], at('10:00'), derivation);
      await tx.views.saveFulfillments('system:wms', [aFulfillment()], at('10:00'), derivation, shopOf);
      await tx.sources.saveCursor({ stream: 's', watermark: 1, windowTo: null, page: null }, 1);
      await tx.audit.add({ at: 1, actor: { type: 'automation', name: 'test' }, action: 'a', subject: 's' });
      throw new Error('power cut');
    });

    await expect(failed).rejects.toThrow('power cut');
    expect(counts().every((count) => count === 0)).toBe(true);
    await db.orders(paid);
    expect(await db.order()).toMatchObject({ stage: 'paid' });
  });

  it('leave nothing of a batch of which one row fails', async () => {
    const db = await setup();
    const broken = { ...anOrder({ channelOrderNo: '2' }), lines: null } as unknown as OrderView;

    await expect(db.orders(paid, broken)).rejects.toThrow();
    expect(db.rows('SELECT count(*) AS n FROM "Order"')).toEqual([{ n: 0 }]);
  });
});
