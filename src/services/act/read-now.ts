import type { FulfillmentView } from '../../domain/fulfillment.ts';
import type { ActContext } from './kind.ts';

/** One warehouse order as its system shows it this second; undefined when it shows none. */
export async function readNow(
  { systemOf, ingest }: ActContext,
  { systemId, systemOrderNo }: { readonly systemId: string; readonly systemOrderNo: string },
  signal: AbortSignal,
): Promise<FulfillmentView | undefined> {
  const views = await ingest.readSystemOrders(systemOf(systemId), [systemOrderNo], signal);
  return views.find((each) => each.systemOrderNo === systemOrderNo);
}
