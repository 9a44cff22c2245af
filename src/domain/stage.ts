/** The life of an order in the warehouse's words, in order. `closed` ends it from anywhere. */
export const stages = [
  'placed',
  'paid',
  'queued',
  'review',
  'sorting',
  'packed',
  'labelled',
  'shipped',
  'scanned',
  'delivered',
  'closed',
] as const;
export type Stage = (typeof stages)[number];

/** Whether `stage` is `mark` or later. */
export const hasReached = (stage: Stage, mark: Stage): boolean => stages.indexOf(stage) >= stages.indexOf(mark);

export const laterStage = (a: Stage, b: Stage): Stage => (hasReached(a, b) ? a : b);

/**
 * How well the warehouse stage of an order can be seen.
 * `seen`: some source tells it. `not-visible-here`: the system does not give this channel's orders.
 * `source-silent`: it should be told, but the source does not answer.
 */
export type Visibility = 'seen' | 'not-visible-here' | 'source-silent';
