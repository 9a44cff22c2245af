import type { Alert, AlertFacts } from '../domain/alert.ts';
import { styleOf } from '../domain/spike.ts';
import type { Language, Text } from '../domain/text.ts';
import type { Stores } from '../ports/stores.ts';
import type { AlertStory } from '../render/alert-card.ts';
import { coverWords, wallWords } from '../render/shortage-card.ts';
import { count } from '../render/tonight-card.ts';
import { clockTime, dateTime, span } from '../render/words.ts';
import { type Directory, lineName } from './directory.ts';

/** What an alert tells that is about no single order; null for all others. */
export async function storyOf(
  stores: Stores,
  directory: Directory,
  alert: Alert,
  now: number,
): Promise<AlertStory | null> {
  if (alert.ruleId === 'backlog-over-capacity') return backlogStory(alert.facts, directory, now);
  if (alert.ruleId === 'cycle-red') return cycleStory(alert.facts, directory);
  if (alert.ruleId === 'labels-stopped') return labelsStory(alert.facts, directory, now);
  if (alert.ruleId === 'stock-short') return shortStory(stores, alert.facts, now);
  return alert.ruleId === 'spike' ? spikeStory(stores, alert.facts) : null;
}

const numberOf = (facts: AlertFacts, name: string): number | undefined => {
  const value = facts[name];
  return typeof value === 'number' ? value : undefined;
};

function backlogStory(facts: AlertFacts, directory: Directory, now: number): AlertStory {
  const id = facts.warehouseId ?? '';
  const { timezone } = directory;
  const misses = count(numberOf(facts, 'misses') ?? 0);
  const waiting = count(numberOf(facts, 'waiting') ?? 0);
  const [perHour = 0, finishAt] = [numberOf(facts, 'perHour'), numberOf(facts, 'finishAt')];
  const speed = count(perHour);
  const isMeasured = facts['isMeasured'] === true;
  const pace: Text = {
    zh: `排队 ${waiting} 单 · 每小时 ${speed}（${isMeasured ? '最近 2 小时' : '按配置'}）`,
    en: `${waiting} in line · ${speed} an hour (${isMeasured ? 'last 2 hours' : 'as configured'})`,
  };
  const finish: Text =
    finishAt === undefined
      ? { zh: '，现在一单没拣', en: ', nothing is being sorted' }
      : {
          zh: ` → ${dateTime(finishAt, timezone, 'zh')} 才能发完`,
          en: ` → done only at ${dateTime(finishAt, timezone, 'en')}`,
        };
  const first = numberOf(facts, 'shipBy');
  const wall: readonly Text[] =
    first === undefined
      ? []
      : [
          {
            zh: `最早 ${dateTime(first, timezone, 'zh')} 到时限${first > now ? `，剩 ${span(first - now, 'zh')}` : ''}`,
            en: `The first wall is ${dateTime(first, timezone, 'en')}${first > now ? `, ${span(first - now, 'en')} left` : ''}`,
          },
        ];
  const people = numberOf(facts, 'people') ?? 0;
  const help: readonly Text[] =
    people === 0 ? [] : [{ zh: `加 ${people} 人，或改仓`, en: `${people} more people, or reroute` }];
  return {
    head: {
      zh: `${lineName(id, directory, 'zh')}发不完 · 会晚 ${misses} 单`,
      en: `${lineName(id, directory, 'en')} will not be done · ${misses} will be late`,
    },
    about: null,
    lines: [{ zh: pace.zh + finish.zh, en: pace.en + finish.en }, ...wall, ...help],
    button: { label: { zh: '今晚', en: 'Tonight' }, command: '/tonight long' },
  };
}

function cycleStory(facts: AlertFacts, directory: Directory): AlertStory {
  const id = facts.warehouseId ?? '';
  const mean = numberOf(facts, 'mean') ?? 0;
  const [scanned, waiting] = [count(numberOf(facts, 'scanned') ?? 0), count(numberOf(facts, 'waiting') ?? 0)];
  return {
    head: {
      zh: `履约周期红灯 · ${lineName(id, directory, 'zh')} · ${span(mean, 'zh')}`,
      en: `cycle is red · ${lineName(id, directory, 'en')} · ${span(mean, 'en')}`,
    },
    about: null,
    lines: [
      {
        zh: `24 小时内付款的平均：揽收 ${scanned} 单，没揽收 ${waiting} 单按已等的算`,
        en: `Mean of what was paid within 24 h: ${scanned} scanned, ${waiting} not yet, counted by their age`,
      },
      { zh: '超过 8 时红，低于 7 时 45 分解除', en: 'Red above 8 h, over below 7 h 45 min' },
    ],
    button: { label: { zh: '今晚', en: 'Tonight' }, command: '/tonight long' },
  };
}

function labelsStory(facts: AlertFacts, directory: Directory, now: number): AlertStory {
  const id = facts.warehouseId ?? '';
  const lastAt = numberOf(facts, 'lastAt') ?? now;
  const [waiting, perHour] = [count(numberOf(facts, 'waiting') ?? 0), count(numberOf(facts, 'perHour') ?? 0)];
  const last = clockTime(lastAt, directory.timezone);
  return {
    head: {
      zh: `面单停了 ${span(now - lastAt, 'zh')} · ${lineName(id, directory, 'zh')} · ${waiting} 单在等`,
      en: `no label for ${span(now - lastAt, 'en')} · ${lineName(id, directory, 'en')} · ${waiting} wait`,
    },
    about: null,
    lines: [
      { zh: `停之前每小时 ${perHour} 张，最后一张 ${last}`, en: `Before that ${perHour} an hour, the last at ${last}` },
      {
        zh: '先看打印电脑、打印机和面单余额（余额没有数据源，看不到）',
        en: 'Look at the print computer, the printer and the label balance (no source tells it)',
      },
    ],
    button: { label: { zh: '今晚', en: 'Tonight' }, command: '/tonight long' },
  };
}

async function shortStory(stores: Stores, facts: AlertFacts, now: number): Promise<AlertStory> {
  const sku = String(facts['sku'] ?? '');
  const sample = facts['sampleOrderId'];
  const order = typeof sample === 'string' ? await stores.views.findOrder(sample) : undefined;
  const [short, orders] = [count(numberOf(facts, 'short') ?? 0), count(numberOf(facts, 'orders') ?? 0)];
  const words = coverWords({
    qty: numberOf(facts, 'owed') ?? 0,
    have: numberOf(facts, 'have') ?? 0,
    arriving: numberOf(facts, 'arriving') ?? null,
  });
  const wall = (language: Language): string => {
    const said = wallWords(numberOf(facts, 'shipBy') ?? null, now, language);
    return said === '' ? '' : ` · ${said}`;
  };
  return {
    head: { zh: `缺 ${short} 件`, en: `${short} pcs short` },
    about: order?.lines.find((each) => each.sku === sku)?.title ?? sku,
    lines: [words, { zh: `${orders} 单在等${wall('zh')}`, en: `${orders} orders wait${wall('en')}` }],
    button: { label: { zh: '缺货清单', en: 'What is short' }, command: '/short' },
  };
}

async function spikeStory(stores: Stores, facts: AlertFacts): Promise<AlertStory> {
  const style = String(facts['sku'] ?? '');
  const sample = facts['sampleOrderId'];
  const order = typeof sample === 'string' ? await stores.views.findOrder(sample) : undefined;
  const title = order?.lines.find(({ sku }) => styleOf(sku) === style)?.title ?? style;
  const minutes = numberOf(facts, 'minutes') ?? 0;
  const qty = count(numberOf(facts, 'qty') ?? 0);
  const stock = stockWords(numberOf(facts, 'stockMinutes'));
  const work = workWords(numberOf(facts, 'workMinutes'));
  const usual = count(numberOf(facts, 'usual') ?? 0);
  return {
    head: { zh: '爆单', en: 'selling fast' },
    about: title,
    lines: [
      {
        zh: `${minutes} 分钟卖 ${qty} 件，${stock.zh}，${work.zh}`,
        en: `${qty} pcs in ${minutes} min, ${stock.en}, ${work.en}`,
      },
      { zh: `平时这个时候 10 分钟 ${usual} 件`, en: `Usual at this hour: ${usual} pcs in 10 min` },
    ],
    button: { label: { zh: '看库存', en: 'Stock' }, command: `/stock ${style}` },
  };
}

function stockWords(minutes: number | undefined): Text {
  if (minutes === undefined) return { zh: '库存 无数据', en: 'stock: no data' };
  if (minutes === 0) return { zh: '库存已经卖完', en: 'no stock left' };
  if (minutes < 120) return { zh: `库存够 ${minutes} 分钟`, en: `stock for ${minutes} min` };
  return { zh: `库存够 ${oneDigit(minutes / 60)} 小时`, en: `stock for ${oneDigit(minutes / 60)} h` };
}

function workWords(minutes: number | undefined): Text {
  if (minutes === undefined) return { zh: '仓库速度 无数据', en: 'speed: no data' };
  if (minutes < 60) return { zh: `仓库多 ${minutes} 分钟活`, en: `${minutes} min more work for the warehouses` };
  return {
    zh: `仓库多 ${oneDigit(minutes / 60)} 小时活`,
    en: `${oneDigit(minutes / 60)} h more work for the warehouses`,
  };
}

const oneDigit = (value: number): string => String(Math.round(value * 10) / 10);
