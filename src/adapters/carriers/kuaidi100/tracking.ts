import { z } from 'zod';
import { fromBeijingText } from '../../../domain/local-time.ts';
import type { TrackKind } from '../../../domain/track.ts';
import type { Tracking, TrackingState } from '../../../ports/carrier.ts';
import { kindsOf, type TrackRow, trackingOf } from '../tracking.ts';
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
const byCode: Readonly<Record<string, TrackKind>> = {
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
};

/** The words that rows carry where the account has no codes (samples of 2020: resultv2=1). */
const byWord: Readonly<Record<string, TrackKind>> = {
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
};

const kinds = kindsOf({ ...byCode, ...byWord });

/** Signed and signed back: nothing follows (3xx are kinds of 3). 401: the waybill was cancelled. */
const isOver = ({ state, ischeck }: Result): boolean => ischeck === '1' || /^(3|30\d|4|401)$/.test(state ?? '');

/** The provider's own state of a row. */
const codeOf = ({ statusCode, status }: Row): string =>
  statusCode != null && statusCode !== '' ? statusCode : (status?.trim() ?? '');

/** Local time of Beijing without a zone (fulfillment.md §2.1). */
const timeOf = ({ ftime, time }: Row): number | undefined =>
  fromBeijingText(ftime ?? '') ?? fromBeijingText(time ?? '');

/** The neutral reading of everything Kuaidi100 tells of one parcel. Its rows come newest first, but no order is trusted. */
export function readResult(result: Result, state?: TrackingState): Tracking {
  const rows = (result.data ?? []).map((raw): TrackRow | undefined => {
    const row = Row.safeParse(raw);
    const at = row.success ? timeOf(row.data) : undefined;
    return row.success ? { code: codeOf(row.data), moment: at === undefined ? at : { at } } : undefined;
  });
  const tracking = trackingOf(carrierOfCode(result.com), result.nu, rows, kinds);
  return { ...tracking, state: state ?? (isOver(result) ? 'finished' : 'going-on') };
}
