import type { SheetDeduction } from '../domain/deduction.ts';
import type { SheetMapping, SheetOrder } from '../domain/sheet-order.ts';
import type { Text } from '../domain/text.ts';

/** A row that could not be read. `row` counts from 1, the heading included; `cell` is "C12", empty for the whole row. */
export interface SkippedSheetRow {
  readonly row: number;
  readonly cell: string;
  readonly order: string;
  /** Names the column and what would do, never the words of the cell. */
  readonly reason: Text;
}

export interface SheetOptions {
  /** IANA zone of times without one. */
  readonly timezone: string;
  /** Unix ms: what lies far after it is no time of an order. */
  readonly now: number;
  /** What people confirmed for these headings before, by `headingKey`. */
  readonly mappings: ReadonlyMap<string, SheetMapping>;
}

/** Headings nobody told us of yet: what each probably means, for a person to confirm. */
export interface UnknownSheet {
  readonly kind: 'unknown';
  readonly headingKey: string;
  readonly headings: readonly string[];
  readonly proposal: SheetMapping;
}

export interface KnownSheet {
  readonly kind: 'known';
  /** `jushuitan` …, or `mapped` for headings that people explained. */
  readonly preset: string;
  readonly name: Text;
  /** Whether it tells how far the warehouse is, not only the channel's view. */
  readonly tellsStage: boolean;
  /** Rows below the heading that are no blank line and no total. */
  readonly rows: number;
  readonly orders: number;
  readonly skipped: readonly SkippedSheetRow[];
  /** Status words that mean nothing to us, with how many orders carry them. */
  readonly unknownWords: readonly { readonly words: string; readonly count: number }[];
  /** The newest moment of any order; null when there is none. */
  readonly newestAt: number | null;
  /** Shops it names, as they are written. */
  readonly shops: readonly string[];
}

/** What a platform took from the company, order by order. */
export interface BillSheet {
  readonly kind: 'bill';
  readonly rows: number;
  readonly deductions: readonly SheetDeduction[];
  readonly skipped: readonly SkippedSheetRow[];
}

/** A sheet that was read whole, held elsewhere. `close` must be called. */
export interface Sheet {
  readonly told: KnownSheet | BillSheet | UnknownSheet;
  /** Its orders, a few hundred at a time. */
  batches(): AsyncIterable<readonly SheetOrder[]>;
  close(): Promise<void>;
}

export interface SheetReader {
  /**
   * Reads a CSV, XLSX or HTML table whole, beside the event loop; `bytes` are given away. Nothing is changed anywhere, so it may
   * be repeated. Throws UserError with a sentence that says what to do when the file is damaged or no sheet of orders.
   */
  read(bytes: Uint8Array<ArrayBuffer>, options: SheetOptions, signal: AbortSignal): Promise<Sheet>;
}
