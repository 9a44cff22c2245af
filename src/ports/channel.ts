import type { z } from 'zod';
import type { OrderView } from '../domain/order.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Text } from '../domain/text.ts';
import type { AccessGuide } from './access.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { Identifier } from './identifier.ts';
import type { FreshTokens } from './tokens.ts';

/** The receiver in the clear. Goes straight into the sealed store; only label, SMS and tracking adapters open it. */
export interface ReceiverSecret {
  readonly name: string;
  readonly phone: string;
  readonly address: string;
}

/** One order as read from the channel: the neutral view, and beside it what must be sealed. */
export interface SourceOrder {
  readonly view: OrderView;
  readonly receiver: ReceiverSecret | null;
  /** The instant from which the platform shows this state, when it tells; for measuring its lag apart from ours. */
  readonly visibleAt: number | null;
}

/** A row that could not be read. It never stops its page; it is counted and named. */
export interface SkippedRow {
  readonly ref: string;
  readonly reason: string;
}

export interface OrderPage {
  readonly orders: readonly SourceOrder[];
  readonly skipped: readonly SkippedRow[];
  /** Undefined when this was the last page. */
  readonly next: string | undefined;
}

/** Half-open [from, to) in unix ms. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** How a person's eye finds an order in the platform's own list. Which colour that is, each adapter knows. */
export type Flag = 'risk' | 'attention' | 'fine';

/** A note for the shop's own people, in the platform's seller remark. */
export interface Remark {
  readonly text: string;
  /** Undefined leaves the flag as it is. */
  readonly flag: Flag | undefined;
}

export type AddressVerdict = 'accept' | 'refuse';

/** What a vendor sent to one of our hooks, as it came. */
export interface RawPush {
  readonly method: 'GET' | 'POST';
  /** Below our host, with the query as it was sent: `/hooks/shops/tmall?signature=…`. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Buffer;
}

/** What a verified push says. Orders it names are read afresh; nothing else of it is believed. */
export interface PushReading {
  /** The vendor's id of this message: a repeat has the same. */
  readonly messageId: string;
  /** Empty when it only proves the door (a handshake) or speaks of something else. */
  readonly orderNos: readonly string[];
  /** What the vendor wants to hear once it is stored. */
  readonly answer: { readonly status: number; readonly type: string; readonly body: string };
}

export interface Channel {
  /** How far behind now the platform's changed-window is complete; the watermark stops there. Unix ms span. */
  readonly lagMs: number;
  /** The longest window that each list takes in one walk, in ms; Infinity where there is no limit. */
  readonly windowMs: { readonly updated: number; readonly created: number };
  /** When a person has to grant access again, in unix ms; null when the platform does not tell. May change with a refresh. */
  grantEndsAt(): number | null;
  /** Orders changed inside the window, page by page. Reading is repeatable and changes nothing. Throws AppError. */
  pullUpdated(window: Window, cursor: string | undefined, signal: AbortSignal): Promise<OrderPage>;
  /** Orders placed inside the window (backfill). Repeatable. */
  pullCreated(window: Window, cursor: string | undefined, signal: AbortSignal): Promise<OrderPage>;
  /** A fresh read of these orders, in any order; an order the channel does not know is simply absent. Repeatable. */
  fetchOrders(orderNos: readonly string[], signal: AbortSignal): Promise<OrderPage>;
  /**
   * Appends to the seller's remark and sets the flag: one attempt. What people wrote stays; a text that is there already
   * is not written again. Answers the whole remark and the platform's flag as they are now. Null: the platform has none.
   */
  readonly addRemark:
    | ((
        orderNo: string,
        remark: Remark,
        signal: AbortSignal,
      ) => Promise<Outcome<{ readonly remark: string; readonly flag: string }>>)
    | null;
  /**
   * Answers a buyer who asked for another address: one attempt. `already` when nothing is asked (any more); it then stays
   * as it is, whoever decided. Absent: the platform has no such interface, or asks no such thing.
   */
  readonly decideAddress?: (orderNo: string, verdict: AddressVerdict, signal: AbortSignal) => Promise<Outcome<null>>;
  /**
   * Verifies what the vendor pushed over the raw bytes, and reads it. Throws RejectedError: BAD_SIGNATURE, or BAD_PUSH
   * when it cannot be read. Null: the platform does not push over HTTP.
   */
  readonly readPush: ((push: RawPush) => PushReading) | null;
}

export interface ChannelContext<Credentials> {
  readonly shopId: string;
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly timezone: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly identifier: Identifier;
  /** Keeps rotated tokens for the next start. Called once per refresh; they are used at once, whether or not this succeeds. */
  readonly saveTokens?: (tokens: FreshTokens) => Promise<void>;
}

/** The default export of `adapters/channels/<name>/index.ts`. */
export interface ChannelPlug<Credentials = never> {
  readonly name: Text;
  readonly guide: AccessGuide;
  readonly defaultBaseUrl: string | null;
  readonly credentials: z.ZodType<Credentials>;
  create(context: ChannelContext<Credentials>): Channel;
}

export const defineChannel = <Credentials>(plug: ChannelPlug<Credentials>): ChannelPlug<Credentials> => plug;
