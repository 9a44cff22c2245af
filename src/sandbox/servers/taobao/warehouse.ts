import { erpOrderOf } from '../../world/erp-orders.ts';
import { beijing } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { noTrade, success } from './envelope.ts';
import { type Form, orderOf } from './trades.ts';

/** What the company's ERP has uploaded of the trade's way through the warehouse. */
export function warehouseTraces(world: World, form: Form): Answer {
  const order = orderOf(world, form);
  if (order === undefined) return noTrade();
  const erp = erpOrderOf(world, order.no);
  const moments: [string, number | null | undefined][] = [
    ['T_WAIT_SELLER_SEND_GOODS', order.paid_at],
    ['X_TO_SYSTEM', erp?.created],
    ['X_SORT_PRINTED', erp?.sorted_at],
    ['X_LOGISTICS_PRINTED', erp?.labelled_at],
    ['X_OUT_WAREHOUSE', erp?.send_date],
  ];
  const traces = moments.flatMap(([status, at]) =>
    at == null ? [] : [{ tid: BigInt(order.no), status, action_time: beijing(at), seller_nick: '天猫旗舰店' }],
  );
  return success(form.method ?? '', traces.length > 0 ? { traces: { trade_trace: traces } } : {});
}
