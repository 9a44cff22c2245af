import { lowerAscii } from '../normalise-text.ts';
import { digitsSaid, numberSaid, numeralLetters } from '../numerals.ts';
import { durationAt } from './duration.ts';
import type { Lexer, Phrase, PhraseKind } from './lexer.ts';
import { measure, towards } from './phrases.ts';

export type TokenKind =
  | Exclude<PhraseKind, 'head'>
  | 'slash'
  | 'ref'
  | 'alert'
  /** At most three digits without 号. */
  | 'number'
  | 'duration'
  /** @somebody whom the lexicon does not know. */
  | 'mention'
  /** Blanks and marks that say nothing. */
  | 'mark'
  /** Latin letters, a SKU. */
  | 'word'
  /** Whatever we do not know: dates, sums, foreign links, other words. */
  | 'other';

export interface Token {
  readonly kind: TokenKind;
  /** Name, id, reference, number or milliseconds, as the kind wants. */
  readonly value: string;
  readonly at: number;
  readonly end: number;
}

type Found = Omit<Token, 'at'> | undefined;
interface Reader {
  readonly text: string;
  readonly lower: string;
  readonly lexer: Lexer;
}

export function scan(text: string, lexer: Lexer): readonly Token[] {
  const reader: Reader = { text, lower: lowerAscii(text), lexer };
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = readLink(reader, at) ?? readMention(reader, at) ?? readSlash(reader, at, tokens);
    const token =
      found ?? readDuration(reader, at) ?? readHead(reader, at) ?? readPhrase(reader, at) ?? readRest(reader, at);
    push(tokens, { ...token, at });
    at = token.end;
  }
  return tokens;
}

/** One unknown word, not one per letter. */
function push(tokens: Token[], token: Token): void {
  const last = tokens.at(-1);
  if (token.kind === 'other' && last?.kind === 'other') {
    tokens[tokens.length - 1] = { ...last, value: last.value + token.value, end: token.end };
  } else {
    tokens.push(token);
  }
}

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const link = /https?:\/\/[!-~]+|www\.[!-~]+|\/o\/[\w-]{4,40}(?![\w-])[!-~]*/iy;
const ownPage = /^(?:https?:\/\/[^/?#]+)?\/o\/([\w-]{4,40})(?=$|[/?#])/i;

/** Of links only our own order page is read: a number in somebody else's link may be anything. */
function readLink({ text }: Reader, at: number): Found {
  const letter = text.charAt(at);
  if (!/[hw/]/i.test(letter) || (letter === '/' && at > 0 && !/[\s\u4e00-\u9fff]/.test(text.charAt(at - 1))))
    return undefined;
  const found = match(link, text, at)?.[0];
  if (found === undefined) return undefined;
  const id = ownPage.exec(found)?.[1];
  const end = at + found.length;
  return id === undefined ? { kind: 'other', value: found, end } : { kind: 'ref', value: `o:${id}`, end };
}

const mention = /@([^\s@/,.:;!?，。：；！？、]{1,64})/y;

function readMention(reader: Reader, at: number): Found {
  if (reader.text[at] !== '@') return undefined;
  const known = longestPhrase(reader, at + 1, 'person');
  if (known !== undefined) return { kind: 'person', value: known.value, end: at + 1 + known.word.length };
  const found = match(mention, reader.text, at);
  return found === null ? undefined : { kind: 'mention', value: found[1] ?? '', end: at + found[0].length };
}

/** The key of `/` writes `、` on a Chinese keyboard. Inside 1/2 and links it is no slash. */
function readSlash(reader: Reader, at: number, before: readonly Token[]): Found {
  const { text } = reader;
  if (!/[/、\\]/.test(text.charAt(at)) || /[\w/]/.test(text.charAt(at - 1))) return undefined;
  const isFirst = before.every(({ kind }) => kind === 'mark' || kind === 'mention' || kind === 'person');
  if (text[at] !== '/' && !(isFirst && longestPhrase(reader, at + 1, 'alias') !== undefined)) return undefined;
  return { kind: 'slash', value: '/', end: at + 1 };
}

function readDuration({ lower }: Reader, at: number): Found {
  const found =
    /[\w.]/.test(lower.charAt(at - 1)) && /\d/.test(lower.charAt(at)) && /[\d.]/.test(lower.charAt(at - 1))
      ? undefined
      : durationAt(lower, at);
  return found === undefined ? undefined : { kind: 'duration', value: String(found.ms), end: found.end };
}

/** 走广州仓, 改到广州: the verb alone; the warehouse is read next. */
function readHead(reader: Reader, at: number): Found {
  const head = longestPhrase(reader, at, 'head');
  if (head === undefined) return undefined;
  const end = at + head.word.length;
  return warehouseAt(reader, end) === undefined ? undefined : { kind: 'alias', value: head.value, end };
}

function warehouseAt(reader: Reader, from: number): { value: string; end: number } | undefined {
  const near = skipBlanks(reader.text, from);
  const word = towards.find((toward) => reader.text.startsWith(toward, near));
  // 走成都仓: 成 belongs to the name before it is 改成's.
  for (const at of [near, ...(word === undefined ? [] : [skipBlanks(reader.text, near + word.length)])]) {
    const found = longestPhrase(reader, at, 'warehouse');
    if (found !== undefined) return { value: found.value, end: at + found.word.length };
  }
  return undefined;
}

function readPhrase(reader: Reader, at: number): Found {
  const letter = reader.text.charAt(at);
  if (towards.includes(letter)) {
    const warehouse = warehouseAt(reader, at);
    if (warehouse !== undefined) return { kind: 'warehouse', ...warehouse };
  }
  const phrase = longestPhrase(reader, at);
  if (phrase === undefined || phrase.kind === 'head') return undefined;
  const end = at + phrase.word.length;
  if (letter !== '?') return { kind: phrase.kind, value: phrase.value, end };
  // `?` asks for help when it stands alone or behind the slash; elsewhere it makes a question.
  const isCall = /^\?+$/.test(reader.text) || /\/$/.test(reader.text.slice(Math.max(0, at - 1), at));
  return { kind: isCall ? phrase.kind : 'ask', value: phrase.value, end };
}

function longestPhrase({ lower, lexer }: Reader, at: number, kind?: PhraseKind): Phrase | undefined {
  return lexer.phrases.get(lower.charAt(at))?.find((phrase) => {
    if (kind === undefined ? phrase.kind === 'head' : phrase.kind !== kind) return false;
    return lower.startsWith(phrase.word, at) && isWhole(lower, at, phrase);
  });
}

/** Latin words end where letters end; a command may be glued to its number (`ack12`). */
function isWhole(lower: string, at: number, { word, kind }: Phrase): boolean {
  if (/^[a-z0-9]/.test(word) && /[a-z0-9_'-]/.test(lower.charAt(at - 1))) return false;
  if (!/[a-z0-9]$/.test(word)) return true;
  return !(kind === 'alias' ? /[a-z_'-]/ : /[a-z0-9_'-]/).test(lower.charAt(at + word.length));
}

const figure =
  /\d{4}-\d{1,2}-\d{1,2}(?!\d)|\d{1,4}年(?:\d{1,2}月)?(?:\d{1,2}[号日])?|\d{1,2}月(?:\d{1,2}[号日])?|\d{1,2}:\d{2}(?::\d{2})?|\d+\.\d+(?:e[+-]?\d+)?|\d{1,4}\/\d{1,4}/iy;
/** 号 behind a number counts people or names a thing: 3号仓, 两号人. */
const named = '(?![仓库楼线店门台机柜车人])';
const daily = new RegExp(`#(\\d{1,3})(?!\\d)|(\\d{1,3})\\s?[号#]${named}`, 'y');
const saidDaily = new RegExp(`^\\s?号${named}`);
const run = /[a-z0-9](?:[a-z0-9_-]{0,60}[a-z0-9])?/iy;
const saidRun = new RegExp(`[${numeralLetters}]{1,40}`, 'y');
const mark = /[\s,，.。…!！~～:：;；、|#()（）\-—+]+/y;

function readRest({ text }: Reader, at: number): Omit<Token, 'at'> {
  const isInside = /\d/.test(text.charAt(at - 1));
  const date = match(figure, text, at);
  if (date !== null && !isInside) return { kind: 'other', value: date[0], end: at + date[0].length };
  const alert = match(daily, text, at);
  if (alert !== null && !isInside)
    return { kind: 'alert', value: plain(alert[1] ?? alert[2] ?? ''), end: at + alert[0].length };
  const written = match(run, text, at);
  if (written !== null) {
    // 018842gz: a number and a word.
    const [found] = /^\d{4,}(?=[a-z]{2,}$)/i.exec(written[0]) ?? written;
    return { ...readRun(text, at, found), end: at + found.length };
  }
  const said = match(saidRun, text, at);
  if (said !== null) return readSaid(text, at, said[0]);
  const marks = match(mark, text, at);
  if (marks !== null) return { kind: 'mark', value: marks[0], end: at + marks[0].length };
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return { kind: 'other', value: letter, end: at + letter.length };
}

function readRun(text: string, at: number, found: string): Pick<Token, 'kind' | 'value'> {
  const next = text.slice(at + found.length, at + found.length + 4);
  const isMasked = text[at - 1] === '*' || next.startsWith('*');
  if (isMasked || (/^[1-9]\d{0,4}$/.test(found) && measure.test(next) && !/^\s单[^子]?/.test(next)))
    return { kind: 'other', value: found };
  if (/^\d{1,3}$/.test(found)) return { kind: 'number', value: plain(found) };
  const isSku = /^[a-z]+\d*(?:-[a-z0-9]+)*-[a-z]+$/i.test(found);
  return /\d{4}/.test(found) && !isSku ? { kind: 'ref', value: found.toUpperCase() } : { kind: 'word', value: found };
}

/** Dictated: `幺八八四二` is a tail, `十二号` an alert, `三` a number. */
function readSaid(text: string, at: number, found: string): Omit<Token, 'at'> {
  const end = at + found.length;
  const tail = digitsSaid(found);
  if (tail !== undefined && tail.length >= 4) return { kind: 'ref', value: tail, end };
  const number = numberSaid(found);
  if (number === undefined) return { kind: 'other', value: found, end };
  // 两号 counts: nobody calls a number so.
  const isDaily = saidDaily.test(text.slice(end, end + 3));
  if (isDaily && found === '两') return { kind: 'other', value: found, end };
  if (isDaily) {
    return { kind: 'alert', value: String(number), end: text.indexOf('号', end) + 1 };
  }
  return measure.test(text.slice(end, end + 3))
    ? { kind: 'other', value: found, end }
    : { kind: 'number', value: String(number), end };
}

const plain = (digits: string): string => String(Number(digits));

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at += 1;
  return at;
}
