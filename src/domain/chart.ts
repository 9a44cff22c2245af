import type { Light } from './health.ts';

/** One row of bars over days or names, with lines to compare them with. In the words of one reader. */
export interface Chart {
  readonly title: string;
  /** Below the title: what is counted, and when it was. */
  readonly note: string;
  readonly labels: readonly string[];
  /** Null = nothing was measured. */
  readonly bars: readonly (number | null)[];
  readonly lines: readonly { readonly value: number; readonly label: string; readonly light: Light }[];
}
