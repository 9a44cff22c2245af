import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import type { Asking } from '../../src/domain/asking.ts';
import { createExportOrders } from '../../src/services/export-orders.ts';
import { aFulfillment, anAlert, anOrder, at } from '../kit/builders.ts';
import { startFlow, textOf } from '../kit/test-storage.ts';

const asking: Asking = {
  actor: { type: 'person', person: { id: 'li', name: '李建国', role: 'warehouse-lead' } },
  roomId: 'war',
  platform: 'web',
  isPrivate: false,
  language: 'zh',
  inboundId: null,
};

async function start(contact = '') {
  const flow = await startFlow();
  const warehouses = flow.directory.warehouses().map((each) => ({ ...each, contact }));
  const directory = { ...flow.directory, warehouses: () => warehouses };
  const exporting = createExportOrders({ ...flow, directory });
  const order = async (no: string, warehouseId: string, change: Parameters<typeof anOrder>[0] = {}) => {
    await flow.tell(anOrder({ channelOrderNo: no, shipBy: at('18:00'), ...change }));
    const warehouseCode = warehouseId === 'hz' ? '1001' : '1002';
    await flow.show(aFulfillment({ systemOrderNo: `7${no.slice(-3)}`, channelOrderNos: [no], warehouseCode }));
    const found = await flow.storage.views.findOrderByNo('mini', no);
    return flow.storage.alerts.raise(
      anAlert({
        subject: `order:mini/${no}`,
        groupKey: `paid-not-sorted|warehouse=${warehouseId}`,
        facts: { shopId: 'mini', warehouseId, orderId: found?.id ?? '', orderNo: no },
      }),
    );
  };
  return { ...flow, ...exporting, order };
}

it('gives the orders of a group as a sheet without anything of their buyers [P10]', async () => {
  const flow = await start();
  const line = { lineId: '1', sku: 'XZ01-HE-L', title: '=HYPERLINK("x"), 卫衣', qty: 2, unitMinor: 1, paidMinor: 1 };
  const alert = await flow.order('202611240018842', 'hz', {
    lines: [line],
    buyerNote: '打 13800138000 给我',
    remark: '江南大道 1 号',
  });
  await flow.order('202611240018843', 'gz');

  const sheet = (await flow.read(alert?.id ?? '', 'zh')) ?? '';
  const [row, ...others] = parse(sheet, { columns: true, bom: true }) as Record<string, string>[];
  expect(others).toEqual([]);
  expect(row).toEqual({
    问题: '付款 2 小时仍未进入分拣',
    店铺: '小程序商城',
    订单号: '\t202611240018842',
    商品: '\t=HYPERLINK("x"), 卫衣',
    SKU: 'XZ01-HE-L',
    数量: '2',
    付款时间: '2026-11-24 10:00',
    发货时限: '2026-11-24 18:00',
    仓库: '杭州仓',
    环节: '待拣',
    仓库单号: '7842',
    快递: '',
    运单号: '',
    标的原因: '',
  });
  for (const secret of ['13800138000', '138****8000', '张*', '滨江', '江南大道'])
    expect(sheet, `tells ${secret}`).not.toContain(secret);
  expect(sheet.startsWith('\uFEFF问题,店铺,订单号')).toBe(true);
  expect(await flow.read(alert?.id ?? '', 'en')).toContain('Problem,Shop,Order,Item');
  expect(await flow.read('nowhere', 'zh')).toBeUndefined();
  expect(await flow.read('warehouse.nowhere', 'zh')).toBeUndefined();
});

it('lists all that is wrong with the orders of one warehouse, whichever rule found it [P10]', async () => {
  const flow = await start('老周（供应商群）');
  const first = await flow.order('202611240018842', 'gz');
  await flow.order('202611240018843', 'gz');
  await flow.order('202611240018844', 'hz');
  await flow.storage.alerts.raise(
    anAlert({ ruleId: 'ship-by-risk', groupKey: 'ship-by-risk|warehouse=gz', facts: first?.facts ?? {} }),
  );

  const [gz] = flow.directory.warehouses().filter(({ id }) => id === 'gz');
  const cards = await flow.tell(asking, { warehouse: gz && { ...gz, contact: '老周（供应商群）' } });
  expect(cards.map(textOf)).toEqual([
    '广州仓 · 2 单的表格\n没有姓名、电话和地址，可以转发；打开时按最新的算\n联系：老周（供应商群）\n[下载表格] /x/warehouse.gz/zh',
  ]);
  const rows = parse((await flow.read('warehouse.gz', 'zh')) ?? '', { columns: true, bom: true });
  expect(rows).toHaveLength(3);
  const [audited] = flow.rows(`SELECT action, actorId, subject FROM AuditEntry`);
  expect(audited).toEqual({ action: 'export', actorId: 'person:li', subject: 'warehouse.gz' });
});

it('says what to write, and that nothing is open [P10]', async () => {
  const flow = await start();
  expect((await flow.tell(asking, {})).map(textOf)).toEqual(['写编号或仓名：/导出 12号，/导出 广州仓']);

  const alert = await flow.order('202611240018842', 'hz');
  await flow.storage.alerts.resolve(alert?.id ?? '', at('12:00'), 'cleared');
  expect((await flow.tell(asking, { alert })).map(textOf)).toEqual(['号 现在没有要列的单']);
});
