import { datedNumber } from '../domain/alert.ts';
import { type Button, type Card, type Line, line, notice } from '../domain/card.ts';
import type { RaceEnd } from '../domain/refund-race.ts';
import type { Severity } from '../domain/rule.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { clockTime, dateTime, localDay, moreLines, say, span } from './words.ts';

/** What people call an alert by, and the bot understands. */
const called = (number: number, language: Language): string => (language === 'zh' ? `${number}号` : `No. ${number}`);

/** Everything an alert's card says, already read and named. Times are unix ms. */
export interface AlertCardModel {
  readonly number: number;
  readonly severity: Severity;
  readonly ruleId: string;
  readonly say: Text;
  readonly now: number;
  readonly timezone: string;
  readonly order: {
    readonly no: string;
    readonly tail: string;
    readonly id: string;
    readonly title: string;
    readonly qty: number;
    readonly moreLines: number;
    readonly paidAt: number | null;
    readonly shipBy: number | null;
  } | null;
  readonly warehouse: string | null;
  /** A parcel, with the tails of all orders in it. */
  readonly parcel?: { readonly name: string; readonly tails: readonly string[] };
  /** Sentences of its own instead of the rule's. */
  readonly details?: readonly Text[];
  /** The order whose page shows more, where it is not `order`. */
  readonly pageOf?: string;
  readonly cause: Text | null;
  /** The command that mends the likeliest cause, and what its button says. */
  readonly mend: { readonly label: Text; readonly command: string } | null;
  /** Who confirmed, and when; null when the source could not be asked. */
  readonly confirmed: { readonly by: string; readonly at: number } | null;
  readonly isSourceSilent: boolean;
  readonly notSeen: Text | null;
  /** `isSparse`: it answers, but tells far less than it ever did at this hour. */
  readonly source: { readonly name: string; readonly since: number; readonly isSparse?: boolean } | null;
  /** What is no single order's: a line that will not be done, a style that sells too fast. */
  readonly story: AlertStory | null;
}

export interface AlertStory {
  /** Shouted behind the number. */
  readonly head: Text;
  /** A style's title, as somebody outside wrote it. */
  readonly about: string | null;
  readonly lines: readonly Text[];
  readonly button: { readonly label: Text; readonly command: string };
}

const mine: Text = { zh: '我来', en: 'Mine' };
const more: Text = { zh: '更多', en: 'More' };

type Numbered = { readonly number: number; readonly now: number; readonly timezone: string };

const numbered = (verb: string, { number, now, timezone }: Numbered): string =>
  `/${verb} ${datedNumber(number, localDay(now, timezone))}`;

const ackButton = (model: Numbered, language: Language): Button => ({
  label: say(mine, language),
  command: numbered('ack', model),
  style: 'plain',
});

/** What to do, as it can be shouted across a hall; by rule. */
const shout: Readonly<Record<string, Text>> = {
  'paid-not-sorted': { zh: '先发这单', en: 'send this one first' },
  overtaken: { zh: '先发这单', en: 'send this one first' },
  'address-change-requested': { zh: '先处理改地址', en: 'decide the address first' },
  'refund-not-stopped': { zh: '拦下来', en: 'catch this parcel' },
  'ship-by-risk': { zh: '快到时限，先发', en: 'near its wall, send first' },
  'embroidery-review': { zh: '先复核这单', en: 'review this one first' },
  'lock-orphaned': { zh: '有货被白占', en: 'stock held for nobody' },
  'tracking-stalled': { zh: '查这件快递', en: 'trace this parcel' },
  'pickup-by-risk': { zh: '催揽收', en: 'get it picked up' },
  'same-buyer-burst': { zh: '复核同一买家', en: 'review one buyer' },
  'source-silent': { zh: '数据断了', en: 'a source is silent' },
};

/** The same of many at once. */
const shoutMany: Readonly<Record<string, Text>> = {
  ...shout,
  'paid-not-sorted': { zh: '先发这些', en: 'send these first' },
  overtaken: { zh: '先发这些', en: 'send these first' },
  'embroidery-review': { zh: '先复核这些', en: 'review these first' },
  'tracking-stalled': { zh: '查这些快递', en: 'trace these parcels' },
  'stock-short': { zh: '缺货', en: 'out of stock' },
};

/** What a rule says; where it foresaw a wall that is past by now, that. */
export const sayNow = (ruleId: string, foreseen: Text, shipBy: number | null, now: number): Text =>
  ruleId === 'ship-by-risk' && shipBy !== null && shipBy <= now
    ? { zh: '已过平台发货时限，还没发', en: 'Past the platform’s ship-by and not shipped' }
    : foreseen;

/** Behind the card its owner is called, by its first line: `12号 @李建国 杭州仓停了，37 单`. */
export function calling(card: Card, who: string | undefined, language: Language): Card {
  const [first = []] = card.lines;
  const [before = '', ...rest] = first
    .filter((piece) => typeof piece === 'string')
    .join('')
    .split(' · ');
  if (who === undefined) return card;
  return { ...card, call: { who: [who], before, after: rest.join(language === 'zh' ? '，' : ', ') } };
}

export function alertCard(model: AlertCardModel, language: Language): Card {
  const zh = language === 'zh';
  if (model.story !== null) return storyCard(model, model.story, language);
  const { order, number, now } = model;
  const lines: Line[] = [
    line(
      [called(number, language), say(shout[model.ruleId] ?? model.say, language), timeLeft(model, language)]
        .filter((part) => part !== '')
        .join(' · '),
    ),
  ];
  if (order !== null) {
    const rest = moreLines(order.moreLines, language);
    lines.push(
      line(
        foreign(order.title),
        `${rest} ×${order.qty}${model.warehouse === null ? '' : ` · ${model.warehouse}`} · ${zh ? '尾号' : 'no. …'}${zh ? ' ' : ''}${order.tail}`,
      ),
    );
  }
  if (model.parcel !== undefined) lines.push(line(parcelLine(model.parcel, model.warehouse, language)));
  if (model.source !== null) {
    const since = clockTime(model.source.since, model.timezone);
    const { name, isSparse } = model.source;
    lines.push(
      line(
        isSparse === true
          ? zh
            ? `${name} 从 ${since} 起有回应，但消息比往常少得多`
            : `${name} answers, but since ${since} it tells far less than usual`
          : zh
            ? `${model.source.name} 从 ${since} 起没有回应（${span(now - model.source.since, language)}）`
            : `${model.source.name} has not answered since ${since} (${span(now - model.source.since, language)})`,
      ),
    );
    lines.push(
      line(
        zh ? '这段时间的异常先不逐条报，恢复后补报' : 'What depends on it is held back and comes when it answers again',
      ),
    );
  }
  if (model.cause !== null) lines.push(line(say(model.cause, language)));
  if (model.details !== undefined) lines.push(...model.details.map((text) => line(say(text, language))));
  else if (model.source === null)
    lines.push(
      line(
        `${say(model.notSeen ?? sayNow(model.ruleId, model.say, order?.shipBy ?? null, now), language)}${proof(model, language)}`,
      ),
    );
  const page = order?.id ?? model.pageOf;
  const buttons: Button[] = [];
  if (model.mend !== null)
    buttons.push({ label: say(model.mend.label, language), command: model.mend.command, style: 'primary' });
  // A box on the table is taken out by hand: whoever did it says so.
  if (model.ruleId === 'refund-not-stopped')
    buttons.push({ label: zh ? '已取出' : 'Taken out', command: numbered('done', model), style: 'plain' });
  buttons.push(ackButton(model, language));
  return {
    tone: model.severity,
    lines,
    buttons,
    // Three ways onward at most.
    link: page === undefined || buttons.length > 2 ? null : { label: say(more, language), path: `/o/${page}` },
  };
}

function parcelLine(
  { name, tails }: NonNullable<AlertCardModel['parcel']>,
  warehouse: string | null,
  language: Language,
): string {
  const shown = tails.slice(0, 4).join(language === 'zh' ? '、' : ', ');
  const orders =
    tails.length > 4
      ? language === 'zh'
        ? `${shown} 等 ${tails.length} 单`
        : `${shown} and ${tails.length - 4} more`
      : shown;
  return [name, warehouse ?? '', `${language === 'zh' ? '尾号 ' : 'no. …'}${orders}`]
    .filter((part) => part !== '')
    .join(' · ');
}

function storyCard(model: AlertCardModel, { head, about, lines, button }: AlertStory, language: Language): Card {
  const first = `${called(model.number, language)} · ${say(head, language)}`;
  return {
    tone: model.severity,
    lines: [
      about === null ? line(first) : line(`${first} · `, foreign(about)),
      ...lines.map((each) => line(say(each, language))),
    ],
    buttons: [
      ackButton(model, language),
      { label: say(button.label, language), command: button.command, style: 'plain' },
    ],
    link: { label: language === 'zh' ? '看板' : 'Board', path: '/' },
  };
}

function timeLeft({ order, now, ruleId, timezone }: AlertCardModel, language: Language): string {
  const zh = language === 'zh';
  if (order === null || ruleId === 'refund-not-stopped') return '';
  if (order.shipBy !== null) {
    const left = order.shipBy - now;
    if (left <= 0) return zh ? `已过发货时限 ${span(left, language)}` : `${span(left, language)} past ship-by`;
    return zh ? `剩 ${span(left, language)}` : `${span(left, language)} left`;
  }
  return order.paidAt === null
    ? ''
    : zh
      ? `${dateTime(order.paidAt, timezone, language)} 付款`
      : `paid ${dateTime(order.paidAt, timezone, language)}`;
}

function proof({ confirmed, isSourceSilent, timezone }: AlertCardModel, language: Language): string {
  const zh = language === 'zh';
  if (confirmed === null)
    return isSourceSilent
      ? zh
        ? ' · 仓库系统没有回应，没能确认'
        : ' · the warehouse system did not answer: not confirmed'
      : '';
  const at = clockTime(confirmed.at, timezone);
  if (isSourceSilent) return zh ? ` · 最后确认于 ${at}` : ` · last confirmed ${at}`;
  return zh ? ` · ${confirmed.by} ${at} 确认` : ` · confirmed by ${confirmed.by} ${at}`;
}

/** From here on a time of day alone is taken for the wrong day. */
const farMs = 12 * 3_600_000;

export interface GroupCardModel {
  readonly number: number;
  readonly severity: Severity;
  readonly ruleId: string;
  readonly say: Text;
  readonly where: string;
  readonly count: number;
  readonly now: number;
  readonly timezone: string;
  readonly nearestShipBy: number | null;
  /** How many must leave before the nearest wall's hour is over. */
  readonly dueSoon: { readonly count: number; readonly before: number } | null;
  readonly reason: 'first-of-group' | 'doubled' | 'nearer-wall';
  /** What is counted, when it is no orders. */
  readonly unit?: Text;
  readonly oldestData: { readonly name: string; readonly at: number } | null;
  /** In a warehouse that is not our own: its people get the list as a sheet. */
  readonly isOutside: boolean;
  /** Whom to ask there; empty = nobody named. */
  readonly contact: string;
  /** Who is at it, and with how many of them. */
  readonly held: { readonly by: readonly string[]; readonly count: number };
}

/** Many findings, one story: one message. */
export function groupCard(model: GroupCardModel, language: Language): Card {
  const zh = language === 'zh';
  const { number, count, where, nearestShipBy, dueSoon, now } = model;
  const again =
    model.reason === 'doubled'
      ? zh
        ? ' · 又翻倍了'
        : ' · doubled'
      : model.reason === 'nearer-wall'
        ? zh
          ? ' · 时限更近了'
          : ' · wall nearer'
        : '';
  const verb = say(shoutMany[model.ruleId] ?? model.say, language);
  const unit = say(model.unit ?? { zh: '单', en: 'orders' }, language);
  const counted = `${count} ${unit}${again}`;
  const head = [called(number, language), verb, mostUrgent(nearestShipBy, now, language), where, counted];
  const lines: Line[] = [line(head.filter((part) => part !== '').join(' · ')), line(say(model.say, language))];
  const more: string[] = [];
  if (dueSoon !== null && dueSoon.count > 1) {
    const isFar = dueSoon.before - now > farMs;
    const before = isFar
      ? dateTime(dueSoon.before, model.timezone, language)
      : clockTime(dueSoon.before, model.timezone);
    more.push(zh ? `${before} 前要发 ${dueSoon.count} ${unit}` : `${dueSoon.count} due before ${before}`);
  }
  const { by, count: taken } = model.held;
  if (taken > 0) {
    const names = by.join(zh ? '、' : ', ');
    const rest = count - taken;
    const free = zh ? `，还有 ${rest} 没人接` : `, ${rest} with nobody`;
    more.push(`${zh ? `${names}在办 ${taken}` : `${names} on ${taken}`}${rest === 0 ? '' : free}`);
  }
  if (model.contact !== '') more.push(zh ? `联系 ${model.contact}` : `contact ${model.contact}`);
  if (more.length > 0) lines.push(line(more.join(' · ')));
  if (model.oldestData !== null)
    lines.push(
      line(`${zh ? '数据' : 'data'} ${model.oldestData.name} ${clockTime(model.oldestData.at, model.timezone)}`),
    );
  return {
    tone: model.severity,
    lines,
    buttons: [
      ackButton(model, language),
      { label: zh ? '看清单' : 'List', command: numbered('alerts', model), style: 'plain' },
      ...(model.isOutside ? [exportButton(model, zh)] : []),
    ],
    // Three ways onward at most.
    link: model.isOutside ? null : { label: zh ? '看板' : 'Board', path: '/' },
  };
}

const exportButton = (model: Numbered, zh: boolean): Button => ({
  label: zh ? '导出' : 'Export',
  command: numbered('export', model),
  style: 'plain',
});

/** Of the one whose wall is nearest. */
function mostUrgent(nearestShipBy: number | null, now: number, language: Language): string {
  const zh = language === 'zh';
  if (nearestShipBy === null) return '';
  if (nearestShipBy <= now) return zh ? '最急的已过时限' : 'the worst is past ship-by';
  const left = span(nearestShipBy - now, language);
  return zh ? `最急剩 ${left}` : `worst ${left} left`;
}

/** How a box that was to be caught ended: never called caught when a carrier has it. */
export function raceEndCard(
  { number, tail, end }: { readonly number: number; readonly tail: string; readonly end: RaceEnd },
  language: Language,
): Card {
  const words: Readonly<Record<typeof end, Text>> = {
    left: {
      zh: '没拦住：快递已经揽收。要追回请联系快递拦截，否则等退回',
      en: 'was not stopped: the carrier has it. Ask the carrier to intercept it, or wait for its return',
    },
    withdrawn: { zh: '买家撤销了退款，可以照发', en: 'the buyer withdrew the refund; it may go' },
    // No scan is no proof: a labelled box may lie on the table still.
    stopped: {
      zh: '没看到揽收，请确认包裹已经取出来',
      en: 'was not seen to leave: make sure that the parcel was taken out',
    },
  };
  const tones = { left: 'refused', withdrawn: 'done', stopped: 'info' } as const;
  return notice(tones[end], `${called(number, language)} ${tail} ${words[end][language]}`);
}

/** One quiet line. */
export function resolvedCard(
  model: {
    number: number;
    tail: string | null;
    where: string | null;
    count: number;
    how: 'cleared' | 'in-time-learned-late' | 'person' | 'rule-off';
    stage: Text | null;
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const all = zh ? `${model.count} 单都好了` : `all ${model.count} fine`;
  const what =
    model.count > 1 ? (model.where === null ? all : `${model.where} ${all}`) : (model.tail ?? model.where ?? '');
  const state = model.stage === null ? '' : ` ${say(model.stage, language)}`;
  const how = {
    cleared: '',
    'in-time-learned-late': zh ? '（其实没超时，消息来晚了）' : ' (it was in time; we learned late)',
    person: zh ? '（人工完成）' : ' (closed by a person)',
    'rule-off': zh ? '（规则已关）' : ' (rule switched off)',
  }[model.how];
  return notice('done', `${called(model.number, language)} ${what}${state}${how}`.trim());
}
