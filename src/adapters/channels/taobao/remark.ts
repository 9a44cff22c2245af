import type { Outcome } from '../../../domain/outcome.ts';
import type { Flag, Remark } from '../../../ports/channel.ts';
import type { Send } from './client.ts';
import { readFull } from './details.ts';
import { own } from './own.ts';
import { outcomeOf } from './refusal.ts';
import { isObject, Noted } from './row.ts';
import { flagColours } from './trade.ts';

/** channels.md §1.2; counted in UTF-8, which is never shorter than what the platform counts in. */
const mostBytes = 1_000;

const flags: Readonly<Record<Flag, string>> = { risk: '1', attention: '2', fine: '3' };

interface Remarked {
  readonly remark: string;
  readonly flag: string;
}

/**
 * Appends to the memo, which the platform only replaces: read, append, write, one attempt each. The flag goes with every
 * write, because one that is left out turns grey.
 */
export async function addRemark(
  send: Send,
  tid: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<Remarked>> {
  try {
    const trade = await readFull(send, tid, signal);
    if (trade === undefined) return { kind: 'refused', code: 'not_found' };
    const { seller_memo: before, seller_flag } = Noted.parse(trade);
    const flagBefore = seller_flag || '0';
    const memo = before.includes(text) ? before : [before, text].filter((part) => part !== '').join('\n');
    const colour = flag === undefined ? flagBefore : flags[flag];
    const value = { remark: memo, flag: own(flagColours, colour) ?? colour };
    if (memo === before && colour === flagBefore) return { kind: 'already', value };
    if (Buffer.byteLength(memo) > mostBytes) return { kind: 'refused', code: 'limit' };
    const body = await send(
      { method: 'taobao.trade.memo.update', params: { tid, memo, flag: colour }, write: true },
      signal,
    );
    return isObject(body) && isObject(body['trade']) ? { kind: 'done', value } : { kind: 'unknown' };
  } catch (error) {
    return outcomeOf(error);
  }
}
