import { GraphQLError } from 'graphql';

/** Arguments of a list. */
export interface Range {
  first?: number | null;
  after?: string | null;
}

/** A list as the Admin API pages it: opaque cursors, here the place of the last item. */
export function connection<Item>(items: readonly Item[], { first, after }: Range): object {
  const from = after === null || after === undefined ? 0 : Number(readCursor(after).last_id) + 1;
  const nodes = items.slice(from, from + countOf(first));
  const end = from + nodes.length;
  return {
    nodes,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: from > 0,
      startCursor: nodes.length === 0 ? null : writeCursor(from, from),
      endCursor: nodes.length === 0 ? null : writeCursor(end - 1, end - 1),
    },
  };
}

/** How many are wanted; the API wants to be told. */
export function countOf(first: number | null | undefined): number {
  if (typeof first === 'number' && first >= 1 && first <= 250) return first;
  throw failure('you must provide one of first or last', 'BAD_REQUEST');
}

/** base64 of the last item's id and of what the list is sorted by. */
export function writeCursor(lastId: number | string, lastValue: number): string {
  return Buffer.from(JSON.stringify({ last_id: lastId, last_value: lastValue })).toString('base64');
}

export function readCursor(text: string): { last_id: number | string; last_value: number } {
  try {
    const { last_id, last_value } = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Record<string, unknown>;
    if ((typeof last_id === 'number' || typeof last_id === 'string') && typeof last_value === 'number')
      return { last_id, last_value };
  } catch {
    // Falls to the refusal below.
  }
  throw failure('Invalid cursor for current pagination sort.', 'BAD_REQUEST');
}

export const failure = (message: string, code: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code } });
