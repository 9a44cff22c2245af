import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { Directory } from './directory.ts';
import { readLights } from './read-health.ts';

/** Remembers which light each scope shows: a red one clears at another value than it came. Answers how many changed. */
export function createKeepLights(deps: { storage: Storage; clock: Clock; directory: Directory }) {
  const { storage, clock, directory } = deps;

  return async (): Promise<number> => {
    const now = clock.now();
    const shown = new Map((await storage.health.lights()).map(({ scope, light }) => [scope, light]));
    const changed = (await readLights(storage, directory, now)).filter(
      ({ scope, light }) => shown.get(scope) !== light,
    );
    for (const { scope, light } of changed) await storage.health.setLight(scope, light, now);
    return changed.length;
  };
}
