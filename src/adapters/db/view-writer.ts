import { buyerSubject } from '../../domain/burst.ts';
import { changedFacts, type NewEvent } from '../../domain/event.ts';
import { type FulfillmentView, fulfillmentSubject, orphanedSince } from '../../domain/fulfillment.ts';
import type { Laps, Mark, Measure } from '../../domain/health.ts';
import { type LineEntry, lineEntryOf } from '../../domain/line.ts';
import {
  type IdentityKey,
  type Order,
  type OrderLine,
  type OrderView,
  orderSubject,
  type Shipment,
} from '../../domain/order.ts';
import { type Parcel, parcelId, parcelSubject, withEvent } from '../../domain/parcel.ts';
import { longestCount } from '../../domain/rule.ts';
import { lockSubject, type StockLock } from '../../domain/stock.ts';
import { parseSubject } from '../../domain/subject.ts';
import type { TrackEvent } from '../../domain/track.ts';
import type { Derivation, DerivedOrder, DueMoment, ShopOf } from '../../ports/stores.ts';
import { insertEvent } from './event-store.ts';
import { insertFollow } from './follow-store.ts';
import { addMeasures, findLaps, saveLaps } from './health-rows.ts';
import type { Sqlite } from './sqlite.ts';
import {
  contentHash,
  type FulfillmentRow,
  fulfillmentFromRow,
  fulfillmentId,
  hashOf,
  type LockRow,
  lockFromRow,
  lockRowId,
  type OrderRow,
  orderFromRow,
  orderHash,
  orderId,
  orderText,
  type ParcelRow,
  parcelFromRow,
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
    const isTakenOver = known !== undefined && isFile(known.source) && !isFile(origin.source);
    if (known !== undefined && !isTakenOver) {
      // What a sheet says never replaces what the shop itself said.
      if (isFile(origin.source) && !isFile(known.source)) return false;
      if (told.sourceUpdatedAt < known.sourceUpdatedAt) return false;
    }
    const toldText = orderText(told);
    const toldHash = hashOf(toldText);
    // What is there already needs no closer look.
    if (known !== undefined && !isTakenOver && !isNewer(told.sourceUpdatedAt, toldHash, known)) return false;
    const before = known && orderFromRow(known, this.linesOf(id));
    const view = before === undefined ? told : keepFirstSight(told, before);
    const hash = view === told ? toldHash : orderHash(view);
    if (known !== undefined && before !== undefined && !isTakenOver) {
      if (!isNewer(view.sourceUpdatedAt, hash, known)) return false;
      // A sheet carries the moment it was made at: that alone is nothing new about its orders.
      const { sourceUpdatedAt } = known;
      if (isFile(origin.source) && orderHash({ ...view, sourceUpdatedAt }) === known.hash) return false;
    }
    const subject = orderSubject(view.shopId, view.channelOrderNo);
    if (this.#appends) {
      const facts = before === undefined ? toldText : JSON.stringify(changedFacts({ ...viewOf(before) }, { ...view }));
      this.#append(
        { subject, kind: 'order', facts, hash, occurredAt: view.sourceUpdatedAt, id: view.channelOrderNo },
        origin,
      );
    }
    const fulfillments = this.fulfillmentsOf(id);
    const touched = this.#linkParcels(id, view.shipments, fulfillments, origin);
    const derived = this.#derive.order(view, fulfillments, this.parcelsOf(id));
    this.#upsertOrder(id, hash, view, derived, before?.firstSeenAt ?? origin.receivedAt, origin.source);
    this.#setPlace(id, lineEntryOf(view, fulfillments), before === undefined);
    this.#writeLines(id, view.lines, before?.lines);
    for (const key of view.identities) this.#identity(id, key, view.placedAt);
    this.#setDeadlines(subject, derived.deadlines, before === undefined);
    this.#measure(id, derived.laps, before === undefined);
    if (before !== undefined) this.#recheck(subject);
    for (const parcel of touched) this.#deriveParcel(parcel);
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
    const toldHash = contentHash(told);
    // What is there already needs no closer look.
    if (row !== undefined && !isNewer(told.sourceUpdatedAt, toldHash, row)) return false;
    const before = row && fulfillmentFromRow(row);
    const view = before === undefined ? told : keepStageStart(told, before);
    const hash = before === undefined ? toldHash : contentHash(view);
    if (row !== undefined && !isNewer(view.sourceUpdatedAt, hash, row)) return false;
    const subject = fulfillmentSubject(view.systemId, view.systemOrderNo);
    if (this.#appends) {
      const facts = JSON.stringify(changedFacts(before && { ...before }, { ...view }));
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
    }
    const touched = new Set<string>();
    for (const each of [...orders, ...left]) {
      const order = this.findOrder(each);
      for (const parcel of this.#linkParcels(each, order?.shipments ?? [], this.fulfillmentsOf(each), origin))
        touched.add(parcel);
      this.#deriveOrder(each);
    }
    for (const parcel of touched) this.#deriveParcel(parcel);
    this.#deriveFulfillment(view);
    this.#recheck(subject);
    return true;
  }

  /** False when this fact was known. */
  track(event: TrackEvent, origin: Origin): boolean {
    const { carrier, waybill, occurredAt, kind, rawState, precision } = event;
    const id = parcelId(waybill);
    this.#addParcel(carrier, waybill, origin);
    const { changes } = this.#sqlite
      .prepare(
        'INSERT OR IGNORE INTO TrackEvent (parcelId, occurredAt, kind, rawState, carrier, receivedAt) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(id, occurredAt, kind, rawState, carrier, origin.receivedAt);
    const before = this.findParcel(id);
    if (changes === 0 || before === undefined) return false;
    if (this.#appends) {
      const told = { carrier, waybill, occurredAt, kind, rawState, ...(precision === undefined ? {} : { precision }) };
      const [facts, hash] = [JSON.stringify(told), contentHash(told)];
      this.#append({ subject: parcelSubject(waybill), kind: 'track', facts, hash, occurredAt, id }, origin);
    }
    const { firstScanAt, firstScanIsDay, lastEventAt, lastKind, lastState, deliveredAt, endedAt } = withEvent(
      before,
      event,
    );
    this.#run(
      'UPDATE Parcel SET firstScanAt = ?, firstScanIsDay = ?, lastEventAt = ?, lastKind = ?, lastState = ?, deliveredAt = ?, endedAt = ? WHERE id = ?',
      firstScanAt,
      firstScanIsDay === true ? 1 : 0,
      lastEventAt,
      lastKind,
      lastState,
      deliveredAt,
      endedAt,
      id,
    );
    for (const order of this.ordersIn(id)) this.#deriveOrder(order);
    this.#deriveParcel(id);
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
          facts: JSON.stringify({ ...lock, gone: false }),
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
        {
          subject,
          kind: 'lock',
          facts: JSON.stringify({ ...lock, gone: true }),
          hash,
          occurredAt: origin.receivedAt,
          id: lock.lockId,
        },
        origin,
      );
    }
    this.#run('UPDATE StockLock SET goneAt = ? WHERE id = ?', origin.receivedAt, lockRowId(lock.systemId, lock.lockId));
    this.#setDeadlines(subject, []);
    this.#recheck(subject);
  }

  /** What is told of an order beside its views counts once, from when it is known of a paid order. */
  mark(kind: Mark, subject: string, at: number): void {
    const order = parseSubject(subject);
    if (order?.type !== 'order') return;
    const id = orderId(order.shopId, order.channelOrderNo);
    const before = findLaps(this.#sqlite, id);
    if (before === undefined) return;
    const field = kind === 'urge' ? 'urgedAt' : 'misShippedAt';
    if (before[field] === null) this.#replaceLaps(id, before, { ...before, [field]: at });
  }

  findOrder(id: string): Order | undefined {
    const row = this.#row<OrderRow>('SELECT * FROM "Order" WHERE id = ?', id);
    return row && orderFromRow(row, this.linesOf(id));
  }

  /** `sql` selects whole rows of "Order". */
  listOrders(sql: string, ...values: unknown[]): Order[] {
    return this.#sqlite
      .prepare<OrderRow>(sql)
      .all(...values)
      .map((row) => orderFromRow(row, this.linesOf(row.id)));
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
    return this.listOrders(
      'SELECT o.* FROM OrderFulfillment l JOIN "Order" o ON o.id = l.orderId WHERE l.fulfillmentId = ? ORDER BY o.id',
      id,
    );
  }

  findParcel(id: string): Parcel | undefined {
    const row = this.#row<ParcelRow>('SELECT * FROM Parcel WHERE id = ?', id);
    return row && parcelFromRow(row);
  }

  /** Of an order, known or not yet. */
  parcelsOf(order: string): Parcel[] {
    return this.#sqlite
      .prepare<ParcelRow>(
        'SELECT p.* FROM ParcelOrder l JOIN Parcel p ON p.id = l.parcelId WHERE l.orderId = ? ORDER BY p.id',
      )
      .all(order)
      .map(parcelFromRow);
  }

  /** Ids of the orders that travel in a parcel. */
  ordersIn(parcel: string): string[] {
    return this.#sqlite
      .prepare<{ orderId: string }>('SELECT orderId FROM ParcelOrder WHERE parcelId = ? ORDER BY orderId')
      .all(parcel)
      .map(({ orderId: id }) => id);
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
    const derived = this.#derive.order(viewOf(order), fulfillments, this.parcelsOf(id));
    this.#setPlace(id, lineEntryOf(order, fulfillments));
    if (derived.stage !== order.stage || derived.stageAt !== order.stageAt) {
      this.#run('UPDATE "Order" SET stage = ?, stageAt = ? WHERE id = ?', derived.stage, derived.stageAt, id);
    }
    const subject = orderSubject(order.shopId, order.channelOrderNo);
    this.#setDeadlines(subject, derived.deadlines);
    this.#measure(id, derived.laps);
    this.#recheck(subject);
  }

  /** Its place in the line of its warehouse, or that it has none; an order that is new has none yet. */
  #setPlace(id: string, entry: LineEntry | null, isNew = false): void {
    if (entry === null) {
      if (!isNew) this.#run('DELETE FROM LineEntry WHERE orderId = ?', id);
      return;
    }
    const { warehouse, shopId, phase, since, wall, apart, freeAt, sortedAt, shippedAt } = entry;
    this.#run(upsertLineSql, id, warehouse, shopId, phase, since, wall, apart, sortedAt, shippedAt, freeAt, freeAt);
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
    if (this.#row('SELECT 1 FROM StockLock WHERE channelOrderNo = ? LIMIT 1', channelOrderNo) === undefined) return;
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

  #measure(id: string, told: Laps | undefined, isNew = false): void {
    const before = isNew ? undefined : findLaps(this.#sqlite, id);
    const laps =
      told === undefined || before === undefined
        ? told
        : { ...told, urgedAt: before.urgedAt, misShippedAt: before.misShippedAt };
    this.#replaceLaps(id, before, laps);
  }

  /** What the old laps had added goes, what the new ones add comes. */
  #replaceLaps(id: string, before: Laps | undefined, laps: Laps | undefined): void {
    if (!saveLaps(this.#sqlite, id, before, laps)) return;
    const old = before === undefined ? [] : this.#derive.measures(before);
    const fresh = laps === undefined ? [] : this.#derive.measures(laps);
    addMeasures(this.#sqlite, notIn(old, fresh), -1);
    addMeasures(this.#sqlite, notIn(fresh, old), 1);
  }

  #recheck(subject: string): void {
    this.#run("UPDATE Alert SET recheck = 1 WHERE subject = ? AND state <> 'resolved'", subject);
  }

  /** A key that is new to an order may make its buyer's orders too many. */
  #identity(order: string, key: IdentityKey, placedAt: number): void {
    const { kind, scope, value } = key;
    const { changes } = this.#sqlite
      .prepare('INSERT OR IGNORE INTO Identity (orderId, kind, scope, value, placedAt) VALUES (?, ?, ?, ?, ?)')
      .run(order, kind, scope, value, placedAt);
    if (changes === 0) return;
    const placedAts = this.#sqlite
      .prepare<{ placedAt: number }>(
        'SELECT placedAt FROM Identity WHERE scope = ? AND kind = ? AND value = ? AND placedAt > ? AND placedAt < ? ORDER BY placedAt',
      )
      .all(scope, kind, value, placedAt - longestCount, placedAt + longestCount)
      .map((row) => row.placedAt);
    for (const { ruleId, dueAt } of this.#derive.identity(placedAts, placedAt)) {
      // One more in a full window is looked at again, though it may have been placed before the last one.
      this.#run(
        `INSERT INTO Deadline (ruleId, subject, dueAt, firedAt) VALUES (?, ?, ?, NULL)
         ON CONFLICT (ruleId, subject) DO UPDATE SET dueAt = max(dueAt, excluded.dueAt), firedAt = NULL`,
        ruleId,
        buyerSubject(key),
        dueAt,
      );
    }
  }

  /** A carrier keeps the name it was first called by; a new parcel is followed from then on. */
  #addParcel(carrier: string, waybill: string, { receivedAt }: Origin): void {
    const id = parcelId(waybill);
    const { changes } = this.#sqlite
      .prepare('INSERT OR IGNORE INTO Parcel (id, carrier, waybill) VALUES (?, ?, ?)')
      .run(id, carrier, waybill);
    if (changes === 1) insertFollow(this.#sqlite, id, carrier, waybill, receivedAt);
  }

  /**
   * Keeps an order in the parcels that its channel or a living fulfillment order names now: a label that was torn up must
   * not stall for ever. Answers the parcels to look at, those it left among them.
   */
  #linkParcels(
    order: string,
    shipments: readonly Shipment[],
    fulfillments: readonly FulfillmentView[],
    origin: Origin,
  ): string[] {
    const labels = fulfillments.filter(({ closed, shippedAt }) => !closed || shippedAt !== null);
    const named = [...shipments, ...labels].filter(({ waybill }) => waybill !== '');
    const wanted = new Set(named.map(({ waybill }) => parcelId(waybill)));
    const linked = this.#sqlite
      .prepare<{ parcelId: string }>('SELECT parcelId FROM ParcelOrder WHERE orderId = ?')
      .all(order)
      .map((row) => row.parcelId);
    for (const { carrier, waybill } of named) this.#addParcel(carrier, waybill, origin);
    for (const id of wanted) {
      if (!linked.includes(id)) this.#run('INSERT INTO ParcelOrder (parcelId, orderId) VALUES (?, ?)', id, order);
    }
    for (const id of linked) {
      if (!wanted.has(id)) this.#run('DELETE FROM ParcelOrder WHERE parcelId = ? AND orderId = ?', id, order);
    }
    return [...new Set([...linked, ...wanted])];
  }

  #deriveParcel(id: string): void {
    const parcel = this.findParcel(id);
    if (parcel === undefined) return;
    const orders = this.ordersIn(id).flatMap((each) => this.findOrder(each) ?? []);
    const fulfillments = new Map(
      orders
        .flatMap((order) => this.fulfillmentsOf(order.id))
        .map((view) => [fulfillmentSubject(view.systemId, view.systemOrderNo), view]),
    );
    const subject = parcelSubject(id);
    const due = orders.length === 0 ? [] : this.#derive.parcel(parcel, orders.map(viewOf), [...fulfillments.values()]);
    this.#setDeadlines(subject, due);
    this.#recheck(subject);
  }

  #append(
    fact: Pick<NewEvent, 'subject' | 'kind' | 'occurredAt'> & Readonly<Record<'facts' | 'hash' | 'id', string>>,
    { source, receivedAt }: Origin,
  ): void {
    const { id, hash, facts, subject, kind, occurredAt } = fact;
    const insert = (sourceId: string): boolean =>
      insertEvent(this.#sqlite, { subject, kind, occurredAt, source, sourceId, receivedAt }, facts);
    const sourceId = `${kind}/${id}@${occurredAt}#${hash.slice(0, 10)}`;
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

  #upsertOrder(
    id: string,
    hash: string,
    view: OrderView,
    { stage, stageAt }: Pick<DerivedOrder, 'stage' | 'stageAt'>,
    firstSeenAt: number,
    source: string,
  ): void {
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
      view.addressChange,
      view.addressChangeAt ?? null,
      view.buyerNote,
      view.remark,
      view.flag,
      JSON.stringify(view.receiver),
      JSON.stringify(view.shipments),
      JSON.stringify(view.identities),
      stage,
      stageAt,
      firstSeenAt,
      source,
      view.displayNo ?? null,
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

/** An order adds each metric at most once. */
const notIn = (these: readonly Measure[], those: readonly Measure[]): readonly Measure[] =>
  these.filter(
    (one) =>
      !those.some(
        (other) =>
          one.metric === other.metric &&
          one.day === other.day &&
          one.scope === other.scope &&
          one.value === other.value,
      ),
  );
const isFile = (source: string): boolean => source.startsWith('file:');

const isNewer = (updatedAt: number, hash: string, known: { sourceUpdatedAt: number; hash: string }): boolean =>
  updatedAt > known.sourceUpdatedAt || (updatedAt === known.sourceUpdatedAt && hash !== known.hash);

const goesBack = ({ refund }: OrderView): boolean => refund === 'requested' || refund === 'accepted';

/** Platforms blank personal fields after shipping: what was seen first stays. */
function keepFirstSight(told: OrderView, before: OrderView): OrderView {
  const { name, phone } = told.receiver;
  const region = told.receiver.province === '' ? before.receiver : told.receiver;
  const receiver = { ...region, name: name || before.receiver.name, phone: phone || before.receiver.phone };
  const fresh = told.identities.filter(
    (key) =>
      !before.identities.some((each) => each.kind === key.kind && each.scope === key.scope && each.value === key.value),
  );
  const closedAt =
    told.closedAt === null || before.closedAt === null ? told.closedAt : Math.min(told.closedAt, before.closedAt);
  const displayNo = told.displayNo ?? before.displayNo;
  const changedAt = addressChangeAt(told, before);
  return {
    ...told,
    ...(displayNo === undefined ? {} : { displayNo }),
    receiver,
    // Some platforms tell warehouse moments in single reads only: their lists leave them out.
    sortedAt: told.sortedAt ?? before.sortedAt,
    // And some tell that money goes back, but not since when: not later than it was first seen.
    refundAt:
      told.refundAt ?? (goesBack(told) && goesBack(before) ? (before.refundAt ?? before.sourceUpdatedAt) : null),
    ...(changedAt === null ? {} : { addressChangeAt: changedAt }),
    closedAt,
    identities: [...before.identities, ...fresh],
  };
}

/** No platform has to tell when an address changed: then it is the read that first showed it. */
function addressChangeAt(told: OrderView, before: OrderView): number | null {
  if (told.addressChange === 'none') return null;
  if (told.addressChangeAt != null) return told.addressChangeAt;
  if (told.addressChange !== before.addressChange) return told.sourceUpdatedAt;
  return before.addressChangeAt ?? (told.addressChange === 'requested' ? before.sourceUpdatedAt : null);
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
