import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import { createVault } from '../../src/adapters/vault.ts';
import type { Person } from '../../src/domain/actor.ts';
import { RetryableError, UserError } from '../../src/domain/errors.ts';
import { createImportSheet, type ImportShop, type NewSheet } from '../../src/services/import-sheet.ts';
import type { Ingest } from '../../src/services/ingest.ts';
import { createRemindSheets } from '../../src/services/remind-sheets.ts';
import { anOrder, at } from '../kit/builders.ts';
import { sheetsHere } from '../kit/sheets.ts';
import { type Flow, type FlowOptions, silentLog, startFlow } from '../kit/test-storage.ts';

const li: Person = { id: 'li', name: '李建国', role: 'operator' };
const headings =
  '内部订单号,线上订单号,店铺,订单状态,下单时间,付款日期,发货日期,已付金额,收货人,手机,收货地址,商品编码,数量,快递单号';
interface Line {
  readonly no?: string;
  readonly shop?: string;
  readonly state?: string;
  readonly sentAt?: string;
  readonly waybill?: string;
}
const row = ({
  no = '402611240018842001',
  shop = '文件店',
  state = '已付款待审核',
  sentAt = '',
  waybill = '',
}: Line = {}): string =>
  `1,${no},${shop},${state},2026-11-24 09:00:00,2026-11-24 09:01:00,${sentAt},199.00,张三丰,13812345678,滨江区江南大道8号,XZ-BK-L,1,${waybill}`;
const sheetOf = (...rows: readonly string[]): string => [headings, ...rows].join('\n');

interface Bringing {
  readonly modifiedAt?: number | null;
  readonly shopId?: string | null;
  readonly actor?: NewSheet['actor'];
  readonly fileName?: string;
}

async function start(
  options: FlowOptions & { shops?: readonly ImportShop[]; wrapIngest?: (ingest: Ingest) => Ingest } = {},
) {
  const flow: Flow = await startFlow({ startAt: at('10:40'), ...options });
  const shops = options.shops ?? [{ id: 'erp', name: '文件店', isFile: true }];
  const told: unknown[] = [];
  const imports = createImportSheet({
    storage: flow.storage,
    clock: flow.clock,
    sheets: sheetsHere,
    ingest: options.wrapIngest?.(flow.ingest) ?? flow.ingest,
    vault: createVault(Buffer.alloc(32, 7)),
    identifier: createIdentifier(Buffer.alloc(32, 3)),
    shops: () => shops,
    timezone: () => 'Asia/Shanghai',
    onFileShops: (rows) => told.push(rows),
    nudge: () => {},
    log: silentLog,
    hash: async (bytes) => createHash('sha256').update(bytes).digest('hex'),
    newId: () => {
      count += 1;
      return `i${count}`;
    },
  });
  let count = 0;
  const accept = (text: string, bringing: Bringing = {}): Promise<string> =>
    imports.accept({
      fileName: '导出.csv',
      bytes: new Uint8Array(new TextEncoder().encode(text)),
      modifiedAt: at('10:32'),
      shopId: null,
      actor: { type: 'person', person: li },
      ...bringing,
    });
  return {
    ...flow,
    imports,
    accept,
    told,
    async bring(text: string, bringing: Bringing = {}) {
      const id = await accept(text, bringing);
      await imports.run(flow.signal);
      const found = await imports.find(id);
      if (found?.result == null) throw new Error('nothing came of it');
      return { id, state: found.state, ...found.result };
    },
    orders: () =>
      flow.rows('SELECT channelOrderNo AS no, shopId, status, stage, source, sourceUpdatedAt FROM "Order" ORDER BY 1'),
  };
}

describe('a sheet of orders', () => {
  it('becomes orders, parcels, deadlines and a data age like any other source [B7, P16]', async () => {
    const bot = await start();

    const result = await bot.bring(
      sheetOf(
        row(),
        row({ no: '402611240018842002', state: '已发货', sentAt: '2026-11-24 10:00:00', waybill: '78123456789012' }),
      ),
    );

    expect(result).toMatchObject({
      state: 'done',
      preset: 'jushuitan',
      shops: ['erp'],
      asOf: at('10:32'),
      orders: 2,
      changed: 2,
    });
    expect(bot.orders()).toMatchObject([
      {
        no: '402611240018842001',
        shopId: 'erp',
        status: 'paid',
        stage: 'paid',
        source: 'file:erp',
        sourceUpdatedAt: at('10:32'),
      },
      { no: '402611240018842002', status: 'shipped', stage: 'shipped' },
    ]);
    expect(await bot.storage.views.listByWaybill('78123456789012')).toMatchObject([
      { channelOrderNo: '402611240018842002' },
    ]);
    expect(await bot.storage.deadlines.nextDueAt()).toBe(at('11:01'));
    expect((await bot.storage.sources.find('shop:erp'))?.lastOkAt).toBe(at('10:32'));
    expect(bot.told.at(-1)).toEqual([{ shopId: 'erp', asOf: at('10:32'), tellsStage: true }]);
  });

  it('keeps no name, number or street in the clear, in any table [PII]', async () => {
    const bot = await start();
    await bot.accept(sheetOf(row()));
    const everything = () =>
      JSON.stringify(
        bot
          .rows("SELECT name FROM sqlite_master WHERE type = 'table'")
          .flatMap(({ name }) => bot.rows(`SELECT * FROM "${String(name)}"`)),
      );

    expect(everything()).not.toMatch(/张三丰|13812345678|江南大道/);
    await bot.imports.run(bot.signal);

    expect(everything()).not.toMatch(/张三丰|13812345678|江南大道/);
    expect(everything()).toContain('138****5678');
    expect(bot.rows('SELECT kind, scope FROM Identity')).toEqual([{ kind: 'phone', scope: 'e164' }]);
    expect(bot.rows('SELECT count(*) AS n FROM Receiver')).toEqual([{ n: 1 }]);
    expect(bot.rows('SELECT count(*) AS n FROM ImportChunk')).toEqual([{ n: 0 }]);
  });

  it('brought twice changes nothing, however late [B7]', async () => {
    const bot = await start();
    const text = sheetOf(row(), row({ no: '402611240018842002', state: '取消' }));
    await bot.bring(text);
    const events = bot.rows('SELECT count(*) AS n FROM Event');
    await bot.clock.advanceTo(at('11:30'));

    const again = await bot.bring(text, { modifiedAt: at('11:29') });

    expect(again).toMatchObject({ state: 'done', orders: 2, changed: 0, unchanged: 2 });
    expect(bot.rows('SELECT count(*) AS n FROM Event')).toEqual(events);
    expect((await bot.storage.sources.find('shop:erp'))?.lastOkAt).toBe(at('11:29'));
  });

  it('moves what it shows on, and leaves alone what it does not show [B7]', async () => {
    const bot = await start();
    await bot.bring(sheetOf(row(), row({ no: '402611240018842002' })));
    await bot.clock.advanceTo(at('11:30'));

    const newer = await bot.bring(sheetOf(row({ state: '已发货', sentAt: '2026-11-24 11:00:00' })), {
      modifiedAt: at('11:20'),
    });

    expect(newer).toMatchObject({ orders: 1, changed: 1 });
    expect(bot.orders()).toMatchObject([
      { no: '402611240018842001', stage: 'shipped', sourceUpdatedAt: at('11:20') },
      { no: '402611240018842002', stage: 'paid', sourceUpdatedAt: at('10:32') },
    ]);
  });

  it('that is older than the last one adds orders and takes nothing back', async () => {
    const bot = await start();
    await bot.bring(sheetOf(row({ state: '已发货', sentAt: '2026-11-24 10:00:00' })));

    const older = await bot.bring(sheetOf(row(), row({ no: '402611230018842009' })), { modifiedAt: at('10:10') });

    expect(older).toMatchObject({ orders: 2, changed: 1, unchanged: 1 });
    expect(bot.orders()).toMatchObject([
      { no: '402611230018842009', stage: 'paid' },
      { no: '402611240018842001', stage: 'shipped' },
    ]);
    expect((await bot.storage.sources.find('shop:erp'))?.lastOkAt).toBe(at('10:32'));
  });

  it('never replaces what the shop itself said, and gives way to it however old that is [B7]', async () => {
    const bot = await start({ shops: [{ id: 'mini', name: '小程序商城', isFile: false }] });
    const no = '402611240018842001';
    await bot.tell(anOrder({ channelOrderNo: no, sourceUpdatedAt: at('10:00') }));

    const result = await bot.bring(sheetOf(row({ state: '取消' }), row({ no: '402611240018842002', state: '取消' })), {
      shopId: 'mini',
    });
    expect(result).toMatchObject({ orders: 2, changed: 1, unchanged: 1 });
    expect(bot.orders()).toMatchObject([
      { no, status: 'paid', source: 'shop:mini' },
      { no: '402611240018842002', status: 'closed', source: 'file:mini' },
    ]);

    await bot.tell(anOrder({ channelOrderNo: '402611240018842002', sourceUpdatedAt: at('09:30') }));
    await bot.bring(sheetOf(row({ no: '402611240018842002', state: '取消' })), {
      shopId: 'mini',
      modifiedAt: at('10:39'),
    });

    expect(bot.orders()).toMatchObject([{ no }, { no: '402611240018842002', status: 'paid', source: 'shop:mini' }]);
    // A shop with an API is as old as its API, not as a sheet.
    expect(await bot.storage.sources.find('shop:mini')).toBeUndefined();
    const live = bot.orders();
    await bot.storage.views.rebuild(bot.rulebook().derivation, () => 'mini');
    expect(bot.orders()).toEqual(live);
  });

  it('goes to the shops it names; rows of shops that nobody has are named [L4]', async () => {
    const bot = await start({
      shops: [
        { id: 'tmall', name: '天猫 旗舰店', isFile: true },
        { id: 'dy', name: '抖音店', isFile: true },
      ],
    });

    const result = await bot.bring(
      sheetOf(
        row({ shop: '天猫旗舰店' }),
        row({ no: '402611240018842002', shop: 'dy' }),
        row({ no: '402611240018842003', shop: '别家店' }),
      ),
    );

    expect(result).toMatchObject({
      orders: 2,
      skippedRows: 1,
      skipped: [{ row: 4, reason: { zh: expect.stringContaining('“别家店”') } }],
    });
    expect(bot.orders()).toMatchObject([{ shopId: 'tmall' }, { shopId: 'dy' }]);
  });

  it('of a shop that nobody has is refused whole', async () => {
    const bot = await start({
      shops: [
        { id: 'tmall', name: '天猫', isFile: true },
        { id: 'dy', name: '抖音', isFile: true },
      ],
    });

    expect(await bot.bring(sheetOf(row({ shop: '别家店' })))).toMatchObject({
      state: 'refused',
      refusal: { zh: expect.stringContaining('请选好店铺') },
    });
  });

  it('that is damaged loads nothing, says what to do, and is thrown away', async () => {
    const bot = await start();

    const result = await bot.bring('<html><body>请登录</body></html>');

    expect(result).toMatchObject({ state: 'refused', refusal: { zh: expect.stringContaining('重新登录后台再导出') } });
    expect(bot.orders()).toEqual([]);
    expect(bot.rows('SELECT count(*) AS n FROM Event')).toEqual([{ n: 0 }]);
    expect(bot.rows('SELECT count(*) AS n FROM ImportChunk')).toEqual([{ n: 0 }]);
  });

  it('half stored when the program died is stored whole by the next run', async () => {
    let left = 1;
    const bot = await start({
      wrapIngest: (ingest) => ({
        ...ingest,
        saveOrders: async (source, orders) => {
          left -= 1;
          if (left < 0) throw new RetryableError('the disk is busy');
          return ingest.saveOrders(source, orders);
        },
      }),
    });
    const rows = Array.from({ length: 70 }, (_, index) =>
      row({ no: `4026112400188420${String(index).padStart(2, '0')}` }),
    );
    const id = await bot.accept(sheetOf(...rows));

    await expect(bot.imports.run(bot.signal)).rejects.toThrow('the disk is busy');
    expect(bot.orders().length).toBeLessThan(70);
    expect(await bot.imports.find(id)).toMatchObject({ state: 'storing', total: 70 });
    left = 100;
    await bot.imports.run(bot.signal);

    expect(await bot.imports.find(id)).toMatchObject({ state: 'done', result: { orders: 70 } });
    expect(bot.orders()).toHaveLength(70);
    expect(bot.rows('SELECT count(*) AS n FROM Event')).toEqual([{ n: 70 }]);
    expect(await bot.imports.run(bot.signal)).toBe(0);
  });

  it('without the time it was written is as old as the newest thing it tells', async () => {
    const bot = await start();

    expect(await bot.bring(sheetOf(row()), { modifiedAt: null })).toMatchObject({ asOf: at('09:01') });
  });

  it('from tomorrow, by a clock that is wrong, is no younger than what it tells', async () => {
    const bot = await start();

    expect(await bot.bring(sheetOf(row()), { modifiedAt: at('10:00', '2026-11-25') })).toMatchObject({
      asOf: at('09:01'),
    });
  });

  it('is read for a look without a trace', async () => {
    const bot = await start();
    const bytes = new Uint8Array(new TextEncoder().encode(sheetOf(row())));
    const actor = { type: 'person', person: li } as const;

    const result = await bot.imports.preview(
      { fileName: 'a', bytes, modifiedAt: null, shopId: null, actor },
      undefined,
      bot.signal,
    );

    expect(result).toMatchObject({ orders: 1, shops: ['erp'], refusal: null });
    expect(bot.orders()).toEqual([]);
    expect(bot.rows('SELECT count(*) AS n FROM Import')).toEqual([{ n: 0 }]);
  });

  it('is taken from nobody who may only look, nor for a shop that is not there', async () => {
    const bot = await start();

    await expect(
      bot.accept(sheetOf(row()), { actor: { type: 'person', person: { ...li, role: 'viewer' } } }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(bot.accept(sheetOf(row()), { shopId: 'nowhere' })).rejects.toMatchObject({ code: 'NO_SHOP' });
    expect(bot.rows('SELECT count(*) AS n FROM Import')).toEqual([{ n: 0 }]);
  });
});

describe('headings that nobody knows', () => {
  const own = (no: string): string =>
    `平台单号,付款,状态栏\n${no},2026-11-24 09:00:00,已发货\n${no}9,2026-11-24 09:00:00,待发货`;

  it('wait for a person, once, and are known from then on [L4]', async () => {
    const bot = await start();
    const first = await bot.bring(own('A1'));
    expect(first).toMatchObject({ state: 'unexplained', unexplained: { proposal: { order: '平台单号' } } });
    expect(bot.orders()).toEqual([]);

    await bot.imports.explain(
      first.id,
      { order: '平台单号', paidAt: '付款', status: '状态栏' },
      { type: 'person', person: li },
    );
    await bot.imports.run(bot.signal);

    expect(await bot.imports.find(first.id)).toMatchObject({ state: 'done', result: { preset: 'mapped', orders: 2 } });
    expect(await bot.bring(own('B1'))).toMatchObject({ state: 'done', orders: 2 });
    expect(bot.orders().map(({ no, stage }) => `${String(no)} ${String(stage)}`)).toEqual([
      'A1 shipped',
      'A19 paid',
      'B1 shipped',
      'B19 paid',
    ]);
  });

  it('must name the order and a time, out of the file', async () => {
    const bot = await start();
    const { id } = await bot.bring(own('A1'));
    const explain = (mapping: Record<string, string>) =>
      bot.imports.explain(id, mapping, { type: 'person', person: li });

    await expect(explain({ order: '平台单号' })).rejects.toBeInstanceOf(UserError);
    await expect(explain({ order: '平台单号', paidAt: '没有这列' })).rejects.toMatchObject({ code: 'MAPPING_WRONG' });
    expect(await bot.imports.find(id)).toMatchObject({ state: 'unexplained' });
  });

  it('that nobody explains are thrown away after a day', async () => {
    const bot = await start();
    const { id } = await bot.bring(own('A1'));
    await bot.clock.advanceTo(at('10:41', '2026-11-25'));

    await bot.imports.run(bot.signal);

    expect(await bot.imports.find(id)).toMatchObject({
      state: 'refused',
      result: { refusal: { zh: expect.stringContaining('重新上传') } },
    });
    expect(bot.rows('SELECT count(*) AS n FROM ImportChunk')).toEqual([{ n: 0 }]);
  });
});

describe('a reminder for a newer sheet', () => {
  const reminding = async (options: FlowOptions = {}) => {
    const bot = await start(options);
    const remind = createRemindSheets({
      storage: bot.storage,
      clock: bot.clock,
      directory: { ...bot.directory, shopName: () => '文件店' },
      shops: () => [{ id: 'erp', name: '文件店', isFile: true }],
    });
    return { ...bot, remind };
  };

  it('comes after 90 minutes, once per sheet [B7]', async () => {
    const bot = await reminding();
    await bot.bring(sheetOf(row()));
    await bot.clock.advanceTo(at('12:01'));
    expect(await bot.remind()).toBe(0);
    await bot.clock.advanceTo(at('12:02'));

    expect([await bot.remind(), await bot.remind()]).toEqual([1, 0]);
    expect(bot.messages().map(({ kind, text }) => ({ kind, text }))).toEqual([
      {
        kind: 'notice',
        text: '该传新表了 · 文件店 · 数据 10:32（1时30分前）\n这之后的付款和发货我还看不到，超时只能按旧数据算\n[导入表格] /import',
      },
    ]);
    await bot.bring(sheetOf(row()), { modifiedAt: at('12:00') });
    await bot.clock.advanceTo(at('13:30'));
    expect(await bot.remind()).toBe(1);
  });

  it('waits until a warehouse is open', async () => {
    const bot = await reminding({ hours: ['Mon-Sun 08:30-11:00'] });
    await bot.bring(sheetOf(row()));
    await bot.clock.advanceTo(at('20:00'));
    expect(await bot.remind()).toBe(0);
    await bot.clock.advanceTo(at('08:30', '2026-11-25'));

    expect(await bot.remind()).toBe(1);
  });

  it('is not for a shop that never had one', async () => {
    const bot = await reminding();
    await bot.clock.advanceTo(at('18:00'));

    expect(await bot.remind()).toBe(0);
  });
});

describe('a platform’s bill of deductions [P13]', () => {
  const bill = (...rows: readonly string[]): string => ['订单编号,扣款金额(元),扣款原因,扣款时间', ...rows].join('\n');
  const late = '202611240018842,-3.50,延迟发货,2026-11-20 10:00:00';
  const short = '202611240018842,"¥1,200.00",缺货,2026-11-20 11:00:00';
  const stranger = '999,5.00,客服回复超时,2026-11-20 12:00:00';

  it('is joined to the orders it names, row by row, once however often it is brought', async () => {
    const flow = await start({
      shops: [
        { id: 'mini', name: '小程序', isFile: false },
        { id: 'erp', name: '文件店', isFile: true },
        { id: 'b', name: '二店', isFile: true },
      ],
    });
    await flow.tell(anOrder());
    const first = await flow.bring(bill(late, late, short, stranger, '合计,,,'));

    expect(first.state).toBe('done');
    expect(first).toMatchObject({
      preset: 'bill',
      shops: ['mini'],
      rows: 4,
      orders: 3,
      changed: 3,
      skippedRows: 1,
    });
    expect(await flow.storage.imports.deductionsOf('mini', '202611240018842')).toEqual([
      { cause: 'short', currency: 'CNY', minor: 120_000, orders: 1 },
      { cause: 'late', currency: 'CNY', minor: 700, orders: 1 },
    ]);

    const again = await flow.bring(bill(short, late, late));
    expect(again).toMatchObject({ orders: 3, changed: 0, unchanged: 3 });
  });

  it('tells the sum of a span, and that no bill was ever brought', async () => {
    const flow = await start();
    const { imports } = flow.storage;
    expect(await imports.deductedIn(0, at('10:40'))).toBeNull();

    await flow.bring(bill(late, stranger), { shopId: 'erp' });
    expect(await imports.deductedIn(at('00:00', '2026-11-20'), at('11:00', '2026-11-20'))).toEqual([
      { cause: 'late', currency: 'CNY', minor: 350, orders: 1 },
    ]);
    expect(await imports.deductedIn(at('00:00'), at('10:40'))).toEqual([]);
  });

  it('names the rows that cannot be read, and takes none whose shop nobody knows', async () => {
    const flow = await start({
      shops: [
        { id: 'a', name: '甲', isFile: true },
        { id: 'b', name: '乙', isFile: true },
      ],
    });
    const refused = await flow.bring(bill(late));
    expect([refused.state, refused.refusal?.zh]).toEqual(['refused', '不知道是哪个店铺的；请选好店铺再导入']);

    const read = await flow.bring(
      bill(
        late,
        '4.01E+18,3,延迟发货,2026-11-20',
        '1,三元,延迟发货,2026-11-20',
        '2,3,延迟发货,明天',
        '3,3,延迟发货,2027-11-20',
        '4,3,延迟发货返还,2026-11-20',
      ),
      { shopId: 'a' },
    );
    expect(read).toMatchObject({ orders: 1, skippedRows: 5 });
    expect(read.skipped.map(({ row: line }) => line)).toEqual([3, 4, 5, 6, 7]);
  });
});
