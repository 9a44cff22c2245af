import { actorId } from '../../domain/actor.ts';
import type { Asking } from '../../domain/asking.ts';
import { UserError } from '../../domain/errors.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ActionRow, Storage } from '../../ports/stores.ts';
import { undoPreview } from '../../render/preview-cards.ts';
import type { Step } from '../reply.ts';
import type { ActContext, Proposal } from './kind.ts';
import { kindOf, ownKindOf } from './kinds.ts';
import { ask, demand, subjectOf, tailOfSubject } from './propose.ts';

const windowMs = 30 * 60_000;

/** `/undo`: the last act on an order, or my own last one here, taken back by its compensation, after a yes. */
export function createUndo({ storage, clock, context }: { storage: Storage; clock: Clock; context: ActContext }) {
  async function latest(asking: Asking, order: Order | undefined): Promise<ActionRow> {
    const action =
      order === undefined
        ? await storage.actions.lastBy(actorId(asking.actor), asking.roomId)
        : (await storage.actions.listFor(subjectOf(order), 20)).find(
            (each) => each.undoOf === null && each.state !== 'refused' && each.state !== 'failed',
          );
    if (action !== undefined) return action;
    throw new UserError(
      'NOTHING_TO_UNDO',
      order === undefined
        ? { zh: '你在这里没有可以撤销的操作', en: 'You have done nothing here that could be undone' }
        : {
            zh: `${tailOf(order.channelOrderNo)} 没有可以撤销的操作`,
            en: `Nothing was done to ${tailOf(order.channelOrderNo)} that could be undone`,
          },
    );
  }

  return async (asking: Asking, order: Order | undefined): Promise<Step> => {
    const action = await latest(asking, order);
    const kind = kindOf(action.kind);
    demand(asking, action.kind);
    const isMine = action.actorId === actorId(asking.actor);
    if (action.state === 'refused' || action.state === 'failed') {
      throw new UserError('NOTHING_DONE', {
        zh: '你上一次操作没有做成，没有要撤销的',
        en: 'Your last act was not carried out: there is nothing to undo',
      });
    }
    if (action.state !== 'done') {
      throw new UserError('NOT_DONE_YET', {
        zh: '这个操作还没有结果，出来以后再撤销',
        en: 'That act has no result yet; undo it when it has',
      });
    }
    if (await storage.actions.findUndoOf(action.id)) {
      throw new UserError('UNDONE_ALREADY', { zh: '这个操作已经撤销过了', en: 'That act has been undone already' });
    }
    // It was so already: whoever did it, it was not this act.
    const isOurs =
      action.before !== null &&
      !(await storage.actions.steps(action.id)).some(({ step, detail }) => step === 'accepted' && detail === 'already');
    if (!isOurs) {
      throw new UserError('NOTHING_DONE', {
        zh: '那次本来就是这样，我们没有改动，不用撤销',
        en: 'It was so already and nothing was changed: there is nothing to undo',
      });
    }
    const way = kind.compensate(action.request, action.before);
    if ('impossible' in way) throw new UserError('NO_WAY_BACK', way.impossible);
    if (clock.now() - (action.finishedAt ?? action.startedAt) > windowMs) {
      throw new UserError('TOO_LATE', {
        zh: '超过 30 分钟，不能直接撤销了，请重新改一次',
        en: 'More than 30 minutes ago: make a new change instead',
      });
    }
    const { act } = way;
    if (!isMine) demand(asking, act.kind);
    const tail = ownKindOf(action.kind) === undefined ? tailOfSubject(action.subject) : '';
    const proposal: Proposal = {
      acts: [{ ...act, subject: action.subject }],
      second: null,
      needsReason: false,
      ...(isMine ? { permission: kind.permission } : {}),
      undoOf: action.id,
      reason: 'undo',
    };
    const aim = kindOf(act.kind).aim(context, act.request);
    return (tx) => ask(tx, clock, asking, proposal, (question) => undoPreview(aim, tail, question, asking.language));
  };
}
