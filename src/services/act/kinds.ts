import { BugError } from '../../domain/errors.ts';
import { address } from './address.ts';
import { call } from './call.ts';
import { hold, unhold } from './hold.ts';
import type { ActKind, Kind } from './kind.ts';
import { label, voidLabel } from './label.ts';
import { note } from './note.ts';
import type { OwnKind } from './own.ts';
import { promo, promoEnd } from './promo.ts';
import { cancelOrder, releaseLock, retakeLock } from './release.ts';
import { replenish } from './replenish.ts';
import { reroute } from './reroute.ts';
import { silence, silenceEnd } from './silence.ts';
import { calm, urgent } from './urgent.ts';

const outside: Readonly<Record<string, unknown>> = {
  reroute,
  'release-lock': releaseLock,
  'retake-lock': retakeLock,
  'cancel-order': cancelOrder,
  replenish,
  hold,
  unhold,
  note,
  address,
  label,
  'void-label': voidLabel,
};
const own: Readonly<Record<string, unknown>> = {
  silence,
  'silence-end': silenceEnd,
  promo,
  'promo-end': promoEnd,
  urgent,
  calm,
  call,
};

/** Requests come back from their rows as JSON, so a kind is only typed where it is written. */
export function kindOf(name: string): Kind<unknown, unknown> {
  const kind = outside[name] ?? own[name];
  if (kind === undefined) throw new BugError(`unknown kind of act: ${name}`);
  return kind as Kind<unknown, unknown>;
}

/** What the saga carries out. */
export function outsideKindOf(name: string): ActKind<unknown, unknown> {
  if (outside[name] === undefined) throw new BugError(`no kind of act outside: ${name}`);
  return outside[name] as ActKind<unknown, unknown>;
}

/** Undefined for what changes something outside. */
export const ownKindOf = (name: string): OwnKind<unknown> | undefined => own[name] as OwnKind<unknown> | undefined;
