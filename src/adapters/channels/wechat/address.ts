import type { Outcome } from '../../../domain/outcome.ts';
import type { AddressVerdict } from '../../../ports/channel.ts';
import type { Send } from './client.ts';
import { fetchOrder } from './fetch-order.ts';
import { isAddressAsked } from './order.ts';
import { outcomeOf } from './outcome.ts';

const paths: Readonly<Record<AddressVerdict, string>> = {
  accept: '/channels/ec/order/addressmodify/accept',
  refuse: '/channels/ec/order/addressmodify/reject',
};

/** Decides a buyer's request for another address (channels.md §5.2). The new address is the platform's: it is not read here. */
export async function decideAddress(
  send: Send,
  orderNo: string,
  verdict: AddressVerdict,
  signal: AbortSignal,
): Promise<Outcome<null>> {
  try {
    const row = await fetchOrder(send, orderNo, signal);
    if (row === undefined) return { kind: 'refused', code: 'not_found' };
    const isAsked = isAddressAsked(row);
    if (isAsked === undefined) return { kind: 'refused', code: 'other', providerText: 'the order cannot be read' };
    if (!isAsked) return { kind: 'already', value: null };
    await send({ path: paths[verdict], body: { order_id: orderNo }, write: true }, signal);
    return { kind: 'done', value: null };
  } catch (error) {
    return outcomeOf(error);
  }
}
