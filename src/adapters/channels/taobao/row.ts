import { z } from 'zod';
import { fromBeijingText } from '../../../domain/local-time.ts';
import { parseMinor } from '../../../domain/money.ts';

export const currency = 'CNY';

/** What the platform leaves out, blanks, or fills with a zero: all of it means "not yet" or "nothing" (channels.md §9.18). */
const blank = (value: unknown): unknown =>
  value === undefined || value === '' || value === 0 || value === '0' || isZeroDate(value) ? null : value;

const isZeroDate = (value: unknown): boolean => typeof value === 'string' && /^(0000|1970)-/.test(value);

const MaybeTime = z.preprocess(
  blank,
  z
    .string()
    .transform((text, context) => fromBeijingText(text) ?? fail(context, 'no time of Beijing'))
    .nullable(),
);

const Words = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => String(value ?? '').trim());

/** Yuan as a decimal, mostly a string; null when the platform does not tell. */
const Yuan = Words.transform((text, context) =>
  text === '' ? null : (parseMinor(text, currency) ?? fail(context, 'no amount in yuan')),
);

/** "true" and "1" of old gateways, too. */
const Yes = Words.transform((text) => text === 'true' || text === '1');

const Count = z.preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.number().int().positive());

/** A list, whatever the gateway makes of it: wrapped, bare, a single object, or left out when it is empty. */
export function listOf(value: unknown, wrapper: string): unknown[] {
  if (value === undefined || value === null || value === '') return [];
  if (!isObject(value)) return Array.isArray(value) ? value : [value];
  if (Object.hasOwn(value, wrapper)) return listOf(value[wrapper], wrapper);
  return Object.keys(value).length === 0 ? [] : [value];
}

const Line = z.object({
  oid: Words,
  oid_str: Words,
  outer_sku_id: Words,
  outer_iid: Words,
  sku_id: Words,
  num_iid: Words,
  title: Words,
  sku_properties_name: Words,
  num: Count,
  price: Yuan,
  payment: Yuan,
  divide_order_fee: Yuan,
  refund_status: Words,
  status: Words,
  consign_time: MaybeTime,
  end_time: MaybeTime,
  logistics_company: Words,
  invoice_no: Words,
  modify_address: Words,
  estimate_con_time: Words,
});
export type Line = z.infer<typeof Line>;

/** A trade of channels.md §1.3, with its lines in one place. */
export const Trade = z.preprocess(
  (raw) => (isObject(raw) ? { ...raw, lines: listOf(raw['orders'] ?? raw['order'], 'order') } : raw),
  z.object({
    tid: Words,
    tid_str: Words,
    status: Words.pipe(z.string().min(1)),
    type: Words,
    step_trade_status: Words,
    created: MaybeTime,
    modified: MaybeTime,
    pay_time: MaybeTime,
    consign_time: MaybeTime,
    collect_time: MaybeTime,
    sign_time: MaybeTime,
    end_time: MaybeTime,
    payment: Yuan,
    total_fee: Yuan,
    post_fee: Yuan,
    buyer_open_uid: Words,
    buyer_message: Words,
    seller_memo: Words,
    seller_flag: Words,
    receiver_name: Words,
    receiver_mobile: Words,
    receiver_phone: Words,
    receiver_state: Words,
    receiver_city: Words,
    receiver_district: Words,
    receiver_address: Words,
    oaid: Words,
    top_hold: Yes,
    forbid_consign: Yes,
    lm: Words,
    lines: z.array(Line),
  }),
);
export type Trade = z.infer<typeof Trade>;

/** The seller's remark of a full trade. */
export const Noted = Trade.out.pick({ seller_memo: true, seller_flag: true });

/** Everything that the rows above and `isPartial` look at. `oaid` comes only together with the whole receiver. */
export const fields = [
  ...Object.keys(Trade.out.shape).filter((name) => name !== 'lines'),
  'has_buyer_message',
  'orders',
].join(',');

/** The number of a raw row, for naming it; undefined when it has none. */
export function tidOf(raw: unknown): string | undefined {
  if (!isObject(raw)) return undefined;
  const tid = Words.safeParse(raw['tid_str'] ?? raw['tid']).data ?? '';
  return tid === '' ? undefined : tid.slice(0, 64);
}

/** Whether a row of a list leaves out what only the full trade tells: lists show a part (channels.md §1.2). */
export function isPartial(raw: unknown): boolean {
  if (!isObject(raw)) return false;
  const has = (name: string): boolean => blank(raw[name]) !== null;
  return (
    !has('created') ||
    !has('payment') ||
    listOf(raw['orders'] ?? raw['order'], 'order').length === 0 ||
    (Yes.safeParse(raw['has_buyer_message']).data === true && !has('buyer_message')) ||
    (has('seller_flag') && !has('seller_memo'))
  );
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fail(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
