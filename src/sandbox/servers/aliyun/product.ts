import { randomUUID } from 'node:crypto';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Context, Server } from '../exchange.ts';
import { createRateWindows, type RateWindows } from '../rate-windows.ts';
import { refuseSignature } from './sign.ts';

export const ok = (body: object, applied = false): Answer => ({
  status: 200,
  body: { Code: 'OK', Message: 'OK', RequestId: randomUUID().toUpperCase(), ...body },
  outcome: 'ok',
  applied,
});

/** A business refusal comes with 200 (dingtalk.md §5.2: likely, not verified); a wrong signature with its own status. */
export const refuse = (code: string, status = 200): Answer => ({
  status,
  body: { Code: code, Message: code, RequestId: randomUUID().toUpperCase() },
  outcome: code,
});

/** The variables of a template as they were sent; undefined when they are no JSON. */
export function readParam(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** One product of Alibaba Cloud, by its RPC style: one door, signed, and the action in a header. */
export function createProduct(product: {
  readonly name: string;
  readonly sheet: string;
  /** What too many calls are answered. */
  readonly throttled: Answer;
  readonly actions: Readonly<Record<string, (world: World, query: URLSearchParams, rates: RateWindows) => Answer>>;
  readonly afterTime?: (context: Context) => Promise<void>;
}): Server {
  const { name, sheet, throttled, actions, afterTime } = product;
  const rates = createRateWindows();
  const nonces = new Map<string, number>();
  const answer = (world: World, call: Call): Answer => {
    if (call.fault?.kind === 'rate-limit') return throttled;
    const wanted = String(call.headers['x-acs-action']);
    const action = Object.hasOwn(actions, wanted) ? actions[wanted] : undefined;
    return action === undefined ? refuse('InvalidAction.NotFound', 404) : action(world, call.query, rates);
  };
  return {
    name,
    prefix: `/${name}`,
    routes: [{ method: 'POST', path: '/', sheet, kind: 'write', answer: ({ world }, call) => answer(world, call) }],
    guard: (world, call) => {
      const code = refuseSignature(call, `/${name}`, world.clock.now(), nonces);
      return code === undefined ? undefined : refuse(code, 400);
    },
    notFound: () => refuse('InvalidAction.NotFound', 404),
    ...(afterTime === undefined ? {} : { afterTime }),
  };
}
