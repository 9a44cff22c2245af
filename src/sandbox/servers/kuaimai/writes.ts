import { findWarehouse } from '../../world/company.ts';
import { moveErpOrder, resumeErpOrder } from '../../world/erp.ts';
import { erpItems, findErpOrder, isUnpicked, setQuestion } from '../../world/erp-orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import { findStock, freeOf } from '../../world/stock.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, success } from './answers.ts';
import type { Form } from './gate.ts';
import { HALTED } from './orders.ts';

const WHO = '开放平台';

/** The orders a write names, by the number it names them with; or why it names none. */
function named(world: World, form: Form): { id: number; erp: ErpOrderRow | undefined }[] | Answer {
  const ids = (form.sids ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) return failure('20010', 'sids不能为空');
  if (ids.length > 20) return failure('20011', 'sids最多支持20组');
  return ids.map((id) => ({ id: Number(id), erp: findErpOrder(world, Number(id)) }));
}

/** Does one thing to many orders: `success` says only that the call was understood. */
function partly(found: ReturnType<typeof named>, act: (erp: ErpOrderRow) => boolean): Answer {
  if ('status' in found) return found;
  const successIds = found.filter(({ erp }) => erp !== undefined && act(erp)).map(({ id }) => id);
  const failedIds = found.map(({ id }) => id).filter((id) => !successIds.includes(id));
  return success({ successIds, failedIds }, successIds.length > 0);
}

export function halt(world: World, form: Form): Answer {
  if (form.autoUnHalt !== '0') return failure('20010', '定时解挂在这里不支持');
  return partly(named(world, form), (erp) => {
    if (!isUnpicked(erp)) return false;
    setQuestion(world, erp, world.clock.now(), HALTED, '', WHO);
    return true;
  });
}

export const unhalt = (world: World, form: Form): Answer =>
  partly(named(world, form), (erp) => {
    if (erp.status !== 'Question' || erp.question_type !== HALTED) return false;
    resumeErpOrder(world, erp, world.clock.now(), WHO);
    return true;
  });

export function changeWarehouse(world: World, form: Form): Answer {
  const found = named(world, form);
  if ('status' in found) return found;
  const warehouse = findWarehouse(form.warehouseId ?? '')?.code;
  if (warehouse === undefined) return failure('33', `对应仓库${form.warehouseId ?? null}不存在`);
  let applied = false;
  for (const { id, erp } of found) {
    if (erp === undefined) return failure('34', `订单不存在:${id}`);
    if (!isUnpicked(erp)) return failure('35', erp.status === 'Sent' ? '订单已发货' : '订单已打印，不能换仓');
    if (erp.wms_co_id === warehouse) continue;
    if (form.force !== 'true' && isShort(world, erp, warehouse)) return failure('36', '目标仓库库存不足');
    moveErpOrder(world, erp, world.clock.now(), warehouse, WHO);
    applied = true;
  }
  return success({}, applied);
}

const isShort = (world: World, erp: ErpOrderRow, warehouse: number): boolean =>
  erpItems(world, erp.o_id).some(({ sku, qty }) => {
    const row = findStock(world, warehouse, sku);
    return row === undefined || freeOf(row) < qty;
  });
