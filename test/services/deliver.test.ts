import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../src/adapters/clock/manual.ts';
import {
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../src/domain/errors.ts';
import type { MonthBudget } from '../../src/domain/month.ts';
import type { Messenger, OutgoingCard } from '../../src/ports/messenger.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import type { NewOutbox } from '../../src/ports/stores.ts';
import { createDeliver } from '../../src/services/deliver.ts';
import { createLinks } from '../../src/services/links.ts';
import { aMessage, anAlert, at, hour, minute } from '../kit/builders.ts';
import { aRoom, openTestStorage, silentLog, textOf } from '../kit/test-storage.ts';

const noon = at('12:00');

interface Sent {
  readonly key: string;
  readonly card: OutgoingCard;
  readonly at: number;
}

interface Options {
  readonly dedupes?: boolean;
  readonly perMinute?: number;
  readonly maxPictureBytes?: number;
  readonly month?: MonthBudget;
}

async function setup({ dedupes = false, perMinute = 100, maxPictureBytes, month }: Options = {}) {
  const base = await openTestStorage();
  const { storage } = base;
  const clock = createManualClock(noon);
  const wall = { now: 1_000_000 };
  const shown: Sent[] = [];
  const tries: string[] = [];
  /** What the platform does with each try; undefined = takes it. */
  let answer: (key: string) => Error | undefined = () => undefined;
  const messenger: Messenger = {
    limits: { maxBytes: 20_000, maxButtons: 4, perMinute, perMonth: undefined, maxPictureBytes },
    dedupes,
    async send({ roomId }, card, key) {
      tries.push(key);
      const error = answer(key);
      if (error instanceof OutcomeUnknownError || error === undefined) shown.push({ key, card, at: clock.now() });
      if (error !== undefined) throw error;
      return { room: roomId, id: `ref-${key}`, ...(card.mentions === undefined ? {} : { parts: 2 }) };
    },
  };
  const links = createLinks({ key: 'key of the links' });
  let paint = async (): Promise<Buffer> => Buffer.from('a picture');
  const make = () =>
    createDeliver({
      storage,
      clock,
      wallNow: () => wall.now,
      addressOf: async (roomId) =>
        roomId === 'gone' ? undefined : { messenger, target: { roomId, chatId: roomId, isPrivate: false } },
      monthOf: async () => month,
      links,
      publicUrl: 'https://war.example.com',
      painter: { paint: () => paint() },
      metrics: silentMetrics,
      log: silentLog,
    });
  const { signal } = new AbortController();
  const deliver = make();
  return {
    ...base,
    clock,
    wall,
    shown,
    tries,
    links,
    make,
    add: (change: Partial<NewOutbox> = {}) => storage.outbox.add(aMessage(change)),
    paints: (next: () => Promise<Buffer>) => {
      paint = next;
    },
    answers: (next: (key: string) => Error | undefined) => {
      answer = next;
    },
    run: () => deliver(signal),
    runAt: async (time: number) => {
      await clock.advanceTo(time);
      return deliver(signal);
    },
    row: (key = 'k1') =>
      base.rows(
        'SELECT state, attempts, providerRef, maybeTwice, error, dueAt, sentAt FROM Outbox WHERE key = ?',
        key,
      )[0],
  };
}

const fails = (error: () => Error, times = Number.POSITIVE_INFINITY) => {
  let left = times;
  return (): Error | undefined => {
    left -= 1;
    return left >= 0 ? error() : undefined;
  };
};

describe('a message with a picture', () => {
  const picture = { title: '周期', note: '', labels: ['11/24'], bars: [6.2], lines: [] };
  const card = { tone: 'numbers', lines: [['早报']], buttons: [], link: null, picture } as const;

  it('takes it painted to a platform that carries pictures, and as numbers to one that does not [E10]', async () => {
    const carrying = await setup({ maxPictureBytes: 100 });
    await carrying.add({ card });
    await carrying.run();
    const plain = await setup();
    await plain.add({ card });
    await plain.run();

    expect(carrying.shown[0]?.card.png?.toString()).toBe('a picture');
    expect(plain.shown[0]?.card.png).toBeUndefined();
    expect(plain.shown[0]?.card.picture).toEqual(picture);
  });

  it('leaves without it rather than not at all: too large, or not to be painted', async () => {
    const { add, run, paints, shown, row } = await setup({ maxPictureBytes: 100 });
    paints(async () => Buffer.alloc(101));
    await add({ card, key: 'large' });
    await run();
    paints(() => Promise.reject(new Error('no font')));
    await add({ card, key: 'broken' });
    await run();

    expect(shown.map(({ key, card: { png } }) => [key, png])).toEqual([
      ['large', undefined],
      ['broken', undefined],
    ]);
    expect(row('broken')).toMatchObject({ state: 'sent' });
  });
});

describe('a message', () => {
  it('is sent once and keeps what the platform called it', async () => {
    const { add, run, shown, row } = await setup();
    await add();
    await run();
    await run();

    expect(shown.map(({ key }) => key)).toEqual(['k1']);
    expect(row()).toMatchObject({ state: 'sent', attempts: 1, providerRef: 'ref-k1', maybeTwice: 0, sentAt: noon });
  });

  it('outlives a line that is down for a day, and leaves as soon as it is up, its tries unspent [C4]', async () => {
    const { add, answers, runAt, row, shown } = await setup();
    await add();
    answers(() => new RateLimitedError('down', 2_000, { code: 'NOT_CONNECTED' }));
    for (let hours = 0; hours < 24; hours += 1) await runAt(noon + hours * hour);
    expect(row()).toMatchObject({ state: 'pending', attempts: 0, error: 'NOT_CONNECTED', maybeTwice: 0 });

    answers(fails(() => new RetryableError('busy'), 1));
    await runAt(noon + 24 * hour);
    expect(row()).toMatchObject({ state: 'pending', attempts: 1 });
    await runAt(noon + 24 * hour + 2 * minute);

    expect(shown).toHaveLength(1);
  });

  it('is sent by one of two that run at the same time', async () => {
    const { add, run, shown } = await setup();
    for (let index = 0; index < 20; index += 1) await add({ key: `k${index}` });
    await Promise.all([run(), run()]);

    expect(new Set(shown.map(({ key }) => key)).size).toBe(20);
    expect(shown).toHaveLength(20);
  });

  it('leaves before the lesser ones, answers to people first', async () => {
    const { add, run, tries } = await setup();
    await add({ key: 'info', priority: 3 });
    await add({ key: 'red', priority: 1 });
    await add({ key: 'answer', priority: 0 });
    await run();

    expect(tries).toEqual(['answer', 'red', 'info']);
  });

  it('carries a signed link that holds for its own path only', async () => {
    const { add, run, shown, links } = await setup();
    await add({ card: { tone: 'info', lines: [['x']], buttons: [], link: { label: '更多', path: '/o/abc' } } });
    await add({
      key: 'board',
      card: { tone: 'info', lines: [['x']], buttons: [], link: { label: '看板', path: '/' } },
    });
    await add({ key: 'none' });
    await run();

    const [order, board, none] = shown.map(({ card }) => card.url);
    const url = new URL(order ?? '');
    const query = { e: url.searchParams.get('e') ?? '', s: url.searchParams.get('s') ?? '' };
    expect(url.origin + url.pathname).toBe('https://war.example.com/o/abc');
    expect(() => links.verifyLink('/o/abc', query, noon + 6 * 24 * hour)).not.toThrow();
    expect(() => links.verifyLink('/o/abc', query, noon + 7 * 24 * hour)).toThrow();
    expect(() => links.verifyLink('/o/abd', query, noon)).toThrow();
    expect([board, none]).toEqual(['https://war.example.com/', null]);
  });

  it('that is about an alert that is over by now is dropped, its group and its end are not', async () => {
    const { add, run, storage, tries, row } = await setup();
    const alert = await storage.alerts.raise(anAlert());
    const alertId = alert?.id ?? '';
    await add({ key: 'card', alertId });
    await add({ key: 'group', kind: 'group', alertId: null });
    await add({ key: 'end', kind: 'resolved', alertId });
    await storage.alerts.resolve(alertId, noon, 'cleared');
    await run();

    expect(tries).toEqual(['group', 'end']);
    expect(row('card')).toMatchObject({ state: 'dropped' });
  });

  it('waits for a room that nobody serves, without being lost', async () => {
    const { add, run, row } = await setup();
    await add({ roomId: 'gone' });

    expect(await run()).toBe(0);
    expect(row()).toMatchObject({ state: 'pending', attempts: 0 });
  });
});

describe('a crash', () => {
  it('between sending and noting it sends again when the lease is over, and says so', async () => {
    const { add, run, wall, storage, shown, row } = await setup();
    await add();
    await storage.outbox.claim('war', 1, 30_000, noon, wall.now); // and died
    wall.now += 29_999;
    await run();
    expect(shown).toEqual([]);

    wall.now += 1;
    await run();
    expect(shown.map(({ card }) => textOf(card))).toEqual(['12号\n（可能重复 / maybe repeated）']);
    expect(row()).toMatchObject({ state: 'sent', maybeTwice: 1 });
    expect(await storage.outbox.count()).toMatchObject({ maybeTwice: 1, pending: 0 });
  });

  it('is not talked about where the platform shows the same key once', async () => {
    const { add, run, wall, storage, shown } = await setup({ dedupes: true });
    await add();
    await storage.outbox.claim('war', 1, 30_000, noon, wall.now);
    wall.now += 30_000;
    await run();

    expect(shown.map(({ card }) => textOf(card))).toEqual(['12号']);
  });
});

describe('an unknown outcome', () => {
  it('is tried again with a mark where the platform would show it twice', async () => {
    const { add, answers, run, runAt, shown, row } = await setup();
    answers(fails(() => new OutcomeUnknownError('no answer'), 1));
    await add();
    await run();
    expect(row()).toMatchObject({ state: 'pending', maybeTwice: 1, error: 'OUTCOME_UNKNOWN' });
    await runAt(noon + 2 * minute);

    expect(shown.map(({ card }) => textOf(card))).toEqual(['12号', '12号\n（可能重复 / maybe repeated）']);
    expect(row()).toMatchObject({ state: 'sent', maybeTwice: 1, attempts: 2 });
  });

  it('is tried again under the same key without a mark where the platform shows that once', async () => {
    const { add, answers, run, runAt, shown, tries, row } = await setup({ dedupes: true });
    answers(fails(() => new OutcomeUnknownError('no answer'), 1));
    await add();
    await run();
    await runAt(noon + 2 * minute);

    expect(tries).toEqual(['k1', 'k1']);
    expect(shown.map(({ card }) => textOf(card))).toEqual(['12号', '12号']);
    expect(row()).toMatchObject({ state: 'sent', maybeTwice: 0 });
  });
});

describe('a failure', () => {
  it('is tried again later and later, eight times in all, then lies there dead for everybody to see', async () => {
    const { add, answers, runAt, tries, clock, row, storage } = await setup();
    answers(fails(() => new RetryableError('down')));
    await add();
    const waits: number[] = [];
    while (row()?.['state'] === 'pending') {
      await runAt(Number(row()?.['dueAt']));
      waits.push(Number(row()?.['dueAt']) - clock.now());
    }

    expect(tries).toHaveLength(8);
    waits.slice(0, 7).forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(0.75 * minute * 2 ** index);
      expect(wait).toBeLessThanOrEqual(1.25 * minute * 2 ** index);
    });
    expect(row()).toMatchObject({ state: 'dead', error: 'RETRYABLE' });
    expect(await storage.outbox.count()).toMatchObject({ dead: 1, pending: 0 });
    await runAt(clock.now() + 24 * hour);
    expect(tries).toHaveLength(8);
  });

  it('that asking again would not change ends at once', async () => {
    const { add, answers, run, row } = await setup();
    answers(fails(() => new RejectedError('bad card')));
    await add();
    await run();

    expect(row()).toMatchObject({ state: 'dead', attempts: 1, error: 'REJECTED' });
  });

  it('of a token is tried again', async () => {
    const { add, answers, run, runAt, row } = await setup();
    answers(fails(() => new AuthExpiredError('over'), 1));
    await add();
    await run();
    await runAt(noon + 2 * minute);

    expect(row()).toMatchObject({ state: 'sent' });
  });

  it('of one message does not stop the others', async () => {
    const { add, answers, run, shown } = await setup();
    answers((key) => (key === 'bad' ? new RejectedError('bad') : undefined));
    for (const key of ['a', 'bad', 'b']) await add({ key });
    await run();

    expect(shown.map(({ key }) => key)).toEqual(['a', 'b']);
  });
});

describe('a platform that asks for a pause', () => {
  it('gets it for the whole room, and loses no message however long it takes', async () => {
    const { add, answers, run, runAt, tries, shown, storage } = await setup();
    const start = noon;
    answers(fails(() => new RateLimitedError('slow down', 5 * minute), 9));
    for (const key of ['a', 'b', 'c']) await add({ key });
    await run();
    expect(tries).toEqual(['a']);
    await runAt(start + 5 * minute - 1);
    expect(tries).toEqual(['a']);

    for (let pause = 1; pause <= 9; pause += 1) await runAt(start + pause * 5 * minute);
    await runAt(start + 60 * minute);
    expect(shown.map(({ key }) => key).sort()).toEqual(['a', 'b', 'c']);
    expect(await storage.outbox.count()).toMatchObject({ dead: 0, pending: 0 });
  });
});

describe("a robot's month", () => {
  it('that is short of calls costs the quiet lines, one that is spent the answers, never an alert', async () => {
    const short = await setup({ month: { used: 80, perMonth: 100 } });
    const spent = await setup({ month: { used: 98, perMonth: 100 } });
    for (const { add, run } of [short, spent]) {
      await add({ key: 'red', kind: 'alert', priority: 1 });
      await add({ key: 'reply', kind: 'reply', priority: 0 });
      await add({ key: 'fine', kind: 'resolved', priority: 4 });
      await run();
    }

    expect(short.shown.map(({ key }) => key)).toEqual(['reply', 'red']);
    expect(short.row('fine')).toMatchObject({ state: 'dropped', error: 'the month is short of calls' });
    expect(spent.shown.map(({ key }) => key)).toEqual(['red']);
    expect(spent.row('reply')).toMatchObject({ state: 'dropped' });
  });
});

describe("a room's minute", () => {
  it('is never filled beyond what the platform takes [C4]', async () => {
    const { add, runAt, shown } = await setup({ perMinute: 20 });
    for (let index = 0; index < 70; index += 1) await add({ key: `k${index}` });
    for (let second = 0; second <= 240; second += 5) await runAt(noon + second * 1_000);

    expect(shown).toHaveLength(70);
    for (const { at: from } of shown) {
      expect(shown.filter(({ at: time }) => time > from - minute && time <= from).length).toBeLessThanOrEqual(20);
    }
  });

  it('that is stopped in its middle leaves the rest as it was', async () => {
    const base = await setup();
    const stop = new AbortController();
    base.answers((key) => {
      if (key === 'b') stop.abort();
      return undefined;
    });
    for (const key of ['a', 'b', 'c', 'd']) await base.add({ key });
    await base.make()(stop.signal);

    expect(base.tries).toEqual(['a', 'b']);
    expect(base.row('c')).toMatchObject({ state: 'pending', attempts: 0, maybeTwice: 0 });
  });
});

describe('people who are called [P12]', () => {
  const call = { who: ['li', 'wang', 'gone'], before: '12号', after: '杭州仓停了，37 单' };
  const card = { tone: 'critical', lines: [['12号']], buttons: [], link: null, call } as const;
  async function withPeople(perMinute = 100) {
    const made = await setup({ perMinute });
    await made.storage.rooms.syncConfigured([aRoom({ platform: 'wecom' }), aRoom({ id: 'web', platform: 'web' })]);
    await made.storage.people.syncConfigured([
      {
        person: { id: 'li', name: '李建国', role: 'warehouse-lead' },
        accounts: [
          { platform: 'wecom', userId: 'lijg' },
          { platform: 'web', userId: 'li' },
        ],
      },
      { person: { id: 'wang', name: '王敏', role: 'ops-lead' }, accounts: [{ platform: 'web', userId: 'wang' }] },
    ]);
    return made;
  }

  it('are those whom the platform of the room knows, by their ids there', async () => {
    const { add, run, shown } = await withPeople();
    await add({ key: 'wecom', card });
    await add({ key: 'web', roomId: 'web', card });
    await add({ key: 'private', roomId: 'dm:wecom:lijg', card });
    await run();

    const mentions = Object.fromEntries(shown.map(({ key, card: { mentions: found } }) => [key, found]));
    expect(mentions).toEqual({
      wecom: [{ userId: 'lijg', name: '李建国' }],
      web: [
        { userId: 'li', name: '李建国' },
        { userId: 'wang', name: '王敏' },
      ],
      private: undefined,
    });
  });

  it("take their line's place in the minute of the room", async () => {
    const { add, run, runAt, shown } = await withPeople(3);
    for (const key of ['a', 'b', 'c']) await add({ key, card });
    await run();
    await run();
    expect(shown.map(({ key }) => key)).toEqual(['a', 'b']);

    await runAt(noon + minute);
    expect(shown.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });
});
