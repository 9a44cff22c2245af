import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { getJson, type Lab, openLab, readRows, until, visit } from '../kit/bot-process.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

it('verifies the audit, backs up, rebuilds only when the bot is away, and examines the company', {
  timeout: 180_000,
}, async () => {
  const sandbox = await lab.sandbox();
  const env = { WARROOM_CLOCK: sandbox.url };
  const bot = await lab.bot(env);
  const zhou = await visit(bot.url, 'zhou');
  // A viewer may not: refused, and written down.
  for (const key of ['refused-1', 'refused-2', 'refused-3']) await zhou.say('/释放 123456', key);
  const audited = (): number => readRows(lab.databaseFile, 'SELECT count(*) AS count FROM AuditEntry')[0]?.count;
  await until('three refusals', () => (audited() >= 3 ? true : undefined));
  const orders = (): number => readRows(lab.databaseFile, 'SELECT count(*) AS count FROM "Order"')[0]?.count;
  await until('the orders', () => (orders() > 500 ? true : undefined));

  const backup = await lab.cli(['db', 'backup', '--json'], env);
  expect(backup.code).toBe(0);
  const { file } = JSON.parse(backup.out);
  expect(readRows(file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(readRows(file, 'SELECT count(*) AS count FROM "Order"')[0]?.count).toBeGreaterThan(500);
  expect(readRows(file, 'SELECT kind FROM World')).toEqual([{ kind: 'sandbox' }]);

  const doctor = await lab.cli(['doctor', '--json'], env);
  const { ok, findings } = JSON.parse(doctor.out);
  expect(findings.filter(({ state }: { state: string }) => state === 'problem')).toEqual([]);
  expect({ code: doctor.code, ok }).toEqual({ code: 0, ok: true });
  expect(findings.length).toBeGreaterThan(3);
  // No system tells it: grey, never a number [P14].
  const balance = findings.find(({ what }: { what: string }) => what.startsWith('面单余额'));
  expect(balance).toMatchObject({ state: 'missing', detail: expect.stringContaining('无数据') });
  for (const secret of secretsOf(await getJson(`${sandbox.url}/company`)))
    expect(doctor.out + doctor.err).not.toContain(secret);

  const early = await lab.cli(['db', 'rebuild', '--json'], env);
  expect({ code: early.code, err: early.err }).toEqual({
    code: 1,
    err: expect.stringMatching(/running on this database: stop it first/),
  });
  expect(await bot.end('SIGINT')).toMatchObject({ code: 0 });
  const rebuilt = await lab.cli(['db', 'rebuild', '--json'], env);
  expect(JSON.parse(rebuilt.out).events).toBeGreaterThan(500);

  const whole = await lab.cli(['audit', 'verify', '--json'], env);
  const chain = JSON.parse(whole.out);
  expect({ code: whole.code, chain }).toMatchObject({
    code: 0,
    chain: { ok: true, brokenAt: null, entries: audited() },
  });
  expect(await lab.cli(['audit', 'verify', '--head', chain.head.toUpperCase()], env)).toMatchObject({ code: 0 });
  expect(await lab.cli(['audit', 'verify', '--head', '00000000'], env)).toMatchObject({ code: 1 });

  const database = new Database(lab.databaseFile);
  database.prepare(`UPDATE AuditEntry SET actorId = 'person:li' WHERE seq = 2`).run();
  database.close();
  const tampered = await lab.cli(['audit', 'verify', '--json'], env);
  expect({ code: tampered.code, chain: JSON.parse(tampered.out) }).toMatchObject({
    code: 1,
    chain: { ok: false, brokenAt: 2 },
  });
});

it('tells by doctor which source does not let us in, with what to do and without the key [B3]', {
  timeout: 180_000,
}, async () => {
  const sandbox = await lab.sandbox();
  const company = await getJson(`${sandbox.url}/company`);
  company.shops[0].credentials = { key: 'mini-key', secret: 'wrong-hunter2' };
  lab.write('warroom.yaml', JSON.stringify(company));
  const { code, out, err } = await lab.cli(['doctor', '--json'], { WARROOM_CLOCK: sandbox.url });
  const problems = JSON.parse(out).findings.filter(({ state }: { state: string }) => state === 'problem');
  expect(code).toBe(1);
  expect(problems).toEqual([
    expect.objectContaining({ what: expect.stringContaining('小程序'), todo: expect.stringMatching(/key/) }),
  ]);
  expect(out + err).not.toContain('hunter2');
  expect(existsSync(lab.databaseFile)).toBe(false);
});

it.each([
  ['audit', 'verify'],
  ['db', 'backup'],
  ['db', 'rebuild'],
])('makes no empty database to find it in order: %s %s', async (...args) => {
  const { code, err } = await lab.cli(args);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/DATABASE_URL: there is no database at/) });
  expect(existsSync(lab.databaseFile)).toBe(false);
});

it.each([
  [[], 2],
  [['dance'], 2],
  [['db', 'drop'], 2],
  [['audit'], 2],
  [['start', '--fast'], 1],
  [['--help'], 0],
])('answers %j with its usage and code %i', async (args, expected) => {
  const { code, out, err } = await lab.cli(args);
  expect(code).toBe(expected);
  expect(out + err).toContain('audit verify');
});

it.each([
  [['dance', '--json'], 2, 'USAGE'],
  [['import', '--json'], 2, 'USAGE'],
  [['doctor', '--fast', '--json'], 1, 'USAGE'],
  [['db', 'backup', '--json'], 1, 'CONFIG'],
  [['replay', 'nowhere.csv', '--json'], 1, 'SHEET_UNREADABLE'],
])('says of %j on stdout, as one JSON object, why it failed', async (args, code, why) => {
  const told = await lab.cli(args);
  expect(told.code).toBe(code);
  expect(JSON.parse(told.out)).toEqual({ ok: false, error: { code: why, message: expect.stringMatching(/\S/) } });
});

it('says with --json where it runs, and nothing else on stdout', { timeout: 60_000 }, async () => {
  const bot = lab.run(['start', '--json']);
  await bot.says(/"url":"http:\/\/localhost:\d+"/);
  expect(await bot.end('SIGINT')).toMatchObject({ code: 0 });
  expect(JSON.parse(bot.out())).toMatchObject({ world: 'sandbox', url: expect.any(String), logins: [] });
});

function secretsOf(company: { shops: Keyed[]; systems: Keyed[] }): string[] {
  return [...company.shops, ...company.systems].flatMap(({ credentials }) => Object.values(credentials));
}

interface Keyed {
  credentials: Record<string, string>;
}
