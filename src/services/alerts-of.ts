import type { Alert } from '../domain/alert.ts';
import { fulfillmentSubject } from '../domain/fulfillment.ts';
import { type Order, orderSubject } from '../domain/order.ts';
import { parcelSubject } from '../domain/parcel.ts';
import type { Stores } from '../ports/stores.ts';

/** All that was ever raised of an order: of itself, of what the warehouse makes of it, and of its parcels. Newest first. */
export async function alertsOf(
  { alerts, views }: Pick<Stores, 'alerts' | 'views'>,
  order: Order,
): Promise<readonly Alert[]> {
  const subjects = [
    orderSubject(order.shopId, order.channelOrderNo),
    ...(await views.fulfillmentsOf(order.id)).map((view) => fulfillmentSubject(view.systemId, view.systemOrderNo)),
    ...(await views.parcelsOf(order.id)).map(({ waybill }) => parcelSubject(waybill)),
  ];
  const found = await Promise.all(subjects.map((subject) => alerts.listFor(subject)));
  return found.flat().sort((one, other) => other.raisedAt - one.raisedAt);
}
