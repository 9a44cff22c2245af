import { BugError } from '../../domain/errors.ts';
import type { ActKind } from './kind.ts';
import { cancelOrder, releaseLock, retakeLock } from './release.ts';
import { reroute } from './reroute.ts';

const kinds: Readonly<Record<string, unknown>> = {
  reroute,
  'release-lock': releaseLock,
  'retake-lock': retakeLock,
  'cancel-order': cancelOrder,
};

/** Requests come back from their rows as JSON, so a kind is only typed where it is written. */
export function kindOf(name: string): ActKind<unknown, unknown> {
  const kind = kinds[name];
  if (kind === undefined) throw new BugError(`unknown kind of act: ${name}`);
  return kind as ActKind<unknown, unknown>;
}
