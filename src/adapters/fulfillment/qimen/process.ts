import type { FulfillmentView } from '../../../domain/fulfillment.ts';
import { fromBeijingText } from '../../../domain/local-time.ts';
import { hasReached, type Stage } from '../../../domain/stage.ts';
import type { SkippedRow } from '../../../ports/channel.ts';
import { clean } from '../refusal.ts';
import { type Element, elementsOf, textOf } from './xml.ts';

/** What a `processStatus` means in our words. */
const stageOf: Readonly<Record<string, Stage>> = {
  NEW: 'queued',
  ACCEPT: 'queued',
  PRINT: 'sorting',
  PICK: 'sorting',
  CHECK: 'sorting',
  PACKAGE: 'packed',
  WEIGH: 'packed',
  READY: 'labelled',
  DELIVERED: 'shipped',
  // Left the warehouse, and comes back: refused at the door, or stopped on its way.
  REFUSE: 'shipped',
  TMSCANCELED: 'shipped',
  SIGN: 'delivered',
  CLOSED: 'closed',
  CANCELED: 'closed',
  REJECT: 'closed',
};
/** Steps that say nothing about where it is. */
const silent: ReadonlySet<string> = new Set(['PARTDELIVERED', 'PARTFULFILLED', 'FULFILLED', 'OTHER']);

interface Step {
  readonly status: string;
  readonly at: number;
  readonly info: string;
}

/**
 * One order by the steps that its warehouse tells. How a stopped order shows is not in the sheet (fulfillment.md §1.1,
 * UNVERIFIED): as EXCEPTION, until the next step. It names neither the shop nor the goods: a block of `systems` serves one shop.
 */
export function readProcess(order: Element, orderCode: string, systemId: string): FulfillmentView | SkippedRow {
  const steps = elementsOf('process', order)
    .map((process): Step => {
      const at = fromBeijingText(textOf('operateTime', process)) ?? Number.NaN;
      return { status: textOf('processStatus', process), at, info: clean(textOf('operateInfo', process)) };
    })
    // Stable: steps of one second stay as they are told.
    .sort((a, b) => a.at - b.at);
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined || steps.some(({ at }) => Number.isNaN(at)))
    return { ref: orderCode, reason: 'processes: no step, or one without a time' };

  let now: Pick<FulfillmentView, 'stage' | 'stageAt' | 'held' | 'reason'> = {
    stage: 'queued',
    stageAt: first.at,
    held: false,
    reason: '',
  };
  let beforeClosed = now;
  let sortedAt: number | null = null;
  let shippedAt: number | null = null;
  for (const { status, at, info } of steps) {
    const stage = stageOf[status];
    // A cancellation that was accepted and failed afterwards: it goes on where it was.
    if (status === 'CANCELEDFAIL') now = now.stage === 'closed' ? beforeClosed : now;
    else if (status === 'EXCEPTION') now = { ...now, held: true, reason: info || '异常' };
    else if (stage !== undefined) {
      if (stage === 'closed' && now.stage !== 'closed') beforeClosed = now;
      if (stage !== 'closed' && hasReached(stage, 'sorting')) sortedAt ??= at;
      if (stage !== 'closed' && hasReached(stage, 'shipped')) shippedAt ??= at;
      const reason = status === 'REJECT' ? info || '仓库拒单' : '';
      now = { stage, stageAt: stage === now.stage ? now.stageAt : at, held: false, reason };
    } else if (!silent.has(status)) now = { ...now, reason: `未知状态 ${status}` };
  }
  return {
    ...now,
    systemId,
    systemOrderNo: orderCode,
    channelOrderNos: [orderCode],
    systemShopId: '',
    sourceStatus: last.status,
    sourceUpdatedAt: last.at,
    sortedAt: now.stage === 'closed' ? null : sortedAt,
    shippedAt,
    warehouseCode: textOf('warehouseCode', order),
    carrier: '',
    waybill: '',
    closed: now.stage === 'closed',
    lines: [],
  };
}
