import { type Role, roleNames, roles } from './actor.ts';
import { instantOf, localOf } from './calendar.ts';
import { UserError } from './errors.ts';
import { durationAt } from './grammar/duration.ts';
import { normaliseText } from './normalise-text.ts';
import { isSamePost, type Post, postsOf, type Roster, type Stint, spellsOf } from './roster.ts';
import { cutTo, type Text } from './text.ts';

const aMinute = 60_000;
const aDay = 86_400_000;
const mostLines = 100;
const longestAheadMs = 92 * aDay;

/** Somebody of the staff, as a sheet may name them. */
export interface Colleague {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly warehouse: string | null;
}

export interface SheetContext {
  readonly now: number;
  /** What holds so far: its zone, and whoever stands behind a hole of the sheet. */
  readonly roster: Roster;
  readonly staff: readonly Colleague[];
}

/** Minutes after the midnight it begins on; the end may lie on the next day. */
interface Span {
  readonly open: number;
  readonly close: number;
}

/**
 * Reads a roster copied from a sheet. One line is a day or several: `周一 李建国 08:30-17:30 / 王敏 17:30-08:30`,
 * `11-25 李建国`, `周一至周五 李建国 王敏` below a heading line that has the hours of the columns. A line of a role's name
 * alone puts the people below on that role instead of their own.
 * Throws UserError with the line and what to write; also where two people overlap, or nobody is on duty in between.
 */
export function readSheet(sheet: string, context: SheetContext): readonly Stint[] {
  const lines = normaliseText(sheet)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > mostLines) throw refused({ zh: `一次最多 ${mostLines} 行`, en: `At most ${mostLines} lines` });
  const stints: Stint[] = [];
  let columns: readonly Span[] = [];
  let role: Role | undefined;
  let last = dayOf(context.now, context.roster.zone);
  for (const [index, line] of lines.entries()) {
    const at = index + 1;
    const titled = roleOf(line);
    if (titled !== undefined) {
      role = titled;
      last = dayOf(context.now, context.roster.zone);
      continue;
    }
    const dates = readDates(line, last);
    if (dates === undefined) {
      // A heading: its hours are those of the columns.
      const { spans } = readParts(line);
      if (spans.length === 0 && stints.length > 0) throw noDate(at);
      columns = spans;
      continue;
    }
    const { names, spans } = readParts(dates.rest);
    const hours = hoursFor(names, spans, columns, at);
    for (const date of dates.days) {
      for (const [place, name] of names.entries()) {
        const person = personOf(name, context.staff, at);
        const { open = 0, close = 1_440 } = hours[place] ?? {};
        const on = (minutes: number): number => instantOf(context.roster.zone, date * aDay + minutes * aMinute);
        const from = on(open);
        if (from > context.now + longestAheadMs) throw tooFar(at);
        stints.push({ role: role ?? person.role, warehouse: person.warehouse, who: person.id, from, to: on(close) });
      }
      last = date;
    }
  }
  if (stints.length === 0) {
    throw refused({
      zh: '没有读到班次。每行一天，例如：周一 李建国 08:30-17:30 / 王敏 17:30-08:30',
      en: 'No shift was read. One day a line, such as: Mon Li 08:30-17:30 / Wang 17:30-08:30',
    });
  }
  if (stints.every(({ to }) => to <= context.now)) {
    throw refused({ zh: '这张表的日期都过去了', en: 'All days of this sheet are past' });
  }
  mustCover(stints, context);
  return stints.toSorted((one, other) => one.from - other.from);
}

/** On every post of the sheet exactly one person from its first minute to its last. */
function mustCover(stints: readonly Stint[], { roster, staff }: SheetContext): void {
  const nameOf = (id: string): string => staff.find((each) => each.id === id)?.name ?? id;
  const when = (at: number): string => momentText(at, roster.zone);
  for (const post of postsOf({ ...roster, rotations: [], stints })) {
    const own = ownOf(stints, post);
    for (const [index, stint] of own.entries()) {
      const next = own[index + 1];
      if (next === undefined) continue;
      if (next.from < stint.to) {
        throw refused({
          zh: `${when(next.from)} 有两个人值班：${nameOf(stint.who)}、${nameOf(next.who)}。一个岗位同时只能一个人，改好再贴`,
          en: `Two people from ${when(next.from)}: ${nameOf(stint.who)}, ${nameOf(next.who)}. One at a time; mend it and paste again`,
        });
      }
      const hole = spellsOf(roster, post, stint.to, next.from).find(({ who }) => who === undefined);
      if (hole !== undefined) {
        throw refused({
          zh: `${when(hole.from)} 到 ${when(hole.to)} 没有人值班（${roleNames[post.role].zh}）。补上再贴，或让配置 roster 里的轮班兜底`,
          en: `Nobody is on duty from ${when(hole.from)} to ${when(hole.to)} (${roleNames[post.role].en}). Fill it and paste again, or let a rotation in roster stand behind it`,
        });
      }
    }
  }
}

const ownOf = (stints: readonly Stint[], post: Post): readonly Stint[] =>
  stints.filter((each) => isSamePost(each, post)).toSorted((one, other) => one.from - other.from);

/**
 * The moment that words name, after `now`: `18:00`, `明早8点`, `周一 08:30`, `11-25 18:00`, `2h`. Undefined when they name none.
 */
export function readMoment(words: string, now: number, zone: string): number | undefined {
  const text = normaliseText(words)
    .replace(/^(?:到|until|till|to)\s*/i, '')
    .trim();
  const length = durationAt(text.toLowerCase(), 0);
  if (length !== undefined && length.end === text.length) return now + length.ms;
  const today = dayOf(now, zone);
  const said = /^(今早|今天|今晚|明早|明天|明晚|后天)?/.exec(text)?.[0] ?? '';
  const named = said === '' ? readDates(text, today) : undefined;
  const rest = named?.rest ?? text.slice(said.length).trim();
  const clock = /^(早上|上午|下午|晚上)?\s*(\d{1,2})(?::(\d{2})|点(半)?)$/.exec(rest);
  if (clock === null || (named !== undefined && named.days.length !== 1)) return undefined;
  const [, half = '', hour = '', minutes = '0', isHalf] = clock;
  const isEvening = /晚|下午/.test(said + half) && Number(hour) < 12;
  const time = (Number(hour) + (isEvening ? 12 : 0)) * 60 + (isHalf === undefined ? Number(minutes) : 30);
  if (Number(minutes) > 59 || time > 1_440) return undefined;
  const ahead = said.startsWith('明') ? 1 : said === '后天' ? 2 : 0;
  const on = (day: number): number => instantOf(zone, day * aDay + time * aMinute);
  const at = on(named?.days[0] ?? today + ahead);
  return at <= now && said === '' && named === undefined ? on(today + 1) : at;
}

/** 11-25 17:30 in the zone. */
export function momentText(at: number, zone: string): string {
  const local = new Date(localOf(zone, at)).toISOString();
  return `${local.slice(5, 10)} ${local.slice(11, 16)}`;
}

const dayOf = (at: number, zone: string): number => Math.floor(localOf(zone, at) / aDay);
/** Monday 0. Day 0 (1970-01-01) was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

const weekdays = '一二三四五六日';
const englishDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const dayWord = String.raw`(?:周|星期|礼拜)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|今天|明天|后天|(?:\d{4}[-/年.])?\d{1,2}(?:[-/.]|月)\d{1,2}日?(?!\d)`;
const opening = new RegExp(
  `^(${dayWord})(?:\\s*(?:[-~～—–]|至|到)\\s*(${dayWord}))?(?=[\\s:,、]|[^\\w.:]|$)[\\s:,、]*(.*)$`,
  'iu',
);

/** The days at the head of a line, as numbers of local days, and what stands behind them; at most a month of them. */
function readDates(line: string, notBefore: number): { days: readonly number[]; rest: string } | undefined {
  const match = opening.exec(line);
  if (match === null) return undefined;
  const [, one = '', other, rest = ''] = match;
  // 周一（11-30） says it twice.
  const twice = /^\(?([^()]*)\)(.*)$/.exec(rest);
  const [, again = ''] = twice ?? [];
  const behind = /\d/.test(again) ? dayNumber(again.trim(), notBefore) : undefined;
  const first = behind ?? dayNumber(one, notBefore);
  if (first === undefined) return undefined;
  const last = other === undefined ? first : dayNumber(other, first);
  if (last === undefined || last < first || last - first > 31) return undefined;
  return {
    days: Array.from({ length: last - first + 1 }, (_, step) => first + step),
    rest: (behind === undefined ? rest : (twice?.[2] ?? '')).trim(),
  };
}

/** The first such day from `notBefore` on. */
function dayNumber(word: string, notBefore: number): number | undefined {
  const ahead = ['今天', '明天', '后天'].indexOf(word);
  if (ahead >= 0) return notBefore + ahead;
  const letter = /^(?:周|星期|礼拜)(.)$/.exec(word)?.[1]?.replace('天', '日');
  const weekday = letter === undefined ? englishDays.indexOf(word.slice(0, 3).toLowerCase()) : weekdays.indexOf(letter);
  if (weekday >= 0) return notBefore + ((weekday - weekdayOf(notBefore) + 7) % 7);
  const [, year, month = '', date = ''] = /^(?:(\d{4})[-/年.])?(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$/.exec(word) ?? [];
  const of = (fullYear: number): number | undefined => {
    const text = `${fullYear}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
    const at = Date.parse(`${text}T00:00:00Z`);
    return Number.isFinite(at) && new Date(at).toISOString().startsWith(text) ? at / aDay : undefined;
  };
  if (year !== undefined) return of(Number(year));
  const thisYear = new Date(notBefore * aDay).getUTCFullYear();
  const found = of(thisYear);
  // 01-02 pasted in December is of next year.
  return found !== undefined && found < notBefore - 7 ? of(thisYear + 1) : found;
}

const hours = /(\d{1,2}):(\d{2})\s*(?:[-~～—–]|至|到)\s*(?:次日|翌日)?\s*(\d{1,2}):(\d{2})/g;

function readParts(text: string): { names: readonly string[]; spans: readonly Span[] } {
  const spans = [...text.matchAll(hours)].map(([, h1, m1, h2, m2]): Span => {
    const open = Number(h1) * 60 + Number(m1);
    const close = Number(h2) * 60 + Number(m2);
    if (open >= 1_440 || close > 1_440 || Number(m1) > 59 || Number(m2) > 59 || open === close) {
      throw refused({
        zh: `“${h1}:${m1}-${h2}:${m2}”不是时段，例如 08:30-17:30`,
        en: `"${h1}:${m1}-${h2}:${m2}" is no span such as 08:30-17:30`,
      });
    }
    return { open, close: close > open ? close : close + 1_440 };
  });
  const names = text
    .replace(hours, ' ')
    .split(/[\s/|,，、;；()]+/)
    .map((name) => name.replace(/^@/, ''))
    .filter((name) => name !== '');
  return { names, spans };
}

/** Each name's hours: behind it, in the column's heading, or the whole day for one alone. */
function hoursFor(
  names: readonly string[],
  spans: readonly Span[],
  columns: readonly Span[],
  at: number,
): readonly Span[] {
  if (names.length > 0 && spans.length === names.length) return spans;
  if (spans.length === 0 && names.length > 0 && names.length === columns.length) return columns;
  if (spans.length === 0 && names.length === 1 && columns.length === 0) return [{ open: 0, close: 1_440 }];
  throw refused({
    zh: `第 ${at} 行有 ${names.length} 个人、${spans.length || columns.length} 个时段，对不上。写成：周一 李建国 08:30-17:30 / 王敏 17:30-08:30`,
    en: `Line ${at} has ${names.length} people and ${spans.length || columns.length} spans. Write: Mon Li 08:30-17:30 / Wang 17:30-08:30`,
  });
}

function personOf(name: string, staff: readonly Colleague[], at: number): Colleague {
  const [person, second] = staff.filter((each) => each.name === name || each.id === name.toLowerCase());
  if (person !== undefined && second === undefined) return person;
  const shown = cutTo(name, 12);
  throw refused(
    person === undefined
      ? { zh: `第 ${at} 行：staff 里没有“${shown}”`, en: `Line ${at}: "${shown}" is not among the staff` }
      : {
          zh: `第 ${at} 行：有两个“${shown}”，请写员工编号`,
          en: `Line ${at}: two people are called "${shown}"; write the staff id`,
        },
  );
}

/** A line of a role alone. */
const roleOf = (line: string): Role | undefined => {
  const word = line
    .replace(/[\s:：()]+/g, ' ')
    .trim()
    .toLowerCase();
  return roles.find(
    (role) => role === word || roleNames[role].zh === word || roleNames[role].en.toLowerCase() === word,
  );
};

const noDate = (at: number): UserError =>
  refused({
    zh: `第 ${at} 行开头没有日期，例如 周一、11-25`,
    en: `Line ${at} does not begin with a day such as Mon or 11-25`,
  });

const tooFar = (at: number): UserError =>
  refused({ zh: `第 ${at} 行的日期太远，最多排三个月`, en: `Line ${at} is too far ahead: three months at most` });

const refused = (text: Text): UserError => new UserError('BAD_ROSTER', text);
