import type { Language, Text } from '../../domain/text.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import type { Times } from '../../render/page/time.ts';
import { type Say, sayIn } from '../../render/page/words.ts';
import { riskWords } from '../../render/tonight-card.ts';
import { apartWords, fill } from '../../render/words.ts';
import type { BoardTonight } from '../../services/read-board.ts';

const t = {
  title: { zh: '今晚 24:00 前', en: 'Before 24:00 tonight' },
  due: { zh: '要发', en: 'Due' },
  done: { zh: '已发', en: 'Sent' },
  speed: { zh: '每小时', en: 'An hour' },
  finish: { zh: '发完', en: 'Done at' },
  late: { zh: '会晚', en: 'Will be late' },
  past: { zh: '已晚', en: 'Late already' },
  people: { zh: '缺人', en: 'People short' },
  where: { zh: '仓库', en: 'Warehouse' },
  shop: { zh: '店铺', en: 'Shop' },
  configured: { zh: '配置', en: 'configured' },
  noData: { zh: '无数据', en: 'no data' },
  never: { zh: '没在拣', en: 'standing still' },
  tooLate: { zh: '加人来不及', en: 'too late' },
  nothing: { zh: '没有要发的单', en: 'Nothing is due' },
  all: { zh: '已发完', en: 'all sent' },
  later: {
    zh: '往后几天还会晚 {count} 单，最早 {at} 到时限',
    en: 'After tonight {count} more will be late, the first at {at}',
  },
  apart: { zh: '不算', en: 'Not counted' },
  blind: { zh: '{count} 单平台没给时限', en: '{count} without a deadline from their platform' },
} satisfies Record<string, Text>;

/** The wall, above everything else: due, done, speed, finish, who is lacking; then by warehouse and by shop. */
export function tonightHtml(tonight: BoardTonight, times: Times, language: Language): Html {
  const say = sayIn(language);
  const { due, done, misses, overdue, people, later } = tonight;
  const box = (label: Text, value: Html | string, isBad = false): Html =>
    html`<div class="${isBad && 'bad'}"><dt>${say(label)}</dt><dd>${isBad && markHtml('critical')}${value}</dd></div>`;
  const finish = tonight.warehouses.reduce<number | null | undefined>((latest, { due, done, finishAt }) => {
    if (due === done || latest === null) return latest;
    return finishAt === null || finishAt === undefined ? null : Math.max(latest ?? 0, finishAt);
  }, undefined);
  const perHour = tonight.warehouses.reduce<number | null>(
    (sum, { due, speed }) => (due === 0 || sum === null ? sum : speed === undefined ? null : sum + speed.perHour),
    0,
  );
  return html`<section class="tonight" aria-label="${say(t.title)}"><h2>${say(t.title)}</h2>
${
  due === 0
    ? html`<p class="calm">${markHtml('done')} ${say(t.nothing)}</p>`
    : html`<dl class="numbers wall">${box(t.due, number(due))}${box(t.done, number(done))}${box(t.speed, perHour === null ? gray(say(t.noData)) : number(Math.round(perHour)))}${box(t.finish, finish === undefined ? say(t.all) : finish === null ? gray(say(t.noData)) : near(finish, times))}${box(t.late, html`${number(misses)}${overdue > 0 && html` <small>${say(t.past)} ${number(overdue)}</small>`}`, misses + overdue > 0)}${box(t.people, people === null ? gray(say(t.noData)) : number(people), (people ?? 0) > 0)}</dl>
${partsHtml(tonight, times, say)}`
}
${tonight.risk !== null && html`<p class="muted">${markHtml('warning')} ${say(riskWords(tonight.risk))}</p>`}
${later !== null && html`<p class="muted">${markHtml('warning')} ${fill(say(t.later), { count: number(later.misses), at: times.clock(later.firstAt) })}</p>`}
${notesHtml(tonight, language)}</section>`;
}

function partsHtml({ warehouses, shops }: BoardTonight, times: Times, say: Say): Html {
  const rows = warehouses.map(
    (each) =>
      html`<tr><th scope="row">${each.name}</th><td>${number(each.due)}</td><td>${number(each.done)}</td><td>${speedHtml(each, say)}</td><td>${finishHtml(each, times, say)}</td><td${each.misses > 0 && html` class="late"`}>${number(each.misses)}</td><td>${peopleHtml(each, say)}</td></tr>`,
  );
  const heads = (first: Text, more: readonly Text[]): Html =>
    html`<thead><tr><th scope="col">${say(first)}</th>${more.map((each) => html`<th scope="col">${say(each)}</th>`)}</tr></thead>`;
  const shopRows = shops.map(
    (each) =>
      html`<tr><th scope="row">${each.name}</th><td>${number(each.due)}</td><td>${number(each.done)}</td><td${each.misses > 0 && html` class="late"`}>${number(each.misses)}</td></tr>`,
  );
  return html`<div class="wide" tabindex="0" role="group" aria-label="${say(t.where)}"><table>${heads(t.where, [t.due, t.done, t.speed, t.finish, t.late, t.people])}<tbody>${rows}</tbody></table></div>
${shops.length > 1 && html`<details data-keep="tonight-shops"><summary>${say(t.shop)}</summary><div class="wide" tabindex="0" role="group" aria-label="${say(t.shop)}"><table>${heads(t.shop, [t.due, t.done, t.late])}<tbody>${shopRows}</tbody></table></div></details>`}`;
}

type Part = BoardTonight['warehouses'][number];

function speedHtml({ speed }: Part, say: Say): Html {
  if (speed === undefined) return gray(say(t.noData));
  const from = speed.from === 'configured' ? html` <small>${say(t.configured)}</small>` : '';
  return html`${number(Math.round(speed.perHour))}${from}`;
}

function finishHtml({ due, done, finishAt }: Part, times: Times, say: Say): Html {
  if (due === done) return html`${say(t.all)}`;
  if (finishAt === undefined) return gray(say(t.noData));
  return finishAt === null ? html`<b>${say(t.never)}</b>` : html`${near(finishAt, times)}`;
}

function peopleHtml({ people, misses }: Part, say: Say): Html {
  if (people === undefined) return gray(say(t.noData));
  return html`${misses > 0 && people === 0 ? say(t.tooLate) : number(people)}`;
}

function notesHtml({ apart, withoutWall }: BoardTonight, language: Language): Html {
  const say = sayIn(language);
  const zh = language === 'zh';
  const kinds = [...apart].map(([kind, count]) => `${say(apartWords[kind])} ${number(count)}`);
  const notes = [
    ...(kinds.length === 0 ? [] : [`${say(t.apart)}${zh ? '：' : ': '}${kinds.join(zh ? '、' : ', ')}`]),
    ...(withoutWall === 0 ? [] : [fill(say(t.blind), { count: number(withoutWall) })]),
  ];
  return notes.length === 0 ? html`` : html`<p class="muted">${notes.join(' · ')}</p>`;
}

/** The coming night needs no date. */
const near = (at: number, times: Times): string => (at - times.now < nightMs ? times.time(at) : times.clock(at));
const nightMs = 18 * 3_600_000;
const gray = (words: string): Html => html`<span class="muted">${words}</span>`;
const number = (count: number): string => count.toLocaleString('en-US');
