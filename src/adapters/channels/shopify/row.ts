import { z } from 'zod';

const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const earliest = Date.UTC(2000, 0, 1);
const latest = Date.UTC(2100, 0, 1);

/** ISO 8601 with a zone → unix ms. */
const Time = z.string().transform((text, context) => {
  const at = zoned.test(text) ? Date.parse(text) : Number.NaN;
  if (at >= earliest && at < latest) return at;
  context.addIssue({ code: 'custom', message: 'no time with a zone' });
  return z.NEVER;
});
/** Null, absent and "" mean "not yet" (channels.md §9.18). */
const MaybeTime = z.preprocess((value) => (value === undefined || value === '' ? null : value), Time.nullable());

/** `gid://shopify/Order/123` → `123`. */
const Gid = z
  .string()
  .regex(/^gid:\/\/shopify\/\w+\/\d+$/, 'no global id')
  .transform((gid) => gid.slice(gid.lastIndexOf('/') + 1));

const Words = z
  .string()
  .nullish()
  .transform((text) => text?.trim() ?? '');
const MaybeWord = z
  .string()
  .nullish()
  .transform((text) => (text === undefined || text === '' ? null : text));

/** A decimal text, "31.9"; what it is in minor units depends on the currency. */
const Bag = z
  .object({
    shopMoney: z.object({
      amount: z.union([z.string(), z.number()]).transform(String),
      currencyCode: z.string().nullish(),
    }),
  })
  .transform(({ shopMoney: { amount, currencyCode } }) => ({ amount, currency: currencyCode ?? null }));
const MaybeBag = Bag.nullish().transform((bag) => bag ?? null);
export type MoneyBag = z.infer<typeof Bag>;

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const connection = <Item extends z.ZodType>(item: Item) =>
  z
    .object({ nodes: z.array(item) })
    .nullish()
    .transform((found) => found?.nodes ?? []);

const Line = z
  .object({
    id: Gid,
    sku: Words,
    title: Words,
    quantity: z.number().int().nonnegative(),
    currentQuantity: z.number().int().nonnegative().nullish(),
    variant: z.object({ id: Gid }).nullish(),
    originalUnitPriceSet: MaybeBag,
    discountedTotalSet: MaybeBag,
  })
  .transform((line) => ({ ...line, currentQuantity: line.currentQuantity ?? line.quantity }));

const Address = z.object({
  name: Words,
  firstName: Words,
  lastName: Words,
  phone: Words,
  address1: Words,
  address2: Words,
  city: Words,
  province: Words,
  provinceCode: Words,
  zip: Words,
  countryCodeV2: Words,
});

/** An order as it is asked for (`queries.ts`); whatever a shop or an app may lack may be null. */
export const Row = z.object({
  id: Gid,
  name: Words,
  createdAt: Time,
  updatedAt: Time,
  processedAt: MaybeTime,
  cancelledAt: MaybeTime,
  closedAt: MaybeTime,
  test: z.boolean().nullish(),
  requiresShipping: z.boolean().nullish(),
  currencyCode: MaybeWord,
  displayFinancialStatus: MaybeWord,
  displayFulfillmentStatus: MaybeWord,
  returnStatus: MaybeWord.transform((word) => word ?? 'NO_RETURN'),
  fullyPaid: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  note: Words,
  tags: list(z.string()),
  phone: Words,
  email: Words,
  customer: z.object({ id: Gid.nullish(), defaultPhoneNumber: z.object({ phoneNumber: Words }).nullish() }).nullish(),
  shippingAddress: Address.nullish(),
  subtotalPriceSet: MaybeBag,
  totalPriceSet: MaybeBag,
  currentTotalPriceSet: MaybeBag,
  totalShippingPriceSet: MaybeBag,
  totalReceivedSet: MaybeBag,
  transactions: list(
    z.object({ kind: z.string(), status: z.string(), createdAt: MaybeTime, processedAt: MaybeTime, amountSet: Bag }),
  ),
  refunds: list(z.object({ createdAt: MaybeTime })),
  lineItems: connection(Line),
  fulfillmentOrders: connection(
    z.object({ status: z.string(), requestStatus: MaybeWord, fulfillAt: MaybeTime, fulfillBy: MaybeTime }),
  ),
  fulfillments: list(
    z.object({
      status: z.string(),
      displayStatus: MaybeWord,
      createdAt: MaybeTime,
      inTransitAt: MaybeTime,
      deliveredAt: MaybeTime,
      trackingInfo: list(z.object({ company: Words, number: Words })),
      events: connection(z.object({ status: z.string(), happenedAt: Time })),
    }),
  ),
});
export type Row = z.infer<typeof Row>;
