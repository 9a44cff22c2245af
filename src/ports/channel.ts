import type { z } from 'zod';
import type { OrderView } from '../domain/order.ts';
import type { Text } from '../domain/text.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { Identifier } from './identifier.ts';

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

export interface Channel {
  /** How far behind now the platform's changed-window is complete; the watermark stops there. Unix ms span. */
  readonly lagMs: number;
  /** Orders changed inside the window, page by page. Reading is repeatable and changes nothing. Throws AppError. */
  pullUpdated(window: Window, cursor: string | undefined, signal: AbortSignal): Promise<OrderPage>;
  /** Orders placed inside the window (backfill). Repeatable. */
  pullCreated(window: Window, cursor: string | undefined, signal: AbortSignal): Promise<OrderPage>;
  /** A fresh read of these orders, in any order; an order the channel does not know is simply absent. Repeatable. */
  fetchOrders(orderNos: readonly string[], signal: AbortSignal): Promise<OrderPage>;
}

export interface ChannelContext<Credentials> {
  readonly shopId: string;
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly timezone: string;
  readonly http: Http;
  readonly clock: Clock;
  readonly identifier: Identifier;
}

/** The default export of `adapters/channels/<name>/index.ts`. */
export interface ChannelPlug<Credentials = never> {
  readonly name: Text;
  readonly defaultBaseUrl: string | null;
  readonly credentials: z.ZodType<Credentials>;
  create(context: ChannelContext<Credentials>): Channel;
}

export const defineChannel = <Credentials>(plug: ChannelPlug<Credentials>): ChannelPlug<Credentials> => plug;
