import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, type Line, line } from '../domain/card.ts';
import { type Order, type OrderKind, tailOf } from '../domain/order.ts';
import type { MomentName, Rule, RuleOn } from '../domain/rule.ts';
import type { Language, Text } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { heardWords } from '../render/heard-words.ts';
import { clockTime, dateTime, localDay, say, span } from '../render/words.ts';
import { alertsOf } from './alerts-of.ts';
import type { Directory } from './directory.ts';
import type { ClockRule, ClockSubject, Rulebook } from './rulebook.ts';

export interface WhyNotDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly rulebook: () => Rulebook;
  readonly rules: () => readonly Rule[];
}

const mostLines = 5;

/** `/whynot`: why an order raised nothing, or why a room did not hear of what it raised. */
export function createWhyNot({ storage, clock, directory, rulebook, rules }: WhyNotDeps) {
  const time = (at: number, language: Language): string =>
    localDay(at, directory.timezone) === localDay(clock.now(), directory.timezone)
      ? clockTime(at, directory.timezone)
      : dateTime(at, directory.timezone, language);

  /** What became of an alert in each room, in the words kept with the decisions. */
  async function ofAlert(alert: Alert, language: Language): Promise<Line[]> {
    const zh = language === 'zh';
    const rooms = await storage.rooms.list();
    const decisions = await storage.alerts.decisionsFor(alert.id);
    const head = `${alert.number === null ? '' : zh ? `${alert.number}号 ` : `No. ${alert.number} `}${say(directory.ruleSay(alert.ruleId), language)}`;
    if (decisions.length === 0) {
      const why =
        alert.state === 'resolved'
          ? zh
            ? '没报：还没来得及说就好了'
            : 'not said: it was over before anything was said'
          : zh
            ? '刚发现，正要说'
            : 'just found, about to be said';
      return [line(`${head} · ${why}`)];
    }
    return rooms.flatMap((room) => {
      const own = decisions.filter(({ roomId }) => roomId === room.id);
      // That it was said counts more than what was decided later.
      const told = own.findLast(({ verdict }) => verdict === 'said') ?? own.at(-1);
      if (told === undefined) return [];
      const where = rooms.length > 1 ? `${room.name}：` : '';
      return [line(`${head} · ${where}${time(told.at, language)} ${say(heardWords(told.reason), language)}`)];
    });
  }

  const dueWords = (dueAt: number, isOpenHours: boolean, language: Language): string => {
    const now = clock.now();
    const zh = language === 'zh';
    if (dueAt <= now) return zh ? '到点了，正在查证' : 'due now, being confirmed';
    return zh
      ? `还没到：${time(dueAt, language)} 才报（还有 ${span(dueAt - now, language)}${isOpenHours ? '，只算营业时间' : ''}）`
      : `not yet: due ${time(dueAt, language)} (in ${span(dueAt - now, language)}${isOpenHours ? ', open hours only' : ''})`;
  };

  function ofClock(rule: ClockRule, about: ClockSubject, language: Language): string {
    const zh = language === 'zh';
    const book = rulebook();
    const { meets, verdict } = book.judge(rule, about);
    if (meets === 'no') return zh ? '不符合规则的条件' : 'it does not meet the rule’s condition';
    if (meets === 'cannot-tell') {
      const facts = about.orders.map((order) => book.facts(order, about.fulfillments));
      const missing = book.condition(rule.id).fields.filter((field) => facts.some((each) => each[field] == null));
      return zh ? `缺数据，没法判断（${missing.join('、')}）` : `cannot tell: no data on ${missing.join(', ')}`;
    }
    switch (verdict.state) {
      case 'not-started':
        return zh
          ? `没开始计时：没到${rule.on.since.map((name) => momentWords[name].zh).join('、')}`
          : `its clock has not started: no ${rule.on.since.map((name) => momentWords[name].en).join(', ')} yet`;
      case 'stopped':
        return zh
          ? `没超时：${time(verdict.at, language)} ${momentWords[verdict.by].zh}，早于 ${time(verdict.dueAt, language)}`
          : `in time: ${momentWords[verdict.by].en} ${time(verdict.at, language)}, before ${time(verdict.dueAt, language)}`;
      case 'waiting':
        return dueWords(verdict.dueAt, rule.on.hours === 'open', language);
    }
  }

  function ofWall(
    { id }: RuleOn<'wall'>,
    { orders: [order], fulfillments, parcels }: ClockSubject,
    language: Language,
  ) {
    const zh = language === 'zh';
    if (order?.shipBy == null) return zh ? '平台没给发货时限' : 'its platform gives no ship-by';
    const next = rulebook()
      .derivation.order(order, fulfillments, parcels)
      .deadlines.find(({ ruleId }) => ruleId === id);
    if (next === undefined) return zh ? '不用再盯时限了' : 'its ship-by matters no more';
    return dueWords(next.dueAt, false, language);
  }

  /** A parcel is judged by itself; what has no number yet is its own. */
  function ofRule(rule: Rule, about: ClockSubject, language: Language): readonly string[] {
    if (rule.on.type === 'wall') return [ofWall({ ...rule, on: rule.on }, about, language)];
    if (rule.on.type !== 'clock') return [];
    const clockRule = { ...rule, on: rule.on };
    const each =
      rule.on.subject !== 'parcel' || about.parcels.length === 0
        ? [about]
        : about.parcels.map((parcel) => ({ ...about, parcels: [parcel], isParcel: true }));
    return each.map((one) => ofClock(clockRule, one, language));
  }

  async function ofOrder(order: Order, language: Language): Promise<Line[]> {
    const zh = language === 'zh';
    const fulfillments = await storage.views.fulfillmentsOf(order.id);
    const parcels = await storage.views.parcelsOf(order.id);
    const alerts = await alertsOf(storage, order, fulfillments);
    const newest = alerts.filter((alert, at) => alerts.findIndex(({ ruleId }) => ruleId === alert.ruleId) === at);
    const about: ClockSubject = { orders: [order], fulfillments, parcels, isParcel: false };
    const said: Line[] = [];
    for (const alert of newest) said.push(...(await ofAlert(alert, language)));
    const others =
      order.kind === 'sale'
        ? rules()
            .filter(({ id }) => !newest.some(({ ruleId }) => ruleId === id))
            .flatMap((rule) =>
              ofRule(rule, about, language).map((why) => line(`${say(directory.ruleSay(rule.id), language)} · ${why}`)),
            )
        : [
            line(
              zh ? `${kindWords[order.kind].zh}只计数，不报` : `${kindWords[order.kind].en} is counted, never alarmed`,
            ),
          ];
    const blind =
      directory.stageSourceOf(order.shopId) === 'none'
        ? [line(zh ? '仓内进度看不到，只能按发货判断' : 'Its warehouse stage cannot be seen: only shipping is judged')]
        : [];
    const tail = tailOf(order.channelOrderNo);
    const head =
      newest.length === 0
        ? zh
          ? `${tail} 没有报过异常：`
          : `${tail} has raised nothing:`
        : zh
          ? `${tail} 报过 ${newest.length} 条：`
          : `${tail} has raised ${newest.length}:`;
    return [line(head), ...[...said, ...blind, ...others].slice(0, mostLines)];
  }

  return async (
    { language }: Asking,
    about: { readonly alert: Alert } | { readonly order: Order },
  ): Promise<readonly Card[]> => {
    const lines =
      'order' in about
        ? await ofOrder(about.order, language)
        : (await ofAlert(about.alert, language)).slice(0, mostLines);
    const orderId = 'order' in about ? about.order.id : about.alert.facts.orderId;
    return [
      {
        tone: 'info',
        lines,
        buttons: [],
        link: orderId === undefined ? null : { label: language === 'zh' ? '详情' : 'Details', path: `/o/${orderId}` },
      },
    ];
  };
}

const kindWords: Readonly<Record<OrderKind, Text>> = {
  sale: { zh: '正常单', en: 'A sale' },
  postage: { zh: '补邮费链接', en: 'A postage link' },
  sample: { zh: '样品单', en: 'A sample' },
  resend: { zh: '补发单', en: 'A resend' },
};

const momentWords: Readonly<Record<MomentName, Text>> = {
  placedAt: { zh: '下单', en: 'placed' },
  paidAt: { zh: '付款', en: 'paid' },
  queuedAt: { zh: '进仓库队列', en: 'queued' },
  reviewAt: { zh: '进人工复核', en: 'sent to review' },
  sortedAt: { zh: '进分拣', en: 'sorted' },
  labelledAt: { zh: '打面单', en: 'labelled' },
  shippedAt: { zh: '发货', en: 'shipped' },
  uploadedAt: { zh: '上传单号', en: 'waybill uploaded' },
  scannedAt: { zh: '揽收', en: 'scanned' },
  trackedAt: { zh: '有物流', en: 'tracked' },
  deliveredAt: { zh: '签收', en: 'delivered' },
  closedAt: { zh: '关闭', en: 'closed' },
  refundAt: { zh: '申请退款', en: 'refund requested' },
  addressAt: { zh: '改地址', en: 'address change' },
  heldAt: { zh: '暂停', en: 'held' },
  promisedAt: { zh: '承诺日', en: 'promised' },
};
