import { notice } from '../../domain/card.ts';
import { silenceDone } from '../../render/noise-cards.ts';
import { scopeWords } from '../silence-words.ts';
import type { ActContext, EndRequest, SilenceRequest } from './kind.ts';
import type { OwnKind } from './own.ts';

/** A room does not hear of something for a while. */
export const silence: OwnKind<SilenceRequest> = {
  permission: 'alert:act',
  target: ({ roomId, scope }) => `silence:${roomId}/${JSON.stringify(scope)}`,
  async apply(tx, { directory }, { roomId, scope, ms, reason }, { actorId, at, language }) {
    const id = await tx.noise.addSilence({ roomId, scope, from: at, until: at + ms, reason, by: actorId });
    const { timezone } = directory;
    const what = scopeWords(scope, directory);
    const by = directory.personName(actorId);
    const card = silenceDone({ id, what, ms, reason, by, now: at, timezone }, language);
    return { card, before: { id } };
  },
  compensate: (_request, before) => ({
    act: { kind: 'silence-end', subject: '', request: before as EndRequest },
  }),
  done: (context, request) => named(context, request, '已免打扰', 'silenced'),
  aim: (context, request) => named(context, request, '免打扰', 'silence'),
};

const named = ({ directory }: ActContext, { scope }: SilenceRequest, zh: string, en: string) => {
  const what = scopeWords(scope, directory);
  return { zh: `${zh} ${what.zh}`, en: `${en} ${what.en}` };
};

export const silenceEnd: OwnKind<EndRequest> = {
  permission: 'alert:act',
  target: ({ id }) => `silence-end:${id}`,
  async apply(tx, _context, { id }, { at, language }) {
    if (!(await tx.noise.endSilence(id, at))) return { zh: '这条免打扰已经结束了', en: 'That silence is over already' };
    return { card: notice('done', language === 'zh' ? '免打扰结束了' : 'The silence is over'), before: { id } };
  },
  compensate: () => ({
    impossible: { zh: '要再免打扰，请重新发 /免打扰', en: 'To silence it again, send /silence again' },
  }),
  done: () => ({ zh: '已结束免打扰', en: 'silence ended' }),
  aim: () => ({ zh: '结束免打扰', en: 'end the silence' }),
};
