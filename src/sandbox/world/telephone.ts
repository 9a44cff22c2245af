import { staff } from './company.ts';
import { SECOND } from './time.ts';
import type { World } from './world.ts';

/** What happens when a telephone rings. */
export const ringOutcomes = ['answered', 'hung-up', 'busy', 'no-answer', 'rejected', 'powered-off'] as const;
export type RingOutcome = (typeof ringOutcomes)[number];

/** How long each takes. */
const lasts: Readonly<Record<RingOutcome, number>> = {
  answered: 20 * SECOND,
  'hung-up': 8 * SECOND,
  busy: 2 * SECOND,
  'no-answer': 45 * SECOND,
  rejected: 5 * SECOND,
  'powered-off': 2 * SECOND,
};

export interface RingRow {
  id: number;
  at: number;
  via: string;
  person: string;
  words: string;
  ref: string;
  out_id: string;
  mobile: string;
  outcome: RingOutcome;
  ends: number;
}

/** Somebody's telephone rings: they do what was foreseen for them, or answer and listen to the end. */
export function ring(
  world: World,
  call: { via: string; person: string; words: string; ref: string; outId?: string },
): RingRow {
  const at = world.clock.now();
  const foreseen = world.store.get<{ id: number; outcome: RingOutcome }>(
    'SELECT id, outcome FROM telephone_answers WHERE person = ? AND times > 0 ORDER BY id LIMIT 1',
    call.person,
  );
  if (foreseen !== undefined)
    world.store.run('UPDATE telephone_answers SET times = times - 1 WHERE id = ?', foreseen.id);
  const outcome = foreseen?.outcome ?? 'answered';
  world.store.run(
    `INSERT INTO telephone_rings (at, via, person, words, ref, out_id, mobile, outcome, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    at,
    call.via,
    call.person,
    call.words,
    call.ref,
    call.outId ?? '',
    mobileOf(call.person),
    outcome,
    at + lasts[outcome],
  );
  const made = findRing(world, call.ref);
  if (made === undefined) throw new Error('the ring was not kept');
  return made;
}

export const findRing = (world: World, ref: string): RingRow | undefined =>
  world.store.get<RingRow>('SELECT * FROM telephone_rings WHERE ref = ? ORDER BY id DESC LIMIT 1', ref);

export const listRings = (world: World): readonly RingRow[] =>
  world.store.all<RingRow>('SELECT * FROM telephone_rings ORDER BY id');

/** What a person does when rung next. */
export function answerNext(world: World, person: string, outcome: RingOutcome, times: number): void {
  world.store.run('INSERT INTO telephone_answers (person, outcome, times) VALUES (?, ?, ?)', person, outcome, times);
}

const mobileOf = (person: string): string => staff.find(({ id }) => id === person)?.mobile ?? '';

/** Whose number it is; a stranger's is their name. */
export const personWith = (mobile: string): string => staff.find((one) => one.mobile === mobile)?.id ?? mobile;
