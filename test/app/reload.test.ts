import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type BotProgram,
  getJson,
  type Lab,
  openLab,
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

const taken = (bot: BotProgram): number => bot.err().split('Configuration taken').length - 1;
const takes = (bot: BotProgram, times: number): Promise<boolean> =>
  until(`${times} times taken`, () => (taken(bot) >= times ? true : undefined), 10_000);

it('takes a changed file live, by the file, by SIGHUP and by "warroom reload", and refuses a bad one whole', {
  timeout: 180_000,
}, async () => {
  const sandbox = await lab.sandbox();
  const company = await getJson(`${sandbox.url}/company`);
  const write = (name: string, changed: object = {}): string =>
    lab.write('warroom.yaml', JSON.stringify({ ...company, shops: [{ ...company.shops[0], name }], ...changed }));
  write('老名字');
  const env = { WARROOM_CLOCK: sandbox.url };
  const bot = await lab.bot(env);
  const me = await visit(bot.url);
  const no = (await getJson(`${sandbox.url}/world/orders?scenario=any`)).orders[0].orderNo;
  let count = 0;
  const cardOf = async (): Promise<string> => {
    count += 1;
    const key = `asked-${count}`.padEnd(10, '-');
    await me.say(`/查单 ${no}`, key);
    return until('an answer', () => {
      const [row] = readRows(
        lab.databaseFile,
        `SELECT m.card FROM RoomMessage AS m JOIN Inbound AS i ON m.key = 'reply/' || i.id || '/0' WHERE i.messageId = ?`,
        `wang:${key}`,
      );
      return row?.card as string | undefined;
    });
  };
  await until('the order', async () => ((await cardOf()).includes('老名字') ? true : undefined));

  write('新名字');
  await takes(bot, 1);
  expect(await cardOf()).toContain('新名字');

  let before = taken(bot);
  bot.signal('SIGHUP');
  await takes(bot, before + 1);
  before = taken(bot);
  const told = await lab.cli(['reload', '--json'], env);
  expect({ code: told.code, out: JSON.parse(told.out) }).toEqual({ code: 0, out: { ok: true } });
  await takes(bot, before + 1);

  before = taken(bot);
  write('坏名字', { shops: [{ ...company.shops[0], name: '坏名字', chanel: 'x', credentials: { key: 'hunter2' } }] });
  await bot.says(/The new configuration is wrong/);
  const refused = await lab.cli(['reload', '--json'], env);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('shops[0]: Unrecognized key: "chanel"');
  expect(refused.err).toContain('shops[0].credentials.secret');
  expect(refused.err + bot.err()).not.toContain('hunter2');
  expect(await cardOf()).toContain('新名字');
  expect(taken(bot)).toBe(before);

  write('第三个');
  await takes(bot, before + 1);
  expect(await cardOf()).toContain('第三个');
  expect(await bot.end('SIGINT')).toMatchObject({ code: 0 });

  // Nobody is there any more.
  const late = await lab.cli(['reload', '--json'], env);
  expect({ code: late.code, out: JSON.parse(late.out) }).toEqual({ code: 1, out: { ok: false } });
});

it('does not end a sandbox bot that is told to take a real configuration', { timeout: 180_000 }, async () => {
  const bot = await lab.bot();
  await bot.says(/At work/);
  lab.write('warroom.yaml', 'rooms: [{ id: war, platform: web }]');
  const { code, err } = await lab.cli(['reload']);
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/lives in a sandbox world/) });
  expect(await getJson(`${bot.url}/healthz`)).toEqual({ alive: true });
  expect(await bot.end('SIGINT')).toMatchObject({ code: 0 });
  expect(processesIn(lab.folder)).toEqual([]);
  expect(readFileSync(`${lab.folder}/data/secret`, 'utf8')).not.toBe('');
});
