import { z } from 'zod';
import type { Outcome } from '../../../domain/outcome.ts';
import type { Flag, Remark } from '../../../ports/channel.ts';
import { type Ask, outcomeOf } from '../../shopify/client.ts';
import { readRemark, writeRemark } from './queries.ts';

/** Buyer and staff write into the same note (channels.md §4.3); by this our own lines are told apart. */
const mark = '[war room] ';
/** What a note holds at most. */
const noteLimit = 5_000;

/** A shop has no colours: people find the order by its tag (channels.md §7.2). */
const tags: Readonly<Record<Flag, string>> = {
  risk: 'war-room-risk',
  attention: 'war-room-attention',
  fine: 'war-room-fine',
};

/** The note without what we wrote into it. */
export const buyersWords = (note: string): string =>
  note
    .split('\n')
    .filter((line) => !line.startsWith(mark))
    .join('\n')
    .trim();

interface Noted {
  readonly remark: string;
  readonly flag: string;
}

const Noted = z
  .object({ note: z.string().nullish(), tags: z.array(z.string()).nullish() })
  .transform(({ note, tags: told }) => ({ note: note ?? '', tags: told ?? [] }));
const Written = z.object({ order: Noted.nullish(), userErrors: z.array(z.unknown()) });

/**
 * Appends a line to the note and sets one of our tags: read, compare, write once. A text or tag that is there is not written
 * again. What a person writes into the note between our reading and our writing is lost: the shop takes it only whole (§7.3).
 */
export async function addRemark(
  ask: Ask,
  orderNo: string,
  { text, flag }: Remark,
  signal: AbortSignal,
): Promise<Outcome<Noted>> {
  if (!/^\d{1,20}$/.test(orderNo)) return { kind: 'refused', code: 'not_found' };
  const id = `gid://shopify/Order/${orderNo}`;
  try {
    const { order } = (await ask(readRemark, { id }, signal)).data;
    if (order === null || order === undefined) return { kind: 'refused', code: 'not_found' };
    const now = Noted.parse(order);
    const line = text.replace(/\s+/g, ' ').trim();
    const noting = line !== '' && !now.note.includes(line);
    const note = noting ? [now.note.trimEnd(), mark + line].filter((part) => part !== '').join('\n') : now.note;
    if (noting && note.length > noteLimit) return { kind: 'refused', code: 'limit' };
    const has = (tag: string): boolean => now.tags.some((each) => each.toLowerCase() === tag);
    const wanted = flag === undefined ? undefined : tags[flag];
    const add = wanted === undefined || has(wanted) ? [] : [wanted];
    const remove = wanted === undefined ? [] : Object.values(tags).filter((tag) => tag !== wanted && has(tag));
    const steps = { noting, adding: add.length > 0, removing: remove.length > 0 };
    if (!noting && add.length + remove.length === 0) return { kind: 'already', value: notedAs(now) };
    const { data } = await ask(writeRemark, { id, input: { id, note }, add, remove, ...steps }, signal);
    return readWritten(data, [noting && 'note', steps.removing && 'removed', steps.adding && 'added']);
  } catch (error) {
    return outcomeOf(error);
  }
}

const notedAs = ({ note, tags: all }: z.infer<typeof Noted>): Noted => ({ remark: note.trim(), flag: all.join(', ') });

/** The steps were made in this order, so that the last one shows the order as it is now. */
function readWritten(data: Readonly<Record<string, unknown>>, steps: readonly (string | false)[]): Outcome<Noted> {
  let now: z.infer<typeof Noted> | undefined;
  for (const step of steps.filter((each) => each !== false)) {
    const written = Written.safeParse(data[step]);
    // Null: the app may not write this, while the rest was done.
    if (!written.success) return { kind: 'refused', code: 'forbidden', providerCode: 'ACCESS_DENIED' };
    if (written.data.userErrors.length > 0) return { kind: 'refused', code: 'invalid', providerCode: 'userErrors' };
    now = written.data.order ?? now;
  }
  return now === undefined ? { kind: 'unknown' } : { kind: 'done', value: notedAs(now) };
}
