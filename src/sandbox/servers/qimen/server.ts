import type { World } from '../../world/world.ts';
import type { Answer, Call, Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { createGate } from './gate.ts';
import { cancelOrder, pendOrder, queryProcess } from './orders.ts';
import { createTransfer, queryInventory } from './stock.ts';
import { failure, gatewayFailure, type Request, readRequest, text } from './xml.ts';

interface Interface {
  readonly kind: 'read' | 'write';
  readonly answer: (world: World, request: Request) => Answer;
}

const prefix = 'taobao.qimen.';
const methods: Readonly<Record<string, Interface>> = {
  'orderprocess.query': { kind: 'read', answer: queryProcess },
  'inventory.query': { kind: 'read', answer: queryInventory },
  'order.cancel': { kind: 'write', answer: cancelOrder },
  'order.pending': { kind: 'write', answer: pendOrder },
  'transferorder.create': { kind: 'write', answer: createTransfer },
};

function methodOf({ query }: Call): string {
  const method = query.get('method') ?? '';
  return method.startsWith(prefix) ? method.slice(prefix.length) : '';
}

/** `order.pending` is two things by one name: the log tells them apart. */
function nameOf(call: Call): string {
  const request = readRequest(call.body);
  const isRestore = request !== undefined && text('actionType', request) === 'restore';
  return isRestore ? `${methodOf(call)} restore` : methodOf(call);
}

/** The company's warehouse behind the Qimen gateway: one address, the interface is in the query. */
export function createQimen(): Server {
  return {
    name: 'qimen',
    prefix: '/qimen',
    routes: [
      {
        method: 'POST',
        path: '',
        sheet: 'fulfillment.md §1.1',
        kind: 'read',
        interfaceOf(call) {
          const found = methods[methodOf(call)];
          return found === undefined ? undefined : { name: nameOf(call), kind: found.kind };
        },
        answer({ world }, call) {
          const found = methods[methodOf(call)];
          if (found === undefined) return gatewayFailure('22', 'Invalid Method');
          const request = readRequest(call.body);
          return request === undefined ? failure('30033', '报文不正确') : found.answer(world, request);
        },
      },
    ],
    guard: createGate(createRateWindows()),
  };
}
