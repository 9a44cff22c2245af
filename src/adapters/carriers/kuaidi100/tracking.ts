import { z } from 'zod';
import { fromBeijingText } from '../../../domain/local-time.ts';
import type { TrackEvent, TrackKind } from '../../../domain/track.ts';
import type { Tracking, TrackingState } from '../../../ports/carrier.ts';
import type { SkippedRow } from '../../../ports/channel.ts';
import { carrierOfCode } from './companies.ts';

const Code = z.union([z.string(), z.number()]).transform(String);

const Row = z.looseObject({
  time: z.string().nullish(),
  ftime: z.string().nullish(),
  status: z.string().nullish(),
  statusCode: Code.nullish(),
});
type Row = z.infer<typeof Row>;

/** `lastResult` of a push, and the answer to a query. */
export const Result = z.looseObject({
  nu: Code,
  com: z.string(),
  state: Code.nullish(),
  ischeck: Code.nullish(),
  data: z.array(z.unknown()).nullish(),
});
export type Result = z.infer<typeof Result>;

/**
 * Fine and coarse state codes (fulfillment.md §2.2). `unknown` where nobody touched the parcel: an order was placed or a
 * pick-up is awaited (101, 102), or the provider counted days (201, 202). Taken for scans, the first would hide a parcel
 * that was never picked up and the others restart its clock.
 */
const byCode: ReadonlyMap<string, TrackKind> = mapOf({
  101: 'unknown',
  102: 'unknown',
  201: 'unknown',
  202: 'unknown',
  0: 'in-transit',
  1: 'collected',
  103: 'collected',
  1001: 'in-transit',
  1002: 'in-transit',
  1003: 'in-transit',
  2: 'problem',
  203: 'problem',
  204: 'problem',
  205: 'problem',
  206: 'problem',
  207: 'problem',
  208: 'problem',
  209: 'problem',
  3: 'delivered',
  301: 'delivered',
  302: 'delivered',
  303: 'delivered',
  304: 'delivered',
  4: 'returned',
  401: 'returned',
  210: 'returned',
  5: 'out-for-delivery',
  501: 'out-for-delivery',
  6: 'returned',
  7: 'in-transit',
  8: 'customs',
  10: 'customs',
  11: 'customs',
  12: 'customs',
  13: 'customs',
  14: 'problem',
});

/** The words that rows carry where the account has no codes (samples of 2020: resultv2=1). */
const byWord: ReadonlyMap<string, TrackKind> = mapOf({
  在途: 'in-transit',
  揽收: 'collected',
  疑难: 'problem',
  签收: 'delivered',
  退签: 'returned',
  派件: 'out-for-delivery',
  退回: 'returned',
  转投: 'in-transit',
  清关: 'customs',
  待清关: 'customs',
  清关中: 'customs',
  已清关: 'customs',
  清关异常: 'customs',
  拒签: 'problem',
  干线: 'in-transit',
  到达派件城市: 'in-transit',
  投柜或驿站: 'out-for-delivery',
  下单: 'unknown',
  待揽收: 'unknown',
  超时未签收: 'unknown',
  超时未更新: 'unknown',
});

function mapOf(kinds: Readonly<Record<string, TrackKind>>): ReadonlyMap<string, TrackKind> {
  return new Map(Object.entries(kinds));
}

/** Signed and signed back: nothing follows (3xx are kinds of 3). 401: the waybill was cancelled. */
const isOver = ({ state, ischeck }: Result): boolean => ischeck === '1' || /^(3|30\d|4|401)$/.test(state ?? '');

/** The provider's own state of a row, and what we call it; undefined when it stands in no list of ours. */
function stateOf({ statusCode, status }: Row): { rawState: string; kind: TrackKind | undefined } {
  if (statusCode != null && statusCode !== '') return { rawState: statusCode, kind: byCode.get(statusCode) };
  const word = status?.trim() ?? '';
  return { rawState: word, kind: byWord.get(word) };
}

/** Local time of Beijing without a zone (fulfillment.md §2.1). */
const timeOf = ({ ftime, time }: Row): number | undefined =>
  fromBeijingText(ftime ?? '') ?? fromBeijingText(time ?? '');

/** The neutral reading of everything Kuaidi100 tells of one parcel. Its rows come newest first, but no order is trusted. */
export function readResult(result: Result, state?: TrackingState): Tracking {
  const waybill = result.nu;
  const carrier = carrierOfCode(result.com);
  const events: TrackEvent[] = [];
  const skipped: SkippedRow[] = [];
  const unknownStates: string[] = [];
  for (const raw of result.data ?? []) {
    const row = Row.safeParse(raw);
    const occurredAt = row.success ? timeOf(row.data) : undefined;
    if (!row.success || occurredAt === undefined) {
      skipped.push({ ref: waybill, reason: row.success ? 'no readable time' : 'no row of tracking' });
      continue;
    }
    const { rawState, kind } = stateOf(row.data);
    if (kind === undefined) unknownStates.push(rawState);
    events.push({ carrier, waybill, occurredAt, kind: kind ?? 'unknown', rawState });
  }
  events.sort((a, b) => a.occurredAt - b.occurredAt);
  return {
    waybill,
    events,
    skipped,
    unknownStates,
    state: state ?? (isOver(result) ? 'finished' : 'going-on'),
    refusal: null,
  };
}
