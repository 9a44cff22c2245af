import { type Filled, fill, isOwn, type Sentence, writesAbout } from './grammar/fill.ts';
import { type Lexer, lexerFor, withoutBot } from './grammar/lexer.ts';
import { type Near, soundsLike, spelledLike } from './grammar/near.ts';
import { noWords, yesWords } from './grammar/phrases.ts';
import { lineOf, problemOf, unknownWarehouse } from './grammar/say.ts';
import { scan, type Token } from './grammar/scan.ts';
import type { Lexicon, MenuEntry, Understanding } from './menu.ts';
import { normaliseText, withoutQuote } from './normalise-text.ts';

/** Longer than any message of either platform that a person writes by hand or pastes a column into. */
const longest = 8_000;
const unclear: Understanding = { type: 'unclear' };

/**
 * What somebody asks for.
 *
 * A reading may stand anywhere in a sentence. A write is understood only when the whole sentence is accounted for:
 * the command's own word, its arguments and politeness, nothing else. So a report (释放了), a question (能释放吗),
 * a negation (不要释放) or a second command never runs; at most it is said back as a suggestion.
 */
export function understand(text: string, menu: readonly MenuEntry[], lexicon: Lexicon): Understanding {
  if (text.length > longest) return unclear;
  const lexer = lexerFor(menu, lexicon);
  const said = withoutBot(withoutQuote(normaliseText(text)), lexer);
  return (
    withReason(said) ?? answerOf(said) ?? decide(said, lexer) ?? guess(said, lexer) ?? bare(scan(said, lexer), menu)
  );
}

const code = '[a-z0-9]{2,6}';
/** Latin words end where letters end; Chinese ones may be glued to the code. */
const anyOf = (words: readonly string[]): string =>
  words.map((word) => (/^[a-z]/.test(word) ? `${word}(?![a-z0-9])` : word)).join('|');
const answers = new RegExp(
  `^/?(?:(${anyOf(yesWords)})|(?:${anyOf(noWords)}))\\s*(${code})?[.。!]?$|^(${code})\\s+(?:(${anyOf(yesWords)})|(?:${anyOf(noWords)}))$`,
  'i',
);

/** `确认 K7`, `K7 取消`, a bare 1. A code has letters and digits, so 是 018842 is none. */
function answerOf(said: string): Understanding | undefined {
  if (said === '1') return { type: 'yes', words: undefined };
  const match = answers.exec(said);
  if (match === null) return undefined;
  const [, yes, behind, before, yesBehind] = match;
  const words = (behind ?? before)?.toUpperCase();
  if (words !== undefined && !/^(?=.*\d)(?=.*[A-Z])/.test(words)) return undefined;
  const isYes = (yes ?? yesBehind) !== undefined;
  if (isYes && words === undefined && (yes === '是' || said !== yes)) return undefined;
  return { type: isYes ? 'yes' : 'no', words };
}

/** `确认 K7 原因`: the only answer that carries words of its own. It opens the sentence: 先别确认 K7 is no yes. */
function withReason(said: string): Understanding | undefined {
  const match = /^\/?(?:确认|yes)\s*([A-Za-z]\d{1,4})[\s，,]+(\S.*)$/iu.exec(said);
  return match === null ? undefined : { type: 'yes', words: (match[1] ?? '').toUpperCase(), reason: match[2] ?? '' };
}

interface Reading {
  readonly entry: MenuEntry;
  readonly sentence: Sentence;
  readonly filled: Filled;
}

/** Undefined: no word of the menu decided anything. */
function decide(said: string, lexer: Lexer): Understanding | undefined {
  const tokens = scan(said, lexer);
  const slashed = behindSlash(tokens, lexer);
  if (slashed === 'unknown') return guess(said, lexer) ?? unclear;
  if (slashed !== undefined)
    return decideSlash(read(slashed.entry, { text: said, tokens: slashed.tokens, isSlash: true }), lexer);
  const found = (kinds: readonly Token['kind'][]): readonly Reading[] => {
    const names = new Set(tokens.filter(({ kind }) => kinds.includes(kind)).map(({ value }) => value));
    return lexer.menu
      .filter(({ name }) => names.has(name))
      .map((entry) => read(entry, { text: said, tokens, isSlash: false }));
  };
  // Of two commands the one that was said first.
  const first = ({ entry }: Reading): number => tokens.findIndex((token) => isOwn(token, entry));
  const strong = found(['alias', 'stock']).toSorted((one, other) => first(one) - first(other));
  const weak = found(['weak']).filter(({ entry }) => !strong.some((other) => other.entry === entry));
  const readings = [...strong, ...weak];
  const reads = readings.filter(({ entry }) => !entry.changes);
  const answered = readings.find(isWholeWrite) ?? reads.find(isHelp) ?? reads.find(isAnswerable);
  if (answered !== undefined) return command(answered);
  const lacking = readings.find(isOnlyLacking);
  if (lacking !== undefined) return problem(lacking, lexer);
  const meant = readings.find(isWorthSuggesting);
  return meant === undefined ? undefined : suggest(meant, lexer);
}

const read = (entry: MenuEntry, sentence: Sentence): Reading => ({ entry, sentence, filled: fill(entry, sentence) });

/** The command behind a slash that opens the sentence; whoever is mentioned before it is spoken to, not meant. */
function behindSlash(
  tokens: readonly Token[],
  { menu }: Lexer,
): { entry: MenuEntry; tokens: readonly Token[] } | 'unknown' | undefined {
  const at = tokens.findIndex(({ kind }) => kind === 'slash');
  if (at < 0 || tokens.slice(0, at).some(({ kind }) => kind !== 'mark' && kind !== 'mention' && kind !== 'person'))
    return undefined;
  const behind = tokens.slice(at + 1);
  const verb = behind.find(({ kind }) => kind !== 'mark');
  const entry = menu.find((candidate) => verb !== undefined && isOwn(verb, candidate));
  return entry === undefined ? 'unknown' : { entry, tokens: behind };
}

function decideSlash(reading: Reading, lexer: Lexer): Understanding {
  const { entry, filled } = reading;
  const strange = filled.extra.filter(({ kind }) => !misplaced.includes(kind));
  if (!entry.changes) return filled.missing.length === 0 ? command(reading) : problem(reading, lexer);
  const place = Object.entries(entry.args).find(
    ([name, { kind }]) => kind === 'warehouse' && filled.args[name] === undefined,
  );
  const [only, ...others] = strange;
  const stands = only !== undefined && /\s/.test(reading.sentence.text.charAt(only.at - 1));
  if (place !== undefined && stands && others.length === 0) {
    return { type: 'problem', name: entry.name, problem: unknownWarehouse(entry, only.value, filled, lexer.lexicon) };
  }
  // /释放锁 is another verb than 释放; /转交 12 老王 is this one with somebody we do not know.
  if (only !== undefined && !(stands && filled.missing.length > 0)) return suggest(reading, lexer);
  if (filled.missing.length > 0 || filled.tooMany !== undefined) return problem(reading, lexer);
  return filled.extra.length > 0 ? suggest(reading, lexer) : command(reading);
}

/** Right words in the wrong place: the sentence is an order, only not a complete one. */
const misplaced: readonly Token['kind'][] = ['ref', 'alert', 'number', 'warehouse', 'person', 'mention', 'duration'];

const thanks = /谢|辛苦了|^th/;

function isWholeWrite({ entry, filled, sentence }: Reading): boolean {
  if (!entry.changes || filled.extra.length > 0 || filled.missing.length > 0 || filled.tooMany !== undefined)
    return false;
  // 谢谢释放018842 thanks for what was done; behind the order it only asks nicely.
  const own = sentence.tokens.findIndex((token) => isOwn(token, entry));
  if (sentence.tokens.slice(0, own).some(({ kind, value }) => kind === 'polite' && thanks.test(value))) return false;
  // 018842 好了，释放 118842 without its middle: orders on both sides of the verb may be two thoughts.
  const refs = sentence.tokens.flatMap(({ kind }, at) => (kind === 'ref' ? [at < own] : []));
  if (new Set(refs).size > 1) return false;
  if (!Object.values(entry.args).some(({ kind }) => kind === 'text')) return true;
  // Free words would swallow a whole chat line: without the slash only a code or a name goes in, or nothing but orders.
  const fitting = writesAbout(entry) ? ['mark', 'polite', 'ref', 'alert', 'all'] : ['mark', 'polite', ...names];
  return sentence.tokens.every((token) => isOwn(token, entry) || fitting.includes(token.kind));
}

const names: readonly Token['kind'][] = ['word', 'mention', 'person'];

const isHelp = ({ entry, sentence: { tokens } }: Reading): boolean => {
  if (!Object.values(entry.args).some(({ kind }) => kind === 'text')) return false;
  const own = tokens.findIndex((token) => isOwn(token, entry));
  const rest = tokens.filter(
    (token) => !['mark', 'polite', 'soft', 'ask'].includes(token.kind) && !isOwn(token, entry),
  );
  return (
    rest.length === 0 ||
    (rest.length === 1 && rest[0]?.kind === 'alias' && (own === 0 || own === tokens.length - 1)) ||
    (rest.length === 1 && rest[0]?.kind === 'more' && rest[0].value === entry.name)
  );
};

const subjects: readonly Token['kind'][] = ['ref', 'alert'];
const small: readonly Token['kind'][] = ['soft', 'ask', 'number', 'duration'];

/** A reading that has all it needs, leaves no order or alert unanswered, and is not just chat with its word in it. */
function isAnswerable({ entry, filled, sentence }: Reading): boolean {
  const kinds = Object.values(entry.args).map(({ kind }) => kind);
  if (entry.changes || filled.missing.length > 0 || filled.tooMany !== undefined || kinds.includes('text'))
    return false;
  const { tokens } = sentence;
  if (kinds.includes('style')) {
    const own = tokens.findLastIndex((token) => isOwn(token, entry));
    if (
      tokens[own]?.kind === 'stock' &&
      tokens.slice(own + 1).some(({ kind }) => !['mark', 'ask', 'soft', 'polite'].includes(kind))
    )
      return false;
    return !tokens.some(({ kind }) => kind === 'not' || subjects.includes(kind));
  }
  if (filled.extra.some(({ kind }) => subjects.includes(kind))) return false;
  return Object.keys(filled.args).length > 0 || isQuiet(filled.extra);
}

const isQuiet = (extra: readonly Token[]): boolean =>
  extra.every(
    ({ kind }) => kind === 'soft' || kind === 'ask' || kind === 'alias' || kind === 'weak' || kind === 'more',
  );

/** Only the command and things to act on, but not the right ones. */
const isOnlyLacking = ({ entry, filled, sentence }: Reading): boolean => {
  if (filled.missing.length === 0 && filled.tooMany === undefined) return false;
  if (filled.extra.some(({ kind }) => !misplaced.includes(kind) && (entry.changes || !small.includes(kind))))
    return false;
  return !sentence.tokens.some(({ kind }) => kind === 'weak') || Object.keys(filled.args).length > 0;
};

function isWorthSuggesting({ entry, filled, sentence }: Reading): boolean {
  const { tokens } = sentence;
  if (!entry.changes || tokens.some(({ kind }) => kind === 'not')) return false;
  const isWeak = !tokens.some((token) => token.kind === 'alias' && isOwn(token, entry));
  const given = Object.values(filled.args)
    .filter(({ kind }) => kind !== 'words')
    .map(({ kind }) => kind);
  if (isWeak) return filled.missing.length === 0;
  if (given.includes('refs') || given.includes('alert')) return true;
  const isFree = Object.values(entry.args).every(({ isOptional }) => isOptional === true);
  return (
    isFree &&
    given.length === 0 &&
    filled.extra.length > 0 &&
    filled.extra.every(({ kind }) => kind === 'soft' || kind === 'ask')
  );
}

/** No word of the menu, but one that sounds or looks like one. Readings are answered, writes only said back. */
function guess(said: string, lexer: Lexer): Understanding | undefined {
  const isSlash = said.startsWith('/');
  const near = soundsLike(said, lexer.menu) ?? spelledLike(said, lexer.menu, isSlash);
  if (near === undefined || near.text === said) return undefined;
  const meant = decideNear(near, lexer);
  if (meant?.type === 'command') {
    if (!near.entry.changes && near.isSame) return meant;
    if (!near.entry.changes && !isSlash) return undefined;
  } else if (meant?.type !== 'suggest' && !(meant?.type === 'problem' && isSlash)) {
    return undefined;
  }
  const args = meant?.type === 'command' ? meant.args : {};
  const text = meant?.type === 'suggest' ? meant.text : lineOf(near.entry, args, lexer.lexicon, isChinese(near.text));
  return { type: 'suggest', name: near.entry.name, text };
}

function decideNear(near: Near, lexer: Lexer): Understanding | undefined {
  const tokens = scan(near.text, lexer);
  const isRead = tokens.some((token) => isOwn(token, near.entry));
  const meant = isRead ? decide(near.text, lexer) : undefined;
  return meant !== undefined && 'name' in meant && meant.name === near.entry.name ? meant : undefined;
}

/** No command at all: numbers are a question about themselves. */
function bare(tokens: readonly Token[], menu: readonly MenuEntry[]): Understanding {
  const refs = [...new Set(tokens.filter(({ kind }) => kind === 'ref').map(({ value }) => value))];
  if (refs.length > 0) return { type: 'lookup', refs };
  const alerts = new Set(tokens.filter(({ kind }) => kind === 'alert').map(({ value }) => value));
  const isChat = tokens.some(({ kind }) => !['alert', 'mark', 'polite', 'soft', 'ask', 'all'].includes(kind));
  const entry = menu.find(({ args, changes }) => !changes && Object.values(args)[0]?.kind === 'about');
  const name = Object.keys(entry?.args ?? {})[0];
  if (alerts.size !== 1 || isChat || entry === undefined || name === undefined) return unclear;
  return {
    type: 'command',
    name: entry.name,
    args: { [name]: { kind: 'alert', number: Number([...alerts][0]), all: false } },
  };
}

const command = ({ entry, filled }: Reading): Understanding => ({
  type: 'command',
  name: entry.name,
  args: filled.args,
});

const problem = ({ entry, filled }: Reading, { lexicon }: Lexer): Understanding => ({
  type: 'problem',
  name: entry.name,
  problem: problemOf(entry, filled, lexicon),
});

const suggest = ({ entry, filled, sentence }: Reading, { lexicon }: Lexer): Understanding => ({
  type: 'suggest',
  name: entry.name,
  text: lineOf(entry, filled.args, lexicon, isChinese(sentence.text)),
});

const isChinese = (text: string): boolean => /[\u4e00-\u9fff]/.test(text);
