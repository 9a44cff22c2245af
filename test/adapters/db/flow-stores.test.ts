import { describe, expect, it } from 'vitest';
import type { ActionRow, QuestionRow } from '../../../src/ports/stores.ts';
import { aMessage, anAlert, at, minute } from '../../kit/builders.ts';
import { openTestStorage } from '../../kit/test-storage.ts';

const noon = at('12:00');
const leaseMs = 30_000;
const trues = (results: readonly boolean[]): number => results.filter(Boolean).length;

describe('the outbox', () => {
  it('takes a key once', async () => {
    const { storage } = await openTestStorage();
    expect(trues(await Promise.all([1, 2, 3].map(() => storage.outbox.add(aMessage()))))).toBe(1);
    expect(await storage.outbox.add(aMessage({ key: 'other' }))).toBe(true);
  });

  it('hands a row to exactly one of many, most urgent first, and nothing that is not due', async () => {
    const { storage } = await openTestStorage();
    await storage.outbox.add(aMessage({ key: 'later', priority: 0, dueAt: noon + 1 }));
    await storage.outbox.add(aMessage({ key: 'info', priority: 3 }));
    await storage.outbox.add(aMessage({ key: 'reply', priority: 0 }));
    await storage.outbox.add(aMessage({ key: 'elsewhere', roomId: 'ding' }));
    const claims = await Promise.all([1, 2, 3].map(() => storage.outbox.claim('war', 1, leaseMs, noon, 1_000)));

    expect(claims.flat().map(({ key, attempts, maybeTwice }) => [key, attempts, maybeTwice])).toEqual([
      ['reply', 1, false],
      ['info', 1, false],
    ]);
    expect(await storage.outbox.roomsWithDue(noon)).toEqual(['ding', 'war']);
  });

  it('hands a row out again when its lease ran out, marked as possibly said', async () => {
    const { storage } = await openTestStorage();
    await storage.outbox.add(aMessage());
    await storage.outbox.claim('war', 5, leaseMs, noon, 1_000);

    expect(await storage.outbox.claim('war', 5, leaseMs, noon, 1_000 + leaseMs - 1)).toEqual([]);
    const again = await storage.outbox.claim('war', 5, leaseMs, noon, 1_000 + leaseMs);
    expect(again).toMatchObject([{ key: 'k1', maybeTwice: true, attempts: 2 }]);
    await storage.outbox.sent(again[0]?.id ?? 0, noon, 'ref');
    expect(await storage.outbox.count()).toEqual({ pending: 0, dead: 0, maybeTwice: 1, oldestDueAt: null });
    expect(await storage.outbox.claim('war', 5, leaseMs, noon, 9e12)).toEqual([]);
  });

  it('never forgets that a row may have been said', async () => {
    const { storage } = await openTestStorage();
    await storage.outbox.add(aMessage());
    const [row] = await storage.outbox.claim('war', 1, leaseMs, noon, 0);
    await storage.outbox.retry(row?.id ?? 0, noon + 1, 'OUTCOME_UNKNOWN', true);
    await storage.outbox.claim('war', 1, leaseMs, noon + 1, 0);
    await storage.outbox.retry(row?.id ?? 0, noon + 2, 'RETRYABLE', false);

    expect(await storage.outbox.claim('war', 1, leaseMs, noon + 2, 0)).toMatchObject([{ maybeTwice: true }]);
  });

  it('counts what a room got and is about to get, alerts apart from answers', async () => {
    const { storage } = await openTestStorage();
    for (const [key, kind] of [
      ['a', 'alert'],
      ['g', 'group'],
      ['r', 'reply'],
      ['e', 'resolved'],
    ] as const) {
      await storage.outbox.add(aMessage({ key, kind, alertId: key }));
    }
    expect(await storage.outbox.alertsSince('war', noon)).toBe(2);
    expect(await storage.outbox.isHeard('a', 'war')).toBe(false);
    const rows = await storage.outbox.claim('war', 9, leaseMs, noon, 0);
    for (const { id } of rows) await storage.outbox.sent(id, noon + 1, 'ref');

    expect(await storage.outbox.isHeard('a', 'war')).toBe(true);
    expect(await storage.outbox.isHeard('a', 'ding')).toBe(false);
    expect(await storage.outbox.sentSince('war', noon)).toBe(4);
    expect(await storage.outbox.alertsSince('war', noon)).toBe(2);
    expect(await storage.outbox.alertsSince('war', noon + 1)).toBe(0);
    expect(await storage.outbox.alertsSince('ding', noon)).toBe(0);
  });
});

describe('questions', () => {
  const question = (change: Partial<QuestionRow> = {}): Omit<QuestionRow, 'state' | 'secondAskedAt' | 'secondBy'> => ({
    id: 'q1',
    words: 'K7',
    roomId: 'war',
    actorId: 'person:li',
    proposal: { kind: 'release' },
    createdAt: noon,
    expiresAt: noon + 5 * minute,
    ...change,
  });

  it('are settled by exactly one of many at the same time', async () => {
    const { storage } = await openTestStorage();
    await storage.questions.open(question());
    const to = ['confirmed', 'cancelled', 'expired', 'confirmed', 'cancelled'] as const;
    const results = await Promise.all(to.map((state) => storage.questions.settle('q1', 'open', state)));

    expect(trues(results)).toBe(1);
    expect((await storage.questions.find('q1'))?.state).toBe(to[results.indexOf(true)]);
    expect(await storage.questions.findByWords('K7', 'war')).toBeUndefined();
  });

  it('let one person have one open in a room; the older is cancelled', async () => {
    const { storage } = await openTestStorage();
    await storage.questions.open(question());
    await storage.questions.open(question({ id: 'q2', words: 'M3' }));
    await storage.questions.open(question({ id: 'q3', words: 'P4', actorId: 'person:wang' }));

    expect((await storage.questions.find('q1'))?.state).toBe('cancelled');
    expect((await storage.questions.findOpenOf('person:li', 'war'))?.id).toBe('q2');
    expect((await storage.questions.findOpenOf('person:wang', 'war'))?.id).toBe('q3');
  });

  it('opened twice stay open', async () => {
    const { storage } = await openTestStorage();
    await storage.questions.open(question());
    await storage.questions.open(question());

    expect((await storage.questions.find('q1'))?.state).toBe('open');
    expect(await storage.questions.settle('q1', 'open', 'confirmed')).toBe(true);
  });

  it('go on to a second person once, and expire only at their end', async () => {
    const { storage } = await openTestStorage();
    await storage.questions.open(question());
    expect(trues(await Promise.all([1, 2].map(() => storage.questions.askSecond('q1', noon, noon + 9 * minute))))).toBe(
      1,
    );
    expect(await storage.questions.listExpired(noon + 9 * minute - 1, 9)).toEqual([]);
    expect(await storage.questions.listExpired(noon + 9 * minute, 9)).toMatchObject([{ id: 'q1', state: 'second' }]);
    expect(await storage.questions.settle('q1', 'open', 'confirmed')).toBe(false);
    expect(await storage.questions.settle('q1', 'second', 'confirmed', 'person:wang')).toBe(true);
    expect(await storage.questions.find('q1')).toMatchObject({
      secondBy: 'person:wang',
      proposal: { kind: 'release' },
    });
  });
});

describe('actions', () => {
  const action = (
    change: Partial<ActionRow> = {},
  ): Omit<ActionRow, 'state' | 'before' | 'after' | 'finishedAt' | 'nextAt' | 'probes'> => ({
    id: 'a1',
    kind: 'release',
    subject: 'order:mini/1',
    target: 'lock:wms/1',
    actorId: 'person:li',
    approverId: null,
    roomId: 'war',
    request: { qty: 2 },
    undoOf: null,
    reason: '',
    startedAt: noon,
    ...change,
  });

  it('are started once, and only one runs on a target', async () => {
    const { storage } = await openTestStorage();
    const starts = await Promise.all(
      [action(), action(), action({ id: 'a2' })].map((each) => storage.actions.start(each)),
    );
    expect(starts).toEqual([true, false, false]);
    expect(await storage.actions.start(action({ id: 'a3', target: 'lock:wms/2' }))).toBe(true);

    expect(await storage.actions.move('a1', 'planned', 'done', { finishedAt: noon + 1, after: { qty: 2 } })).toBe(true);
    expect(await storage.actions.start(action())).toBe(false);
    expect(await storage.actions.start(action({ id: 'a4' }))).toBe(true);
  });

  it('move on once from the state that was believed, and are never lost between two looks', async () => {
    const { storage } = await openTestStorage();
    await storage.actions.start(action());
    const moves = await Promise.all(
      [1, 2, 3].map(() => storage.actions.move('a1', 'planned', 'writing', { before: { qty: 5 } })),
    );

    expect(trues(moves)).toBe(1);
    expect(await storage.actions.listDue(noon, 9)).toMatchObject([
      { id: 'a1', state: 'writing', before: { qty: 5 }, request: { qty: 2 } },
    ]);
    await storage.actions.move('a1', 'writing', 'unknown', { nextAt: noon + minute, probes: 1 });
    expect(await storage.actions.listDue(noon + minute - 1, 9)).toEqual([]);
    expect(await storage.actions.listDue(noon + minute, 9)).toMatchObject([
      { state: 'unknown', probes: 1, before: { qty: 5 } },
    ]);
  });

  it('are undone once', async () => {
    const { storage } = await openTestStorage();
    await storage.actions.start(action());
    await storage.actions.move('a1', 'planned', 'done', { finishedAt: noon });
    const undo = (id: string) => storage.actions.start(action({ id, undoOf: 'a1', target: `other:${id}` }));

    expect(await Promise.all([undo('u1'), undo('u2')])).toEqual([true, false]);
    expect((await storage.actions.findUndoOf('a1'))?.id).toBe('u1');
    expect((await storage.actions.lastBy('person:li', 'war'))?.id).toBe('a1');
  });
});

describe('the audit chain', () => {
  const actor = { type: 'automation', name: 'test' } as const;
  async function chain() {
    const base = await openTestStorage();
    for (let seq = 1; seq <= 6; seq += 1) {
      await base.storage.audit.add({
        at: noon + seq,
        actor,
        action: `act.${seq}`,
        subject: `order:mini/${seq % 2}`,
        detail: { qty: seq },
      });
    }
    return { ...base, exec: (sql: string) => base.sqlite.turn((raw) => raw.exec(sql)) };
  }

  it('holds while nobody touches it, and knows every head it ever had', async () => {
    const { storage } = await chain();
    const first = await storage.audit.verify();
    await storage.audit.add({ at: noon, actor, action: 'more', subject: 's' });
    const second = await storage.audit.verify();

    expect(first).toMatchObject({ entries: 6, brokenAt: undefined });
    expect(second).toMatchObject({ entries: 7, brokenAt: undefined });
    expect(second.hasHead(first.head.toUpperCase())).toBe(true);
    expect(second.hasHead('00000000')).toBe(false);
  });

  it.each(['at', 'actorId', 'action', 'subject', 'detail', 'mac'])('finds a changed %s in any row', async (column) => {
    for (let seq = 1; seq <= 6; seq += 1) {
      const { storage, exec } = await chain();
      const value = column === 'at' ? 'at + 1' : `${column} || 'x'`;
      await exec(`UPDATE AuditEntry SET ${column} = ${value} WHERE seq = ${seq}`);
      expect((await storage.audit.verify()).brokenAt, `row ${seq}`).toBe(seq);
    }
  });

  it('finds a dropped row anywhere, the last one by the head that was noted', async () => {
    for (let seq = 1; seq <= 6; seq += 1) {
      const { storage, exec } = await chain();
      const { head } = await storage.audit.verify();
      await exec(`DELETE FROM AuditEntry WHERE seq = ${seq}`);
      const after = await storage.audit.verify();
      expect(after.brokenAt !== undefined || !after.hasHead(head), `row ${seq}`).toBe(true);
      expect(after.hasHead(head)).toBe(false);
    }
  });

  it('finds the last row dropped and another put in its place', async () => {
    const { storage, exec } = await chain();
    const { head } = await storage.audit.verify();
    await exec('DELETE FROM AuditEntry WHERE seq = 6');
    await storage.audit.add({ at: noon, actor, action: 'other', subject: 's' });

    expect(await storage.audit.verify()).toMatchObject({ brokenAt: 7 });
    expect((await storage.audit.verify()).hasHead(head)).toBe(false);
  });

  it('finds any two rows swapped, and rows moved up over a gap', async () => {
    for (let seq = 1; seq < 6; seq += 1) {
      const { storage, exec } = await chain();
      await exec(`UPDATE AuditEntry SET seq = 99 WHERE seq = ${seq}; UPDATE AuditEntry SET seq = ${seq} WHERE seq = ${seq + 1};
        UPDATE AuditEntry SET seq = ${seq + 1} WHERE seq = 99`);
      expect((await storage.audit.verify()).brokenAt, `rows ${seq} and ${seq + 1}`).toBe(seq);
    }
    const { storage, exec } = await chain();
    await exec('DELETE FROM AuditEntry WHERE seq = 3; UPDATE AuditEntry SET seq = seq - 1 WHERE seq > 3');
    expect((await storage.audit.verify()).brokenAt).toBe(3);
  });

  it('is not broken by a step that was rolled back', async () => {
    const { storage } = await chain();
    const failed = storage.transaction(async (tx) => {
      await tx.audit.add({ at: noon, actor, action: 'undone', subject: 's' });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await storage.audit.add({ at: noon, actor, action: 'after', subject: 's' });

    expect(await storage.audit.verify()).toMatchObject({ entries: 7, brokenAt: undefined });
  });
});

describe('alerts', () => {
  it('keep why they were said or not once in each room, however many are decided together', async () => {
    const { storage } = await openTestStorage();
    const ids = await Promise.all(
      ['a', 'b', 'c'].map(
        async (subject) => (await storage.alerts.raise(anAlert({ subject, severity: 'warning' })))?.id ?? '',
      ),
    );
    const { alerts } = storage;
    const whys = async (id = '') => (await alerts.decisionsFor(id)).map((each) => `${each.roomId} ${each.reason}`);

    expect(await alerts.decide(ids.slice(0, 2), 'war', noon, 'listed', 'in-its-turn')).toBe(2);
    expect(await alerts.decide(ids, 'war', noon, 'listed', 'in-its-turn')).toBe(1);
    expect(await alerts.decide(ids, 'desk', noon, 'listed', 'in-its-turn')).toBe(3);
    expect(await alerts.decide(ids, 'war', noon, 'said', 'doubled')).toBe(3);
    expect(await alerts.decide(ids.slice(0, 1), 'war', noon, 'listed', 'in-its-turn')).toBe(1);
    expect(await whys(ids[0])).toEqual(['war in-its-turn', 'desk in-its-turn', 'war doubled', 'war in-its-turn']);
    expect(await whys(ids[2])).toEqual(['war in-its-turn', 'desk in-its-turn', 'war doubled']);

    const filter = { state: 'unresolved', limit: 9 } as const;
    expect(await alerts.listByIds(await alerts.listIds(filter))).toEqual(await alerts.list(filter));
  });

  it('are open once per rule and subject, and again after the end', async () => {
    const { storage } = await openTestStorage();
    const raised = await Promise.all([1, 2, 3].map(() => storage.alerts.raise(anAlert())));
    const [alert] = raised.flatMap((each) => each ?? []);
    expect(raised.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await storage.alerts.raise(anAlert({ ruleId: 'embroidery-review' }))).toBeDefined();

    expect(trues(await Promise.all([1, 2].map(() => storage.alerts.resolve(alert?.id ?? '', noon, 'cleared'))))).toBe(
      1,
    );
    expect(await storage.alerts.raise(anAlert())).toBeDefined();
  });

  it('get one number a day, counted anew each day, and are found by it for two days', async () => {
    const { storage } = await openTestStorage();
    const raise = async (subject: string) => (await storage.alerts.raise(anAlert({ subject })))?.id ?? '';
    const [a, b, c] = [await raise('a'), await raise('b'), await raise('c')];
    expect(await storage.alerts.number(a, '2026-11-24')).toBe(1);
    expect(await storage.alerts.number(b, '2026-11-24')).toBe(2);
    expect(await storage.alerts.number(a, '2026-11-24')).toBe(1);
    // Said again on another day it is called by a number of that day.
    expect(await storage.alerts.number(a, '2026-11-25')).toBe(1);
    expect(await storage.alerts.number(c, '2026-11-25')).toBe(2);

    const found = async (number: number, day: string, isExact?: boolean) =>
      (await storage.alerts.findByNumber(number, day, isExact))?.subject;
    expect(await found(1, '2026-11-25')).toBe('a');
    expect(await found(2, '2026-11-25')).toBe('c');
    expect(await found(2, '2026-11-24')).toBe('b');
    expect(await found(2, '2026-11-26')).toBe('c');
    expect(await found(2, '2026-11-26', true)).toBeUndefined();
    expect(await found(1, '2026-11-24')).toBeUndefined();
    expect(await found(2, '2026-11-27')).toBeUndefined();
  });

  it('are claimed by exactly one of many, who may claim again', async () => {
    const { storage } = await openTestStorage();
    const id = (await storage.alerts.raise(anAlert()))?.id ?? '';
    const who = ['person:li', 'person:wang', 'person:chen'];
    const claims = await Promise.all(who.map((by) => storage.alerts.claim(id, by, noon, noon + 30 * minute)));

    expect(trues(claims)).toBe(1);
    const winner = who[claims.indexOf(true)] ?? '';
    expect(await storage.alerts.claim(id, winner, noon + 1, noon + 31 * minute)).toBe(true);
    expect(await storage.alerts.find(id)).toMatchObject({
      claimedBy: winner,
      claimedAt: noon,
      claimUntil: noon + 31 * minute,
    });
    expect(await storage.alerts.handOver(id, 'person:nobody', 'person:x', noon, noon + 1)).toBe(false);
    expect(await storage.alerts.handOver(id, winner, 'person:x', noon, noon + 1)).toBe(true);
  });

  it('are open again when a claim runs out, once', async () => {
    const { storage } = await openTestStorage();
    const id = (await storage.alerts.raise(anAlert()))?.id ?? '';
    await storage.alerts.claim(id, 'person:li', noon, noon + 30 * minute);

    expect(await storage.alerts.expireClaims(noon + 30 * minute - 1)).toEqual([]);
    const expired = await Promise.all([1, 2].map(() => storage.alerts.expireClaims(noon + 30 * minute)));
    expect(expired.flat()).toMatchObject([{ id, claimedBy: 'person:li' }]);
    expect(await storage.alerts.find(id)).toMatchObject({ state: 'open', claimedBy: null });
    expect(await storage.alerts.claim(id, 'person:wang', noon, noon + 1)).toBe(true);
  });

  it('sleep until their snooze ends, which is told once; the end of the alert ends it too', async () => {
    const { storage } = await openTestStorage();
    const [a, b] = [
      (await storage.alerts.raise(anAlert()))?.id ?? '',
      (await storage.alerts.raise(anAlert({ subject: 'b' })))?.id ?? '',
    ];
    for (const id of [a, b]) await storage.alerts.snooze(id, noon + minute);
    await storage.alerts.resolve(b, noon, 'person');

    expect(await storage.alerts.listSnoozeEnded(noon + minute - 1, 9)).toEqual([]);
    expect(await storage.alerts.listSnoozeEnded(noon + minute, 9)).toMatchObject([{ id: a }]);
    expect(await storage.alerts.listSnoozeEnded(noon + minute, 9)).toEqual([]);
    expect(await storage.alerts.snooze(b, noon + minute)).toBe(false);
    expect(await storage.alerts.claim(b, 'person:li', noon, noon + 1)).toBe(false);
  });

  it('are listed worst first, then the longest broken', async () => {
    const { storage } = await openTestStorage();
    const add = (subject: string, severity: 'critical' | 'warning' | 'info', dueAt: number) =>
      storage.alerts.raise(anAlert({ subject, severity, dueAt }));
    await add('i', 'info', 1);
    await add('w', 'warning', 2);
    await add('c2', 'critical', 4);
    await add('c1', 'critical', 3);

    expect((await storage.alerts.list({ state: 'unresolved', limit: 9 })).map(({ subject }) => subject)).toEqual([
      'c1',
      'c2',
      'w',
      'i',
    ]);
    expect(await storage.alerts.count({ state: 'open', ruleId: 'paid-not-sorted' })).toBe(4);
  });

  it('keep a group heard as long as one that was heard is open, however often others joined', async () => {
    const { storage } = await openTestStorage();
    const { alerts } = storage;
    const [a, b] = [
      (await alerts.raise(anAlert()))?.id ?? '',
      (await alerts.raise(anAlert({ subject: 'b' })))?.id ?? '',
    ];
    const said = { startedAt: noon, saidAt: noon, count: 2, band: 0, number: 1 };
    await alerts.markDispatched([a, b], noon);
    await alerts.setGroupSaid('war', anAlert().groupKey, said);
    await alerts.markDispatched([a, b], noon + minute); // another room heard of them later
    expect(await alerts.listClearedGroups()).toEqual([]);

    await alerts.resolve(a, noon, 'cleared');
    expect(await alerts.listClearedGroups()).toEqual([]);
    await alerts.resolve(b, noon, 'cleared');
    const late = (await alerts.raise(anAlert({ subject: 'late', isLateFound: true })))?.id ?? '';
    await alerts.markDispatched([late], noon);
    expect(await alerts.listClearedGroups()).toEqual([{ roomId: 'war', groupKey: anAlert().groupKey, said }]);
  });
});

describe('leases', () => {
  it('are held by one until they run out or are given back', async () => {
    const { storage } = await openTestStorage();
    const take = (holder: string, until: number, now: number) =>
      storage.leases.take('engine', holder, until, now, () => true);
    expect(trues(await Promise.all([take('a', 100, 0), take('b', 100, 0)]))).toBe(1);
    expect(await take('a', 200, 50)).toBe(true);
    expect(await take('b', 300, 199)).toBe(false);
    expect(await take('b', 300, 200)).toBe(true);
    await storage.leases.release('engine', 'a');
    expect(await take('a', 400, 250)).toBe(false);
    await storage.leases.release('engine', 'b');
    expect(await take('a', 400, 250)).toBe(true);
  });
});

describe('messages from people', () => {
  it('are received once per platform id and stay pending until they are done', async () => {
    const { storage } = await openTestStorage();
    const message = {
      platform: 'wecom',
      messageId: 'm1',
      roomId: 'war',
      isPrivate: false,
      senderId: 'u',
      text: '查单 018842',
      receivedAt: noon,
    };
    const received = await Promise.all([1, 2].map(() => storage.inbound.receive(message)));
    expect(received.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await storage.inbound.receive({ ...message, platform: 'dingtalk' })).toBeDefined();

    const [first] = await storage.inbound.listPending(9);
    expect(first).toMatchObject(message);
    await storage.inbound.done(first?.id ?? 0, noon);
    expect(await storage.inbound.listPending(9)).toMatchObject([{ platform: 'dingtalk' }]);
  });
});
