import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readSheet } from '../../../src/adapters/files/read-sheet.ts';
import { UserError } from '../../../src/domain/errors.ts';
import type { SheetMapping, SheetOrder } from '../../../src/domain/sheet-order.ts';
import type { KnownSheet } from '../../../src/ports/sheets.ts';
import { at } from '../../kit/builders.ts';
import { encodeGbk } from '../../kit/gbk.ts';
import { makeXlsx, type XlsxCell } from '../../kit/xlsx.ts';

const now = at('12:00');
const noMappings: ReadonlyMap<string, SheetMapping> = new Map();
const read = (bytes: Uint8Array, mappings = noMappings) =>
  readSheet(new Uint8Array(bytes), { timezone: 'Asia/Shanghai', now, mappings });
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function fixture(name: string): Promise<{ told: KnownSheet; byNo: Readonly<Record<string, SheetOrder>> }> {
  const { told, orders } = await read(readFileSync(resolve(import.meta.dirname, `../../fixtures/sheets/${name}.csv`)));
  if (told.kind !== 'known') throw new Error(`${name} is not known`);
  return { told, byNo: Object.fromEntries(orders.map((order) => [order.order, order])) };
}

describe('an export is known by its headings [B7, L4]:', () => {
  it('聚水潭, field by field', async () => {
    const { told, byNo } = await fixture('jushuitan');

    expect(told).toMatchObject({ preset: 'jushuitan', tellsStage: true, rows: 6, orders: 6, skipped: [] });
    expect(told.newestAt).toBe(at('09:30'));
    expect(byNo['402611240018842001']).toEqual({
      row: 2,
      order: '402611240018842001',
      shop: '天猫旗舰店',
      status: 'paid',
      sourceStatus: '已付款待审核',
      kind: 'sale',
      placedAt: at('08:59:10'),
      paidAt: at('09:00'),
      sortedAt: null,
      shippedAt: null,
      carrierAt: null,
      deliveredAt: null,
      closedAt: null,
      shipBy: at('09:00', '2026-11-26'),
      currency: 'CNY',
      paidMinor: 119_900,
      goodsMinor: 119_900,
      freightMinor: 1_000,
      refund: 'none',
      held: false,
      buyerNote: '快点发',
      remark: '老客户',
      flag: '',
      lines: [
        { lineId: '1', sku: 'XZ-BK-L', title: '绣字卫衣 黑L', qty: 1, unitMinor: 119_900, paidMinor: 119_900 },
        { lineId: '2', sku: 'GIFT-1', title: '袜子', qty: 1, unitMinor: 0, paidMinor: 0 },
      ],
      parcels: [],
      person: {
        buyer: 'tb_li',
        name: '李四',
        phone: '13800138000',
        province: '浙江省',
        city: '杭州市',
        district: '滨江区',
        address: '测试路1号',
      },
    });
  });

  it('聚水潭: two orders in one cell share the parcel, and goods and money are counted once', async () => {
    const { byNo } = await fixture('jushuitan');
    const [first, second] = [byNo['402611240018842002'], byNo['402611240018842003']];

    expect(first).toMatchObject({ status: 'shipped', shippedAt: at('09:30'), paidMinor: 39_800, refund: 'done' });
    expect(second).toMatchObject({ status: 'shipped', shippedAt: at('09:30'), paidMinor: 0, lines: [] });
    expect(second?.parcels).toEqual([{ carrier: '中通快递', waybill: '78123456789012' }]);
    expect(second?.parcels).toEqual(first?.parcels);
  });

  it('聚水潭: picking, resends, holds and words that nobody knows', async () => {
    const { told, byNo } = await fixture('jushuitan');

    expect(byNo['402611240018842004']).toMatchObject({ status: 'picking', kind: 'resend', paidMinor: 0 });
    expect(byNo['402611240018842005']).toMatchObject({
      status: 'paid',
      sourceStatus: '异常：缺货',
      held: false,
      paidAt: at('08:01'),
    });
    expect(byNo['402611240018842006']).toMatchObject({ status: 'unknown', sourceStatus: '神秘处理中' });
    expect(told.unknownWords).toEqual([{ words: '神秘处理中', count: 1 }]);
  });

  it('旺店通: orders that were merged keep what was paid for their own goods', async () => {
    const { told, byNo } = await fixture('wangdiantong');

    expect(told).toMatchObject({ preset: 'wangdiantong', tellsStage: true, orders: 3, skipped: [], unknownWords: [] });
    expect(byNo['6930162745589599991']).toMatchObject({
      shop: '抖音店',
      status: 'allocated',
      placedAt: at('09:00'),
      paidAt: at('09:00:05'),
      paidMinor: 19_900,
      remark: '加急',
      lines: [{ sku: 'XZ-BK-L', title: '绣字卫衣 黑L', qty: 1, unitMinor: 19_900, paidMinor: 19_900 }],
      person: {
        buyer: 'd***',
        name: '赵*',
        phone: '139****0001',
        province: '浙江省',
        city: '杭州市',
        district: '滨江区',
      },
    });
    expect(byNo['6930162745589599992']).toMatchObject({ paidMinor: 19_900, lines: [{ sku: 'XZ-BK-M' }] });
    expect(byNo['6930162745589599993']).toMatchObject({
      status: 'shipped',
      shippedAt: at('10:00'),
      refund: 'requested',
      held: true,
      freightMinor: 550,
      parcels: [{ carrier: '圆通速递', waybill: 'YT7812345678901' }],
      person: { province: '浙江省', city: '宁波市', district: '' },
    });
  });

  it('快麦, field by field', async () => {
    const { told, byNo } = await fixture('kuaimai');

    expect(told).toMatchObject({ preset: 'kuaimai', tellsStage: true, orders: 2, skipped: [], unknownWords: [] });
    expect(byNo['402611240018842011']).toMatchObject({
      status: 'picking',
      sourceStatus: '待包装',
      sortedAt: at('09:40'),
      shippedAt: null,
      shipBy: at('09:01', '2026-11-26'),
      refund: 'none',
      paidMinor: 19_900,
      parcels: [{ carrier: '中通快递', waybill: '78123456789021' }],
    });
    expect(byNo['402611240018842012']).toMatchObject({ status: 'shipped', shippedAt: at('10:00'), refund: 'done' });
  });

  it('千牛, field by field', async () => {
    const { told, byNo } = await fixture('taobao');

    expect(told).toMatchObject({ preset: 'taobao', tellsStage: false, orders: 3, skipped: [], unknownWords: [] });
    expect(byNo['402611240018842021']).toMatchObject({
      status: 'paid',
      paidAt: at('09:00:30'),
      shipBy: at('09:00:30', '2026-11-26'),
      remark: '',
      lines: [{ title: '绣字卫衣 黑L', qty: 1, paidMinor: 19_900 }],
      parcels: [],
      person: { buyer: 't**1', phone: '138****0003', province: '浙江省', city: '杭州市', district: '滨江区' },
    });
    expect(byNo['402611240018842022']).toMatchObject({
      status: 'shipped',
      shippedAt: at('10:00'),
      paidMinor: 40_400,
      goodsMinor: 39_800,
      freightMinor: 600,
      parcels: [{ carrier: '中通快递', waybill: '78123456789031' }],
    });
    expect(byNo['402611240018842023']).toMatchObject({ status: 'closed', paidAt: null, paidMinor: 0 });
  });

  it('拼多多, field by field', async () => {
    const { told, byNo } = await fixture('pinduoduo');

    expect(told).toMatchObject({ preset: 'pinduoduo', tellsStage: false, orders: 3, skipped: [], unknownWords: [] });
    expect(byNo['261124-123456789012345']).toMatchObject({
      status: 'paid',
      placedAt: at('09:00'),
      paidAt: at('09:00'),
      shipBy: at('09:00:05', '2026-11-26'),
      paidMinor: 18_900,
      goodsMinor: 19_900,
      lines: [{ sku: 'XZ-BK-L', title: '绣字卫衣 黑L', qty: 1, paidMinor: 19_900 }],
    });
    expect(byNo['261124-123456789012346']).toMatchObject({
      status: 'shipped',
      shippedAt: at('10:00'),
      refund: 'requested',
    });
    expect(byNo['261124-123456789012347']).toMatchObject({ status: 'refunded', refund: 'done' });
  });

  it('抖店: sub-orders add up, and an order is only as far as its last part', async () => {
    const { told, byNo } = await fixture('douyin');

    expect(told).toMatchObject({ preset: 'douyin', tellsStage: false, rows: 2, orders: 1, skipped: [] });
    expect(byNo['6930162745589599001']).toMatchObject({
      status: 'paid',
      sourceStatus: '待发货',
      shippedAt: null,
      paidMinor: 21_880,
      lines: [
        { lineId: '6930162745589599001', sku: 'XZ-BK-L', qty: 1, unitMinor: 19_900 },
        { lineId: '6930162745589599002', sku: 'SOCK-W', qty: 2, unitMinor: 990, paidMinor: 1_980 },
      ],
      parcels: [{ carrier: '中通快递', waybill: '78123456789051' }],
    });
  });

  it('Shopify: the first row tells of the order, in its own currency and zone', async () => {
    const { told, byNo } = await fixture('shopify');

    expect(told).toMatchObject({ preset: 'shopify', tellsStage: false, rows: 3, orders: 2, skipped: [] });
    expect(byNo['#1001']).toMatchObject({
      status: 'paid',
      sourceStatus: 'paid/unfulfilled',
      placedAt: at('10:00'),
      paidAt: at('10:00:30'),
      currency: 'JPY',
      paidMinor: 12_500,
      freightMinor: 500,
      lines: [
        { sku: 'XZ-BK-L', qty: 1, unitMinor: 11_000 },
        { sku: 'SOCK-W', qty: 2, unitMinor: 500, paidMinor: 1_000 },
      ],
      person: { buyer: 'a@example.com', name: 'Jane Doe', phone: '+81 90-1234-5678', city: 'Tokyo' },
    });
    expect(byNo['#1002']).toMatchObject({ status: 'refunded', currency: 'USD', paidMinor: 5_500 });
  });
});

const headings = [
  '内部订单号',
  '线上订单号',
  '订单状态',
  '下单时间',
  '付款日期',
  '已付金额',
  '商品编码',
  '数量',
  '快递单号',
];
const good = [
  '1001',
  '402611240018842001',
  '已付款待审核',
  '2026-11-24 09:00:00',
  '2026-11-24 09:01:00',
  '199.00',
  'XZ',
  '1',
  '',
];
const other = [...good.with(0, '1002').with(1, '402611240018842002')];
const third = [...good.with(0, '1003').with(1, '402611240018842003')];
const csv = (...rows: readonly (readonly string[])[]): string => rows.map((row) => row.join(',')).join('\n');
const xlsx = (...rows: readonly (readonly XlsxCell[])[]): Uint8Array => makeXlsx(rows);
const htmlOf = (rows: readonly (readonly string[])[], charset = 'utf-8'): string =>
  `<html><head><meta charset="${charset}"></head><body><table>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table></body></html>`;
const compound = (words: string): Uint8Array =>
  Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(504),
    Buffer.from(words, 'utf16le'),
  ]);
const lockedZip = (): Uint8Array => {
  const zip = zipSync({ 'a.csv': strToU8('x') });
  zip[6] = (zip[6] ?? 0) | 1;
  return zip;
};
const random = Uint8Array.from({ length: 4_000 }, (_, index) => (index * 7_919 + 13) % 251);

describe('a damaged file is refused whole with a sentence that says what to do [P16]:', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing at all', new Uint8Array(), /空的.*重新导出/],
    ['blanks only', utf8(' \n\n  \n'), /空的.*重新导出/],
    ['headings without orders', utf8(csv(headings)), /只有表头.*重新导出/],
    ['headings and a total', utf8(csv(headings, ['合计', '', '', '', '', '199', '', '1', ''])), /只有表头/],
    ['a workbook without a cell', xlsx([]), /空的.*重新导出/],
    ['a workbook with headings alone', xlsx(headings), /只有表头/],
    ['a workbook with a password', compound('EncryptedPackage'), /密码.*另存为 \.xlsx/],
    ['an old .xls', compound('Workbook'), /旧版 \.xls.*另存为 \.xlsx 或 CSV/],
    ['an archive with a password', lockedZip(), /压缩包有密码.*解压/],
    ['an archive', zipSync({ 'orders.csv': strToU8(csv(headings, good)) }), /压缩包.*解压/],
    ['a document of another program', zipSync({ 'word/document.xml': strToU8('<a/>') }), /压缩包.*解压/],
    ['a workbook cut off', xlsx(headings, good).slice(0, 900), /不完整|压缩包/],
    ['a workbook whose end is missing', xlsx(headings, good).slice(0, -40), /不完整.*重新导出/],
    ['a RAR', Buffer.from('Rar!\u001a\u0007'), /压缩包.*解压/],
    ['a PDF', utf8('%PDF-1.7 …'), /PDF.*导出/],
    ['a photo', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2), /图片.*导出/],
    ['a screenshot', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10), /图片.*导出/],
    ['noise', random, /编码|表格文件|订单号/],
    ['zeros inside', utf8('订单号,状态\0\0\n1,2'), /不是表格文件.*导出/],
    ['a login page saved as .xls', utf8('<html><body><form>请登录</form></body></html>'), /网页.*重新登录/],
    ['an error page with a table', utf8(htmlOf([['502 Bad Gateway'], ['nginx']])), /订单号这一列|网页/],
    ['a quote that never ends', utf8(csv(headings, good.with(6, '"XZ'), other, third)), /引号没有结束.*重新导出/],
    ['headings twice', utf8(csv([...headings, '线上订单号'], [...good, '1'])), /“线上订单号”出现了两次.*只保留一列/],
    ['garbled headings', utf8('内部订单号,线上订单号,锟斤拷\n1,2,3'), /乱码.*原文件/],
    ['replacement characters', utf8('内部订单号,线上订单号,\uFFFD\uFFFD\n1,2,3'), /乱码.*原文件/],
    ['no column of orders', utf8(csv(['日期'], ['2026-11-24'])), /没找到订单号.*表头/],
    ['prose', utf8('大家好\n今天发货很快'), /没找到订单号.*表头/],
    [
      'no column of times',
      utf8(csv(['内部订单号', '线上订单号', '订单状态'], ['1', '2', '已发货'])),
      /没有下单时间.*勾选/,
    ],
    [
      'every order number rounded',
      utf8(csv(headings, good.with(1, '4.02611E+17'), other.with(1, '4.02611E+17'))),
      /科学计数.*原文件/,
    ],
    [
      'every number cell too long',
      xlsx(headings, [...good.slice(0, 1), { number: '402611240018842001' }, ...good.slice(2)]),
      /科学计数.*原文件/,
    ],
    [
      'every number filled up with zeros',
      utf8(csv(headings, good.with(1, '402611240018842000'), other.with(1, '402611240018843000'))),
      /科学计数.*原文件/,
    ],
    ['every waybill rounded', utf8(csv(headings, good.with(8, '7.81235E+13'))), /“快递单号”被 Excel/],
    ['every row shifted', utf8(csv(headings, [...good, 'x'], [...other, 'y'])), /错位.*重新导出/],
    [
      'every row shifted to the left',
      utf8(csv(headings, good.toSpliced(2, 1), other.toSpliced(2, 1))),
      /“付款日期”不是.*时间/,
    ],
    ['every time in another order', utf8(csv(headings, good.with(3, '24/11/2026 09:00'))), /“下单时间”不是 2026-11-11/],
    ['every time in the future', utf8(csv(headings, good.with(3, '2062-11-24 09:00:00'))), /“下单时间”在将来/],
    ['every time before there were shops', utf8(csv(headings, good.with(3, '1980-01-02 00:00:00'))), /早于 2000 年/],
    ['amounts that are none', utf8(csv(headings, good.with(5, '见备注'))), /“已付金额”不是 199.90/],
    [
      'a phone number where the state should be',
      utf8(csv(headings, good.with(2, '13800138000'))),
      /“订单状态”不是订单状态，内容错位了/,
    ],
    ['quantities that are none', utf8(csv(headings, good.with(7, '两件'))), /“数量”不是数量/],
    ['a sheet of stock', utf8(csv(['内部订单号', '线上订单号', '仓库'], ['', '', '杭州'])), /没有下单时间|只有表头/],
    ['UTF-8 cut in a character', Buffer.from(csv(headings, good)).subarray(0, 7), /编码|订单号/],
    ['a broken UTF-16', Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x41), /编码|订单号/],
  ])('%s', async (_, bytes, sentence) => {
    const refusal = await read(bytes).then(
      () => undefined,
      (error: unknown) => error,
    );

    expect(refusal).toBeInstanceOf(UserError);
    const { zh, en } = (refusal as UserError).text;
    expect(zh).toMatch(sentence);
    expect(en.length).toBeGreaterThan(10);
    expect(zh).not.toContain('undefined');
  });
});

it('a file without headings is refused without a word of what its first row tells of somebody [P16, L6]', async () => {
  const person = ['402611240018842001', '张三丰', '13812345678', '滨江区江南大道8号', '2026-11-24 09:00:00'];

  const told: unknown = await read(utf8(csv(person, person))).catch((error: unknown) =>
    error instanceof UserError ? error.text : error,
  );

  expect(told).toMatchObject({ zh: expect.stringMatching(/没找到订单号这一列.*列名/) });
  expect(JSON.stringify(told)).not.toMatch(/张三丰|1381234|江南|4026112/);
});

describe('a file that is only odd is read all the same [L4]:', () => {
  const rows = [headings, good, other];
  const text = csv(...rows);
  const wide = (encoding: 'utf16le', mark: boolean): Uint8Array =>
    Buffer.concat([Buffer.from(mark ? [0xff, 0xfe] : []), Buffer.from(text, encoding)]);

  it.each<[string, Uint8Array]>([
    ['UTF-8', utf8(text)],
    ['UTF-8 with its mark', utf8(`\uFEFF${text}`)],
    ['GBK', encodeGbk(text)],
    ['UTF-16 with its mark', wide('utf16le', true)],
    ['UTF-16 without', wide('utf16le', false)],
    ['UTF-16, the other way round', swapped(wide('utf16le', true))],
    ['tabs', utf8(text.replaceAll(',', '\t'))],
    ['semicolons', utf8(text.replaceAll(',', ';'))],
    ['lines of Windows', utf8(text.replaceAll('\n', '\r\n'))],
    ['a title and a note above', utf8(`订单导出 2026-11-24\n\n${text}`)],
    ['blank lines between', utf8(text.replaceAll('\n', '\n\n'))],
    ['empty cells behind', utf8(text.replaceAll('\n', ',,,\n'))],
    ['a total and a note below', utf8(`${text}\n合计,,,,,398,,2,\n导出人：小陈`)],
    [
      'apostrophes and tabs before numbers',
      utf8(text.replaceAll('40261124', "'40261124").replaceAll(',已付', '\t,已付')),
    ],
    ['numbers as formulas', utf8(text.replace(/(40261124\d+)/g, '="$1"'))],
    ['an HTML table called .xls', utf8(htmlOf(rows))],
    ['an HTML table in GBK', encodeGbk(htmlOf(rows, 'gbk'))],
    ['a workbook', xlsx(...rows)],
    ['a workbook whose first sheet is a cover', makeXlsx([['说明'], ['请看第二页']], rows)],
    [
      'a workbook with real times and numbers',
      xlsx(
        headings,
        ...[good, other].map((row): XlsxCell[] => [
          ...row.slice(0, 3),
          { number: '46350.375', isTime: true },
          { number: '46350.375694444447', isTime: true },
          { number: '199' },
          ...row.slice(6),
        ]),
      ),
    ],
    [
      'days counted since 1900',
      utf8(csv(headings, ...[good, other].map((row) => row.with(3, '46350.375').with(4, '46350.375694444')))),
    ],
    [
      'dates with slashes and Chinese dates',
      utf8(csv(headings, good.with(3, '2026/11/24 9:00').with(4, '2026年11月24日 09:01:00'), other)),
    ],
  ])('%s', async (_, bytes) => {
    const { told, orders } = await read(bytes);

    expect(told).toMatchObject({ kind: 'known', preset: 'jushuitan', rows: 2, orders: 2, skipped: [] });
    expect(orders.map(({ order, placedAt, paidAt, paidMinor }) => ({ order, placedAt, paidAt, paidMinor }))).toEqual(
      [good, other].map((row) => ({ order: row[1], placedAt: at('09:00'), paidAt: at('09:01'), paidMinor: 19_900 })),
    );
  });

  it('a table whose cells span rows', async () => {
    const spanning = `<table><tr>${headings.map((name) => `<th>${name}</th>`).join('')}</tr>
      <tr>${good.map((cell, place) => (place < 6 ? `<td rowspan="2">${cell}</td>` : `<td>${cell}</td>`)).join('')}</tr>
      <tr><td>SOCK</td><td>2</td><td></td></tr></table>`;

    const { orders } = await read(utf8(spanning));

    expect(orders).toMatchObject([
      { order: good[1], paidMinor: 19_900, lines: [{ sku: 'XZ' }, { sku: 'SOCK', qty: 2 }] },
    ]);
  });
});

describe('a row that cannot be read', () => {
  it('is named with its cell and left out; the others are taken [B7]', async () => {
    const { told, orders } = await read(
      utf8(
        csv(headings, good, other.with(1, '4.02611E+17'), third, third.with(1, '402611240018842004').with(3, '昨天')),
      ),
    );

    expect(orders.map(({ order }) => order)).toEqual([good[1], third[1]]);
    expect(told).toMatchObject({
      skipped: [
        { row: 3, cell: 'B3', order: '4.02611E+17', reason: { zh: expect.stringContaining('科学计数') } },
        { row: 5, cell: 'D5', reason: { zh: expect.stringContaining('“下单时间”不是') } },
      ],
    });
  });

  it('takes the whole of its order with it', async () => {
    const { told, orders } = await read(utf8(csv(headings, good, good.with(7, '两件'), other, third)));

    expect(orders.map(({ order }) => order)).toEqual([other[1], third[1]]);
    expect(told).toMatchObject({
      skipped: [
        { row: 2, cell: '' },
        { row: 3, cell: 'H3' },
      ],
    });
  });

  it('tells nothing personal', async () => {
    const { told } = await read(
      utf8(
        csv(
          [...headings, '手机'],
          [...good, '13800138000'],
          [...other.with(5, '13900139000元'), '13900139000'],
          [...third, ''],
        ),
      ),
    );

    expect(JSON.stringify(told)).not.toMatch(/13[89]00/);
  });

  it('one long number in many ends in zeros by chance and is taken', async () => {
    const many = Array.from({ length: 40 }, (_, index) => good.with(1, `4026112400188${42_001 + index}`));

    const { orders } = await read(utf8(csv(headings, good.with(1, '402611240018842000'), ...many)));

    expect(orders).toHaveLength(41);
  });
});

describe('headings that nobody knows [L4]', () => {
  const own = csv(
    ['平台单号', '客户付款日期', '到哪步了', '金额'],
    ['A1', '2026-11-24 09:00', '已发货', '12.5'],
    ['A2', '2026-11-24 09:00', '待发货', '3'],
  );

  it('are proposed to a person, not guessed', async () => {
    const { told, orders } = await read(utf8(own));

    expect(told).toMatchObject({ kind: 'unknown', headings: ['平台单号', '客户付款日期', '到哪步了', '金额'] });
    expect(told).toMatchObject({ proposal: { order: '平台单号' } });
    expect(orders).toEqual([]);
  });

  it('mean what the person said, in any order of columns', async () => {
    const { told } = await read(utf8(own));
    const key = told.kind === 'unknown' ? told.headingKey : '';
    const mapping: SheetMapping = { order: '平台单号', paidAt: '客户付款日期', status: '到哪步了', paid: '金额' };

    const again = await read(
      utf8(csv(['金额', '平台单号', '客户付款日期', '到哪步了'], ['12.5', 'A1', '2026-11-24 09:00', '已发货'])),
      new Map([[key, mapping]]),
    );

    expect(again.orders).toMatchObject([{ order: 'A1', status: 'shipped', paidAt: at('09:00'), paidMinor: 1_250 }]);
  });
});

function swapped(bytes: Uint8Array): Uint8Array {
  return Buffer.from(bytes).swap16();
}
