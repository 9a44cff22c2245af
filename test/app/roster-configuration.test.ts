import { describe, expect, it } from 'vitest';
import { notYet, readCompany, rotationsOf, uncovered } from '../../src/app/company.ts';
import { discover } from '../../src/app/discover.ts';
import { ConfigError } from '../../src/domain/errors.ts';
import { at } from '../kit/builders.ts';

const plugs = await discover();

const company = (roster: string, timezone = 'Asia/Shanghai') =>
  readCompany(
    `
timezone: ${timezone}
systems: [{ id: wms, kind: jushuitan, baseUrl: "https://a.example", credentials: { appKey: k, appSecret: s, accessToken: t } }]
warehouses: [{ id: gz, name: 广州仓, kind: own, system: wms, code: "1" }]
staff:
  - { id: li, name: 李建国, role: warehouse-lead, language: en }
  - { id: wang, name: 王敏, role: warehouse-lead }
  - { id: sun, name: 孙悦, role: warehouse-lead, warehouse: gz }
  - { id: chen, name: 陈静, role: cs-lead }
roster: ${roster}
`,
    {},
    plugs,
  );

function problemsOf(roster: string): readonly string[] {
  try {
    company(roster);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the roster of warroom.yaml [P11]', () => {
  it('is taken as rotations on the clock of the company, of one warehouse or of all', () => {
    const taken = company(
      '[{ role: warehouse-lead, who: [li, wang], every: week, from: "2026-11-23 08:30" }, { role: warehouse-lead, who: [sun], every: 2 days, from: "2026-11-23 08:30" }]',
    );

    expect(rotationsOf(taken)).toEqual([
      { role: 'warehouse-lead', warehouse: null, who: ['li', 'wang'], everyDays: 7, from: at('08:30', '2026-11-23') },
      { role: 'warehouse-lead', warehouse: 'gz', who: ['sun'], everyDays: 2, from: at('08:30', '2026-11-23') },
    ]);
    expect(taken.staff.map(({ language }) => language)).toEqual(['en', 'zh', 'zh', 'zh']);
    expect(notYet(taken)).toEqual([]);
  });

  it('names the roles that nobody covers', () => {
    expect(uncovered(company('[{ role: warehouse-lead, who: [li], every: day, from: "2026-11-23 08:30" }]'))).toEqual([
      'cs-lead',
    ]);
  });

  it.each([
    ['[{ role: warehouse-lead, who: [nobody], every: day, from: "2026-11-23 08:30" }]', 'roster[0].who[0]'],
    ['[{ role: warehouse-lead, who: [li, sun], every: day, from: "2026-11-23 08:30" }]', 'roster[0].who:'],
    ['[{ role: warehouse-lead, who: [], every: day, from: "2026-11-23 08:30" }]', 'roster[0].who:'],
    ['[{ role: boss, who: [li], every: day, from: "2026-11-23 08:30" }]', 'roster[0].role'],
    ['[{ role: cs-lead, who: [chen], every: month, from: "2026-11-23 08:30" }]', 'roster[0].every'],
    ['[{ role: cs-lead, who: [chen], every: day, from: "2026-02-30 08:30" }]', 'roster[0].from'],
    ['[{ role: cs-lead, who: [chen], every: day, from: "2026-11-23 25:30" }]', 'roster[0].from'],
    [
      '[{ role: cs-lead, who: [chen], every: day, from: "2026-11-23 08:30" }, { role: cs-lead, who: [li], every: day, from: "2026-11-23 08:30" }]',
      'roster[1]:',
    ],
  ])('%s is refused with its path', (roster, path) => {
    expect(problemsOf(roster)).toEqual([expect.stringContaining(path)]);
  });

  it('refuses a person of a warehouse that is not there', () => {
    expect(() => readCompany('staff: [{ id: li, name: 李, role: operator, warehouse: hz }]', {}, plugs)).toThrow(
      expect.objectContaining({ problems: ['staff[0].warehouse: there is no warehouse with this id'] }),
    );
  });
});
