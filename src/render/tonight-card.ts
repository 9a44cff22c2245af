import { type Button, type Card, type Line, line } from '../domain/card.ts';
import type { Speed } from '../domain/forecast.ts';
import { formatMoney } from '../domain/money.ts';
import type { Risk } from '../domain/penalty.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { clockTime, dateTime, say, span } from './words.ts';

/** How one warehouse, or one shop, stands against tonight's wall. */
export interface TonightPart {
  readonly name: string;
  readonly due: number;
  readonly done: number;
  /** Walls still ahead that will be missed. */
  readonly misses: number;
}

export interface TonightWarehouse extends TonightPart {
  /** Walls that are past already. */
  readonly overdue: number;
  readonly speed: Speed | undefined;
  /** When tonight's last one is shipped; null = never at this speed, undefined = unknown. */
  readonly finishAt: number | null | undefined;
  /** Undefined = unknown; 0 although some will be late = it is closed until then, and people cannot help. */
  readonly people: number | undefined;
}

interface TonightSheets {
  /** There is no shop but those of sheets, and none of them has any data yet. */
  readonly isEmpty: boolean;
  /** The oldest of the shops' newest sheets, once it is worth saying. */
  readonly asOf: number | null;
  /** A sheet of which only a part is stored yet, in orders. */
  readonly storing: { readonly done: number; readonly total: number } | null;
}

export interface TonightModel {
  readonly now: number;
  readonly timezone: string;
  readonly wall: number;
  readonly due: number;
  readonly done: number;
  readonly misses: number;
  readonly overdue: number;
  /** Worst first. */
  readonly warehouses: readonly TonightWarehouse[];
  readonly shops: readonly TonightPart[];
  readonly perPersonHour: number;
  /** Another warehouse that could take so many of the worst one's orders and still be in time. */
  readonly other: { readonly name: string; readonly spare: number } | null;
  /** Walls after tonight that will be missed. */
  readonly later: { readonly misses: number; readonly firstAt: number } | null;
  readonly apart: readonly { readonly what: Text; readonly count: number }[];
  readonly withoutWall: number;
  /** What those that will be late cost; null = nobody looked it up. */
  readonly risk: Risk | null;
  /** What the sheets say of themselves. */
  readonly sheets: TonightSheets;
  /** The command that takes the worst warehouse's alert, when one is open. */
  readonly take: string | null;
}

export const count = (number: number): string => number.toLocaleString('en-US');

const toBoard = (zh: boolean) => ({ label: zh ? '看板' : 'Board', path: '/' });

/** The short answer: due, done, speed, finish, who is lacking, what is not counted. */
export function tonightCard(model: TonightModel, language: Language): Card {
  const zh = language === 'zh';
  const [worst] = model.warehouses;
  const { misses: late, overdue } = model;
  const lines: Line[] = headLines(model, zh);
  if (worst !== undefined && model.due > 0) {
    const name = model.warehouses.filter(({ due, done }) => due > done).length > 1 ? `${worst.name} ` : '';
    lines.push(line(`${zh ? '已发' : 'sent'} ${count(model.done)} · ${name}${paceOf(worst, model, zh)}`));
  }
  if (worst !== undefined && late + overdue > 0) lines.push(line(lateOf(model, worst, late, overdue, zh)));
  if (model.risk !== null) lines.push(line(say(riskWords(model.risk), language)));
  if (model.later !== null) {
    const first = dateTime(model.later.firstAt, model.timezone, language);
    lines.push(
      line(
        zh
          ? `往后几天还会晚 ${count(model.later.misses)} 单，最早 ${first} 到时限`
          : `After tonight ${count(model.later.misses)} more will be late, the first at ${first}`,
      ),
    );
  }
  const apart = apartOf(model, language);
  if (apart !== '') lines.push(line(apart));
  const buttons: Button[] = [];
  if (late > 0)
    buttons.push({
      label: zh ? `看 ${count(late)} 单` : `See ${count(late)}`,
      command: '/tonight list',
      style: 'primary',
    });
  if (model.take !== null)
    buttons.push({ label: zh ? '我来安排' : 'I arrange it', command: model.take, style: 'plain' });
  return { tone: 'night', lines, buttons, link: linkOf(model, zh) };
}

/** An estimate is said to be one, with the day of the table it comes from and those that the table knows nothing of. */
export function riskWords({ minor, currency, orders, unknown, asOf }: Risk): Text {
  const money = formatMoney({ minor, currency });
  return {
    zh: `晚的 ${count(orders)} 单约扣 ${money}（${asOf} 核对的扣款表）${unknown === 0 ? '' : `，另 ${count(unknown)} 单表里没有`}`,
    en: `${count(orders)} late orders cost about ${money} (table of ${asOf})${unknown === 0 ? '' : `; ${count(unknown)} more are not in it`}`,
  };
}

/** Where data is lacking, the way to bring it. */
const linkOf = ({ sheets }: TonightModel, zh: boolean) =>
  sheets.isEmpty ? { label: zh ? '去导入' : 'Import', path: '/import' } : toBoard(zh);

function headLines(model: TonightModel, zh: boolean): Line[] {
  const { storing } = model.sheets;
  if (storing === null) return [line(headOf(model, zh))];
  const progress = `${count(storing.done)}/${count(storing.total)}`;
  const half = zh
    ? `正在导入 ${progress} 单，数字还会变`
    : `importing ${progress} orders, the numbers will still change`;
  // That nothing is due is no fact while a sheet is half read.
  return model.due > 0 ? [line(headOf(model, zh)), line(half)] : [line(half)];
}

function headOf({ now, timezone, due, sheets }: TonightModel, zh: boolean): string {
  const time = clockTime(now, timezone);
  if (sheets.isEmpty)
    return zh
      ? `${time} · 还没有数据：把订单表传到导入页`
      : `${time} · no data yet: drop a sheet of orders on the import page`;
  const age = sheets.asOf === null ? '' : ` · ${zh ? '数据' : 'data'} ${clockTime(sheets.asOf, timezone)}`;
  if (due === 0) return `${time} · ${zh ? '今晚 24:00 前没有要发的' : 'nothing is due before 24:00 tonight'}${age}`;
  return `${time} · ${zh ? `今晚 24:00 前要发 ${count(due)}` : `${count(due)} due before 24:00 tonight`}${age}`;
}

/** `每小时 410 → 01:51 才能发完`. */
function paceOf(
  { due, done, speed, finishAt, overdue }: TonightWarehouse,
  { now, wall, timezone }: TonightModel,
  zh: boolean,
): string {
  if (due === done) return zh ? '都发完了' : 'all sent';
  if (speed === undefined || finishAt === undefined)
    return zh ? '速度 无数据，不知道几点发完' : 'speed: no data, so no finish time';
  if (finishAt === null) return zh ? '最近 2 小时一单没拣' : 'nothing was sorted in the last 2 hours';
  const from = speed.from === 'measured' ? '' : zh ? '（按配置，还没看到分拣速度）' : ' (as configured; none seen yet)';
  const isFar = finishAt - now > 18 * 3_600_000;
  const time = isFar ? dateTime(finishAt, timezone, zh ? 'zh' : 'en') : clockTime(finishAt, timezone);
  const isLate = finishAt > wall || overdue > 0;
  const finish = zh ? `${time} ${isLate ? '才能发完' : '发完'}` : `done ${isLate ? 'only ' : ''}at ${time}`;
  return zh
    ? `每小时 ${count(Math.round(speed.perHour))}${from} → ${finish}`
    : `${count(Math.round(speed.perHour))} an hour${from} → ${finish}`;
}

function lateOf(model: TonightModel, worst: TonightWarehouse, late: number, overdue: number, zh: boolean): string {
  const past = overdue === 0 ? [] : [zh ? `已晚 ${count(overdue)} 单` : `${count(overdue)} late already`];
  if (late === 0) return past.join('');
  const help = helpOf(model, worst, zh);
  const will = zh ? `会晚 ${count(late)} 单` : `${count(late)} will be late`;
  return `${[...past, will].join(zh ? '，' : ', ')}${help === '' ? '' : `${zh ? '：' : ': '}${help}`}`;
}

function helpOf({ other, perPersonHour }: TonightModel, { people, misses }: TonightWarehouse, zh: boolean): string {
  const more =
    people === undefined
      ? []
      : people === 0
        ? [zh ? '开门前就到时限，加人来不及' : 'the wall comes before it opens; more people cannot help']
        : [
            zh
              ? `加 ${people} 人（按 ${perPersonHour} 单/人时）`
              : `${people} more people (${perPersonHour} orders each an hour)`,
          ];
  const elsewhere =
    other === null
      ? []
      : other.spare >= misses
        ? [zh ? `改${other.name}` : `reroute to ${other.name}`]
        : [zh ? `改 ${count(other.spare)} 单到${other.name}` : `reroute ${count(other.spare)} to ${other.name}`];
  return [...more, ...elsewhere].join(zh ? '，或' : ', or ');
}

function apartOf({ apart, withoutWall }: TonightModel, language: Language): string {
  const zh = language === 'zh';
  const parts = apart.map(({ what, count: n }) => `${say(what, language)} ${count(n)}`);
  const kinds = parts.length === 0 ? [] : [`${zh ? '不算：' : 'Not counted: '}${parts.join(zh ? '、' : ', ')}`];
  const blind =
    withoutWall === 0
      ? []
      : [zh ? `${count(withoutWall)} 单平台没给时限` : `${count(withoutWall)} without a deadline from their platform`];
  return [...kinds, ...blind].join(' · ');
}

const most = { warehouses: 4, shops: 5 };

/** The long answer: one line for each warehouse, then for each shop. */
export function tonightDetailCard(model: TonightModel, language: Language): Card {
  const zh = language === 'zh';
  const numbers = ({ due, done, misses }: TonightPart): string =>
    `${zh ? '要发' : 'due'} ${count(due)} ${zh ? '已发' : 'sent'} ${count(done)}${misses === 0 ? '' : zh ? ` 会晚 ${count(misses)}` : `, ${count(misses)} will be late`}`;
  const warehouses = model.warehouses.slice(0, most.warehouses).map((each) => {
    const more = (each.people ?? 0) > 0 ? (zh ? ` · 加 ${each.people} 人` : ` · ${each.people} more people`) : '';
    return line(`${each.name} ${numbers(each)} · ${paceOf(each, model, zh)}${more}`);
  });
  const shops = model.shops.slice(0, most.shops).map((each) => line(`${each.name} ${numbers(each)}`));
  const apart = apartOf(model, language);
  return {
    tone: 'night',
    lines: [...headLines(model, zh), ...warehouses, ...shops, ...(apart === '' ? [] : [line(apart)])],
    buttons: [],
    link: linkOf(model, zh),
  };
}

/** Orders that will be late, the nearest wall first. */
export function tonightListCard(
  model: {
    readonly late: number;
    readonly where: string;
    readonly now: number;
    readonly orders: readonly { tail: string; title: string; wall: number | null }[];
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const rows = model.orders.map(({ tail, title, wall }) =>
    line(`${tail} `, foreign(title), wall === null ? '' : ` · ${leftOf(wall - model.now, language)}`),
  );
  const rest = model.late - rows.length;
  const head = zh
    ? `${model.where} 今晚会晚 ${count(model.late)} 单，排在最后的这些`
    : `${model.where}: ${count(model.late)} will be late tonight, those at the end of the line`;
  const more = zh ? `…还有 ${count(rest)} 单` : `… ${count(rest)} more`;
  return {
    tone: 'night',
    lines: [line(head), ...rows, ...(rest > 0 ? [line(more)] : [])],
    buttons: [],
    link: toBoard(zh),
  };
}

const leftOf = (ms: number, language: Language): string =>
  language === 'zh'
    ? `${ms > 0 ? '剩' : '已晚'} ${span(ms, language)}`
    : `${span(ms, language)} ${ms > 0 ? 'left' : 'late'}`;
