import type { Outcome } from '../../../domain/outcome.ts';
import type { Flag, Remark } from '../../../ports/channel.ts';
import type { Send } from './client.ts';
import { fetchOrder } from './fetch-order.ts';
import { readNotes } from './order.ts';
import { outcomeOf } from './outcome.ts';

/** There are no colours: the flag is a word in front (channels.md §7.2). */
const words: Readonly<Record<Flag, string>> = { risk: '【风控】', attention: '【关注】', fine: '【正常】' };

/** Reads the notes, appends, and writes them whole, for the platform only replaces (channels.md §7.3). */
export async function addRemark(
  send: Send,
  orderNo: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<{ readonly remark: string; readonly flag: string }>> {
  try {
    const row = await fetchOrder(send, orderNo, signal);
    if (row === undefined) return { kind: 'refused', code: 'not_found' };
    const before = readNotes(row);
    if (before === undefined) return { kind: 'refused', code: 'other', providerText: 'the remark cannot be read' };
    const added = [flag === undefined ? '' : words[flag], text].filter((part) => !before.includes(part)).join('');
    if (added === '') return { kind: 'already', value: { remark: before, flag: '' } };
    const remark = before === '' ? added : `${before}；${added}`;
    const body = { order_id: orderNo, merchant_notes: remark };
    await send({ path: '/channels/ec/order/merchantnotes/update', body, write: true }, signal);
    return { kind: 'done', value: { remark, flag: '' } };
  } catch (error) {
    return outcomeOf(error);
  }
}
