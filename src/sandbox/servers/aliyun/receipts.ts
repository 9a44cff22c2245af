import { z } from 'zod';
import type { RingOutcome, RingRow } from '../../world/telephone.ts';
import { MINUTE } from '../../world/time.ts';
import type { World } from '../../world/world.ts';

/** After the first try (dingtalk.md §5.2). */
const REPEATS = [MINUTE, 5 * MINUTE, 10 * MINUTE];
const PATIENCE_MS = 5_000;
const Taken = z.object({ code: z.literal(0) });

export function expectReceipt(world: World, { id, ends }: RingRow): void {
  world.store.run('INSERT INTO telephone_receipts (ring, due) VALUES (?, ?)', id, ends);
}

/** Sends every receipt that is due to the address of the console; one that is not taken comes again, three times. */
export async function deliverReceipts(world: World, statusOf: (outcome: RingOutcome) => string): Promise<void> {
  const url = world.store.readMeta('telephone-receipts');
  if (url === undefined) return;
  for (;;) {
    const due = world.store.get<{ id: number; tries: number; ring: number }>(
      `SELECT id, tries, ring FROM telephone_receipts WHERE state = 'waiting' AND due <= ? ORDER BY due, id LIMIT 1`,
      world.clock.now(),
    );
    if (due === undefined) return;
    const made = world.store.get<RingRow>('SELECT * FROM telephone_rings WHERE id = ?', due.ring);
    const isTaken = made !== undefined && (await send(url, made, statusOf(made.outcome)));
    const again = REPEATS[due.tries];
    world.store.run(
      'UPDATE telephone_receipts SET tries = tries + 1, due = ?, state = ? WHERE id = ?',
      world.clock.now() + (again ?? 0),
      isTaken ? 'taken' : again === undefined ? 'given-up' : 'waiting',
      due.id,
    );
  }
}

async function send(url: string, made: RingRow, status: string): Promise<boolean> {
  const receipt = {
    call_id: made.ref,
    out_id: made.out_id,
    status_code: status,
    status_msg: made.outcome,
    callee: made.mobile,
  };
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([receipt]),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return Taken.safeParse(await answer.json()).success;
  } catch {
    return false; // nobody there, or too slow: it comes again
  }
}
