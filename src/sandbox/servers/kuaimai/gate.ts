import { createHash, createHmac } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { kuaimai } from '../../world/company.ts';
import { DAY, fromBeijing, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { failure, success } from './answers.ts';

export const REFRESH = 'open.token.refresh';
const TOKEN_LIFE = 30 * DAY;
/** No figure is published: ours. */
const PER_SECOND = 10;

export type Form = Readonly<Record<string, string>>;

/** The fields of the form a call carries. */
export const formOf = (call: Call): Form => Object.fromEntries(new URLSearchParams(call.body.toString('utf8')));

function signKuaimai(secret: string, form: Form): string {
  const names = Object.keys(form).filter((name) => name !== 'sign' && form[name] !== '');
  const text = names.sort().reduce((all, name) => all + name + (form[name] ?? ''), '');
  return createHmac('md5', secret).update(text, 'utf8').digest('hex').toUpperCase();
}

/** Checks of every call: fields, clock, signature, session, rate. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  return (world, call) => {
    const form = formOf(call);
    const fault = call.fault?.kind;
    const missing = ['method', 'appKey', 'timestamp', 'session', 'version', 'sign'].find((name) => !form[name]);
    if (missing !== undefined) return failure('40', `缺少参数${missing}`);
    const now = world.clock.now() + (fault === 'skew' ? (call.fault?.ms ?? 0) : 0);
    const at = fromBeijing(form.timestamp ?? '');
    if (at === undefined || Math.abs(at - now) > 10 * MINUTE) return failure('31', '时间戳超出允许范围');
    const expected = signKuaimai(kuaimai.appSecret, form);
    if (form.appKey !== kuaimai.appKey || !sameText((form.sign ?? '').toUpperCase(), expected))
      return failure('25', '无效签名');
    if (fault === 'expire-token') world.store.run('UPDATE tokens SET expires_at = 0');
    if (form.method !== REFRESH && !lives(world, form.session ?? '')) return failure('27', '无效的session');
    const limit = [{ ms: worldWindow(world.clock, SECOND), limit: PER_SECOND }];
    if (fault !== 'rate-limit' && rates.take(kuaimai.appKey, world.clock.now(), limit) === undefined) return undefined;
    return {
      status: 429,
      body: { success: false, msg: '请求过于频繁' },
      headers: { 'retry-after': '1' },
      outcome: '429',
    };
  };
}

const lives = (world: World, token: string): boolean =>
  world.store.get('SELECT 1 FROM tokens WHERE access = ? AND expires_at > ?', token, world.clock.now()) !== undefined;

export function refresh(world: World, form: Form): Answer {
  if (world.store.run('DELETE FROM tokens WHERE refresh = ?', form.refreshToken ?? '') === 0)
    return failure('106', 'refreshToken无效');
  const n = world.store.next('token');
  const mint = (kind: string): string => createHash('md5').update(`${world.seed}/${kind}/${n}`).digest('hex');
  const [accessToken, refreshToken] = [mint('access'), mint('refresh')];
  world.store.run(
    'INSERT INTO tokens (access, refresh, expires_at) VALUES (?, ?, ?)',
    accessToken,
    refreshToken,
    world.clock.now() + TOKEN_LIFE,
  );
  return success({ session: { accessToken, refreshToken, expiresIn: TOKEN_LIFE / SECOND } }, true);
}
