import { createHash } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { wangdiantong } from '../../world/company.ts';
import { MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { failure } from './answers.ts';

/** 2012-01-01 00:00:00 in Beijing. */
const EPOCH = 1_325_347_200 * SECOND;
const PER_MINUTE = 60;
const PENALTY = 5 * MINUTE;
const TOO_FAST = '超过每分钟最大调用频率限制，请稍后重试';

function signWangdiantong(secret: string, query: URLSearchParams, body: string): string {
  const pairs = [...query].filter(([name]) => name !== 'sign');
  const sorted = [...pairs, ['body', body] as const].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = sorted.map(([name, value]) => name + value).join('');
  return createHash('md5').update(`${secret}${text}${secret}`, 'utf8').digest('hex');
}

/** Checks of every call: address, account, clock, version, signature, rate. Who was too fast is deaf for five minutes. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  let silentUntil = 0;
  return (world, { query, body, fault, ip }) => {
    if (fault?.kind === 'wrong-ip' || !world.settings.allowedIps.includes(ip)) return failure(6, 'ip限制');
    const [secret = '', salt = ''] = wangdiantong.appSecret.split(':');
    if (query.get('sid') !== wangdiantong.sid) return failure(1, 'sid is not exists');
    if (query.get('key') !== wangdiantong.appKey || query.get('salt') !== salt) return failure(1, 'app auth fail');
    const now = world.clock.now() + (fault?.kind === 'skew' ? fault.ms : 0);
    const at = EPOCH + Number(query.get('timestamp') ?? Number.NaN) * SECOND;
    if (!(Math.abs(at - now) <= 2 * MINUTE)) return failure(7, '时间戳错误');
    if (query.get('v') !== '1.0') return failure(8, '版本错误');
    const expected = signWangdiantong(secret, query, body.toString('utf8'));
    if (!sameText(query.get('sign') ?? '', expected)) return failure(1, '验证失败');
    if (fault?.kind === 'rate-limit' || world.clock.now() < silentUntil) return failure(100, TOO_FAST);
    const limit = [{ ms: worldWindow(world.clock, MINUTE), limit: PER_MINUTE }];
    if (rates.take(wangdiantong.appKey, world.clock.now(), limit) === undefined) return undefined;
    silentUntil = world.clock.now() + worldWindow(world.clock, PENALTY);
    return failure(100, TOO_FAST);
  };
}
