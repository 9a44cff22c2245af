import { restock } from './stock.ts';
import { DAY, HOUR, MINUTE } from './time.ts';
import type { World, WorldEvent } from './world.ts';

const CALLS_KEPT = 50_000;

/** The morning delivery of one warehouse. */
export function onRestock(world: World, { at, subject }: WorldEvent): void {
  restock(world, Number(subject), at);
  world.schedule(at + DAY, 'restock', subject);
}

/** Forgets what nobody asks for any more. */
export function onPrune(world: World, { at, subject }: WorldEvent): void {
  world.store.run('DELETE FROM nonces WHERE at < ?', at - 20 * MINUTE);
  world.store.run('DELETE FROM tracking_queries WHERE at < ?', at - HOUR);
  world.store.run(`DELETE FROM tracking_pushes WHERE state <> 'waiting' AND due < ?`, at - DAY);
  world.store.run('DELETE FROM calls WHERE id <= (SELECT MAX(id) FROM calls) - ?', CALLS_KEPT);
  world.schedule(at + HOUR, 'prune', subject);
}
