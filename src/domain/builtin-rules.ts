import { cycleLimits } from './health.ts';
import { Rule, type RuleInput } from './rule.ts';
import type { Text } from './text.ts';

/** Postage links, samples and resends are counted, never alarmed. */
const isSale = { '==': [{ var: 'kind' }, 'sale'] };

/** How soon after the upload a platform wants the first scan, and when that was last looked up. */
const pickupLimits = [
  { channel: 'pinduoduo', name: { zh: '拼多多', en: 'Pinduoduo' }, after: '24h', asOf: '2026-11-24' },
] as const;

const inputs: readonly RuleInput[] = [
  {
    id: 'paid-not-sorted',
    version: 1,
    on: {
      type: 'clock',
      subject: 'order',
      since: ['paidAt'],
      after: '2h',
      until: ['sortedAt', 'reviewAt', 'shippedAt', 'scannedAt', 'deliveredAt', 'closedAt', 'refundAt', 'heldAt'],
      hours: 'open',
    },
    when: isSale,
    severity: 'critical',
    group: ['warehouse'],
    say: { zh: '付款 2 小时仍未进入分拣', en: 'Paid 2 hours ago and still not being sorted' },
    do: [],
  },
  {
    id: 'same-buyer-burst',
    version: 1,
    on: { type: 'count', by: 'identity', within: '24h', atLeast: 5 },
    when: isSale,
    severity: 'warning',
    // Each buyer is a case of its own.
    group: ['buyer'],
    say: {
      zh: '同一买家 24 小时内下单太多，请复核',
      en: 'Too many orders of one buyer within 24 hours: please review',
    },
    do: [],
  },
  {
    id: 'tracking-stalled',
    version: 1,
    on: {
      type: 'clock',
      subject: 'parcel',
      since: ['uploadedAt', 'trackedAt'],
      after: '48h',
      lanes: [
        {
          name: { zh: '清关中', en: 'in customs' },
          when: { '==': [{ var: 'trackKind' }, 'customs'] },
          after: '120h',
        },
        {
          name: { zh: '干线运输', en: 'on a trunk line' },
          // Kuaidi100's fine state for a trunk (fulfillment.md §2.2).
          when: { '==': [{ var: 'trackState' }, '1002'] },
          after: '72h',
        },
        {
          name: { zh: '偏远地区', en: 'remote destination' },
          when: { or: ['新疆', '西藏', '青海'].map((start) => ({ 'starts-with': [{ var: 'province' }, start] })) },
          after: '72h',
        },
      ],
      until: ['deliveredAt', 'closedAt'],
      hours: 'wall',
    },
    when: isSale,
    severity: 'warning',
    group: ['carrier', 'warehouse'],
    say: { zh: '物流停滞', en: 'Tracking has stalled' },
    do: [],
  },
  {
    id: 'pickup-by-risk',
    version: 1,
    on: {
      type: 'clock',
      subject: 'parcel',
      since: ['uploadedAt'],
      after: '24h',
      ahead: '4h',
      lanes: pickupLimits.map(({ channel, name, after, asOf }) => ({
        name,
        when: { '==': [{ var: 'channel' }, channel] },
        after,
        asOf,
      })),
      until: ['scannedAt', 'deliveredAt', 'closedAt'],
      hours: 'wall',
    },
    // Where no limit is known there is none to warn of: tracking-stalled sees what is never scanned.
    when: { and: [isSale, { in: [{ var: 'channel' }, pickupLimits.map(({ channel }) => channel)] }] },
    severity: 'warning',
    group: ['carrier', 'warehouse'],
    say: { zh: '快到揽收时限', en: 'The pickup limit is near' },
    do: [],
  },
  {
    id: 'embroidery-review',
    version: 1,
    on: {
      type: 'clock',
      subject: 'order',
      since: ['reviewAt'],
      after: '2h',
      until: ['sortedAt', 'shippedAt', 'closedAt', 'refundAt', 'heldAt'],
      hours: 'open',
    },
    when: isSale,
    severity: 'warning',
    group: ['warehouse'],
    say: { zh: '人工复核 2 小时未处理', en: 'Waiting 2 hours for manual review' },
    do: [],
  },
  {
    id: 'ship-by-risk',
    version: 1,
    // One on hold is paused by us, not by its platform: its wall stays where it is.
    on: {
      type: 'wall',
      subject: 'order',
      before: ['12h', '4h', '1h'],
      until: ['shippedAt', 'scannedAt', 'deliveredAt', 'closedAt', 'refundAt'],
    },
    when: isSale,
    severity: 'warning',
    group: ['warehouse'],
    say: { zh: '快到平台发货时限，还没发', en: 'Near the platform’s ship-by and not shipped' },
    do: [],
  },
  {
    id: 'refund-not-stopped',
    version: 1,
    // Nothing but the carrier's hand ends it: a closed order's box leaves as well as any other.
    on: {
      type: 'clock',
      subject: 'order',
      since: ['refundAt', 'labelledAt'],
      after: '1s',
      until: ['scannedAt', 'deliveredAt'],
      hours: 'wall',
    },
    when: { '==': [{ var: 'refundRace' }, true] },
    severity: 'critical',
    // Each box is caught by somebody.
    group: ['order'],
    say: { zh: '买家退款，面单已打，还没揽收', en: 'The buyer wants a refund; labelled, and no carrier has it yet' },
    do: [],
  },
  {
    id: 'address-change-requested',
    version: 1,
    // What left with the old address cannot be helped here; a decision or a hold ends it through the condition.
    on: {
      type: 'clock',
      subject: 'order',
      since: ['addressAt'],
      after: '1s',
      until: ['shippedAt', 'scannedAt', 'deliveredAt', 'closedAt'],
      hours: 'wall',
    },
    when: { in: [{ var: 'addressDuty' }, ['decide', 'stop']] },
    severity: 'warning',
    // Each is decided by somebody.
    group: ['order'],
    say: { zh: '买家改地址，要处理', en: 'A buyer changes the address: it has to be decided' },
    do: [],
  },
  {
    id: 'backlog-over-capacity',
    version: 1,
    on: { type: 'forecast', finish: 'past-wall', atLeast: 10 },
    when: true,
    severity: 'warning',
    group: ['warehouse'],
    say: { zh: '照现在的速度发不完', en: 'Will not be done at the present speed' },
    do: [],
  },
  {
    id: 'cycle-red',
    version: 1,
    // Of each warehouse; ms, as its light.
    on: { type: 'metric', scope: 'cycle', above: cycleLimits.red, clearBelow: cycleLimits.clear },
    when: true,
    severity: 'critical',
    group: ['warehouse'],
    say: { zh: '履约周期超过 8 小时', en: 'The cycle is above 8 hours' },
    do: [],
  },
  {
    id: 'overtaken',
    version: 1,
    on: { type: 'overtaken', byAtLeast: 200 },
    when: isSale,
    severity: 'critical',
    group: ['warehouse'],
    say: {
      zh: '后付款的都分拣了，这单还没动',
      en: 'Orders paid later have been sorted, this one has not moved',
    },
    do: [],
  },
  {
    id: 'spike',
    version: 1,
    on: { type: 'spike', within: '10m', times: 3, atLeast: 30 },
    when: true,
    severity: 'warning',
    group: ['sku'],
    say: { zh: '一款突然卖得很快', en: 'A style suddenly sells fast' },
    do: [],
  },
  {
    id: 'labels-stopped',
    version: 1,
    on: { type: 'labels', after: '10m' },
    when: true,
    severity: 'critical',
    group: ['warehouse'],
    say: { zh: '面单停了，还有单在等', en: 'No labels come though orders wait' },
    do: [],
  },
  {
    id: 'stock-short',
    version: 1,
    on: { type: 'stock', state: 'short' },
    when: true,
    severity: 'warning',
    group: ['style'],
    say: { zh: '缺货：现货加在途不够发', en: 'Short: stock and what arrives do not cover what is owed' },
    do: [],
  },
  {
    id: 'lock-orphaned',
    version: 1,
    on: { type: 'stock', state: 'lock-without-order', after: '30m' },
    when: true,
    severity: 'warning',
    group: ['warehouse'],
    say: { zh: '库存锁没有有效订单', en: 'A stock lock has no live order' },
    do: [],
  },
  {
    id: 'source-silent',
    version: 1,
    on: { type: 'silence', source: 'any', after: '10m' },
    when: true,
    severity: 'critical',
    group: ['source'],
    say: { zh: '数据源没有消息', en: 'A source has gone silent' },
    do: [],
  },
];

/** What a new database starts with. The database is the master afterwards: a release never overrides an edited rule. */
export const builtinRules: readonly Rule[] = inputs.map((input) => Rule.parse(input));

/** `overtaken` on the card of one order. */
export const overtakenSay: Text = {
  zh: '后付款的 {later} 单都分拣了，这单还没动',
  en: '{later} orders paid later have been sorted, this one has not moved',
};

/** `paid-not-sorted` where no source shows the stage: a weaker sentence, said one severity lower. */
export const notVisibleSay: Text = {
  zh: '付款 2 小时仍未发货（仓内进度看不到：{system}不返回{channel}单）',
  en: 'Paid 2 hours ago and still not shipped (the warehouse stage cannot be seen: {system} does not return {channel} orders)',
};
