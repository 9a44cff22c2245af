import { z } from 'zod';
import { kuaidi100 } from '../../world/company.ts';
import { MINUTE } from '../../world/time.ts';
import { companyOf, findSubscription, follow } from '../../world/tracking-service.ts';
import type { Route } from '../exchange.ts';
import { accept, formOf, overRate, readJson, refuse } from './answers.ts';

const AGAIN_AFTER = 30 * MINUTE;
/** Those of the world's carriers, and some that carry nothing here. */
const known: ReadonlySet<string> = new Set([...Object.values(companyOf), 'jtexpress']);

const Param = z.object({
  company: z.string().min(1),
  number: z.string().min(1).max(32),
  key: z.string(),
  parameters: z.object({
    callbackurl: z.url(),
    salt: z.string().default(''),
    phone: z.string().default(''),
    resultv2: z.string().default('1'),
  }),
});

/** Asks for pushes; the key stands inside. */
export const subscribe: Route = {
  method: 'POST',
  path: '/poll',
  sheet: 'fulfillment.md §2.2 subscribe',
  kind: 'write',
  answer({ world }, call) {
    const full = overRate(call);
    if (full !== undefined) return full;
    const form = formOf(call);
    const param = Param.safeParse(readJson(form.get('param') ?? ''));
    if (form.get('schema') !== 'json' || !param.success) return refuse('400', 'POLL:提交的数据不完整');
    const { company, number, key, parameters } = param.data;
    if (key !== kuaidi100.key) return refuse('600', 'POLL:您不是合法的订阅者');
    if (call.fault?.kind === 'expire-token') return refuse('601', 'POLL:KEY已过期');
    if (!known.has(company)) return refuse('700', `POLL:不支持的快递公司：${company}`);
    const now = world.clock.now();
    const old = findSubscription(world, number);
    if (old !== undefined && (old.state === 'polling' || now - old.changed < AGAIN_AFTER))
      return refuse('501', 'POLL:重复订阅');
    const { callbackurl, salt, phone, resultv2 } = parameters;
    follow(world, { number, company, callback: callbackurl, salt, phone, fine: resultv2 === '1' ? 0 : 1 }, now);
    return accept({ result: true, returnCode: '200', message: '提交成功' });
  },
};
