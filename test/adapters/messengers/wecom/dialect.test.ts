import { describe, expect, it } from 'vitest';
import { cutBytes, foreignWords, markdownLine } from '../../../../src/adapters/messengers/wecom/dialect.ts';
import { toMarkdown, toText } from '../../../../src/adapters/messengers/wecom/markdown.ts';
import { toTemplateCard } from '../../../../src/adapters/messengers/wecom/template-card.ts';
import { normaliseText } from '../../../../src/domain/normalise-text.ts';
import { foreign } from '../../../../src/domain/text.ts';
import { checkCard, overlongFields } from '../../../../src/sandbox/servers/wecom/cards.ts';
import { renderCard, renderMarkdown, renderText } from '../../../../src/sandbox/servers/wecom/render.ts';
import { bySize } from '../../../kit/size.ts';
import { card } from './kit.ts';

const atoms = [
  ...'[]()<>{}*_`~#|!@$&^=+-.:;/\\"\'%',
  '[点我](https://evil.example)',
  '![x](https://evil.example/a.png)',
  'https://evil.example',
  'HTTP://EVIL.example/a?b=c#d',
  'www.evil.cn',
  'evil.com',
  '恶.中国',
  't.cn/Ab3',
  '1.2.3.4:8080/x',
  'mailto:a@b.cn',
  'a@b.cn',
  'javascript:alert(1)',
  'tel:13800000000',
  'weixin://dl/x',
  '<@lijg>',
  '<@all>',
  '@all',
  '@所有人',
  '<font color="warning">x</font>',
  '<think>',
  '</think>',
  '<!-- x -->',
  '&lt;@lijg&gt;',
  '&#60;',
  '**粗**',
  '__粗__',
  '*斜*',
  '~~删~~',
  '`码`',
  '```',
  '# ',
  '> ',
  '- ',
  '+ ',
  '1. ',
  '12) ',
  '---',
  '===',
  '| a | b |',
  '|---|---|',
  '\n',
  '\r\n',
  '\t',
  '\u2028',
  '\u2029',
  '    ',
  '\u0000',
  '\u0008',
  '\u001b[31m',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\u00ad',
  '\u{e0041}',
  '\ud83d',
  '\udc55',
  '👕',
  '👨‍👩‍👧',
  'Z\u0351\u0352\u0353\u0354\u0355',
  '／',
  '＠',
  '．',
  '。',
  '绣字卫衣 黑L',
  '018842',
  'L:180',
  '10:32',
  '/release 018842',
];
/** The same texts each time. */
function hostile(count: number): string[] {
  let seed = 20_261_124;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const sign = (): string => {
    const code = next(5) === 0 ? next(0x10_ffff) : next(0x3_000);
    return code >= 0xd800 && code < 0xe000 ? '\ud800' : String.fromCodePoint(code);
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + next(12) }, () => (next(4) === 0 ? sign() : (atoms[next(atoms.length)] ?? ''))).join(''),
  );
}
const many = hostile(bySize({ short: 10_000, moderate: 20_000, full: 100_000 }));
const everyone = ['lijg', 'wangmin', 'chenj', 'zhaol'];
const link = { label: '更多', url: card().url };

describe('foreign words', () => {
  it('come out as words only, at most 40 of them', () => {
    const wrong: unknown[] = [];
    for (const text of many) {
      const said = foreignWords(text);

      const isMarkup = /[\\`*_[\]<>|~#@$&\n\r]|\p{Cc}|\p{Cf}|\p{Cs}|:\/\/|^[-+=]/u.test(said);
      const isLink = /www\.|[\p{L}\p{N}]\.\p{L}{2}|\d\.\d{1,3}\.\d/iu.test(said);
      const isTower = /\p{M}{3}/u.test(said);
      if (isMarkup || isLink || isTower || Array.from(said).length > 40) wrong.push([text, said]);
    }
    expect(wrong).toEqual([]);
    expect(many.length).toBeGreaterThanOrEqual(10_000);
  });

  it('make no link, mention, image or markup, wherever they stand, on the bot or on the webhook', () => {
    const wrong: unknown[] = [];
    for (const text of many) {
      const lines = [
        [foreign(text)],
        [foreign(text), ' ×1 ', foreign(text)],
        ['尾号 018842 ', foreign(text)],
        ['最后'],
      ];
      const markdown = toMarkdown(card({ lines, buttons: [] }), 4_096);
      for (const mentionable of [null, everyone]) {
        const { links, images, mentions, marks } = renderMarkdown(markdown, mentionable);
        const isPlain = marks.every((mark) => mark === 'bold') && images.length === 0 && mentions.length === 0;
        if (!isPlain || JSON.stringify(links) !== JSON.stringify([link])) wrong.push([text, markdown, links, marks]);
      }
      const plain = renderText(toText(card({ lines }), 2_048), everyone);
      if (plain.mentions.length > 0 || plain.links.length !== 1) wrong.push([text, plain]);
    }
    expect(wrong).toEqual([]);
  });

  it('make whole cards, with no field too long', () => {
    const wrong: unknown[] = [];
    for (const text of many.slice(0, 2_000)) {
      const made = toTemplateCard(
        card({
          lines: [
            ['12号 ', foreign(text)],
            [foreign(text), foreign(text)],
          ],
        }),
        'k',
      );
      const fields = made as unknown as Record<string, unknown>;
      const isWhole = checkCard(fields) === 0 && overlongFields(fields).length === 0;
      if (!isWhole || /\n\n|<@/.test(renderCard(fields).text)) wrong.push([text, fields]);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['绣字卫衣 黑L', '绣字卫衣 黑L'],
    ['尺码:180/96A(M) 1.5kg', '尺码:180/96A(M) 1.5kg'],
    ['要 2 件，谢谢！', '要 2 件，谢谢！'],
    ['TX01-HE_M', 'TX01-HE＿M'],
    ['[点我](http://evil.com)', '［点我］(http：//evil．com)'],
    ['  多   空格 \n 换行 ', '多 空格 换行'],
    ['长'.repeat(41), `${'长'.repeat(39)}…`],
    ['👕'.repeat(41), `${'👕'.repeat(39)}…`],
    ['a\u202ebc\u200bd', 'abcd'],
    ['- 列表', '－ 列表'],
    ['', ''],
  ])('read as they were written: %j', (text, said) => {
    expect(foreignWords(text)).toBe(said);
  });

  it('are read back by the bot as they were written', () => {
    expect(normaliseText(foreignWords('TX01_A*B #3 [L]'))).toBe('TX01_A*B #3 [L]');
  });
});

describe('our own words', () => {
  it.each([
    ['用法：/reroute <单号> [仓库]', '用法：/reroute ＜单号＞ ［仓库］'],
    ['# 12号', '＃ 12号'],
    ['1. 第一', '1． 第一'],
    ['1.5 件', '1.5 件'],
    ['登录 https://war.example/l?a_b=c*d 五分钟有效', '登录 https://war.example/l?a_b=c*d 五分钟有效'],
  ])('are shown as they are written: %s', (text, said) => {
    expect(markdownLine([text])).toBe(said);
  });

  it('keep the address of a link whole', () => {
    const url = 'https://war.example/o/x?e=(1)&s=a b';
    expect(renderMarkdown(toMarkdown(card({ url }), 20_480)).links).toEqual([
      { label: '更多', url: 'https://war.example/o/x?e=%281%29&s=a%20b' },
    ]);
  });
});

it('cuts bytes at whole characters', () => {
  for (const text of ['长'.repeat(10), '👕'.repeat(10), 'é长👕a'.repeat(4)]) {
    for (let most = 3; most <= Buffer.byteLength(text) + 1; most += 1) {
      const said = cutBytes(text, most);
      expect(Buffer.byteLength(said)).toBeLessThanOrEqual(most);
      expect(said === text || (said.endsWith('…') && text.startsWith(said.slice(0, -1)))).toBe(true);
    }
  }
});
