import { type Calendar, parseHours } from '../domain/calendar.ts';
import { judgeClock, momentsOf, resolutionOf, wallBands } from '../domain/clock-rule.ts';
import { type Compiled, compileCondition, type Facts, orderFields } from '../domain/condition.ts';
import { type FulfillmentView, orphanedSince } from '../domain/fulfillment.ts';
import type { OrderView } from '../domain/order.ts';
import { type ClockTrigger, type Moments, parseDuration, type Rule, type RuleOn } from '../domain/rule.ts';
import { hasReached, laterStage, type Stage } from '../domain/stage.ts';
import type { Derivation, DueMoment } from '../ports/stores.ts';
import type { Directory } from './directory.ts';

/** The rules that are on, compiled. Preview, live and replay ask the very same functions. */
export interface Rulebook {
  find(ruleId: string): Rule | undefined;
  readonly derivation: Derivation;
  /** Moments of an order as its clock sees them. */
  moments(order: OrderView, fulfillments: readonly FulfillmentView[]): Moments;
  facts(order: OrderView, fulfillments: readonly FulfillmentView[]): Facts;
  condition(ruleId: string): Compiled;
  calendarOf(order: OrderView, fulfillments: readonly FulfillmentView[]): Calendar;
  /** The rules that listen to that. */
  rulesOn<Type extends Rule['on']['type']>(type: Type): readonly RuleOn<Type>[];
}

export function createRulebook(rules: readonly Rule[], directory: Directory, timezone: string): Rulebook {
  const compiled = new Map(rules.map((rule) => [rule.id, compileCondition(rule.when, orderFields)]));
  const orderClocks = rules.flatMap((rule) => (isOrderClock(rule) ? [{ rule, on: rule.on }] : []));
  const lockRules = rules.flatMap((rule) =>
    rule.on.type === 'stock' && rule.on.state === 'lock-without-order'
      ? [{ rule, after: rule.on.after ?? thirtyMinutes }]
      : [],
  );
  const rulesOn = <Type extends Rule['on']['type']>(type: Type): readonly RuleOn<Type>[] =>
    rules.filter((rule): rule is RuleOn<Type> => rule.on.type === type);
  const wallRules = rulesOn('wall');
  const calendars = new Map<string, Calendar>();
  const calendar = (key: string, hours: readonly string[]): Calendar => {
    const known = calendars.get(key);
    if (known !== undefined) return known;
    const made = parseHours(hours, timezone);
    calendars.set(key, made);
    return made;
  };
  const always = parseHours([], timezone);

  function calendarOf(order: OrderView, fulfillments: readonly FulfillmentView[]): Calendar {
    const open = fulfillments.find((each) => !each.closed);
    const systemId = open?.systemId ?? directory.systemOf(order.shopId);
    const warehouse =
      open === undefined
        ? directory.warehouses().find((each) => each.systemId === systemId)
        : directory.warehouseOf(open.systemId, open.warehouseCode);
    return warehouse === undefined ? always : calendar(warehouse.id, warehouse.hours);
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
      held: order.held || fulfillments.some((each) => each.held),
    };
  }

  const due = (order: OrderView, fulfillments: readonly FulfillmentView[]): DueMoment[] => {
    const now = momentsOf(order, fulfillments);
    const told = facts(order, fulfillments);
    const clocks = orderClocks.flatMap(({ rule, on }) => {
      if (compiled.get(rule.id)?.test(told) !== 'yes') return [];
      const verdict = judgeClock(on, now, on.hours === 'open' ? calendarOf(order, fulfillments) : always);
      return verdict.state === 'waiting' ? [{ ruleId: rule.id, dueAt: verdict.dueAt }] : [];
    });
    const walls = wallRules.flatMap(({ id, on }) => {
      const [dueAt, ...again] = wallBands(on, order.shipBy, now);
      if (dueAt === undefined || compiled.get(id)?.test(told) !== 'yes') return [];
      return resolutionOf(on, now, dueAt) === undefined ? [{ ruleId: id, dueAt, again }] : [];
    });
    return [...clocks, ...walls];
  };

  const derivation: Derivation = {
    order: (order, fulfillments) => ({ ...stageOf(order, fulfillments), deadlines: due(order, fulfillments) }),
    fulfillment(view, orders) {
      const since = orphanedSince(view, orders);
      return since === null ? [] : lockRules.map(({ rule, after }) => ({ ruleId: rule.id, dueAt: since + after }));
    },
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
    find: (ruleId) => rules.find((rule) => rule.id === ruleId),
    derivation,
    moments: momentsOf,
    facts,
    condition: (ruleId) => compiled.get(ruleId) ?? compileCondition(true, orderFields),
    calendarOf,
    rulesOn,
  };
}

const thirtyMinutes = parseDuration('30m') ?? 0;

const isOrderClock = (rule: Rule): rule is Rule & { on: ClockTrigger } =>
  rule.on.type === 'clock' && rule.on.subject === 'order';

/** The stage that all views together give: the warehouse knows sorting, the channel knows payment, shipping and the end. */
function stageOf(order: OrderView, fulfillments: readonly FulfillmentView[]): { stage: Stage; stageAt: number } {
  // What a warehouse does before it is paid moves nothing.
  const { paidAt, sortedAt, shippedAt, scannedAt, deliveredAt, closedAt } = momentsOf(
    order,
    order.paidAt === null ? [] : fulfillments,
  );
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
