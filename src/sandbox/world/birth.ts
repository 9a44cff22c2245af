import { jushuitan, TOKEN_LIFE, warehouses } from './company.ts';
import { runBatch } from './engine.ts';
import { bornTroubles } from './mischief.ts';
import { scheduleArrival } from './orders.ts';
import { openStock } from './stock.ts';
import { clockTime, DAY, HOUR, MINUTE, startOfDay } from './time.ts';
import type { World } from './world.ts';

const YESTERDAY_SHARE = 0.1;

/** Two in the afternoon in Beijing, of the day that holds `wall`. */
export function birthTime(wall: number): number {
  return startOfDay(wall) + clockTime('14:00');
}

/**
 * Fills an empty world so that it is `at`, with the morning behind it: a thin stream of orders since yesterday afternoon,
 * the full curve since 08:00. Without history it starts with stock and nothing else.
 */
export async function bear(world: World, at: number, history: boolean): Promise<void> {
  const today = startOfDay(at);
  const from = history ? today - 8 * HOUR : at;
  world.store.transaction(() => {
    openStock(world, from);
    const { accessToken, refreshToken } = jushuitan;
    world.store.run(
      'INSERT INTO tokens (access, refresh, expires_at) VALUES (?, ?, ?)',
      accessToken,
      refreshToken,
      at + TOKEN_LIFE,
    );
    const restockToday = today + clockTime('07:30');
    for (const { code } of warehouses) {
      world.store.run('INSERT INTO stations (code) VALUES (?)', code);
      world.schedule(restockToday > from ? restockToday : restockToday + DAY, 'restock', code);
    }
    world.schedule(from + 10 * MINUTE, 'prune', 'all');
    if (history) {
      const thin = { factor: YESTERDAY_SHARE, until: today + 8 * HOUR };
      world.store.writeMeta('surge', JSON.stringify(thin));
    }
    scheduleArrival(world, from, 1);
  });
  while (!runBatch(world, at)) await new Promise((resolve) => setImmediate(resolve));
  world.store.transaction(() => {
    if (world.settings.mischief) bornTroubles(world, at);
    world.store.writeMeta('worldNow', at);
    world.store.writeMeta('born', at);
  });
}
