import type { z } from 'zod';
import type { LabelParty } from '../domain/label.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Text } from '../domain/text.ts';
import type { TrackEvent } from '../domain/track.ts';
import type { AccessGuide } from './access.ts';
import type { SkippedRow } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';

/** A parcel as its channel or warehouse system names it: `YTO`, `圆通速递` or `yuantong` are one carrier. */
export interface Waybill {
  readonly carrier: string;
  readonly waybill: string;
}

/** Whether more will come: it goes on, its way has ended, or the provider stopped following it (to be asked for again). */
export type TrackingState = 'going-on' | 'finished' | 'given-up';

/** Everything a provider knows of one parcel at one moment: always the whole list, never a difference. */
export interface Tracking {
  readonly waybill: string;
  /** Oldest first. Empty when the carrier has no record yet. Times are unix ms. */
  readonly events: readonly TrackEvent[];
  /** Rows that could not be read. */
  readonly skipped: readonly SkippedRow[];
  /** States that stand in no list of ours: their events are `unknown`, and people should look at them. */
  readonly unknownStates: readonly string[];
  readonly state: TrackingState;
  /** The provider's code when it says no to this very parcel (wrong phone, too soon); null otherwise. */
  readonly refusal: string | null;
}

/** How often a provider may be asked. Spans are ms of world time. */
export interface CarrierCapabilities {
  /** It tells of its own parcels alone; one that passes on what many carriers say is asked only where there is no other. */
  readonly isOwn: boolean;
  /** Waybills in one call. */
  readonly perQuery: number;
  /** One waybill may be queried again after this; sooner, the provider locks it. */
  readonly againAfterMs: number;
  /** How often the provider itself looks at a subscribed parcel: its silence means something after twice this. */
  readonly refreshMs: number;
}

/** What came to a carrier's hook. */
export interface CarrierPush {
  readonly rawBody: Buffer;
  /** `key` of the address it came to; empty without one. */
  readonly key: string;
}

/** What a push says. A vendor that signs nothing only names parcels: they are read, its word is not taken. */
export type Told =
  | { readonly kind: 'tracking'; readonly tracking: Tracking }
  | { readonly kind: 'nudge'; readonly waybills: readonly string[] };

/** What a hook answers, as its vendor wants it. */
export interface PushAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A provider that tells by itself what happens to parcels. */
export interface Pushes {
  /**
   * Asks for pushes to `callbackUrl`. May be repeated: asking twice is asking once. Answers the provider's code when it
   * refuses this parcel for good, null when it follows it. Throws as `query`. Null where people typed the address into
   * the vendor's console: it pushes what it likes, and the parcels are asked about as if it pushed nothing.
   */
  readonly subscribe: ((waybill: Waybill, callbackUrl: string, signal: AbortSignal) => Promise<string | null>) | null;
  /** Verifies and reads a push. Throws RejectedError: BAD_SIGNATURE, or BAD_PUSH when it cannot be read. */
  read(push: CarrierPush): Told;
  /** The answer to a push that was stored (or is a repeat), was not signed rightly, or could not be stored. */
  answer(outcome: 'taken' | 'refused' | 'failed', push: CarrierPush): PushAnswer;
}

export interface LabelWish {
  /** Our own number for this very label: with the same number the carrier makes one, however often it is asked. */
  readonly labelId: string;
  readonly receiver: LabelParty;
  readonly goods: readonly { readonly name: string; readonly qty: number }[];
}

/** A carrier that makes waybills for us. */
export interface Labels {
  /** One attempt at a waybill; `already` with the same one for a number that has one. What is not answered is `unknown`. */
  create(wish: LabelWish, signal: AbortSignal): Promise<Outcome<{ readonly waybill: string }>>;
  /** The waybill made for that number; undefined when there is none, for sure. Repeatable read. Throws AppError. */
  find(labelId: string, signal: AbortSignal): Promise<string | undefined>;
  /** The label to print, a PDF. Repeatable; makes nothing. Throws AppError. */
  print(waybill: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Takes a waybill back that no courier has; `already` when it is gone. May be repeated. */
  cancel(labelId: string, waybill: string, signal: AbortSignal): Promise<Outcome<null>>;
}

export interface Carrier {
  readonly capabilities: CarrierCapabilities;
  /** Whether it follows parcels of this carrier, by whatever name a channel calls it. */
  knows(carrier: string): boolean;
  /**
   * A fresh read of at most `perQuery` parcels: one answer for each, in their order. Repeatable after `againAfterMs`.
   * Throws AppError when the provider does not answer or refuses the caller (key, quota, signature).
   */
  query(waybills: readonly Waybill[], signal: AbortSignal): Promise<readonly Tracking[]>;
  /** Null: it has to be asked. */
  readonly pushes: Pushes | null;
  /** Null: it makes none, or nobody configured from where we send. */
  readonly labels: Labels | null;
}

export interface CarrierContext<Credentials> {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly http: Http;
  readonly clock: Clock;
  /** What the provider signs its pushes to us with, or what stands in their address: ours alone, the same after a restart. */
  readonly pushSecret: string;
  /** The last four digits of the receiver's phone, for carriers that ask for them; each call is audited. Never logged. */
  readonly phoneTail: (waybill: string) => Promise<string | undefined>;
}

/** The default export of `adapters/carriers/<name>/index.ts`. */
export interface CarrierPlug<Credentials = never> {
  readonly name: Text;
  readonly guide: AccessGuide;
  readonly defaultBaseUrl: string | null;
  readonly credentials: z.ZodType<Credentials>;
  create(context: CarrierContext<Credentials>): Carrier;
}

export const defineCarrier = <Credentials>(plug: CarrierPlug<Credentials>): CarrierPlug<Credentials> => plug;
