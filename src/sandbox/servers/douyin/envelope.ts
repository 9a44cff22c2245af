import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Route } from '../exchange.ts';

export const refusals = {
  noRight: [30_001, 'isv.app-permissions-insufficient', '应用权限不足'],
  wrongIp: [30_002, 'isv.ip-not-in-white-list', 'IP不在白名单内'],
  missing: [40_001, 'isv.parameter-missing', '缺少必选参数'],
  badSign: [40_003, 'isv.signature-invalid', '无效签名'],
  badTime: [40_003, 'isv.timestamp-invalid', '无效时间戳'],
  tokenOver: [40_003, 'isv.access-token-expired', 'access_token已过期'],
  tokenUnknown: [40_003, 'isv.access-token-no-existed', 'access_token不存在'],
  badValue: [40_004, 'isv.parameter-invalid:1', '参数不合法'],
  noToken: [50_001, 'dop.token-generate-failed:1', '生成token失败'],
  noOrder: [50_002, 'isv.business-failed:2', '订单不存在'],
  tooMany: [60_000, 'dop.rate-limited', '请求过于频繁'],
} as const;

/** An identifier that goes out as a JSON number, though it is beyond 2^53. */
export const int64 = (digits: string): string => `int64:${digits}`;

/** The envelope of a call that did what it was asked. */
export function success(world: World, data: unknown, applied = false): Answer {
  const body = { code: 10_000, msg: 'success', sub_code: '', sub_msg: '', log_id: logId(world), data };
  const text = JSON.stringify(body).replace(/"int64:(\d+)"/g, '$1');
  return { status: 200, body: Buffer.from(text), outcome: 'ok', applied };
}

/** The envelope of a refused call; HTTP says 200 all the same. */
export function failure(world: World, refusal: keyof typeof refusals, headers: Record<string, string> = {}): Answer {
  const [code, subCode, words] = refusals[refusal];
  const body = { code, msg: words, sub_code: subCode, sub_msg: words, log_id: logId(world), data: null };
  return { status: 200, body, headers, outcome: String(code) };
}

const logId = (world: World): string =>
  createHash('md5')
    .update(`${world.seed}/log/${world.store.next('dy-log')}`)
    .digest('hex')
    .toUpperCase();

/** A route whose body has this shape. */
export function route<Param>(
  path: string,
  kind: Route['kind'],
  shape: z.ZodType<Param>,
  answer: (world: World, param: Param, at: number) => Answer,
): Route {
  return {
    method: 'POST',
    path,
    sheet: 'channels.md §3.2',
    kind,
    answer: ({ world }, call) => {
      const param = shape.safeParse(bodyOf(call), { reportInput: true });
      if (param.success) return answer(world, param.data, world.clock.now());
      const isMissing = param.error.issues.some((issue) => issue.code === 'invalid_type' && issue.input === undefined);
      return failure(world, isMissing ? 'missing' : 'badValue');
    },
  };
}

function bodyOf(call: Call): unknown {
  try {
    return JSON.parse(call.body.toString('utf8'));
  } catch {
    return undefined;
  }
}
