import { z } from 'zod';

/** "2h", "30m", "48h", "10s", "1d" → ms. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as 'ms' | 's' | 'm' | 'h' | 'd'];
  return Math.round(Number(match[1]) * unit);
}

const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0) {
    context.addIssue({ code: 'custom', message: `"${text}" is no duration; write 30m, 2h or 1d` });
    return z.NEVER;
  }
  return ms;
});

/** Moments of an order or parcel that a clock may start from or stop at. All unix ms. */
export const momentNames = [
  'placedAt',
  'paidAt',
  'queuedAt',
  'reviewAt',
  'sortedAt',
  'labelledAt',
  'shippedAt',
  'uploadedAt',
  'scannedAt',
  'trackedAt',
  'deliveredAt',
  'closedAt',
  'refundAt',
  'addressAt',
  'heldAt',
  'promisedAt',
] as const;
export type MomentName = (typeof momentNames)[number];
export type Moments = Readonly<Partial<Record<MomentName, number | null>>>;

const Moment = z.enum(momentNames);

/** A condition is JsonLogic over listed fields with a closed operator list; `condition.ts` compiles it. */
export type Condition = boolean | { readonly [operator: string]: unknown };
const Condition = z.union([z.boolean(), z.record(z.string(), z.unknown())]) as z.ZodType<Condition>;

/** A road on which a parcel may take another time: a remote province, customs. */
const Lane = z.strictObject({
  name: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  when: Condition,
  after: Duration,
  /** The day on which somebody last looked this time up; limits of platforms change. */
  asOf: z.iso.date().optional(),
});
export type Lane = z.output<typeof Lane>;

/** How far back a count may look. */
export const longestCount = 7 * 86_400_000;

/** What a rule listens to. */
const Trigger = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('clock'),
    subject: z.enum(['order', 'fulfillment', 'parcel', 'lock']),
    /** The latest of these that is known starts the clock. */
    since: z.array(Moment).min(1),
    after: Duration,
    /** The first lane whose condition holds gives its own time instead of `after`. */
    lanes: z.array(Lane).optional(),
    /** How long before that time is over people are told; a warning. */
    ahead: Duration.optional(),
    /** Any of these before the due time stops it. */
    until: z.array(Moment).min(1),
    /** Wall hours run always; open hours run while the warehouse is open (an empty calendar is always open). */
    hours: z.enum(['wall', 'open']),
  }),
  z.strictObject({
    type: z.literal('count'),
    by: z.literal('identity'),
    within: Duration.refine((ms) => ms <= longestCount, 'a count looks back 7 days at most'),
    atLeast: z.number().int().min(2),
  }),
  z.strictObject({ type: z.literal('event'), kind: z.string() }),
  z.strictObject({ type: z.literal('message'), pattern: z.string() }),
  z.strictObject({ type: z.literal('schedule'), cron: z.string() }),
  z.strictObject({ type: z.literal('metric'), scope: z.string(), above: z.number(), clearBelow: z.number() }),
  z.strictObject({
    type: z.literal('stock'),
    /** `short`: more is owed of a SKU than there is and than comes. */
    state: z.enum(['low', 'lock-without-order', 'short']),
    after: Duration.optional(),
  }),
  z.strictObject({
    type: z.literal('silence'),
    source: z.enum(['any', 'channel', 'system', 'carrier']),
    after: Duration,
  }),
  z.strictObject({
    type: z.literal('wall'),
    subject: z.literal('order'),
    /** So long before the platform's own deadline, the farthest first: each is one band louder. */
    before: z.array(Duration).min(1),
    until: z.array(Moment).min(1),
  }),
  /** Orders of its warehouse that came later and were sorted before it. */
  z.strictObject({ type: z.literal('overtaken'), byAtLeast: z.number().int().min(1) }),
  /** Orders of a warehouse that will miss their wall at the present speed. */
  z.strictObject({ type: z.literal('forecast'), finish: z.literal('past-wall'), atLeast: z.number().int().min(1) }),
  /** Nothing has been labelled for so long in a warehouse that is open, though orders wait and its usual rate would have. */
  z.strictObject({ type: z.literal('labels'), after: Duration }),
  /** A style sells `times` as fast as its own curve, and at least so many pieces. */
  z.strictObject({
    type: z.literal('spike'),
    within: Duration,
    times: z.number().min(1),
    atLeast: z.number().int().min(1),
  }),
]);
export type Trigger = z.infer<typeof Trigger>;
export type ClockTrigger = Extract<Trigger, { type: 'clock' }>;
export type CountTrigger = Extract<Trigger, { type: 'count' }>;
export type WallTrigger = Extract<Trigger, { type: 'wall' }>;
/** A rule that listens to that. */
export type RuleOn<Type extends Trigger['type']> = Rule & { readonly on: Extract<Trigger, { type: Type }> };

export const severities = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** One step down: what is said where the stage cannot be seen. */
export const lowered = (severity: Severity): Severity => (severity === 'critical' ? 'warning' : 'info');

export const severityRank = (severity: Severity): number => severities.indexOf(severity);

/** Fields whose values put findings into one group. */
const groupFields = ['order', 'shop', 'warehouse', 'sku', 'style', 'source', 'carrier', 'buyer'] as const;

export const Rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.number().int().min(1),
  on: Trigger,
  when: Condition,
  severity: z.enum(severities),
  group: z.array(z.enum(groupFields)),
  policy: z.string().optional(),
  /** The sentence people read, with {braces} filled from the finding's facts. */
  say: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  do: z.array(z.string()),
});
export type Rule = z.output<typeof Rule>;
export type RuleInput = z.input<typeof Rule>;
