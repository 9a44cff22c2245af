import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Person } from '../domain/actor.ts';
import { UserError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';

const minute = 60_000;
const codeLifetime = 5 * minute;
const sessionLifetime = 30 * 86_400_000;
const wrongTriesAllowed = 10;
const wrongTriesWindow = 15 * minute;
const addressesKept = 10_000;

/** Without 0 O 1 I L, which look alike. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

export interface Session {
  readonly person: Person;
  /** What the browser keeps; only its hash is stored. */
  readonly cookie: string;
  readonly expiresAt: number;
}

export interface Sessions {
  /** A code of eight characters for one login within five minutes. */
  issueCode(personId: string): Promise<{ code: string; expiresAt: number }>;
  /** Throws UserError CODE_WRONG, or TOO_MANY_TRIES for an address that guesses. */
  open(code: string, address: string): Promise<Session>;
  /** Without a code: only where the world is made up. */
  openAs(person: Person): Promise<Session>;
  find(cookie: string): Promise<Person | undefined>;
  end(cookie: string): Promise<void>;
}

export function createSessions(deps: { storage: Storage; clock: Clock }): Sessions {
  const { storage, clock } = deps;
  const wrongTries = createTries(clock);

  const add = async (person: Person): Promise<Session> => {
    const cookie = randomBytes(32).toString('base64url');
    const expiresAt = clock.now() + sessionLifetime;
    await storage.people.addSession(hash(cookie), person.id, expiresAt);
    return { person, cookie, expiresAt };
  };

  return {
    async issueCode(personId) {
      const code = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
      const expiresAt = clock.now() + codeLifetime;
      await storage.people.addLoginCode(hash(code), personId, expiresAt);
      return { code, expiresAt };
    },

    async open(code, address) {
      wrongTries.refuseWhenTooMany(address);
      const words = code.toUpperCase().replace(/[^A-Z0-9]/g, '');
      const person = await storage.people.useLoginCode(hash(words), clock.now());
      if (person !== undefined) {
        await storage.audit.add({
          at: clock.now(),
          actor: { type: 'person', person },
          action: 'login',
          subject: `person:${person.id}`,
        });
        return await add(person);
      }
      wrongTries.note(address);
      throw new UserError('CODE_WRONG', {
        zh: '登录码不对，或已过期（5 分钟）、用过了。请在私聊里再对机器人说：登录',
        en: 'That code is wrong, older than 5 minutes, or used already. Say /login to the bot in private again.',
      });
    },

    openAs: add,
    find: (cookie) => storage.people.findSession(hash(cookie), clock.now()),
    end: (cookie) => storage.people.endSession(hash(cookie)),
  };
}

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

function createTries(clock: Clock) {
  const seen = new Map<string, { count: number; since: number }>();
  const current = (address: string) => {
    const tries = seen.get(address);
    return tries !== undefined && clock.now() - tries.since < wrongTriesWindow ? tries : undefined;
  };

  return {
    refuseWhenTooMany(address: string): void {
      if ((current(address)?.count ?? 0) < wrongTriesAllowed) return;
      throw new UserError('TOO_MANY_TRIES', {
        zh: '试错太多次了，请 15 分钟后再试。',
        en: 'Too many wrong codes. Try again in 15 minutes.',
      });
    },

    note(address: string): void {
      const tries = current(address) ?? { count: 0, since: clock.now() };
      tries.count += 1;
      seen.delete(address);
      seen.set(address, tries);
      const [oldest] = seen.keys();
      if (seen.size > addressesKept && oldest !== undefined) seen.delete(oldest);
    },
  };
}
