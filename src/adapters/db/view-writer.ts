import { changedFacts, type NewEvent } from '../../domain/event.ts';
import { type FulfillmentView, fulfillmentSubject, orphanedSince } from '../../domain/fulfillment.ts';
import { type LineEntry, lineEntryOf } from '../../domain/line.ts';
import { type Order, type OrderLine, type OrderView, orderSubject } from '../../domain/order.ts';
import { lockSubject, type StockLock } from '../../domain/stock.ts';
import type { Derivation, DueMoment, ShopOf } from '../../ports/stores.ts';
import { insertEvent } from './event-store.ts';
import type { Sqlite } from './sqlite.ts';
import {
  contentHash,
  type FulfillmentRow,
  fulfillmentFromRow,
  fulfillmentId,
  type LockRow,
  lockFromRow,
  lockRowId,
  type OrderRow,
  orderFromRow,
  orderHash,
  orderId,
  reversed,
  viewOf,
} from './view-rows.ts';
import { upsertFulfillmentSql, upsertLineSql, upsertOrderSql } from './view-upserts.ts';

/** Where a fact comes from; while rebuilding, where its event came from. */
export interface Origin {
  readonly source: string;
  readonly receivedAt: number;
}

/**
 * Writes views and everything that follows from them, synchronously, inside a transaction of the caller.
 * Live ingest and rebuild run the very same code: that is why rebuilt equals live.
 */
export class ViewWriter {
  readonly #sqlite: Sqlite;
  readonly #derive: Derivation;
  readonly #shopOf: ShopOf;
  readonly #appends: boolean;

  /** A rebuild does not append: its events are there already. */
  constructor(sqlite: Sqlite, derive: Derivation, shopOf: ShopOf, { appends }: { readonly appends: boolean }) {
    this.#sqlite = sqlite;
    this.#derive = derive;
    this.#shopOf = shopOf;
    this.#appends = appends;
  }

  /** False when nothing was newer. */
  order(told: OrderView, origin: Origin): boolean {
    const id = orderId(told.shopId, told.channelOrderNo);
    const known = this.#row<OrderRow>('SELECT * FROM "Order" WHERE id = ?', id);
    if (known !== undefined && told.sourceUpdatedAt < known.sourceUpdatedAt) return false;
    const toldHash = orderHash(told);
    // What is there already needs no closer look.
    if (known !== undefined && !isNewer(told.sourceUpdatedAt, toldHash, known)) return false;
    const before = known && orderFromRow(known, this.linesOf(id));
    const view = before === undefined ? told : keepFirstSight(told, before);
    const hash = view === told ? toldHash : orderHash(view);
    if (known !== undefined && !isNewer(view.sourceUpdatedAt, hash, known)) return false;
    const subject = orderSubject(view.shopId, view.channelOrderNo);
    if (this.#appends) {
      const facts = before === undefined ? { ...view } : changedFacts({ ...viewOf(before) }, { ...view });
      this.#append(
        { subject, kind: 'order', facts, hash, occurredAt: view.sourceUpdatedAt, id: view.channelOrderNo },
        origin,
      );
    }
    const fulfillments = this.fulfillmentsOf(id);
    const derived = this.#derive.order(view, fulfillments);
    this.#upsertOrder(id, hash, view, derived.stage, derived.stageAt, before?.firstSeenAt ?? origin.receivedAt);
    this.#setPlace(id, lineEntryOf(view, fulfillments), before === undefined);
    this.#writeLines(id, view.lines, before?.lines);
    for (const key of view.identities) {
      this.#run(
        'INSERT OR IGNORE INTO Identity (orderId, kind, scope, value, placedAt) VALUES (?, ?, ?, ?, ?)',
        id,
        key.kind,
        key.scope,
        key.value,
        view.placedAt,
      );
    }
    for (const shipment of view.shipments) this.#parcel(shipment.carrier, shipment.waybill, id);
    this.#setDeadlines(subject, derived.deadlines, before === undefined);
    if (before !== undefined) this.#recheck(subject);
    if (before === undefined) this.#claimLocks(id, view.channelOrderNo);
    if (before?.closedAt !== view.closedAt || before === undefined) {
      for (const fulfillment of fulfillments) this.#deriveFulfillment(fulfillment);
      this.#deriveLocksOf(id);
    }
    return true;
  }

  fulfillment(told: FulfillmentView, origin: Origin): boolean {
    const id = fulfillmentId(told.systemId, told.systemOrderNo);
    const row = this.#row<FulfillmentRow>('SELECT * FROM FulfillmentOrder WHERE id = ?', id);
    if (row !== undefined && told.sourceUpdatedAt < row.sourceUpdatedAt) return false;
    const before = row && fulfillmentFromRow(row);
    const view = before === undefined ? told : keepStageStart(told, before);
    const hash = contentHash(view);
    if (row !== undefined && !isNewer(view.sourceUpdatedAt, hash, row)) return false;
    const subject = fulfillmentSubject(view.systemId, view.systemOrderNo);
    if (this.#appends) {
      const facts = changedFacts(before === undefined ? undefined : { ...before }, { ...view });
      this.#append(
        { subject, kind: 'fulfillment', facts, hash, occurredAt: view.sourceUpdatedAt, id: view.systemOrderNo },
        origin,
      );
    }
    this.#upsertFulfillment(id, hash, view, row?.firstSeenAt ?? origin.receivedAt);
    const shopId = this.#shopOf(view.systemId, view.systemShopId);
    const orders = view.channelOrderNos.map((no) => orderId(shopId, no));
    const left = this.#unlink(id, orders);
    for (const each of orders) {
      this.#run('INSERT OR IGNORE INTO OrderFulfillment (orderId, fulfillmentId) VALUES (?, ?)', each, id);
      if (view.waybill !== '') this.#parcel(view.carrier, view.waybill, each);
    }
    for (const each of [...orders, ...left]) this.#deriveOrder(each);
    this.#deriveFulfillment(view);
    this.#recheck(subject);
    return true;
  }

  lock(lock: StockLock, origin: Origin): boolean {
    const id = lockRowId(lock.systemId, lock.lockId);
    const row = this.#row<LockRow>('SELECT * FROM StockLock WHERE id = ?', id);
    const before = row === undefined || row.goneAt !== null ? undefined : lockFromRow(row);
    const facts = changedFacts(before === undefined ? undefined : { ...before }, { ...lock });
    if (Object.keys(facts).length === 0) return false;
    const subject = lockSubject(lock.systemId, lock.lockId);
    if (this.#appends) {
      const hash = contentHash(lock);
      this.#append(
        {
          subject,
          kind: 'lock',
          facts: { ...lock, gone: false },
          hash,
          occurredAt: origin.receivedAt,
          id: lock.lockId,
        },
        origin,
      );
    }
    const owner = this.#ownerOf(lock);
    this.#run(
      `INSERT INTO StockLock (id, systemId, lockId, kind, sku, qty, warehouseCode, channelOrderNo, systemShopId, orderId, takenBy, createdAt, goneAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
       ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, sku = excluded.sku, qty = excluded.qty, warehouseCode = excluded.warehouseCode,
         channelOrderNo = excluded.channelOrderNo, systemShopId = excluded.systemShopId, orderId = excluded.orderId,
         takenBy = excluded.takenBy, createdAt = excluded.createdAt, goneAt = NULL`,
      id,
      lock.systemId,
      lock.lockId,
      lock.kind,
      lock.sku,
      lock.qty,
      lock.warehouseCode,
      lock.channelOrderNo,
      lock.systemShopId,
      owner,
      lock.by,
      lock.createdAt,
    );
    this.#deriveLock(lock, owner);
    return true;
  }

  /** The order a lock was taken for. Systems that name no shop leave only the number to go by: it has to be one order's. */
  #ownerOf(lock: StockLock): string | null {
    const { channelOrderNo, systemId, systemShopId } = lock;
    if (channelOrderNo === null) return null;
    const named = orderId(this.#shopOf(systemId, systemShopId), channelOrderNo);
    if (systemShopId !== '') return named;
    return this.#onlyOrderOf(channelOrderNo) ?? named;
  }

  #onlyOrderOf(channelOrderNo: string): string | undefined {
    const [only, second] = this.#sqlite
      .prepare<{ id: string }>('SELECT id FROM "Order" WHERE reversedNo = ? LIMIT 2')
      .all(reversed(channelOrderNo));
    return second === undefined ? only?.id : undefined;
  }

  lockGone(lock: StockLock, origin: Origin): void {
    const subject = lockSubject(lock.systemId, lock.lockId);
    if (this.#appends) {
      const hash = contentHash({ gone: origin.receivedAt });
      this.#append(
        { subject, kind: 'lock', facts: { ...lock, gone: true }, hash, occurredAt: origin.receivedAt, id: lock.lockId },
        origin,
      );
    }
    this.#run('UPDATE StockLock SET goneAt = ? WHERE id = ?', origin.receivedAt, lockRowId(lock.systemId, lock.lockId));
    this.#setDeadlines(subject, []);
    this.#recheck(subject);
  }

  findOrder(id: string): Order | undefined {
    const row = this.#row<OrderRow>('SELECT * FROM "Order" WHERE id = ?', id);
    return row && orderFromRow(row, this.linesOf(id));
  }

  linesOf(id: string): OrderLine[] {
    return this.#sqlite
      .prepare<OrderLine>(
        'SELECT lineId, sku, title, qty, unitMinor, paidMinor FROM OrderLine WHERE orderId = ? ORDER BY rowid',
      )
      .all(id);
  }

  fulfillmentsOf(id: string): FulfillmentView[] {
    return this.#sqlite
      .prepare<FulfillmentRow>(
        'SELECT f.* FROM OrderFulfillment o JOIN FulfillmentOrder f ON f.id = o.fulfillmentId WHERE o.orderId = ? ORDER BY f.id',
      )
      .all(id)
      .map(fulfillmentFromRow);
  }

  ordersOf(id: string): Order[] {
    return this.#sqlite
      .prepare<OrderRow>(
        'SELECT o.* FROM OrderFulfillment l JOIN "Order" o ON o.id = l.orderId WHERE l.fulfillmentId = ? ORDER BY o.id',
      )
      .all(id)
      .map((row) => orderFromRow(row, this.linesOf(row.id)));
  }

  activeLocks(systemId: string): StockLock[] {
    return this.#sqlite
      .prepare<LockRow>('SELECT * FROM StockLock WHERE systemId = ? AND goneAt IS NULL')
      .all(systemId)
      .map(lockFromRow);
  }

  #deriveOrder(id: string): void {
    const order = this.findOrder(id);
    if (order === undefined) return; // the channel will bring it
    const fulfillments = this.fulfillmentsOf(id);
    const derived = this.#derive.order(viewOf(order), fulfillments);
    this.#setPlace(id, lineEntryOf(order, fulfillments));
    if (derived.stage !== order.stage || derived.stageAt !== order.stageAt) {
      this.#run('UPDATE "Order" SET stage = ?, stageAt = ? WHERE id = ?', derived.stage, derived.stageAt, id);
    }
    const subject = orderSubject(order.shopId, order.channelOrderNo);
    this.#setDeadlines(subject, derived.deadlines);
    this.#recheck(subject);
  }

  /** Its place in the line of its warehouse, or that it has none; an order that is new has none yet. */
  #setPlace(id: string, entry: LineEntry | null, isNew = false): void {
    if (entry === null) {
      if (!isNew) this.#run('DELETE FROM LineEntry WHERE orderId = ?', id);
      return;
    }
    const { warehouse, shopId, phase, since, wall, apart, sortedAt, shippedAt } = entry;
    this.#run(upsertLineSql, id, warehouse, shopId, phase, since, wall, apart, sortedAt, shippedAt);
  }

  #deriveFulfillment(view: FulfillmentView): void {
    const subject = fulfillmentSubject(view.systemId, view.systemOrderNo);
    const id = fulfillmentId(view.systemId, view.systemOrderNo);
    const orders = this.ordersOf(id);
    const orphanedAt = orphanedSince(view, orders);
    this.#run(
      'UPDATE FulfillmentOrder SET orphanedAt = ? WHERE id = ? AND orphanedAt IS NOT ?',
      orphanedAt,
      id,
      orphanedAt,
    );
    if (this.#setDeadlines(subject, this.#derive.fulfillment(view, orders))) this.#recheck(subject);
  }

  #deriveLock(lock: StockLock, owner: string | null): void {
    const order = owner === null ? undefined : this.findOrder(owner);
    const subject = lockSubject(lock.systemId, lock.lockId);
    if (this.#setDeadlines(subject, this.#derive.lock(lock, order))) this.#recheck(subject);
  }

  /** Locks may have been seen before the order they were taken for. */
  #claimLocks(id: string, channelOrderNo: string): void {
    if (this.#onlyOrderOf(channelOrderNo) !== id) return;
    this.#run(
      `UPDATE StockLock SET orderId = ? WHERE channelOrderNo = ? AND systemShopId = '' AND goneAt IS NULL`,
      id,
      channelOrderNo,
    );
  }

  #deriveLocksOf(owner: string): void {
    const locks = this.#sqlite
      .prepare<LockRow>('SELECT * FROM StockLock WHERE orderId = ? AND goneAt IS NULL')
      .all(owner);
    for (const row of locks) this.#deriveLock(lockFromRow(row), owner);
  }

  /** A subject that is new has none yet. */
  #setDeadlines(subject: string, wanted: readonly DueMoment[], isNew = false): boolean {
    const there = isNew
      ? []
      : this.#sqlite
          .prepare<{ ruleId: string; dueAt: number }>('SELECT ruleId, dueAt FROM Deadline WHERE subject = ?')
          .all(subject);
    let changed = false;
    for (const { ruleId } of there) {
      if (wanted.some((due) => due.ruleId === ruleId)) continue;
      this.#run('DELETE FROM Deadline WHERE ruleId = ? AND subject = ?', ruleId, subject);
      changed = true;
    }
    for (const { ruleId, dueAt, again = [] } of wanted) {
      if (there.some((due) => due.ruleId === ruleId && [dueAt, ...again].includes(due.dueAt))) continue;
      this.#run(
        `INSERT INTO Deadline (ruleId, subject, dueAt, firedAt) VALUES (?, ?, ?, NULL)
         ON CONFLICT (ruleId, subject) DO UPDATE SET dueAt = excluded.dueAt, firedAt = NULL`,
        ruleId,
        subject,
        dueAt,
      );
      changed = true;
    }
    return changed;
  }

  #recheck(subject: string): void {
    this.#run("UPDATE Alert SET recheck = 1 WHERE subject = ? AND state <> 'resolved'", subject);
  }

  #parcel(carrier: string, waybill: string, order: string): void {
    if (waybill === '') return;
    this.#run(
      'INSERT OR IGNORE INTO Parcel (id, carrier, waybill) VALUES (?, ?, ?)',
      waybill.toUpperCase(),
      carrier,
      waybill,
    );
    this.#run('INSERT OR IGNORE INTO ParcelOrder (parcelId, orderId) VALUES (?, ?)', waybill.toUpperCase(), order);
  }

  #append(
    fact: Pick<NewEvent, 'subject' | 'kind' | 'facts' | 'occurredAt'> & { readonly hash: string; readonly id: string },
    { source, receivedAt }: Origin,
  ): void {
    const { id, hash, ...event } = fact;
    const insert = (sourceId: string): boolean => insertEvent(this.#sqlite, { ...event, source, sourceId, receivedAt });
    const sourceId = `${fact.kind}/${id}@${fact.occurredAt}#${hash.slice(0, 10)}`;
    // A view may go back to an earlier content within the same source second, and more than once: each is a fact of its own.
    for (let again = 0; !insert(again === 0 ? sourceId : `${sourceId}+${again}`); again += 1);
  }

  /** Orders that it served and serves no longer: a merge undone. */
  #unlink(id: string, kept: readonly string[]): string[] {
    const linked = this.#sqlite
      .prepare<{ orderId: string }>('SELECT orderId FROM OrderFulfillment WHERE fulfillmentId = ?')
      .all(id);
    const left = linked.map(({ orderId: linkedId }) => linkedId).filter((each) => !kept.includes(each));
    for (const each of left)
      this.#run('DELETE FROM OrderFulfillment WHERE orderId = ? AND fulfillmentId = ?', each, id);
    return left;
  }

  #writeLines(id: string, lines: readonly OrderLine[], before: readonly OrderLine[] | undefined): void {
    if (before !== undefined) {
      if (JSON.stringify(before) === JSON.stringify(lines)) return;
      this.#run('DELETE FROM OrderLine WHERE orderId = ?', id);
    }
    for (const line of lines) {
      this.#run(
        'INSERT OR REPLACE INTO OrderLine (orderId, lineId, sku, title, qty, unitMinor, paidMinor) VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        line.lineId,
        line.sku,
        line.title,
        line.qty,
        line.unitMinor,
        line.paidMinor,
      );
    }
  }

  #upsertOrder(id: string, hash: string, view: OrderView, stage: string, stageAt: number, firstSeenAt: number): void {
    this.#run(
      upsertOrderSql,
      id,
      view.shopId,
      view.channelOrderNo,
      reversed(view.channelOrderNo),
      view.status,
      view.sourceStatus,
      view.sourceUpdatedAt,
      hash,
      view.kind,
      view.placedAt,
      view.paidAt,
      view.sortedAt,
      view.shippedAt,
      view.scannedAt,
      view.deliveredAt,
      view.closedAt,
      view.shipBy,
      view.promisedAt,
      view.currency,
      view.goodsMinor,
      view.freightMinor,
      view.paidMinor,
      view.refund,
      view.refundAt,
      view.held ? 1 : 0,
      view.buyerNote,
      view.remark,
      view.flag,
      JSON.stringify(view.receiver),
      JSON.stringify(view.shipments),
      JSON.stringify(view.identities),
      stage,
      stageAt,
      firstSeenAt,
    );
  }

  #upsertFulfillment(id: string, hash: string, view: FulfillmentView, firstSeenAt: number): void {
    this.#run(
      upsertFulfillmentSql,
      id,
      view.systemId,
      view.systemOrderNo,
      view.systemShopId,
      view.sourceStatus,
      view.sourceUpdatedAt,
      hash,
      view.stage,
      view.stageAt,
      view.sortedAt,
      view.shippedAt,
      view.warehouseCode,
      view.held ? 1 : 0,
      view.reason,
      view.carrier,
      view.waybill,
      view.closed ? 1 : 0,
      JSON.stringify(view.channelOrderNos),
      JSON.stringify(view.lines),
      firstSeenAt,
    );
  }

  #row<Row>(sql: string, ...values: unknown[]): Row | undefined {
    return this.#sqlite.prepare<Row>(sql).get(...values);
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#sqlite.prepare(sql).run(...values);
  }
}

const isNewer = (updatedAt: number, hash: string, known: { sourceUpdatedAt: number; hash: string }): boolean =>
  updatedAt > known.sourceUpdatedAt || (updatedAt === known.sourceUpdatedAt && hash !== known.hash);

/** Platforms blank personal fields after shipping: what was seen first stays. */
function keepFirstSight(told: OrderView, before: OrderView): OrderView {
  const receiver = told.receiver.name === '' && told.receiver.province === '' ? before.receiver : told.receiver;
  const fresh = told.identities.filter(
    (key) =>
      !before.identities.some((each) => each.kind === key.kind && each.scope === key.scope && each.value === key.value),
  );
  const closedAt =
    told.closedAt === null || before.closedAt === null ? told.closedAt : Math.min(told.closedAt, before.closedAt);
  return { ...told, receiver, closedAt, identities: [...before.identities, ...fresh] };
}

/** A system tells when it last touched a row, not when the stage began: the first sight of a stage is its start. */
function keepStageStart(told: FulfillmentView, before: FulfillmentView): FulfillmentView {
  const isSame = told.stage === before.stage && told.held === before.held;
  const stageAt = isSame ? Math.min(told.stageAt, before.stageAt) : told.stageAt;
  const earliest = (now: number | null, then: number | null) =>
    now === null || then === null ? now : Math.min(now, then);
  return {
    ...told,
    stageAt,
    sortedAt: earliest(told.sortedAt, before.sortedAt),
    shippedAt: earliest(told.shippedAt, before.shippedAt),
  };
}
