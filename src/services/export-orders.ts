import { setImmediate as breath } from 'node:timers/promises';
import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import type { Warehouse } from '../domain/fulfillment.ts';
import type { Order } from '../domain/order.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { orderSheet, type SheetRow } from '../render/order-sheet.ts';
import { stageWords } from '../render/stage-words.ts';
import { type Directory, lineName, warehouseName } from './directory.ts';
import { orderIds } from './find-burst.ts';
import { causeLabelOf } from './label-cause.ts';

const mostAlerts = 5_000;
/** Read without a pause. */
const breathEvery = 20;
const ofWarehouse = 'warehouse.';

/** A sheet of the orders of an alert's group (by the alert's id), or of all alerts of a warehouse (`warehouse.hz`). */
export type ReadSheet = (id: string, language: Language) => Promise<string | undefined>;

/** `/export`: the orders of one group, or of one warehouse, as a sheet that can be forwarded outside. */
export function createExportOrders(deps: { storage: Storage; clock: Clock; directory: Directory }) {
  const { storage, clock, directory } = deps;

  async function alertsOf(id: string): Promise<readonly Alert[] | undefined> {
    const open = { state: 'unresolved', limit: mostAlerts } as const;
    if (id.startsWith(ofWarehouse)) {
      const warehouseId = id.slice(ofWarehouse.length);
      if (directory.warehouses().every((each) => each.id !== warehouseId)) return undefined;
      return (await storage.alerts.list(open)).filter(({ facts }) => facts.warehouseId === warehouseId);
    }
    const alert = await storage.alerts.find(id);
    return alert && (await storage.alerts.list({ ...open, groupKey: alert.groupKey }));
  }

  async function rowsOf(order: Order, alert: Alert): Promise<readonly SheetRow[]> {
    const fulfillments = await storage.views.fulfillmentsOf(order.id);
    const serving = fulfillments.find((each) => !each.closed) ?? fulfillments.at(-1);
    const [shipment] = order.shipments;
    const where = serving && directory.warehouseOf(serving.systemId, serving.warehouseCode)?.id;
    const cause = (await causeLabelOf(storage, order))?.words ?? '';
    return order.lines.map(({ title, sku, qty }) => ({
      problem: directory.ruleSay(alert.ruleId),
      shop: directory.shopName(order.shopId),
      orderNo: order.channelOrderNo,
      title,
      sku,
      qty,
      paidAt: order.paidAt,
      shipBy: order.shipBy,
      warehouse: warehouseName(where ?? alert.facts.warehouseId, directory) ?? '',
      stage: stageWords[order.stage],
      systemOrderNo: serving?.systemOrderNo ?? '',
      carrier: shipment?.carrier ?? serving?.carrier ?? '',
      waybill: shipment?.waybill ?? serving?.waybill ?? '',
      cause,
    }));
  }

  const idsOf = (alert: Alert): readonly string[] => [
    ...new Set([...(alert.facts.orderId === undefined ? [] : [alert.facts.orderId]), ...orderIds(alert)]),
  ];

  const read: ReadSheet = async (id, language) => {
    const alerts = await alertsOf(id);
    if (alerts === undefined) return undefined;
    const rows: SheetRow[] = [];
    for (const [index, alert] of alerts.entries()) {
      if (index % breathEvery === breathEvery - 1) await breath();
      for (const order of await storage.views.listOrders(idsOf(alert))) rows.push(...(await rowsOf(order, alert)));
    }
    return orderSheet(rows, language, directory.timezone);
  };

  const tell = async (
    asking: Asking,
    of: { readonly alert?: Alert | undefined; readonly warehouse?: Warehouse | undefined },
  ): Promise<readonly Card[]> => {
    const zh = asking.language === 'zh';
    const id = of.warehouse === undefined ? of.alert?.id : `${ofWarehouse}${of.warehouse.id}`;
    if (id === undefined)
      return [
        notice('refused', zh ? '写编号或仓名：/导出 12号，/导出 广州仓' : 'Write a number or a warehouse: /export 12'),
      ];
    const alerts = (await alertsOf(id)) ?? [];
    const count = new Set(alerts.flatMap(idsOf)).size;
    const where = of.warehouse === undefined ? null : lineName(of.warehouse.id, directory, asking.language);
    const name = where ?? (zh ? `${of.alert?.number ?? ''}号` : `No. ${of.alert?.number ?? ''}`);
    if (count === 0)
      return [notice('done', zh ? `${name} 现在没有要列的单` : `${name}: there is no order to list now`)];
    const contact = of.warehouse?.contact ?? '';
    await storage.audit.add({ at: clock.now(), actor: asking.actor, action: 'export', subject: id, detail: { count } });
    return [
      {
        ...notice(
          'info',
          zh ? `${name} · ${count} 单的表格` : `${name} · a sheet of ${count} orders`,
          zh
            ? '没有姓名、电话和地址，可以转发；打开时按最新的算'
            : 'No names, phones or addresses: it may be forwarded',
          ...(contact === '' ? [] : [zh ? `联系：${contact}` : `Contact: ${contact}`]),
        ),
        link: { label: zh ? '下载表格' : 'Download', path: `/x/${id}/${asking.language}` },
      },
    ];
  };

  return { read, tell };
}
