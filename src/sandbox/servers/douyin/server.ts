import type { Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { failure } from './envelope.ts';
import { createGate } from './gate.ts';
import { addOrderRemark, orderDetail, searchList } from './orders.ts';
import { createToken, refreshToken } from './tokens.ts';

/** The company's shop on Douyin. */
export function createDouyin(): Server {
  return {
    name: 'dy',
    prefix: '/dy',
    routes: [createToken, refreshToken, searchList, orderDetail, addOrderRemark],
    guard: createGate(createRateWindows()),
    notFound: (world) => failure(world, 'noRight'),
  };
}
