import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from '../../src/domain/grammar.ts';
import type { Understanding } from '../../src/domain/menu.ts';
import { lexicon, menu } from '../commands/menu.ts';
import { bySize, isLong } from '../kit/size.ts';

interface Sentence {
  readonly text: string;
  readonly expect: { readonly type: Understanding['type']; readonly name?: string };
}

const sentences = JSON.parse(
  readFileSync(new URL('../fixtures/sentences.json', import.meta.url), 'utf8'),
) as readonly Sentence[];
const numRuns = bySize({ short: 2_000, moderate: 20_000, full: 100_000 });

/** As JSON has it: no undefined. */
const ask = (text: string): Understanding =>
  JSON.parse(JSON.stringify(understand(text, menu, lexicon))) as Understanding;

const isWrite = (answer: Understanding): boolean =>
  answer.type === 'command' && menu.some(({ name, changes }) => name === answer.name && changes);

const isRight = ({ text, expect: wanted }: Sentence): boolean => {
  const answer = ask(text);
  if (wanted.type !== 'suggest' && wanted.type !== 'problem') return isDeepStrictEqual(answer, wanted);
  return answer.type === wanted.type && answer.name === wanted.name;
};

describe('the sentences people write [P17]', () => {
  it('are at least 320, all different, of every type and for every command', () => {
    expect(new Set(sentences.map(({ text }) => text)).size).toBe(sentences.length);
    expect(sentences.length).toBeGreaterThanOrEqual(320);
    expect(new Set(sentences.map((sentence) => sentence.expect.type)).size).toBe(7);
    const named = new Set(sentences.map((sentence) => sentence.expect.name));
    expect(menu.filter(({ name }) => !named.has(name))).toEqual([]);
  });

  it('are understood right in at least 95 of 100', () => {
    const wrong = sentences.filter((sentence) => !isRight(sentence)).map(({ text }) => text);

    expect(wrong.length / sentences.length, `wrong: ${wrong.join(' | ')}`).toBeLessThanOrEqual(0.05);
  });

  it('never become a write that was not asked for', () => {
    const wrong = sentences.filter((sentence) => isWrite(ask(sentence.text)) && !isRight(sentence));

    expect(wrong.map(({ text }) => text)).toEqual([]);
  });
});

describe('a write [P17, O]', () => {
  // Free words behind a slash go into a preview as they are: nothing is done by them.
  const isFree = ({ expect: { name } }: Sentence): boolean =>
    menu.some((entry) => entry.name === name && Object.values(entry.args).some(({ kind }) => kind === 'text'));
  const plain = sentences.filter(
    (sentence) => isWrite(ask(sentence.text)) && !isFree(sentence) && !/[@＠>「“]|http|bind|绑定/i.test(sentence.text),
  );
  const turns = [
    '了',
    '过',
    '吗',
    '？',
    '不',
    '没',
    '别',
    '不要',
    '谁',
    '我',
    '已经',
    '失败',
    '昨天',
    '等会儿',
    ' not ',
    ' was ',
    ' if ',
  ];

  it('has enough sentences to be tried with', () => {
    expect(plain.length).toBeGreaterThanOrEqual(120);
  });

  it('is gone with any one word that reports, asks, denies or puts it off', () => {
    const wrong = plain.flatMap(({ text }) =>
      turns.flatMap((turn) =>
        [...text]
          .map((_, at) => text.slice(0, at + 1) + turn + text.slice(at + 1))
          .filter((turned) => isWrite(ask(turned))),
      ),
    );

    expect(wrong).toEqual([]);
  });

  it('is gone when chat stands before or behind it', () => {
    const chat = sentences
      .filter((sentence) => sentence.expect.type === 'unclear' && /[\u4e00-\u9fff]{3}/.test(sentence.text))
      .map(({ text }) => text)
      .filter((text) => !/[@＠>「“]|机器人|辛苦了/.test(text));
    const some = plain.filter((_, index) => isLong || index % 9 === 0).map(({ text }) => text);

    const mixed = chat.flatMap((words) => some.flatMap((text) => [`${words}，${text}`, `${text}\n${words}`]));

    expect(mixed.length).toBeGreaterThanOrEqual(1_000);
    expect(mixed.filter((text) => isWrite(ask(text)))).toEqual([]);
  });

  it('takes orders from one side of its verb only', () => {
    expect(ask('018842 释放 118842')).toMatchObject({ type: 'suggest', name: 'release' });
    expect(ask('018842 118842 释放')).toMatchObject({ type: 'command', name: 'release' });
  });

  it('keeps every reference as it was written, zeros in front included', () => {
    const tail = fc.stringMatching(/^\d{4,19}$/);

    fc.assert(
      fc.property(
        fc.uniqueArray(tail, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(' ', '、', '\n', ',', '\t'),
        (refs, gap) => {
          const wanted = { type: 'command', name: 'release', args: { orders: { kind: 'refs', refs } } };
          expect(ask(`/释放 ${refs.join(gap)}`)).toEqual(wanted);
          expect(ask(`释放 ${refs.join(gap)}`)).toEqual(wanted);
        },
      ),
      { numRuns: numRuns / 20 },
    );
  });
});

describe('any text at all [P17]', () => {
  const pieces = fc.constantFrom(
    ...menu.flatMap(({ name, aliases }) => [name, ...aliases]),
    ...[
      '@',
      '＠',
      '/',
      '／',
      '、',
      '?',
      '号',
      '全部',
      '「',
      '」\n- - - -\n',
      '> ',
      '\n',
      ' ',
      '　',
      '\u200b',
      '\u202e',
      '\ud800',
      '🙏',
    ],
    ...[
      '幺',
      '十',
      '百',
      '半小时',
      '30m',
      '018842',
      '12',
      'https://',
      '/o/',
      '广州',
      '李建国',
      '订单机器人',
      '不',
      '了',
      '__proto__',
      'constructor',
    ],
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'grapheme', maxLength: 4 })), {
        maxLength: 30,
      })
      .map((all) => all.join('')),
  );

  it('with the names of two commands that look alike behind a word that is none is not turned from one into the other', () => {
    for (const text of ['@dtmd://x?content=/Release stuck', '/x stock', '/relse stuck stock'])
      expect(() => understand(text, menu, lexicon)).not.toThrow();
  });

  it('is answered without throwing, with a command of the menu and only its own places filled', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const answer = understand(text, menu, lexicon);
        if (!('name' in answer)) return;
        const entry = menu.find(({ name }) => name === answer.name);
        expect(entry).toBeDefined();
        if (answer.type !== 'command') return;
        const places = Object.entries(entry?.args ?? {});
        expect(places.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(answer.args)));
        for (const [name, { isOptional }] of places)
          expect(isOptional === true || answer.args[name] !== undefined).toBe(true);
      }),
      { numRuns },
    );
  });

  it('is answered the same way twice', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(understand(text, menu, lexicon)).toEqual(understand(text, menu, lexicon));
      }),
      { numRuns: numRuns / 10 },
    );
  });

  it.each([
    '@',
    '「\n',
    '>',
    '/',
    '百',
    '1',
    'a',
    ' ',
    '-',
    '1.',
    '给',
    '018842 ',
    'http://',
    '@a',
    '半',
    '释',
    '#',
    '\n',
  ])('made of one piece repeated to the limit (%j) takes no long time', (piece) => {
    const text = piece.repeat(8_000 / piece.length);
    // The best of three: what a busy machine adds is not the parser's.
    const took = [1, 2, 3].map(() => {
      const began = performance.now();
      understand(text, menu, lexicon);
      return performance.now() - began;
    });

    expect(Math.min(...took)).toBeLessThan(200);
  });

  it('is answered within a millisecond, 99 times of 100', () => {
    for (const { text } of sentences) understand(text, menu, lexicon);
    const took = Array.from({ length: 10 }, () => sentences)
      .flat()
      .map(({ text }) => {
        const began = performance.now();
        understand(text, menu, lexicon);
        return performance.now() - began;
      })
      .toSorted((one, other) => one - other);

    // A busy machine runs the short suite; the long one measures.
    expect(took[Math.floor(took.length * 0.99)]).toBeLessThan(isLong ? 1 : 5);
  });
});
