import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roles } from '../../src/domain/actor.ts';
import {
  isOnShift,
  nightOf,
  type PastCall,
  type PolicyStep,
  personOf,
  stepsOf,
  type Whom,
  whyNotNow,
} from '../../src/domain/escalation.ts';
import { digitsRead, digitsSaid, numberRead, numberSaid } from '../../src/domain/numerals.ts';
import { dutiesOf, type Roster } from '../../src/domain/roster.ts';

const zone = 'Asia/Shanghai';
const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const day = 24 * hour;
const noon = Date.UTC(2026, 10, 24, 4);

const lead: Whom = { to: 'role', role: 'warehouse-lead' };
const ops: Whom = { to: 'role', role: 'ops-lead' };

it('a policy counts from its beginning; its steps wait for the one before, and repeat as often as it says [C6]', () => {
  const policy: readonly PolicyStep[] = [
    { after: 0, do: 'call', whom: lead },
    { after: 3 * minute, do: 'call', whom: ops },
    { after: 8 * minute, do: 'repeat', times: 1 },
  ];
  expect(stepsOf(policy).map(({ wait, whom, round }) => [wait, whom, round])).toEqual([
    [0, lead, 0],
    [3 * minute, ops, 0],
    [5 * minute, lead, 1],
    [3 * minute, ops, 1],
  ]);
});

const person = fc.constantFrom('li', 'wang', 'chen', 'zhao');
const time = fc.integer({ min: noon - 10 * day, max: noon + 10 * day });
const post = { role: fc.constantFrom(...roles), warehouse: fc.constantFrom(null, 'hz', 'gz') };
const rotation = fc.record({
  ...post,
  who: fc.array(person, { minLength: 1, maxLength: 3 }),
  everyDays: fc.constantFrom(1, 7),
  from: time,
});
const stint = fc.record({ ...post, who: person, from: time, length: fc.integer({ min: 1, max: 3 * day }) });
const roster: fc.Arbitrary<Roster> = fc
  .record({ rotations: fc.array(rotation, { maxLength: 4 }), stints: fc.array(stint, { maxLength: 4 }) })
  .map(({ rotations, stints }) => ({
    zone,
    rotations,
    stints: stints.map(({ length, ...each }) => ({ ...each, to: each.from + length })),
  }));
const whom: fc.Arbitrary<Whom> = fc.oneof(
  fc.constantFrom(...roles).map((role): Whom => ({ to: 'role', role })),
  person.map((id): Whom => ({ to: 'person', person: id })),
);

it('whoever a step means is on shift at that moment, in 1,000 rosters [P11]', () => {
  fc.assert(
    fc.property(roster, whom, time, fc.constantFrom('hz', 'gz', undefined), (on, means, at, warehouse) => {
      const found = personOf(means, { roster: on, ...(warehouse === undefined ? {} : { warehouse }) }, at);
      if (found === undefined) return true;
      const duties = dutiesOf(on, found, at, at + 1);
      return isOnShift(on, found, at) && (means.to !== 'role' || duties.some(({ role }) => role === means.role));
    }),
    { numRuns: 1_000 },
  );
});

it('the telephone limits and those of a night hold in 10,000 random alerts [E5]', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          after: fc.oneof(fc.integer({ min: 0, max: 90 * second }), fc.integer({ min: 0, max: 3 * hour })),
          isRefused: fc.boolean(),
          isFirst: fc.boolean(),
        }),
        { minLength: 100, maxLength: 100 },
      ),
      fc.integer({ min: 0, max: 3 }),
      (alerts, perNight) => {
        let at = noon;
        let past: PastCall[] = [];
        const rang: number[] = [];
        for (const { after, isRefused, isFirst } of alerts) {
          at += after;
          const provider = isFirst ? 'ding' : 'aliyun';
          past = past.filter((call) => call.at > at - day);
          if (whyNotNow(past, provider, { at, zone, perNight }) !== undefined) continue;
          past.push({ at, provider, state: isRefused ? 'refused' : 'rung' });
          if (!isRefused) rang.push(at);
        }
        const within = (ms: number, to: number) => rang.filter((each) => each > to - ms && each <= to).length;
        return rang.every((to) => {
          const night = nightOf(to, zone);
          const tonight = night === undefined ? 0 : rang.filter((each) => each >= night.from && each <= to).length;
          return within(minute, to) <= 1 && within(hour, to) <= 5 && within(day, to) <= 20 && tonight <= perNight;
        });
      },
    ),
    { numRuns: 100 },
  );
});

it('rings as often as the limits allow, and says which one stands in the way [E5]', () => {
  const rung = (...ago: readonly number[]): PastCall[] =>
    ago.map((ms) => ({ at: noon - ms, provider: 'ding', state: 'rung' }));
  const why = (past: readonly PastCall[], provider = 'aliyun') =>
    whyNotNow(past, provider, { at: noon, zone, perNight: 2 });
  expect(why([])).toBeUndefined();
  expect(why(rung(minute))).toBeUndefined();
  expect(why(rung(minute - 1))).toBe('minute');
  expect(why(rung(...[1, 2, 3, 4, 5].map((n) => n * 10 * minute)))).toBe('hour');
  expect(why(rung(...Array.from({ length: 20 }, (_, n) => (n + 1) * 70 * minute)))).toBe('day');
  // What a provider refused did not ring: it stands in the way of that provider alone.
  expect(why([{ at: noon - second, provider: 'ding', state: 'refused' }])).toBeUndefined();
  expect(why([{ at: noon - second, provider: 'aliyun', state: 'refused' }])).toBe('minute');
});

it('a night is from 22:00 to 08:00 of the company’s clock [E5]', () => {
  const night = Date.UTC(2026, 10, 24, 14);
  expect(nightOf(night - 1, zone)).toBeUndefined();
  expect([night, night + 3 * hour, night + 10 * hour - 1].map((at) => nightOf(at, zone)?.from)).toEqual([
    night,
    night,
    night,
  ]);
  expect(nightOf(night + 10 * hour, zone)).toBeUndefined();
});

it('numbers are written as they are read out, and tails digit by digit [E5]', () => {
  expect([0, 5, 10, 12, 20, 37, 101, 110, 999, 1_005, 2_000, 10_000, 12_340, 20_001].map(numberRead)).toEqual([
    '零',
    '五',
    '十',
    '十二',
    '二十',
    '三十七',
    '一百零一',
    '一百一十',
    '九百九十九',
    '一千零五',
    '两千',
    '一万',
    '一万两千三百四十',
    '两万零一',
  ]);
  expect(digitsRead('018842')).toBe('零幺八八四二');
  for (let number = 1; number < 1_000; number += 1)
    expect(numberSaid(numberRead(number)) ?? number, `${number}`).toBe(number);
  fc.assert(fc.property(fc.stringMatching(/^\d{4,20}$/), (tail) => digitsSaid(digitsRead(tail)) === tail));
});
