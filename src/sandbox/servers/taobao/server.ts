import { DAY } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Context, Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { failure } from './envelope.ts';
import { createGate, formOf } from './gate.ts';
import { updateMemo } from './memo.ts';
import { type Form, listTrades, oneTrade } from './trades.ts';
import { warehouseTraces } from './warehouse.ts';

const methods: Readonly<Record<string, (world: World, form: Form) => Answer>> = {
  'taobao.trades.sold.increment.get': listTrades('updated_at', 'start_modified', 'end_modified', DAY),
  'taobao.trades.sold.get': listTrades('created_at', 'start_created', 'end_created', Number.POSITIVE_INFINITY),
  'taobao.trade.fullinfo.get': oneTrade,
  'taobao.jds.trade.traces.get': warehouseTraces,
  'taobao.trade.memo.update': updateMemo,
};

/** The open platform of Taobao and Tmall: one address, the interface is in the form. */
export function createTaobao(): Server {
  const answer = ({ world }: Context, call: Call): Answer => {
    const form = formOf(call);
    return methods[form.method ?? '']?.(world, form) ?? failure({ code: 22, msg: 'Invalid Method' });
  };
  return {
    name: 'tmall',
    prefix: '/tmall',
    routes: [{ method: 'POST', path: '', sheet: 'channels.md §1', kind: 'read', answer }],
    guard: createGate(createRateWindows()),
  };
}
