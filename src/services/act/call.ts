import { notice } from '../../domain/card.ts';
import type { CallRequest } from './kind.ts';
import type { OwnKind } from './own.ts';

/** A telephone is to ring: planned here, dialled by whoever rings them all. */
export const call: OwnKind<CallRequest> = {
  permission: 'alert:act',
  target: ({ personId }) => `call:${personId}`,
  async apply(tx, { directory }, { personId, provider, spoken }, { id, actorId, roomId, at, language }) {
    const cause = `ask/${id}/${personId}`;
    const planned = {
      escalationId: null,
      alertId: null,
      cause: `${cause}/${provider}`,
      personId,
      provider,
      askedBy: actorId,
      roomId,
      spoken,
      why: null,
      plannedAt: at,
    };
    if (!(await tx.calls.plan(planned))) return { zh: '已经在打了', en: 'It is ringing already' };
    const who = directory.personName(`person:${personId}`);
    return {
      card: notice('waiting', language === 'zh' ? `好，这就给${who}打电话` : `Fine, ringing ${who} now`),
      before: null,
    };
  },
  compensate: () => ({
    impossible: { zh: '电话打出去了，收不回', en: 'A ring cannot be taken back' },
  }),
  done: ({ directory }, { personId }) => named(directory.personName(`person:${personId}`)),
  aim: ({ directory }, { personId }) => named(directory.personName(`person:${personId}`)),
};

const named = (who: string) => ({ zh: `给${who}打电话`, en: `ring ${who}` });
