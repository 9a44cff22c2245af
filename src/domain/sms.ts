import type { Claim } from './promise.ts';
import type { Text } from './text.ts';

/** What a buyer may be told by text message: each at most once per order. */
export const smsKinds = ['remote', 'picked-up', 'delivered'] as const;
export type SmsKind = (typeof smsKinds)[number];

/** `unknown`: sent and not answered; it is asked for, never sent again. */
export type SmsState = 'waiting' | 'sending' | 'unknown' | 'sent' | 'delivered' | 'failed' | 'unsaid';

export interface SmsFacts {
  readonly tail: string;
  /** The one warehouse that has it; empty while there is none, or several. */
  readonly warehouse: string;
  readonly carrier: string;
  readonly waybill: string;
}

/** How a template has to read at the provider, for whoever applies for it: its variables are ours, its words are fixed. */
export const smsTemplates: Readonly<Record<SmsKind, Text>> = {
  remote: {
    zh: '亲，您的订单将从${warehouse}发出，为确保品质，我们会在48小时内完成质检打包，感谢耐心等待~',
    en: 'Your order will leave from ${warehouse}; we check and pack it within 48 hours. Thank you for your patience.',
  },
  'picked-up': {
    zh: '您的订单${tail}已由${carrier}揽收，运单尾号${waybill}。',
    en: 'Your order ${tail} was picked up by ${carrier}; its waybill ends in ${waybill}.',
  },
  delivered: { zh: '您的订单${tail}已送达，有问题请联系客服。', en: 'Your order ${tail} has been delivered.' },
};

const packedWithin = 48 * 3_600_000;

/** What that message says is so. */
export function claimsOf(kind: SmsKind, { warehouse, waybill }: SmsFacts): readonly Claim[] {
  switch (kind) {
    case 'remote':
      return [
        { kind: 'leaves-from', warehouse },
        { kind: 'done-within', ms: packedWithin },
      ];
    case 'picked-up':
      return [{ kind: 'picked-up', waybill }];
    case 'delivered':
      return [{ kind: 'delivered' }];
  }
}

/** A name that a buyer knows; sources also give codes (`zhongtong`, a number). */
const readable = /[\u4e00-\u9fff]|^(DHL|UPS|FedEx|EMS)$/i;

/** The variables of its template; a waybill is told by its last four. */
export function variablesOf(kind: SmsKind, { tail, warehouse, carrier, waybill }: SmsFacts): Record<string, string> {
  switch (kind) {
    case 'remote':
      return { warehouse };
    case 'picked-up':
      return { tail, carrier: readable.test(carrier) ? carrier : '快递', waybill: waybill.slice(-4) };
    case 'delivered':
      return { tail };
  }
}

/** Provinces where parcels take longer (H1), by any name they go under: 新疆维吾尔自治区, 西藏, Qinghai. */
const remote = /^(新疆|西藏|青海|xinjiang|tibet|xizang|qinghai)/i;
export const isRemote = (province: string): boolean => remote.test(province.trim());

/** `13800138000` of a mainland mobile number however it is written; undefined for any other number. */
export const mobileOf = (phone: string): string | undefined =>
  /^(?:(?:\+|00)?86)?(1[3-9]\d{9})$/.exec(phone.replaceAll(/[\s-]/g, ''))?.[1];

/** From 21:00 to 08:00 of the company's clock nobody is written to (fulfillment.md §4). */
export const quietHours = 'Mon-Sun 08:00-21:00';
