import { fulfillmentSubject } from '../../domain/fulfillment.ts';
import { hasReached } from '../../domain/stage.ts';
import type { ActContext, ActKind, RerouteRequest } from './kind.ts';
import { readNow } from './read-now.ts';

interface Before {
  readonly warehouseCode: string;
}

const nameOf = ({ directory }: ActContext, { systemId }: RerouteRequest, code: string): string =>
  directory.warehouseOf(systemId, code)?.name ?? code;

/** Moves an order to another warehouse (`fulfillment.md` §5.2 operation 5). Undoable until picking begins. */
export const reroute: ActKind<RerouteRequest, Before> = {
  permission: 'order:reroute',
  visibleWithinMs: 30_000,
  target: ({ systemId, systemOrderNo }) => fulfillmentSubject(systemId, systemOrderNo),

  async check(context, request, signal) {
    const now = await readNow(context, request, signal);
    if (now === undefined) {
      return { state: 'refused', why: { zh: '仓库系统里找不到这单了', en: 'the warehouse system no longer shows it' } };
    }
    if (now.warehouseCode === request.to) return { state: 'already' };
    if (now.closed || hasReached(now.stage, 'sorting')) {
      return { state: 'refused', why: { zh: '已经开始拣货，改不了仓', en: 'picking has begun: it cannot be moved' } };
    }
    if (now.warehouseCode !== request.from) {
      const where = nameOf(context, request, now.warehouseCode);
      return {
        state: 'refused',
        why: {
          zh: `刚刚已被改到${where}，请重新看一下再改`,
          en: `it was moved to ${where} meanwhile; look again first`,
        },
      };
    }
    return { state: 'go', before: { warehouseCode: now.warehouseCode } };
  },

  write({ systemOf }, { systemId, systemOrderNo, from, to }, action, by, signal) {
    return systemOf(systemId).system.reroute(
      { systemOrderNo, to, expectFrom: from, reason: action.reason, by },
      signal,
    );
  },

  async probe(context, request, _before, _action, signal) {
    return (await readNow(context, request, signal))?.warehouseCode === request.to ? 'applied' : 'not-yet';
  },

  compensate(request) {
    const back: RerouteRequest = { ...request, from: request.to, to: request.from };
    return { act: { kind: 'reroute', subject: '', request: back } };
  },

  done: (context, request) => {
    const to = nameOf(context, request, request.to);
    return { zh: `已改到${to}`, en: `moved to ${to}` };
  },
  aim: (context, request) => {
    const to = nameOf(context, request, request.to);
    return { zh: `改到${to}`, en: `move to ${to}` };
  },
};
