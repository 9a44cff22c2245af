import { worldWindow } from '../../world/clock.ts';
import { shopCredentials } from '../../world/company.ts';
import { MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { failure } from './envelope.ts';
import { isCanonical, signDouyin } from './sign.ts';
import { endToken, stateOfToken } from './tokens.ts';

/** Ours: the platform does not publish its limit. */
const PER_SECOND = 100;

/** Checks of every call: address, fields, clock, signature, token, rate. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  return (world, call) => {
    const { appKey, appSecret } = shopCredentials.dy;
    const fault = call.fault?.kind;
    if (fault === 'wrong-ip' || !world.settings.allowedIps.includes(call.ip)) return failure(world, 'wrongIp');
    const told = (name: string): string => call.query.get(name) ?? '';
    const isToken = call.path.startsWith('/token/');
    const needed = ['method', 'app_key', 'timestamp', 'v', 'sign', ...(isToken ? [] : ['access_token'])];
    if (needed.some((name) => told(name) === '')) return failure(world, 'missing');
    const now = world.clock.now() + (fault === 'skew' ? (call.fault?.ms ?? 0) : 0);
    const timestamp = told('timestamp');
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * SECOND - now) > 10 * MINUTE)
      return failure(world, 'badTime', { date: new Date(now).toUTCString() });
    const paramJson = call.body.toString('utf8');
    const method = told('method');
    const expected = signDouyin(appSecret, { appKey, method, paramJson, timestamp });
    const isSigned =
      told('app_key') === appKey && method === call.path.slice(1).replace('/', '.') && isCanonical(paramJson);
    if (!isSigned || !sameText(told('sign'), expected)) return failure(world, 'badSign');
    if (fault === 'expire-token') endToken(world);
    if (!isToken) {
      const state = stateOfToken(world, told('access_token'));
      if (state !== 'alive') return failure(world, state === 'over' ? 'tokenOver' : 'tokenUnknown');
    }
    const limit = [{ ms: worldWindow(world.clock, SECOND), limit: PER_SECOND }];
    const isFull = rates.take(appKey, world.clock.now(), limit) !== undefined;
    return isFull || fault === 'rate-limit' ? failure(world, 'tooMany') : undefined;
  };
}
