import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OutcomeUnknownError, RetryableError } from '../../../domain/errors.ts';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Flag, Remark } from '../../../ports/channel.ts';
import type { Client } from './client.ts';

/** The contract leaves the words for a flag to us (channels.md §6). */
const colours: Readonly<Record<Flag, string>> = { risk: 'red', attention: 'yellow', fine: 'green' };

const Words = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const Noted = z.object({ remark: Words, flag: Words });
const Answer = z.object({ order: Noted });

/** Reads what people wrote, appends, and writes it whole: the API replaces a remark (channels.md §6). */
export async function addRemark(
  client: Client,
  orderNo: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<{ remark: string; flag: string }>> {
  const path = `/v1/orders/${encodeURIComponent(orderNo)}`;
  const row = await client.get(path, {}, signal);
  if (row === undefined) return { kind: 'refused', code: 'not_found' };
  const before = Noted.safeParse(row);
  if (!before.success) throw new RetryableError('GET /v1/orders/…: the answer is no order', { code: 'BAD_ORDER' });
  const after = {
    remark: before.data.remark.includes(text) ? before.data.remark : `${before.data.remark}\n${text}`.trim(),
    flag: flag === undefined ? before.data.flag : colours[flag],
  };
  if (after.remark === before.data.remark && after.flag === before.data.flag) return { kind: 'already', value: after };
  // The same change has the same key; the same words after somebody's correction are another change.
  const key = createHash('sha256')
    .update(JSON.stringify([orderNo, before.data, after]))
    .digest('base64url');
  try {
    const answer = Answer.safeParse(
      await client.post(`${path}/remark`, { text: after.remark, flag: after.flag, idempotency_key: key }, signal),
    );
    return answer.success ? { kind: 'done', value: answer.data.order } : { kind: 'unknown' };
  } catch (error) {
    if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
    throw error;
  }
}
