import { z } from 'zod';
import { kuaidi100 } from '../../world/company.ts';
import { MINUTE } from '../../world/time.ts';
import { phoneFits, showTracking } from '../../world/tracking-service.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { sameText } from '../same-text.ts';
import { accept, formOf, overRate, readJson, refuse, signKuaidi100 } from './answers.ts';

const LOCK = 30 * MINUTE;

const Param = z.object({
  com: z.string().min(1),
  num: z.string().min(1).max(32),
  phone: z.string().default(''),
  resultv2: z.enum(['1', '4', '6', '8']).default('1'),
});

/** One number at a time, signed, and not again for half an hour. */
export const query: Route = {
  method: 'POST',
  path: '/poll/query.do',
  sheet: 'fulfillment.md §2.2 query; the code of a locked number: ours',
  kind: 'read',
  answer({ world }, call) {
    const form = formOf(call);
    const text = form.get('param') ?? '';
    const customer = form.get('customer') ?? '';
    const full = overRate(call);
    if (full !== undefined) return full;
    if (text === '' || customer === '') return refuse('400', '提交的数据不完整，或者贵公司没授权');
    const expected = signKuaidi100(text + kuaidi100.key + kuaidi100.customer);
    if (customer !== kuaidi100.customer || !sameText(form.get('sign') ?? '', expected))
      return refuse('503', '验证签名失败');
    if (call.fault?.kind === 'expire-token') return refuse('601', 'POLL:KEY已过期');
    const param = Param.safeParse(readJson(text));
    return param.success ? answerOf(world, param.data) : refuse('400', '找不到对应公司');
  },
};

function answerOf(world: World, { com, num, phone, resultv2 }: z.output<typeof Param>): Answer {
  const now = world.clock.now();
  const last = world.store.get<{ at: number }>('SELECT at FROM tracking_queries WHERE number = ?', num);
  if (last !== undefined && now - last.at < LOCK) return refuse('402', '同一单号查询过于频繁，已锁单');
  world.store.run(
    'INSERT INTO tracking_queries (number, at) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET at = excluded.at',
    num,
    now,
  );
  if (!phoneFits(world, num, com, phone)) return refuse('408', '快递公司参数异常：验证码错误');
  const seen = showTracking(world, num, com, resultv2 !== '1', now);
  return seen === undefined ? refuse('500', '查询无结果，请隔段时间再查') : accept(seen.result);
}
