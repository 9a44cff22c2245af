import type { FulfillmentView } from '../../domain/fulfillment.ts';
import type { Order } from '../../domain/order.ts';
import type { ActContext } from './kind.ts';
import type { ProposeRerouteDeps } from './propose-reroute.ts';

/** One warehouse order as its system shows it this second; undefined when it shows none. */
export async function readNow(
  { systemOf, ingest }: ActContext,
  { systemId, systemOrderNo }: { readonly systemId: string; readonly systemOrderNo: string },
  signal: AbortSignal,
): Promise<FulfillmentView | undefined> {
  const views = await ingest.readSystemOrders(systemOf(systemId), [systemOrderNo], signal);
  return views.find((each) => each.systemOrderNo === systemOrderNo);
}

/** What the warehouse systems say of these orders as of this second: one question each, however many orders. */
export async function readOrdersNow(
  { directory, ingest, systems }: Pick<ProposeRerouteDeps, 'directory' | 'ingest' | 'systems'>,
  orders: readonly Order[],
  signal: AbortSignal,
): Promise<void> {
  for (const system of systems()) {
    const own = orders.filter(({ shopId }) => directory.systemOf(shopId) === system.id);
    const nos = own.map(({ channelOrderNo }) => channelOrderNo);
    if (nos.length > 0) await ingest.readFulfillments(system, nos, signal);
  }
}
