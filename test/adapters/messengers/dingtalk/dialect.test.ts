import { expect, it } from 'vitest';
import { foreignText, lineText } from '../../../../src/adapters/messengers/dingtalk/dialect.ts';
import { variablesOf } from '../../../../src/adapters/messengers/dingtalk/interactive-card.ts';
import { markdown } from '../../../../src/adapters/messengers/dingtalk/message.ts';
import { foreign } from '../../../../src/domain/text.ts';
import { bySize } from '../../../kit/size.ts';
import { aCard } from './kit.ts';

it.each([
  ['[点我](https://evil.example/x)', '［点我］（https：／／evil．example/x）'],
  ['![](http://a.cn/b.png)', '！［］（http：／／a．cn/b．png）'],
  ['看 www.evil.com 和 t.cn/x', '看 www．evil．com 和 t．cn/x'],
  ['例子.中国', '例子．中国'],
  ['//evil/x', '／／evil/x'],
  ['1.2.3.4:80', '1．2．3．4:80'],
  ['@所有人 @13800000000', '＠所有人 ＠13800000000'],
  ['<a atId=li>李</a><font color=red>', '＜a atId=li＞李＜/a＞＜font color=red＞'],
  ['**急** _急_ `急` ~~急~~ # 急', '＊＊急＊＊ ＿急＿ ｀急｀ ～～急～～ ＃ 急'],
  ['&lt;a&gt; &#91;', '＆lt;a＆gt; ＆＃91;'],
  ['$' + '{title} $$x$$ {{y}}', '＄｛title｝ ＄＄x＄＄ ｛｛y｝｝'],
  ['dtmd://dingtalkclient/sendMessage?content=/x', 'dtmd：／／dingtalkclient/sendMessage?conte…'],
  ['tel:110 mailto:a@b.cn', 'tel：110 mailto：a＠b．cn'],
  ['一\n# 二\r\n三\u2028四', '一 ＃ 二 三 四'],
  ['\u202e倒\u2066写\u200b\u0000\ud83d', '倒写'],
  ['Z̸̡̛͓a̷̢̧l', 'Z̸̡a̷̢l'],
  ['黑L ×1 · 10:32 ¥19.90 1/2', '黑L ×1 · 10:32 ¥19.90 1/2'],
])('shows %j as plain text', (words, plain) => {
  expect(foreignText(words)).toBe(plain);
});

it('cuts at forty characters, never through one', () => {
  const cut = foreignText('👕'.repeat(60));

  expect(Array.from(cut)).toHaveLength(40);
  expect(cut).toBe(`${'👕'.repeat(39)}…`);
  expect(foreignText('长'.repeat(40))).toBe('长'.repeat(40));
});

it.each([
  ['- 一', '－ 一'],
  ['+ 一', '＋ 一'],
  ['1. 一', '1． 一'],
  ['12) 一', '12） 一'],
  ['===', '＝=='],
  ['    四格', '四格'],
  ['> 引', '＞ 引'],
])('begins no list, ruler, code or quotation: %j', (words, shown) => {
  expect(lineText([words])).toBe(shown);
  expect(lineText([foreign(words)])).toBe(shown);
});

it('keeps our own words but for markup', () => {
  expect(lineText(['改仓 018842（张*）: 见 war.example，@李建国 10:32'])).toBe(
    '改仓 018842（张＊）: 见 war.example，@李建国 10:32',
  );
});

const bits = [
  ...'[]()<>*_`~#@&$!|\\^{}:./-+= \n\r\t0123456789abAB中文👕é\u0301\u200b\u202e\u2066\u0000\ud83d\udc55',
  'http://',
  'https://evil.example',
  'dtmd://dingtalkclient/sendMessage?content=',
  'dingtalk://',
  'www.',
  '.com',
  '](',
  '![',
  '<a atId=li>',
  '</a>',
  '<font color=red>',
  '@all',
  '@所有人',
  '&#91;',
  '&lt;',
  '$' + '{',
  '1. ',
  '- ',
  '---',
  '\n\n# ',
  '｜',
  '。',
];

/** A small generator with a seed, so that a failure can be had again. */
function textsOf(seed: number): () => string {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return () => Array.from({ length: next(30) }, () => bits[next(bits.length)] ?? '').join('');
}

const many = bySize({ short: 10_000, moderate: 20_000, full: 100_000 });

it(`makes plain text of ${many} hostile ones, in every message they can get into`, { timeout: 600_000 }, () => {
  const text = textsOf(7);
  let checked = 0;
  for (let at = 0; at < many; at += 1) {
    const words = text();
    const plain = foreignText(words);
    const wrong = faultOf(plain);
    if (wrong !== undefined) expect.fail(`${wrong}: ${JSON.stringify(words)} → ${JSON.stringify(plain)}`);
    const card = aCard({
      lines: [[foreign(words)], ['A ', foreign(words), foreign(text())], [foreign(text())]],
      buttons: [],
    });
    const shown = markdown(card, 'name').text;
    const [ours = ''] = /\[更多\]\(https:\/\/war\.example[^)]*\)$/.exec(shown) ?? [];
    const rest = shown.slice(0, shown.length - ours.length).replace(/^#### /, '');
    const inMessage = /[[\]<>*_`~|\\#&]|:\/\/|(?:^|\n)\s*(?:[-+=>]|\d+[.)])/u.exec(rest);
    if (ours === '' || inMessage !== null)
      expect.fail(`${inMessage?.[0]}: ${JSON.stringify(words)} → ${JSON.stringify(shown)}`);
    for (const [name, value] of Object.entries(variablesOf(card))) {
      if (!/^(title|text)/.test(name)) continue;
      const inCard = value
        .split('  \n')
        .map(faultOf)
        .find((each) => each !== undefined && each !== 'too long');
      if (inCard !== undefined) expect.fail(`${inCard} in a card: ${JSON.stringify(words)} → ${JSON.stringify(value)}`);
    }
    checked += 1;
  }
  expect(checked).toBe(many);
});

function faultOf(plain: string): string | undefined {
  if (/[*_`~<>[\]\\|#@&$!(){}^]/.test(plain)) return 'markup';
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(plain)) return 'unseen';
  if (/[a-z]:|:\/|\/\//i.test(plain)) return 'scheme';
  if (/[\p{L}\p{N}]\.[\p{L}]|\d\.\d+\.\d/u.test(plain)) return 'domain';
  return Array.from(plain).length > 40 ? 'too long' : undefined;
}
