import { RetryableError } from '../../domain/errors.ts';
import { skuSubject } from '../../domain/subject.ts';
import type { ReplenishmentDoc } from '../../ports/fulfillment.ts';
import type { ActionRow } from '../../ports/stores.ts';
import type { ActContext, ActKind, ReplenishRequest } from './kind.ts';

const nameOf = ({ directory }: ActContext, { systemId }: ReplenishRequest, code: string): string =>
  directory.warehouseOf(systemId, code)?.name ?? code;

const way = (context: ActContext, request: ReplenishRequest): { readonly zh: string; readonly en: string } => {
  const to = nameOf(context, request, request.to);
  const { sku, qty, from } = request;
  return from === null
    ? { zh: `采购 ${sku} ×${qty} 到${to}`, en: `purchase of ${qty} ${sku} for ${to}` }
    : {
        zh: `${sku} ×${qty} 从${nameOf(context, request, from)}调到${to}`,
        en: `${qty} ${sku} from ${nameOf(context, request, from)} to ${to}`,
      };
};

/** Within this long one request per SKU and warehouse: a second one is shown the first. */
const windowMs = 24 * 3_600_000;

/** One that was asked for, and not refused, for the same goods and place. */
export const openReplenishment = (
  acts: readonly ActionRow[],
  { systemId, to }: Pick<ReplenishRequest, 'systemId' | 'to'>,
  now: number,
): ActionRow | undefined =>
  acts.find(({ kind, state, startedAt, request }) => {
    const other = request as ReplenishRequest;
    const isOpen = kind === 'replenish' && state !== 'refused' && state !== 'failed' && startedAt > now - windowMs;
    return isOpen && other.systemId === systemId && other.to === to;
  });

/** Asks the system for goods (`fulfillment.md` §5.2 operation 9). The document carries our number: asking again makes no second one. */
export const replenish: ActKind<ReplenishRequest, Record<string, never>> = {
  permission: 'stock:replenish',
  visibleWithinMs: 30_000,
  target: ({ systemId, sku, to }) => `replenish:${systemId}/${to}/${sku}`,

  async check({ actsOn }, request) {
    const acts = await actsOn(skuSubject(request.sku));
    // This very one is planned, and of now.
    const now = acts.find(({ state }) => state === 'planned')?.startedAt ?? 0;
    const others = acts.filter(({ state }) => state !== 'planned');
    return openReplenishment(others, request, now) === undefined
      ? { state: 'go', before: {} }
      : {
          state: 'refused',
          why: { zh: '24 小时内已经提过一次', en: 'it was asked for within the last 24 hours' },
        };
  },

  write: ({ systemOf }, request, action, by, signal) =>
    systemOf(request.systemId).system.requestReplenishment(wishOf(request, action.id, by), signal),

  async probe(context, request, _before, action, signal) {
    if (action.after !== null) return 'applied';
    const by = context.directory.personName(action.actorId);
    const outcome = await context
      .systemOf(request.systemId)
      .system.requestReplenishment(wishOf(request, action.id, by), signal);
    // It was sent: whether there is a document only an answer can tell.
    if (outcome.kind === 'unknown' || outcome.kind === 'retryable')
      throw new RetryableError('No answer about a request for goods', { code: 'NO_ANSWER' });
    return outcome.kind === 'done' || outcome.kind === 'already' ? { after: outcome.value } : 'not-yet';
  },

  compensate: () => ({
    impossible: {
      zh: '补货单没有撤销接口：还是草稿的，请到仓库系统里删掉',
      en: 'a request for goods cannot be taken back by API; delete the draft in the warehouse system',
    },
  }),
  done(context, request, after) {
    const doc = after as ReplenishmentDoc | null;
    const { zh, en } = way(context, request);
    const no = doc === null ? '' : ` ${doc.docNo}`;
    const isDraft = doc?.stage === 'draft';
    return {
      zh: `已提补货单${no}：${zh}${isDraft ? '（草稿，要在系统里审核）' : ''}`,
      en: `asked for goods, document${no}: ${en}${isDraft ? ' (a draft: it has to be approved there)' : ''}`,
    };
  },
  aim: (context, request) => ({ zh: `补货（${way(context, request).zh}）`, en: `ask for ${way(context, request).en}` }),
};

const wishOf = ({ sku, qty, to, from }: ReplenishRequest, operationKey: string, by: string) => ({
  operationKey,
  lines: [{ sku, qty }],
  to,
  from,
  needBy: null,
  reason: '补货',
  by,
});
