import type { World } from '../../world/world.ts';
import { loopbackOnly, refuse as refuseDoor } from '../doors.ts';
import type { Answer, Call, Server } from '../exchange.ts';
import { acceptAddress, askAddress, rejectAddress } from './addresses.ts';
import { codes, refuse } from './answers.ts';
import { listOrders, oneOrder, updateNotes } from './orders.ts';
import { deliverPushes, pushUrl } from './push.ts';
import { endToken, stableToken, whyNoToken } from './tokens.ts';

/** The open interfaces of the WeChat shop. */
export function createWechat(): Server {
  const ours = loopbackOnly(refuseDoor(403, 'loopback only'));
  return {
    name: 'wx',
    prefix: '/wx',
    routes: [stableToken, listOrders, oneOrder, updateNotes, acceptAddress, rejectAddress, askAddress, pushUrl],
    guard: (world, call) => (call.path === pushUrl.path || call.path === askAddress.path ? ours : guard)(world, call),
    notFound: () => refuse(codes.noRight, 'api unauthorized'),
    afterTime: ({ world }) => deliverPushes(world),
  };
}

/** Checks of every call: address, limit, token. */
function guard(world: World, call: Call): Answer | undefined {
  const fault = call.fault?.kind;
  if (fault === 'wrong-ip') return refuse(codes.wrongIp, `access clientip is not registered, ${call.ip}`);
  if (fault === 'rate-limit') return refuse(codes.perMinute, 'api minute-quota reach limit');
  if (call.path === stableToken.path) return undefined;
  if (fault === 'expire-token') endToken(world);
  return whyNoToken(world, call.query.get('access_token') ?? '');
}
