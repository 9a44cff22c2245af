import { roleNames } from '../domain/actor.ts';
import { type Button, type Card, type Line, line, notice } from '../domain/card.ts';
import type { Post } from '../domain/roster.ts';
import { momentText } from '../domain/roster-sheet.ts';
import type { Language } from '../domain/text.ts';
import { clockTime, localDay, span } from './words.ts';

/** 17:30 today, 11-25 17:30 on another day. */
const moment = (at: number, now: number, zone: string): string =>
  localDay(at, zone) === localDay(now, zone) ? clockTime(at, zone) : momentText(at, zone);

/** 仓储主管, or 广州仓仓储主管 for that of one warehouse. */
export const postName = ({ role }: Post, warehouse: string | null, language: Language): string => {
  const name = roleNames[role][language];
  if (warehouse === null) return name;
  return language === 'zh' ? `${warehouse}${name}` : `${name}, ${warehouse}`;
};

const answer = (words: string, yes: string, no: string, language: Language): Button[] => {
  const zh = language === 'zh';
  return [
    { label: yes, command: `${zh ? '确认' : 'yes'} ${words}`, style: 'primary' },
    { label: no, command: `${zh ? '取消' : 'no'} ${words}`, style: 'plain' },
  ];
};

const howTo = (words: string, ms: number, language: Language): Line =>
  line(
    language === 'zh'
      ? `回“确认 ${words}”也行 · ${ms / 60_000} 分钟内有效`
      : `or answer "yes ${words}" · valid ${ms / 60_000} min`,
  );

export const nothingChanged = (language: Language): Card =>
  notice('done', language === 'zh' ? '好，没有做任何改动' : 'Fine, nothing was changed');

/** One post as `/oncall` shows it. */
export interface PostLine {
  readonly post: string;
  readonly who: string | null;
  readonly until: number | null;
  readonly next: string | null;
}

const shownPosts = 5;
const shownOfSheet = 3;

export function onCallCard(
  posts: readonly PostLine[],
  { now, zone }: { now: number; zone: string },
  language: Language,
): Card {
  const zh = language === 'zh';
  if (posts.length === 0)
    return notice(
      'info',
      zh ? '还没有排班：没有人值班，也不会 @ 任何人' : 'There is no roster: nobody is on duty and nobody is called',
      zh
        ? '运营主管可以把排班表贴在 /值班 后面，每行一天：周一 李建国 08:30-17:30 / 王敏 17:30-08:30'
        : 'An ops-lead can paste one behind /oncall, one day a line: Mon Li 08:30-17:30 / Wang 17:30-08:30',
    );
  const free = posts.filter(({ who }) => who === null).length;
  const rest = posts.length > shownPosts ? posts.length - shownPosts + 1 : 0;
  const lines = posts.slice(0, posts.length - rest).map(({ post, who, until, next }) => {
    const left =
      until === null
        ? ''
        : zh
          ? `，还有 ${span(until - now, language)}（到 ${moment(until, now, zone)}）`
          : `, ${span(until - now, language)} left (until ${moment(until, now, zone)})`;
    const after = next === null ? '' : zh ? ` → ${next}` : ` → ${next}`;
    if (who === null)
      return line(
        zh
          ? `${post}：没有人值班${until === null ? '' : `，${moment(until, now, zone)} 起`}${after}`
          : `${post}: nobody${until === null ? '' : `; from ${moment(until, now, zone)}`}${after}`,
      );
    return line(`${post}${zh ? '：' : ': '}${who}${left}${after}`);
  });
  return {
    tone: free > 0 ? 'warning' : 'info',
    lines: [
      line(
        zh
          ? `现在值班 ${posts.length - free} 人${free > 0 ? ` · ${free} 个岗位没有人` : ''}`
          : `On duty now: ${posts.length - free}${free > 0 ? ` · nobody on ${free}` : ''}`,
      ),
      ...lines,
      ...(rest === 0 ? [] : [line(zh ? `…还有 ${rest} 个岗位` : `… ${rest} more`)]),
    ],
    buttons: [],
    link: null,
  };
}

export function sheetCard(
  model: {
    readonly from: number;
    readonly to: number;
    readonly now: number;
    readonly zone: string;
    readonly posts: readonly {
      readonly post: string;
      readonly people: readonly { readonly name: string; readonly turns: number }[];
    }[];
    readonly words: string;
    readonly ms: number;
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const when = (at: number): string => moment(at, model.now, model.zone);
  const hidden = model.posts.length > shownOfSheet ? model.posts.length - shownOfSheet + 1 : 0;
  return {
    tone: 'info',
    lines: [
      line(zh ? `排班 ${when(model.from)} 到 ${when(model.to)}` : `Roster ${when(model.from)} to ${when(model.to)}`),
      ...model.posts
        .slice(0, model.posts.length - hidden)
        .map(({ post, people }) =>
          line(
            `${post}${zh ? '：' : ': '}${people.map(({ name, turns }) => (zh ? `${name} ${turns} 班` : `${name} ×${turns}`)).join(zh ? '、' : ', ')}`,
          ),
        ),
      ...(hidden === 0 ? [] : [line(zh ? `…还有 ${hidden} 个岗位` : `… ${hidden} more`)]),
      line(zh ? '这段时间以它为准，之后回到轮班' : 'It holds for that time; the rotation comes after it'),
      howTo(model.words, model.ms, language),
    ],
    buttons: answer(model.words, zh ? '用这个排班' : 'Use it', zh ? '不用' : 'No', language),
    link: null,
  };
}

export const sheetDone = (turns: number, by: string, language: Language): Card =>
  notice('done', language === 'zh' ? `排班用上了：${turns} 班，${by}` : `Roster taken: ${turns} turns, ${by}`);

export interface SwapModel {
  readonly asker: string;
  readonly stander: string;
  readonly posts: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly zone: string;
}

/** To the colleague, who is spoken to. */
export function swapAsked(model: SwapModel, words: string, ms: number, language: Language): Card {
  const zh = language === 'zh';
  const { asker, from, to, now, zone } = model;
  const posts = model.posts.join(zh ? '、' : ', ');
  return {
    tone: 'waiting',
    lines: [
      line(
        zh
          ? `${asker}请${model.stander}替班 · ${span(to - from, language)} · ${posts}`
          : `${asker} asks ${model.stander} to stand in · ${span(to - from, language)} · ${posts}`,
      ),
      line(
        zh
          ? `${moment(from, now, zone)} 到 ${moment(to, now, zone)}`
          : `${moment(from, now, zone)} to ${moment(to, now, zone)}`,
      ),
      howTo(words, ms, language),
    ],
    buttons: answer(words, zh ? '我来替' : 'I will', zh ? '不行' : 'I cannot', language),
    link: null,
  };
}

/** To the asker, when the colleague is asked somewhere else. */
export const askedElsewhere = (who: string, isPrivate: boolean, ms: number, language: Language): Card =>
  notice(
    'waiting',
    language === 'zh'
      ? `已${isPrivate ? '私聊' : '在群里'}问 ${who}，${ms / 60_000} 分钟内答应才算`
      : `Asked ${who} ${isPrivate ? 'in private' : 'in a room'}; it counts once they agree, within ${ms / 60_000} min`,
  );

export function swapDone(model: SwapModel & { readonly standerId: string }, language: Language): Card {
  const zh = language === 'zh';
  const until = moment(model.to, model.now, model.zone);
  return {
    tone: 'done',
    lines: [
      line(
        zh
          ? `换班：${model.stander} 替 ${model.asker} 到 ${until}（${model.posts.join('、')}）`
          : `${model.stander} stands in for ${model.asker} until ${until} (${model.posts.join(', ')})`,
      ),
    ],
    buttons: [{ label: zh ? '换回来' : 'Swap back', command: `/swap @${model.standerId}`, style: 'plain' }],
    link: null,
  };
}

export const swapBack = (asker: string, stander: string, language: Language): Card =>
  notice(
    'done',
    language === 'zh'
      ? `换回来了：${asker} 值班，${stander} 不用替了`
      : `Swapped back: ${asker} is on duty, ${stander} is free`,
  );

export const swapDeclined = (stander: string, how: 'refused' | 'expired', language: Language): Card =>
  notice(
    'info',
    language === 'zh'
      ? `${stander}${how === 'refused' ? '这次替不了' : '没来得及答'}，没有换班。换个人：/换班 @…`
      : `${stander} ${how === 'refused' ? 'cannot stand in this time' : 'did not answer in time'}: nothing was swapped. Ask somebody else: /swap @…`,
  );

/** What one person has in hand when they hand over. */
export interface HandModel {
  readonly from: string;
  readonly to: string;
  /** Numbers people call them by. */
  readonly alerts: readonly number[];
  readonly claims: number;
  /** Words of previews that wait for a yes. */
  readonly questions: readonly string[];
  /** Orders at which something is under way. */
  readonly actions: readonly string[];
  /** Duty that goes along; null when none does. */
  readonly dutyUntil: number | null;
  readonly now: number;
  readonly zone: string;
}

const listed = (values: readonly string[], language: Language): string => {
  const shown = values.slice(0, 5).join(language === 'zh' ? '、' : ', ');
  if (values.length <= 5) return shown;
  return language === 'zh' ? `${shown} 等` : `${shown} …`;
};

function handLines(model: HandModel, language: Language): Line[] {
  const zh = language === 'zh';
  const { claims, alerts, questions, actions, dutyUntil, now, zone } = model;
  const lines: Line[] = [];
  const numbers = alerts.map((number) => (zh ? `${number}号` : `no. ${number}`));
  if (claims > 0)
    lines.push(
      line(zh ? `告警 ${claims} 件：${listed(numbers, language)}` : `${claims} alerts: ${listed(numbers, language)}`),
    );
  if (actions.length > 0)
    lines.push(
      line(
        zh
          ? `正在办：${listed(actions, language)}，结果会在群里说`
          : `Under way: ${listed(actions, language)}; results come in the room`,
      ),
    );
  if (questions.length > 0)
    lines.push(
      line(
        zh
          ? `还没确认：${listed(questions, language)}，要做请接班的人重新发`
          : `Not confirmed yet: ${listed(questions, language)}; whoever takes over sends them again`,
      ),
    );
  if (dutyUntil !== null)
    lines.push(
      line(
        zh
          ? `值班到 ${moment(dutyUntil, now, zone)} 也一起交`
          : `Duty until ${moment(dutyUntil, now, zone)} goes along`,
      ),
    );
  return lines;
}

export function shiftCard(model: HandModel, words: string, ms: number, language: Language): Card {
  const zh = language === 'zh';
  return {
    tone: 'info',
    lines: [
      line(zh ? `交班给 ${model.to}` : `Hand over to ${model.to}`),
      ...handLines(model, language),
      howTo(words, ms, language),
    ],
    buttons: answer(words, zh ? '交班' : 'Hand over', zh ? '先不' : 'Not yet', language),
    link: null,
  };
}

export function takeShiftCard(model: HandModel, words: string, ms: number, language: Language): Card {
  const zh = language === 'zh';
  return {
    tone: 'waiting',
    lines: [
      line(zh ? `${model.from}交班，请${model.to}接` : `${model.from} hands over; ${model.to} takes it?`),
      ...handLines(model, language),
      howTo(words, ms, language),
    ],
    buttons: answer(words, zh ? '接班' : 'Take over', zh ? '接不了' : 'I cannot', language),
    link: null,
  };
}

export const shiftDone = (from: string, to: string, claims: number, language: Language): Card =>
  notice(
    'done',
    language === 'zh'
      ? `交班完成：${to} 接了 ${from} 的 ${claims} 件`
      : `Handed over: ${to} has ${claims} of ${from}'s`,
  );

export const shiftDeclined = (to: string, how: 'refused' | 'expired', language: Language): Card =>
  notice(
    'warning',
    language === 'zh'
      ? `${to}${how === 'refused' ? '接不了' : '还没接'}，没有交班，都还在你手里。可以 /转交 12 @某人`
      : `${to} ${how === 'refused' ? 'cannot take over' : 'has not taken over'}: everything is still yours. /handover 12 @somebody`,
  );
