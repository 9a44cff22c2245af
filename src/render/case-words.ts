import type { AlertFacts } from '../domain/alert.ts';
import type { FulfillmentView } from '../domain/fulfillment.ts';
import type { IdentityKey, Order } from '../domain/order.ts';
import type { Text } from '../domain/text.ts';
import { clockTime, span } from './words.ts';

const anHour = 3_600_000;

/** `中通 …7812`: a parcel as people call it. */
export const parcelName = ({ carrier, waybill }: { readonly carrier: string; readonly waybill: string }): string =>
  `${carrier} …${waybill.slice(-4)}`.trim();

/**
 * What is known of a parcel that does not move, and how surely. Never scanned, stalled, not asked because the provider is
 * behind, and not visible at all are four different things.
 */
export function trackingWords(
  facts: AlertFacts,
  {
    now,
    timezone,
    confirmedAt,
  }: { readonly now: number; readonly timezone: string; readonly confirmedAt: number | null },
): Text {
  const since = Number(facts['since'] ?? now);
  const ago = (language: 'zh' | 'en'): string => span(now - since, language);
  const limit = limitWords(facts);
  const at = confirmedAt === null ? null : clockTime(confirmedAt, timezone);
  const proof: Text = at === null ? { zh: '', en: '' } : { zh: ` · ${at} 查过`, en: ` · checked ${at}` };
  const ahead = Number(facts['aheadMs'] ?? 0);
  if (ahead > 0) {
    const left = since + Number(facts['limitMs']) - now;
    return left > 0
      ? {
          zh: `还没揽收，剩 ${span(left, 'zh')}${limit.zh}${proof.zh}`,
          en: `Not picked up yet, ${span(left, 'en')} left${limit.en}${proof.en}`,
        }
      : {
          zh: `还没揽收，已超 ${span(left, 'zh')}${limit.zh}${proof.zh}`,
          en: `Not picked up yet, ${span(left, 'en')} over${limit.en}${proof.en}`,
        };
  }
  switch (facts['why']) {
    case 'never-scanned':
      return {
        zh: `单号上传 ${ago('zh')}，承运商没扫过${limit.zh}${proof.zh}`,
        en: `Uploaded ${ago('en')} ago and never scanned by the carrier${limit.en}${proof.en}`,
      };
    case 'provider-stale':
      return at === null
        ? {
            zh: `物流查询没有回应，这件 ${ago('zh')} 没有更新，没能确认`,
            en: `The tracking source does not answer; no update for ${ago('en')}, not confirmed`,
          }
        : {
            zh: `物流查询从 ${at} 起没有更新，这件走没走没能确认`,
            en: `The tracking source has been silent since ${at}: whether it moves is not confirmed`,
          };
    default:
      return {
        zh: `${ago('zh')} 没有物流更新${limit.zh}${proof.zh}`,
        en: `No tracking update for ${ago('en')}${limit.en}${proof.en}`,
      };
  }
}

/** `（偏远地区，限 72 小时）`; a platform's own limit says when it was looked up. */
function limitWords(facts: AlertFacts): Text {
  const hours = Math.round(Number(facts['limitMs'] ?? 0) / anHour);
  const { laneZh, laneEn, laneAsOf } = facts;
  const asOf = typeof laneAsOf === 'string' ? laneAsOf : undefined;
  return {
    zh: `（${typeof laneZh === 'string' ? `${laneZh}，` : ''}限 ${hours} 小时${asOf === undefined ? '' : `，按 ${asOf} 的规则`}）`,
    en: ` (${typeof laneEn === 'string' ? `${laneEn}: ` : ''}limit ${hours} h${asOf === undefined ? '' : `, as of ${asOf}`})`,
  };
}

const refundWords: Readonly<Record<Order['refund'], Text>> = {
  none: { zh: '没有退款', en: 'no refund' },
  requested: { zh: '买家申请退款', en: 'refund requested' },
  accepted: { zh: '已同意退款', en: 'refund accepted' },
  done: { zh: '已退款', en: 'refunded' },
  closed: { zh: '退款已撤销', en: 'refund withdrawn' },
};

/** The parcel of an order, as the shop or the warehouse system names it. */
export const parcelIn = (
  order: Pick<Order, 'shipments'>,
  fulfillments: readonly FulfillmentView[],
): { readonly carrier: string; readonly waybill: string } | undefined =>
  [...order.shipments, ...fulfillments.filter(({ closed }) => !closed)].find(({ waybill }) => waybill !== '');

/** `…118842（没有退款）`: who else is in the parcel, and whether they want their money back, too. */
export const companionWords = (companions: readonly Pick<Order, 'channelOrderNo' | 'refund'>[]): Text => ({
  zh: companions.map((each) => `…${each.channelOrderNo.slice(-6)}（${refundWords[each.refund].zh}）`).join('、'),
  en: companions.map((each) => `…${each.channelOrderNo.slice(-6)} (${refundWords[each.refund].en})`).join(', '),
});

/** A box that may still be caught: why, which parcel, who else is in it. */
export function raceText(order: Order, fulfillments: readonly FulfillmentView[], companions: readonly Order[]): Text {
  const parcel = parcelIn(order, fulfillments);
  const name = parcel === undefined ? '' : parcelName(parcel);
  const others = companionWords(companions);
  const words = refundWords[order.refund];
  const zh = [`${words.zh}，面单已打，还没揽收`, name, companions.length === 0 ? '' : `同包 ${others.zh}`];
  const en = [`${words.en}, labelled, not picked up`, name, companions.length === 0 ? '' : `with it ${others.en}`];
  return { zh: zh.filter(Boolean).join(' · '), en: en.filter(Boolean).join(' · ') };
}

const evidence: Readonly<Record<IdentityKey['kind'], Text>> = {
  phone: { zh: '收件手机号一致', en: 'the very same phone number' },
  receiver: { zh: '平台收件人编号一致', en: "the same receiver by the platform's id" },
  buyer: { zh: '同一个买家账号（收件人可能不同）', en: 'the same buyer account (receivers may differ)' },
  mask: { zh: '只有打码信息一致，可能不是同一人', en: 'only masked data agrees: it may be several people' },
};

/** How it is known that these orders are one person's, and what could travel together. */
export function burstWords(
  facts: AlertFacts,
  orders: readonly { readonly tail: string; readonly shop: string; readonly placedAt: number }[],
): readonly Text[] {
  const shops = [...new Set(orders.map(({ shop }) => shop))].join('、');
  const tails = orders.map(({ tail }) => `…${tail}`);
  const shown = tails.slice(0, 8).join(' ');
  const rest = tails.length - 8;
  const known = evidence[facts['evidence'] as IdentityKey['kind']];
  const merged = Number(facts['merged'] ?? 0);
  const mergeable = Number(facts['mergeable'] ?? 0);
  const times = orders.map(({ placedAt }) => placedAt);
  const length = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
  const lines: Text[] = [
    {
      zh: `${span(length, 'zh')}内 ${orders.length} 单 · ${shops}`,
      en: `${orders.length} orders within ${span(length, 'en')} · ${shops}`,
    },
    {
      zh: `${shown}${rest > 0 ? ` 等 ${tails.length} 单` : ''}`,
      en: `${shown}${rest > 0 ? ` and ${rest} more` : ''}`,
    },
    { zh: `依据：${known.zh}`, en: `Evidence: ${known.en}` },
  ];
  const hints: Text[] = [];
  if (merged > 0) hints.push({ zh: `${merged} 单已合包`, en: `${merged} travel together already` });
  if (mergeable > 1)
    hints.push({
      zh: `${mergeable} 单没发、同一收件人，可以合包`,
      en: `${mergeable} unsent orders to one receiver could be merged`,
    });
  if (hints.length > 0)
    lines.push({ zh: hints.map(({ zh }) => zh).join('，'), en: hints.map(({ en }) => en).join(', ') });
  return lines;
}
