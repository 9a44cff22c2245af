import { worldWindow } from '../../world/clock.ts';
import { shopCredentials } from '../../world/company.ts';
import { fromBeijing, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { asXml, failure } from './envelope.ts';
import { signTop } from './sign.ts';

const { appKey, appSecret, session } = shopCredentials.tmall;
/** Calls of one interface in a second. */
const PER_SECOND = 1_000;

/** The fields of the form a call carries. */
export function formOf(call: Call): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(call.body.toString('utf8')));
}

/** Checks of every call: fields, app, clock, signature, address, session, rate. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  return (world, call) => {
    const form = formOf(call);
    const missing = ['method', 'app_key', 'timestamp', 'v', 'sign_method', 'sign'].find((name) => !form[name]);
    if (form.format !== 'json') return asXml({ code: 23, msg: 'Invalid Format' });
    if (missing !== undefined) return failure({ code: 40, msg: `Missing required arguments:${missing}` });
    if (form.app_key !== appKey) return failure({ code: 29, msg: 'Invalid App Key' });
    if (isOff(world, call, form.timestamp ?? '')) return failure({ code: 31, msg: 'Invalid Timestamp' });
    const expected = signTop(appSecret, form);
    if (expected === undefined || !sameText(form.sign ?? '', expected))
      return failure({ code: 25, msg: 'Invalid signature' });
    return admit(world, call, form, rates);
  };
}

function isOff(world: World, { fault }: Call, timestamp: string): boolean {
  const now = world.clock.now() + (fault?.kind === 'skew' ? fault.ms : 0);
  const at = fromBeijing(timestamp);
  return at === undefined || Math.abs(at - now) > 10 * MINUTE;
}

function admit(world: World, { fault }: Call, form: Record<string, string>, rates: RateWindows): Answer | undefined {
  if (fault?.kind === 'wrong-ip') {
    const sub_code = 'isv.permission-ip-whitelist-limit';
    return failure({ code: 11, msg: 'Insufficient isv permissions', sub_code, sub_msg: 'IP限制不允许访问' });
  }
  if (!form.session) return failure({ code: 26, msg: 'Missing Session' });
  if (form.session !== session || fault?.kind === 'expire-token')
    return failure({ code: 27, msg: 'Invalid Session', sub_code: 'session-expired', sub_msg: 'SessionKey已过期' });
  const limit = [{ ms: worldWindow(world.clock, SECOND), limit: PER_SECOND }];
  const isFull = rates.take(form.method ?? '', world.clock.now(), limit) !== undefined;
  if (!isFull && fault?.kind !== 'rate-limit') return undefined;
  const sub_code = 'accesscontrol.limited-by-api-access-count';
  return failure({ code: 7, msg: 'App Call Limited', sub_code, sub_msg: 'This ban will last for 1 more seconds' });
}
