import type { z } from 'zod';
import type { FulfillmentView, StageSource } from '../domain/fulfillment.ts';
import type { HoldReason } from '../domain/hold-reason.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { StockLevel, StockLock } from '../domain/stock.ts';
import type { Text } from '../domain/text.ts';
import type { AccessGuide } from './access.ts';
import type { PushReading, RawPush, SkippedRow, Window } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { FreshTokens } from './tokens.ts';

/** How a system does an operation: in one call, as a sequence, or only by hand at a screen (with the text to show). */
export type Capability = 'native' | 'saga' | { readonly manual: Text };

export interface Capabilities {
  readonly reroute: Capability;
  readonly releaseVirtualLock: Capability;
  readonly cancelOrder: Capability;
  readonly hold: Capability;
  readonly unhold: Capability;
  /** Replenishment out of another of our warehouses (`from` given). */
  readonly transfer: Capability;
  /** Replenishment from outside (`from` null). */
  readonly purchase: Capability;
}

export interface FulfillmentPage {
  readonly fulfillments: readonly FulfillmentView[];
  readonly skipped: readonly SkippedRow[];
  readonly next: string | undefined;
}

export interface Reroute {
  readonly systemOrderNo: string;
  readonly to: string;
  /** The warehouse code the person saw. The adapter re-reads and answers `stale` when it is another one by now. */
  readonly expectFrom: string;
  readonly reason: string;
  /** Name of the person, for the system's own log. */
  readonly by: string;
}

export interface LockMove {
  /** Our own number for this very operation; the system answers a repeat without doing it twice. */
  readonly operationKey: string;
  readonly lock: StockLock;
  readonly qty: number;
  readonly by: string;
}

export interface Hold {
  /** Our own number for this very operation. */
  readonly operationKey: string;
  readonly systemOrderNo: string;
  readonly reason: HoldReason;
  /** A person's words, for the people at the system's screen; may be empty. */
  readonly note: string;
  readonly by: string;
}

export interface Unhold {
  readonly operationKey: string;
  readonly systemOrderNo: string;
  readonly by: string;
}

export interface Replenishment {
  /** Our own number for this very operation: the document carries it, so a repeat makes no second one. */
  readonly operationKey: string;
  readonly lines: readonly { readonly sku: string; readonly qty: number }[];
  /** Warehouse codes. `from` null: to be bought. */
  readonly to: string;
  readonly from: string | null;
  /** Unix ms; null when nobody said. */
  readonly needBy: number | null;
  readonly reason: string;
  readonly by: string;
}

/** How far a document for replenishment is: `audit-failed` exists, and a person has to look at it. */
export type ReplenishmentStage = 'draft' | 'submitted' | 'approved' | 'audit-failed';

export interface ReplenishmentDoc {
  /** The system's own number, which a person finds it by. */
  readonly docNo: string;
  readonly stage: ReplenishmentStage;
}

export interface FulfillmentSystem {
  readonly capabilities: Capabilities;
  readonly lagMs: number;
  /** How this system learns the warehouse stage of that channel's orders. */
  stageSource(channel: string): StageSource;
  /** Orders changed inside the window. Repeatable read. Throws AppError. */
  pullUpdated(window: Window, cursor: string | undefined, signal: AbortSignal): Promise<FulfillmentPage>;
  /** Fresh read by channel order number. An order this system does not show is absent. Repeatable. */
  fetchByChannelOrder(orderNos: readonly string[], signal: AbortSignal): Promise<FulfillmentPage>;
  fetchBySystemOrder(systemOrderNos: readonly string[], signal: AbortSignal): Promise<FulfillmentPage>;
  /** Stock per SKU and warehouse code. Repeatable read; `signal` aborts it. */
  getStock(
    skus: readonly string[],
    warehouseCodes: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly StockLevel[]>;
  /** Virtual-warehouse locks now in force. Repeatable read. */
  listLocks(signal: AbortSignal): Promise<readonly StockLock[]>;
  /** One attempt to move an order to another warehouse. Read back with fetchBySystemOrder. */
  reroute(move: Reroute, signal: AbortSignal): Promise<Outcome<{ warehouseCode: string }>>;
  /** Gives a virtual lock back; its stock is free seconds later. Same key, same effect, once. */
  releaseLock(move: LockMove, signal: AbortSignal): Promise<Outcome<{ qty: number }>>;
  /** The way back of releaseLock: takes the same stock again. Refused `no_stock` when it has been sold since. */
  retakeLock(move: LockMove, signal: AbortSignal): Promise<Outcome<{ qty: number }>>;
  /** Cancels an order in the system: its own lock goes seconds later. Cannot be undone by API. */
  cancelOrder(systemOrderNo: string, reason: string, by: string, signal: AbortSignal): Promise<Outcome<null>>;
  /** Stops an order that is not picked yet; `already` when it is stopped, by whomever. Repeatable. Read back `held`. */
  hold(hold: Hold, signal: AbortSignal): Promise<Outcome<null>>;
  /** Lets an order go that we stopped; `already` when nothing stops it. Repeatable. Read back `held`. */
  unhold(unhold: Unhold, signal: AbortSignal): Promise<Outcome<null>>;
  /**
   * Asks for goods, as a draft where the system knows drafts. Same key, same document, once: a repeat answers with the
   * document there is, so after `unknown` it is also the probe. Throws BugError unless every quantity is a positive integer.
   */
  requestReplenishment(wish: Replenishment, signal: AbortSignal): Promise<Outcome<ReplenishmentDoc>>;
  /**
   * Verifies what the system pushed over the raw bytes, and reads which channel orders it names. Throws RejectedError:
   * BAD_SIGNATURE, or BAD_PUSH when it cannot be read. Absent: the system does not push over HTTP.
   */
  readonly readPush?: (push: RawPush) => PushReading;
}

export interface FulfillmentContext<Credentials> {
  readonly systemId: string;
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly http: Http;
  readonly clock: Clock;
  /** Keeps rotated tokens for the next start. Called once per refresh; they are used at once, whether or not this succeeds. */
  readonly saveTokens?: (tokens: FreshTokens) => Promise<void>;
}

/** The default export of `adapters/fulfillment/<name>/index.ts`. */
export interface FulfillmentPlug<Credentials = never> {
  readonly name: Text;
  readonly guide: AccessGuide;
  readonly defaultBaseUrl: string | null;
  readonly credentials: z.ZodType<Credentials>;
  create(context: FulfillmentContext<Credentials>): FulfillmentSystem;
}

export const defineFulfillment = <Credentials>(plug: FulfillmentPlug<Credentials>): FulfillmentPlug<Credentials> =>
  plug;
