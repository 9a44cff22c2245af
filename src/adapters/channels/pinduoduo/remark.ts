import { z } from 'zod';
import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { Outcome, Refusal } from '../../../domain/outcome.ts';
import type { Remark } from '../../../ports/channel.ts';
import type { Client } from './client.ts';
import { fetchOrder } from './fetch-order.ts';
import { flagOf, tagOf } from './flag.ts';
import { readNote } from './order.ts';

/** When nothing was applied and nobody said how long to wait. */
const pauseMs = 5_000;

interface Noted {
  readonly remark: string;
  readonly flag: string;
}

/** The platform refuses in words; the first that fits decides. */
const byWords: readonly (readonly [RegExp, Refusal])[] = [
  [/不存在/, 'not_found'],
  [/长度|过长|字数|超过/, 'limit'],
  [/权限|未授权/, 'forbidden'],
];

/** A failure hides inside of what looks like success (channels.md §2.2). */
const Noting = z.object({
  success: z.boolean(),
  error_code: z.union([z.string(), z.number()]).nullish(),
  error_msg: z.string().nullish(),
});

/**
 * Reads the order's note, appends, and writes the whole of it, for the platform only replaces (channels.md §7.3). A colour
 * needs its name and a name its colour, so what people chose is sent again when the flag is to stay.
 */
export async function addRemark(
  client: Client,
  orderNo: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<Noted>> {
  try {
    const row = await fetchOrder(client, orderNo, signal);
    if (row === undefined) return { kind: 'refused', code: 'not_found' };
    const before = readNote(row);
    if (before === undefined) return { kind: 'refused', code: 'other', providerText: 'the remark cannot be read' };
    const wanted = flag === undefined ? before : tagOf(flag);
    const tag = wanted.tag === before.tag && before.name !== '' ? before : wanted;
    const isThere = before.remark.includes(text);
    const noted: Noted = {
      remark: isThere ? before.remark : [before.remark, text].filter((part) => part !== '').join('；'),
      flag: flagOf(tag.tag),
    };
    if (isThere && tag.tag === before.tag) return { kind: 'already', value: noted };
    const params = {
      order_sn: orderNo,
      note: noted.remark,
      ...(tag.tag === undefined || tag.name === '' ? {} : { tag: String(tag.tag), tag_name: tag.name }),
    };
    const answer = Noting.safeParse(await client.send({ type: 'pdd.order.note.update', params, write: true }, signal));
    if (!answer.success) return { kind: 'unknown' };
    const { success, error_code, error_msg } = answer.data;
    return success ? { kind: 'done', value: noted } : refusedBy(error_code, error_msg);
  } catch (error) {
    return outcomeOf(error);
  }
}

function refusedBy(code: string | number | null | undefined, words: string | null | undefined): Outcome<never> {
  const text = (words ?? '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 120);
  return {
    kind: 'refused',
    code: byWords.find(([pattern]) => pattern.test(text))?.[1] ?? 'other',
    ...(code === null || code === undefined ? {} : { providerCode: String(code) }),
    ...(text === '' ? {} : { providerText: text }),
  };
}

/** Refusals of the caller, not of what was asked: address, right, token. */
const forbidden = ['PDD_20004', 'PDD_20005', 'PDD_20031', 'PDD_20032', 'PDD_10019'];

/** What an error means for the remark. Errors that are no answer of the platform (bugs) go on. */
function outcomeOf(error: unknown): Outcome<never> {
  if (!(error instanceof AppError)) throw error;
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof AuthExpiredError || error instanceof RejectedError) {
    const isForbidden = error instanceof AuthExpiredError || forbidden.includes(error.code);
    return {
      kind: 'refused',
      code: isForbidden ? 'forbidden' : 'other',
      providerCode: error.code,
      providerText: error.message,
    };
  }
  throw error;
}
