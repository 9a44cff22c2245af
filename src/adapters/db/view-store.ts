import type { Event } from '../../domain/event.ts';
import type { FulfillmentView } from '../../domain/fulfillment.ts';
import type { Order, OrderView } from '../../domain/order.ts';
import { parcelId } from '../../domain/parcel.ts';
import type { Stage } from '../../domain/stage.ts';
import type { StockLock } from '../../domain/stock.ts';
import type { TrackEvent } from '../../domain/track.ts';
import type { Derivation, Saved, ShopOf, ViewStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import { type EventRow, eventFromRow, insertEvent } from './event-store.ts';
import { addMeasures, forgetMeasures } from './health-rows.ts';
import type { Sqlite } from './sqlite.ts';
import {
  type FulfillmentRow,
  fulfillmentFromRow,
  fulfillmentId,
  type LockRow,
  lockFromRow,
  lockRowId,
  orderId,
  reversed,
} from './view-rows.ts';
import { ViewWriter } from './view-writer.ts';

const viewTables = [
  'TrackEvent',
  'OrderLap',
  'ParcelOrder',
  'Parcel',
  'OrderFulfillment',
  'FulfillmentOrder',
  'OrderLine',
  'Identity',
  'StockLock',
  'LineEntry',
  '"Order"',
];

export function createViewStore(sqlite: Sqlite, run: Run): ViewStore {
  const reader = new ViewWriter(
    sqlite,
    { order: never, parcel: never, identity: never, fulfillment: never, lock: never, measures: never, delays: never },
    never,
    {
      appends: false,
    },
  );
  const orders = (sql: string, ...values: unknown[]): Order[] =>
    sqlite
      .prepare<{ id: string }>(sql)
      .all(...values)
      .flatMap(({ id }) => reader.findOrder(id) ?? []);
  const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

  return {
    saveOrders: (source, records, receivedAt, derive) =>
      run(() => {
        const writer = new ViewWriter(sqlite, derive, never, { appends: true });
        return count(records, ({ view, seal, visibleAt }) => {
          const isChanged = writer.order(view, { source, receivedAt });
          if (isChanged && visibleAt != null) {
            const told = { occurredAt: view.sourceUpdatedAt, visibleAt, receivedAt };
            addMeasures(sqlite, derive.delays(source, told), 1);
          }
          if (isChanged && seal !== null) {
            sqlite
              .prepare(
                `INSERT INTO Receiver (orderId, sealed, createdAt) VALUES (?, ?, ?)
                 ON CONFLICT (orderId) DO UPDATE SET sealed = excluded.sealed WHERE erasedAt IS NULL`,
              )
              .run(orderId(view.shopId, view.channelOrderNo), seal(), receivedAt);
          }
          return isChanged;
        });
      }, 'several'),

    saveFulfillments: (source, views, receivedAt, derive, shopOf) =>
      run(() => {
        const writer = new ViewWriter(sqlite, derive, shopOf, { appends: true });
        return count(views, (view) => writer.fulfillment(view, { source, receivedAt }));
      }, 'several'),

    saveLocks: (systemId, locks, receivedAt, derive, shopOf) =>
      run(() => {
        const writer = new ViewWriter(sqlite, derive, shopOf, { appends: true });
        const origin = { source: `system:${systemId}`, receivedAt };
        const kept = new Set(locks.map((lock) => lock.lockId));
        const gone = writer.activeLocks(systemId).filter((lock) => !kept.has(lock.lockId));
        for (const lock of gone) writer.lockGone(lock, origin);
        const saved = count(locks, (lock) => writer.lock(lock, origin));
        return { ...saved, changed: saved.changed + gone.length };
      }, 'several'),

    saveTracks: (source, events, receivedAt, derive) =>
      run(() => {
        const writer = new ViewWriter(sqlite, derive, never, { appends: true });
        return count(events, (event) => writer.track(event, { source, receivedAt }));
      }, 'several'),

    listByIdentity: ({ kind, scope, value }, after, upTo) =>
      run(() =>
        orders(
          `SELECT orderId AS id FROM Identity WHERE scope = ? AND kind = ? AND value = ? AND placedAt > ? AND placedAt <= ?
           ORDER BY placedAt, orderId`,
          scope,
          kind,
          value,
          after,
          upTo,
        ),
      ),
    findParcel: (waybill) => run(() => reader.findParcel(parcelId(waybill))),
    parcelsOf: (id) => run(() => reader.parcelsOf(id)),
    noteMark: ({ kind, subject, source, sourceId }, { occurredAt, receivedAt }, derive) =>
      run(() => {
        const isNew = insertEvent(sqlite, { kind, subject, source, sourceId, occurredAt, receivedAt }, '{}');
        if (isNew) new ViewWriter(sqlite, derive, never, { appends: true }).mark(kind, subject, occurredAt);
        return isNew;
      }, 'several'),

    findOrder: (id) => run(() => reader.findOrder(id)),
    findOrderByNo: (shopId, no) => run(() => reader.findOrder(orderId(shopId, no))),
    listByNo: (no) =>
      run(() => reader.listOrders('SELECT * FROM "Order" WHERE reversedNo = ? ORDER BY placedAt DESC', reversed(no))),
    listByTail: (tail, limit) =>
      run(() => {
        const from = reversed(tail);
        return orders(
          'SELECT id FROM "Order" WHERE reversedNo >= ? AND reversedNo < ? ORDER BY placedAt DESC LIMIT ?',
          from,
          `${from}\u{10ffff}`,
          limit,
        );
      }),
    listByDisplayNo: (no, limit) =>
      run(() =>
        orders('SELECT id FROM "Order" WHERE displayNo = ? ORDER BY placedAt DESC LIMIT ?', no.toUpperCase(), limit),
      ),
    listByWaybill: (waybill) =>
      run(() => orders('SELECT orderId AS id FROM ParcelOrder WHERE parcelId = ? ORDER BY orderId', parcelId(waybill))),
    receiverOf: (waybill) =>
      run(() => {
        const row = sqlite
          .prepare<{ id: string; sealed: string }>(
            `SELECT r.orderId AS id, r.sealed FROM ParcelOrder p JOIN Receiver r ON r.orderId = p.orderId
             WHERE p.parcelId = ? AND r.sealed IS NOT NULL ORDER BY r.orderId LIMIT 1`,
          )
          .get(parcelId(waybill));
        const order = row && reader.findOrder(row.id);
        return row && order && { order, sealed: row.sealed };
      }),
    sealedReceiver: (orderId) =>
      run(
        () =>
          sqlite.prepare<{ sealed: string | null }>('SELECT sealed FROM Receiver WHERE orderId = ?').get(orderId)
            ?.sealed ?? undefined,
      ),
    listBySystemOrderNo: (no) =>
      run(() =>
        orders(
          `SELECT l.orderId AS id FROM FulfillmentOrder f JOIN OrderFulfillment l ON l.fulfillmentId = f.id
           WHERE f.systemOrderNo = ? ORDER BY l.orderId`,
          no,
        ),
      ),
    listOrders: (ids) => run(() => ids.flatMap((id) => reader.findOrder(id) ?? [])),
    skusOf: (ids) =>
      run(() => {
        const skus = new Map<string, string[]>();
        const lines = sqlite
          .prepare<{ orderId: string; sku: string }>(
            'SELECT orderId, sku FROM OrderLine WHERE orderId IN (SELECT value FROM json_each(?))',
          )
          .all(JSON.stringify(ids));
        for (const { orderId: id, sku } of lines) {
          const own = skus.get(id);
          if (own === undefined) skus.set(id, [sku]);
          else own.push(sku);
        }
        return skus;
      }),
    fulfillmentsOf: (id) => run(() => reader.fulfillmentsOf(id)),
    findFulfillment: (systemId, no) =>
      run(() => {
        const row = sqlite
          .prepare<FulfillmentRow>('SELECT * FROM FulfillmentOrder WHERE id = ?')
          .get(fulfillmentId(systemId, no));
        return row && fulfillmentFromRow(row);
      }),
    ordersOf: (systemId, no) => run(() => reader.ordersOf(fulfillmentId(systemId, no))),
    companionsOf: (id) =>
      run(() =>
        orders(
          `SELECT b.orderId AS id FROM ParcelOrder a JOIN ParcelOrder b ON b.parcelId = a.parcelId WHERE a.orderId = ? AND b.orderId <> a.orderId
           UNION
           SELECT b.orderId FROM OrderFulfillment a JOIN OrderFulfillment b ON b.fulfillmentId = a.fulfillmentId
           WHERE a.orderId = ? AND b.orderId <> a.orderId`,
          id,
          id,
        ),
      ),
    findLock: (systemId, lockId) =>
      run(() => {
        const row = sqlite
          .prepare<LockRow>('SELECT * FROM StockLock WHERE id = ? AND goneAt IS NULL')
          .get(lockRowId(systemId, lockId));
        return row && lockFromRow(row);
      }),
    locksOn: (skus) =>
      run(() =>
        sqlite
          .prepare<LockRow>(
            `SELECT * FROM StockLock WHERE goneAt IS NULL AND sku IN (${marks(skus)}) ORDER BY createdAt`,
          )
          .all(...skus)
          .map(lockFromRow),
      ),
    deadFulfillmentsOn: (skus, warehouseCode) =>
      run(() =>
        sqlite
          .prepare<FulfillmentRow>(
            'SELECT * FROM FulfillmentOrder WHERE orphanedAt IS NOT NULL AND warehouseCode = ? ORDER BY orphanedAt',
          )
          .all(warehouseCode)
          .map(fulfillmentFromRow)
          .filter((view) => view.lines.some(({ sku }) => skus.includes(sku))),
      ),
    findSkus: (words, limit) =>
      run(() =>
        sqlite
          .prepare<{ sku: string; title: string }>(
            `SELECT sku, title FROM OrderLine WHERE sku LIKE ? ESCAPE '\\' OR title LIKE ? ESCAPE '\\'
             GROUP BY sku ORDER BY max(rowid) DESC LIMIT ?`,
          )
          .all(`${likeText(words)}%`, `%${likeText(words)}%`, limit),
      ),
    countWithoutParcel: (paidBefore, now) =>
      run(
        () =>
          sqlite
            .prepare<{ count: number }>(
              `SELECT count(*) AS count FROM "Order" o
               WHERE o.stage IN ('paid', 'queued', 'review', 'sorting', 'packed', 'labelled', 'shipped') AND o.paidAt <= ?
                 AND o.kind = 'sale' AND (o.promisedAt IS NULL OR o.promisedAt <= ?)
                 AND NOT EXISTS (SELECT 1 FROM ParcelOrder l WHERE l.orderId = o.id)`,
            )
            .get(paidBefore, now)?.count ?? 0,
      ),
    hasTracks: () =>
      run(() => sqlite.prepare<{ found: 1 }>('SELECT 1 AS found FROM TrackEvent LIMIT 1').get() !== undefined),
    countByStage: () =>
      run(() =>
        sqlite
          .prepare<{ stage: Stage; warehouseCode: string | null; count: number }>(
            `SELECT o.stage, max(f.warehouseCode) AS warehouseCode, count(DISTINCT o.id) AS count FROM "Order" o
             LEFT JOIN OrderFulfillment l ON l.orderId = o.id LEFT JOIN FulfillmentOrder f ON f.id = l.fulfillmentId
             WHERE o.stage IN ('paid', 'queued', 'review', 'sorting', 'packed', 'labelled', 'shipped')
             GROUP BY o.stage, f.warehouseCode`,
          )
          .all(),
      ),

    rebuild: (derive, shopOf) => run(() => rebuild(sqlite, derive, shopOf), 'several'),

    noteOddity: (source, kind, what, ref, at) =>
      run(() => {
        sqlite
          .prepare(
            `INSERT INTO Oddity (source, kind, what, count, lastRef, firstAt, lastAt) VALUES (?, ?, ?, 1, ?, ?, ?)
             ON CONFLICT (source, kind, what) DO UPDATE SET count = count + 1, lastRef = excluded.lastRef, lastAt = excluded.lastAt`,
          )
          .run(source, kind, what, ref, at, at);
      }),
    listOddities: () =>
      run(() =>
        sqlite
          .prepare<{ source: string; kind: string; what: string; count: number; lastRef: string; lastAt: number }>(
            'SELECT source, kind, what, count, lastRef, lastAt FROM Oddity ORDER BY lastAt DESC LIMIT 200',
          )
          .all(),
      ),
  };
}

function never(): never {
  throw new TypeError('reading derives nothing');
}

const likeText = (words: string): string => words.replace(/[\\%_]/g, (sign) => `\\${sign}`);

function count<T>(items: readonly T[], save: (item: T) => boolean): Saved {
  const changed = items.filter((item) => save(item)).length;
  return { changed, unchanged: items.length - changed };
}

function rebuild(sqlite: Sqlite, derive: Derivation, shopOf: ShopOf): { events: number } {
  const fired = sqlite
    .prepare<{ ruleId: string; subject: string; dueAt: number; firedAt: number }>(
      'SELECT * FROM Deadline WHERE firedAt IS NOT NULL',
    )
    .all();
  const own = sqlite
    .prepare<{ ruleId: string; subject: string; dueAt: number }>("SELECT * FROM Deadline WHERE subject LIKE 'source:%'")
    .all();
  for (const table of [...viewTables, 'Deadline']) sqlite.prepare(`DELETE FROM ${table}`).run();
  forgetMeasures(sqlite);
  const writer = new ViewWriter(sqlite, derive, shopOf, { appends: false });
  const told = new Map<string, Record<string, unknown>>();
  let after = 0;
  let events = 0;
  for (;;) {
    const page = sqlite.prepare<EventRow>('SELECT * FROM Event WHERE id > ? ORDER BY id LIMIT 500').all(after);
    if (page.length === 0) break;
    for (const event of page.map(eventFromRow)) {
      // An act is told of a subject, not by its source: its facts must not mix with an order's.
      if (event.kind === 'act') continue;
      if (event.kind === 'urge' || event.kind === 'mis-ship') {
        writer.mark(event.kind, event.subject, event.occurredAt);
        continue;
      }
      // A track event is whole; all others tell what changed.
      const all = event.kind === 'track' ? event.facts : { ...told.get(event.subject), ...event.facts };
      told.set(event.subject, all);
      replay(writer, event.kind, event, all);
    }
    after = page.at(-1)?.id ?? after;
    events += page.length;
  }
  for (const { ruleId, subject, dueAt } of own) {
    sqlite
      .prepare('INSERT INTO Deadline (ruleId, subject, dueAt, firedAt) VALUES (?, ?, ?, NULL)')
      .run(ruleId, subject, dueAt);
  }
  for (const { ruleId, subject, dueAt, firedAt } of fired) {
    sqlite
      .prepare('UPDATE Deadline SET firedAt = ? WHERE ruleId = ? AND subject = ? AND dueAt = ?')
      .run(firedAt, ruleId, subject, dueAt);
  }
  return { events };
}

function replay(
  writer: ViewWriter,
  kind: 'order' | 'fulfillment' | 'lock' | 'track',
  { source, receivedAt }: Event,
  told: Record<string, unknown>,
): void {
  const origin = { source, receivedAt };
  // Events from before address changes were told lack the field.
  if (kind === 'order') writer.order({ addressChange: 'none', ...told } as unknown as OrderView, origin);
  else if (kind === 'track') writer.track(told as unknown as TrackEvent, origin);
  else if (kind === 'fulfillment') writer.fulfillment(told as unknown as FulfillmentView, origin);
  else {
    const { gone, ...lock } = told;
    if (gone === true) writer.lockGone(lock as unknown as StockLock, origin);
    else writer.lock(lock as unknown as StockLock, origin);
  }
}
