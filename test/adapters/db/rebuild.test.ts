import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../../src/domain/builtin-rules.ts';
import type { FulfillmentView } from '../../../src/domain/fulfillment.ts';
import type { OrderView } from '../../../src/domain/order.ts';
import type { Stage } from '../../../src/domain/stage.ts';
import type { StockLock } from '../../../src/domain/stock.ts';
import { type TrackEvent, trackKinds } from '../../../src/domain/track.ts';
import { createRulebook } from '../../../src/services/rulebook.ts';
import { aFulfillment, aLock, anOrder, at, minute } from '../../kit/builders.ts';
import { aDirectory, shopOf } from '../../kit/fake-directory.ts';
import { bySize } from '../../kit/size.ts';
import { openTestStorage, type TestStorage } from '../../kit/test-storage.ts';

const { derivation } = createRulebook(builtinRules, aDirectory(), 'Asia/Shanghai');
const seeds = bySize({ short: 30, moderate: 60, full: 300 });
const steps = 120;

/** Every column of every row that follows from events. Lines have an order of their own: the one they stand in. */
const dumps: Readonly<Record<string, string>> = {
  Order: 'SELECT * FROM "Order" ORDER BY id',
  OrderLine:
    'SELECT *, row_number() OVER (PARTITION BY orderId ORDER BY rowid) AS place FROM OrderLine ORDER BY orderId, place',
  Identity: 'SELECT * FROM Identity ORDER BY orderId, kind, scope, value',
  FulfillmentOrder: 'SELECT * FROM FulfillmentOrder ORDER BY id',
  OrderFulfillment: 'SELECT * FROM OrderFulfillment ORDER BY orderId, fulfillmentId',
  Parcel: 'SELECT * FROM Parcel ORDER BY id',
  TrackEvent: 'SELECT * FROM TrackEvent ORDER BY parcelId, occurredAt, kind, rawState',
  ParcelOrder: 'SELECT * FROM ParcelOrder ORDER BY parcelId, orderId',
  StockLock: 'SELECT * FROM StockLock ORDER BY id',
  LineEntry: 'SELECT * FROM LineEntry ORDER BY orderId',
  Deadline: 'SELECT * FROM Deadline ORDER BY ruleId, subject',
  Receiver: 'SELECT * FROM Receiver ORDER BY orderId',
  Event: 'SELECT * FROM Event ORDER BY id',
};

const dump = (db: TestStorage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(dumps).map(([table, sql]) => [
      table,
      db
        .rows(sql)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    ]),
  );

/** Small, seeded, the same everywhere. */
function dice(seed: number) {
  let state = seed * 2_654_435_761 + 1;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), state | 1) + 0x6d2b79f5) | 0;
    return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const pick = <T>(values: readonly T[]): T => values[int(values.length)] as T;
  const may = (share: number): boolean => next() < share;
  return { int, pick, may };
}

const orderNos = Array.from({ length: 8 }, (_, index) => `20261124000${index}`);
const stages: readonly Stage[] = ['queued', 'review', 'sorting', 'packed', 'shipped', 'delivered', 'closed'];

/** Whole minutes, up to three ago: many equal ones, many that go back. */
const aroundNow = (int: (below: number) => number, now: number): number => Math.floor(now / minute - int(4)) * minute;

function randomOrder({ int, pick, may }: ReturnType<typeof dice>, now: number): OrderView {
  const time = aroundNow(int, now);
  const status = pick([
    'created',
    'paid',
    'allocated',
    'shipped',
    'delivered',
    'closed',
    'refunding',
    'refunded',
    'unknown',
  ] as const);
  const isPaid = status !== 'created';
  const refund = pick(['none', 'none', 'none', 'requested', 'closed', 'done'] as const);
  const [line] = anOrder().lines;
  const lines = Array.from({ length: 1 + int(3) }, (_, index) => ({
    ...line,
    lineId: `${int(2)}${index}`,
    qty: 1 + int(2),
  })) as OrderView['lines'];
  return anOrder({
    channelOrderNo: pick(orderNos),
    ...(may(0.3) ? { displayNo: pick(['1043', 'EN1044']) } : {}),
    status,
    sourceUpdatedAt: time,
    paidAt: isPaid ? at('10:00') + int(3) * minute : null,
    shippedAt: may(0.2) ? time : null,
    deliveredAt: may(0.1) ? time : null,
    closedAt: status === 'closed' || may(0.1) ? time : null,
    promisedAt: may(0.1) ? time + 96 * 60 * minute : null,
    refund,
    refundAt: refund === 'none' ? null : time,
    held: may(0.1),
    remark: pick(['', 'a', 'b']),
    receiver: may(0.3) ? { name: '', phone: '', province: '', city: '', district: '' } : anOrder().receiver,
    identities: may(0.3) ? [] : [{ kind: pick(['phone', 'buyer'] as const), value: pick(['x', 'y']), scope: 's' }],
    shipments: may(0.2)
      ? [{ carrier: pick(['中通', '顺丰']), waybill: pick(['W1', 'w1', 'W2']), shippedAt: time }]
      : [],
    lines,
  });
}

function randomFulfillment({ int, pick, may }: ReturnType<typeof dice>, now: number): FulfillmentView {
  const time = aroundNow(int, now);
  const stage = pick(stages);
  return aFulfillment({
    systemOrderNo: `70${int(6)}`,
    channelOrderNos: [...new Set(Array.from({ length: 1 + int(2) }, () => pick(orderNos)))],
    sourceUpdatedAt: time,
    stage,
    stageAt: time - int(5) * minute,
    sortedAt: may(0.3) ? time - int(9) * minute : null,
    shippedAt: may(0.2) ? time : null,
    held: may(0.1),
    closed: stage === 'closed' || may(0.1),
    warehouseCode: pick(['1001', '1002']),
    waybill: may(0.2) ? pick(['W1', 'W3']) : '',
    reason: pick(['', '缺货']),
  });
}

const randomLocks = ({ int, pick, may }: ReturnType<typeof dice>): StockLock[] =>
  ['1', '2', '3']
    .filter(() => may(0.6))
    .map((lockId) =>
      aLock({
        lockId,
        qty: 1 + int(3),
        channelOrderNo: may(0.2) ? null : pick(orderNos),
        by: pick(['甲', '乙']),
        kind: pick(['virtual', 'virtual', 'order'] as const),
      }),
    );

const randomTrack = ({ int, pick }: ReturnType<typeof dice>, now: number): TrackEvent => ({
  carrier: pick(['zto', 'sf']),
  waybill: pick(['W1', 'w1', 'W2', 'W3', 'W4']),
  occurredAt: aroundNow(int, now) - int(3) * 60 * minute,
  kind: pick(trackKinds),
  rawState: pick(['0', '1002']),
});

async function live(db: TestStorage, seed: number): Promise<void> {
  const roll = dice(seed);
  const { views, deadlines } = db.storage;
  for (let step = 0; step < steps; step += 1) {
    const receivedAt = at('10:00') + step * 20_000;
    const what = roll.int(12);
    if (what < 5) {
      const records = Array.from({ length: 1 + roll.int(4) }, () => ({
        view: randomOrder(roll, receivedAt),
        seal: roll.may(0.3) ? () => 's' : null,
      }));
      await views.saveOrders(roll.pick(['shop:mini', 'shop:mini', 'file:x']), records, receivedAt, derivation);
    } else if (what < 8) {
      const list = Array.from({ length: 1 + roll.int(3) }, () => randomFulfillment(roll, receivedAt));
      await views.saveFulfillments('system:wms', list, receivedAt, derivation, shopOf);
    } else if (what < 9) {
      await views.saveLocks('wms', randomLocks(roll), receivedAt, derivation, shopOf);
    } else if (what < 11) {
      const events = Array.from({ length: 1 + roll.int(3) }, () => randomTrack(roll, receivedAt));
      await views.saveTracks(roll.pick(['carrier:kd', 'carrier:sf']), events, receivedAt, derivation);
    } else {
      for (const due of await deadlines.listDue(receivedAt + 120 * minute, 3))
        await deadlines.markFired(due, receivedAt);
    }
  }
  await deadlines.set('source-silent', 'source:shop.mini', at('13:00'));
}

describe('what is rebuilt from the events', () => {
  it(`is byte for byte what was live, over ${seeds} random histories`, { timeout: seeds * 3_000 }, async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const db = await openTestStorage();
      await live(db, seed);
      const before = dump(db);
      const { events } = await db.storage.views.rebuild(derivation, shopOf);

      expect(events).toBeGreaterThan(100);
      expect(dump(db), `seed ${seed}`).toEqual(before);
    }
  });

  it('goes on like the live one: an unchanged redelivery after it writes nothing', async () => {
    const db = await openTestStorage();
    const blank = anOrder({
      sourceUpdatedAt: at('11:00'),
      receiver: { name: '', phone: '', province: '', city: '', district: '' },
      identities: [],
    });
    for (const view of [anOrder(), blank])
      await db.storage.views.saveOrders('shop:mini', [{ view, seal: null }], at('11:00'), derivation);
    await db.storage.views.rebuild(derivation, shopOf);

    expect(
      await db.storage.views.saveOrders('shop:mini', [{ view: blank, seal: null }], at('11:05'), derivation),
    ).toEqual({ changed: 0, unchanged: 1 });
  });

  it('does not take what people did to an order for what its shop says of it [C4]', async () => {
    const db = await openTestStorage();
    const { shopId, channelOrderNo } = anOrder();
    await db.storage.views.saveOrders('shop:mini', [{ view: anOrder(), seal: null }], at('10:00'), derivation);
    await db.storage.events.append({
      source: 'act',
      sourceId: 'a1',
      subject: `order:${shopId}/${channelOrderNo}`,
      kind: 'act',
      occurredAt: at('10:30'),
      receivedAt: at('10:30'),
      facts: { kind: 'cancel-order' },
    });
    const later = anOrder({ sourceUpdatedAt: at('11:00'), remark: '加急' });
    await db.storage.views.saveOrders('shop:mini', [{ view: later, seal: null }], at('11:00'), derivation);
    const before = dump(db);

    await db.storage.views.rebuild(derivation, shopOf);

    expect(dump(db)).toEqual(before);
  });

  it('keeps the old views when it cannot be finished', async () => {
    const db = await openTestStorage();
    await live(db, 1);
    const before = dump(db);
    let left = 20;
    const breaking = {
      ...derivation,
      order: (...args: Parameters<typeof derivation.order>) => {
        left -= 1;
        if (left === 0) throw new Error('power cut');
        return derivation.order(...args);
      },
    };

    await expect(db.storage.views.rebuild(breaking, shopOf)).rejects.toThrow('power cut');
    expect(dump(db)).toEqual(before);
  });

  it('forgets no deadline when a rule changed, and fires none twice that did not move', async () => {
    const db = await openTestStorage();
    await db.storage.views.saveOrders('shop:mini', [{ view: anOrder(), seal: null }], at('10:00'), derivation);
    const [due] = await db.storage.deadlines.listDue(at('12:00'), 1);
    if (due === undefined) throw new Error('nothing due');
    await db.storage.deadlines.markFired(due, at('12:00'));
    await db.storage.views.rebuild(derivation, shopOf);
    expect(db.rows('SELECT dueAt, firedAt FROM Deadline')).toEqual([{ dueAt: at('12:00'), firedAt: at('12:00') }]);

    const slower = builtinRules.map((rule) =>
      rule.on.type === 'clock' ? { ...rule, on: { ...rule.on, after: 180 * minute } } : rule,
    );
    await db.storage.views.rebuild(createRulebook(slower, aDirectory(), 'Asia/Shanghai').derivation, shopOf);
    expect(db.rows('SELECT dueAt, firedAt FROM Deadline')).toEqual([{ dueAt: at('13:00'), firedAt: null }]);
  });
});
