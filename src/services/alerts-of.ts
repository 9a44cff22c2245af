import type { Alert } from '../domain/alert.ts';
import { type FulfillmentView, fulfillmentSubject } from '../domain/fulfillment.ts';
import { type Order, orderSubject } from '../domain/order.ts';
import { parcelSubject } from '../domain/parcel.ts';
import type { Stores } from '../ports/stores.ts';

/** All that was ever raised of an order: of itself, of what the warehouse makes of it, and of its parcels. Newest first. */
export async function alertsOf(
  { alerts, views }: Pick<Stores, 'alerts' | 'views'>,
  order: Order,
  fulfillments: readonly FulfillmentView[],
): Promise<readonly Alert[]> {
  return alerts.listFor([
    orderSubject(order.shopId, order.channelOrderNo),
    ...fulfillments.map((view) => fulfillmentSubject(view.systemId, view.systemOrderNo)),
    ...(await views.parcelsOf(order.id)).map(({ waybill }) => parcelSubject(waybill)),
  ]);
}
