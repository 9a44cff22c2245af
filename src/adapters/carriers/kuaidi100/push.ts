import { parse } from 'lossless-json';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { PushAnswer, Tracking, TrackingState } from '../../../ports/carrier.ts';
import { isSigned, sign } from './sign.ts';
import { Result, readResult } from './tracking.ts';

const Push = z.looseObject({ status: z.string(), lastResult: Result });

/** Any other state (polling, updateall) leaves it to the list itself. */
const ends: ReadonlyMap<string, TrackingState> = new Map([
  ['shutdown', 'finished'],
  ['abort', 'given-up'],
]);

/** A signed push (fulfillment.md §2.2). Only what was signed is read. */
export function readPush(rawBody: Buffer, salt: string): Tracking {
  const form = new URLSearchParams(rawBody.toString('utf8'));
  const param = form.get('param') ?? '';
  if (param === '' || !isSigned(sign(param, salt), form.get('sign') ?? ''))
    throw new RejectedError('kuaidi100: a push that is not signed with our salt', { code: 'BAD_SIGNATURE' });
  const push = Push.safeParse(readJson(param));
  if (!push.success) throw new RejectedError('kuaidi100: a push that cannot be read', { code: 'BAD_PUSH' });
  return readResult(push.data.lastResult, ends.get(push.data.status));
}

/** Numbers stay text: a waybill may have more digits than a JS number. */
function readJson(text: string): unknown {
  try {
    return parse(text, undefined, { parseNumber: String, onDuplicateKey: ({ newValue }) => newValue });
  } catch {
    return undefined;
  }
}

const answers = {
  taken: { status: 200, result: true, returnCode: '200', message: '成功' },
  refused: { status: 401, result: false, returnCode: '503', message: '签名错误' },
  failed: { status: 500, result: false, returnCode: '500', message: '失败，请重推' },
} as const;

/** Anything but a `result` of true is pushed again, three times at 35 minutes (fulfillment.md §2.2). */
export function answerPush(outcome: keyof typeof answers): PushAnswer {
  const { status, ...body } = answers[outcome];
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
