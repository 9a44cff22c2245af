import type { Text } from './text.ts';

/** Why a system said no, in neutral words. */
export type Refusal =
  | 'not_found'
  | 'shipped'
  | 'picking'
  | 'held'
  | 'at_third_party'
  | 'no_stock'
  | 'bad_warehouse'
  | 'stale'
  | 'duplicate_mismatch'
  | 'forbidden'
  | 'invalid'
  | 'limit'
  | 'other';

/**
 * What came of asking an outside system to do something.
 * A timeout after the bytes left is `unknown`, never `retryable`.
 */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T; readonly providerRef?: string }
  | { readonly kind: 'already'; readonly value: T }
  | { readonly kind: 'accepted'; readonly providerRef?: string; readonly pollAfterMs: number }
  | { readonly kind: 'refused'; readonly code: Refusal; readonly providerCode?: string; readonly providerText?: string }
  | { readonly kind: 'unsupported'; readonly manual: Text }
  | { readonly kind: 'retryable'; readonly afterMs: number; readonly providerCode?: string }
  | { readonly kind: 'unknown' };
