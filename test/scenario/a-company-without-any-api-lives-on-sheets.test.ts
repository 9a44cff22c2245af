import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../src/adapters/clock/manual.ts';
import { type Bot, build } from '../../src/app/build.ts';
import { checkCompany } from '../../src/app/company.ts';
import { createDirectory } from '../../src/app/directory.ts';
import { discover } from '../../src/app/discover.ts';
import { readKeys } from '../../src/app/keys.ts';
import type { OutgoingCard } from '../../src/ports/messenger.ts';
import { at } from '../kit/builders.ts';
import { encodeGbk } from '../kit/gbk.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { textOf } from '../kit/test-storage.ts';

const plugs = await discover();
const company = checkCompany(
  {
    shops: [
      { id: 'erp', channel: 'file', name: '我的店' },
      { id: 'pdd', channel: 'file', name: '拼多多店' },
    ],
    warehouses: [
      {
        id: 'hz',
        name: '杭州仓',
        kind: 'own',
        code: 'hz',
        hours: ['Mon-Sun 08:30-22:00'],
        speedPerHour: 150,
      },
    ],
    staff: [{ id: 'li', name: '李建国', role: 'ops-lead' }],
  },
  plugs,
);
const jushuitan = (rows: readonly string[]): Uint8Array<ArrayBuffer> =>
  encodeGbk(
    ['内部订单号,线上订单号,订单状态,下单时间,付款日期,发货日期,计划发货日期,商品编码,商品名称,数量', ...rows].join(
      '\r\n',
    ),
  );
const waiting =
  '1,402611240018842001,已付款待审核,2026-11-24 09:59:00,2026-11-24 10:00:00,,2026-11-24 18:00:00,XZ-BK-L,绣字卫衣 黑L,1';
const pinduoduo = encodeGbk(
  `订单号,订单状态,商品总价(元),用户实付金额(元),支付时间,拼单成功时间,商品,商品数量(件)\r\n261124-123456789012345,待发货,199,199,2026-11-24 10:05:00,2026-11-24 10:05:05,绣字卫衣,1`,
);

let folder: ReturnType<typeof tempDir>;
let clock: ManualClock;
let bot: Bot;

beforeEach(async () => {
  folder = tempDir();
  clock = createManualClock(at('10:30'));
  bot = await build({
    company,
    plugs,
    databaseFile: join(folder.dir, 'real.db'),
    keys: readKeys(undefined, join(folder.dir, 'secret')),
    clock,
    world: 'real',
    publicUrl: 'http://localhost:3000',
    allowedHosts: [],
    metricsToken: undefined,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    mayRun: async () => ({ isHeld: () => true, stop: async () => {} }),
  });
});

afterEach(async () => {
  await bot.stop();
  folder.cleanup();
});

/** Everything the bot does by that time. */
async function runUntil(time: number): Promise<void> {
  await clock.advanceTo(time);
  for (let turn = 0; turn < 4; turn += 1) await bot.engine.tick(clock.now());
}

async function bring(bytes: Uint8Array<ArrayBuffer>, shopId: string | null, modifiedAt: number) {
  const id = await bot.imports.accept({
    fileName: '导出.csv',
    bytes,
    modifiedAt,
    shopId,
    actor: { type: 'person', person: { id: 'li', name: '李建国', role: 'ops-lead' } },
  });
  await expect.poll(async () => (await bot.imports.find(id))?.result, { timeout: 15_000 }).not.toBeNull();
  return (await bot.imports.find(id))?.result;
}

/** What the bot answers; alarms may be said before and after it. */
async function ask(text: string): Promise<string> {
  const before = answers().length;
  await bot.run.receive({ platform: 'web', messageId: text, roomId: 'war', isPrivate: false, senderId: 'li', text });
  await expect.poll(() => answers().length, { timeout: 10_000 }).toBeGreaterThan(before);
  return answers().at(-1) ?? '';
}

function answers(): readonly string[] {
  const rows = new Database(join(folder.dir, 'real.db'), { readonly: true });
  try {
    return rows
      .prepare<[], string>(`SELECT card FROM RoomMessage WHERE key LIKE 'reply/%' ORDER BY id`)
      .pluck()
      .all()
      .map((card) => textOf(JSON.parse(card) as OutgoingCard));
  } finally {
    rows.close();
  }
}

const spoken = async (): Promise<string[]> =>
  (await bot.storage.room.list('war', 0, 100)).filter(({ sender }) => sender === 'bot').map(({ card }) => textOf(card));

it('an order of a sheet is answered with its data age, alarmed by its own stage, and followed by the next sheet [P16, B7, C1]', async () => {
  expect(await bring(jushuitan([waiting]), 'erp', at('10:30'))).toMatchObject({
    orders: 1,
    changed: 1,
    preset: 'jushuitan',
  });
  await runUntil(at('10:40'));

  const answer = await ask('查 842001');
  expect(answer).toContain('绣字卫衣 黑L');
  expect(answer).toContain('剩 7时20分');
  expect(answer).toContain('数据 我的店 10:30');

  await runUntil(at('12:01'));
  const [alert] = await bot.storage.alerts.list({ limit: 10 });
  expect(alert).toMatchObject({
    ruleId: 'paid-not-sorted',
    severity: 'critical',
    facts: { visibility: 'seen' },
    confirmedAt: at('10:30'),
  });
  expect((await spoken()).join('\n')).toContain('付款 2 小时仍未进入分拣 · 我的店 10:30 确认');

  const picked = jushuitan([waiting.replace('已付款待审核', '发货中')]);
  expect(await bring(picked, 'erp', at('12:01'))).toMatchObject({ changed: 1 });
  await runUntil(at('12:03'));
  expect(await bot.storage.alerts.list({ state: 'unresolved', limit: 10 })).toEqual([]);
});

it('an order that a newer sheet lacks is unknown, not closed, and its card says since when [B7]', async () => {
  const other = waiting.replace('1,402611240018842001', '2,402611240018842002').replace('已付款待审核', '取消');
  await bring(jushuitan([waiting, other]), 'erp', at('10:30'));
  await clock.advanceTo(at('11:50'));
  await bring(jushuitan([other]), 'erp', at('11:45'));

  await runUntil(at('12:01'));

  const [alert] = await bot.storage.alerts.list({ state: 'unresolved', limit: 10 });
  expect(alert).toMatchObject({ confirmedAt: at('10:30'), facts: { visibility: 'source-silent' } });
  expect((await spoken()).join('\n')).toContain('最后确认于 10:30');
  expect(await ask('查 842001')).toContain('数据 我的店 10:30');
});

it('an order that only a sheet tells of is said in the words of the sheet, and no warehouse system is blamed', async () => {
  const header =
    '内部订单号,线上订单号,订单状态,异常类型,下单时间,付款日期,发货日期,计划发货日期,商品编码,商品名称,数量';
  const row = waiting.replace('已付款待审核', '异常,申请退款');
  await bring(encodeGbk([header, row].join('\r\n')), 'erp', at('10:30'));
  await runUntil(at('12:03'));

  const card = await ask('查 842001');
  expect(card).toContain('表里：异常：申请退款');
  expect(card).toContain('回买家：亲，订单暂停发货，正在人工核对');
  expect(card).not.toContain('仓库系统');
  expect(card).not.toContain('正在安排仓库');
  expect((await spoken()).join('\n')).not.toContain('仓库系统还没收到');
});

it('where the sheet does not tell what the warehouse does, the weaker sentence is said, one step lower [C1]', async () => {
  await bring(pinduoduo, 'pdd', at('10:30'));

  await runUntil(at('12:06'));

  expect(await bot.storage.alerts.list({ limit: 10 })).toMatchObject([
    { severity: 'warning', facts: { visibility: 'not-visible-here' } },
  ]);
  expect((await spoken()).join('\n')).toContain('付款 2 小时仍未发货（拼多多店没有接仓库系统，仓内进度看不到）');
});

it('its orders stand in the line of its only warehouse, with that warehouse’s hours and speed [P1]', async () => {
  await bring(jushuitan([waiting]), 'erp', at('10:30'));

  const answer = await ask('/今晚 详细');
  expect(answer).toContain('杭州仓 要发 1 已发 0 · 每小时 150（按配置，还没看到分拣速度）');
  expect(answer).not.toContain('未分仓');

  // Too late for tonight's doors: what will be late is listed by name.
  await clock.advanceTo(at('22:30'));
  await bring(
    jushuitan([waiting.replace('10:00:00,,2026-11-24 18:00:00', '22:00:00,,2026-11-24 23:50:00')]),
    'erp',
    at('22:30'),
  );
  expect(await ask('/今晚 清单')).toMatch(/杭州仓 今晚会晚 1 单.*\n842001 绣字卫衣/);
});

it('orders that a sheet calls picked without saying when make no speed: the configured one is said [P1]', async () => {
  const rows = Array.from({ length: 40 }, (_, index) =>
    waiting.replace('1,402611240018842001', `${index + 1},4026112400188420${index + 10}`),
  );
  const picked = rows.map((row, index) => (index < 30 ? row : row.replace('已付款待审核', '发货中')));
  await bring(jushuitan(rows), 'erp', at('10:30'));
  await clock.advanceTo(at('11:30'));
  await bring(jushuitan(picked), 'erp', at('11:30'));
  await clock.advanceTo(at('12:10'));

  expect(await ask('/今晚')).toContain('每小时 150（按配置，还没看到分拣速度）');
});

it('tonight is unknown before the first sheet, a number that grows while one is read, and as old as its sheet [P1, B7]', async () => {
  expect(await ask('/今晚')).toContain('还没有数据：把订单表传到导入页');

  await bring(jushuitan([waiting]), 'erp', at('10:30'));
  expect(await ask('/tonight')).not.toContain('数据 10:30');
  await clock.advanceTo(at('10:40'));
  expect(await ask('今晚')).toContain('10:40 · 今晚 24:00 前要发 1 · 数据 10:30');

  await bot.storage.imports.add({
    id: 'half',
    shopId: 'erp',
    fileName: '导出.csv',
    hash: 'h',
    bytes: 1,
    actorId: 'person:li',
    roomId: null,
    asOf: null,
    createdAt: at('10:40'),
  });
  await bot.storage.imports.change('half', { state: 'storing', done: 12_300, total: 22_099 });
  expect(await ask('/今晚 详细')).toContain('前要发 1 · 数据 10:30\n正在导入 12,300/22,099 单，数字还会变\n');
});

it('a file in the chat is answered with the page and the age of each shop [B7]', async () => {
  await bring(jushuitan([waiting]), 'erp', at('10:30'));
  await runUntil(at('10:40'));

  expect(await ask('/import')).toBe(
    '订单表传到导入页，或私聊发给我\n我的店 · 数据 10:30（10分前）\n拼多多店 · 还没有数据\n[去导入] /import',
  );
});

it('nobody polls a shop that lives on sheets, and its silence is a reminder, not an alarm', async () => {
  expect(bot.engine.states().map(({ name }) => name)).not.toContain('shop:erp');
  await bring(jushuitan([waiting.replace('已付款待审核', '取消')]), 'erp', at('10:30'));

  await runUntil(at('12:00'));

  expect(await bot.storage.alerts.list({ limit: 10 })).toEqual([]);
  expect((await spoken()).at(-1)).toContain('该传新表了 · 我的店 · 数据 10:30');
});

it('a company of sheets needs no keys and no address, and its warehouses keep their hours', () => {
  const directory = createDirectory(
    () => company,
    plugs,
    () => [],
    () => 'none',
    () => undefined,
    (shopId) => shopId === 'erp',
  );

  expect([directory.stageSourceOf('erp'), directory.stageSourceOf('pdd')]).toEqual(['uploaded', 'none']);
  expect(directory.silentAfter('shop:erp')).toBe(90 * 60_000);
  expect(directory.warehouses()).toMatchObject([{ id: 'hz', systemId: '', hours: ['Mon-Sun 08:30-22:00'] }]);
});
