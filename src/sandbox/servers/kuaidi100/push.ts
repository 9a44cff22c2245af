import { z } from 'zod';
import { MINUTE } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import { readJson, signKuaidi100 } from './answers.ts';

/** The first and three repeats (fulfillment.md §2.2). */
const TRIES = 4;
const REPEAT = 35 * MINUTE;
const PATIENCE_MS = 5_000;

const Taken = z.object({ result: z.literal(true), returnCode: z.literal('200') });

interface Push {
  id: number;
  callback: string;
  param: string;
  salt: string;
}

/** Sends every push that is due, in order; one that is not taken comes again in 35 minutes, three times. */
export async function deliverPushes(world: World): Promise<void> {
  for (;;) {
    const push = world.store.get<Push>(
      `SELECT id, callback, param, salt FROM tracking_pushes WHERE state = 'waiting' AND due <= ? ORDER BY due, id LIMIT 1`,
      world.clock.now(),
    );
    if (push === undefined) return;
    const isTaken = await send(push);
    world.store.run(
      `UPDATE tracking_pushes SET tries = tries + 1, due = due + ?,
         state = CASE WHEN ? THEN 'taken' WHEN tries + 1 >= ? THEN 'given-up' ELSE 'waiting' END WHERE id = ?`,
      REPEAT,
      isTaken ? 1 : 0,
      TRIES,
      push.id,
    );
  }
}

async function send({ callback, param, salt }: Push): Promise<boolean> {
  try {
    const answer = await fetch(callback, {
      method: 'POST',
      body: new URLSearchParams({ param, sign: signKuaidi100(param + salt) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return Taken.safeParse(readJson(await answer.text())).success;
  } catch {
    // Nobody there, or too slow: it is tried again.
    return false;
  }
}
