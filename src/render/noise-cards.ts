import { type Button, type Card, type Line, line, notice } from '../domain/card.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { answer, howTo } from './preview-cards.ts';
import { clockTime, dateTime, localDay, say, span } from './words.ts';

interface When {
  readonly now: number;
  readonly timezone: string;
}

/** 16:00, or with its day when that is another one. */
function until(at: number, { now, timezone }: When, language: Language): string {
  // Midnight is the end of the day that people speak of.
  if (clockTime(at, timezone) === '00:00' && localDay(at - 1, timezone) === localDay(now, timezone)) return '24:00';
  return localDay(at, timezone) === localDay(now, timezone)
    ? clockTime(at, timezone)
    : dateTime(at, timezone, language);
}

export interface SilenceModel extends When {
  readonly what: Text;
  readonly ms: number;
  readonly reason: string;
}

/** What it would have hidden, before it hides anything. */
export function silencePreview(
  model: SilenceModel & {
    readonly hidden: { readonly critical: number; readonly other: number };
    readonly isCut: boolean;
    readonly question: { readonly words: string; readonly minutes: number };
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const { what, ms, now, hidden, question, isCut } = model;
  const total = hidden.critical + hidden.other;
  const lines: Line[] = [
    line(
      zh
        ? `免打扰 ${say(what, language)} · ${span(ms, language)}，到 ${until(now + ms, model, language)}${isCut ? '（最长 24 小时）' : ''}`
        : `Silence ${say(what, language)} · ${span(ms, language)}, until ${until(now + ms, model, language)}${isCut ? ' (24 h at most)' : ''}`,
    ),
    line(
      zh
        ? `照这样，过去一天这里会少报 ${total} 条${total === 0 ? '' : `（红 ${hidden.critical}，其他 ${hidden.other}）`}`
        : `In the last day it would have kept ${total} from this room${total === 0 ? '' : ` (${hidden.critical} critical, ${hidden.other} others)`}`,
    ),
    line(criticalsSpeak(language)),
    howTo(question.words, question.minutes, { zh: '随时可结束', en: 'it can be ended at any time' }, language),
  ];
  return {
    tone: 'info',
    lines,
    buttons: answer(question.words, { zh: '免打扰', en: 'Silence' }, language),
    link: null,
  };
}

const criticalsSpeak = (language: Language): string =>
  language === 'zh'
    ? '红色的到发货时限照样响，退款的照样响；结束时列出没响的'
    : 'Criticals speak at their ship-by and refunds always; what was not said is listed at the end';

const endButton = (id: number, language: Language): Button => ({
  label: language === 'zh' ? '结束免打扰' : 'End it',
  command: `/silence off ${id}`,
  style: 'plain',
});

export function silenceDone(
  model: SilenceModel & { readonly id: number; readonly by: string },
  language: Language,
): Card {
  const zh = language === 'zh';
  const end = until(model.now + model.ms, model, language);
  return {
    tone: 'done',
    lines: [
      line(
        zh ? `已免打扰 ${say(model.what, language)}，到 ${end}` : `${say(model.what, language)} is silent until ${end}`,
      ),
      line(`${model.by}${zh ? '：' : ': '}`, foreign(model.reason)),
    ],
    buttons: [endButton(model.id, language)],
    link: null,
  };
}

export interface SilenceLine {
  readonly id: number;
  readonly what: Text;
  readonly until: number;
  readonly by: string;
  readonly reason: string;
  readonly held: number;
}

const mostButtons = 3;
const mostLines = 5;

export function silenceList(silences: readonly SilenceLine[], when: When, language: Language): Card {
  const zh = language === 'zh';
  if (silences.length === 0)
    return notice(
      'info',
      zh
        ? '这里没有免打扰。要的话发：/免打扰 杭州仓 2小时 盘点'
        : 'Nothing is silenced here. To do so: /silence hz 2h stocktaking',
    );
  return {
    tone: 'info',
    lines: [
      line(zh ? `免打扰 ${silences.length} 条` : `${silences.length} silenced`),
      ...silences
        .slice(0, silences.length > mostLines ? mostLines - 1 : mostLines)
        .map(({ id, what, until: end, by, reason, held }) =>
          line(
            `${id}. ${say(what, language)} · ${zh ? `还剩 ${span(end - when.now, language)} · 没响 ${held} 条` : `${span(end - when.now, language)} left · ${held} held`} · ${by}${zh ? '：' : ': '}`,
            foreign(reason),
          ),
        ),
      ...(silences.length > mostLines
        ? [line(zh ? `还有 ${silences.length - mostLines + 1} 条` : `${silences.length - mostLines + 1} more`)]
        : []),
    ],
    buttons: silences.slice(0, mostButtons).map(({ id }) => ({
      ...endButton(id, language),
      label: zh ? `结束 ${id}` : `End ${id}`,
    })),
    link: null,
  };
}

export interface PromoModel extends When {
  readonly from: number;
  readonly until: number;
  readonly factor: number;
  /** Rules whose threshold moves: what they say, from, to. */
  readonly changes: readonly { readonly say: Text; readonly from: number; readonly to: number }[];
}

/** Precisely what is other while it lasts. */
function promoLines(model: PromoModel, language: Language): Line[] {
  const zh = language === 'zh';
  const { changes, factor } = model;
  const rules = changes.map((change) => `${say(change.say, language)} ${change.from} → ${change.to}`);
  return [
    line(
      rules.length === 0
        ? zh
          ? '现在没有按量的规则要放宽'
          : 'No rule about volume is on, so none is widened'
        : zh
          ? `放宽：${rules.join('；')}`
          : `Wider: ${rules.join('; ')}`,
    ),
    line(
      zh
        ? `同一组到 ${factor} 倍才再报（平时 2 倍），最多 ${factor} 分钟一条（平时 1 分钟）`
        : `A group is said again at ${factor}× (usually 2×), at most every ${factor} min (usually 1)`,
    ),
    line(zh ? '发货时限、退款、锁库的规则不变' : 'Times to ship, refunds and locks stay as they are'),
  ];
}

const window = (model: PromoModel, language: Language): string =>
  `${until(model.from, model, language)}–${until(model.until, model, language)} ×${model.factor}`;

export function promoPreview(
  model: PromoModel,
  question: { readonly words: string; readonly minutes: number },
  language: Language,
): Card {
  const zh = language === 'zh';
  return {
    tone: 'info',
    lines: [
      line(`${zh ? '大促' : 'Promotion'} ${window(model, language)}`),
      ...promoLines(model, language),
      howTo(question.words, question.minutes, { zh: '到点自己结束', en: 'it ends by itself' }, language),
    ],
    buttons: answer(question.words, { zh: '安排大促', en: 'Plan it' }, language),
    link: null,
  };
}

/** One planned or running, or just begun. */
export function promoCard(model: PromoModel, how: 'planned' | 'begun', language: Language): Card {
  const zh = language === 'zh';
  const head = {
    planned: zh ? `大促已安排 ${window(model, language)}` : `Promotion planned ${window(model, language)}`,
    begun: zh
      ? `大促时段开始，到 ${until(model.until, model, language)}（${model.factor} 倍）`
      : `Promotion on until ${until(model.until, model, language)} (×${model.factor})`,
  }[how];
  return {
    tone: how === 'begun' ? 'info' : 'done',
    lines: [line(head), ...promoLines(model, language)],
    buttons: [{ label: zh ? '结束大促' : 'End it', command: '/promo off', style: 'plain' }],
    link: null,
  };
}
