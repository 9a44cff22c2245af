import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dutiesOf,
  holderOf,
  nextOf,
  onCall,
  type Post,
  postsOf,
  type Roster,
  type Rotation,
  type Stint,
  spellsOf,
  turnOf,
} from '../../src/domain/roster.ts';
import { at, day, hour, minute } from '../kit/builders.ts';
import { bySize } from '../kit/size.ts';

const zone = 'Asia/Shanghai';
const lead: Post = { role: 'warehouse-lead', warehouse: null };
const weekly: Rotation = { ...lead, who: ['li', 'wang'], everyDays: 7, from: at('08:30', '2026-11-23') };
const roster = (change: Partial<Roster> = {}): Roster => ({ zone, rotations: [weekly], stints: [], ...change });
const stint = (who: string, from: number, to: number, post: Post = lead): Stint => ({ ...post, who, from, to });

describe('who is on duty [P11]', () => {
  it('people follow each other at the same time of day, from the first turn on and not before', () => {
    const who = [
      at('08:29', '2026-11-23'),
      at('08:30', '2026-11-23'),
      at('08:29', '2026-11-30'),
      at('08:30', '2026-11-30'),
    ];

    expect(who.map((time) => onCall(roster(), 'warehouse-lead', time))).toEqual([undefined, 'li', 'li', 'wang']);
    expect(onCall(roster(), 'warehouse-lead', weekly.from + 14 * day)).toBe('li');
  });

  it('nobody is, where no roster says so', () => {
    expect(onCall(roster(), 'cs-lead', at('12:00'))).toBeUndefined();
  });

  it('a turn begins at the same local time after the clocks were changed', () => {
    const berlin = roster({
      zone: 'Europe/Berlin',
      rotations: [{ ...weekly, everyDays: 1, from: Date.parse('2026-10-24T06:30:00Z') }],
    });

    // 25 October 2026: summer time ends, 08:30 is an hour later in UTC.
    expect(turnOf(berlin, lead, Date.parse('2026-10-24T12:00:00Z')).until).toBe(Date.parse('2026-10-25T07:30:00Z'));
    expect(onCall(berlin, 'warehouse-lead', Date.parse('2026-10-25T07:29:00Z'))).toBe('li');
    expect(onCall(berlin, 'warehouse-lead', Date.parse('2026-10-25T07:30:00Z'))).toBe('wang');
  });

  it('what was agreed later lies over what was agreed before, and over the rotation', () => {
    const noon = at('12:00');
    const stints = [stint('chen', noon - hour, noon + hour), stint('sun', noon, noon + minute)];
    const times = [noon - 2 * hour, noon - hour, noon, noon + minute, noon + hour];

    expect(times.map((time) => onCall(roster({ stints }), 'warehouse-lead', time))).toEqual([
      'li',
      'chen',
      'sun',
      'chen',
      'li',
    ]);
    expect(dutiesOf(roster({ stints }), 'chen', noon - 2 * hour, noon + day)).toEqual([
      stint('chen', noon - hour, noon),
      stint('chen', noon + minute, noon + hour),
    ]);
  });

  it("a warehouse's own lead is on duty for it, the general one for all others", () => {
    const gz: Rotation = { ...weekly, warehouse: 'gz', who: ['sun'] };
    const both = roster({ rotations: [gz, weekly] });

    expect(onCall(both, 'warehouse-lead', at('12:00'), 'gz')).toBe('sun');
    expect(onCall(both, 'warehouse-lead', at('12:00'), 'hz')).toBe('li');
    expect(onCall(both, 'warehouse-lead', at('12:00'))).toBe('li');
    expect(onCall(roster({ rotations: [gz] }), 'warehouse-lead', at('12:00'), 'hz')).toBeUndefined();
  });

  it('knows who comes next and when, over turns of the same person', () => {
    const end = at('08:30', '2026-11-30');
    expect(turnOf(roster(), lead, at('12:00'))).toEqual({ who: 'li', until: end });
    expect(nextOf(roster(), lead, at('12:00'))).toEqual({ who: 'wang', from: end });
    const alone = roster({ rotations: [{ ...weekly, who: ['li'] }] });
    expect(turnOf(alone, lead, at('12:00'))).toEqual({ who: 'li', until: undefined });
    expect(nextOf(alone, lead, at('12:00'))).toBeUndefined();
  });
});

describe('any roster with swaps [P11]', () => {
  const runs = bySize({ short: 40, moderate: 300, full: 1_000 });
  const days = 3;
  const minutes = days * 1_440;
  const start = at('00:00', '2026-11-24');
  const people = ['li', 'wang', 'chen', 'sun', 'zhao'];
  const who = fc.constantFrom(...people);
  const rotation = fc.record({
    who: fc.array(who, { minLength: 1, maxLength: 4 }),
    everyDays: fc.integer({ min: 1, max: 8 }),
    before: fc.integer({ min: 0, max: 30 * 1_440 }),
  });
  const swap = fc.record({
    who,
    from: fc.integer({ min: -600, max: minutes }),
    length: fc.integer({ min: 1, max: 2_000 }),
  });
  const made = fc.record({ first: rotation, second: fc.option(rotation), swaps: fc.array(swap, { maxLength: 8 }) });

  it('has exactly one person on duty at every minute, the one that painting it minute by minute finds', () => {
    fc.assert(
      fc.property(made, ({ first, second, swaps }) => {
        const rotations = [first, ...(second === null ? [] : [second])].map(
          (each): Rotation => ({
            ...lead,
            who: each.who,
            everyDays: each.everyDays,
            from: start - each.before * minute,
          }),
        );
        const stints = swaps.map((each) =>
          stint(each.who, start + each.from * minute, start + (each.from + each.length) * minute),
        );
        const all = roster({ rotations, stints });
        // Painted over, in the order of agreement. China knows no summer time: turns are plain arithmetic.
        const painted: string[] = Array.from({ length: minutes });
        const begun = rotations.toSorted((one, other) => one.from - other.from);
        for (const { who: names, everyDays, from } of begun)
          for (let at = 0; at < minutes; at += 1)
            painted[at] = names[Math.floor((start + at * minute - from) / (everyDays * day)) % names.length] ?? '';
        for (const each of swaps)
          for (let at = Math.max(0, each.from); at < Math.min(minutes, each.from + each.length); at += 1)
            painted[at] = each.who;

        for (let at = 0; at < minutes; at += 1) {
          const found = holderOf(all, lead, start + at * minute);
          if (found !== painted[at]) throw new Error(`minute ${at}: ${found}, not ${painted[at]}`);
        }
        const spells = spellsOf(all, lead, start, start + minutes * minute);
        expect(spells[0]?.from).toBe(start);
        expect(spells.at(-1)?.to).toBe(start + minutes * minute);
        for (const [index, spell] of spells.entries()) {
          if (index > 0) expect(spell.from).toBe(spells[index - 1]?.to);
          expect(spell.who).toBe(painted[(spell.from - start) / minute]);
        }
        // What people are told to be on duty for covers the time once.
        const told = people.flatMap((person) => dutiesOf(all, person, start, start + minutes * minute));
        expect(told.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(minutes * minute);
        expect(postsOf(all)).toEqual([lead]);
      }),
      { numRuns: runs, seed: 1124 },
    );
  });
});
