import { expect, it } from 'vitest';
import { notYet, readCompany } from '../../src/app/company.ts';
import { discover } from '../../src/app/discover.ts';
import { ConfigError } from '../../src/domain/errors.ts';

const plugs = await discover();
const read = (text: string) => readCompany(text, {}, plugs);
const problems = (text: string): readonly string[] => {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

it('takes who hears what, quiet hours, first days and a second way out, and promises nothing of them that it does not keep', () => {
  const company = read(`
staff: [{ id: wang, name: 王敏, role: ops-lead }]
rooms:
  - { id: war, platform: web, quiet: "22:30-08:00", hears: { shops: all, rules: [paid-not-sorted], severity: critical } }
shadow: { days: 3, to: wang }
heartbeat: { url: "https://beat.example/1", every: 30s, webhook: "https://group.example/2" }
`);

  expect(company.rooms[0]).toMatchObject({
    quiet: '22:30-08:00',
    hears: { shops: 'all', warehouses: 'all', rules: ['paid-not-sorted'], severity: 'critical' },
  });
  expect([company.shadow, company.heartbeat.every]).toEqual([{ days: 3, to: 'wang' }, 30_000]);
  expect(notYet(company)).toEqual([]);
});

it('stays as it was when nothing is said of them', () => {
  const company = read('rooms: [{ id: war, platform: web }]');

  expect([company.rooms[0]?.hears, company.shadow.days]).toEqual([
    { shops: 'all', warehouses: 'all', rules: 'all', severity: 'warning' },
    0,
  ]);
});

it.each([
  ['rooms[0].quiet', 'rooms: [{ id: war, platform: web, quiet: "late" }]'],
  ['rooms[0].quiet', 'rooms: [{ id: war, platform: web, quiet: "22:00-22:00" }]'],
  ['rooms[0].hears.shops[0]', 'rooms: [{ id: war, platform: web, hears: { shops: [nowhere] } }]'],
  ['rooms[0].hears.warehouses[0]', 'rooms: [{ id: war, platform: web, hears: { warehouses: [nowhere] } }]'],
  ['rooms[0].hears.rules[0]', 'rooms: [{ id: war, platform: web, hears: { rules: [paid-not-sortet] } }]'],
  ['shadow.to', 'shadow: { days: 3 }'],
  ['shadow.to', 'shadow: { days: 3, to: nobody }'],
  [
    'shadow.to',
    `
staff: [{ id: li, name: 李, role: viewer }]
shadow: { days: 3, to: li }
rooms: [{ id: w, platform: wecom, credentials: { botId: b, secret: s } }]`,
  ],
])('names %s when it is wrong', (path, text) => {
  expect(problems(text)).toEqual([expect.stringMatching(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: `))]);
});
