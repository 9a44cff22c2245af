import type { ArgKind, MenuEntry, RawArg } from '../menu.ts';
import type { Token, TokenKind } from './scan.ts';

export interface Filled {
  readonly args: Readonly<Record<string, RawArg>>;
  /** Required places with nothing fitting in them. */
  readonly missing: readonly ArgKind[];
  /** Words that are neither the command's, nor an argument, nor politeness. */
  readonly extra: readonly Token[];
  /** More than one where one is asked for. */
  readonly tooMany: ArgKind | undefined;
}

/** Whether the writer pointed at this command (slash), or it was only found in the sentence. */
export interface Sentence {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly isSlash: boolean;
}

const silent: readonly TokenKind[] = ['mark', 'polite', 'slash', 'all'];

/** Puts what was said into the places of a command. Decides nothing. */
export function fill(entry: MenuEntry, sentence: Sentence): Filled {
  const left = new Set(sentence.tokens.filter((token) => !silent.includes(token.kind) && !isOwn(token, entry)));
  const places = Object.entries(entry.args);
  const head = writesAbout(entry) ? headOf(entry, sentence) : undefined;
  const args: Record<string, RawArg> = {};
  const missing: ArgKind[] = [];
  let tooMany: ArgKind | undefined;
  for (const [name, { kind, isOptional }] of places) {
    const taken = take(kind, entry, sentence, left, head);
    if (taken.tooMany) tooMany ??= kind;
    if (taken.arg !== undefined) args[name] = taken.arg;
    else if (isOptional !== true) missing.push(kind);
  }
  return { args, missing, extra: [...left], tooMany };
}

export const isOwn = (token: Token, entry: MenuEntry): boolean =>
  (token.kind === 'alias' || token.kind === 'weak' || token.kind === 'stock') && token.value === entry.name;

/** Words about orders: a note, a reason. */
export function writesAbout({ args }: MenuEntry): boolean {
  const kinds = Object.values(args).map(({ kind }) => kind);
  return kinds.includes('text') && (kinds.includes('order') || kinds.includes('orders'));
}

/** Behind the verb, up to the first free word: a number further on is part of what was written. */
function headOf(entry: MenuEntry, { tokens, isSlash }: Sentence): ReadonlySet<Token> | undefined {
  if (!isSlash) return undefined;
  const behind = tokens.slice(tokens.findIndex((token) => isOwn(token, entry)) + 1);
  const end = behind.findIndex(({ kind }) => !named.includes(kind));
  return new Set(end < 0 ? behind : behind.slice(0, end));
}

/** What may stand between a verb and its free words. */
const named: readonly TokenKind[] = ['ref', 'alert', 'number', 'all', 'mark', 'polite', 'slash'];

interface Taken {
  readonly arg?: RawArg;
  readonly tooMany?: boolean;
}

function take(
  kind: ArgKind,
  entry: MenuEntry,
  sentence: Sentence,
  left: Set<Token>,
  head: ReadonlySet<Token> | undefined,
): Taken {
  const of = (...kinds: readonly TokenKind[]): readonly Token[] =>
    [...left].filter((token) => kinds.includes(token.kind) && (head?.has(token) ?? true));
  const use = (tokens: readonly Token[], arg: RawArg): Taken => {
    for (const token of tokens) left.delete(token);
    return { arg };
  };
  const alert = (all: boolean): Taken => {
    const numbered = of('alert').length > 0 ? of('alert') : of('number');
    const numbers = new Set(numbered.map(({ value }) => value));
    if (numbers.size > 1) return { tooMany: true };
    return numbers.size === 0 ? {} : use(numbered, { kind: 'alert', number: Number([...numbers][0]), all });
  };
  const refs = (most: number): Taken => {
    const values = [...new Set(of('ref').map(({ value }) => value))];
    if (values.length > most) return { tooMany: true };
    return values.length === 0 ? {} : use(of('ref'), { kind: 'refs', refs: values });
  };

  switch (kind) {
    case 'order':
      return refs(1);
    case 'orders': {
      const orders = refs(Number.POSITIVE_INFINITY);
      if (orders.arg !== undefined) return orders;
      const isAll = sentence.tokens.some((token) => token.kind === 'all');
      // To look at all of an alert is free; to change all of it has to be said.
      const isNumbered = of('alert').length > 0 || (isAll && sentence.isSlash);
      return isNumbered && (isAll || !entry.changes) ? alert(true) : {};
    }
    case 'alert':
      return alert(false);
    case 'about': {
      const order = of('alert').length > 0 ? {} : refs(1);
      return order.arg !== undefined || order.tooMany === true ? order : alert(false);
    }
    case 'warehouse': {
      const ids = new Set(of('warehouse').map(({ value }) => value));
      return ids.size === 1 ? use(of('warehouse'), { kind: 'warehouse', warehouse: [...ids][0] ?? '' }) : {};
    }
    case 'person': {
      const people = [of('person'), of('mention')].find((tokens) => tokens.length > 0) ?? [];
      const [first] = people;
      if (people.length > 1) return { tooMany: true };
      return first === undefined ? {} : use(people, { kind: 'person', name: first.value });
    }
    case 'duration': {
      const [first, ...others] = of('duration');
      return first === undefined || others.length > 0
        ? {}
        : use([first], { kind: 'duration', ms: Number(first.value) });
    }
    case 'sku': {
      const [first, ...others] = of('word').filter(({ value }) => value.length >= 4 && /\d/.test(value));
      return first === undefined || others.length > 0 ? {} : use([first], { kind: 'words', words: first.value });
    }
    case 'role':
    case 'code': {
      const [first, ...others] = of('word');
      return first === undefined || others.length > 0 ? {} : use([first], { kind: 'words', words: first.value });
    }
    case 'style':
    case 'text': {
      const words = wordsOf(entry, sentence, left);
      return words === '' ? {} : use([...left], { kind: 'words', words });
    }
  }
}

/** The rest of the line: what stands behind the slash, or what is left when the small words around it are taken off. */
function wordsOf(entry: MenuEntry, { text, tokens, isSlash }: Sentence, left: ReadonlySet<Token>): string {
  const own = tokens.findIndex((token) => isOwn(token, entry));
  // What already stands in another place is none of the words.
  const isTaken = (token: Token): boolean =>
    !left.has(token) && !isOwn(token, entry) && ['ref', 'alert', 'number'].includes(token.kind);
  if (isSlash) {
    const behind = tokens.slice(own + 1);
    const last = behind.findLastIndex(isTaken);
    const rest = behind.slice(last + 1);
    const start = last < 0 ? undefined : rest.find(({ kind }) => kind !== 'mark' && kind !== 'all');
    if (last >= 0) return start === undefined ? '' : text.slice(start.at).trim();
    return text.slice(tokens[own]?.end ?? 0).trim();
  }
  const isSmall = (token: Token): boolean =>
    ['mark', 'polite', 'slash', 'soft', 'weak', 'ask'].includes(token.kind) ||
    (token.kind === 'more' && token.value !== entry.name) ||
    isTaken(token) ||
    (token.kind === 'all' && writesAbout(entry)) ||
    isOwn(token, entry);
  const first = tokens.findIndex((token) => !isSmall(token));
  const last = tokens.findLastIndex((token) => !isSmall(token));
  const start = tokens[first];
  const end = tokens[last];
  if (start === undefined || end === undefined) return '';
  // With words on both sides nobody knows which of them are meant.
  if (own > first && own < last) return '';
  return text.slice(start.at, end.end);
}
