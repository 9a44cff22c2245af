import { distance } from 'fastest-levenshtein';
import { pinyin } from 'pinyin-pro';
import type { MenuEntry } from '../menu.ts';
import { lowerAscii } from '../normalise-text.ts';
import { negations } from './phrases.ts';

/** A sentence with one word set right, and how sure we are of the word. */
export interface Near {
  readonly text: string;
  readonly entry: MenuEntry;
  /** Sounds exactly so (查丹): enough to answer a reading. */
  readonly isSame: boolean;
}

const han = /[\u4e00-\u9fff]/;
const hanRun = /[\u4e00-\u9fff]{2,}/g;
/** Nobody mistypes a command behind so many letters; the limit keeps a pasted page cheap. */
const farthest = 200;

const syllables = new Map<string, string>();
function syllable(letter: string): string {
  const known = syllables.get(letter);
  if (known !== undefined) return known;
  const sound = pinyin(letter, { toneType: 'none', type: 'array' })[0] ?? letter;
  syllables.set(letter, sound);
  return sound;
}

const soundOf = (words: string): string => [...words].map(syllable).join(' ');
/** As the south says it, and as dictation hears it: zh = z, ang = an, n = l. */
const looseOf = (sound: string): string =>
  sound
    .replace(/\b([zcs])h/g, '$1')
    .replace(/(?<=[aei])ng\b/g, 'n')
    .replace(/\bn/g, 'l');

interface Sound {
  readonly entry: MenuEntry;
  readonly alias: string;
  readonly sound: string;
  readonly loose: string;
}

const tables = new WeakMap<readonly MenuEntry[], readonly Sound[]>();
function soundsOf(menu: readonly MenuEntry[]): readonly Sound[] {
  const known = tables.get(menu);
  if (known !== undefined) return known;
  const sounds = menu.flatMap((entry) =>
    entry.aliases
      .filter((alias) => [...alias].length >= 2 && [...alias].every((letter) => han.test(letter)))
      .map((alias) => ({ entry, alias, sound: soundOf(alias), loose: looseOf(soundOf(alias)) })),
  );
  tables.set(menu, sounds);
  return sounds;
}

/** 试放 018842 → 释放 018842: the first words that sound like a command. */
export function soundsLike(text: string, menu: readonly MenuEntry[]): Near | undefined {
  const sounds = soundsOf(menu);
  let loose: Near | undefined;
  for (const run of text.slice(0, farthest).matchAll(hanRun)) {
    for (let at = 0; at < run[0].length - 1; at += 1) {
      for (const { entry, alias, sound, loose: looseSound } of sounds) {
        const said = run[0].slice(at, at + alias.length);
        if (said.length < alias.length) continue;
        const heard = soundOf(said);
        const start = run.index + at;
        const near = { text: text.slice(0, start) + alias + text.slice(start + alias.length), entry };
        if (heard === sound) return { ...near, isSame: true };
        if (looseOf(heard) === looseSound) loose ??= { ...near, isSame: false };
      }
    }
  }
  return loose;
}

/** /relase → /release, /shifang → 释放. Behind a slash two slips are forgiven, in a sentence one. */
export function spelledLike(text: string, menu: readonly MenuEntry[], isSlash: boolean): Near | undefined {
  for (const match of text.slice(0, farthest).matchAll(/(?<![\w@.-])[a-z]{3,16}(?![\w-])/gi)) {
    if (isSlash && text.slice(0, match.index).trim() !== '/') return undefined;
    const written = lowerAscii(match[0]);
    const found = nearestName(written, menu, isSlash);
    if (found === undefined) continue;
    return {
      text: text.slice(0, match.index) + found.word + text.slice(match.index + match[0].length),
      entry: found.entry,
      isSame: false,
    };
  }
  return undefined;
}

function nearestName(
  written: string,
  menu: readonly MenuEntry[],
  isSlash: boolean,
): { entry: MenuEntry; word: string } | undefined {
  const spoken = soundsOf(menu).find(({ sound }) => sound.replaceAll(' ', '') === written);
  if (spoken !== undefined) return { entry: spoken.entry, word: spoken.alias };
  // A command's own name is no slip for its neighbour's: stuck and stock.
  if (menu.some(({ name }) => name === written) || negations.includes(written)) return undefined;
  let best: { entry: MenuEntry; slips: number } | undefined;
  for (const entry of menu) {
    const slips = isSwapped(written, entry.name) ? 1 : distance(written, entry.name);
    const most = isSlash && entry.name.length > 4 ? 2 : 1;
    if (slips <= most && slips > 0 && slips < (best?.slips ?? 3)) best = { entry, slips };
  }
  return best === undefined ? undefined : { entry: best.entry, word: best.entry.name };
}

/** bnid for bind, akc for ack. */
const isSwapped = (one: string, other: string): boolean =>
  one !== other && one.length === other.length && [...one].toSorted().join('') === [...other].toSorted().join('');
