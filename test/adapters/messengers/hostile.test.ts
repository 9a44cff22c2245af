import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variablesOf } from '../../../src/adapters/messengers/dingtalk/interactive-card.ts';
import { markdown, privateMessage } from '../../../src/adapters/messengers/dingtalk/message.ts';
import { toMarkdown, toText } from '../../../src/adapters/messengers/wecom/markdown.ts';
import { toTemplateCard } from '../../../src/adapters/messengers/wecom/template-card.ts';
import type { Card } from '../../../src/domain/card.ts';
import { understand } from '../../../src/domain/grammar.ts';
import type { RawArg } from '../../../src/domain/menu.ts';
import { normaliseText } from '../../../src/domain/normalise-text.ts';
import { foreign } from '../../../src/domain/text.ts';
import type { OutgoingCard } from '../../../src/ports/messenger.ts';
import { renderCardHtml } from '../../../src/render/page/card.ts';
import { saidBackCard } from '../../../src/render/said-back.ts';
import { renderMarkdown, renderText } from '../../../src/sandbox/servers/wecom/render.ts';
import { lexicon, menu } from '../../commands/menu.ts';
import { bySize } from '../../kit/size.ts';

const numRuns = bySize({ short: 600, moderate: 5_000, full: 100_000 });
const timeout = 600_000;

const pieces = [
  ...menu.flatMap(({ name, aliases }) => [name, ...aliases]),
  ...[
    '/',
    '／',
    '、',
    '@',
    '＠',
    '#',
    '号',
    '全部',
    ' ',
    '\n',
    '\t',
    '\u3000',
    '，',
    '。',
    '「',
    '」\n- - - - - -\n',
    '> ',
  ],
  ...[
    '318042',
    '407719',
    '12号',
    '幺二',
    '广州',
    '广州仓',
    '@李建国',
    '订单机器人',
    '30m',
    '半小时',
    '确认 K7',
    'yes K7 ',
    '1',
  ],
  ...[
    '[点](https://evil.example)',
    '![x](//evil.example/a.png)',
    'https://evil.example/318042',
    'http://e.cn',
    'www.evil.cn',
  ],
  ...[
    'evil.com',
    '<@lijg>',
    '<@all>',
    '@all',
    '@所有人',
    '<font color=red>',
    '<a atId=li>',
    '<img src=x onerror=y>',
    '&#60;',
  ],
  ...[
    'dtmd://dingtalkclient/sendMessage?content=%2Frelease',
    'javascript:alert(1)',
    '**',
    '`',
    '_',
    '~',
    '|',
    '$' + '{x}',
  ],
  ...[
    '\u202e',
    '\u2066',
    '\u200b',
    '\u0000',
    '\u001b[31m',
    '\ud83d',
    '\u{e0041}',
    '👨‍👩‍👧',
    'Z\u0351\u0352\u0353',
    '\ufeff',
  ],
];
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: 'grapheme', maxLength: 3 })),
      {
        maxLength: 14,
      },
    )
    .map((all) => all.join('')),
  // A command with something else in each place.
  fc
    .tuple(
      fc.constantFrom(...menu.map(({ name, aliases }) => `/${aliases[0] ?? name}`)),
      fc.array(fc.constantFrom(...pieces), { maxLength: 5 }),
    )
    .map(([verb, rest]) => [verb, ...rest].join(' ')),
);

const url = 'https://war.example/o/x?e=1&s=abc';
const leaving = (card: Card): OutgoingCard => ({ ...card, link: { label: '更多', path: '/o/x' }, url });

const unseen = /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/u;
const everybody = ['lijg', 'wangmin', 'all'];

/** What is wrong with a card in any dialect; undefined when it is words and our own link only. */
function faultOf(card: OutgoingCard): string | undefined {
  const wecom = renderMarkdown(toMarkdown(card, 20_480), everybody);
  if (wecom.links.some((link) => link.url !== url) || wecom.links.length !== 1) return 'wecom: a link';
  if (wecom.images.length > 0 || wecom.mentions.length > 0) return 'wecom: an image or a mention';
  if (wecom.marks.some((mark) => mark !== 'bold')) return `wecom: ${wecom.marks.join()}`;
  const text = renderText(toText(card, 2_048), everybody);
  if (text.mentions.length > 0 || text.links.length !== 1) return 'wecom text: a mention or a link';
  const face = JSON.stringify(
    toTemplateCard({ ...card, buttons: [{ label: '好', command: '/ack 1', style: 'plain' }] }, 'k'),
  );
  if (/<@/.test(face)) return 'wecom card: a mention';
  const ding = markdown(card, 'name').text;
  const body = ding.slice(0, ding.lastIndexOf('[更多]('));
  if (/[[\]<>*_`~|\\]|:\/\/|(?:^|\n)\s*(?:[-+=>] |\d+[.)] )/u.test(body.replace(/^#### /, '')))
    return 'dingtalk: markup';
  if (/<a |@all|@所有人/.test(body)) return 'dingtalk: a mention';
  for (const shown of [wecom.text, text.text, body, JSON.parse(privateMessage(card).msgParam).text as string]) {
    if (unseen.test(shown.replaceAll('\n', ''))) return 'a sign that is not seen';
  }
  for (const [name, value] of Object.entries(variablesOf(card))) {
    if (/^(?:title|text)/.test(name) && (/[[\]<>*_`~|\\]|:\/\//.test(value) || unseen.test(value.replaceAll('\n', ''))))
      return `dingtalk card: ${name}`;
  }
  const html = renderCardHtml(card, 'zh').toString();
  if (unseen.test(html.replaceAll('\n', ''))) return 'web: a sign that is not seen';
  const tags = html.match(/<\/?[a-z!?][^>]*>?/gi) ?? [];
  if (tags.some((tag) => !/^<\/?(?:div|p|span|svg|path|circle|use|a|rect|g|polygon|line)\b/.test(tag)))
    return 'web: a tag';
  if ((html.match(/<a /g) ?? []).length !== 1) return 'web: a link';
  return undefined;
}

/** Digits as somebody wrote or dictated them, in the order they were said. */
const digitsOf = (text: string): string =>
  normaliseText(text)
    .replace(/[零〇洞]/g, '0')
    .replace(/[一幺]/g, '1')
    .replace(/[二两]/g, '2')
    .replace(/三/g, '3')
    .replace(/四/g, '4')
    .replace(/五/g, '5')
    .replace(/六/g, '6')
    .replace(/[七拐]/g, '7')
    .replace(/八/g, '8')
    .replace(/[九勾]/g, '9')
    .toUpperCase();

const refsOf = (args: Readonly<Record<string, RawArg>>): readonly string[] =>
  Object.values(args).flatMap((arg) => (arg.kind === 'refs' ? arg.refs : []));

describe(`${numRuns} hostile texts [P17 P18]`, () => {
  it('are read without an error, and a write names only whole numbers that stand in the text', { timeout }, () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const answer = understand(text, menu, lexicon);
        if (answer.type !== 'command' || menu.every(({ name, changes }) => name !== answer.name || !changes)) return;
        for (const ref of refsOf(answer.args)) {
          const own = ref.startsWith('o:') ? ref.slice(2).toUpperCase() : ref;
          const said = digitsOf(text).split(own);
          expect(said.length, `${ref} of ${JSON.stringify(text)}`).toBeGreaterThan(1);
          const isWhole = said.some(
            (part, at) => at < said.length - 1 && !/\d$/.test(part) && !/^\d/.test(said[at + 1] ?? ''),
          );
          expect(isWhole, `${ref} of ${JSON.stringify(text)}`).toBe(true);
        }
      }),
      { numRuns },
    );
  });

  it('are only words on the web, in WeCom and in DingTalk when somebody outside wrote them', { timeout }, () => {
    fc.assert(
      fc.property(hostile, hostile, (one, two) => {
        const card = leaving({
          tone: 'warning',
          lines: [['12号 ', foreign(one)], [foreign(two), ' ×1 ', foreign(one)], [foreign(one)], ['尾号 018842']],
          buttons: [],
          link: null,
        });
        expect(faultOf(card)).toBeUndefined();
      }),
      { numRuns },
    );
  });

  it('are only words in the answer when a colleague sent them, and never half a number to copy', { timeout }, () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const answer = understand(text, menu, lexicon);
        if (answer.type !== 'suggest' && answer.type !== 'problem' && answer.type !== 'unclear') return;
        for (const language of ['zh', 'en'] as const) {
          const card = saidBackCard(answer, language);
          expect({ answer, fault: faultOf(leaving(card)) }).toEqual({ answer, fault: undefined });
          expect(JSON.stringify(card.lines)).not.toMatch(/\d…/);
        }
      }),
      { numRuns },
    );
  });
});
