import type { ChannelStatus, OrderKind, RefundState } from '../../domain/order.ts';
import type { SheetField } from '../../domain/sheet-order.ts';
import type { Text } from '../../domain/text.ts';

/** How one system writes its export. Words are compared after `plain`. */
export interface Preset {
  readonly id: string;
  readonly name: Text;
  /** Whether its statuses tell how far the warehouse is. */
  readonly tellsStage: boolean;
  /** Headings that tell it from the others: two of them make it this one. */
  readonly marks: readonly string[];
  /** The headings of each field, the best first. */
  readonly columns: Readonly<Partial<Record<SheetField, readonly string[]>>>;
  /** By the word of `status`; of `status/delivery` where there are both columns. */
  readonly statuses: Readonly<Record<string, ChannelStatus>>;
  readonly refunds?: Readonly<Record<string, RefundState>>;
  /** Which words of `held` stop an order on purpose; any, where there is none. */
  readonly holds?: RegExp;
  readonly kinds?: Readonly<Record<string, OrderKind>>;
  readonly currency: string;
}

/** One spelling for all: width, brackets, blanks and case differ between versions of one export. */
export const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
