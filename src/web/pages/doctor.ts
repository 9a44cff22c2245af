import type { Language, Text } from '../../domain/text.ts';
import type { AccessGuide } from '../../ports/access.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import type { Times } from '../../render/page/time.ts';
import { type Say, sayIn } from '../../render/page/words.ts';
import { fill, span } from '../../render/words.ts';
import type { CheckUp, Finding, SourceState } from '../../services/check-up.ts';

const t = {
  title: { zh: '体检', en: 'Check-up' },
  how: {
    zh: '每个平台现在能不能用、缺什么、该谁去点。可以把「给负责人的话」直接转发。',
    en: 'What works today, what is missing and who has to click. The words for that person can be forwarded.',
  },
  connected: { zh: '已接的', en: 'Connected' },
  open: { zh: '还没接的', en: 'Not connected yet' },
  odd: { zh: '没读懂的、对账改过的', en: 'Not understood, or put right at night' },
  lastOk: { zh: '最近读到 {time}', en: 'last read {time}' },
  never: { zh: '还没读到过', en: 'never read yet' },
  worst: {
    zh: '最坏 {span} 后看到变化（含平台自己的延迟）',
    en: 'a change is seen after {span} at worst (with the platform’s own lag)',
  },
  ends: { zh: '授权 {span} 后到期，请提前重新授权', en: 'the grant ends in {span}: grant it again before' },
  ended: { zh: '授权已到期', en: 'the grant has ended' },
  fast: {
    zh: '这台机器的时钟快了 {span}，请校准（NTP）',
    en: 'this machine’s clock is {span} fast: set it right (NTP)',
  },
  slow: {
    zh: '这台机器的时钟慢了 {span}，请校准（NTP）',
    en: 'this machine’s clock is {span} slow: set it right (NTP)',
  },
  backfill: { zh: '正在补老单 {share}%', en: 'bringing in old orders, {share} %' },
  error: { zh: '对方答 {code}', en: 'it answers {code}' },
  where: { zh: '在哪里', en: 'Where' },
  who: { zh: '谁去点', en: 'Who' },
  steps: { zh: '怎么做', en: 'What to do' },
  without: { zh: '没有它时', en: 'Without it' },
  forward: { zh: '给负责人的话', en: 'Words to forward' },
  ask: {
    zh: '请帮忙开通{platform}接口：',
    en: 'Please open the interface of {platform} for us:',
  },
  count: { zh: '{count} 次，最近 {time}，例如 {ref}', en: '{count} times, last {time}, such as {ref}' },
} satisfies Record<string, Text>;

/** Platforms refuse from 5 minutes on; a minute is worth a look. */
const skewShownMs = 60_000;

const states: Readonly<Record<SourceState, { readonly tone: Parameters<typeof markHtml>[0]; readonly text: Text }>> = {
  works: { tone: 'done', text: { zh: '可用', en: 'Works' } },
  'ends-soon': { tone: 'warning', text: { zh: '快到期', en: 'Ends soon' } },
  'no-right': { tone: 'critical', text: { zh: '缺权限', en: 'Access missing' } },
  fails: { tone: 'critical', text: { zh: '读不到', en: 'Does not answer' } },
  'not-yet': { tone: 'waiting', text: { zh: '刚接上', en: 'Just connected' } },
};

const oddKinds: Readonly<Record<string, Text>> = {
  'unknown-state': { zh: '不认识的状态', en: 'Unknown state' },
  'skipped-row': { zh: '读不了的行', en: 'Row that cannot be read' },
  'unknown-carrier': { zh: '不认识的快递', en: 'Unknown carrier' },
  'not-followed': { zh: '快递不肯跟踪', en: 'Parcel not followed' },
  refused: { zh: '对方拒绝', en: 'Refused' },
  'reused-waybill': { zh: '单号重复使用', en: 'Waybill used again' },
  missing: { zh: '对账补上的单', en: 'Order missed, now in' },
  outdated: { zh: '对账更新的单', en: 'Order was old, now right' },
};

/** What works, what is missing, who clicks where. */
export function doctorHtml({ checkUp, language, times }: { checkUp: CheckUp; language: Language; times: Times }): Html {
  const say = sayIn(language);
  return html`<main id="main" class="doctor"><h1>${say(t.title)}</h1><p class="muted">${say(t.how)}</p>
<section aria-label="${say(t.connected)}"><h2>${say(t.connected)}</h2><ul class="checks">${checkUp.findings.map((finding) => findingHtml(finding, say, language, times))}</ul></section>
${
  checkUp.open.length > 0 &&
  html`<section aria-label="${say(t.open)}"><h2>${say(t.open)}</h2><ul class="checks">${checkUp.open.map(
    ({ platform, guide }) =>
      html`<li>${markHtml('refused')} <b>${say(platform)}</b>${guideHtml(platform, guide, say)}</li>`,
  )}</ul></section>`
}
${
  checkUp.oddities.length > 0 &&
  html`<section aria-label="${say(t.odd)}"><h2>${say(t.odd)}</h2><ul class="checks">${checkUp.oddities.map(
    ({ source, kind, what, count, lastRef, lastAt }) =>
      html`<li><b>${say(oddKinds[kind] ?? { zh: kind, en: kind })}</b> ${what} <span class="muted">${source} · ${fill(say(t.count), { count: String(count), time: times.clock(lastAt), ref: lastRef })}</span></li>`,
  )}</ul></section>`
}</main>`;
}

function findingHtml(finding: Finding, say: Say, language: Language, times: Times): Html {
  const { state, name, platform, guide, lastOkAt, error, worstDelayMs, grantEndsAt, backfill, aheadMs } = finding;
  const { tone, text } = states[state];
  const facts = [
    lastOkAt === null ? say(t.never) : fill(say(t.lastOk), { time: times.clock(lastOkAt) }),
    ...(error === null ? [] : [fill(say(t.error), { code: error })]),
    ...(worstDelayMs === null ? [] : [fill(say(t.worst), { span: span(worstDelayMs, language) })]),
    ...(grantEndsAt === null
      ? []
      : [grantEndsAt < times.now ? say(t.ended) : fill(say(t.ends), { span: times.away(grantEndsAt) })]),
    ...(Math.abs(aheadMs) < skewShownMs
      ? []
      : [fill(say(aheadMs > 0 ? t.fast : t.slow), { span: span(Math.abs(aheadMs), language) })]),
    ...(backfill === null ? [] : [fill(say(t.backfill), { share: String(Math.floor(backfill * 100)) })]),
  ];
  return html`<li>${markHtml(tone)} <b>${name}</b> <span class="muted">${say(platform)}</span> <b class="state">${say(text)}</b><p>${facts.join(' · ')}</p>${state === 'works' ? false : guideHtml(platform, guide, say)}</li>`;
}

function guideHtml(platform: Text, guide: AccessGuide, say: Say): Html {
  const words = [
    fill(say(t.ask), { platform: say(platform) }),
    `${say(t.where)}：${say(guide.where)}`,
    `${say(t.who)}：${say(guide.who)}`,
    ...guide.steps.map((step, index) => `${index + 1}. ${say(step)}`),
  ];
  return html`<dl class="guide"><dt>${say(t.where)}</dt><dd>${say(guide.where)}</dd><dt>${say(t.who)}</dt><dd>${say(guide.who)}</dd><dt>${say(t.steps)}</dt><dd><ol>${guide.steps.map((step) => html`<li>${say(step)}</li>`)}</ol></dd><dt>${say(t.without)}</dt><dd>${say(guide.without)}</dd></dl><details><summary>${say(t.forward)}</summary><pre class="forward">${words.join('\n')}</pre></details>`;
}
