import { findWarehouse } from './company.ts';
import { isOpen } from './hours.ts';
import { deadLock, deadOrder, quietSkus, short, unsortedLimit } from './scenarios.ts';
import { MINUTE, SECOND } from './time.ts';
import type { World, WorldEvent } from './world.ts';

/** The three troubles a new world is born with: each payment becomes two hours old soon after the start. */
export function bornTroubles(world: World, at: number): void {
  const paidAt = at - unsortedLimit;
  deadLock(world, { at, paidAt: paidAt + 20 * SECOND });
  short(world, { at, paidAt: paidAt + 35 * SECOND });
  deadOrder(world, { at, paidAt: paidAt + 90 * SECOND });
  world.schedule(at + 5 * MINUTE, 'mischief', 1);
}

/** One more trouble, as long as its two hours fell into the warehouses' day. */
export function onMischief(world: World, { at, subject }: WorldEvent): void {
  const n = Number(subject);
  const random = world.random('mischief', n);
  const paidAt = at - unsortedLimit + random.int(20, 60) * SECOND;
  const hangzhou = findWarehouse('hz')?.code ?? 0;
  const fits = isOpen(at) && isOpen(paidAt) && quietSkus(world, hangzhou).length > 0;
  if (fits) random.pick([deadLock, short, deadOrder])(world, { at, paidAt });
  world.schedule(at + random.int(240, 360) * SECOND, 'mischief', n + 1);
}
