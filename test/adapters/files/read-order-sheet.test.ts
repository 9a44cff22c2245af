import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOrderSheet } from '../../../src/adapters/files/read-order-sheet.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { tempDir } from '../../kit/open-test-db.ts';

const { dir, cleanup } = tempDir();
afterAll(cleanup);

let files = 0;
const read = (content: string | Buffer, timezone = 'Asia/Shanghai') => {
  files += 1;
  const path = join(dir, `${files}.csv`);
  writeFileSync(path, content);
  return readOrderSheet(path, { timezone });
};
const refusal = async (reading: Promise<unknown>): Promise<UserError> => {
  const error = await reading.catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error(`not refused: ${String(error)}`);
};
const paid = '2026-11-11 10:00:00';
const paidAt = Date.UTC(2026, 10, 11, 2);

it('reads every column of a sheet, in any order and any case', async () => {
  const { rows, skipped, unknownColumns } = await read(
    [
      'WAYBILL, qty ,sku,province,phone,channel,currency,amount,closedAt,deliveredAt,carrierAt,shippedAt,sortedAt,paidat,placedAt,status,Order',
      `SF1,2,TEE-M,广东,13800138000,taobao,usd,199.90,,1794357180,2026-11-12T00:00:00Z,${paid},${paid},${paid},${paid},shipped,A1`,
    ].join('\r\n'),
  );

  expect(skipped).toEqual([]);
  expect(unknownColumns).toEqual([]);
  expect(rows).toEqual([
    {
      order: 'A1',
      status: 'shipped',
      placedAt: paidAt,
      paidAt,
      sortedAt: paidAt,
      shippedAt: paidAt,
      carrierAt: Date.UTC(2026, 10, 12),
      deliveredAt: 1_794_357_180_000,
      closedAt: null,
      amountMinor: 19_990,
      currency: 'USD',
      channel: 'taobao',
      phone: '13800138000',
      province: '广东',
      lines: [{ sku: 'TEE-M', qty: 2 }],
      waybills: ['SF1'],
    },
  ]);
});

it('reads a file with a byte order mark, names columns it does not know, and passes empty rows over', async () => {
  const { rows, skipped, unknownColumns } = await read(`\u{feff}order,备注,paidAt,\n\nA1,"急,急",${paid},\n,,,\n`);

  expect(rows.map(({ order, paidAt: at }) => [order, at])).toEqual([['A1', paidAt]]);
  expect(skipped).toEqual([]);
  expect(unknownColumns).toEqual(['备注']);
});

it('gives amounts without a currency to CNY, and nothing at all for no amount', async () => {
  const { rows } = await read(`order,paidAt,amount\nA1,${paid},0.29\nA2,${paid},`);

  expect(rows.map(({ amountMinor, currency }) => [amountMinor, currency])).toEqual([
    [29, 'CNY'],
    [0, 'CNY'],
  ]);
});

describe('a row that cannot be read', () => {
  it('is skipped and named by its row, its order and the column that is wrong', async () => {
    const bad: readonly (readonly [string, RegExp])[] = [
      [`,${paid},,,,`, /no order number/],
      ['4.01E+18,2026-11-11,,,,', /rounded/],
      ['B3,,,,,', /no time at all/],
      ['B4,soon,,,,', /placedAt is no time/],
      [`B5,${paid},1999-12-31 23:59:59,,,`, /paidAt lies before the year 2000/],
      [`B6,${paid},,1.234,,`, /amount is no plain amount/],
      [`B7,${paid},,"1,234.00",,`, /amount is no plain amount/],
      [`B8,${paid},,5,yuan,`, /currency is no code/],
      [`B9,${paid},,5,,0`, /qty is no whole number/],
      [`B10,${paid},,5,,1,left over`, /more cells than the heading/],
      [`B11"x,${paid}`, /quotes do not match/],
      [`"B12\tx",${paid}`, /control characters/],
    ];
    const { rows, skipped } = await read(
      ['order,placedAt,paidAt,amount,currency,qty', ...bad.map(([row]) => row), `C1,${paid}`].join('\n'),
    );

    expect(rows.map(({ order }) => order)).toEqual(['C1']);
    expect(skipped.map(({ row }) => row)).toEqual(bad.map((_, index) => index + 2));
    for (const [index, [, reason]] of bad.entries()) expect(skipped[index]?.reason.en).toMatch(reason);
    expect(skipped.map(({ order }) => order)).toEqual([
      '',
      '4.01E+18',
      'B3',
      'B4',
      'B5',
      'B6',
      'B7',
      'B8',
      'B9',
      'B10',
      '',
      'B12\tx',
    ]);
    for (const { reason } of skipped) expect(reason.zh).not.toBe('');
  });

  it('is none for a hexadecimal number that looks like a rounded one', async () => {
    expect((await read(`order,paidAt\n7e056455773668,${paid}`)).rows).toHaveLength(1);
  });

  it('counts the rows of the file, empty ones too', async () => {
    const { skipped } = await read(`order,paidAt\n\nA1,${paid}\nA2,never`);

    expect(skipped.map(({ row, order }) => [row, order])).toEqual([[4, 'A2']]);
  });
});

describe('an order number that comes again', () => {
  it('is nothing new when the row says the same', async () => {
    const { rows, skipped } = await read(`order,paidAt,sku,qty\nA1,${paid},S,2\nA1,${paid},S,2`);

    expect(rows).toMatchObject([{ order: 'A1', lines: [{ sku: 'S', qty: 2 }] }]);
    expect(skipped).toEqual([]);
  });

  it('is a further line or parcel when only those differ', async () => {
    const { rows } = await read(
      `order,paidAt,sku,qty,waybill\nA1,${paid},S,2,SF1\nB1,${paid},S,1,\nA1,${paid},M,1,SF1\nA1,${paid},M,1,SF2`,
    );

    expect(rows.map(({ order }) => order)).toEqual(['A1', 'B1']);
    expect(rows[0]).toMatchObject({
      lines: [
        { sku: 'S', qty: 2 },
        { sku: 'M', qty: 1 },
      ],
      waybills: ['SF1', 'SF2'],
    });
  });

  it('is skipped when it says anything else: the first row stays', async () => {
    const { rows, skipped } = await read(`order,paidAt,amount\nA1,${paid},5\nB1,${paid},5\nA1,${paid},6`);

    expect(rows.map(({ order, amountMinor }) => [order, amountMinor])).toEqual([
      ['A1', 500],
      ['B1', 500],
    ]);
    expect(skipped).toMatchObject([{ row: 4, order: 'A1', reason: { en: expect.stringContaining('row 2') } }]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['has no order column', 'id,paidAt\nA1,2026-11-11', 'SHEET_HEADING', /no "order" column.*id, paidAt/],
    ['is empty', '', 'SHEET_HEADING', /no "order" column.*nothing/],
    ['has a column twice', 'order,paidAt,PaidAt\n', 'SHEET_HEADING', /"paidAt" twice/],
    ['is in GBK', Buffer.from([0x6f, 0x72, 0x64, 0x65, 0x72, 0x0a, 0xb9, 0xe3, 0x0a]), 'SHEET_UNREADABLE', /UTF-8/],
    ['opens a quote for ever', `order,paidAt\nA1,"${paid}\nA2,${paid}\n`, 'SHEET_UNREADABLE', /never ends/],
  ])('that %s is refused with what to do', async (_, content, code, words) => {
    const error = await refusal(read(content));

    expect(error.code).toBe(code);
    expect(error.text.en).toMatch(words);
    expect(error.text.zh).not.toBe('');
  });

  it('because it is not there, or is a folder, is refused with its path', async () => {
    for (const path of [join(dir, 'none.csv'), dir]) {
      const error = await refusal(readOrderSheet(path, { timezone: 'Asia/Shanghai' }));

      expect(error.code).toBe('SHEET_UNREADABLE');
      expect(error.text.en).toContain(path);
    }
  });
});
