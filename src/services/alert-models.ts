import type { Permission } from '../domain/actor.ts';
import { addressChangeRequested } from '../domain/address-change.ts';
import type { Alert } from '../domain/alert.ts';
import { notVisibleSay, overtakenSay } from '../domain/builtin-rules.ts';
import { type GroupState, shipBysOf } from '../domain/dispatch.ts';
import { type Order, tailOf } from '../domain/order.ts';
import type { Parcel } from '../domain/parcel.ts';
import { refundNotStopped } from '../domain/refund-race.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Text } from '../domain/text.ts';
import type { Stores } from '../ports/stores.ts';
import { type AlertCardModel, type GroupCardModel, sayNow } from '../render/alert-card.ts';
import { burstWords, parcelName, raceText, trackingWords } from '../render/case-words.ts';
import { fill } from '../render/words.ts';
import { storyOf } from './alert-story.ts';
import { type Cause, diagnose } from './diagnose.ts';
import { type Directory, sourceName, warehouseName } from './directory.ts';
import { orderIds } from './find-burst.ts';

/** Reads and names what an alert's card needs. */
export async function alertModel(
  stores: Stores,
  directory: Directory,
  alert: Alert,
  number: number,
  now: number,
): Promise<AlertCardModel> {
  const { facts } = alert;
  const order = facts.orderId === undefined ? undefined : await stores.views.findOrder(facts.orderId);
  const [first] = order?.lines ?? [];
  const isParcelClock = isTracking(alert);
  const isOrderAlert = alert.subject.startsWith('order:');
  const diagnosis =
    order !== undefined && isOrderAlert && !isParcelClock && alert.ruleId !== refundNotStopped
      ? await diagnose(stores, order, () => order.shopId, directory.systemOf(order.shopId) !== undefined, {
          missing: typeof facts['missing'] === 'number' ? facts['missing'] : undefined,
        })
      : undefined;
  const [likeliest] = diagnosis?.causes ?? [];
  // What we cannot see we do not say is missing there.
  const isBlind = facts.visibility === 'not-visible-here' || facts.visibility === 'source-silent';
  const cause = isBlind && likeliest?.kind === 'not-arrived' ? undefined : likeliest;
  const systemId =
    typeof facts['systemId'] === 'string' ? facts['systemId'] : order && directory.systemOf(order.shopId);
  const confirmedBy =
    (facts.visibility === 'not-visible-here' || systemId === undefined) && facts.shopId !== undefined
      ? directory.shopName(facts.shopId)
      : systemId && directory.systemName(systemId);
  const sourceId = typeof facts['source'] === 'string' ? facts['source'] : undefined;
  return {
    number,
    severity: alert.severity,
    ruleId: alert.ruleId,
    say: sayOf(alert, directory),
    now,
    timezone: directory.timezone,
    story: await storyOf(stores, directory, alert, now),
    order:
      order === undefined || !(isOrderAlert || order.closedAt !== null)
        ? null
        : {
            no: order.channelOrderNo,
            tail: tailOf(order.channelOrderNo),
            id: order.id,
            title: first?.title ?? '',
            qty: first?.qty ?? 0,
            moreLines: Math.max(0, order.lines.length - 1),
            paidAt: order.paidAt,
            shipBy: isOrderAlert ? order.shipBy : null,
          },
    warehouse: warehouseName(facts.warehouseId, directory),
    ...(await subjectParts(stores, directory, alert, now)),
    cause: lockCause(alert) ?? (cause === undefined ? null : causeText(cause)),
    mend: order === undefined ? null : mendOf(alert, order, cause),
    confirmed:
      alert.confirmedAt === null || confirmedBy === undefined ? null : { by: confirmedBy, at: alert.confirmedAt },
    isSourceSilent: facts.visibility === 'source-silent' && !isParcelClock,
    notSeen:
      facts.visibility === 'not-visible-here' && order !== undefined && !isParcelClock
        ? notVisibleText(directory, order.shopId)
        : null,
    source:
      sourceId === undefined
        ? null
        : {
            name: sourceName(sourceId, directory),
            since: Number(facts['since'] ?? alert.dueAt),
            isSparse: facts['why'] === 'fewer-than-ever',
          },
  };
}

/** The sentences of an alert about a parcel's way or a buyer's case; undefined for any other. */
export async function detailsOf(
  stores: Stores,
  directory: Directory,
  alert: Alert,
  now: number,
): Promise<readonly Text[] | undefined> {
  const { facts, confirmedAt, subject } = alert;
  if (alert.ruleId === refundNotStopped) return raceWords(stores, alert);
  if (isTracking(alert)) return [trackingWords(facts, { now, timezone: directory.timezone, confirmedAt })];
  if (parseSubject(subject)?.type !== 'buyer') return undefined;
  const orders = await stores.views.listOrders(orderIds(alert));
  return burstWords(
    facts,
    orders.map(({ channelOrderNo, shopId, placedAt }) => ({
      tail: tailOf(channelOrderNo),
      shop: directory.shopName(shopId),
      placedAt,
    })),
  );
}

/** What is known of the box: its parcel, and who else is in it. */
async function raceWords(stores: Stores, { facts }: Alert): Promise<readonly Text[] | undefined> {
  const order = facts.orderId === undefined ? undefined : await stores.views.findOrder(facts.orderId);
  if (order === undefined) return undefined;
  const fulfillments = await stores.views.fulfillmentsOf(order.id);
  return [raceText(order, fulfillments, await stores.views.companionsOf(order.id))];
}

const isTracking = ({ facts }: Alert): boolean => facts['why'] !== undefined && facts['limitMs'] !== undefined;

/** What only a parcel or a buyer's case has. */
async function subjectParts(
  stores: Stores,
  directory: Directory,
  alert: Alert,
  now: number,
): Promise<Pick<AlertCardModel, 'parcel' | 'details' | 'pageOf'>> {
  const details = await detailsOf(stores, directory, alert, now);
  const [first, ...others] = await stores.views.listOrders(orderIds(alert));
  const tails = [...(first === undefined ? [] : [first]), ...others].map((order) => tailOf(order.channelOrderNo));
  return {
    ...(details === undefined ? {} : { details }),
    ...(first === undefined ? {} : { pageOf: first.id }),
    ...(parseSubject(alert.subject)?.type === 'parcel' ? { parcel: { name: parcelOf(alert.facts), tails } } : {}),
  };
}

/** `中通 …7812` out of an alert about a parcel. */
export const parcelOf = ({ carrier, waybill }: Alert['facts']): string =>
  parcelName({ carrier: String(carrier ?? ''), waybill: String(waybill ?? '') });

/** What an alert about a parcel ended with. */
export const parcelEnd = (parcel: Parcel | undefined): Text =>
  parcel?.endedAt == null
    ? { zh: '有新的物流了', en: 'moves again' }
    : parcel.deliveredAt === null
      ? { zh: '已退回', en: 'returned' }
      : { zh: '已签收', en: 'delivered' };

function sayOf({ ruleId, facts }: Alert, directory: Directory): Text {
  const later = facts['later'];
  if (ruleId !== 'overtaken' || typeof later !== 'number') return directory.ruleSay(ruleId);
  return { zh: fill(overtakenSay.zh, { later }), en: fill(overtakenSay.en, { later }) };
}

function notVisibleText(directory: Directory, shopId: string): Text {
  const systemId = directory.systemOf(shopId);
  const channel = directory.shopName(shopId);
  if (systemId === undefined) {
    return {
      zh: `付款 2 小时仍未发货（${channel}没有接仓库系统，仓内进度看不到）`,
      en: `Paid 2 hours ago and still not shipped (${channel} has no warehouse system connected: the stage cannot be seen)`,
    };
  }
  const names = { system: directory.systemName(systemId), channel };
  return { zh: fill(notVisibleSay.zh, names), en: fill(notVisibleSay.en, names) };
}

/** The same without the two hours: for an order that may not be late at all. */
export function stageNotSeen(directory: Directory, shopId: string): Text {
  const systemId = directory.systemOf(shopId);
  const channel = directory.shopName(shopId);
  return systemId === undefined
    ? {
        zh: `${channel}没有接仓库系统，仓内进度看不到`,
        en: `${channel} has no warehouse system connected: its stage cannot be seen`,
      }
    : {
        zh: `仓内进度看不到（${directory.systemName(systemId)}不返回${channel}单）`,
        en: `the warehouse stage cannot be seen (${directory.systemName(systemId)} does not return ${channel} orders)`,
      };
}

export function causeText(cause: Cause): Text | null {
  switch (cause.kind) {
    case 'silent':
      return { zh: '卡在：仓库系统的接口现在没有回答', en: 'Stuck: the warehouse system does not answer now' };
    case 'not-arrived':
      return { zh: '卡在：仓库系统还没收到这单', en: 'Stuck: the warehouse system has not received it' };
    case 'closed-there':
      return {
        zh: '卡在：仓库系统里已取消，店铺里还没关，请在仓库系统里恢复',
        en: 'Stuck: cancelled in the warehouse system and alive in the shop; restore it there',
      };
    case 'stale-hold':
      return {
        zh: '卡在：买家已撤销退款，仓库系统还停着',
        en: 'Stuck: the buyer took the refund back, the warehouse system still holds it',
      };
    case 'refunding':
      return { zh: '卡在：买家在退款', en: 'Stuck: the buyer asked for a refund' };
    case 'address':
      return { zh: '卡在：买家要改地址，还没人决定', en: 'Stuck: the buyer wants another address; nobody decided yet' };
    case 'dead-lock':
      return {
        zh: `卡在：库存被已关闭单 …${tailOf(cause.owner.channelOrderNo)} 占 ${cause.lock.qty} 件`,
        en: `Stuck: closed order …${tailOf(cause.owner.channelOrderNo)} holds ${cause.lock.qty} pcs`,
      };
    case 'dead-order':
      return {
        zh: `卡在：已关闭单 …${tailOf(cause.owner.channelOrderNo)} 在仓库系统里没关，占 ${cause.qty} 件`,
        en: `Stuck: closed order …${tailOf(cause.owner.channelOrderNo)} is still alive in the warehouse system and holds ${cause.qty} pcs`,
      };
    case 'not-allocated':
      return {
        zh: '多半卡在：仓库系统写着缺货，刚读到的库存够，请在仓库系统里重新分配',
        en: 'Probably stuck: the system says short, its stock says enough; allocate it again there',
      };
    case 'short':
      return cause.missing > 0
        ? { zh: `卡在：这个仓缺 ${cause.missing} 件`, en: `Stuck: this warehouse is ${cause.missing} short` }
        : { zh: '卡在：这个仓缺货', en: 'Stuck: out of stock in this warehouse' };
    case 'held':
      return { zh: '卡在：已暂停发货', en: 'Stuck: on hold' };
    case 'review':
      return { zh: '卡在：等人工复核', en: 'Stuck: waiting for review' };
    case 'unclear':
      return null;
  }
}

interface Mend {
  readonly label: Text;
  readonly command: string;
  readonly permission: Permission;
}

/** The command that mends a cause. Nothing is offered that would not help: a stop is let go only where `clears`. */
export function mendFor(cause: Cause | undefined, orderNo: string, clears = false): Mend | null {
  switch (cause?.kind) {
    case 'dead-lock':
    case 'dead-order':
      return {
        label: { zh: '解锁并发', en: 'Release & send' },
        command: `/release ${orderNo}`,
        permission: 'stock:release',
      };
    case 'short':
      return { label: { zh: '改仓', en: 'Reroute' }, command: `/reroute ${orderNo}`, permission: 'order:reroute' };
    case 'refunding':
      return { label: { zh: '拦截', en: 'Intercept' }, command: `/intercept ${orderNo}`, permission: 'order:hold' };
    case 'address':
      return { label: { zh: '改地址', en: 'Address' }, command: `/address ${orderNo}`, permission: 'order:hold' };
    case 'held':
    case 'stale-hold':
    case 'review':
      return clears
        ? { label: { zh: '放行', en: 'Let it go' }, command: `/clear ${orderNo}`, permission: 'order:hold' }
        : null;
    default:
      return null;
  }
}

function mendOf(alert: Alert, order: Order, cause: Cause | undefined): AlertCardModel['mend'] {
  if (alert.ruleId === addressChangeRequested)
    return order.addressChange === 'requested'
      ? mendFor({ kind: 'address' }, order.channelOrderNo)
      : { label: { zh: '先暂停发货', en: 'Hold it' }, command: `/hold ${order.channelOrderNo} 地址改了` };
  if (alert.ruleId === refundNotStopped)
    return { label: { zh: '拦截', en: 'Intercept' }, command: `/intercept ${order.channelOrderNo}` };
  if (alert.ruleId === 'lock-orphaned')
    return { label: { zh: '解锁', en: 'Release' }, command: `/release ${order.channelOrderNo}` };
  return mendFor(cause, order.channelOrderNo);
}

function lockCause(alert: Alert): Text | null {
  if (alert.ruleId !== 'lock-orphaned') return null;
  const { qty, sku } = alert.facts as { qty?: number; sku?: string };
  return {
    zh: `占着 ${qty ?? '?'} 件 ${sku ?? ''}，订单已关闭`,
    en: `Holds ${qty ?? '?'} pcs of ${sku ?? ''}; its order is closed`,
  };
}

function heldOf(open: readonly Alert[], directory: Directory): GroupCardModel['held'] {
  const holders = open.flatMap(({ claimedBy }) => claimedBy ?? []);
  return { by: [...new Set(holders)].map((holder) => directory.personName(holder)), count: holders.length };
}

/** What a group counts, when it is no orders. */
function unitOf(first: Alert | undefined): Pick<GroupCardModel, 'unit'> {
  if (first?.subject.startsWith('parcel:') === true) return { unit: { zh: '件', en: 'parcels' } };
  if (first?.subject.startsWith('sku:') === true) return { unit: { zh: '个颜色尺码', en: 'variants' } };
  return {};
}

/** What a group's card needs from its alerts. */
export function groupModel(
  directory: Directory,
  { open, worst, nearestShipBy }: GroupState,
  said: { number: number; reason: GroupCardModel['reason'] },
  oldestData: GroupCardModel['oldestData'],
  now: number,
): GroupCardModel {
  const [first] = open;
  const warehouse = directory.warehouses().find(({ id }) => id === first?.facts.warehouseId);
  const before =
    nearestShipBy === null || nearestShipBy <= now ? null : Math.ceil(nearestShipBy / 3_600_000) * 3_600_000;
  return {
    number: said.number,
    severity: worst,
    ruleId: first?.ruleId ?? '',
    isOutside: warehouse !== undefined && warehouse.kind !== 'own',
    contact: warehouse?.contact ?? '',
    held: heldOf(open, directory),
    say: sayNow(first?.ruleId ?? '', directory.ruleSay(first?.ruleId ?? ''), nearestShipBy, now),
    where: [
      first?.facts['carrier'],
      first?.facts['style'],
      warehouseName(first?.facts.warehouseId, directory) ?? directory.shopName(first?.facts.shopId ?? ''),
    ]
      .filter((part) => part !== undefined && part !== '')
      .join(' · '),
    ...unitOf(first),
    count: open.length,
    now,
    timezone: directory.timezone,
    nearestShipBy,
    dueSoon: before === null ? null : { count: shipBysOf(open).filter((at) => at <= before).length, before },
    reason: said.reason,
    oldestData,
  };
}
