import { type Card, type Line, line, notice } from '../domain/card.ts';
import type { CallState } from '../domain/escalation.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { answer, howTo } from './preview-cards.ts';
import { clockTime, say, span } from './words.ts';

/** Why a telephone did not ring, for the people who wait for it. */
const whys: Readonly<Record<string, Text>> = {
  night: { zh: '今晚已经打够次数', en: 'rung often enough tonight' },
  minute: { zh: '一分钟内刚打过', en: 'rung within the last minute' },
  hour: { zh: '一小时内打满 5 次', en: 'rung 5 times within the hour' },
  day: { zh: '今天打满 20 次', en: 'rung 20 times today' },
  'no-number': { zh: '没有登记号码', en: 'no number known' },
  'off-shift': { zh: '已经下班', en: 'off shift by now' },
  gone: { zh: '这条线路已从配置里去掉', en: 'this line is no longer configured' },
  'ding.serverquota.insufficient': { zh: '电话额度用完了', en: 'the quota is spent' },
  'isv.BUSINESS_LIMIT_CONTROL': { zh: '运营商限制了次数', en: 'the carrier’s limit is reached' },
  'isv.AMOUNT_NOT_ENOUGH': { zh: '账户余额不足', en: 'the account is empty' },
};

const outcomes: Readonly<Record<CallState, Text>> = {
  planned: { zh: '马上打', en: 'about to be rung' },
  dialling: { zh: '正在打', en: 'being rung' },
  rung: { zh: '打了，没人认领', en: 'rung, nobody took it' },
  answered: { zh: '接了电话，没认领', en: 'answered, did not take it' },
  'no-answer': { zh: '没接', en: 'no answer' },
  busy: { zh: '占线', en: 'busy' },
  refused: { zh: '没打出去', en: 'did not ring' },
  unknown: { zh: '不知道响没响，不会重打', en: 'may have rung; not repeated' },
  dropped: { zh: '不用打了', en: 'not needed any more' },
};

/** One ring, as a line of a list tells it. */
export interface CallLine {
  readonly who: string;
  readonly provider: Text;
  readonly state: CallState;
  readonly why: string | null;
}

/** `没打出去（电话额度用完了）`. */
export function callOutcome({ state, why }: Pick<CallLine, 'state' | 'why'>, language: Language): string {
  const words = say(outcomes[state], language);
  if (state !== 'refused' || why === null) return words;
  const reason = whys[why];
  const told = reason === undefined ? why : say(reason, language);
  return language === 'zh' ? `${words}（${told}）` : `${words} (${told})`;
}

const called = (number: number | null, language: Language): string =>
  number === null ? '' : language === 'zh' ? `${number}号 ` : `No. ${number}: `;

/** Said when a telephone rings, so that nobody else has to. `isUnknown`: it may be ringing. */
export function ringingCard(
  model: {
    readonly number: number | null;
    readonly who: string;
    readonly provider: Text;
    readonly isUnknown: boolean;
    readonly waits: number | null;
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const { who, provider, isUnknown, waits } = model;
  const by = say(provider, language);
  const first = isUnknown
    ? zh
      ? `给${who}的电话（${by}）没收到答复，可能在响，不会重打`
      : `The call to ${who} (${by}) got no answer from the line; it may be ringing and is not repeated`
    : zh
      ? `正在给${who}打电话（${by}）`
      : `Ringing ${who} (${by})`;
  const next: Line[] =
    waits === null
      ? []
      : [
          line(
            zh
              ? `${span(waits, language)}内没人认领，就打下一位`
              : `The next person follows unless somebody takes it within ${span(waits, language)}`,
          ),
        ];
  return { tone: 'waiting', lines: [line(called(model.number, language) + first), ...next], buttons: [], link: null };
}

const shown = 4;

/** Every step is done and nobody took it: what was possible and what was not. */
export function exhaustedCard(
  model: {
    readonly number: number | null;
    readonly calls: readonly CallLine[];
    readonly hasVoice: boolean;
    readonly ack: string | null;
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const rung = model.calls.filter(({ state }) => state !== 'refused' && state !== 'dropped').length;
  const head = !model.hasVoice
    ? zh
      ? '还没人认领；没有配置电话，打不了'
      : 'nobody has taken it; no telephone line is configured'
    : model.calls.length === 0
      ? zh
        ? '还没人认领；没有人值班，电话打不了'
        : 'nobody has taken it; nobody is on duty to be rung'
      : rung === 0
        ? zh
          ? '电话一个都没打出去，请当面叫人'
          : 'no telephone rang: fetch somebody in person'
        : zh
          ? '电话打完了，还没人认领'
          : 'everybody was rung, nobody has taken it';
  return {
    tone: 'critical',
    lines: [
      line(called(model.number, language) + head),
      ...model.calls.slice(-shown).map((each) => lineOf(each, language)),
    ],
    buttons: model.ack === null ? [] : [{ label: zh ? '我来' : 'Mine', command: model.ack, style: 'primary' }],
    link: { label: zh ? '看板' : 'Board', path: '/' },
  };
}

const lineOf = (call: CallLine, language: Language): Line =>
  line(`${call.who} · ${say(call.provider, language)} · ${callOutcome(call, language)}`);

/** In the room again, while nobody takes it. */
export function untakenCard(
  {
    number,
    say: what,
    waited,
    ack,
  }: { readonly number: number | null; readonly say: Text; readonly waited: number; readonly ack: string | null },
  language: Language,
): Card {
  const zh = language === 'zh';
  return {
    tone: 'critical',
    lines: [
      line(
        `${called(number, language)}${zh ? `${span(waited, language)}没人认领` : `nobody took it for ${span(waited, language)}`}`,
      ),
      line(say(what, language)),
    ],
    buttons: ack === null ? [] : [{ label: zh ? '我来' : 'Mine', command: ack, style: 'primary' }],
    link: null,
  };
}

export function callPreview(
  model: {
    readonly who: string;
    readonly provider: Text;
    readonly spoken: string;
    readonly reason: string;
    readonly question: { readonly words: string; readonly minutes: number };
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const { who, provider, spoken, reason, question } = model;
  return {
    tone: 'info',
    lines: [
      line(zh ? `现在给${who}打电话（${say(provider, language)}）` : `Ring ${who} now (${say(provider, language)})`),
      line(zh ? `电话里说：${spoken}` : `It says, in Chinese: ${spoken}`),
      line(zh ? '原因写在群里：' : 'The reason stands in the group: ', foreign(reason)),
      howTo(question.words, question.minutes, { zh: '打出去收不回', en: 'a ring cannot be taken back' }, language),
    ],
    buttons: answer(question.words, { zh: '打电话', en: 'Ring' }, language),
    link: null,
  };
}

export function callListCard(
  calls: readonly (CallLine & { readonly number: number | null; readonly at: number })[],
  timezone: string,
  language: Language,
): Card {
  const zh = language === 'zh';
  if (calls.length === 0)
    return notice(
      'info',
      zh
        ? '还没有打过电话。要打：/呼叫 仓储主管 产线停了'
        : 'Nobody was rung yet. To ring: /call warehouse-lead the line stands still',
    );
  return {
    ...notice('info', zh ? `最近 ${calls.length} 个电话` : `The last ${calls.length} calls`),
    lines: [
      line(zh ? `最近 ${calls.length} 个电话` : `The last ${calls.length} calls`),
      ...calls.map((call) =>
        line(
          `${clockTime(call.at, timezone)} ${called(call.number, language)}${call.who} · ${say(call.provider, language)} · ${callOutcome(call, language)}`,
        ),
      ),
    ],
  };
}
