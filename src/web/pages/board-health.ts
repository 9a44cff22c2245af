import type { Light } from '../../domain/health.ts';
import type { CycleLight, Health, RateReading } from '../../domain/health-report.ts';
import type { Language, Text } from '../../domain/text.ts';
import { nextText } from '../../render/health-card.ts';
import { healthChart } from '../../render/health-chart.ts';
import { countText, hoursText, lightWords, rateText } from '../../render/health-words.ts';
import { chartHtml } from '../../render/page/chart.ts';
import { type Html, html } from '../../render/page/html.ts';
import { lightHtml, withLights } from '../../render/page/marks.ts';
import { sayIn } from '../../render/page/words.ts';
import { span } from '../../render/words.ts';

const t = {
  lights: { zh: '红黄绿灯', en: 'Lights' },
  health: { zh: '周期与响应', en: 'Cycle and response' },
  company: { zh: '全公司', en: 'Company' },
  lightNote: {
    zh: '含未揽收的周期，近 24 小时付款的均值。超 6 时黄，超 8 时红，低于 7 时 45 分才解除红',
    en: 'Cycle with open age, mean of what was paid in the last 24 h. Above 6 h yellow, above 8 h red, red until below 7:45',
  },
  nothingPaid: { zh: '近 24 小时没有付款单', en: 'nothing paid in the last 24 h' },
  orders: { zh: '单', en: 'orders' },
  open: { zh: '单没揽收', en: 'not scanned' },
  urge: { zh: '催单', en: 'Urged' },
  misShip: { zh: '错发至今', en: 'Mis-shipped so far' },
  limits: { zh: '绿 ≤{green}%，黄 ≤{yellow}%', en: 'green ≤{green}%, yellow ≤{yellow}%' },
  paid: { zh: '付款单', en: 'paid' },
  sent: { zh: '发货单', en: 'sent' },
  cycle: { zh: '今天揽收的周期', en: 'Cycle of today' },
  stages: { zh: '付款→分拣 / 分拣→发出 / 发出→揽收', en: 'Paid→sorting / sorting→sent / sent→scan' },
  response: { zh: '今天说的异常', en: 'Announced today' },
  acted: { zh: '有人接', en: 'taken up' },
  solved: { zh: '解决', en: 'solved' },
  nobody: { zh: '没人接', en: 'nobody' },
  delay: { zh: '读到新数据', en: 'Reading what is new' },
  delayNote: { zh: '我们慢多少（平台自己慢多少）', en: 'our delay (the lag of the platform)' },
  hours: { zh: '时', en: 'h' },
  noData: { zh: '无数据', en: 'no data' },
} satisfies Record<string, Text>;

/** Company, warehouses, urges and mis-ships: colour, shape and word of each, and what it was made from. */
export function boardLightsHtml(health: Health, language: Language): Html {
  const say = sayIn(language);
  return html`<section class="lights-row" aria-label="${say(t.lights)}"><h2>${say(t.lights)} <small>${say(t.lightNote)}</small></h2>
<ul class="lights">${health.lights.map((each) => cycleHtml(each, health.at, language))}${rateHtml(t.urge, t.paid, health.urge, language)}${rateHtml(t.misShip, t.sent, health.misShip, language)}</ul></section>`;
}

/** The chart, and the numbers behind the lights. */
export function boardHealthHtml(health: Health, language: Language): Html {
  const say = sayIn(language);
  return html`<section class="health" aria-label="${say(t.health)}"><h2>${say(t.health)}</h2>
${chartHtml(healthChart(health, language))}
${numbersHtml(health, language)}</section>`;
}

function cycleHtml(light: CycleLight, now: number, language: Language): Html {
  const say = sayIn(language);
  const counts = `${countText(light.scanned + light.open)} ${say(t.orders)} · ${countText(light.open)} ${say(t.open)}`;
  const notes = light.mean === null ? [say(t.nothingPaid)] : [counts, nextText(light, now, language)];
  return itemHtml(
    light.light,
    light.warehouse ?? say(t.company),
    light.mean === null ? '' : span(light.mean, language),
    notes,
    language,
  );
}

function rateHtml(name: Text, unit: Text, { rate, light, limits }: RateReading, language: Language): Html {
  const say = sayIn(language);
  const bounds = say(t.limits).replace('{green}', String(limits.green)).replace('{yellow}', String(limits.yellow));
  return itemHtml(light, say(name), rateText(rate, say(unit), language), [bounds], language);
}

const itemHtml = (light: Light, name: string, value: string, notes: readonly string[], language: Language): Html =>
  html`<li class="is-${light}">${lightHtml(light)}<span class="name">${name}</span> <b>${lightWords[light][language]}</b> <span class="value">${value}</span> <small>${withLights(notes.filter((note) => note !== '').join(' · '))}</small></li>`;

function numbersHtml({ cycle, stages, alerts, delays }: Health, language: Language): Html {
  const say = sayIn(language);
  const hours = (ms: number | null): string => (ms === null ? say(t.noData) : `${hoursText(ms)} ${say(t.hours)}`);
  const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);
  const about = (ms: number | null): string => (ms === null ? '' : `（${span(ms, language)}）`);
  const row = (name: string, value: string, note = ''): Html =>
    html`<div><dt>${name}${note !== '' && html` <small>${note}</small>`}</dt><dd>${value}</dd></div>`;
  const cycleText =
    cycle.all.mean === null
      ? say(t.noData)
      : `${hours(cycle.all.mean)} · ≈p50 ${hours(cycle.all.p50)} · ≈p90 ${hours(cycle.all.p90)} · n=${countText(cycle.all.n)}`;
  const p90 = alerts.acted.p90 === null ? '' : ` p90 ${span(alerts.acted.p90, language)}`;
  return html`<dl class="numbers">${row(say(t.cycle), cycleText)}${row(
    say(t.stages),
    [stages.payToSort, stages.sortToShip, stages.shipToScan].map(({ mean }) => hours(mean)).join(' / '),
  )}${row(
    say(t.response),
    `${alerts.said} · ${say(t.acted)} ${alerts.acted.n}${about(alerts.acted.mean)}${p90} · ${say(t.solved)} ${alerts.solved.n}${about(alerts.solved.mean)} · ${say(t.nobody)} ${alerts.nobody}`,
  )}${delays.map(({ source, ours, lag }) =>
    row(
      `${say(t.delay)} · ${source}`,
      `${seconds(ours.mean)} · ≈p99 ${seconds(ours.p99)}（${seconds(lag.mean)}）`,
      say(t.delayNote),
    ),
  )}</dl>`;
}
