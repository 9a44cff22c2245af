import type { IdentityKey, ReceiverMask } from '../domain/order.ts';

/** Turns what is personal into what may be kept: keyed hashes to join on, masks to show. */
export interface Identifier {
  /** Keyed hash of the E.164 number; undefined when the text is no phone number (masked, empty, too short). */
  phone(text: string, defaultCountry: string): IdentityKey | undefined;
  /** Keyed hash of a platform's own id, comparable only inside `scope`. */
  key(kind: IdentityKey['kind'], value: string, scope: string): IdentityKey;
  mask(receiver: { name: string; phone: string; province: string; city: string; district: string }): ReceiverMask;
}
