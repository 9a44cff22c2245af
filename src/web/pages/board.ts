import type { Language, Text } from '../../domain/text.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import { type Times, timesFor } from '../../render/page/time.ts';
import { ruleName, type Say, sayIn, severityWords } from '../../render/page/words.ts';
import { stageWords } from '../../render/stage-words.ts';
import { fill } from '../../render/words.ts';
import type { BoardGroup } from '../../services/alert-groups.ts';
import type { AlertLine } from '../../services/alert-line.ts';
import type { Board, BoardSource } from '../../services/read-board.ts';
import { boardHealthHtml, boardLightsHtml } from './board-health.ts';
import { tonightHtml } from './board-tonight.ts';

const linesOpen = 3;

const t = {
  title: { zh: '看板', en: 'Board' },
  asOf: { zh: '截至', en: 'As of' },
  secondsAgo: { zh: '秒前', en: 's ago' },
  stopped: { zh: '看板没有更新，下面的数字是旧的', en: 'The board does not update; these numbers are old' },
  pending: { zh: '待处理', en: 'Open' },
  unclaimed: { zh: '没人接', en: 'Nobody has' },
  allClear: { zh: '现在没有待处理的异常', en: 'Nothing is open right now' },
  silentSources: { zh: '数据静默', en: 'Silent' },
  over: { zh: '已 {span}', en: 'for {span}' },
  left: { zh: '剩 {span}', en: '{span} left' },
  longest: { zh: '最久{due}', en: 'longest {due}' },
  nearest: { zh: '最急{due}', en: 'nearest: {due}' },
  nobody: { zh: '没人接', en: 'nobody has it' },
  someNobody: { zh: '条没人接', en: 'unclaimed' },
  has: { zh: '在处理', en: 'on it' },
  more: { zh: '再看', en: 'Show' },
  moreAfter: { zh: '条', en: 'more' },
  notListed: { zh: '条没列出', en: 'more not listed' },
  listAll: { zh: '全部列出', en: 'List all' },
  snoozed: { zh: '稍后', en: 'snoozed to' },
  lateFound: { zh: '发现时已晚', en: 'found late' },
  each: { zh: ' 条', en: '' },
  stages: { zh: '各仓停在哪一步', en: 'Where orders are' },
  stage: { zh: '环节', en: 'Stage' },
  noWarehouse: { zh: '未分仓', en: 'No warehouse' },
  total: { zh: '合计', en: 'Total' },
  data: { zh: '数据', en: 'Data' },
  importing: { zh: '导入订单表', en: 'Import a sheet' },
  checkUp: { zh: '体检：缺什么、找谁', en: 'Check-up: what is missing, whom to ask' },
  fresh: { zh: '正常', en: 'Fresh' },
  silent: { zh: '静默', en: 'Silent' },
  never: { zh: '还没有数据', en: 'No data yet' },
  ago: { zh: '前', en: 'ago' },
  messages: { zh: '消息', en: 'Messages' },
  waiting: { zh: '等着发', en: 'Waiting' },
  dead: { zh: '没发出去', en: 'Not delivered' },
  twice: { zh: '可能发了两次', en: 'Maybe twice' },
} satisfies Record<string, Text>;

/** A path that the reader of this board may open. */
export type OrderHref = (orderId: string) => string;

export function boardHtml(board: Board, language: Language, hrefOf: OrderHref): Html {
  const say = sayIn(language);
  return html`<main id="main" class="board" data-refresh="15" data-stopped="${say(t.stopped)}" data-ago="${say(t.secondsAgo)}">${boardPartHtml(board, language, hrefOf)}</main>`;
}

/** What is read again every few seconds. */
export function boardPartHtml(board: Board, language: Language, hrefOf: OrderHref): Html {
  const say = sayIn(language);
  const times = timesFor(language, board.timezone, board.at);
  return html`<div class="head"><h1>${say(t.title)}</h1><p class="as-of">${say(t.asOf)} <time>${times.exact(board.at)}</time> <span class="ago"></span></p> <a class="button" href="/import">${say(t.importing)}</a></div>
<p class="stopped" role="status" hidden></p>
${tonightHtml(board.tonight, times, language)}
${tilesHtml(board, say)}
${boardLightsHtml(board.health, language)}
<section class="alerts" aria-label="${say(t.pending)}"><h2>${say(t.pending)} <span class="count">${board.alertCount}</span></h2>
${board.groups.length === 0 && html`<p class="calm">${markHtml('done')} ${say(t.allClear)}</p>`}
${board.groups.map((group) => groupHtml(group, times, language, hrefOf))}
${board.alertCount > board.listed && html`<p class="muted">${board.alertCount - board.listed} ${say(t.notListed)} <a href="/?all">${say(t.listAll)}</a></p>`}</section>
<div class="sides">${stagesHtml(board, say)}${sourcesHtml(board, times, language)}${messagesHtml(board, times, say)}</div>
${boardHealthHtml(board.health, language)}`;
}

function tilesHtml(board: Board, say: Say): Html {
  const { critical, warning, unclaimed } = board.tiles;
  const silent = board.sources.filter(({ state }) => state !== 'fresh').length;
  const tile = (tone: 'critical' | 'warning' | 'info' | 'refused', count: number, label: string): Html =>
    html`<li class="${count > 0 ? `tile lit tone-${tone}` : 'tile'}">${markHtml(tone)}<b>${count}</b> <span>${label}</span></li>`;
  return html`<ul class="tiles">${tile('critical', critical, say(severityWords.critical))}${tile('warning', warning, say(severityWords.warning))}${tile('info', unclaimed, say(t.unclaimed))}${tile('refused', silent, say(t.silentSources))}</ul>`;
}

function groupHtml(group: BoardGroup, times: Times, language: Language, hrefOf: OrderHref): Html {
  const say = sayIn(language);
  const key = `${group.ruleId}-${group.warehouse ?? ''}`;
  const shown = group.alerts.slice(0, linesOpen);
  const rest = group.alerts.slice(linesOpen);
  const holders =
    group.holders.length === 0 ? say(t.nobody) : `${group.holders.join(language === 'zh' ? '、' : ', ')} ${say(t.has)}`;
  const alone = group.holders.length > 0 && group.unclaimed > 0 ? ` · ${group.unclaimed} ${say(t.someNobody)}` : '';
  return html`<article class="group tone-${group.severity}">
<h3>${markHtml(group.severity)}<span class="severity">${say(severityWords[group.severity])}</span> <span class="rule">${say(ruleName(group.ruleId))}</span>${group.warehouse !== null && html` <span class="where">${group.warehouse}</span>`} <span class="count">${group.count}<small>${say(t.each)}</small></span></h3>
<p class="summary">${fill(say(group.oldestDueAt > times.now ? t.nearest : t.longest), { due: dueText(group.oldestDueAt, times, language) })} · ${holders}${alone}</p>
<ul>${shown.map((alert) => alertHtml(alert, times, language, hrefOf))}</ul>
${rest.length > 0 && html`<details data-keep="${key}"><summary>${say(t.more)} ${rest.length} ${say(t.moreAfter)}</summary><ul>${rest.map((alert) => alertHtml(alert, times, language, hrefOf))}</ul></details>`}
</article>`;
}

function alertHtml(alert: AlertLine, times: Times, language: Language, hrefOf: OrderHref): Html {
  const say = sayIn(language);
  const number = alert.number === null ? '' : language === 'zh' ? `${alert.number}号` : `#${alert.number}`;
  const notes = [
    alert.about === alert.shop ? null : alert.shop,
    alert.holder !== null && `${alert.holder} ${say(t.has)}`,
    alert.snoozedUntil !== null &&
      alert.snoozedUntil > times.now &&
      `${say(t.snoozed)} ${times.clock(alert.snoozedUntil)}`,
    alert.isLateFound && say(t.lateFound),
  ].filter((note) => typeof note === 'string');
  const body = html`<span class="number">${number}</span><b class="tail">${alert.tail ?? alert.about ?? say(alert.say)}</b><span class="notes">${notes.join(' · ')}</span><span class="due">${dueText(alert.dueAt, times, language)}</span>`;
  return html`<li>${alert.orderId === null ? html`<span class="row">${body}</span>` : html`<a class="row" href="${hrefOf(alert.orderId)}">${body}</a>`}</li>`;
}

const dueText = (dueAt: number, times: Times, language: Language): string =>
  fill((dueAt > times.now ? t.left : t.over)[language], { span: times.away(dueAt) });

function stagesHtml(board: Board, say: Say): Html {
  const { names, warehouses } = board.stages;
  if (warehouses.length === 0) return html``;
  const sumOf = (index: number): number => warehouses.reduce((all, { counts }) => all + (counts[index] ?? 0), 0);
  const number = (count: number): Html =>
    html`<td${count === 0 && html` class="zero"`}>${count.toLocaleString('en-US')}</td>`;
  return html`<section aria-label="${say(t.stages)}"><h2>${say(t.stages)}</h2><div class="wide" tabindex="0" role="group" aria-label="${say(t.stages)}"><table><thead><tr><th scope="col">${say(t.stage)}</th>${warehouses.map(
    ({ name }) => html`<th scope="col">${name ?? say(t.noWarehouse)}</th>`,
  )}<th scope="col">${say(t.total)}</th></tr></thead><tbody>${names.map((stage, index) =>
    sumOf(index) === 0
      ? ''
      : html`<tr><th scope="row">${say(stageWords[stage])}</th>${warehouses.map(({ counts }) => number(counts[index] ?? 0))}${number(sumOf(index))}</tr>`,
  )}</tbody><tfoot><tr><th scope="row">${say(t.total)}</th>${warehouses.map(({ total }) => number(total))}${number(warehouses.reduce((all, { total }) => all + total, 0))}</tr></tfoot></table></div></section>`;
}

function sourcesHtml(board: Board, times: Times, language: Language): Html {
  const say = sayIn(language);
  const rank = { never: 0, silent: 1, fresh: 2 };
  const sorted = [...board.sources].sort(
    (a, b) => rank[a.state] - rank[b.state] || (a.lastOkAt ?? 0) - (b.lastOkAt ?? 0),
  );
  return html`<section aria-label="${say(t.data)}"><h2>${say(t.data)}</h2><ul class="sources">${sorted.map((source) => sourceHtml(source, times, language))}</ul><p><a href="/doctor">${say(t.checkUp)}</a></p></section>`;
}

/** Also on the order page: how old what stands there is. */
export function sourceHtml(
  source: Pick<BoardSource, 'name' | 'lastOkAt' | 'state'>,
  times: Times,
  language: Language,
): Html {
  const say = sayIn(language);
  const mark = { fresh: 'done', silent: 'refused', never: 'waiting' } as const;
  const age =
    source.lastOkAt === null
      ? ''
      : `${times.clock(source.lastOkAt)} · ${times.away(source.lastOkAt)}${language === 'zh' ? '' : ' '}${say(t.ago)}`;
  return html`<li class="source ${source.state}">${markHtml(mark[source.state])}<b>${source.name}</b> <span class="state">${say(t[source.state])}</span> <span class="age">${age}</span></li>`;
}

function messagesHtml({ messages }: Board, times: Times, say: Say): Html {
  const oldest = messages.oldestDueAt === null ? '' : ` · ${times.clock(messages.oldestDueAt)}`;
  return html`<section aria-label="${say(t.messages)}"><h2>${say(t.messages)}</h2><dl class="numbers"><div><dt>${say(t.waiting)}</dt><dd>${messages.pending}${messages.pending > 0 && oldest}</dd></div><div class="${messages.dead > 0 && 'bad'}"><dt>${say(t.dead)}</dt><dd>${messages.dead > 0 && markHtml('critical')}${messages.dead}</dd></div><div><dt>${say(t.twice)}</dt><dd>${messages.maybeTwice}</dd></div></dl></section>`;
}
