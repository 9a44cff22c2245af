import { expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { createSessions } from '../../src/services/sessions.ts';
import { people } from '../web/company.ts';
import { createFakeClock, createFakeStores } from '../web/fakes.ts';

function setup() {
  const clock = createFakeClock();
  const { stores, audited, sessions: stored } = createFakeStores();
  const sessions = createSessions({ storage: stores, clock });
  const tryCode = async (code: string, address = '10.0.0.1'): Promise<string> => {
    try {
      return (await sessions.open(code, address)).person.id;
    } catch (error) {
      return error instanceof UserError ? error.code : String(error);
    }
  };
  return { clock, sessions, stored, audited, tryCode };
}

it('gives codes of eight characters that look like no other', async () => {
  const { sessions } = setup();

  const codes = await Promise.all(Array.from({ length: 200 }, async () => (await sessions.issueCode('li')).code));

  expect(new Set(codes).size).toBe(200);
  for (const code of codes) expect(code).toMatch(/^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{8}$/);
});

it('opens once, however the code is written', async () => {
  const { sessions, tryCode, audited } = setup();
  const { code } = await sessions.issueCode('li');

  expect(await tryCode(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `)).toBe('li');
  expect(await tryCode(code)).toBe('CODE_WRONG');
  expect(audited).toHaveLength(1);
});

it('opens for five minutes', async () => {
  const { sessions, clock, tryCode } = setup();
  const { code, expiresAt } = await sessions.issueCode('li');
  expect(expiresAt - clock.now()).toBe(300_000);

  clock.set(expiresAt);

  expect(await tryCode(code)).toBe('CODE_WRONG');
});

it('stops an address that guesses, and no other, for a while', async () => {
  const { sessions, clock, tryCode } = setup();
  for (let count = 0; count < 10; count += 1) expect(await tryCode('AAAAAAAA')).toBe('CODE_WRONG');
  const { code } = await sessions.issueCode('li');

  expect(await tryCode(code)).toBe('TOO_MANY_TRIES');
  expect(await tryCode(code, '10.0.0.2')).toBe('li');
  clock.set(clock.now() + 15 * 60_000);
  expect(await tryCode((await sessions.issueCode('wang')).code)).toBe('wang');
});

it('keeps a session for thirty days, stores no cookie, and ends it', async () => {
  const { sessions, clock, stored } = setup();
  const [person] = people;
  if (person === undefined) throw new Error('Nobody works here');
  const { cookie, expiresAt } = await sessions.openAs(person);

  expect(expiresAt - clock.now()).toBe(30 * 86_400_000);
  expect([...stored.keys()][0]).toMatch(/^[0-9a-f]{64}$/);
  expect(await sessions.find(cookie)).toEqual(person);
  expect(await sessions.find(`${cookie}x`)).toBeUndefined();
  await sessions.end(cookie);
  expect(await sessions.find(cookie)).toBeUndefined();
});
