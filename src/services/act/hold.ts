import { fulfillmentSubject } from '../../domain/fulfillment.ts';
import { holdReasonNames } from '../../domain/hold-reason.ts';
import { hasReached } from '../../domain/stage.ts';
import type { Text } from '../../domain/text.ts';
import type { ActKind, HoldRequest, UnholdRequest } from './kind.ts';
import { readNow } from './read-now.ts';

interface Before {
  readonly sourceStatus: string;
}

const gone: Text = { zh: '仓库系统里找不到这单了', en: 'the warehouse system no longer shows it' };

/** Stops an order in its warehouse system (`fulfillment.md` §5.2 operation 7). All orders of that warehouse order stop with it. */
export const hold: ActKind<HoldRequest, Before> = {
  permission: 'order:hold',
  visibleWithinMs: 30_000,
  target: ({ systemId, systemOrderNo }) => fulfillmentSubject(systemId, systemOrderNo),

  async check(context, request, signal) {
    const now = await readNow(context, request, signal);
    if (now === undefined) return { state: 'refused', why: gone };
    if (now.held) return { state: 'already' };
    if (hasReached(now.stage, 'shipped') && !now.closed)
      return { state: 'refused', why: { zh: '已经发货，停不下来了', en: 'it has been shipped: too late to stop it' } };
    if (now.closed)
      return { state: 'refused', why: { zh: '这张仓库单已经关闭', en: 'that warehouse order is closed' } };
    return { state: 'go', before: { sourceStatus: now.sourceStatus } };
  },

  write: ({ systemOf }, { systemId, systemOrderNo, reason, note }, action, by, signal) =>
    systemOf(systemId).system.hold({ operationKey: action.id, systemOrderNo, reason, note, by }, signal),

  async probe(context, request, _before, _action, signal) {
    return (await readNow(context, request, signal))?.held === true ? 'applied' : 'not-yet';
  },

  compensate({ systemId, systemOrderNo, orderNo, byHand }) {
    if (byHand !== null) return { impossible: byHand };
    return { act: { kind: 'unhold', subject: '', request: { systemId, systemOrderNo, orderNo } } };
  },

  done: (_context, { reason }) => ({
    zh: `已暂停发货（${holdReasonNames[reason].zh}）`,
    en: `on hold (${holdReasonNames[reason].en})`,
  }),
  aim: () => ({ zh: '暂停发货', en: 'hold it' }),
};

/** Lets an order go on (`fulfillment.md` §5.2 operation 8), where the system has an interface for it. */
export const unhold: ActKind<UnholdRequest, Before> = {
  permission: 'order:clear',
  visibleWithinMs: 30_000,
  target: ({ systemId, systemOrderNo }) => fulfillmentSubject(systemId, systemOrderNo),

  async check(context, request, signal) {
    const now = await readNow(context, request, signal);
    if (now === undefined) return { state: 'refused', why: gone };
    if (!now.held && now.stage !== 'review') return { state: 'already' };
    return { state: 'go', before: { sourceStatus: now.sourceStatus } };
  },

  write: ({ systemOf }, { systemId, systemOrderNo }, action, by, signal) =>
    systemOf(systemId).system.unhold({ operationKey: action.id, systemOrderNo, by }, signal),

  async probe(context, request, _before, _action, signal) {
    const now = await readNow(context, request, signal);
    return now !== undefined && !now.held && now.stage !== 'review' ? 'applied' : 'not-yet';
  },

  compensate: ({ systemId, systemOrderNo, orderNo }) => ({
    act: {
      kind: 'hold',
      subject: '',
      request: { systemId, systemOrderNo, orderNo, reason: 'risk', note: '撤销放行', byHand: null },
    },
  }),
  done: () => ({ zh: '已放行，接着发', en: 'let go: it goes on' }),
  aim: () => ({ zh: '放行', en: 'let it go' }),
};
