import { addressDuty } from '../domain/address-change.ts';
import { burstEnd } from '../domain/burst.ts';
import { type Calendar, parseHours } from '../domain/calendar.ts';
import {
  hasStarted,
  judgeClock,
  momentsOf,
  parcelMoments,
  resolutionOf,
  type Verdict,
  wallBands,
} from '../domain/clock-rule.ts';
import { type Answer, type Compiled, compileCondition, type Facts, orderFields } from '../domain/condition.ts';
import { type FulfillmentView, orphanedSince } from '../domain/fulfillment.ts';
import { delaysOf, lapsOf, measuresOf } from '../domain/health.ts';
import type { OrderView } from '../domain/order.ts';
import type { Parcel } from '../domain/parcel.ts';
import { isRefundRace } from '../domain/refund-race.ts';
import {
  type ClockTrigger,
  type CountTrigger,
  type Lane,
  type Moments,
  parseDuration,
  type Rule,
  type RuleOn,
} from '../domain/rule.ts';
import { hasReached, laterStage, type Stage } from '../domain/stage.ts';
import type { Derivation, DueMoment } from '../ports/stores.ts';
import { type Directory, onlyWarehouseOf } from './directory.ts';

/** What a clock is asked about: an order with its parcels, or one parcel with its orders. */
export interface ClockSubject {
  readonly orders: readonly OrderView[];
  readonly fulfillments: readonly FulfillmentView[];
  /** Of the order, or the one parcel. */
  readonly parcels: readonly Parcel[];
  readonly isParcel: boolean;
}

/** What a clock rule says of a subject. */
export interface Judged {
  readonly meets: Answer;
  readonly verdict: Verdict;
  readonly moments: Moments;
  /** The trigger with the time of its lane. */
  readonly on: ClockTrigger;
  readonly lane: Lane | undefined;
}

export type ClockRule = Rule & { readonly on: ClockTrigger };

export type CountRule = Rule & { readonly on: CountTrigger };

/** The rules that are on, compiled. Preview, live and replay ask the very same functions. */
export interface Rulebook {
  readonly ids: readonly string[];
  find(ruleId: string): Rule | undefined;
  readonly derivation: Derivation;
  judge(rule: ClockRule, about: ClockSubject): Judged;
  facts(order: OrderView, fulfillments: readonly FulfillmentView[]): Facts;
  condition(ruleId: string): Compiled;
  calendarOf(order: OrderView, fulfillments: readonly FulfillmentView[]): Calendar;
  /** The rules that listen to that. */
  rulesOn<Type extends Rule['on']['type']>(type: Type): readonly RuleOn<Type>[];
}

export function createRulebook(rules: readonly Rule[], directory: Directory, timezone: string): Rulebook {
  const compiled = new Map(rules.map((rule) => [rule.id, compileCondition(rule.when, orderFields)]));
  const orderClocks = rules.filter((rule) => isClock(rule, 'order'));
  const parcelClocks = rules.filter((rule) => isClock(rule, 'parcel'));
  const countRules = rules.filter(isCount);
  const lanesOf = new Map(
    [...orderClocks, ...parcelClocks].map(({ id, on: { lanes = [] } }) => [
      id,
      lanes.map((lane) => ({ lane, condition: compileCondition(lane.when, orderFields) })),
    ]),
  );
  const lockRules = rules.flatMap((rule) =>
    rule.on.type === 'stock' && rule.on.state === 'lock-without-order'
      ? [{ rule, after: rule.on.after ?? thirtyMinutes }]
      : [],
  );
  const rulesOn = <Type extends Rule['on']['type']>(type: Type): readonly RuleOn<Type>[] =>
    rules.filter((rule): rule is RuleOn<Type> => rule.on.type === type);
  const wallRules = rulesOn('wall');
  const always = parseHours([], timezone);

  function calendarOf(order: OrderView, fulfillments: readonly FulfillmentView[]): Calendar {
    const open = fulfillments.find((each) => !each.closed);
    const systemId = directory.systemOf(order.shopId) ?? '';
    const warehouse =
      open === undefined
        ? (onlyWarehouseOf(order.shopId, directory) ??
          directory.warehouses().find((each) => each.systemId === systemId))
        : directory.warehouseOf(open.systemId, open.warehouseCode);
    return warehouse === undefined ? always : parseHours(warehouse.hours, timezone);
  }

  /** Who sends it, or sent it. */
  function warehouseOf(fulfillments: readonly FulfillmentView[]): string {
    const serving = fulfillments.find((each) => !each.closed) ?? fulfillments.find((each) => each.shippedAt !== null);
    if (serving === undefined) return '';
    return directory.warehouseOf(serving.systemId, serving.warehouseCode)?.id ?? serving.warehouseCode;
  }

  function facts(order: OrderView, fulfillments: readonly FulfillmentView[]): Facts {
    const open = fulfillments.find((each) => !each.closed);
    return {
      channel: directory.channelOf(order.shopId),
      shop: order.shopId,
      kind: order.kind,
      amountPaid: order.paidMinor,
      amountGoods: order.goodsMinor,
      freight: order.freightMinor,
      currency: order.currency,
      province: order.receiver.province,
      city: order.receiver.city,
      district: order.receiver.district,
      skus: order.lines.map((line) => line.sku),
      titles: order.lines.map((line) => line.title),
      buyerNote: order.buyerNote,
      remark: order.remark,
      flag: order.flag,
      warehouse:
        open === undefined
          ? null
          : (directory.warehouseOf(open.systemId, open.warehouseCode)?.id ?? open.warehouseCode),
      refundRace: isRefundRace(order, fulfillments),
      addressDuty: addressDuty(order, fulfillments) ?? '',
      held: order.held || fulfillments.some((each) => each.held),
    };
  }

  /** One answer for all orders of a parcel: that it matters to one of them is enough. */
  function anyOf(condition: Compiled, told: readonly Facts[]): Answer {
    const all = told.map((each) => condition.test(each));
    return all.find((each) => each === 'yes') ?? all.find((each) => each === 'cannot-tell') ?? 'no';
  }

  function momentsOfSubject({ orders, fulfillments, parcels, isParcel }: ClockSubject): Moments {
    const [order] = orders;
    const [parcel] = parcels;
    if (isParcel && parcel !== undefined) return parcelMoments(parcel, orders, fulfillments);
    return order === undefined ? {} : momentsOf(order, fulfillments, parcels);
  }

  /** What all clocks of one subject look at, read once. */
  function reader(
    { orders, fulfillments, parcels }: ClockSubject,
    moments: Moments,
    told: readonly Facts[] = orders.map((each) => facts(each, fulfillments)),
  ): (rule: ClockRule) => Judged {
    const [order] = orders;
    const [parcel] = parcels;
    const track = parcels.length === 1 && parcel !== undefined ? trackFacts(parcel) : undefined;
    const tracked = track === undefined ? told : told.map((each) => ({ ...each, ...track }));
    return (rule) => {
      const lane = lanesOf.get(rule.id)?.find(({ condition }) => anyOf(condition, tracked) === 'yes')?.lane;
      const on = lane === undefined ? rule.on : { ...rule.on, after: lane.after };
      const calendar = on.hours === 'open' && order !== undefined ? calendarOf(order, fulfillments) : always;
      const condition = compiled.get(rule.id);
      return {
        meets: condition === undefined ? 'no' : anyOf(condition, tracked),
        verdict: judgeClock(on, moments, calendar),
        moments,
        on,
        lane,
      };
    };
  }

  function due(judge: (rule: ClockRule) => Judged, clocks: readonly ClockRule[], moments: Moments): DueMoment[] {
    return clocks.flatMap((rule) => {
      if (!hasStarted(rule.on, moments)) return [];
      const { meets, verdict } = judge(rule);
      return meets === 'yes' && verdict.state === 'waiting' ? [{ ruleId: rule.id, dueAt: verdict.dueAt }] : [];
    });
  }

  /** The bands of the platform's own deadline that nothing has ended yet. */
  function walls(order: OrderView, moments: Moments, told: Facts): readonly DueMoment[] {
    return wallRules.flatMap(({ id, on }) => {
      const [dueAt, ...again] = wallBands(on, order.shipBy, moments);
      if (dueAt === undefined || compiled.get(id)?.test(told) !== 'yes') return [];
      return resolutionOf(on, moments, dueAt) === undefined ? [{ ruleId: id, dueAt, again }] : [];
    });
  }

  const derivation: Derivation = {
    order(order, fulfillments, parcels = []) {
      // What travels without a number that anybody told is its own parcel.
      const clocks = parcels.length === 0 ? [...orderClocks, ...parcelClocks] : orderClocks;
      const moments = momentsOf(order, fulfillments, parcels);
      const told = facts(order, fulfillments);
      const judge = reader({ orders: [order], fulfillments, parcels, isParcel: false }, moments, [told]);
      return {
        // What a warehouse does before it is paid moves nothing.
        ...stageOf(order, fulfillments, order.paidAt === null ? momentsOf(order, []) : moments),
        deadlines: [...due(judge, clocks, moments), ...walls(order, moments, told)],
        laps: lapsOf(order, moments, warehouseOf(fulfillments)),
      };
    },
    parcel(parcel, orders, fulfillments) {
      const about = { orders, fulfillments, parcels: [parcel], isParcel: true };
      const moments = momentsOfSubject(about);
      return due(reader(about, moments), parcelClocks, moments);
    },
    measures: (laps) => measuresOf(laps, timezone),
    delays: (source, told) => delaysOf(source, told, timezone),
    fulfillment(view, orders) {
      const since = orphanedSince(view, orders);
      return since === null ? [] : lockRules.map(({ rule, after }) => ({ ruleId: rule.id, dueAt: since + after }));
    },
    identity: (placedAts, placedAt) =>
      countRules.flatMap(({ id, on }) => {
        const dueAt = burstEnd(placedAts, placedAt, on);
        return dueAt === undefined ? [] : [{ ruleId: id, dueAt }];
      }),
    lock(lock, order) {
      if (order?.closedAt == null || lock.kind !== 'virtual') return [];
      const { closedAt } = order;
      return lockRules.map(({ rule, after }) => ({
        ruleId: rule.id,
        dueAt: Math.max(closedAt, lock.createdAt) + after,
      }));
    },
  };

  return {
    ids: rules.map(({ id }) => id),
    find: (ruleId) => rules.find((rule) => rule.id === ruleId),
    derivation,
    judge: (rule, about) => reader(about, momentsOfSubject(about))(rule),
    facts,
    condition: (ruleId) => compiled.get(ruleId) ?? compileCondition(true, orderFields),
    calendarOf,
    rulesOn,
  };
}

const thirtyMinutes = parseDuration('30m') ?? 0;

export const isCount = (rule: Rule): rule is CountRule => rule.on.type === 'count';

const isClock = (rule: Rule, subject: ClockTrigger['subject']): rule is ClockRule =>
  rule.on.type === 'clock' && rule.on.subject === subject;

const trackFacts = ({ lastKind, lastState }: Parcel): Facts => ({ trackKind: lastKind, trackState: lastState });

/** The stage that all views together give: the warehouse knows sorting, the channel knows payment, shipping and the end. */
function stageOf(
  order: OrderView,
  fulfillments: readonly FulfillmentView[],
  { paidAt, sortedAt, shippedAt, scannedAt, deliveredAt, closedAt }: Moments,
): { stage: Stage; stageAt: number } {
  if (closedAt != null) return { stage: 'closed', stageAt: closedAt };
  const told: [Stage, number | null | undefined][] = [
    ['placed', order.placedAt],
    ['paid', paidAt],
    ['sorting', sortedAt],
    ['shipped', shippedAt],
    ['scanned', scannedAt],
    ['delivered', deliveredAt],
  ];
  let stage: Stage = 'placed';
  let stageAt = order.placedAt;
  const reach = (next: Stage, at: number): void => {
    if (!hasReached(next, stage) || next === stage) return;
    stage = next;
    stageAt = at;
  };
  for (const [next, at] of told) if (at != null) reach(next, at);
  // Slowest open fulfillment order first: an order is only as far as its last part.
  const open = fulfillments.filter((each) => !each.closed);
  const slowest = open.reduce<FulfillmentView | undefined>(
    (slow, each) => (slow === undefined || laterStage(slow.stage, each.stage) === slow.stage ? each : slow),
    undefined,
  );
  if (slowest !== undefined && order.paidAt !== null) reach(slowest.stage, slowest.stageAt);
  return { stage, stageAt };
}
