import { type Card, line, notice } from '../domain/card.ts';
import type { Language, Text } from '../domain/text.ts';
import { foreign } from '../domain/text.ts';
import { clockTime, say } from './words.ts';

export interface DoneModel {
  readonly tail: string;
  readonly orderNo: string;
  readonly words: Text;
  readonly system: string;
  readonly at: number;
  readonly timezone: string;
  readonly by: string;
  readonly approver: string | null;
  readonly undo: boolean;
  readonly already: boolean;
  /** Where to look at what was made. */
  readonly link: { readonly label: Text; readonly path: string } | null;
}

/** What truly happened, with the proof. */
export function actDone(model: DoneModel, language: Language): Card {
  const zh = language === 'zh';
  const at = clockTime(model.at, model.timezone);
  const proof = zh ? `（${model.system} ${at} 确认）` : ` (${model.system} confirmed ${at})`;
  const already = model.already ? (zh ? '，本来就是这样' : ', it was so already') : '';
  const who = zh
    ? `${model.by}操作${model.approver === null ? '' : `，${model.approver}同意`}`
    : `By ${model.by}${model.approver === null ? '' : `, agreed by ${model.approver}`}`;
  return {
    tone: 'done',
    lines: [line(`${model.tail} ${say(model.words, language)}${already}${proof}`), line(who)],
    buttons:
      model.undo && !model.already
        ? [{ label: zh ? '撤销' : 'Undo', command: `/undo ${model.orderNo}`, style: 'plain' }]
        : [],
    link: model.link === null ? null : { label: say(model.link.label, language), path: model.link.path },
  };
}

/** It did not happen, and why; `told` is what the vendor said. */
export function actUndone(model: { tail: string; aim: Text; why: Text; told: string }, language: Language): Card {
  const zh = language === 'zh';
  const what = say(model.aim, language);
  const sentence = zh
    ? `${model.tail} 没有${what}：${say(model.why, language)}`
    : `${model.tail} did not ${what}: ${say(model.why, language)}`;
  return notice('refused', model.told === '' ? sentence : line(`${sentence}${zh ? '：' : ': '}`, foreign(model.told)));
}

/** Sent and not answered: said as it is. */
export function actUnknown(model: { tail: string; system: string; aim: Text }, language: Language): Card {
  const zh = language === 'zh';
  return notice(
    'waiting',
    zh
      ? `${model.tail} ${say(model.aim, language)}：已提交给${model.system}，没收到答复。正在查证，不会重复提交，查到在这里说。`
      : `${model.tail} ${say(model.aim, language)}: sent to ${model.system}, no answer came. Checking; it will not be sent again; the result comes here.`,
  );
}

/** Confirmed, and the system cannot be reached yet: nothing was sent. */
export function actDelayed(model: { tail: string; system: string; aim: Text }, language: Language): Card {
  const zh = language === 'zh';
  return notice(
    'waiting',
    zh
      ? `${model.tail} ${say(model.aim, language)}：现在问不到${model.system}，还没提交。5 分钟内会再试，不成也在这里说。`
      : `${model.tail} ${say(model.aim, language)}: ${model.system} does not answer; nothing was sent yet. Trying for 5 minutes; the result comes here.`,
  );
}

/** Accepted, and never seen: not called done, not called undone. */
export function actUnseen(model: { tail: string; system: string; aim: Text }, language: Language): Card {
  const zh = language === 'zh';
  return notice(
    'refused',
    zh
      ? `${model.tail} ${say(model.aim, language)}：${model.system}收下了，10 分钟没看到生效，可能之后又被改过。请到系统里核对。`
      : `${model.tail} ${say(model.aim, language)}: ${model.system} took it, but for 10 minutes it did not show; it may have been changed since. Check it there.`,
  );
}

/** Accepted, not visible yet. */
export function actPending(model: { tail: string; system: string; aim: Text }, language: Language): Card {
  const zh = language === 'zh';
  return notice(
    'waiting',
    zh
      ? `${model.tail} ${say(model.aim, language)}：${model.system}已收下，还没生效，生效后在这里说。`
      : `${model.tail} ${say(model.aim, language)}: ${model.system} took it; not in effect yet; the result comes here.`,
  );
}
