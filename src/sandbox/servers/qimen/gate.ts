import { createHash } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { qimen } from '../../world/company.ts';
import { fromBeijing, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { sameText } from '../same-text.ts';
import { gatewayFailure } from './xml.ts';

/** No figure is published: ours. */
const PER_SECOND = 10;

/** The query's values in order of their names, and the body byte for byte. */
function signQimen(secret: string, { query, body }: Call): string {
  const names = [...new Set(query.keys())].filter((name) => name !== 'sign' && query.get(name) !== '').sort();
  const hash = createHash('md5').update(secret + names.map((name) => name + query.get(name)).join(''));
  return hash.update(body).update(secret).digest('hex').toUpperCase();
}

/** Checks of every call: fields, app, clock, signature, warehouse, rate. */
export function createGate(rates: RateWindows): (world: World, call: Call) => Answer | undefined {
  return (world, call) => {
    const { query, fault } = call;
    const missing = ['method', 'app_key', 'customerId', 'timestamp', 'v', 'format', 'sign_method', 'sign'].find(
      (name) => !query.get(name),
    );
    if (missing !== undefined) return gatewayFailure('40', `Missing required arguments:${missing}`);
    if (query.get('app_key') !== qimen.appKey) return gatewayFailure('29', 'Invalid App Key');
    const now = world.clock.now() + (fault?.kind === 'skew' ? fault.ms : 0);
    const at = fromBeijing(query.get('timestamp') ?? '');
    if (at === undefined || Math.abs(at - now) > 10 * MINUTE) return gatewayFailure('31', 'Invalid timestamp');
    if (query.get('sign_method') !== 'md5' || !sameText(query.get('sign') ?? '', signQimen(qimen.appSecret, call)))
      return gatewayFailure('25', 'Invalid signature');
    if (query.get('customerId') !== qimen.customerId) return gatewayFailure('41', 'Invalid customerId');
    const limit = [{ ms: worldWindow(world.clock, SECOND), limit: PER_SECOND }];
    if (fault?.kind !== 'rate-limit' && rates.take(qimen.appKey, world.clock.now(), limit) === undefined)
      return undefined;
    return gatewayFailure('7', 'App Call Limited');
  };
}
