import { worldWindow } from '../../world/clock.ts';
import { shopCredentials } from '../../world/company.ts';
import { MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { codes, paramsOf, refuse, signPinduoduo } from './answers.ts';
import { endToken, REFRESH, whyNoToken } from './tokens.ts';

const { clientId, clientSecret } = shopCredentials.pdd;
/** The true figure is not public; this one only ends a loop that has gone wild. */
const PER_SECOND = 500;

/** Checks of every call: address, common parameters, clock, signature, rate, token. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  return (world, call) => {
    const fault = call.fault?.kind;
    if (fault === 'wrong-ip') return refuse(codes.wrongIp, '访问IP不在白名单', call.ip);
    const params = paramsOf(call);
    const missing = ['type', 'client_id', 'timestamp', 'sign'].find((name) => (params[name] ?? '') === '');
    if (missing !== undefined) return refuse(codes.missing, `公共参数错误:${missing}`);
    if (params.client_id !== clientId) return refuse(codes.unknownApp, 'client_id不存在');
    const now = world.clock.now() + (fault === 'skew' ? (call.fault?.ms ?? 0) : 0);
    const timestamp = params.timestamp ?? '';
    if (!/^\d{10}$/.test(timestamp) || Math.abs(Number(timestamp) * 1_000 - now) > 10 * MINUTE)
      return refuse(codes.missing, '公共参数错误:timestamp');
    if (!sameText(params.sign ?? '', signPinduoduo(clientSecret, params)))
      return refuse(codes.badSign, '签名sign校验失败');
    const limit = [{ ms: worldWindow(world.clock, SECOND), limit: PER_SECOND }];
    if (fault === 'rate-limit' || rates.take(clientId, world.clock.now(), limit) !== undefined)
      return refuse(codes.tooMany, '调用过于频繁，请调整调用频率');
    if (params.type === REFRESH) return undefined;
    if (fault === 'expire-token') endToken(world, params.access_token ?? '');
    return whyNoToken(world, params.access_token ?? '');
  };
}
