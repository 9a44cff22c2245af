import { UserError } from '../../domain/errors.ts';

const day = 86_400_000;

export type ReadTime = (text: string) => number | undefined;

/**
 * Reads `2026-11-11 00:33:00` (also with `/`, `T`, without seconds, with a fraction, or a bare date) as local time of the
 * zone, the same with a zone of its own (`Z`, `+08:00`) as what it says, and unix seconds or milliseconds. Undefined when
 * it is no such time. Of an hour that comes twice the first is meant; one that is skipped is read by the clock before.
 */
export function createTimeReader(zone: string): ReadTime {
  const offsetAt = createOffsets(zone);

  function instantOf(local: number): number {
    const before = offsetAt(local - day);
    const after = offsetAt(local + day);
    const fitting = [before, after].find((offset) => offsetAt(local - offset) === offset);
    return local - (fitting ?? before);
  }

  return (text) => {
    const plain = text.trim();
    // Seconds have 9 or 10 digits from 1973 to 2286, milliseconds 12 or 13.
    if (/^\d{9,10}(\.\d{1,6})?$/.test(plain)) return Math.trunc(Number(plain) * 1_000);
    if (/^\d{12,13}$/.test(plain)) return Number(plain);
    const match =
      /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s*(Z|[+-]\d{2}:?\d{2}))?)?$/i.exec(
        plain,
      );
    if (match === null) return undefined;
    const [, year, month, date, hours = '0', minutes = '0', seconds = '0', fraction = '', own] = match;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
    const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date));
    const there = new Date(midnight);
    // Date.UTC rolls 2026-02-30 over into March.
    if (there.getUTCMonth() + 1 !== Number(month) || there.getUTCDate() !== Number(date)) return undefined;
    const local = midnight + ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + ms;
    return own === undefined ? instantOf(local) : local - ownOffset(own);
  };
}

function ownOffset(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(text) ?? [];
  return (sign === '-' ? -60_000 : 60_000) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** What the zone's clocks are ahead of UTC; asked once per day, and once per instant on days of a change. */
function createOffsets(zone: string): (at: number) => number {
  const format = formatOf(zone);
  const midnights = new Map<number, number>();
  const exact = (at: number): number => {
    const [, sign, ...parts] = /GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(format.format(at)) ?? [];
    const [hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
    return (sign === '-' ? -1_000 : 1_000) * (hours * 3_600 + minutes * 60 + seconds);
  };
  const midnight = (date: number): number => {
    const known = midnights.get(date);
    if (known !== undefined) return known;
    const offset = exact(date * day);
    midnights.set(date, offset);
    return offset;
  };
  return (at) => {
    const date = Math.floor(at / day);
    return midnight(date) === midnight(date + 1) ? midnight(date) : exact(at);
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    throw new UserError('BAD_ZONE', { zh: `没有时区“${zone}”`, en: `There is no time zone "${zone}"` });
  }
}
