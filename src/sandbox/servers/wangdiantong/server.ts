import type { World } from '../../world/world.ts';
import type { Answer, Call, Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { failure } from './answers.ts';
import { createGate } from './gate.ts';
import { listOrders, type Page, toException } from './orders.ts';
import { applyForPurchase, createTransfer, listStock } from './stock.ts';

interface Interface {
  kind: 'read' | 'write';
  answer(world: World, args: readonly unknown[], page: Page | undefined): Answer;
}

/** How a purchase request is refused whose number is taken is not in the sheet: ours. */
const methods: Readonly<Record<string, Interface>> = {
  'sales.TradeQuery.queryWithDetail': { kind: 'read', answer: listOrders },
  'sales.TradeEdit.toException': { kind: 'write', answer: toException },
  'wms.StockSpec.search2': { kind: 'read', answer: listStock },
  'wms.stocktransfer.Edit.createOrder': { kind: 'write', answer: createTransfer },
  'purchase.PurchaseApply.upload': { kind: 'write', answer: applyForPurchase },
};

/** The company's ERP as Wangdiantong 旗舰版 shows it: one address, the interface is in the query. */
export function createWangdiantong(): Server {
  return {
    name: 'wdt',
    prefix: '/wdt',
    routes: [
      {
        method: 'POST',
        path: '',
        sheet: 'fulfillment.md §1.3',
        kind: 'read',
        interfaceOf({ query }) {
          const name = query.get('method') ?? '';
          const found = methods[name];
          return found === undefined ? undefined : { name, kind: found.kind };
        },
        answer({ world }, call) {
          const found = methods[call.query.get('method') ?? ''];
          if (found === undefined) return failure(100, '权限不足');
          const args = argsOf(call);
          return args === undefined ? failure(1, 'invalid argument count') : found.answer(world, args, pageOf(call));
        },
      },
    ],
    guard: createGate(createRateWindows()),
  };
}

function argsOf({ body }: Call): readonly unknown[] | undefined {
  try {
    const args: unknown = JSON.parse(body.toString('utf8'));
    return Array.isArray(args) ? args : undefined;
  } catch {
    return undefined;
  }
}

/** Pages are counted from 0. */
function pageOf({ query }: Call): Page | undefined {
  const [index, size] = [Number(query.get('page_no') ?? Number.NaN), Number(query.get('page_size') ?? Number.NaN)];
  return Number.isInteger(index) && index >= 0 && size >= 1 ? { index, size: Math.min(size, 1_000) } : undefined;
}
