/**
 * How much of a test runs: `npm test`, or the long run with few seeds (WARROOM_SEEDS=moderate) or with all.
 * The files are the same.
 */
export const size =
  process.env.WARROOM_LONG !== '1' ? 'short' : process.env.WARROOM_SEEDS === 'moderate' ? 'moderate' : 'full';

/** Measures, kills and looks at everything, in whatever number. */
export const isLong = size !== 'short';

export const bySize = <T>(sizes: { readonly short: T; readonly moderate: T; readonly full: T }): T => sizes[size];
