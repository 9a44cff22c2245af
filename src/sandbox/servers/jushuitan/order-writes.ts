import { z } from 'zod';
import { findWarehouse } from '../../world/company.ts';
import { moveErpOrder } from '../../world/erp.ts';
import {
  actOn,
  cancelErpOrder,
  changeErp,
  erpOrderOf,
  findErpOrder,
  isUnpicked,
  setQuestion,
} from '../../world/erp-orders.ts';
import type { ErpOrderRow } from '../../world/rows.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { bizRoute, codes, failure, success } from './envelope.ts';

const id = z.coerce.number().int();
const Reroute = z
  .array(z.object({ o_id: id, wms_co_id: id }))
  .min(1)
  .max(50);

const reroute: Route = {
  method: 'POST',
  path: '/open/orders/modifywms/upload',
  sheet: 'fulfillment.md §1.2 reroute',
  kind: 'write',
  answer: bizRoute(Reroute, (world, biz, at) => {
    const results = biz.map((one) => rerouteOne(world, one.o_id, one.wms_co_id, at));
    return success(
      results.map(({ o_id, code, issuccess, msg }) => ({ o_id, code, issuccess, msg })),
      results.some((one) => one.applied),
    );
  }),
};

interface Result {
  o_id: number;
  code: number;
  issuccess: boolean;
  msg: string;
  applied: boolean;
}

function rerouteOne(world: World, oId: number, warehouse: number, at: number): Result {
  const refuse = (msg: string): Result => ({ o_id: oId, code: codes.refused, issuccess: false, msg, applied: false });
  const erp = findErpOrder(world, oId);
  if (erp === undefined) return refuse('订单不存在');
  if (findWarehouse(warehouse) === undefined) return refuse('仓库不存在');
  const done = { o_id: oId, code: 0, issuccess: true, msg: '' };
  if (!isUnpicked(erp)) return refuse(whyNot(erp));
  if (erp.wms_co_id === warehouse) return { ...done, applied: false };
  moveErpOrder(world, erp, at, warehouse, '开放平台');
  return { ...done, applied: true };
}

function whyNot(erp: ErpOrderRow): string {
  if (erp.status === 'Delivering') return '订单已拣货，不允许修改';
  return erp.status === 'Sent' ? '订单已发货，不允许修改' : '订单已取消，不允许修改';
}

const Questions = z.object({
  o_ids: z.array(id).max(50).optional(),
  so_ids: z.array(z.string()).max(50).optional(),
  channel: z.string().default('open'),
  question_type: z.string().min(1).max(50),
  question_desc: z.string().max(500).default(''),
});

const hold: Route = {
  method: 'POST',
  path: '/open/webapi/orderapi/questionorder/questions',
  sheet: 'fulfillment.md §1.2 hold',
  kind: 'write',
  answer: bizRoute(Questions, (world, biz, at) => {
    const found = [
      ...(biz.o_ids ?? []).map((oId) => ({ id: String(oId), erp: findErpOrder(world, oId) })),
      ...(biz.so_ids ?? []).map((no) => ({ id: no, erp: erpOrderOf(world, no) })),
    ];
    if (found.length === 0) return failure(codes.missing, '缺少参数o_ids');
    return partly(found, (erp) => {
      if (!isUnpicked(erp)) return whyNot(erp);
      setQuestion(world, erp, at, biz.question_type, biz.question_desc, biz.channel);
      return undefined;
    });
  }),
};

const Cancel = z.object({
  o_ids: z.array(id).min(1).max(50),
  cancel_type: z.string().default(''),
  remark: z.string().default(''),
});

const cancel: Route = {
  method: 'POST',
  path: '/open/jushuitan/orderbyoid/cancel',
  sheet: 'fulfillment.md §1.2 cancel',
  kind: 'write',
  answer: bizRoute(Cancel, (world, biz, at) =>
    partly(
      biz.o_ids.map((oId) => ({ id: String(oId), erp: findErpOrder(world, oId) })),
      (erp) => {
        if (!isUnpicked(erp)) return whyNot(erp);
        cancelErpOrder(world, erp, at, `${biz.cancel_type} ${biz.remark}`.trim(), '开放平台');
        return undefined;
      },
    ),
  ),
};

/** Does one thing to many orders; some failing while others succeed is normal. */
function partly(
  found: readonly { id: string; erp: ErpOrderRow | undefined }[],
  act: (erp: ErpOrderRow) => string | undefined,
): Answer {
  const message: { id: string; msg: string }[] = [];
  for (const { id: asked, erp } of found) {
    const msg = erp === undefined ? '订单不存在' : act(erp);
    if (msg !== undefined) message.push({ id: asked, msg });
  }
  const ok = found.length - message.length;
  return success({ success: ok, fail: message.length, message }, ok > 0);
}

const Label = z.object({
  o_id: id,
  action_type: z.union([z.literal(1), z.literal(2)]),
  labels: z.array(z.string()).min(1),
});

const label: Route = {
  method: 'POST',
  path: '/open/jushuitan/order/label/upload',
  sheet: 'fulfillment.md §1.2 labels on the order; shape: ours',
  kind: 'write',
  answer: bizRoute(z.union([Label, z.array(Label).length(1)]), (world, biz, at) => {
    const { o_id, action_type, labels } = Array.isArray(biz) ? (biz[0] as z.infer<typeof Label>) : biz;
    const erp = findErpOrder(world, o_id);
    if (erp === undefined) return failure(codes.refused, '订单不存在');
    if (labels.some((one) => [...one].length > 10)) return failure(codes.refused, '标签不能超过10个字');
    const old = JSON.parse(erp.labels) as string[];
    const next = action_type === 1 ? [...new Set([...old, ...labels])] : old.filter((one) => !labels.includes(one));
    if (next.length >= 20) return failure(codes.refused, '标签数量超过限制');
    if (next.length === old.length && action_type === 1) return success({ o_id });
    changeErp(world, o_id, at, { labels: JSON.stringify(next) });
    actOn(world, o_id, at, action_type === 1 ? '添加标签' : '移除标签', '开放平台', labels.join(','));
    return success({ o_id }, true);
  }),
};

const Remark = z.object({ o_id: id, remark: z.string().max(500) });

const remark: Route = {
  method: 'POST',
  path: '/open/jushuitan/order/remark/upload',
  sheet: 'fulfillment.md §1.2 remark; shape: ours',
  kind: 'write',
  answer: bizRoute(Remark, (world, biz, at) => {
    const erp = findErpOrder(world, biz.o_id);
    if (erp === undefined) return failure(codes.refused, '订单不存在');
    if (erp.remark === biz.remark) return success({ o_id: biz.o_id });
    changeErp(world, biz.o_id, at, { remark: biz.remark });
    actOn(world, biz.o_id, at, '修改备注', '开放平台', biz.remark);
    return success({ o_id: biz.o_id }, true);
  }),
};

export const orderWrites: readonly Route[] = [reroute, hold, cancel, label, remark];
