import { type Card, line } from '../domain/card.ts';
import { deductionWords } from '../domain/deduction.ts';
import type { CycleLight, Health, Numbers, RateReading } from '../domain/health-report.ts';
import type { Language } from '../domain/text.ts';
import { healthChart } from './health-chart.ts';
import { countText, dayText, hoursText, lightText, rateText } from './health-words.ts';
import { timesFor } from './page/time.ts';
import { ruleName } from './page/words.ts';
import { span } from './words.ts';

/** Asked for, or sent at a time of its own: a morning card tells of yesterday; `lateAt` says when it came after its time. */
export type HealthOccasion =
  | { readonly type: 'asked' }
  | { readonly type: 'morning' | 'evening'; readonly day: string; readonly lateAt: string | null };

const sourcesShown = 6;

/** `/health` and the morning card: lights first, then the numbers, what is stuck, what people did, how old the data is. */
export function healthCard(health: Health, language: Language, occasion: HealthOccasion): Card {
  const zh = language === 'zh';
  return {
    tone: 'numbers',
    lines: [
      line(firstLine(health, language, occasion)),
      line(lightsLine(health, language)),
      line(cycleLine(health, language, occasion.type === 'morning')),
      line(stuckLine(health, language)),
      line([alertsLine(health, language, occasion.type === 'morning'), ...moneyParts(health, language)].join(' · ')),
      line(sourcesLine(health, language)),
    ],
    buttons: [],
    link: { label: zh ? '看板（有图）' : 'Board, with the chart', path: '/' },
    picture: healthChart(health, language),
  };
}

function firstLine(health: Health, language: Language, occasion: HealthOccasion): string {
  const [company] = health.lights;
  return [
    headOf(health, language, occasion),
    lightText(company.light, language),
    nextText(company, health.at, language),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function headOf({ period, from, to }: Health, language: Language, occasion: HealthOccasion): string {
  const zh = language === 'zh';
  if (occasion.type !== 'asked') {
    const day = dayText(occasion.day, language);
    const { type, lateAt } = occasion;
    if (zh) return `${day}${type === 'morning' ? '早报' : '日报'}${lateAt === null ? '' : `（补发 ${lateAt}）`}`;
    return `${type === 'morning' ? 'Morning' : 'Day'} of ${day}${lateAt === null ? '' : ` (sent late, ${lateAt})`}`;
  }
  if (period === 'day') return `${dayText(to, language)}${zh ? '战报' : ' health'}`;
  const name = zh
    ? { week: '本周战报', month: '本月战报' }[period]
    : { week: 'This week', month: 'This month' }[period];
  return zh ? `${name}（${dayText(from, language)}起）` : `${name} (since ${dayText(from, language)})`;
}

/** What stands behind the lights: the company's statistic and window, warehouses that are worse off than green, the rates. */
function lightsLine({ lights, urge, misShip }: Health, language: Language): string {
  const zh = language === 'zh';
  const [company, ...warehouses] = lights;
  const n = countText(company.scanned + company.open);
  const own = zh
    ? `含未揽收周期 ${span(company.mean ?? 0, language)}（近 24 小时 ${n} 单均值）`
    : `Cycle with open age ${span(company.mean ?? 0, language)} (mean of ${n}, last 24 h)`;
  const none = zh ? '近 24 小时没有付款单' : 'Nothing paid in the last 24 h';
  const worse = warehouses
    .filter(({ light }) => light === 'red' || light === 'yellow')
    .map((each) => `${each.warehouse} ${lightText(each.light, language)} ${span(each.mean ?? 0, language)}`);
  const rate = (name: string, { rate: of, light }: RateReading, unit: string): string =>
    `${name} ${lightText(light, language)}${light === 'none' ? '' : ` ${rateText(of, unit, language)}`}`;
  return [
    company.mean === null ? none : own,
    ...worse,
    rate(zh ? '催单' : 'urged', urge, zh ? '付款单' : 'paid'),
    rate(zh ? '错发至今' : 'mis-shipped so far', misShip, zh ? '发货单' : 'sent'),
  ].join(' · ');
}

/** What comes when nothing else happens; only when it comes within the day. */
export function nextText({ next }: CycleLight, now: number, language: Language): string {
  if (next === null || next.at - now > 12 * 3_600_000) return '';
  const left = span(next.at - now, language);
  const light = lightText(next.light, language);
  return language === 'zh' ? `没进展的话 ${left}后转${light}` : `${light} in ${left} if nothing moves`;
}

function cycleLine(health: Health, language: Language, isMorning: boolean): string {
  const zh = language === 'zh';
  const { cycle } = health;
  const when = isMorning ? (zh ? '昨天' : 'Yesterday: ') : '';
  const changes = changesOf(health, language, isMorning);
  if (cycle.all.mean === null) return `${when}${zh ? '还没有揽收的单，周期无数据' : 'no parcel scanned yet, no cycle'}`;
  const [all, day, night, p90] = [cycle.all.mean, cycle.day.mean, cycle.night.mean, cycle.all.p90].map(hoursText);
  const n = countText(cycle.all.n);
  const text = zh
    ? `${when}周期均 ${all} 时（白天付 ${day} / 夜里付 ${night}，n=${n}），≈p90 ${p90} 时`
    : `${when}${isMorning ? 'c' : 'C'}ycle mean ${all} h (paid by day ${day} / by night ${night}, n=${n}), ≈p90 ${p90} h`;
  return [text, ...changes].join(' · ');
}

function changesOf({ numbers, before, weekBefore, period }: Health, language: Language, isMorning: boolean): string[] {
  const zh = language === 'zh';
  const names = {
    day: isMorning ? (zh ? '比前天' : 'vs the day before') : zh ? '比昨天' : 'vs yesterday',
    week: zh ? '比上周' : 'vs last week',
    month: zh ? '比上月' : 'vs last month',
  };
  const change = (name: string, then: Numbers | null): string[] => {
    const [a, b] = [numbers.cycle.mean, then?.cycle.mean ?? null];
    if (a === null || b === null) return [];
    const hours = (a - b) / 3_600_000;
    return [`${name} ${hours < 0 ? '−' : '+'}${Math.abs(hours).toFixed(1)}`];
  };
  return [...change(names[period], before), ...change(zh ? '比上周同天' : 'vs a week before', weekBefore)];
}

function stuckLine(health: Health, language: Language): string {
  return [...lostParts(health, language), openLine(health, language)].join(' · ');
}

/** `退款没拦住 4：…018842、…`: the daily list of losses. */
function lostParts({ notStopped }: Health, language: Language): readonly string[] {
  if (notStopped.length === 0) return [];
  const zh = language === 'zh';
  const tails = notStopped.slice(0, lostShown).map((tail) => `…${tail}`);
  const rest = notStopped.length > lostShown ? (zh ? ' 等' : ' and more') : '';
  return zh
    ? [`退款没拦住 ${notStopped.length}：${tails.join('、')}${rest}`]
    : [`refunded and not stopped ${notStopped.length}: ${tails.join(', ')}${rest}`];
}

const lostShown = 6;

function openLine({ stuck, openAlerts, openActions, at }: Health, language: Language): string {
  const zh = language === 'zh';
  const groups = stuck.map(({ ruleId, warehouse, count, oldestDueAt }) => {
    const name = [ruleName(ruleId)[language], ...(warehouse === null ? [] : [warehouse])].join(' ');
    const late = at > oldestDueAt ? span(at - oldestDueAt, language) : null;
    if (zh) return `${name} ${count} 件${late === null ? '' : `（最久已 ${late}）`}`;
    return `${name}: ${count}${late === null ? '' : ` (longest ${late})`}`;
  });
  const acts = openActions === 0 ? [] : [zh ? `${openActions} 个操作没结束` : `${openActions} acts not finished`];
  if (openAlerts === 0) return [zh ? '没有待处理的异常' : 'Nothing is open', ...acts].join(' · ');
  return [
    `${zh ? '最卡：' : 'Stuck: '}${groups.join(zh ? '、' : ', ')}`,
    zh ? `共 ${openAlerts} 件待处理` : `${openAlerts} open`,
    ...acts,
  ].join(' · ');
}

function alertsLine({ alerts }: Health, language: Language, isMorning: boolean): string {
  const zh = language === 'zh';
  const { said, acted, solved, byThemselves, nobody } = alerts;
  if (said === 0) {
    if (zh) return `${isMorning ? '昨天' : ''}没有在群里说过异常`;
    return isMorning ? 'Nothing was announced yesterday' : 'Nothing was announced';
  }
  const about = (ms: number | null, more = ''): string => {
    if (ms === null) return '';
    return zh ? `（${span(ms, language)}${more}）` : ` (${span(ms, language)}${more})`;
  };
  const p90 = acted.p90 === null ? '' : ` / p90 ${span(acted.p90, language)}`;
  if (zh)
    return [
      `${isMorning ? '昨天' : ''}说了 ${said} 件事：${acted.n} 件有人接${about(acted.mean, p90)}`,
      `${solved.n} 件解决${about(solved.mean)}`,
      ...(byThemselves === 0 ? [] : [`其中 ${byThemselves} 件自己好了`]),
      `${nobody} 件没人接`,
    ].join('，');
  return [
    `${isMorning ? 'Yesterday ' : ''}${said} announced: ${acted.n} taken up${about(acted.mean, p90)}`,
    `${solved.n} solved${about(solved.mean)}`,
    ...(byThemselves === 0 ? [] : [`${byThemselves} of them by themselves`]),
    `${nobody} nobody took up`,
  ].join(', ');
}

/** Only what bills tell; a period of which they tell nothing is not called free of cost. */
const moneyParts = ({ deducted }: Health, language: Language): readonly string[] =>
  deducted === null || deducted.length === 0 ? [] : [deductionWords(deducted)[language]];

function sourcesLine({ sources, auditHead, at, timezone }: Health, language: Language): string {
  const zh = language === 'zh';
  const times = timesFor(language, timezone, at);
  const oldest = sources.toSorted((a, b) => (a.lastOkAt ?? 0) - (b.lastOkAt ?? 0));
  const told = oldest.slice(0, sourcesShown).map(({ name, lastOkAt, isFresh }) => {
    if (lastOkAt === null) return `${name} ${zh ? '还没有数据' : 'no data yet'}`;
    return `${name} ${times.clock(lastOkAt)}${isFresh ? '' : zh ? '（静默）' : ' (silent)'}`;
  });
  if (told.length === 0) told.push(zh ? '还没有数据源' : 'no source yet');
  if (oldest.length > sourcesShown) told.push(`+${oldest.length - sourcesShown}`);
  return `${zh ? '数据：' : 'Data: '}${told.join(' · ')}　${zh ? '记录' : 'audit'} ${auditHead.toUpperCase()}`;
}
