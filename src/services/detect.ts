import { setImmediate as breath } from 'node:timers/promises';
import type { Alert, AlertFacts, Resolution } from '../domain/alert.ts';
import { momentsOf, resolutionOf, wallBands } from '../domain/clock-rule.ts';
import { AppError } from '../domain/errors.ts';
import type { FulfillmentView } from '../domain/fulfillment.ts';
import { lineEntryOf } from '../domain/line.ts';
import type { Order } from '../domain/order.ts';
import { lowered, type Moments, type Rule, type RuleOn, type Severity } from '../domain/rule.ts';
import { styleOf } from '../domain/spike.ts';
import type { Visibility } from '../domain/stage.ts';
import type { StockLock } from '../domain/stock.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Due, DueMoment, NewAlert, Storage, Stores } from '../ports/stores.ts';
import type { Confirm, Confirmation } from './confirm.ts';
import type { Directory } from './directory.ts';
import { findBurst } from './find-burst.ts';
import { type ClockRule, type ClockSubject, type CountRule, isCount, type Rulebook } from './rulebook.ts';
import { trackingFacts } from './tracking-facts.ts';

export interface DetectDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly rulebook: () => Rulebook;
  readonly directory: Directory;
  readonly confirm: Confirm;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Detect {
  /** Judges what is due now. Returns how many deadlines were looked at; the caller comes again while there are more. */
  judgeDue(signal: AbortSignal): Promise<number>;
  /** Looks again at open alerts whose subject changed, and ends those that are over. */
  recheck(): Promise<number>;
  /** Raises what a watch has found, each after a fresh read of whoever could know better. Answers what it raised. */
  raise(rule: Rule, found: readonly Found[], signal: AbortSignal): Promise<readonly Alert[]>;
  /** Asks the sources afresh, in one batch, which of these alerts are over by now. Changes nothing itself. */
  lookAt(alerts: readonly Alert[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}

/** What a watch has seen of a subject. */
export interface Found {
  readonly subject: string;
  readonly dueAt: number;
  readonly facts: AlertFacts;
  /** Where it is not the rule's own. */
  readonly severity?: Severity;
}

/** Deadlines judged in one go: one batched fresh read each. */
const batchSize = 200;
/** Judged without a pause: it must not hold the event loop for longer than a blink. */
const breathEvery = 10;
/** Long late at first sight (a backfill, a long outage): listed, not announced. */
const longLateMs = 2 * 3_600_000;

export function createDetect({ storage, clock, rulebook, directory, confirm, metrics, log }: DetectDeps): Detect {
  /** One line a batch, however many alerts. */
  function tellRaised(raised: readonly Alert[]): void {
    if (raised.length === 0) return;
    const rules: Record<string, number> = {};
    for (const { ruleId } of raised) rules[ruleId] = (rules[ruleId] ?? 0) + 1;
    log.info({ count: raised.length, rules }, 'Alerts raised');
  }

  /** What became of one due deadline, in one step: the alert it raised, if any. */
  async function judge(due: Due, confirmation: Confirmation): Promise<Alert | undefined> {
    const raised = await storage.transaction(async (tx) => {
      if (!(await tx.deadlines.isCurrent(due))) return undefined; // the fresh read took it away
      const now = clock.now();
      await tx.deadlines.markFired(due, now);
      const rule = rulebook().find(due.ruleId);
      if (rule === undefined) return undefined;
      if (rule.on.type === 'wall') return judgeWall(tx, { ...rule, on: rule.on }, due, confirmation, now);
      const finding = isCount(rule)
        ? await caseOf(tx, rule, due, now)
        : await findingOf(tx, rule, due, confirmation, now);
      if (finding === undefined || (isByHand(rule) && (await isSettledByHand(tx, rule, due, finding.alert.dueAt))))
        return undefined;
      const alert = await tx.alerts.raise(finding.alert);
      if (alert === undefined) {
        await tx.alerts.refresh(finding.alert);
        return undefined;
      }
      // Broken and mended before we learned of either: kept as a fact, never said.
      if (finding.over !== undefined) await tx.alerts.resolve(alert.id, now, finding.over);
      return alert;
    });
    if (raised !== undefined) metrics.raised(raised.ruleId);
    return raised;
  }

  /** A new case, or more orders in one that is open: that is written down without a word. */
  async function caseOf(
    tx: Stores,
    rule: CountRule,
    due: Due,
    now: number,
  ): Promise<{ alert: NewAlert; over: undefined } | undefined> {
    const parsed = parseSubject(due.subject);
    const burst = parsed?.type === 'buyer' ? await findBurst(tx, rulebook(), rule, due, parsed.key) : undefined;
    if (burst === undefined) return undefined;
    const { facts, known } = burst;
    if (known !== undefined) {
      await tx.alerts.refresh({ ...known, facts });
      return undefined;
    }
    const alert: NewAlert = {
      ruleId: rule.id,
      ruleVersion: rule.version,
      subject: due.subject,
      severity: rule.severity,
      groupKey: groupKeyOf(rule, facts),
      dueAt: due.dueAt,
      raisedAt: now,
      confirmedAt: null,
      facts,
      isLateFound: now - due.dueAt > longLateMs,
    };
    return { alert, over: undefined };
  }

  /** One alert per order: each nearer band says the open one again, and the last is critical. */
  async function judgeWall(
    tx: Stores,
    rule: RuleOn<'wall'>,
    due: Due,
    confirmation: Confirmation,
    now: number,
  ): Promise<Alert | undefined> {
    const subject = await subjectOf(tx, due.subject);
    if (subject?.order === undefined || subject.clock === undefined) return undefined;
    const moments = momentsIn(subject.order, subject.clock);
    const bands = wallBands(rule.on, subject.order.shipBy, moments);
    const band = bands.filter((at) => at <= now).length;
    const [dueAt, next] = [bands[band - 1], bands[band]];
    if (dueAt === undefined) return undefined;
    if (next !== undefined) await tx.deadlines.set(rule.id, due.subject, next);
    const finding = await findingOf(tx, rule, { ...due, dueAt }, confirmation, now);
    if (finding === undefined || finding.over !== undefined) return undefined;
    const severity = next === undefined ? 'critical' : rule.severity;
    const facts = { ...finding.alert.facts, band };
    const open = await tx.alerts.findOpen(rule.id, due.subject);
    if (open === undefined) return tx.alerts.raise({ ...finding.alert, severity, facts });
    if (Number(open.facts['band'] ?? 0) < band) await tx.alerts.renew(open.id, { severity, facts, again: true });
    return undefined;
  }

  async function findingOf(
    tx: Stores,
    rule: Rule,
    due: Due,
    confirmation: Confirmation,
    now: number,
  ): Promise<{ alert: NewAlert; over: Resolution | undefined } | undefined> {
    const subject = await subjectOf(tx, due.subject);
    if (subject === undefined) return undefined;
    const { order, clock: about, facts } = subject;
    if (rule.on.type === 'overtaken' && (order === undefined || about === undefined || !isInLine(order, about)))
      return undefined;
    // Whether it has been shipped, or given a label, is told by whoever told it: no warehouse has to be seen for that.
    const isWall = rule.on.type === 'wall' || isByHand(rule);
    const judged = isClock(rule) && about !== undefined ? rulebook().judge(rule, about) : undefined;
    if (judged?.verdict.state === 'waiting' && judged.verdict.dueAt > now) {
      // The rule or the warehouse's hours changed since its time was written down.
      await tx.deadlines.set(rule.id, due.subject, judged.verdict.dueAt);
      return undefined;
    }
    const over =
      rule.on.type === 'wall' && order !== undefined && about !== undefined
        ? resolutionOf(rule.on, momentsIn(order, about), due.dueAt)
        : judged && resolutionOf(judged.on, judged.moments, due.dueAt);
    const isTracking = judged?.on.subject === 'parcel';
    const isSeenInWarehouse = judged !== undefined && order !== undefined;
    const seen: Visibility =
      isSeenInWarehouse || (isWall && order !== undefined) ? confirmation.visibilityOf(order) : 'seen';
    const stageSeen = isWall && seen === 'not-visible-here' ? 'seen' : seen;
    const visibility = isTracking ? confirmation.trackingOf(due.subject) : stageSeen;
    // Where nobody can tell whether it moves, it is not said to stand still.
    if (isTracking && visibility === 'not-visible-here') return undefined;
    const isLower = visibility === 'not-visible-here' || (isTracking && visibility === 'source-silent');
    return {
      over,
      alert: {
        ruleId: rule.id,
        ruleVersion: rule.version,
        subject: due.subject,
        severity: isLower ? lowered(rule.severity) : rule.severity,
        groupKey: groupKeyOf(rule, facts),
        dueAt: due.dueAt,
        raisedAt: now,
        confirmedAt: isTracking ? confirmation.trackedAt(due.subject) : confirmation.confirmedAt(due.subject),
        facts: {
          ...facts,
          ...(isTracking && judged !== undefined ? trackingFacts(judged, visibility) : {}),
          visibility,
          missing: confirmation.missingOf(due.subject) ?? null,
        },
        isLateFound: now - due.dueAt > longLateMs,
      },
    };
  }

  async function subjectOf(
    tx: Stores,
    subject: string,
  ): Promise<{ order: Order | undefined; clock?: ClockSubject; facts: AlertFacts } | undefined> {
    const parsed = parseSubject(subject);
    switch (parsed?.type) {
      case 'order': {
        const order = await tx.views.findOrderByNo(parsed.shopId, parsed.channelOrderNo);
        if (order === undefined) return undefined;
        const fulfillments = await tx.views.fulfillmentsOf(order.id);
        const parcels = await tx.views.parcelsOf(order.id);
        return {
          order,
          clock: { orders: [order], fulfillments, parcels, isParcel: false },
          facts: { ...orderFacts(order, fulfillments), lineSince: (await tx.lines.placeOf(order.id)) ?? null },
        };
      }
      case 'parcel': {
        const parcel = await tx.views.findParcel(parsed.waybill);
        const orders = await tx.views.listByWaybill(parsed.waybill);
        const [order] = orders;
        if (parcel === undefined || order === undefined) return undefined;
        const fulfillments = await fulfillmentsOfAll(tx, orders);
        return {
          order,
          clock: { orders, fulfillments, parcels: [parcel], isParcel: true },
          facts: {
            ...orderFacts(order, fulfillments),
            // It has left: what matters is where it is, not by when it had to leave.
            shipBy: null,
            carrier: parcel.carrier,
            waybill: parcel.waybill,
            orders: orders.map(({ id }) => id).join(','),
          },
        };
      }
      case 'fulfillment': {
        const view = await tx.views.findFulfillment(parsed.systemId, parsed.systemOrderNo);
        const [order] = await tx.views.ordersOf(parsed.systemId, parsed.systemOrderNo);
        if (view === undefined || order === undefined) return undefined;
        const [line] = view.lines;
        return {
          order,
          facts: {
            ...orderFacts(order, [view]),
            // The owner is closed: its own time to ship means nothing any more.
            shipBy: null,
            sku: line?.sku ?? null,
            qty: line?.qty ?? null,
            lockKind: 'order',
            systemOrderNo: view.systemOrderNo,
          },
        };
      }
      case 'lock': {
        const lock = await tx.views.findLock(parsed.systemId, parsed.lockId);
        if (lock === undefined) return undefined;
        const order = await ownerOf(tx, lock);
        const warehouseId = directory.warehouseOf(lock.systemId, lock.warehouseCode)?.id ?? lock.warehouseCode;
        return {
          order,
          facts: {
            ...(order === undefined ? {} : orderFacts(order, [])),
            shipBy: null,
            warehouseId,
            systemId: lock.systemId,
            sku: lock.sku,
            qty: lock.qty,
            lockKind: lock.kind,
            lockId: lock.lockId,
            lockedAt: lock.createdAt,
          },
        };
      }
      case 'warehouse': {
        const { warehouseId } = parsed;
        // While its system is silent nobody knows how fast it is: that explains what is found of it.
        const systemId = directory.warehouses().find(({ id }) => id === warehouseId)?.systemId ?? null;
        return { order: undefined, facts: { warehouseId, systemId } };
      }
      case 'style':
        return { order: undefined, facts: { sku: parsed.style } };
      case 'sku':
        return { order: undefined, facts: { sku: parsed.sku, style: styleOf(parsed.sku) } };
      default:
        return undefined;
    }
  }

  /** The order that a lock was taken for, in whichever shop of that system it is. */
  async function ownerOf(tx: Stores, { systemId, channelOrderNo }: StockLock): Promise<Order | undefined> {
    if (channelOrderNo === null) return undefined;
    const orders = (await tx.views.listByNo(channelOrderNo)).filter((each) => each.channelOrderNo === channelOrderNo);
    return orders.find((each) => directory.systemOf(each.shopId) === systemId) ?? orders[0];
  }

  function orderFacts(order: Order, fulfillments: readonly FulfillmentView[]): AlertFacts {
    const open = fulfillments.find((each) => !each.closed);
    const warehouse = open && directory.warehouseOf(open.systemId, open.warehouseCode);
    return {
      shopId: order.shopId,
      orderId: order.id,
      orderNo: order.channelOrderNo,
      paidAt: order.paidAt,
      shipBy: order.shipBy,
      ...(open === undefined
        ? {}
        : { systemId: open.systemId, warehouseId: warehouse?.id ?? open.warehouseCode, reason: open.reason }),
    };
  }

  /** Undefined while still broken. */
  async function endOf(tx: Stores, alert: Alert): Promise<Resolution | undefined> {
    const { derivation } = rulebook();
    const rule = rulebook().find(alert.ruleId);
    if (rule === undefined) return 'rule-off';
    if (isClock(rule)) {
      const about = (await subjectOf(tx, alert.subject))?.clock;
      // A label that was torn up carries no order any more.
      if (about === undefined) return parseSubject(alert.subject)?.type === 'parcel' ? 'cleared' : undefined;
      // Its number came to be known: the parcel is watched from now on.
      if (rule.on.subject === 'parcel' && !about.isParcel && about.parcels.length > 0) return 'cleared';
      const { meets, verdict, on, moments } = rulebook().judge(rule, about);
      if (meets === 'no') return 'cleared';
      const stopped = resolutionOf(on, moments, alert.dueAt);
      if (stopped !== undefined || meets !== 'yes') return stopped;
      // Not started any more (it left the queue), or a start or a promise learned late moved it on.
      if (verdict.state === 'waiting' && verdict.dueAt <= clock.now()) return undefined;
      const isInTime = on.subject === 'parcel' && verdict.state === 'waiting' && verdict.startedAt < alert.dueAt;
      return isInTime ? 'in-time-learned-late' : 'cleared';
    }
    // A case ends when a person has looked at it.
    if (isCount(rule)) return undefined;
    const parsed = parseSubject(alert.subject);
    if (rule.on.type === 'wall' || rule.on.type === 'overtaken') {
      const subject = await subjectOf(tx, alert.subject);
      if (subject?.order === undefined || subject.clock === undefined) return undefined;
      const { order, clock: about } = subject;
      if (rulebook().condition(rule.id).test(rulebook().facts(order, about.fulfillments)) === 'no') return 'cleared';
      if (rule.on.type === 'overtaken') return isInLine(order, about) ? undefined : 'cleared';
      const moments = momentsIn(order, about);
      // A later deadline from the platform takes the risk away.
      const [first] = wallBands(rule.on, order.shipBy, moments);
      if (first === undefined || first > clock.now()) return 'cleared';
      return resolutionOf(rule.on, moments, alert.dueAt);
    }
    const goesOn = (deadlines: readonly DueMoment[]): boolean => deadlines.some((each) => each.ruleId === rule.id);
    if (parsed?.type === 'lock') {
      const lock = await tx.views.findLock(parsed.systemId, parsed.lockId);
      return lock !== undefined && goesOn(derivation.lock(lock, await ownerOf(tx, lock))) ? undefined : 'cleared';
    }
    if (parsed?.type === 'source') {
      const row = await tx.sources.find(parsed.sourceId);
      return (row?.lastOkAt ?? 0) > alert.raisedAt ? 'cleared' : undefined;
    }
    if (parsed?.type !== 'fulfillment') return undefined;
    const view = await tx.views.findFulfillment(parsed.systemId, parsed.systemOrderNo);
    const orders = await tx.views.ordersOf(parsed.systemId, parsed.systemOrderNo);
    return view !== undefined && goesOn(derivation.fulfillment(view, orders)) ? undefined : 'cleared';
  }

  // A rule that is switched off ends its alerts, whatever raised them.
  let lastBook: Rulebook | undefined;
  async function lookAtOffRules(): Promise<void> {
    const book = rulebook();
    if (book === lastBook) return;
    await storage.alerts.recheckOthers(book.ids);
    lastBook = book;
  }

  return {
    async judgeDue(signal) {
      const due = await storage.deadlines.listDue(clock.now(), batchSize);
      if (due.length === 0) return 0;
      const confirmation = await confirm(due, signal);
      // Stopped while asking: what was not confirmed is not judged.
      if (signal.aborted) return 0;
      let judged = 0;
      const raised: Alert[] = [];
      for (const each of due) {
        // Where nobody had to be asked, nothing else lets the loop go.
        if (judged % breathEvery === breathEvery - 1) await breath();
        try {
          const alert = await judge(each, confirmation);
          if (alert !== undefined) raised.push(alert);
          judged += 1;
        } catch (error) {
          const code = error instanceof AppError ? error.code : 'BUG';
          log.error({ rule: each.ruleId, subject: each.subject, code, error }, 'Could not judge a deadline');
        }
      }
      tellRaised(raised);
      return judged;
    },

    async recheck() {
      await lookAtOffRules();
      const alerts = await storage.alerts.listToRecheck(batchSize);
      for (const alert of alerts) {
        const resolution = await storage.transaction(async (tx) => {
          const over = await endOf(tx, alert);
          await tx.alerts.clearRecheck(alert.id);
          if (over === undefined || !(await tx.alerts.resolve(alert.id, clock.now(), over))) return undefined;
          return over;
        });
        if (resolution !== undefined) metrics.resolved(alert.ruleId, resolution);
      }
      return alerts.length;
    },

    async raise(rule, found, signal) {
      const due = found.map(({ subject, dueAt }) => ({ ruleId: rule.id, subject, dueAt }));
      const confirmation = await confirm(due, signal);
      const raised: Alert[] = [];
      for (const [index, each] of due.entries()) {
        if (index % breathEvery === breathEvery - 1) await breath();
        const { facts, severity = rule.severity } = found[index] ?? { facts: {} };
        const alert = await storage.transaction(async (tx) => {
          const finding = await findingOf(tx, rule, each, confirmation, clock.now());
          if (finding === undefined) return undefined;
          return tx.alerts.raise({ ...finding.alert, severity, facts: { ...finding.alert.facts, ...facts } });
        });
        if (alert === undefined) continue;
        metrics.raised(rule.id);
        raised.push(alert);
      }
      tellRaised(raised);
      return raised;
    },

    async lookAt(alerts, signal) {
      await confirm(alerts, signal);
      const over = new Set<string>();
      for (const alert of alerts) {
        const rule = rulebook().find(alert.ruleId);
        const isReviewed = rule !== undefined && (isCount(rule) || isByHand(rule));
        if (isReviewed || (await endOf(storage, alert)) !== undefined) over.add(alert.id);
      }
      return over;
    },
  };
}

/** Somebody took it out; another step of that refund puts it back on no table, a new refund does. */
const isSettledByHand = async (tx: Stores, rule: Rule, { subject }: Due, since: number): Promise<boolean> =>
  (await tx.alerts.listFor([subject])).some(
    ({ ruleId, resolution, resolvedAt }) => ruleId === rule.id && resolution === 'person' && (resolvedAt ?? 0) >= since,
  );

/** A box on the packing table: no source sees that somebody took it out, so a person's word ends it. */
const isByHand = (rule: Rule): boolean => isClock(rule) && rule.on.since.includes('labelledAt');

const isClock = (rule: Rule): rule is ClockRule => rule.on.type === 'clock';

async function fulfillmentsOfAll(tx: Stores, orders: readonly Order[]): Promise<readonly FulfillmentView[]> {
  const all = new Map<string, FulfillmentView>();
  for (const { id } of orders)
    for (const view of await tx.views.fulfillmentsOf(id)) all.set(`${view.systemId}/${view.systemOrderNo}`, view);
  return [...all.values()];
}

const momentsIn = (order: Order, { fulfillments, parcels }: ClockSubject): Moments =>
  momentsOf(order, fulfillments, parcels);

/** Waiting for its turn, with nobody's word that it should not be sent. */
function isInLine(order: Order, { fulfillments }: ClockSubject): boolean {
  const entry = lineEntryOf(order, fulfillments);
  return entry?.phase === 'waiting' && entry.apart === null;
}

/** Findings of one rule that share the rule's group fields are one story. */
function groupKeyOf(rule: Rule, facts: AlertFacts): string {
  const values = {
    order: facts.orderId,
    shop: facts.shopId,
    warehouse: facts.warehouseId,
    sku: facts['sku'],
    style: facts['style'],
    source: facts['source'],
    carrier: facts['carrier'],
    buyer: facts['buyer'],
  };
  return [rule.id, ...rule.group.map((field) => `${field}=${values[field] ?? '-'}`)].join('|');
}
