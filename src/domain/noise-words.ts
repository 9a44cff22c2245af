import { durationAt } from './grammar/duration.ts';
import { minutesInto } from './local-day.ts';

/** What stands behind `/silence`: what, how long, why. */
export type SilenceWords =
  | { readonly type: 'list' }
  | { readonly type: 'end'; readonly id: number | undefined }
  | {
      readonly type: 'silence';
      readonly target: string;
      /** Undefined when no time was said. */
      readonly ms: number | undefined;
      readonly reason: string;
    };

const endWords = /^(?:off|end|stop|结束|关|关掉|恢复)\s*#?(\d{1,9})?(?:号)?$/i;

/** `杭州仓 2h 盘点`, `12号 半小时 在处理`, `off 3`, nothing at all. */
export function readSilence(words: string): SilenceWords {
  const text = words.trim();
  if (text === '') return { type: 'list' };
  const end = endWords.exec(text);
  if (end !== null) return { type: 'end', id: end[1] === undefined ? undefined : Number(end[1]) };
  for (let at = 0; at < text.length; at += 1) {
    // A number inside a word or a SKU is no time.
    if (at > 0 && /[\w.-]/.test(text.charAt(at - 1)) && /[\w.]/.test(text.charAt(at))) continue;
    const found = durationAt(text.toLowerCase(), at);
    if (found !== undefined)
      return { type: 'silence', target: text.slice(0, at).trim(), ms: found.ms, reason: text.slice(found.end).trim() };
  }
  return { type: 'silence', target: text, ms: undefined, reason: '' };
}

/** What stands behind `/promo`. */
export type PromoWords =
  | { readonly type: 'show' }
  | { readonly type: 'off' }
  | { readonly type: 'on'; readonly from: number; readonly until: number; readonly factor: number }
  | { readonly type: 'unclear' };

const minutes = 60_000;
const time = /(?<![\d:.])([01]?\d|2[0-4])(?::([0-5]\d)|点(?:([0-5]\d)分?|半)?)/g;
const times = /(?:^|\s|,|，)[x×*]\s?(\d{1,2}(?:\.\d)?)|(\d{1,2}(?:\.\d)?)\s?[倍x×](?![\d\w])/i;

/** `on 20:00 24:00 x4`, `20点到24点 4倍`, `off`. The next such window: one that is over today is meant for tomorrow. */
export function readPromo(words: string, now: number, timezone: string, today: string): PromoWords {
  const text = words.trim();
  if (text === '') return { type: 'show' };
  if (/^(?:off|end|stop|结束|关|关掉|取消)$/i.test(text)) return { type: 'off' };
  const [from, until, more] = [...text.matchAll(time)].map(
    ([whole, hour, sharp, spoken]) => Number(hour) * 60 + (whole.endsWith('半') ? 30 : Number(sharp ?? spoken ?? 0)),
  );
  const said = times.exec(text);
  const factor = Number(said?.[1] ?? said?.[2]);
  if (from === undefined || until === undefined || more !== undefined || from === until) return { type: 'unclear' };
  if (!(factor > 1 && factor <= 20) || from > 1_440 || until > 1_440) return { type: 'unclear' };
  const length = until > from ? until : until + 1_440;
  const window = (days: number) => ({
    from: minutesInto(today, from + days * 1_440, timezone),
    until: minutesInto(today, length + days * 1_440, timezone),
  });
  // Just after midnight a window of yesterday evening may still run.
  const next = [-1, 0, 1].map(window).find((each) => each.until > now + minutes);
  return next === undefined ? { type: 'unclear' } : { type: 'on', ...next, factor };
}
