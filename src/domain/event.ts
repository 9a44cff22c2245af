/** What a source told us, kept for good: orders, stages, metrics and rebuilds are derived from these alone. */
export interface Event {
  readonly id: number;
  /** `shop:<id>`, `system:<id>`, `carrier:<id>`, `file:<name>`, `act`. */
  readonly source: string;
  /** The source's own name for this very fact; (source, sourceId) is unique, so a repeat stores nothing. */
  readonly sourceId: string;
  readonly subject: string;
  readonly kind: EventKind;
  /** When it happened by the source's clock; unix ms. */
  readonly occurredAt: number;
  readonly receivedAt: number;
  /** The fields that changed, in neutral names; the first event of a subject holds all of them. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** `urge`: the buyer asked where it is. `mis-ship`: what came was wrong. */
export type EventKind = 'order' | 'fulfillment' | 'lock' | 'track' | 'act' | 'urge' | 'mis-ship';

export type NewEvent = Omit<Event, 'id'>;

/** The top-level fields of `next` that differ from `before`. Empty when nothing changed. */
export function changedFacts(
  before: Readonly<Record<string, unknown>> | undefined,
  next: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(next)) {
    if (before === undefined || JSON.stringify(before[key]) !== JSON.stringify(value)) facts[key] = value;
  }
  return facts;
}
