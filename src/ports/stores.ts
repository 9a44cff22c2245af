import type { Actor, Person, Role } from '../domain/actor.ts';
import type { Alert, AlertFacts, Resolution } from '../domain/alert.ts';
import type { Card } from '../domain/card.ts';
import type { Deduction, DeductionSum } from '../domain/deduction.ts';
import type { CallState, Spoken, Step } from '../domain/escalation.ts';
import type { Event, NewEvent } from '../domain/event.ts';
import type { FulfillmentView } from '../domain/fulfillment.ts';
import type { Bucket, Laps, Light, Mark, Measure, Metric, OpenLaps } from '../domain/health.ts';
import type { Hears } from '../domain/hears.ts';
import type { Apart } from '../domain/line.ts';
import type { IdentityKey, Order, OrderView } from '../domain/order.ts';
import type { Parcel } from '../domain/parcel.ts';
import type { Paid } from '../domain/penalty.ts';
import type { Promo } from '../domain/promo.ts';
import type { Stint } from '../domain/roster.ts';
import type { Rule, Severity } from '../domain/rule.ts';
import type { SheetMapping } from '../domain/sheet-order.ts';
import type { OwedPart } from '../domain/shortage.ts';
import type { Silence } from '../domain/silence.ts';
import type { SmsKind, SmsState } from '../domain/sms.ts';
import type { Stage } from '../domain/stage.ts';
import type { StockLock } from '../domain/stock.ts';
import type { Language, Text } from '../domain/text.ts';
import type { TrackEvent } from '../domain/track.ts';
import type { OutgoingCard } from './messenger.ts';

// Every method may be repeated unless it says otherwise. Times are unix ms of the world, but for leases: those are wall ms.
// Inside `transaction` all changes are kept together or not at all; awaiting anything but a store in there is a mistake.

export interface Storage extends Stores {
  /** One step of the flow. Rolls back when `work` throws. Never await the network inside. */
  transaction<T>(work: (tx: Stores) => Promise<T>): Promise<T>;
  // Single statements of their own, never part of a step.
  readonly people: PeopleStore;
  readonly rooms: RoomStore;
  readonly rules: RuleStore;
  readonly tokens: TokenStore;
  readonly pushes: PushStore;
  /** When this database was first stamped. */
  bornAt(): Promise<number>;
  /** Stamps a new database with its world; afterwards answers what it was stamped with. */
  world(kind: 'real' | 'sandbox', at: number): Promise<'real' | 'sandbox'>;
}

export interface Stores {
  readonly views: ViewStore;
  readonly events: EventStore;
  readonly deadlines: DeadlineStore;
  readonly lines: LineStore;
  readonly alerts: AlertStore;
  readonly noise: NoiseStore;
  readonly outbox: OutboxStore;
  readonly room: RoomMessageStore;
  readonly inbound: InboundStore;
  readonly questions: QuestionStore;
  readonly actions: ActionStore;
  readonly duty: DutyStore;
  readonly calls: CallStore;
  readonly audit: AuditStore;
  readonly sources: SourceStore;
  readonly follows: FollowStore;
  readonly walks: WalkStore;
  readonly retention: RetentionStore;
  readonly sms: SmsStore;
  readonly labels: LabelStore;
  readonly leases: LeaseStore;
  readonly health: HealthStore;
  readonly imports: ImportStore;
}

// ---- views -----------------------------------------------------------------------------------------------------

/** What all views of one order together mean. Pure; handed in so that storage knows no rules. */
export interface Derivation {
  /** `parcels`: those it travels in, with what their carriers told. */
  order(view: OrderView, fulfillments: readonly FulfillmentView[], parcels?: readonly Parcel[]): DerivedOrder;
  /** `orders` and `fulfillments`: those that travel in it and are known; never no order. */
  parcel(parcel: Parcel, orders: readonly OrderView[], fulfillments: readonly FulfillmentView[]): readonly DueMoment[];
  /** When orders of one identity key are too many: `placedAts`, sorted, are its orders around the new one's `placedAt`. */
  identity(placedAts: readonly number[], placedAt: number): readonly DueMoment[];
  fulfillment(view: FulfillmentView, orders: readonly OrderView[]): readonly DueMoment[];
  lock(lock: StockLock, order: OrderView | undefined): readonly DueMoment[];
  /** What an order's laps add to health. */
  measures(laps: Laps): readonly Measure[];
  /** What reading an order adds. */
  delays(source: string, told: { occurredAt: number; visibleAt: number; receivedAt: number }): readonly Measure[];
}

export interface DerivedOrder {
  readonly stage: Stage;
  readonly stageAt: number;
  readonly deadlines: readonly DueMoment[];
  /** Undefined when it is not measured. */
  readonly laps: Laps | undefined;
}

export interface DueMoment {
  readonly ruleId: string;
  readonly dueAt: number;
  /** Later instants at which it is judged again: a deadline that was set to one of them stands. */
  readonly again?: readonly number[];
}

export interface Saved {
  readonly changed: number;
  readonly unchanged: number;
}

/** Our shop for a system's own shop id; a system that names none serves one shop. */
export type ShopOf = (systemId: string, systemShopId: string) => string;

export interface OrderRecord {
  readonly view: OrderView;
  /** Seals the receiver, asked only when something is new; null when nothing was readable. */
  readonly seal: (() => string) | null;
  /** The instant from which the platform shows this state, when it tells. */
  readonly visibleAt?: number | null;
}

export interface ViewStore {
  /**
   * Stores what a source told of orders: event, view, lines, identities, parcels, deadlines; marks their open alerts for
   * another look. Newer wins; at an equal time another content wins; anything else writes nothing.
   */
  saveOrders(source: string, records: readonly OrderRecord[], receivedAt: number, derive: Derivation): Promise<Saved>;
  /** The same for a warehouse system's view; `shopOf` names our shop for the system's shop id. */
  saveFulfillments(
    source: string,
    views: readonly FulfillmentView[],
    receivedAt: number,
    derive: Derivation,
    shopOf: ShopOf,
  ): Promise<Saved>;
  /** The complete list of a system's virtual locks: what is missing from it has gone. */
  saveLocks(
    systemId: string,
    locks: readonly StockLock[],
    receivedAt: number,
    derive: Derivation,
    shopOf: ShopOf,
  ): Promise<Saved>;
  /**
   * What a carrier told of parcels: event, track, and the moments of every order in them. A fact that is known writes
   * nothing. A parcel may be told of before any order names it.
   */
  saveTracks(source: string, events: readonly TrackEvent[], receivedAt: number, derive: Derivation): Promise<Saved>;
  /** Undefined while neither an order nor a carrier has named it. */
  findParcel(waybill: string): Promise<Parcel | undefined>;
  parcelsOf(orderId: string): Promise<readonly Parcel[]>;
  /** Orders with that key placed in (after, upTo], in that order. */
  listByIdentity(key: IdentityKey, after: number, upTo: number): Promise<readonly Order[]>;
  /** A buyer urged, or a wrong parcel became known: event and count. False when this source told this very thing before. */
  noteMark(
    mark: { readonly kind: Mark; readonly subject: string; readonly source: string; readonly sourceId: string },
    at: { readonly occurredAt: number; readonly receivedAt: number },
    derive: Derivation,
  ): Promise<boolean>;
  findOrder(id: string): Promise<Order | undefined>;
  findOrderByNo(shopId: string, channelOrderNo: string): Promise<Order | undefined>;
  /** Orders of any shop with this very number, in whatever case it was typed, newest first. */
  listByNo(channelOrderNo: string): Promise<readonly Order[]>;
  /** Orders whose number ends in `tail` (or is it), newest first, at most `limit`. */
  listByTail(tail: string, limit: number): Promise<readonly Order[]>;
  /** Orders that shop and buyer call so, in any case; newest first. */
  listByDisplayNo(no: string, limit: number): Promise<readonly Order[]>;
  listByWaybill(waybill: string): Promise<readonly Order[]>;
  /** The sealed receiver of a parcel, with the order it was told for. */
  receiverOf(waybill: string): Promise<{ readonly order: Order; readonly sealed: string } | undefined>;
  /** The sealed receiver of an order; undefined when none was told, or it was erased. */
  sealedReceiver(orderId: string): Promise<string | undefined>;
  listBySystemOrderNo(systemOrderNo: string): Promise<readonly Order[]>;
  listOrders(ids: readonly string[]): Promise<readonly Order[]>;
  /** What these orders are made of, and nothing else of them: of thousands at once. */
  skusOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  fulfillmentsOf(orderId: string): Promise<readonly FulfillmentView[]>;
  findFulfillment(systemId: string, systemOrderNo: string): Promise<FulfillmentView | undefined>;
  ordersOf(systemId: string, systemOrderNo: string): Promise<readonly Order[]>;
  /** Other orders that travel in a parcel, or a fulfillment order, with this one. */
  companionsOf(orderId: string): Promise<readonly Order[]>;
  findLock(systemId: string, lockId: string): Promise<StockLock | undefined>;
  /** Virtual locks in force on these SKUs. */
  locksOn(skus: readonly string[]): Promise<readonly StockLock[]>;
  /** Open fulfillment orders of closed orders that still hold these SKUs in that warehouse. */
  deadFulfillmentsOn(skus: readonly string[], warehouseCode: string): Promise<readonly FulfillmentView[]>;
  /** SKUs whose code or title begins with or contains the words, newest first. */
  findSkus(words: string, limit: number): Promise<readonly { sku: string; title: string }[]>;
  /** Open orders paid at `paidBefore` or earlier that no parcel carries; promised for later than `now` do not count. */
  countWithoutParcel(paidBefore: number, now: number): Promise<number>;
  /** Whether anybody ever told where a parcel is. */
  hasTracks(): Promise<boolean>;
  countByStage(): Promise<readonly { stage: Stage; warehouseCode: string | null; count: number }[]>;
  /** Throws all views and deadlines away and makes them again from the events. What had fired stays fired. */
  rebuild(derive: Derivation, shopOf: ShopOf): Promise<{ events: number }>;
  noteOddity(
    source: string,
    kind:
      | 'unknown-state'
      | 'skipped-row'
      | 'unknown-carrier'
      | 'not-followed'
      | 'refused'
      | 'reused-waybill'
      | 'missing'
      | 'outdated',
    what: string,
    ref: string,
    at: number,
  ): Promise<void>;
  listOddities(): Promise<
    readonly { source: string; kind: string; what: string; count: number; lastRef: string; lastAt: number }[]
  >;
}

// ---- the lines of the warehouses ---------------------------------------------------------------------------------

/** Orders that stand together: same warehouse (`system/code`; empty = none known), shop, ten minutes and wall. */
export interface LineCohort {
  readonly warehouse: string;
  readonly shopId: string;
  readonly apart: Apart | null;
  /** Of the first of them. */
  readonly since: number;
  readonly wall: number | null;
  readonly count: number;
}

export interface Waiting {
  readonly orderId: string;
  readonly subject: string;
  /** Its place in the line. */
  readonly since: number;
}

/** Counts out of covering indexes: their cost follows what is under way, never what ever was. */
export interface LineStore {
  /** Everybody who waits to be sorted, or is sorted and not shipped. Read in pieces: nobody waits long for it. */
  cohorts(phase: 'waiting' | 'sorted'): Promise<readonly LineCohort[]>;
  /** Shipped since `from`, with a wall up to `wall` (later ones and those without one are left out). */
  shippedSince(from: number, wall: number): Promise<readonly Pick<LineCohort, 'warehouse' | 'shopId' | 'count'>[]>;
  /**
   * What that warehouse sorted since then, by minute, the first sorting that is known of it, and, where there is nothing
   * since then, whether some were sorted at moments that nobody told.
   */
  sortedSince(
    warehouse: string,
    from: number,
  ): Promise<{
    readonly sorted: readonly { at: number; count: number }[];
    readonly first: number | null;
    readonly isUntimed: boolean;
  }>;
  lastSortedAt(warehouse: string): Promise<number | undefined>;
  /** An order's place, where it stands in a line. */
  placeOf(orderId: string): Promise<number | undefined>;
  /** From sorted to shipped, of the orders shipped last; ms, unordered. */
  packTimes(warehouse: string, limit: number): Promise<readonly number[]>;
  /** The place after which `count` orders have been sorted: whoever waits before it was overtaken by as many. */
  sortedMark(warehouse: string, count: number): Promise<number | undefined>;
  /** Who waits in the line itself before `mark` and has no open alert of that rule, longest first. */
  waitingBefore(warehouse: string, mark: number, ruleId: string, limit: number): Promise<readonly Waiting[]>;
  /** Orders that came after that place and have been sorted. */
  sortedAfter(warehouse: string, since: number): Promise<number>;
  /** Behind the first `skip` of that line: ids of orders with a wall up to `wall`. */
  waitingBehind(warehouse: string, skip: number, wall: number, limit: number): Promise<readonly string[]>;
  /** What was paid for those who are due by that wall and not shipped. Read in pieces. */
  paidDue(wall: number): Promise<readonly Paid[]>;
  /** When orders of a system got their label, as it told in [from, to), by its warehouse codes. */
  labelled(
    systemId: string,
    from: number,
    to: number,
  ): Promise<readonly { subject: string; warehouseCode: string; at: number }[]>;
  /** Orders of that warehouse that wait for a label: not sorted yet, or sorted and without one. */
  countUnlabelled(systemId: string, warehouseCode: string): Promise<number>;
  /** What is owed of each SKU by those who wait or are on the packing tables, by shop and ten minutes. Read in pieces. */
  owed(): Promise<readonly (OwedPart & { readonly shopId: string; readonly sku: string; readonly orderId: string })[]>;
  /** What was paid in [from, to), by minute and SKU. */
  soldBetween(from: number, to: number): Promise<readonly Sale[]>;
}

export interface Sale {
  /** When that minute began. */
  readonly minute: number;
  readonly sku: string;
  /** One of the orders, for its title. */
  readonly orderId: string;
  readonly qty: number;
  readonly orders: number;
}

export interface EventStore {
  /** False when this (source, sourceId) is already there. */
  append(event: NewEvent): Promise<boolean>;
  listFor(subjects: readonly string[], limit: number): Promise<readonly Event[]>;
  countSince(source: string, from: number, to: number): Promise<number>;
  /** Those that were stored after that one, in the order in which they were stored. */
  listAfter(id: number, limit: number): Promise<readonly Event[]>;
  /** Of the newest; 0 while there is none. */
  lastId(): Promise<number>;
}

export interface Due {
  readonly ruleId: string;
  readonly subject: string;
  readonly dueAt: number;
}

export interface DeadlineStore {
  /** Not yet judged and due at `now` or before, oldest first. */
  listDue(now: number, limit: number): Promise<readonly Due[]>;
  /** The next instant at which something is due. */
  nextDueAt(): Promise<number | undefined>;
  /** Still there, with that very due time? Judged again after a fresh read. */
  isCurrent(due: Due): Promise<boolean>;
  markFired(due: Due, at: number): Promise<void>;
  /** Sets or, with no dueAt, removes a deadline that no view implies (source silence). */
  set(ruleId: string, subject: string, dueAt: number | undefined): Promise<void>;
}

// ---- alerts ----------------------------------------------------------------------------------------------------

export interface NewAlert {
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly subject: string;
  readonly severity: Severity;
  readonly groupKey: string;
  readonly dueAt: number;
  readonly raisedAt: number;
  readonly confirmedAt: number | null;
  readonly facts: AlertFacts;
  readonly isLateFound: boolean;
}

export interface AlertFilter {
  readonly state?: 'open' | 'claimed' | 'unresolved';
  readonly ruleId?: string;
  readonly groupKey?: string;
  readonly claimedBy?: string;
  /** Resolved at this moment or after it. */
  readonly resolvedSince?: number;
  /** Raised in [from, to). */
  readonly raisedIn?: readonly [from: number, to: number];
  /** Only those that dispatch decided on, and that were not long late at first sight. */
  readonly isAnnounced?: true;
  readonly limit: number;
}

export interface AlertTally {
  readonly ruleId: string;
  readonly warehouseId: string | null;
  readonly severity: Severity;
  readonly claimedBy: string | null;
  readonly count: number;
  /** The earliest `dueAt` of them. */
  readonly oldestDueAt: number;
}

export interface AlertStore {
  /** Undefined when one is open for this rule and subject already. */
  raise(alert: NewAlert): Promise<Alert | undefined>;
  /** Brings what is known of the open alert of this rule and subject up to date, quietly. */
  refresh(alert: Pick<NewAlert, 'ruleId' | 'subject' | 'severity' | 'facts' | 'dueAt' | 'confirmedAt'>): Promise<void>;
  find(id: string): Promise<Alert | undefined>;
  /** New facts and severity of the open alert; `again`: dispatch looks at it as if it were new. */
  renew(
    id: string,
    change: { readonly severity: Severity; readonly facts: AlertFacts; readonly again: boolean },
  ): Promise<void>;
  findOpen(ruleId: string, subject: string): Promise<Alert | undefined>;
  /** The newest alert with that daily number, today first, then yesterday. */
  findByNumber(number: number, day: string, isExact?: boolean): Promise<Alert | undefined>;
  /** All that was raised of these subjects, newest first, the last 50. */
  listFor(subjects: readonly string[]): Promise<readonly Alert[]>;
  /** Newest first, whatever became of them. */
  listRaisedSince(from: number, limit: number): Promise<readonly Alert[]>;
  /** Worst first, then the oldest due. */
  list(filter: AlertFilter): Promise<readonly Alert[]>;
  /** The same, to be read in pieces. */
  listIds(filter: AlertFilter): Promise<readonly string[]>;
  listByIds(ids: readonly string[]): Promise<readonly Alert[]>;
  /** Keys of all groups of which anything is unresolved. */
  openGroups(): Promise<readonly string[]>;
  count(filter: Omit<AlertFilter, 'limit'>): Promise<number>;
  /** All unresolved ones, counted by rule, warehouse, severity and holder. */
  tally(): Promise<readonly AlertTally[]>;
  /** Open alerts that dispatch has not looked at. */
  listUndispatched(limit: number): Promise<readonly Alert[]>;
  /** Alerts resolved after their card was said, whose end was not yet said. */
  listResolvedUnsaid(limit: number): Promise<readonly Alert[]>;
  /** Gives the next number of the day: once per alert and day. */
  number(id: string, day: string): Promise<number>;
  markDispatched(ids: readonly string[], at: number): Promise<void>;
  markResolvedSaid(ids: readonly string[]): Promise<void>;
  listToRecheck(limit: number): Promise<readonly Alert[]>;
  /** Marks the unresolved alerts of all other rules for another look. */
  recheckOthers(ruleIds: readonly string[]): Promise<void>;
  clearRecheck(id: string): Promise<void>;
  /** False when it is not open or somebody else holds it. */
  claim(id: string, by: string, at: number, until: number): Promise<boolean>;
  handOver(id: string, from: string, to: string, at: number, until: number): Promise<boolean>;
  snooze(id: string, until: number): Promise<boolean>;
  resolve(id: string, at: number, resolution: Resolution): Promise<boolean>;
  /** Claims that ran out: back to open. Answers them. */
  expireClaims(now: number): Promise<readonly Alert[]>;
  listSnoozeEnded(now: number, limit: number): Promise<readonly Alert[]>;
  /** Keeps why, for those that last had another reason in that room. Answers how many. */
  decide(
    alertIds: readonly string[],
    roomId: string,
    at: number,
    verdict: 'said' | 'grouped' | 'listed' | 'held-back',
    reason: string,
  ): Promise<number>;
  decisionsFor(alertId: string): Promise<readonly { roomId: string; at: number; verdict: string; reason: string }[]>;
  groupSaid(roomId: string, groupKey: string): Promise<GroupSaid | undefined>;
  /** The number by which a group was told, in whichever room. */
  groupNumber(groupKey: string): Promise<number | undefined>;
  setGroupSaid(roomId: string, groupKey: string, said: GroupSaid | undefined): Promise<void>;
  /** Open alerts of a rule of which some room has heard. */
  listSaid(ruleId: string): Promise<readonly { readonly subject: string; readonly severity: Severity }[]>;
  /** No room has heard of it: what comes next is its first. */
  forgetGroupSaid(groupKey: string): Promise<void>;
  /** Groups that a room heard of, of which every alert it heard has ended. */
  listClearedGroups(): Promise<readonly { roomId: string; groupKey: string; said: GroupSaid }[]>;
}

export interface GroupSaid {
  /** When the room first heard, on the day of its number, of what is told still. */
  readonly startedAt: number;
  readonly saidAt: number;
  readonly count: number;
  readonly band: number;
  /** The number the group is called by. */
  readonly number: number;
}

// ---- noise control ---------------------------------------------------------------------------------------------

/** `silence/<id>` or one of the standing ones: what kept an alert from being heard in a room. */
export type HeldCause = `silence/${number}` | 'quiet-hours' | 'month' | 'shadow';

/** Of alerts of a rule that were said: how many, how many somebody did something about, how many were called useless. */
export interface Usefulness {
  readonly ruleId: string;
  readonly said: number;
  readonly acted: number;
  readonly useless: number;
}

export interface NoiseStore {
  addSilence(silence: Omit<Silence, 'id'>): Promise<number>;
  /** False when it is over already. */
  endSilence(id: number, at: number): Promise<boolean>;
  findSilence(id: number): Promise<Silence | undefined>;
  silencesInForce(now: number): Promise<readonly Silence[]>;
  /** Over, and the room was not yet told. */
  silencesOver(now: number): Promise<readonly Silence[]>;
  silenceEndSaid(id: number): Promise<void>;

  /** Keeps for a list what the room does not hear now; again after its list was said means again in the next one. */
  hold(roomId: string, alertId: string, cause: HeldCause, at: number): Promise<void>;
  /** What still waits for a list. */
  heldCauses(): Promise<readonly { roomId: string; cause: string }[]>;
  /** Alerts that wait for that list, worst first, the ended ones among them. */
  heldIn(roomId: string, cause: HeldCause): Promise<readonly Alert[]>;
  /** Their list was said. */
  heldSaid(roomId: string, cause: HeldCause, at: number): Promise<void>;
  /** A message about the group went out after all: what is open of it needs no list. The line of a silence names it still. */
  heldHeard(roomId: string, groupKey: string, at: number): Promise<void>;
  /** Whether rooms were spared something in the first days, and have not been told of it since. */
  hasShadow(): Promise<boolean>;
  /** The first days are over: what is still open is new to the rooms. */
  endShadow(): Promise<void>;

  addPromo(promo: Omit<Promo, 'id'>): Promise<number>;
  endPromo(id: number, at: number): Promise<boolean>;
  /** In force or still to come, the next first. */
  promosAhead(now: number): Promise<readonly Promo[]>;
  /** Begun, and the room was not yet told. */
  promosBegun(now: number): Promise<readonly Promo[]>;
  promosOver(now: number): Promise<readonly Promo[]>;
  promoBeginSaid(id: number): Promise<void>;
  promoEndSaid(id: number): Promise<void>;

  /** False when that person has said so of this alert before. */
  callUseless(alert: Alert, personId: string, at: number): Promise<boolean>;
  /** By rule, of alerts raised in [from, to) of which a message was said. */
  usefulness(from: number, to: number): Promise<readonly Usefulness[]>;
}

// ---- saying ----------------------------------------------------------------------------------------------------

export type OutboxKind = 'alert' | 'group' | 'resolved' | 'reply' | 'result' | 'notice';

export interface NewOutbox {
  /** Same key = same message: adding it again changes nothing. */
  readonly key: string;
  readonly roomId: string;
  readonly kind: OutboxKind;
  /** 0 first: replies to people, then criticals, then the rest. */
  readonly priority: number;
  readonly alertId: string | null;
  readonly card: Card;
  readonly dueAt: number;
}

export interface OutboxRow extends NewOutbox {
  readonly id: number;
  readonly attempts: number;
  readonly createdAt: number;
  readonly maybeTwice: boolean;
}

export interface OutboxStore {
  add(row: NewOutbox): Promise<boolean>;
  /**
   * Leases due rows of a room, most urgent first, for `leaseMs` wall ms. A row whose lease ran out is handed out again
   * with maybeTwice set: its sender may have died between sending and recording.
   */
  claim(roomId: string, limit: number, leaseMs: number, now: number, wallNow: number): Promise<readonly OutboxRow[]>;
  /** For a new holder of the engine: whoever was sending is gone, and may have been heard. */
  freeSending(): Promise<void>;
  /** `parts`: messages of the room's minute that it took. */
  sent(id: number, at: number, providerRef: string, parts?: number): Promise<void>;
  retry(id: number, dueAt: number, error: string, maybeTwice: boolean): Promise<void>;
  /** Later again, as if it had not been tried. */
  postpone(id: number, dueAt: number, error: string): Promise<void>;
  dead(id: number, at: number, error: string): Promise<void>;
  drop(id: number, at: number, why: string): Promise<void>;
  /** Messages, counted in parts. */
  sentSince(roomId: string, from: number): Promise<number>;
  /** Cards of alerts and groups that the room got after `from` or is about to get. */
  alertsSince(roomId: string, from: number): Promise<number>;
  /** Whether a card of this very alert has left for the room. */
  isHeard(alertId: string, roomId: string): Promise<boolean>;
  count(): Promise<{ pending: number; dead: number; maybeTwice: number; oldestDueAt: number | null }>;
  roomsWithDue(now: number): Promise<readonly string[]>;
  /**
   * Calls of a robot since then: what it sent to these rooms (and privately on that platform) and what it heard there.
   * What a webhook carried is no call.
   */
  callsSince(roomIds: readonly string[], privately: string | undefined, from: number): Promise<number>;
  /**
   * By slices of `sliceMs` in which a message was to be said: how many, how many of them have a receipt within `inTimeMs`,
   * how many have it later. The rest has none. What had become untrue before it was sent does not count.
   */
  slices(
    from: number,
    to: number,
    sliceMs: number,
    inTimeMs: number,
  ): Promise<readonly { from: number; wanted: number; inTime: number; late: number }[]>;
  /** Rooms where something has waited for `forMs` and nothing was delivered meanwhile. */
  stalled(now: number, forMs: number): Promise<readonly { roomId: string; since: number; waiting: number }[]>;
}

export interface RoomMessageRow {
  readonly id: number;
  readonly roomId: string;
  readonly sender: string;
  readonly card: OutgoingCard;
  readonly at: number;
}

export interface RoomMessageStore {
  /** The id of the message with that key, new or old. */
  add(entry: { roomId: string; key: string; sender: string; card: OutgoingCard; at: number }): Promise<number>;
  /** Messages after `afterId`, oldest first. */
  list(roomId: string, afterId: number, limit: number): Promise<readonly RoomMessageRow[]>;
  latest(roomId: string, limit: number): Promise<readonly RoomMessageRow[]>;
}

// ---- people's words and acts -----------------------------------------------------------------------------------

export interface InboundRow {
  readonly id: number;
  readonly platform: string;
  readonly messageId: string;
  readonly roomId: string;
  readonly isPrivate: boolean;
  readonly senderId: string;
  readonly text: string;
  readonly receivedAt: number;
}

export interface InboundStore {
  /** Undefined when that platform message was received before. */
  receive(message: Omit<InboundRow, 'id'>): Promise<InboundRow | undefined>;
  done(id: number, at: number): Promise<void>;
  /** How many other messages came into the room after `at`. */
  countAfter(roomId: string, at: number, exceptId: number): Promise<number>;
  /** Of these private chats the one last heard from; undefined when nobody ever wrote in one. */
  lastHeard(roomIds: readonly string[]): Promise<string | undefined>;
  /** Received and not answered, oldest first: what a crash left. */
  listPending(limit: number): Promise<readonly InboundRow[]>;
}

export type QuestionState = 'open' | 'second' | 'confirmed' | 'cancelled' | 'expired';

export interface QuestionRow {
  readonly id: string;
  /** What a person types to say yes: "确认 K7". */
  readonly words: string;
  readonly roomId: string;
  readonly actorId: string;
  readonly proposal: unknown;
  readonly state: QuestionState;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly secondAskedAt: number | null;
  readonly secondBy: string | null;
}

export interface QuestionStore {
  /** Opens a question; an older open one of the same person in the same room is cancelled. */
  open(question: Omit<QuestionRow, 'state' | 'secondAskedAt' | 'secondBy'>): Promise<void>;
  find(id: string): Promise<QuestionRow | undefined>;
  /** Still waiting, by the words it printed. */
  findByWords(words: string, roomId: string): Promise<QuestionRow | undefined>;
  /** Whether a question of that room had these words since then: an old card's yes must not mean a new question. */
  wasUsed(words: string, roomId: string, since: number): Promise<boolean>;
  findOpenOf(actorId: string, roomId: string): Promise<QuestionRow | undefined>;
  /** Everything this person asked in any room that still waits for a yes. */
  listWaitingOf(actorId: string, now: number): Promise<readonly QuestionRow[]>;
  /** Waits for the second person now. False when it was not open. */
  askSecond(id: string, at: number, expiresAt: number): Promise<boolean>;
  /** Exactly one caller gets true. */
  settle(id: string, from: QuestionState, to: QuestionState, secondBy?: string): Promise<boolean>;
  listExpired(now: number, limit: number): Promise<readonly QuestionRow[]>;
}

export type ActionState = 'planned' | 'writing' | 'unknown' | 'settling' | 'done' | 'refused' | 'failed';

export interface ActionRow {
  readonly id: string;
  readonly kind: string;
  /** The order it was done for. */
  readonly subject: string;
  /** What it changes: only one action at a time runs on it. */
  readonly target: string;
  readonly actorId: string;
  readonly approverId: string | null;
  readonly roomId: string;
  readonly state: ActionState;
  /** What was asked, with what the person saw (`expect`). */
  readonly request: unknown;
  readonly before: unknown;
  readonly after: unknown;
  readonly undoOf: string | null;
  readonly reason: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly nextAt: number | null;
  readonly probes: number;
}

export interface ActionStore {
  /** False when an action on this target is running or this one was started before: nothing is started twice. */
  start(action: Omit<ActionRow, 'state' | 'before' | 'after' | 'finishedAt' | 'nextAt' | 'probes'>): Promise<boolean>;
  find(id: string): Promise<ActionRow | undefined>;
  /** Moves on; only from the state the caller believes in. False when it is another one by now. */
  move(id: string, from: ActionState, to: ActionState, change: ActionChange): Promise<boolean>;
  step(id: string, step: string, at: number, detail: unknown): Promise<void>;
  steps(id: string): Promise<readonly { step: string; at: number; detail: unknown }[]>;
  /** Not finished and due for the next look. */
  listDue(now: number, limit: number): Promise<readonly ActionRow[]>;
  /** Newest first. */
  listFor(subject: string, limit: number): Promise<readonly ActionRow[]>;
  /** Of this person and not finished, oldest first. */
  listUnfinishedOf(actorId: string): Promise<readonly ActionRow[]>;
  lastBy(actorId: string, roomId: string): Promise<ActionRow | undefined>;
  findUndoOf(id: string): Promise<ActionRow | undefined>;
}

export interface ActionChange {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly finishedAt?: number;
  readonly nextAt?: number | null;
  readonly probes?: number;
}

export type DutyOfferState = 'open' | 'accepted' | 'refused' | 'expired';

/** What somebody asks of a colleague, or proposes themselves, about duty. */
export interface DutyOfferRow {
  readonly id: string;
  readonly kind: 'sheet' | 'swap' | 'shift' | 'take-shift';
  /** What a person types to say yes: "确认 B7". */
  readonly words: string;
  /** Where it was asked. */
  readonly roomId: string;
  /** Who has to answer; ids of people. */
  readonly personId: string;
  readonly askerId: string;
  /** Where the asker hears the outcome. */
  readonly askerRoomId: string;
  readonly detail: unknown;
  readonly state: DutyOfferState;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface DutyStore {
  /** In the order in which they were agreed; those that ended before `from` are left out. */
  listStints(from: number): Promise<readonly Stint[]>;
  addStints(offerId: string, stints: readonly Stint[]): Promise<void>;
  /** Ends what is left of an offer's stints. False when nothing was left. */
  endStints(offerId: string, at: number): Promise<boolean>;
  /** The newest swap by which this colleague stands in for the asker after `now`. */
  findSwap(askerId: string, personId: string, now: number): Promise<DutyOfferRow | undefined>;
  /** Opens an offer; one that is there already under this id stays as it is. */
  open(offer: Omit<DutyOfferRow, 'state'>): Promise<void>;
  find(id: string): Promise<DutyOfferRow | undefined>;
  /** Still waiting, by the words it printed. */
  findByWords(words: string, roomId: string): Promise<DutyOfferRow | undefined>;
  /** Whether an offer in that room had these words since then. */
  wasUsed(words: string, roomId: string, since: number): Promise<boolean>;
  /** Exactly one caller gets true. */
  settle(id: string, to: Exclude<DutyOfferState, 'open'>): Promise<boolean>;
  listExpired(now: number, limit: number): Promise<readonly DutyOfferRow[]>;
}

// ---- ringing ---------------------------------------------------------------------------------------------------

/** `acknowledged`: somebody took it · `cleared`: it is over · `exhausted`: every step is done and nobody took it. */
export type EscalationOutcome = 'acknowledged' | 'cleared' | 'exhausted';

/** A policy under way, or that was, for the alerts of one group; `alertId` is the one it began with. */
export interface EscalationRow {
  readonly id: number;
  readonly alertId: string;
  readonly groupKey: string;
  readonly policy: string;
  readonly steps: readonly Step[];
  /** Index of the step that is due at `nextAt`; behind the last one: when nobody is expected any more. */
  readonly next: number;
  readonly nextAt: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: EscalationOutcome | null;
}

/** One ring of a telephone. `alertId` and `escalationId` are null for one that a person asked for. */
export interface CallRow {
  readonly id: number;
  readonly escalationId: number | null;
  readonly alertId: string | null;
  readonly cause: string;
  readonly personId: string;
  /** Of the `voice` list. */
  readonly provider: string;
  readonly askedBy: string | null;
  readonly roomId: string | null;
  readonly spoken: Spoken;
  readonly state: CallState;
  readonly ref: string | null;
  /** Why it did not ring, or the provider's code. */
  readonly why: string | null;
  readonly plannedAt: number;
  readonly dialledAt: number | null;
  readonly lookAt: number | null;
  readonly endedAt: number | null;
}

export interface CallStore {
  /** The first open critical alert of each group that a room heard of and that no run was begun for since. */
  toBegin(): Promise<readonly Alert[]>;
  /** False when one is under way for that group. */
  begin(
    run: Pick<EscalationRow, 'alertId' | 'groupKey' | 'policy' | 'steps' | 'nextAt' | 'startedAt'>,
  ): Promise<boolean>;
  underWay(): Promise<readonly EscalationRow[]>;
  ofRun(id: number): Promise<EscalationRow | undefined>;
  /** It goes on with another alert of its group. */
  anchor(id: number, alertId: string): Promise<void>;
  /** The step is done. False when another one is next by now. */
  advance(id: number, from: number, nextAt: number): Promise<boolean>;
  end(id: number, at: number, outcome: EscalationOutcome): Promise<boolean>;
  /** Steps and calls that were due at that moment or before, and did not happen. */
  overdue(at: number): Promise<{ readonly steps: number; readonly calls: number }>;
  /** False when this cause was rung for, or refused, before. With a `why` it is kept as refused and never dialled. */
  plan(
    call: Pick<
      CallRow,
      | 'escalationId'
      | 'alertId'
      | 'cause'
      | 'personId'
      | 'provider'
      | 'askedBy'
      | 'roomId'
      | 'spoken'
      | 'why'
      | 'plannedAt'
    >,
  ): Promise<boolean>;
  /** Moves on; only from a state that the caller believes in. False when it is another one by now. */
  move(
    id: number,
    from: readonly CallState[],
    to: CallState,
    change: Partial<Pick<CallRow, 'ref' | 'why' | 'dialledAt' | 'lookAt' | 'endedAt'>>,
  ): Promise<boolean>;
  /** The provider is asked at `lookAt` (null: not any more); a `ref` that was not known is kept. */
  lookAgain(id: number, lookAt: number | null, ref: string | null): Promise<void>;
  find(id: number): Promise<CallRow | undefined>;
  /** Oldest first. */
  listIn(state: CallState): Promise<readonly CallRow[]>;
  toLookAt(now: number): Promise<readonly CallRow[]>;
  ofEscalation(escalationId: number): Promise<readonly CallRow[]>;
  ofAlert(alertId: string): Promise<readonly CallRow[]>;
  /** Whose cause begins so. */
  ofCause(start: string): Promise<readonly CallRow[]>;
  /** Dialled after `since`. */
  ofPerson(personId: string, since: number): Promise<readonly CallRow[]>;
  /** Newest first. */
  latest(limit: number): Promise<readonly CallRow[]>;
}

export interface AuditRow {
  readonly seq: number;
  readonly at: number;
  readonly actorId: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
  readonly mac: string;
}

export interface AuditStore {
  /** Appends to the chain. `detail` holds ids and numbers only. */
  add(entry: {
    at: number;
    actor: Actor;
    action: string;
    subject: string;
    detail?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  listFor(subject: string, limit: number): Promise<readonly AuditRow[]>;
  /** The first 8 characters of the newest seal. */
  head(): Promise<string>;
  /** Walks the whole chain. `brokenAt` is the first entry whose seal does not fit. */
  verify(): Promise<{ entries: number; head: string; brokenAt: number | undefined; hasHead(head: string): boolean }>;
}

// ---- sources, leases -------------------------------------------------------------------------------------------

export interface CursorRow {
  readonly stream: string;
  readonly watermark: number;
  readonly windowTo: number | null;
  readonly page: string | null;
}

export interface SourceRow {
  readonly id: string;
  readonly lastOkAt: number | null;
  readonly lastErrorAt: number | null;
  readonly lastError: string | null;
}

export interface SourceStore {
  cursor(stream: string): Promise<CursorRow | undefined>;
  saveCursor(cursor: CursorRow, at: number): Promise<void>;
  ok(id: string, at: number): Promise<void>;
  failed(id: string, at: number, error: string): Promise<void>;
  find(id: string): Promise<SourceRow | undefined>;
  list(): Promise<readonly SourceRow[]>;
}

/** Orders that a platform's push named, waiting to be read afresh. */
export interface PushRow {
  readonly id: number;
  readonly source: string;
  readonly orderNos: readonly string[];
  readonly receivedAt: number;
}

export interface PushStore {
  /** False when that message is known already. Those of one moment are kept in one commit; each resolves when it is on disk. */
  add(push: Omit<PushRow, 'id'> & { readonly messageId: string }): Promise<boolean>;
  /** Oldest first. */
  listPending(source: string, limit: number): Promise<readonly PushRow[]>;
  done(ids: readonly number[], at: number): Promise<void>;
  /** Drops messages received before `at`, read or not. */
  forget(at: number): Promise<number>;
}

/** A walk through a shop's orders by the time they were placed, newest first. Times are unix ms. */
export interface WalkRow {
  /** `backfill/<shop>` or `check/<shop>`. */
  readonly id: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly reachedAt: number;
  readonly page: string | null;
  readonly orders: number;
  readonly differed: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
}

export interface WalkStore {
  find(id: string): Promise<WalkRow | undefined>;
  save(row: WalkRow): Promise<void>;
}

/** One text message to a buyer: never more than one of a kind for an order. */
export interface SmsRow {
  /** Order id and kind: also what the provider gets as our own number. */
  readonly id: string;
  readonly orderId: string;
  readonly kind: SmsKind;
  readonly state: SmsState;
  /** Why it was left unsaid, or failed. */
  readonly reason: Text | null;
  /** The provider's number for it. */
  readonly ref: string | null;
  /** `138****8000`. */
  readonly phoneMask: string | null;
  /** When it is looked at next; null = never again. */
  readonly dueAt: number | null;
  readonly plannedAt: number;
  readonly sentAt: number | null;
}

export interface SmsStore {
  /** Answers how many of them are new. */
  plan(rows: readonly Pick<SmsRow, 'orderId' | 'kind' | 'dueAt' | 'plannedAt'>[]): Promise<number>;
  /** Oldest first. */
  listDue(now: number, limit: number): Promise<readonly SmsRow[]>;
  listFor(orderId: string): Promise<readonly SmsRow[]>;
  /** False when it is in another state by now: then nothing changes. */
  move(
    row: Pick<SmsRow, 'id' | 'state'>,
    to: Pick<SmsRow, 'state' | 'dueAt'> & Partial<Pick<SmsRow, 'reason' | 'ref' | 'phoneMask' | 'sentAt'>>,
  ): Promise<boolean>;
  /** A receipt names it: it is asked for at once. */
  nudge(id: string, now: number): Promise<void>;
}

export interface LabelRow {
  /** Our own number, by which the carrier knows it. */
  readonly id: string;
  readonly orderId: string;
  readonly carrierId: string;
  readonly waybill: string;
  /** The PDF in base64, sealed; null while it could not be fetched, and once it was erased. */
  readonly sealed: string | null;
  readonly madeBy: string;
  readonly madeAt: number;
  readonly voidedAt: number | null;
}

export interface LabelStore {
  /** Keeps a label; one that is known only gets its file. May be repeated. */
  keep(label: Omit<LabelRow, 'voidedAt'>): Promise<void>;
  find(id: string): Promise<LabelRow | undefined>;
  /** All that were made for these orders, voided ones too, oldest first. */
  listFor(orderIds: readonly string[]): Promise<readonly LabelRow[]>;
  /** May be repeated: the first moment stays. */
  void(id: string, at: number): Promise<void>;
}

/** Forgets what may not be kept longer. Each call takes at most `limit` rows and answers how many it took. */
export interface RetentionStore {
  /** Sealed receivers of orders that ended before `at`, or of which nothing was heard for a year, and files of their labels. The row says when. */
  eraseReceivers(at: number, now: number, limit: number): Promise<number>;
  /** Words of messages that were answered or said before `at`: rows and receipts stay. */
  eraseMessages(at: number, limit: number): Promise<number>;
}

/** What a tracking service is asked about one parcel. A new waybill is due at once. */
export interface FollowRow {
  readonly carrier: string;
  readonly waybill: string;
  readonly followedBy: string | null;
  readonly subscribedAt: number | null;
  readonly askedAt: number | null;
  readonly heardAt: number | null;
  readonly createdAt: number;
  readonly nextAt: number | null;
}

export interface FollowStore {
  /** Due at `now`, the longest overdue first. */
  listDue(now: number, limit: number): Promise<readonly FollowRow[]>;
  find(waybill: string): Promise<FollowRow | undefined>;
  /** Takes the right to query a waybill at `at`: true for one caller until `againAfterMs` later. */
  ask(waybill: string, at: number, againAfterMs: number): Promise<boolean>;
  /** With `ifNextAt`, only while that is still its next moment: what was heard meanwhile is not undone. */
  change(
    waybill: string,
    change: Partial<Pick<FollowRow, 'followedBy' | 'subscribedAt' | 'heardAt' | 'nextAt'>>,
    ifNextAt?: number | null,
  ): Promise<void>;
}

export interface LeaseStore {
  /** True when `holder` has it until `until`: new, renewed, or taken over from one that ran out or is not alive. Wall ms. */
  take(
    name: string,
    holder: string,
    until: number,
    wallNow: number,
    isAlive: (holder: string) => boolean,
  ): Promise<boolean>;
  holder(name: string): Promise<string | undefined>;
  release(name: string, holder: string): Promise<void>;
}

// ---- health ----------------------------------------------------------------------------------------------------

export interface TallyRow extends Bucket {
  readonly metric: Metric;
  /** Our warehouse, empty while none has it; for delays the source. */
  readonly scope: string;
}

/** One alert that was said, in unix ms. */
export interface AlertTimes {
  /** When its card left; for one of a group, when the group was decided on. */
  readonly saidAt: number;
  /** The first thing a person did about it: claim, act, or end it. */
  readonly actedAt: number | null;
  readonly resolvedAt: number | null;
}

export interface HealthStore {
  /** The buckets of these local days together, both included. */
  tallies(metrics: readonly Metric[], fromDay: string, toDay: string): Promise<readonly TallyRow[]>;
  /** Number and exact sum of each of these local days, over all scopes; days and metrics without any are missing. */
  daily(
    metrics: readonly Metric[],
    fromDay: string,
    toDay: string,
  ): Promise<readonly { day: string; metric: Metric; n: number; sum: number }[]>;
  /** Whether any source ever told this. */
  hasEver(metric: Metric): Promise<boolean>;
  /** Orders paid in (after, until] and not closed, oldest payment first. */
  openLaps(paidAfter: number, paidUntil: number): Promise<readonly OpenLaps[]>;
  /** Alerts first dispatched in [from, to) and said in some room. */
  alertTimes(from: number, to: number): Promise<readonly AlertTimes[]>;
  /** Acts under way, or with an unknown outcome. */
  openActions(): Promise<number>;
  lights(): Promise<readonly { scope: string; light: Light; since: number }[]>;
  setLight(scope: string, light: Light, since: number): Promise<void>;
}

// ---- sheets ----------------------------------------------------------------------------------------------------

/** `arriving`: its bytes are not all here; `storing`: it was read and can be stored; `unexplained`: a person must say what its headings mean. */
export type ImportState = 'arriving' | 'waiting' | 'storing' | 'unexplained' | 'done' | 'refused';

export interface ImportRow {
  readonly id: string;
  /** Null = the sheet names the shops. */
  readonly shopId: string | null;
  readonly fileName: string;
  /** SHA-256 of the file. */
  readonly hash: string;
  readonly bytes: number;
  readonly actorId: string;
  /** The chat it came from; null for a page or a terminal. */
  readonly roomId: string | null;
  readonly state: ImportState;
  /** What it shows is true for this moment; null = not known before it is read. */
  readonly asOf: number | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly done: number;
  readonly total: number;
  readonly result: unknown;
}

export interface FileShopRow {
  readonly shopId: string;
  /** The newest sheet's moment. */
  readonly asOf: number;
  readonly tellsStage: boolean;
}

export interface ImportStore {
  add(
    row: Pick<ImportRow, 'id' | 'shopId' | 'fileName' | 'hash' | 'bytes' | 'actorId' | 'roomId' | 'asOf' | 'createdAt'>,
  ): Promise<void>;
  addChunk(id: string, seq: number, sealed: string): Promise<void>;
  /** Undefined when there is no chunk of that number. */
  chunk(id: string, seq: number): Promise<string | undefined>;
  /** Throws the bytes away, a few chunks at a time; false when none are left. */
  dropChunks(id: string): Promise<boolean>;
  change(
    id: string,
    change: Partial<Pick<ImportRow, 'state' | 'asOf' | 'finishedAt' | 'done' | 'total' | 'result'>>,
  ): Promise<void>;
  find(id: string): Promise<ImportRow | undefined>;
  /** Newest first. */
  list(limit: number): Promise<readonly ImportRow[]>;
  /** Waiting or half stored, oldest first: what a crash left comes again. */
  next(): Promise<ImportRow | undefined>;
  /** Whose bytes never came whole, or that nobody explained, since before `at`. */
  listForgotten(at: number): Promise<readonly ImportRow[]>;
  fileShops(): Promise<readonly FileShopRow[]>;
  /** The newest sheet counts. */
  saveFileShop(row: FileShopRow): Promise<void>;
  /** These orders stand in a sheet that shows that moment. */
  noteSeen(shopId: string, orderNos: readonly string[], asOf: number): Promise<void>;
  /** The moment of the newest sheet that showed each; those that no sheet showed are absent. */
  lastSeen(shopId: string, orderNos: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Each row of a bill once, however often the bill is brought. Answers how many are new. */
  addDeductions(deductions: readonly Deduction[]): Promise<number>;
  /** What was taken for an order, by cause. */
  deductionsOf(shopId: string, orderNo: string): Promise<readonly DeductionSum[]>;
  /** What was taken in [from, to), by cause; null while no bill was ever brought. */
  deductedIn(from: number, to: number): Promise<readonly DeductionSum[] | null>;
  /** By the key of their headings. */
  mappings(): Promise<ReadonlyMap<string, SheetMapping>>;
  saveMapping(headingKey: string, mapping: SheetMapping, actorId: string, at: number): Promise<void>;
}

// ---- people, rooms, rules --------------------------------------------------------------------------------------

export interface PeopleStore {
  /** Makes the configured staff the truth for their rows; people bound in chat stay. */
  syncConfigured(
    staff: readonly { person: Person; accounts: readonly { platform: string; userId: string }[] }[],
  ): Promise<void>;
  find(id: string): Promise<Person | undefined>;
  findByAccount(platform: string, userId: string): Promise<Person | undefined>;
  /** Who writes, and what their room speaks, if it is one: asked for every message, in one look. */
  findWriter(
    platform: string,
    userId: string,
    roomId: string,
  ): Promise<{ readonly person: Person | undefined; readonly roomLanguage: Language | undefined }>;
  findByName(name: string): Promise<readonly Person[]>;
  list(): Promise<readonly Person[]>;
  listWithRoles(roles: readonly Role[]): Promise<readonly Person[]>;
  bind(platform: string, userId: string, personId: string): Promise<void>;
  /** Every account of these people. */
  accountsOf(
    personIds: readonly string[],
  ): Promise<readonly { readonly personId: string; readonly platform: string; readonly userId: string }[]>;
  addLoginCode(hash: string, personId: string, expiresAt: number): Promise<void>;
  /** The person, once, while it is young enough. */
  useLoginCode(hash: string, now: number): Promise<Person | undefined>;
  addSession(hash: string, personId: string, expiresAt: number): Promise<void>;
  findSession(hash: string, now: number): Promise<Person | undefined>;
  endSession(hash: string): Promise<void>;
}

export interface RoomRow {
  readonly id: string;
  readonly platform: string;
  readonly chatId: string;
  readonly name: string;
  readonly language: Language;
  readonly hears: Hears;
}

export interface RoomStore {
  syncConfigured(rooms: readonly RoomRow[]): Promise<void>;
  find(id: string): Promise<RoomRow | undefined>;
  findByChat(platform: string, chatId: string): Promise<RoomRow | undefined>;
  list(): Promise<readonly RoomRow[]>;
  bind(roomId: string, chatId: string, by: string): Promise<void>;
}

export interface RuleStore {
  /** Adds built-in rules that are not there; never touches one that somebody edited. */
  seed(rules: readonly Rule[], at: number): Promise<void>;
  /** The newest version of each rule that is on. */
  listOn(): Promise<readonly Rule[]>;
}

export interface TokenStore {
  /** The sealed token, when one was saved after the configured seed. */
  find(id: string): Promise<{ sealed: string; expiresAt: number | null } | undefined>;
  save(id: string, sealed: string, expiresAt: number | null, at: number): Promise<void>;
}
