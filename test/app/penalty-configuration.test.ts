import { expect, it } from 'vitest';
import { readCompany } from '../../src/app/company.ts';
import { discover } from '../../src/app/discover.ts';
import { ConfigError } from '../../src/domain/errors.ts';

const plugs = await discover();
const shops = 'shops: [{ id: a, channel: file }, { id: b, channel: file }]\n';
const problems = (rows: string): readonly string[] => {
  try {
    readCompany(`${shops}penalties: ${rows}`, {}, plugs);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

it('takes a dated table of what platforms take for a late order; nothing is in it by itself [P13]', () => {
  expect(readCompany(shops, {}, plugs).penalties).toEqual([]);
  const rows =
    '[{ shop: a, each: 3, asOf: "2026-11-01" }, { channel: file, percent: 10, least: 1, most: 100, asOf: "2026-10-01" }]';
  expect(readCompany(`${shops}penalties: ${rows}`, {}, plugs).penalties).toEqual([
    { channel: null, shop: 'a', each: 3, percent: null, least: null, most: null, asOf: '2026-11-01' },
    { channel: 'file', shop: null, each: null, percent: 10, least: 1, most: 100, asOf: '2026-10-01' },
  ]);
});

it.each([
  ['penalties[0]', '[{ shop: a, asOf: "2026-11-01" }]'],
  ['penalties[0]', '[{ shop: a, each: 3, percent: 4, asOf: "2026-11-01" }]'],
  ['penalties[0]', '[{ shop: a, channel: file, each: 3, asOf: "2026-11-01" }]'],
  ['penalties[0]', '[{ shop: a, each: 3, most: 100, asOf: "2026-11-01" }]'],
  ['penalties[0].asOf', '[{ shop: a, each: 3 }]'],
  ['penalties[0].shop', '[{ shop: nowhere, each: 3, asOf: "2026-11-01" }]'],
  [
    'penalties[1].channel',
    '[{ channel: file, each: 3, asOf: "2026-11-01" }, { channel: file, each: 4, asOf: "2026-11-01" }]',
  ],
])('names %s when it is wrong [P13]', (path, rows) => {
  expect(problems(rows)).toEqual([expect.stringMatching(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: `))]);
});
