import { z } from 'zod';
import { faultKinds } from '../world/faults.ts';
import type { Answer, Call, Context, Route, Server } from './exchange.ts';

/** What a door throws when there is nothing of that name. */
export class NotFound extends Error {}

/** Makes the doors that `sheet` describes: what they return is the answer, what they throw is a refusal. */
export function doorRoute(sheet: string) {
  return (method: Route['method'], path: string, answer: (context: Context, call: Call) => unknown): Route => ({
    method,
    path,
    sheet,
    kind: method === 'GET' ? 'read' : 'write',
    async answer(context, call) {
      try {
        return { status: 200, body: await answer(context, call), outcome: 'ok' };
      } catch (error) {
        if (error instanceof NotFound) return refuse(404, error.message);
        return refuse(400, error instanceof z.ZodError ? z.prettifyError(error) : String(error));
      }
    },
  });
}

/** Lets only this machine in; everyone else gets `refusal`. */
export function loopbackOnly(refusal: Answer): NonNullable<Server['guard']> {
  return (_world, call) => (/^(::ffff:)?127\.|^::1$/.test(call.ip) ? undefined : refusal);
}

/** The JSON of a call; an empty body is `{}`. */
export function bodyOf(call: Call): unknown {
  return call.body.length === 0 ? {} : JSON.parse(call.body.toString('utf8'));
}

/** A refusal as the doors word it. */
export function refuse(status: number, message: string): Answer {
  return { status, body: { error: { code: 'refused', message } }, outcome: 'refused' };
}

/** The fields of a fault on demand, but for the server that has it. */
export const faultFields = {
  route: z.string().optional(),
  kind: z.enum(faultKinds),
  times: z.number().int().positive().nullable().default(1),
  ms: z.number().int().optional(),
};
