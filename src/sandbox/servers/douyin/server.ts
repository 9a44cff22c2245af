import { loopbackOnly, refuse } from '../doors.ts';
import type { Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { failure } from './envelope.ts';
import { createGate } from './gate.ts';
import { addOrderRemark, orderDetail, searchList } from './orders.ts';
import { deliverPushes, pushUrl } from './push.ts';
import { createToken, refreshToken } from './tokens.ts';

/** The company's shop on Douyin. */
export function createDouyin(): Server {
  const gate = createGate(createRateWindows());
  const ours = loopbackOnly(refuse(403, 'loopback only'));
  return {
    name: 'dy',
    prefix: '/dy',
    routes: [createToken, refreshToken, searchList, orderDetail, addOrderRemark, pushUrl],
    guard: (world, call) => (call.path === pushUrl.path ? ours : gate)(world, call),
    notFound: (world) => failure(world, 'noRight'),
    afterTime: ({ world }) => deliverPushes(world),
  };
}
