import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { getJson, type Lab, openLab, postJson, readRows, until, visit } from '../kit/bot-process.ts';

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

interface Keyed {
  credentials: Record<string, string>;
}

const headLength = 3;

/** Where strings stand, so that a failure shows their surroundings: one pass over the text for all of them. */
function findings(where: string, text: string, wanted: Iterable<string>): string[] {
  const byHead = new Map<string, string[]>();
  for (const one of wanted) {
    const head = one.slice(0, headLength);
    const alike = byHead.get(head) ?? [];
    alike.push(one);
    byHead.set(head, alike);
  }
  const found: string[] = [];
  for (let at = 0; at < text.length && found.length < 3; at += 1) {
    for (const one of byHead.get(text.slice(at, at + headLength)) ?? []) {
      // A number inside a longer number is another number.
      const isInside = /^\d+$/.test(one) && /\d/.test(`${text[at - 1] ?? ''}${text[at + one.length] ?? ''}`);
      if (text.startsWith(one, at) && !isInside)
        found.push(`${where}: …${text.slice(Math.max(0, at - 60), at + one.length + 30)}…`);
    }
  }
  return found;
}

it('keeps every key, phone number, name and address out of its logs, pages, messages, sheets and database [B3][B5][P18]', {
  timeout: 240_000,
}, async () => {
  const secret = 'warroom-secret-of-forty-characters-42424242';
  const metricsToken = 'metrics-token-424242';
  const sandbox = await lab.sandbox({ SANDBOX_RATE: '8' });
  await postJson(`${sandbox.url}/world/settings`, {
    ordersPerDay: 20_000,
    shares: { mini: 0.3, tmall: 0.2, pdd: 0.2, dy: 0.1, us: 0.1, wx: 0.1 },
  });
  const made: { orderNo: string }[] = [];
  for (const name of ['dead-lock', 'dead-order', 'short', 'review'])
    made.push(await postJson(`${sandbox.url}/world/scenarios/${name}`, {}));
  const env = {
    WARROOM_CLOCK: sandbox.url,
    WARROOM_SECRET: secret,
    METRICS_TOKEN: metricsToken,
    LOG_LEVEL: 'trace',
  };
  const bot = await lab.bot(env);
  const wang = await visit(bot.url);
  let count = 0;
  const ask = async (text: string, room: 'war' | 'dm' = 'war'): Promise<void> => {
    count += 1;
    const key = `asked-${String(count).padStart(6, '0')}`;
    await wang.say(text, key, room);
    await until(
      'an answer',
      () =>
        readRows(
          lab.databaseFile,
          'SELECT 1 FROM Inbound WHERE messageId = ? AND doneAt IS NOT NULL',
          `wang:${key}`,
        )[0],
    );
  };
  await until('the orders', () =>
    made.every(
      ({ orderNo }) => readRows(lab.databaseFile, 'SELECT 1 FROM "Order" WHERE channelOrderNo = ?', orderNo).length > 0,
    )
      ? true
      : undefined,
  );
  const words = ['/异常', '/帮助', '/我的', '/库存 基础T恤', '/登录', '/绑定 123456', '胡说八道', "' OR 1=1 --"];
  for (const text of words) await ask(text, text === '/登录' ? 'dm' : 'war');
  for (const [index, { orderNo }] of made.entries())
    for (const verb of index === 0 ? ['查单', '为什么', '释放', '改仓'] : ['查单']) await ask(`/${verb} ${orderNo}`);
  // The source stumbles in every way that it can: errors are what leaks.
  for (const kind of ['drop-after', '502', 'malformed', 'rate-limit', 'expire-token', 'skew', 'wrong-ip'])
    await postJson(`${sandbox.url}/world/faults`, { server: '*', kind, times: 2 });
  for (const { orderNo } of made.slice(0, 2)) await ask(`/释放 ${orderNo}`);

  // Whatever the alerts are by now, the first with a number has its orders in a sheet.
  await until('an alert with a number', () => readRows(lab.databaseFile, 'SELECT 1 FROM Alert WHERE number = 1')[0]);
  await ask('/导出 1号');
  const pages = [await wang.page('/'), await wang.page('/?lang=en'), await wang.page('/room?last=300')];
  const links = [...new Set(pages.join('').match(/\/[ox]\/[^"'<\s]+/g) ?? [])].map((link) =>
    link.replaceAll('&amp;', '&'),
  );
  const sheets = links.filter((link) => link.startsWith('/x/'));
  expect({ sheets: sheets.length > 0, pages: links.length > sheets.length }).toEqual({ sheets: true, pages: true });
  for (const link of links.filter((each) => !sheets.includes(each)).slice(0, 8)) pages.push(await wang.page(link));
  const exported = await Promise.all(sheets.map((link) => wang.page(link)));
  pages.push(await wang.page('/room?room=dm'), JSON.stringify(await getJson(`${bot.url}/healthz`)));
  const metrics = await fetch(`${bot.url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
  expect(metrics.status).toBe(200);
  pages.push(await metrics.text());
  expect((await fetch(`${bot.url}/metrics`)).status).toBe(401);
  const doctor = await lab.cli(['doctor'], env);
  const company: { shops: Keyed[]; systems: Keyed[]; carriers: Keyed[] } = await getJson(`${sandbox.url}/company`);
  await bot.end('SIGINT');
  await sandbox.end('SIGTERM');

  const worldFile = resolve(lab.folder, 'data/world.db');
  const receivers = readRows(worldFile, 'SELECT receiver FROM orders').map(({ receiver }) => JSON.parse(receiver));
  const tokens = readRows(worldFile, 'SELECT access, refresh FROM tokens').flatMap((row) => Object.values(row));
  // Key names that only say who asks stand in a configuration, never in what the bot writes.
  const secrets = new Set([
    ...[...company.shops, ...company.systems, ...company.carriers].flatMap(({ credentials }) =>
      Object.values(credentials),
    ),
    ...(tokens as string[]),
    secret,
    metricsToken,
  ]);
  const phones = new Set<string>(receivers.map(({ phone }) => phone));
  const streets = new Set<string>(receivers.map(({ address }) => address));
  expect(secrets.size).toBeGreaterThan(6);
  expect(Math.min(phones.size, streets.size)).toBeGreaterThan(500);

  const logs = [bot.out(), bot.err(), doctor.out, doctor.err].join('\n');
  expect(logs.length).toBeGreaterThan(5_000);
  const database = readdirSync(join(lab.folder, 'data'))
    .filter((name) => name.startsWith('bot.db'))
    .map((name) => readFileSync(join(lab.folder, 'data', name)).toString('utf8'))
    .join('\n');
  expect(database.length).toBeGreaterThan(1_000_000);
  const messages = readRows(lab.databaseFile, 'SELECT card FROM RoomMessage').map(({ card }) => card as string);
  expect(messages.length).toBeGreaterThan(20);
  const places: [string, string][] = [
    ['logs', logs],
    ['pages', pages.join('\n')],
    ['sheets', exported.join('\n')],
    ['messages', messages.join('\n')],
    ['database', database],
  ];
  // The search itself works: what may be told is found wherever it is told.
  const told = made.map(({ orderNo }) => orderNo);
  for (const [where, text] of places)
    if (where !== 'sheets') expect(findings(where, text, told)).not.toEqual([]);
  // The first group's may be other orders: of those the sheet tells.
  expect(exported.join('')).toContain('订单号');
  const leaks = places.flatMap(([where, text]) => [
    ...findings(where, text, secrets),
    ...findings(where, text, phones),
    ...findings(where, text, streets),
  ]);
  expect(leaks).toEqual([]);

  // Whole names are worth as much as numbers. Two characters could stand anywhere, three hardly ever.
  const staff = new Set(readRows(lab.databaseFile, 'SELECT name FROM Person').map(({ name }) => name as string));
  const names = new Set<string>(
    receivers.map(({ name }) => name).filter((name) => [...name].length > 2 && !staff.has(name)),
  );
  expect(places.flatMap(([where, text]) => findings(where, text, names))).toEqual([]);
});
