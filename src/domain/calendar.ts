import { BugError, UserError } from './errors.ts';

const day = 86_400_000;
/** Spans are laid out once for this long a piece of time and found by bisection afterwards. */
const blockMs = 64 * day;
const cacheLimit = 2_048;

/** Minutes after local midnight of the day it starts on; the end may lie on the next day. */
type Span = { readonly open: number; readonly close: number };

/** `before` is the open time of the block up to `start`. */
type OpenSpan = { readonly start: number; end: number; readonly before: number };
/** The open spans [start, end) inside one block, in order and apart. */
type Block = { readonly spans: readonly OpenSpan[]; readonly total: number };

/** When a warehouse works, in its own zone. Spans are half-open, and one past midnight belongs to the day it starts on. */
export interface Calendar {
  readonly zone: string;
  /** Around the clock, every day. */
  readonly isAlways: boolean;
  /** Monday first. */
  readonly week: readonly (readonly Span[])[];
  /** Local day number → what holds instead of the week; empty = closed. */
  readonly exceptions: ReadonlyMap<number, readonly Span[]>;
  /** Laid out on first use. */
  readonly blocks: Map<number, Block>;
}

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const allDay: readonly Span[] = [{ open: 0, close: 1_440 }];

/**
 * Reads "Mon-Fri 09:00-18:00", "Sat,Sun 10:00-12:00, 13:00-16:00", "Mon-Sun 20:00-02:00",
 * "closed 2027-02-17..2027-02-23" and "2026-11-11 08:30-24:00".
 * Without weekly lines every day is open. A dated opening wins over `closed`, and both over the week.
 * The same hours are one calendar: it is asked for at every order and every tick.
 */
export function parseHours(lines: readonly string[], zone = 'Asia/Shanghai'): Calendar {
  const key = JSON.stringify([zone, lines]);
  const calendar = calendars.get(key) ?? readHours(lines, zone);
  calendars.set(key, calendar);
  return calendar;
}

/** As many as the configuration has sets of hours. */
const calendars = new Map<string, Calendar>();

function readHours(lines: readonly string[], zone: string): Calendar {
  zoneOf(zone);
  const week: Span[][] = dayNames.map(() => []);
  const closed = new Map<number, readonly Span[]>();
  const special = new Map<number, Span[]>();
  for (const line of lines) {
    const [, head = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line.trim()) ?? [];
    if (head.toLowerCase() === 'closed') {
      for (const date of readDates(rest, line)) closed.set(date, []);
    } else if (/^\d/.test(head)) {
      const spans = readSpans(rest, line);
      for (const date of readDates(head, line)) special.set(date, [...(special.get(date) ?? []), ...spans]);
    } else {
      for (const weekday of readWeekdays(head, line)) week[weekday]?.push(...readSpans(rest, line));
    }
  }
  const isDaily = week.every((spans) => spans.length === 0);
  const exceptions = new Map([...closed, ...special]);
  const isAlways = isDaily && exceptions.size === 0;
  return { zone, isAlways, week: isDaily ? week.map(() => allDay) : week, exceptions, blocks: new Map() };
}

/** The first instant at which `ms` of open time have passed since `from`: closing time itself when it just fits. */
export function addOpen(calendar: Calendar, from: number, ms: number): number {
  if (!(ms >= 0)) throw new BugError(`Cannot add ${ms} ms of open time`);
  mustBeInstant(from + ms);
  if (ms === 0 || calendar.isAlways) return from + ms;
  let index = Math.floor(from / blockMs);
  let block = blockAt(calendar, index);
  let left = ms + openUntil(block, from);
  while (left > block.total) {
    left -= block.total;
    block = blockAt(calendar, ++index);
  }
  const span = block.spans[lastBelow(block.spans, 'before', left)];
  return span === undefined ? from : span.start + left - span.before;
}

/** Open time within [a, b); 0 when b is not after a. */
export function openBetween(calendar: Calendar, a: number, b: number): number {
  mustBeInstant(b - a);
  mustBeInstant(b);
  if (b <= a) return 0;
  if (calendar.isAlways) return b - a;
  const last = Math.floor(b / blockMs);
  let sum = openUntil(blockAt(calendar, last), b);
  for (let index = Math.floor(a / blockMs); index < last; index += 1) sum += blockAt(calendar, index).total;
  return sum - openUntil(blockAt(calendar, Math.floor(a / blockMs)), a);
}

/** The latest instant from which `ms` of open time have passed by `at`; never earlier than `atMost` ms of wall time before it. */
export function openBefore(calendar: Calendar, at: number, ms: number, atMost: number): number {
  let low = at - atMost;
  let high = at;
  if (openBetween(calendar, low, at) < ms) return low;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (openBetween(calendar, middle, at) >= ms) low = middle;
    else high = middle;
  }
  return low;
}

/** The local day that holds `at`: its first instant and the next day's. */
export function localDayOf(zone: string, at: number): { readonly from: number; readonly to: number } {
  const date = Math.floor((at + offsetAt(zoneOf(zone), at)) / day);
  return { from: instantOf(zone, date * day), to: instantOf(zone, (date + 1) * day) };
}

export const isOpen = (calendar: Calendar, at: number): boolean => nextOpening(calendar, at) === at;

/** The first open instant from `at` on: `at` itself while open. */
export function nextOpening(calendar: Calendar, at: number): number {
  mustBeInstant(at);
  if (calendar.isAlways) return at;
  for (let index = Math.floor(at / blockMs); ; index += 1) {
    const { spans } = blockAt(calendar, index);
    const last = lastBelow(spans, 'start', at + 1);
    const span = at < (spans[last]?.end ?? at) ? spans[last] : spans[last + 1];
    if (span !== undefined) return Math.max(at, span.start);
  }
}

/** Anything else would be searched for until the end of days. */
function mustBeInstant(at: number): void {
  if (!(Math.abs(at) <= 8e15)) throw new BugError(`${at} is no instant`);
}

/** The index of the last span whose `key` is below `limit`; −1 when none is. */
function lastBelow(spans: readonly OpenSpan[], key: 'start' | 'before', limit: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.[key] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function openUntil(block: Block, at: number): number {
  const span = block.spans[lastBelow(block.spans, 'start', at)];
  return span === undefined ? 0 : span.before + Math.min(at, span.end) - span.start;
}

function blockAt(calendar: Calendar, index: number): Block {
  const known = calendar.blocks.get(index);
  if (known !== undefined) return known;
  if (calendar.blocks.size >= cacheLimit) calendar.blocks.clear();
  const block = layOut(calendar, index * blockMs, (index + 1) * blockMs);
  calendar.blocks.set(index, block);
  return block;
}

function layOut(calendar: Calendar, from: number, to: number): Block {
  const found: { start: number; end: number }[] = [];
  // Two days before: a night shift of yesterday in a zone that is already a day ahead still reaches into this block.
  for (let date = from / day - 2; date <= to / day + 1; date += 1) {
    for (const { open, close } of calendar.exceptions.get(date) ?? calendar.week[weekdayOf(date)] ?? []) {
      const start = Math.max(from, instantOf(calendar.zone, date * day + open * 60_000));
      const end = Math.min(to, instantOf(calendar.zone, date * day + close * 60_000));
      if (start < end) found.push({ start, end });
    }
  }
  const spans: OpenSpan[] = [];
  let total = 0;
  for (const { start, end } of found.sort((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    const fresh = Math.max(start, last?.end ?? start);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else spans.push({ start, end, before: total });
    total += Math.max(0, end - fresh);
  }
  return { spans, total };
}

/** Day 0 (1970-01-01) was a Thursday. */
const weekdayOf = (date: number): number => (((date + 3) % 7) + 7) % 7;

/** `midnights`: the offsets at UTC midnights, by day number. */
type Zone = { readonly format: Intl.DateTimeFormat; readonly midnights: Map<number, number> };
const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    zones.set(name, { format, midnights: new Map() });
    return zoneOf(name);
  } catch {
    throw new UserError('BAD_ZONE', { zh: `没有时区“${name}”`, en: `There is no time zone "${name}"` });
  }
}

/** What the zone's clock reads at an instant, as ms of a clock without zone. */
export function localOf(name: string, at: number): number {
  const zone = zoneOf(name);
  const date = Math.floor(at / day);
  const offset = midnightOffset(zone, date);
  return at + (offset === midnightOffset(zone, date + 1) ? offset : offsetAt(zone, at));
}

/** Zones before standard time are off by seconds too. */
function offsetAt(zone: Zone, at: number): number {
  const [, sign, ...parts] = /GMT([+-])(\d+):(\d+)(?::(\d+))?$/.exec(zone.format.format(at)) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return (sign === '-' ? -1_000 : 1_000) * (hours * 3_600 + minutes * 60 + seconds);
}

function midnightOffset(zone: Zone, date: number): number {
  const offset = zone.midnights.get(date) ?? offsetAt(zone, date * day);
  if (zone.midnights.size >= 64 * cacheLimit) zone.midnights.clear();
  zone.midnights.set(date, offset);
  return offset;
}

/**
 * The first instant at which the zone's clock reads `local` (ms of a clock without zone) or later.
 * So an hour that is skipped opens when the clock jumps, and one that comes twice opens the first time.
 */
export function instantOf(name: string, local: number): number {
  const zone = zoneOf(name);
  const date = Math.floor(local / day);
  let reached = -Infinity;
  for (let at = date - 1; at < date + 2; at += 1) {
    const offset = midnightOffset(zone, at);
    if (offset === midnightOffset(zone, at + 1)) continue;
    const change = changeBetween(zone, at * day, (at + 1) * day, offset);
    if (local - offset < change) return Math.max(reached, local - offset);
    reached = change;
  }
  return Math.max(reached, local - midnightOffset(zone, date + 2));
}

function changeBetween(zone: Zone, from: number, to: number, offset: number): number {
  if (to - from <= 1) return to;
  const middle = Math.floor((from + to) / 2);
  return offsetAt(zone, middle) === offset
    ? changeBetween(zone, middle, to, offset)
    : changeBetween(zone, from, middle, offset);
}

function readWeekdays(text: string, line: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = -1, last = first, more] = range.split('-').map((name) => dayNames.indexOf(name.toLowerCase()));
    if (first < 0 || last < 0 || more !== undefined) refuse(line, range, '星期', 'weekday', 'Mon-Fri');
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, step) => (first + step) % 7);
  });
}

function readSpans(text: string, line: string): Span[] {
  return text.split(',').map((part) => {
    const match = /^([01]\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(part.trim());
    const open = Number(match?.[1]) * 60 + Number(match?.[2]);
    const close = match?.[3] === undefined ? 1_440 : Number(match[3]) * 60 + Number(match[4]);
    if (match === null || open === close) refuse(line, part.trim(), '时段', 'span', '08:30-22:00');
    return { open, close: close > open ? close : close + 1_440 };
  });
}

function readDates(text: string, line: string): number[] {
  const [first = Number.NaN, last = first, more] = text.split('..').map((date) => dayNumber(date.trim()));
  const length = more === undefined ? last - first + 1 : Number.NaN;
  if (!(length >= 1 && length <= 366)) refuse(line, text, '一年内的日期', 'range of dates', '2027-02-17..2027-02-23');
  return Array.from({ length }, (_, step) => first + step);
}

/** NaN for what is no date, such as 2027-02-30. */
function dayNumber(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? at / day : Number.NaN;
}

function refuse(line: string, part: string, zh: string, en: string, example: string): never {
  const [shown, bad] = [line, part].map((words) => (words.length > 60 ? `${words.slice(0, 60)}…` : words));
  throw new UserError('BAD_HOURS', {
    zh: `营业时间“${shown}”：“${bad}”不是${zh}，例如 ${example}`,
    en: `Hours "${shown}": "${bad}" is no ${en} such as ${example}`,
  });
}
