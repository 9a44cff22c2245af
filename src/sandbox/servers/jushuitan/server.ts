import type { Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { codes, failure } from './envelope.ts';
import { createGate, refreshToken } from './gate.ts';
import { orderWrites } from './order-writes.ts';
import { orderQuery } from './orders.ts';
import { recordRoutes } from './records.ts';
import { stockQuery, transfer } from './stock.ts';
import { virtualLockRoutes } from './virtual-locks.ts';

/** The company's ERP and warehouse system. */
export function createJushuitan(): Server {
  return {
    name: 'jst',
    prefix: '/jst',
    routes: [orderQuery, ...orderWrites, stockQuery, transfer, ...virtualLockRoutes, ...recordRoutes, refreshToken],
    guard: createGate(createRateWindows()),
    notFound: () => failure(codes.notGranted, '未授权该接口'),
  };
}
