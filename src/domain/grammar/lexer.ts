import type { Lexicon, MenuEntry } from '../menu.ts';
import { lowerAscii, normaliseText } from '../normalise-text.ts';
import { alsoSaid, everything, further, negations, polite, questions, soft, stockQuestions } from './phrases.ts';

export type PhraseKind =
  | 'alias'
  /** An alias of one letter: too short to decide against another command. */
  | 'weak'
  /** 走 in 走…仓: a verb only when a warehouse follows. */
  | 'head'
  | 'stock'
  | 'warehouse'
  | 'person'
  | 'polite'
  | 'soft'
  /** Asks for more of the reading of that name. */
  | 'more'
  | 'not'
  | 'ask'
  | 'all';

export interface Phrase {
  readonly kind: PhraseKind;
  readonly word: string;
  /** The command's name, the warehouse's or person's id. */
  readonly value: string;
}

/** Everything this company and this menu can say, by first letter, longest first. */
export interface Lexer {
  readonly phrases: ReadonlyMap<string, readonly Phrase[]>;
  readonly botNames: readonly string[];
  readonly menu: readonly MenuEntry[];
  readonly lexicon: Lexicon;
}

const lexers = new WeakMap<readonly MenuEntry[], WeakMap<Lexicon, Lexer>>();

/** Menu and lexicon are replaced, never changed, on a reload. */
export function lexerFor(menu: readonly MenuEntry[], lexicon: Lexicon): Lexer {
  const known = lexers.get(menu) ?? new WeakMap<Lexicon, Lexer>();
  lexers.set(menu, known);
  const lexer = known.get(lexicon) ?? buildLexer(menu, lexicon);
  known.set(lexicon, lexer);
  return lexer;
}

function buildLexer(menu: readonly MenuEntry[], lexicon: Lexicon): Lexer {
  const all = new Map<string, Phrase>();
  const add = (kind: PhraseKind, word: string, value = ''): void => {
    const key = lowerAscii(normaliseText(word));
    if (key !== '' && !all.has(key)) all.set(key, { kind, word: key, value });
  };
  // First come, first kept: the company's own names, then commands, then small words.
  for (const { id, words } of lexicon.warehouses) for (const word of [...words, id]) add('warehouse', word, id);
  for (const { id, words } of lexicon.people) for (const word of [...words, id]) add('person', word, id);
  for (const entry of menu) addEntry(entry, add);
  for (const word of negations) add('not', word);
  for (const word of questions) add('ask', word);
  for (const word of everything) add('all', word);
  for (const word of polite) add('polite', word, word);
  for (const word of soft) add('soft', word);
  return { phrases: byFirstLetter([...all.values()]), botNames: botNames(lexicon), menu, lexicon };
}

function addEntry(entry: MenuEntry, add: (kind: PhraseKind, word: string, value?: string) => void): void {
  const kinds = Object.values(entry.args).map(({ kind }) => kind);
  for (const word of [entry.name, ...entry.aliases, ...(alsoSaid[entry.name] ?? [])]) {
    const head = word.split('…')[0] ?? '';
    if (head !== word) add('head', head, entry.name);
    else add([...word].length === 1 && word !== '?' ? 'weak' : 'alias', word, entry.name);
    // 改仓 is also said as 改广州, 改到广州仓.
    if (kinds.includes('warehouse') && /^.仓$/u.test(word)) add('head', word.slice(0, -1), entry.name);
  }
  for (const word of further[entry.name] ?? []) add('more', word, entry.name);
  if (kinds.includes('style') && !entry.changes) for (const word of stockQuestions) add('stock', word, entry.name);
}

function byFirstLetter(phrases: readonly Phrase[]): ReadonlyMap<string, readonly Phrase[]> {
  const map = new Map<string, Phrase[]>();
  for (const phrase of phrases.toSorted((one, other) => other.word.length - one.word.length)) {
    const first = phrase.word.charAt(0);
    map.set(first, [...(map.get(first) ?? []), phrase]);
  }
  return map;
}

const botNames = (lexicon: Lexicon): readonly string[] =>
  lexicon.botNames
    .map((name) => lowerAscii(normaliseText(name)).replace(/^@/, ''))
    .filter((name) => name !== '')
    .toSorted((one, other) => other.length - one.length);

/** Where one of the names ends that begins here; a platform may write other blanks than the name has. */
function endOfBot(lower: string, at: number, names: readonly string[]): number | undefined {
  for (const name of names) {
    let end = at;
    let isIt = true;
    for (const word of name.split(' ')) {
      while (end > at && lower[end] === ' ') end += 1;
      isIt &&= lower.startsWith(word, end);
      end += word.length;
    }
    if (isIt) return end;
  }
  return undefined;
}

/** Takes the bot's own name out, wherever it was mentioned: `@bot x`, `/ack@bot 12`, `x @bot`. */
export function withoutBot(text: string, lexer: Lexer): string {
  if (!text.includes('@')) return text;
  // Nobody told us our name: then whoever is mentioned first is us.
  if (lexer.botNames.length === 0) return text.replace(/^@[^\s/]+/, ' ').trim();
  const lower = lowerAscii(text);
  let kept = '';
  let at = 0;
  while (at < text.length) {
    const end = text[at] === '@' ? endOfBot(lower, at + 1, lexer.botNames) : undefined;
    kept += end === undefined ? text.charAt(at) : ' ';
    at = end ?? at + 1;
  }
  return kept.trim();
}
