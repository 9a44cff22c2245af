import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { Answer, Ask, Question } from '../../shopify/client.ts';

const Page = z.object({
  nodes: z.array(z.unknown()),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
});

export interface Page {
  readonly nodes: readonly unknown[];
  /** Undefined at the end. */
  readonly next: string | undefined;
}

/** Reads a connection of the Admin API; `after` is the cursor that it was asked with. */
export function readPage(connection: unknown, where: string, after?: string): Page {
  const parsed = Page.safeParse(connection);
  if (!parsed.success) throw new RetryableError(`Shopify ${where}: the answer is no page`, { code: 'BAD_PAGE' });
  const { nodes, pageInfo } = parsed.data;
  if (!pageInfo.hasNextPage) return { nodes, next: undefined };
  const next = pageInfo.endCursor ?? undefined;
  if (next === undefined) throw new RetryableError(`Shopify ${where}: a page without its end`, { code: 'BAD_PAGE' });
  if (next === after) {
    throw new RejectedError(`Shopify ${where}: the shop answers the same page for ever`, { code: 'CURSOR_STUCK' });
  }
  return { nodes, next };
}

/** A list inside of `begun`, read to its end by `question`. */
export async function readOn(
  ask: Ask,
  question: Question,
  root: string,
  id: string,
  begun: unknown,
  signal: AbortSignal,
): Promise<unknown[]> {
  let page = readPage(begun, question.name);
  const nodes = [...page.nodes];
  while (page.next !== undefined) {
    const after = page.next;
    const { data } = await ask(question, { id, after }, signal);
    const rest = z.object({ rest: z.unknown() }).safeParse(data[root]).data?.rest;
    page = readPage(rest, question.name, after);
    nodes.push(...page.nodes);
  }
  return nodes;
}

/** Asks for as many rows as the shop lets one answer cost (channels.md §4.6), at most `most`. */
export async function sized(most: number, send: (count: number) => Promise<Answer>): Promise<Answer> {
  for (let count = most; ; count = Math.ceil(count / 2)) {
    try {
      return await send(count);
    } catch (error) {
      const isTooDear = error instanceof RejectedError && error.code === 'MAX_COST_EXCEEDED';
      if (!isTooDear || count === 1) throw error;
    }
  }
}
