import { z } from 'zod';
import { findWarehouse, virtualWarehouse, warehouses } from '../../world/company.ts';
import { beijing } from '../../world/time.ts';
import { ALLOCATE, GIVE_BACK, operateLock } from '../../world/virtual-locks.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { bizRoute, codes, failure, paged, success } from './envelope.ts';
import { page, readWindow, windowFields } from './window.ts';

const PREFIX = '/open/webapi/itemapi/lockwarehouse';
const id = z.coerce.number().int();

const Create = z.object({
  lwh_id: id,
  wms_co_id: id,
  so_id: z.string().min(1).max(64),
  type: z.enum([ALLOCATE, GIVE_BACK]),
  examine: z.boolean().default(true),
  is_ignore_check_stock: z.boolean().default(false),
  remark: z.string().default(''),
  items: z.array(z.object({ sku_id: z.string(), qty: z.union([z.number().int(), z.literal('')]).nullish() })).min(1),
});

const create: Route = {
  method: 'POST',
  path: `${PREFIX}/lwhoperationcreate`,
  sheet: 'fulfillment.md §1.2 lock / release',
  kind: 'write',
  answer: bizRoute(Create, (world, biz, at) => {
    if (biz.lwh_id !== virtualWarehouse.lwhId) return failure(codes.refused, '虚拟仓不存在');
    const warehouse = findWarehouse(biz.wms_co_id);
    if (warehouse === undefined) return failure(codes.refused, '仓库不存在');
    const request = {
      soId: biz.so_id,
      type: biz.type,
      lwhId: biz.lwh_id,
      warehouse: warehouse.code,
      items: biz.items.map(({ sku_id, qty }) => ({ sku: sku_id, qty: typeof qty === 'number' ? qty : undefined })),
      ignoreStock: biz.is_ignore_check_stock,
      creator: '开放平台',
      remark: biz.remark,
    };
    const made = operateLock(world, request, at);
    return 'refused' in made ? failure(codes.refused, made.refused) : success({ io_id: made.ioId }, made.applied);
  }),
};

const List = z.object({
  ...windowFields,
  ...page(100),
  wms_co_id: id.optional(),
  lwh_id: id.optional(),
  io_ids: z.array(id).max(50).optional(),
  so_ids: z.array(z.string()).max(50).optional(),
  sku_id: z.string().optional(),
  active: z.boolean().optional(),
});

const list: Route = {
  method: 'POST',
  path: `${PREFIX}/getlwhoperationlist`,
  sheet: 'fulfillment.md §1.2 list locks; shape: ours',
  kind: 'read',
  answer: bizRoute(List, listOperations),
};

interface OperationRow {
  io_id: number;
  so_id: string;
  type: string;
  lwh_id: number;
  wms_co_id: number;
  created: number;
  creator: string;
  remark: string;
  applied: number;
}

const ACTIVE = `(o.type = '${ALLOCATE}' AND EXISTS (SELECT 1 FROM lwh_items AS a WHERE a.io_id = o.io_id AND a.qty > a.returned))`;

function listOperations(world: World, biz: z.infer<typeof List>): Answer {
  const wheres: string[] = ['1 = 1'];
  const values: (string | number)[] = [];
  const oneOf = (column: string, list: readonly (string | number)[] | undefined): void => {
    if (list === undefined) return;
    wheres.push(`${column} IN (${list.map(() => '?').join(', ')})`);
    values.push(...list);
  };
  oneOf('o.wms_co_id', biz.wms_co_id === undefined || biz.wms_co_id === 0 ? undefined : [biz.wms_co_id]);
  oneOf('o.lwh_id', biz.lwh_id === undefined ? undefined : [biz.lwh_id]);
  oneOf('o.io_id', biz.io_ids);
  oneOf('o.so_id', biz.so_ids);
  if (biz.sku_id !== undefined) {
    wheres.push('EXISTS (SELECT 1 FROM lwh_items AS s WHERE s.io_id = o.io_id AND s.sku = ?)');
    values.push(biz.sku_id);
  }
  if (biz.active !== undefined) wheres.push(biz.active ? ACTIVE : `NOT ${ACTIVE}`);
  if (biz.modified_begin !== undefined || biz.modified_end !== undefined) {
    const window = readWindow(biz, 7);
    if ('refused' in window) return failure(codes.badValue, window.refused);
    wheres.push('o.created BETWEEN ? AND ?');
    values.push(window.from, window.to);
  }
  const from = `FROM lwh_operations AS o WHERE ${wheres.join(' AND ')}`;
  const total = world.store.get<{ n: number }>(`SELECT COUNT(*) AS n ${from}`, ...values)?.n ?? 0;
  const rows = world.store.all<OperationRow>(
    `SELECT o.* ${from} ORDER BY o.io_id LIMIT ? OFFSET ?`,
    ...values,
    biz.page_size,
    (biz.page_index - 1) * biz.page_size,
  );
  return success(
    paged(
      'datas',
      rows.map((row) => showOperation(world, row)),
      total,
      biz.page_index,
      biz.page_size,
    ),
  );
}

function showOperation(world: World, row: OperationRow): object {
  const items = world.store.all<{ sku: string; qty: number; returned: number }>(
    'SELECT sku, qty, returned FROM lwh_items WHERE io_id = ? ORDER BY sku',
    row.io_id,
  );
  return {
    io_id: row.io_id,
    so_id: row.so_id,
    type: row.type,
    lwh_id: row.lwh_id,
    lwh_name: virtualWarehouse.name,
    wms_co_id: row.wms_co_id,
    status: row.applied === 1 ? '生效' : '已审核',
    active: row.type === ALLOCATE && items.some((item) => item.qty > item.returned),
    items: items.map((item) => ({ sku_id: item.sku, qty: item.qty, returned_qty: item.returned })),
    created: beijing(row.created),
    creator: row.creator,
    remark: row.remark,
  };
}

const warehousesRoute: Route = {
  method: 'POST',
  path: `${PREFIX}/getwarehouselist`,
  sheet: 'fulfillment.md §1.2 list locks; shape: ours',
  kind: 'read',
  answer: bizRoute(z.looseObject({}), () => {
    const { lwhId, name } = virtualWarehouse;
    return success({
      datas: warehouses.map(({ code }) => ({ lwh_id: lwhId, lwh_name: name, wms_co_id: code, enabled: true })),
    });
  }),
};

export const virtualLockRoutes: readonly Route[] = [create, list, warehousesRoute];
