import { createHash } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { jushuitan, TOKEN_LIFE } from '../../world/company.ts';
import { MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Route } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { codes, failure, formOf, success } from './envelope.ts';
import { signJushuitan } from './sign.ts';

const REFRESH_PATH = '/openWeb/auth/refreshToken';

/** Checks of every call: address, fields, clock, signature, token, rate. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  return (world, call) => {
    const fault = call.fault?.kind;
    if (fault === 'wrong-ip' || !world.settings.allowedIps.includes(call.ip))
      return failure(codes.wrongIp, 'IP不在白名单');
    const form = formOf(call);
    const refreshing = call.path === REFRESH_PATH;
    const needed = [
      'app_key',
      'timestamp',
      'sign',
      ...(refreshing ? ['refresh_token'] : ['access_token', 'version', 'charset']),
    ];
    const missing = needed.find((name) => (form[name] ?? '') === '');
    if (missing !== undefined) return failure(codes.missing, `缺少参数${missing}`);
    const now = world.clock.now() + (fault === 'skew' ? (call.fault?.ms ?? 0) : 0);
    const timestamp = form.timestamp ?? '';
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1_000 - now) > 15 * MINUTE) {
      return failure(codes.clockOff, '时间戳与服务器时间相差超过15分钟');
    }
    const expected = signJushuitan(jushuitan.appSecret, form);
    if (form.app_key !== jushuitan.appKey || !sameText(form.sign ?? '', expected))
      return failure(codes.badSign, '签名错误');
    if (fault === 'expire-token') world.store.run('UPDATE tokens SET expires_at = 0');
    if (!refreshing && !tokenLives(world, form.access_token ?? ''))
      return failure(codes.tokenInvalid, 'access_token无效或已过期');
    return overRate(world, rates, fault === 'rate-limit');
  };
}

function overRate(world: World, rates: RateWindows, forced: boolean): Answer | undefined {
  const { jushuitanPerSecond, jushuitanPerMinute } = world.settings;
  const full = rates.take(jushuitan.appKey, world.clock.now(), [
    { ms: worldWindow(world.clock, SECOND), limit: jushuitanPerSecond },
    { ms: worldWindow(world.clock, MINUTE), limit: jushuitanPerMinute },
  ]);
  if (forced || full === 0) return failure(codes.perSecond, '调用频率超过每秒限制');
  return full === 1 ? failure(codes.perMinute, '调用频率超过每分钟限制') : undefined;
}

function tokenLives(world: World, token: string): boolean {
  return (
    world.store.get('SELECT 1 FROM tokens WHERE access = ? AND expires_at > ?', token, world.clock.now()) !== undefined
  );
}

export const refreshToken: Route = {
  method: 'POST',
  path: REFRESH_PATH,
  sheet: 'fulfillment.md §1.2 token; shape: ours',
  kind: 'write',
  answer({ world }, call) {
    const old = formOf(call).refresh_token ?? '';
    const known = world.store.run('DELETE FROM tokens WHERE refresh = ?', old);
    if (known === 0) return failure(codes.refreshForbidden, 'refresh_token无效');
    const n = world.store.next('token');
    const mint = (kind: string): string => createHash('md5').update(`${world.seed}/${kind}/${n}`).digest('hex');
    const access = mint('access');
    const refresh = mint('refresh');
    world.store.run(
      'INSERT INTO tokens (access, refresh, expires_at) VALUES (?, ?, ?)',
      access,
      refresh,
      world.clock.now() + TOKEN_LIFE,
    );
    return success(
      { access_token: access, refresh_token: refresh, expires_in: TOKEN_LIFE / SECOND, scope: 'all' },
      true,
    );
  },
};
