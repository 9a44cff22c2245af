import type { World } from '../../world/world.ts';
import type { Answer, Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { failure } from './answers.ts';
import { createGate, type Form, formOf, REFRESH, refresh } from './gate.ts';
import { listOrders } from './orders.ts';
import { listStock } from './stock.ts';
import { changeWarehouse, halt, unhalt } from './writes.ts';

interface Interface {
  kind: 'read' | 'write';
  answer(world: World, form: Form): Answer;
}

/** Fields of the order and the refresh are not in the sheet: shapes ours. */
const methods: Readonly<Record<string, Interface>> = {
  [REFRESH]: { kind: 'write', answer: refresh },
  'erp.trade.list.query': { kind: 'read', answer: listOrders },
  'stock.api.status.query': { kind: 'read', answer: listStock },
  'erp.trade.halt': { kind: 'write', answer: halt },
  'erp.trade.unhalt': { kind: 'write', answer: unhalt },
  'erp.trade.change.warehouse': { kind: 'write', answer: changeWarehouse },
};

/** The company's ERP as Kuaimai shows it: one address, the interface is in the form. */
export function createKuaimai(): Server {
  return {
    name: 'kuaimai',
    prefix: '/kuaimai',
    routes: [
      {
        method: 'POST',
        path: '',
        sheet: 'fulfillment.md §1.4',
        kind: 'read',
        interfaceOf(call) {
          const { method = '' } = formOf(call);
          const found = methods[method];
          return found === undefined ? undefined : { name: method, kind: found.kind };
        },
        answer({ world }, call) {
          const form = formOf(call);
          return methods[form.method ?? '']?.answer(world, form) ?? failure('22', '无效的method');
        },
      },
    ],
    guard: createGate(createRateWindows()),
  };
}
