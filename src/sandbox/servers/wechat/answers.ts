import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Call } from '../exchange.ts';

/** Codes of channels.md §5.3 that this platform answers. */
export const codes = {
  busy: -1,
  badToken: 40001,
  unknownApp: 40013,
  badSecret: 40125,
  tokenOver: 42001,
  noBody: 44002,
  perMinute: 45011,
  badJson: 47001,
  noRight: 48001,
  wrongIp: 61004,
  badValue: 100001,
  notThere: 100002,
} as const;

export function ok(body: object, applied = false): Answer {
  return { status: 200, body: { errcode: 0, errmsg: 'ok', ...body }, outcome: 'ok', applied };
}

/** A refusal; HTTP says 200 all the same. */
export function refuse(errcode: number, words: string): Answer {
  const rid = createHash('md5')
    .update(words)
    .digest('hex')
    .slice(0, 24)
    .replace(/(.{8})(?=.)/g, '$1-');
  return { status: 200, body: { errcode, errmsg: `${words} rid: ${rid}` }, outcome: String(errcode) };
}

/** The JSON body of a call in this shape, or what is wrong with it. */
export function readBody<Body>(call: Call, shape: z.ZodType<Body>): { body: Body } | { refused: Answer } {
  if (call.body.length === 0) return { refused: refuse(codes.noBody, 'empty post data') };
  let raw: unknown;
  try {
    raw = JSON.parse(call.body.toString('utf8'));
  } catch {
    return { refused: refuse(codes.badJson, 'data format error') };
  }
  const parsed = shape.safeParse(raw);
  return parsed.success ? { body: parsed.data } : { refused: refuse(codes.badValue, z.prettifyError(parsed.error)) };
}
