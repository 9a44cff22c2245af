import { expect, it } from 'vitest';
import { createReadBoard } from '../../src/services/read-board.ts';
import { aHealth } from '../kit/health.ts';
import { alerts, anAlert, at, directory, lineReport } from '../web/company.ts';
import { createFakeClock, createFakeStores } from '../web/fakes.ts';

const readHealth = async () => aHealth();
const read = async (list = alerts) =>
  await createReadBoard({
    stores: createFakeStores(list).stores,
    clock: createFakeClock(),
    directory,
    readHealth,
    readLine: async () => lineReport,
    readRisk: async () => null,
  })('zh');

it('puts the worst group first and counts it', async () => {
  const { groups, alertCount } = await read();

  expect(groups.map(({ ruleId, warehouse, severity, count }) => ({ ruleId, warehouse, severity, count }))).toEqual([
    { ruleId: 'paid-not-sorted', warehouse: '杭州仓', severity: 'critical', count: 9 },
    { ruleId: 'source-silent', warehouse: null, severity: 'warning', count: 1 },
    { ruleId: 'ship-by-risk', warehouse: '广州仓', severity: 'warning', count: 2 },
  ]);
  expect(alertCount).toBe(12);
});

it('says who holds what, and what nobody holds', async () => {
  const [first] = (await read()).groups;

  expect(first).toMatchObject({ holders: ['李建国'], unclaimed: 8, oldestDueAt: at('14:09') });
});

it('keeps one rule apart by warehouse', async () => {
  const elsewhere = anAlert({ id: 'e', severity: 'warning', facts: { warehouseId: 'gz', orderNo: '202611240018842' } });

  const { groups } = await read([anAlert(), elsewhere]);

  expect(groups.map(({ warehouse }) => warehouse)).toEqual(['杭州仓', '广州仓']);
});

it("fills the rule's sentence from the finding", async () => {
  const [group] = (await read([anAlert()])).groups;

  expect(group?.alerts[0]?.say.zh).toBe('018842 付款 2 小时仍未进分拣 · 杭州仓');
});

it('tells a fresh source from a silent one and from one that never answered', async () => {
  const { sources } = await read();

  expect(sources.map(({ name, state }) => `${name} ${state}`)).toEqual([
    '小程序商城 fresh',
    '天猫旗舰店 silent',
    '聚水潭 fresh',
    '快递100 never',
  ]);
});

it('counts stages per warehouse, orders without one too', async () => {
  const { stages } = await read();
  const sorting = stages.names.indexOf('sorting');

  expect(stages.warehouses.map(({ name, total }) => [name, total])).toEqual([
    ['杭州仓', 3_893],
    ['广州仓', 950],
    [null, 12],
  ]);
  expect(stages.warehouses[0]?.counts[sorting]).toBe(388);
});

it('puts the wall on top: due, done, late, who is lacking, by warehouse and by shop [P1]', async () => {
  const { tonight } = await read();

  expect(tonight).toMatchObject({ due: 3_120, done: 1_130, misses: 760, people: 9, withoutWall: 12 });
  expect(tonight.warehouses.map(({ name, misses }) => [name, misses])).toEqual([
    ['杭州仓', 760],
    ['广州仓', 0],
  ]);
  expect(tonight.shops.map(({ name, due }) => [name, due])).toEqual([
    ['小程序商城', 2_400],
    ['天猫旗舰店', 720],
  ]);
  expect(tonight.later).toEqual({ misses: 4_240, firstAt: at('16:00', '2026-11-26') });
});
