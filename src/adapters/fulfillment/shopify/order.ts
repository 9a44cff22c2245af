import { z } from 'zod';
import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { hasReached, type Stage } from '../../../domain/stage.ts';
import type { SkippedRow } from '../../../ports/channel.ts';
import { Gid } from './gid.ts';

/** ISO 8601 with a zone → unix ms. */
const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const MaybeTime = Time.nullish().transform((at) => at ?? null);
const Words = z
  .string()
  .nullish()
  .transform((text) => text?.trim() ?? '');

const Hold = z.object({
  id: z.string(),
  handle: Words,
  reason: Words,
  reasonNotes: Words,
  heldByRequestingApp: z.boolean().nullish(),
});
const Shipment = z.object({
  status: z.string(),
  displayStatus: Words,
  createdAt: Time,
  deliveredAt: MaybeTime,
  trackingInfo: z
    .array(z.object({ company: Words, number: Words }))
    .nullish()
    .transform((all) => all ?? []),
});
const Row = z.object({
  id: Gid,
  status: z.string(),
  requestStatus: Words,
  updatedAt: Time,
  orderId: Gid,
  assignedLocation: z.object({ location: z.object({ id: Gid }).nullish() }),
  fulfillmentHolds: z.array(Hold),
  lineItems: z.object({ nodes: z.array(z.object({ sku: Words, totalQuantity: z.number().int() })) }),
  fulfillments: z.object({ nodes: z.array(Shipment) }),
});
type Row = z.infer<typeof Row>;
export type Hold = z.infer<typeof Hold>;

/** A part of an order as the shop has it, with what an act on it has to look at. */
export interface Part {
  readonly view: FulfillmentView;
  readonly holds: readonly Hold[];
  readonly requestStatus: string;
}

/** Holds of ours carry this before the number of our operation. */
export const handlePrefix = 'war-room-';

/** Why a part waits, by the word of the shop's list (fulfillment.md §1.7). */
const reasons: ReadonlyMap<string, string> = new Map([
  ['AWAITING_PAYMENT', '等付款'],
  ['HIGH_RISK_OF_FRAUD', '疑似欺诈'],
  ['INCORRECT_ADDRESS', '地址不对'],
  ['INVENTORY_OUT_OF_STOCK', '缺货'],
  ['UNKNOWN_DELIVERY_DATE', '发货日期未定'],
  ['ONLINE_STORE_POST_PURCHASE_CROSS_SELL', '等买家加购'],
  ['AWAITING_RETURN_ITEMS', '等退货'],
]);

interface State {
  readonly stage: Stage;
  readonly at: number;
  readonly shippedAt: number | null;
  readonly reason: string;
}

/**
 * The shop tells when a part was sent, but not when it entered the other stages: there the instant is `updatedAt`.
 * IN_PROGRESS means that a warehouse has begun or taken it; one that reports no progress goes from OPEN to CLOSED.
 */
function stateOf(row: Row): State {
  const at = row.updatedAt;
  const plain = { at, shippedAt: null, reason: '' };
  const sent = row.fulfillments.nodes.filter(({ status }) => status === 'SUCCESS');
  switch (row.status) {
    case 'OPEN':
    case 'SCHEDULED':
      return { ...plain, stage: 'queued' };
    case 'ON_HOLD':
      return { ...plain, stage: 'queued', reason: row.fulfillmentHolds.map(wordsOf).join('；') };
    case 'IN_PROGRESS':
      return { ...plain, stage: 'sorting' };
    case 'INCOMPLETE':
      return { ...plain, stage: 'queued', reason: '第三方仓没有发完' };
    case 'CLOSED': {
      // What was moved away whole is closed, too, and nothing was sent from it.
      if (sent.length === 0) return { ...plain, stage: 'closed' };
      const shippedAt = Math.max(...sent.map(({ createdAt }) => createdAt));
      const isDelivered = sent.every(
        ({ deliveredAt, displayStatus }) => deliveredAt !== null || displayStatus === 'DELIVERED',
      );
      if (!isDelivered) return { stage: 'shipped', at: shippedAt, shippedAt, reason: '' };
      return { stage: 'delivered', at: Math.max(...sent.map((one) => one.deliveredAt ?? at)), shippedAt, reason: '' };
    }
    case 'CANCELLED':
      return { ...plain, stage: 'closed' };
    default:
      return { ...plain, stage: 'queued', reason: `未知状态 ${row.status}` };
  }
}

const wordsOf = ({ reason, reasonNotes }: Hold): string =>
  [reasons.get(reason) ?? '', reasonNotes].filter(Boolean).join('：') || '已暂停';

/** Reads one fulfillment order, or names it and says which field could not be read. */
export function readPart(raw: unknown, systemId: string): Part | SkippedRow {
  const parsed = Row.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ref: refOf(raw), reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` };
  }
  const row = parsed.data;
  const { stage, at, shippedAt, reason } = stateOf(row);
  const tracking = row.fulfillments.nodes.flatMap(({ status, trackingInfo }) =>
    status === 'SUCCESS' ? trackingInfo : [],
  );
  const closed = stage === 'closed';
  return {
    view: {
      systemId,
      systemOrderNo: row.id,
      channelOrderNos: [row.orderId],
      // One shop, which has no number of its own in its own system.
      systemShopId: '',
      sourceStatus: row.status,
      sourceUpdatedAt: row.updatedAt,
      stage,
      stageAt: at,
      sortedAt: !closed && hasReached(stage, 'sorting') ? Math.min(at, shippedAt ?? at) : null,
      shippedAt,
      warehouseCode: row.assignedLocation.location?.id ?? '',
      held: row.status === 'ON_HOLD',
      reason,
      carrier: tracking[0]?.company ?? '',
      waybill: tracking[0]?.number ?? '',
      closed,
      lines: row.lineItems.nodes.map(({ sku, totalQuantity }) => ({ sku, qty: totalQuantity })),
    },
    holds: row.fulfillmentHolds,
    requestStatus: row.requestStatus,
  };
}

function refOf(raw: unknown): string {
  const id = typeof raw === 'object' && raw !== null ? (raw as { id?: unknown }).id : undefined;
  return Gid.safeParse(id).data ?? 'fulfillment order without id';
}
