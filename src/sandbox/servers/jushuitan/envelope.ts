import type { z } from 'zod';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Route } from '../exchange.ts';

export const codes = {
  badSign: 10,
  tokenInvalid: 100,
  wrongIp: 110,
  missing: 130,
  clockOff: 140,
  refused: 170,
  refreshForbidden: 150,
  notGranted: 190,
  perSecond: 199,
  perMinute: 200,
  badValue: 10015,
} as const;

/** The envelope of a call that the ERP accepted. */
export function success(data: unknown, applied = false): Answer {
  return { status: 200, body: { code: 0, msg: '执行成功', data }, outcome: 'ok', applied };
}

/** The envelope of a refused call; HTTP says 200 all the same. */
export function failure(code: number, msg: string): Answer {
  return { status: 200, body: { code, msg, data: null }, outcome: String(code) };
}

/** The fields of the form a call carries. */
export function formOf(call: Call): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(call.body.toString('utf8')));
}

/** A route whose `biz` has this shape. */
export function bizRoute<Biz>(
  shape: z.ZodType<Biz>,
  answer: (world: World, biz: Biz, at: number) => Answer,
): Route['answer'] {
  return ({ world }, call) => {
    let raw: unknown;
    try {
      raw = JSON.parse(formOf(call).biz ?? '{}');
    } catch {
      return failure(codes.badValue, 'biz不是合法的JSON');
    }
    const parsed = shape.safeParse(raw);
    if (parsed.success) return answer(world, parsed.data, world.clock.now());
    const issue = parsed.error.issues[0];
    const missing = issue?.code === 'invalid_type' && issue.input === undefined;
    return failure(
      missing ? codes.missing : codes.badValue,
      `参数错误：${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  };
}

/** One page of a list, in the shape all lists share. */
export function paged<Row>(
  name: string,
  rows: readonly Row[],
  total: number,
  pageIndex: number,
  pageSize: number,
): object {
  const pageCount = Math.ceil(total / pageSize);
  return {
    page_index: pageIndex,
    page_size: pageSize,
    data_count: total,
    page_count: pageCount,
    has_next: pageIndex < pageCount,
    [name]: rows,
  };
}
