import { describe, expect, it } from 'vitest';
import { chatOfTrack, trackId, variablesOf } from '../../../../src/adapters/messengers/dingtalk/interactive-card.ts';
import { markdown, privateMessage } from '../../../../src/adapters/messengers/dingtalk/message.ts';
import type { Line } from '../../../../src/domain/card.ts';
import { foreign } from '../../../../src/domain/text.ts';
import type { OutgoingCard } from '../../../../src/ports/messenger.ts';
import { healthCard } from '../../../../src/render/health-card.ts';
import { aHealth } from '../../../kit/health.ts';
import { aCard, inGroup, toLi } from './kit.ts';

const spoken = (tone: OutgoingCard['tone'], lines: readonly Line[], ...labels: readonly string[]): OutgoingCard => ({
  tone,
  lines,
  buttons: labels.map((label, at) => ({ label, command: `/ack ${at}`, style: 'plain' })),
  link: null,
  url: null,
});

/** The shapes of everything it says. */
const samples: readonly (readonly [string, OutgoingCard])[] = [
  [
    'one order',
    spoken(
      'critical',
      [
        ['12号 · 先发这单 · 剩 2时10分'],
        [foreign('绣字卫衣 黑L'), ' ×1 · 杭州 A-12-03 · 尾号 018842'],
        ['卡在：库存被已关闭单 …007710 占 2 件'],
      ],
      '解锁并发',
      '我来',
      '更多',
    ),
  ],
  [
    'many orders, one cause',
    spoken(
      'critical',
      [
        ['12号 · 杭州仓停了 10 分钟 · 37 单'],
        ['最急剩 2时10分，18 点前要发 21 单'],
        ['其他仓 10 分钟内正常，接口正常'],
      ],
      '我来',
      '看清单',
      '导出',
    ),
  ],
  [
    'tonight',
    spoken(
      'night',
      [
        ['21:00 · 今晚 24:00 前要发 3,120'],
        ['已发 1,130 · 每小时 410 → 01:51 才能发完'],
        ['会晚 760 单：加 9 人（按 30 单/人时），或改广州仓'],
      ],
      '看 760 单',
      '我来安排',
    ),
  ],
  [
    'refund race',
    spoken(
      'refused',
      [['拦下来！018842 已退款，面单已打，还没揽收'], ['中通 …7812 · 同包还有 2 单（未退）']],
      '从包裹取出',
      '整包拦截 约¥4',
      '已发走',
    ),
  ],
  [
    'before something is done',
    spoken(
      'waiting',
      [
        ['改仓 018842（', foreign('绣字卫衣 黑L'), '，张*）：'],
        ['留杭州  明天  缺 1，补货后天到'],
        ['广州  后天  估 +¥3.2  余 14（10:31）'],
      ],
      '改到广州',
      '留着',
    ),
  ],
  [
    'after',
    spoken('done', [['018842 已改到广州仓（聚水潭 14:32 确认）。锁库：广州 1 件。王敏操作，李建国同意。']], '撤销'),
  ],
  ['not known', spoken('waiting', [['已提交给聚水潭，没收到答复。正在查证，不会重复提交，查到在这里说。']])],
  [
    'cannot be done',
    spoken('info', [['旺店通没有改仓接口。请在「订单审核 → 修改仓库」处理，改好我会自动发现。'], ['018842']]),
  ],
  ['person erred', spoken('info', [['没有 /释放锁。要 /释放 018842 吗？']])],
  [
    'morning',
    spoken('numbers', [
      ['11月22日 · 今天要发 6,410（24点前），按昨天速度 21:40 发完'],
      ['🟡 超时 12 单（清单）· 揽收风险 31 件（中通滨江网点）'],
      ['⛔ 退款没拦住 4 · 缺货 3 款 87 单（最早 16 点）'],
      ['周期 6.2 时（白天付 4.1 / 夜里付 9.0）· 催单 无数据 · 错发至今 0.42%（n=8,310）'],
      ['昨天说了 41 件事：38 件有人接（7 分钟），33 件解决（1 时 20 分），3 件没人接'],
      ['数据：淘宝 10:32 · 拼多多 10:28 · 聚水潭 10:32    记录 7F3A9C21'],
    ]),
  ],
  [
    'the morning card',
    {
      ...{ ...healthCard(aHealth(), 'zh', { type: 'morning', day: '2026-11-25', lateAt: '10:05' }), link: null },
      url: null,
    },
  ],
  [
    'the morning card in English',
    {
      ...{ ...healthCard(aHealth(), 'en', { type: 'morning', day: '2026-11-25', lateAt: '10:05' }), link: null },
      url: null,
    },
  ],
];

const bytes = (value: unknown): number => Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));

describe.each(samples)('what it says: %s', (_name, card) => {
  it('stands whole in a group message, with a word for every button', () => {
    const { title, text } = markdown(card, 'name');

    for (const line of card.lines)
      expect(text).toContain(
        line
          .map((piece) => (typeof piece === 'string' ? piece : piece.foreign))
          .join('')
          .trim()
          .replaceAll('*', '＊'),
      );
    for (const { label, command } of card.buttons) expect(text).toContain(`回 @机器人 ${command} → ${label}`);
    expect(text).toMatch(/^#### (🔴|🌙|⛔|⏳|✅|🔵|📊) /u);
    expect(bytes({ title, text })).toBeLessThan(15_000);
  });

  it('keeps to the fields and sizes of the sheet in private and as a card', () => {
    const { msgKey, msgParam } = privateMessage(card);
    const variables = variablesOf(card);

    expect(msgKey).toMatch(/^sample(Markdown|ActionCard[2-5]?)$/);
    expect(bytes(msgParam)).toBeLessThan(15_000);
    for (const [name, value] of Object.entries(variables)) {
      expect(typeof value).toBe('string');
      expect(bytes(name)).toBeLessThanOrEqual(100);
      expect(bytes(value)).toBeLessThanOrEqual(1_024);
    }
    expect(Object.values(variables).filter((value) => value !== '').length).toBeGreaterThan(1);
  });
});

it('answers in English where the buttons speak it', () => {
  const card = aCard({ buttons: [{ label: 'Mine', command: '/ack 12', style: 'plain' }] });

  expect(markdown(card, 'name').text).toContain('Reply @bot /ack 12 → Mine');
});

const large: readonly (readonly [string, readonly Line[]])[] = [
  ['many lines', Array.from({ length: 400 }, () => [foreign('绣字卫衣 黑L，杭州仓还没分拣👕'.repeat(2))])],
  ['one long line', [['12号'], ['长'.repeat(14_000)], ['最后']]],
  ['signs of four bytes', [['12号'], ['👕'.repeat(10_000)]]],
  ['signs that grow when written down', [['12号'], ['"'.repeat(40_000)]]],
];

describe.each(large)('a card of 40 kB: %s', (_name, lines) => {
  it('is cut at a character within its bytes, its link and commands whole', () => {
    const card = aCard({ lines });
    const inGroupText = markdown(card, 'name');
    const toPerson = privateMessage(card);

    for (const text of [JSON.stringify(inGroupText), toPerson.msgParam]) {
      expect(bytes(text)).toBeLessThanOrEqual(15_000);
      expect(bytes(text)).toBeGreaterThan(13_500);
      expect(text).not.toMatch(/\\ud[89a-f]/);
    }
    expect(inGroupText.text).toContain('回 @机器人 /ack 12 → 我来');
    expect(inGroupText.text).toContain(card.url);
    expect(toPerson.msgParam).toContain('content=%2Fack%2012');
  });

  it('fills the variables of a card, each within its kilobyte', () => {
    const variables = variablesOf(aCard({ lines }));

    for (const value of Object.values(variables)) {
      expect(bytes(value)).toBeLessThanOrEqual(1_024);
      expect(JSON.stringify(value)).not.toMatch(/\\ud[89a-f]/);
    }
    expect(bytes(variables.text8 ?? '')).toBeGreaterThan(500);
    expect(variables.c2).toBe('/ack 12');
  });
});

it('tells a card’s chat from its id, which is the same for the same key', () => {
  expect(trackId(inGroup, 'k1')).toBe(trackId(inGroup, 'k1'));
  expect(trackId(inGroup, 'k1')).not.toBe(trackId(inGroup, 'k2'));
  expect(chatOfTrack(trackId(inGroup, 'k1'))).toEqual({ chatId: inGroup.chatId, isPrivate: false });
  expect(chatOfTrack(trackId(toLi, 'k1'))).toEqual({ chatId: 'li', isPrivate: true });
  expect(chatOfTrack('order-1024-alert-7')).toBeUndefined();
});
