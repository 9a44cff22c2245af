import { fromBeijingText } from '../../../domain/local-time.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** What the platform asks of a seller who promised nothing else. */
export const ordinaryPromise = 48 * hour;

/**
 * Until when a line has to be sent, in unix ms. `estimate_con_time` is free text: a time, a day (to its end), or a span after
 * payment ("付款后7天内发货"). Empty is the ordinary promise; null when nobody can tell what it says.
 */
export function shipByOf(text: string, paidAt: number): number | null {
  if (text === '') return paidAt + ordinaryPromise;
  const [, year = '', month = '', date = ''] = /(\d{4})[年-](\d{1,2})[月-](\d{1,2})日?(?! *\d)/.exec(text) ?? [];
  const midnight = fromBeijingText(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`);
  if (midnight !== undefined) return midnight + day;
  const at = fromBeijingText(text);
  if (at !== undefined) return at;
  const [, span, unit] = /^(?:付款后|支付后)?(\d{1,3}) *(天|日|小时)内?/.exec(text) ?? [];
  return span === undefined ? null : paidAt + Number(span) * (unit === '小时' ? hour : day);
}
