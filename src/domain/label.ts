import type { FulfillmentView } from './fulfillment.ts';
import type { Order } from './order.ts';
import type { Parcel } from './parcel.ts';
import { isRefunding } from './refund-race.ts';
import { hasReached } from './stage.ts';
import type { Text } from './text.ts';

/** One end of a parcel's way, in the clear. Never shown, logged or stored unsealed. */
export interface LabelParty {
  readonly name: string;
  readonly phone: string;
  readonly province: string;
  readonly city: string;
  readonly district: string;
  readonly address: string;
}

/** Why no label is made for an order now; undefined when one may be. */
export function whyNoLabel(
  order: Order,
  views: readonly FulfillmentView[],
  parcels: readonly Pick<Parcel, 'waybill'>[],
): Text | undefined {
  if (order.closedAt !== null) return { zh: '订单已关闭', en: 'the order is closed' };
  if (order.paidAt === null) return { zh: '还没付款', en: 'it is not paid' };
  if (isRefunding(order)) return { zh: '买家在退款', en: 'the buyer wants a refund' };
  if (order.addressChange !== 'none')
    return { zh: '买家改过地址，要先核对', en: 'the address was changed and has to be checked first' };
  if (order.held || views.some(({ held }) => held)) return { zh: '这单被暂停了', en: 'it is on hold' };
  if (hasReached(order.stage, 'shipped')) return { zh: '已经发货', en: 'it has been shipped' };
  const waybill = [...parcels, ...order.shipments, ...views.filter(({ closed }) => !closed)].find(
    (each) => each.waybill !== '',
  )?.waybill;
  if (waybill !== undefined)
    return { zh: `已经有运单号 …${waybill.slice(-4)}`, en: `it has a waybill already: …${waybill.slice(-4)}` };
  return undefined;
}
