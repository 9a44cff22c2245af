import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  freePort,
  getJson,
  type Lab,
  openLab,
  pause,
  postJson,
  processesIn,
  readRows,
  until,
  visit,
} from '../kit/bot-process.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const rows = (sql: string) => readRows(lab.databaseFile, sql);
const worldNow = (): number =>
  Number(readRows(resolve(lab.folder, 'data/sandbox.db'), `SELECT value FROM meta WHERE key = 'worldNow'`)[0]?.value);
/** Kill -9 leaves the simulated company a moment to notice. */
const nobodyLeft = (): Promise<boolean> =>
  until('the end of every child', () => (processesIn(lab.folder).length === 0 ? true : undefined), 10_000);

it('starts without any configuration, ends at Ctrl-C with its sandbox, and goes on where it was [A11]', {
  timeout: 180_000,
}, async () => {
  const startedAt = Date.now();
  const first = await lab.bot();
  expect(first.out()).toContain('/room');
  expect(first.out()).toContain('Ctrl-C');
  expect(await getJson(`${first.url}/healthz`)).toEqual({ alive: true });
  expect(existsSync(resolve(lab.folder, 'data/secret'))).toBe(true);
  const me = await visit(first.url);
  await me.say('/异常', 'before-the-end');
  await until('two groups announced', () => {
    const groups = rows(`SELECT 1 FROM RoomMessage WHERE key LIKE 'group/%' OR key LIKE 'alert/%'`);
    return groups.length > 0 ? true : undefined;
  });
  expect(processesIn(lab.folder).filter((name) => name.includes('sandbox/main'))).toHaveLength(1);
  const ended = await first.end('SIGINT');
  expect({ code: ended.code, isQuick: ended.ms < 10_000 }).toEqual({ code: 0, isQuick: true });
  await nobodyLeft();

  const orders = rows('SELECT id, channelOrderNo FROM "Order"');
  const said = rows('SELECT * FROM RoomMessage');
  const alerts = rows('SELECT id, ruleId, subject FROM Alert');
  const stoppedAt = worldNow();
  expect(orders.length).toBeGreaterThan(500);

  const second = await lab.bot();
  const again = await visit(second.url);
  await again.say('/异常', 'after-the-start');
  await again.say('/异常', 'before-the-end');
  await until('an answer', () => (rows('SELECT 1 FROM Inbound WHERE doneAt IS NULL').length === 0 ? true : undefined));
  await pause(1_500);
  // Killed this time, and started again at once, though its sandbox is still ending.
  await second.end('SIGKILL');
  const third = await lab.bot();
  expect(await getJson(`${third.url}/healthz`)).toEqual({ alive: true });
  await third.end('SIGKILL');
  // The sandbox goes with it all the same.
  await nobodyLeft();

  const ids = new Set(rows('SELECT id FROM "Order"').map(({ id }) => id));
  expect(orders.filter(({ id }) => !ids.has(id))).toEqual([]);
  expect(worldNow()).toBeGreaterThan(stoppedAt);
  expect(worldNow() - stoppedAt).toBeLessThan(Date.now() - startedAt);
  const saidNow = new Map(rows('SELECT * FROM RoomMessage').map((row) => [row.id, row]));
  expect(said.filter((row) => JSON.stringify(saidNow.get(row.id)) !== JSON.stringify(row))).toEqual([]);
  const fresh = [...saidNow.values()].filter(
    ({ id, sender }) => sender === 'bot' && !said.some((row) => row.id === id),
  );
  const groupsBefore = new Set(said.map(({ key }) => key.split('/').slice(0, 2).join('/')));
  expect(
    fresh.filter(({ key }) => key.startsWith('group/') && groupsBefore.has(key.split('/').slice(0, 2).join('/'))),
  ).toEqual([]);
  const subjects = rows('SELECT ruleId, subject FROM Alert').map(({ ruleId, subject }) => `${ruleId} ${subject}`);
  expect(subjects.length).toBe(new Set(subjects).size);
  expect(subjects).toEqual(expect.arrayContaining(alerts.map(({ ruleId, subject }) => `${ruleId} ${subject}`)));
  expect(rows('SELECT messageId FROM Inbound ORDER BY id').map(({ messageId }) => messageId)).toEqual([
    'wang:before-the-end',
    'wang:after-the-start',
  ]);
});

it('waits beside another instance on the same database, and takes over when that is killed -9', {
  timeout: 180_000,
}, async () => {
  const sandbox = await lab.sandbox();
  await postJson(`${sandbox.url}/world/scenarios/dead-lock`, {});
  const env = { WARROOM_CLOCK: sandbox.url, WARROOM_SECRET: 's'.repeat(64) };
  const first = await lab.bot({ ...env, PORT: String(await freePort()) });
  await first.says(/At work/);
  const second = await lab.bot({ ...env, PORT: String(await freePort()) });
  await second.says(/Another instance is at work/);
  const ready = await fetch(`${second.url}/readyz`);
  expect(ready.status).toBe(503);
  await ready.text();
  // A line said to the one that waits is answered by the one at work.
  await (await visit(second.url)).say('/帮助', 'said-to-second');
  await until('an answer', () =>
    rows(`SELECT 1 FROM RoomMessage WHERE key LIKE 'reply/%'`).length === 1 ? true : undefined,
  );
  await first.end('SIGKILL');
  await (await visit(second.url)).say('/我的', 'said-after-kill');
  await second.says(/At work/, 20_000);
  await until('an answer', () =>
    rows(`SELECT 1 FROM RoomMessage WHERE key LIKE 'reply/%'`).length === 2 ? true : undefined,
  );
  await until('readiness', async () => ((await fetch(`${second.url}/readyz`)).status === 200 ? true : undefined));
  expect(await second.end('SIGINT')).toMatchObject({ code: 0 });
  const subjects = rows('SELECT ruleId, subject FROM Alert').map(({ ruleId, subject }) => `${ruleId} ${subject}`);
  expect(subjects.length).toBe(new Set(subjects).size);
  expect(rows('SELECT * FROM Lease')).toEqual([]);
});
