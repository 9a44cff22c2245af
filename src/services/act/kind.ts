import type { Permission } from '../../domain/actor.ts';
import type { Spoken } from '../../domain/escalation.ts';
import type { HoldReason } from '../../domain/hold-reason.ts';
import type { Order } from '../../domain/order.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Rule } from '../../domain/rule.ts';
import type { SilenceScope } from '../../domain/silence.ts';
import type { Text } from '../../domain/text.ts';
import type { AddressVerdict, Flag } from '../../ports/channel.ts';
import type { ActionRow } from '../../ports/stores.ts';
import type { Directory } from '../directory.ts';
import type { Ingest, ShopSource, SystemSource } from '../ingest.ts';
import type { LabelDesk } from './label-desk.ts';

/** What kinds of acts work with. */
export interface ActContext {
  readonly directory: Directory;
  readonly ingest: Ingest;
  /** As they are on any other day. */
  readonly rules: () => readonly Rule[];
  /** Throws UserError when the system is not configured any more. */
  readonly systemOf: (systemId: string) => SystemSource;
  /** The same for a shop. */
  readonly shopOf: (shopId: string) => ShopSource;
  readonly orderOf: (shopId: string, orderNo: string) => Promise<Order | undefined>;
  /** What was done about a subject, newest first. */
  readonly actsOn: (subject: string) => Promise<readonly ActionRow[]>;
  /** The orders that a system's order serves, as far as we know them. */
  readonly ordersOf: (systemId: string, systemOrderNo: string) => Promise<readonly Order[]>;
  readonly labels: LabelDesk;
}

/** The state of the world before the write, against what the person saw. */
export type Check<Before> =
  | { readonly state: 'go'; readonly before: Before }
  | { readonly state: 'already' }
  | { readonly state: 'refused'; readonly why: Text };

/** `not-yet`: the read says no, but the system may show it seconds later. `after`: what only the read told. */
export type Probe = 'applied' | 'not-yet' | { readonly after: unknown };

/** What previews, answers, audit and undo need to know of any kind of change. */
export interface Kind<Request, Before> {
  readonly permission: Permission;
  /** The act that takes it back, or why there is none. */
  compensate(request: Request, before: Before): { readonly act: Act } | { readonly impossible: Text };
  /** "已改到广州仓", for the message after it was seen to be so; `after`: what the system answered, if anything. */
  done(context: ActContext, request: Request, after: unknown): Text;
  /** "改到广州仓", for messages that do not know yet. */
  aim(context: ActContext, request: Request): Text;
  target(request: Request): string;
  /** Where to look at what was made; only whoever is logged in gets there. */
  link?(request: Request): { readonly label: Text; readonly path: string };
}

/**
 * One kind of change in an outside system: read, compare, write, read back. The saga drives it and keeps every step;
 * a kind does single attempts only.
 */
export interface ActKind<Request, Before> extends Kind<Request, Before> {
  check(context: ActContext, request: Request, signal: AbortSignal): Promise<Check<Before>>;
  /** The only call that changes anything. Made once per action. */
  write(
    context: ActContext,
    request: Request,
    action: ActionRow,
    by: string,
    signal: AbortSignal,
  ): Promise<Outcome<unknown>>;
  /** Reads back whether the change is there. Repeatable; refreshes our views on the way. */
  probe(context: ActContext, request: Request, before: Before, action: ActionRow, signal: AbortSignal): Promise<Probe>;
  /** How long after the write the system may still hide it; world ms. */
  readonly visibleWithinMs: number;
}

export interface RerouteRequest {
  readonly systemId: string;
  readonly systemOrderNo: string;
  readonly orderNo: string;
  /** Warehouse codes: what the person saw, and where it shall go. */
  readonly from: string;
  readonly to: string;
}

export interface ReleaseRequest {
  readonly systemId: string;
  readonly lockId: string;
  readonly sku: string;
  readonly qty: number;
  readonly warehouseCode: string;
  /** The closed order that owned it. */
  readonly ownerNo: string;
  /** The order that waits for the stock. */
  readonly orderNo: string;
}

export interface CancelRequest {
  readonly systemId: string;
  readonly systemOrderNo: string;
  readonly sku: string;
  readonly qty: number;
  readonly ownerNo: string;
  readonly orderNo: string;
}

export interface HoldRequest {
  readonly systemId: string;
  readonly systemOrderNo: string;
  readonly orderNo: string;
  readonly reason: HoldReason;
  /** A person's words. */
  readonly note: string;
  /** How it is let go where the system has no interface for that; null where it has. */
  readonly byHand: Text | null;
}

export interface UnholdRequest {
  readonly systemId: string;
  readonly systemOrderNo: string;
  readonly orderNo: string;
}

export interface ReplenishRequest {
  readonly systemId: string;
  readonly sku: string;
  readonly qty: number;
  /** Warehouse codes; `from` null: to be bought. */
  readonly to: string;
  readonly from: string | null;
}

export interface NoteRequest {
  readonly shopId: string;
  readonly orderNo: string;
  readonly text: string;
  /** Null leaves the shop's flag as it is. */
  readonly flag: Flag | null;
}

/** The address itself is never part of it. */
export interface AddressRequest {
  readonly shopId: string;
  readonly orderNo: string;
  readonly verdict: AddressVerdict;
}

export interface UrgentRequest {
  readonly shopId: string;
  readonly orderNo: string;
  readonly title: string;
  /** Our warehouse's name; empty = none known. */
  readonly where: string;
  /** The id of the person who is called; null when nobody is on duty. */
  readonly owner: string | null;
}

export interface LabelRequest {
  readonly carrierId: string;
  /** Our number for this very label. */
  readonly labelId: string;
  /** The order it was asked for comes first, then those that share its parcel. */
  readonly orders: readonly { readonly id: string; readonly shopId: string; readonly orderNo: string }[];
}

export interface VoidLabelRequest {
  readonly carrierId: string;
  readonly labelId: string;
}

export interface SilenceRequest {
  readonly roomId: string;
  readonly scope: SilenceScope;
  /** How long from the yes on; ms. */
  readonly ms: number;
  readonly reason: string;
}

export interface PromoRequest {
  readonly roomId: string;
  readonly from: number;
  readonly until: number;
  readonly factor: number;
}

/** By which provider first; what is spoken names who asks, never their words. */
export interface CallRequest {
  readonly personId: string;
  readonly provider: string;
  readonly spoken: Spoken;
}

/** What ends a silence or a promotion: its id. */
export interface EndRequest {
  readonly id: number;
}

/** A wish in full: what would be done, to what, as seen when it was proposed. Stored as JSON. */
export type Act =
  | { readonly kind: 'reroute'; readonly subject: string; readonly request: RerouteRequest }
  | { readonly kind: 'release-lock'; readonly subject: string; readonly request: ReleaseRequest }
  | { readonly kind: 'retake-lock'; readonly subject: string; readonly request: ReleaseRequest }
  | { readonly kind: 'cancel-order'; readonly subject: string; readonly request: CancelRequest }
  | { readonly kind: 'hold'; readonly subject: string; readonly request: HoldRequest }
  | { readonly kind: 'unhold'; readonly subject: string; readonly request: UnholdRequest }
  | { readonly kind: 'replenish'; readonly subject: string; readonly request: ReplenishRequest }
  | { readonly kind: 'note'; readonly subject: string; readonly request: NoteRequest }
  | { readonly kind: 'address'; readonly subject: string; readonly request: AddressRequest }
  | { readonly kind: 'urgent'; readonly subject: string; readonly request: UrgentRequest }
  | { readonly kind: 'calm'; readonly subject: string; readonly request: UrgentRequest }
  | { readonly kind: 'label'; readonly subject: string; readonly request: LabelRequest }
  | { readonly kind: 'void-label'; readonly subject: string; readonly request: VoidLabelRequest }
  | { readonly kind: 'silence'; readonly subject: string; readonly request: SilenceRequest }
  | { readonly kind: 'silence-end'; readonly subject: string; readonly request: EndRequest }
  | { readonly kind: 'promo'; readonly subject: string; readonly request: PromoRequest }
  | { readonly kind: 'call'; readonly subject: string; readonly request: CallRequest }
  | { readonly kind: 'promo-end'; readonly subject: string; readonly request: EndRequest };

/** What waits for a yes. */
export interface Proposal {
  readonly acts: readonly Act[];
  /** One name for each act, when only the one that the yes names is done: 确认 K7 广州仓. */
  readonly choices?: readonly string[];
  /** Why a second person has to agree; null when nobody has to. */
  readonly second: Text | null;
  /** Asked for instead of a second person where there is only one holder of the permission. */
  readonly needsReason: boolean;
  /** What it needs where that is not what its acts need: whoever did a thing may take it back. */
  readonly permission?: Permission;
  /** The action that this takes back. */
  readonly undoOf: string | null;
  readonly reason: string;
}
