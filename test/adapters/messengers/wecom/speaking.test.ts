import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Button, notice } from '../../../../src/domain/card.ts';
import { normaliseText } from '../../../../src/domain/normalise-text.ts';
import { foreign } from '../../../../src/domain/text.ts';
import type { OutgoingCard } from '../../../../src/ports/messenger.ts';
import { healthCard } from '../../../../src/render/health-card.ts';
import { aHealth } from '../../../kit/health.ts';
import { MINUTE, pass } from '../../../sandbox/kit.ts';
import { connect, never, type Office, openOffice, openRoom, type Room, toRoom, until } from './kit.ts';

const button = (label: string, command: string, style: Button['style'] = 'plain'): Button => ({
  label,
  command,
  style,
});
const url = 'https://war.example/o/3f2a9c?e=1790000000&s=0123456789abcdef0123456789abcdef';
const link = { label: '更多', path: '/o/3f2a9c' };

/** How the bot speaks, as neutral cards. */
const samples: readonly [string, OutgoingCard][] = [
  [
    'one order',
    {
      tone: 'critical',
      lines: [
        ['12号 · 先发这单 · 剩 2时10分'],
        [foreign('绣字卫衣 黑L'), ' ×1 · 杭州 A-12-03 · 尾号 018842'],
        ['卡在：库存被已关闭单 …007710 占 2 件'],
      ],
      buttons: [button('解锁并发', '/release 018842', 'primary'), button('我来', '/ack 12')],
      link,
      url,
    },
  ],
  [
    'many orders, one cause',
    {
      tone: 'critical',
      lines: [
        ['12号 · 杭州仓停了 10 分钟 · 37 单'],
        ['最急剩 2时10分，18 点前要发 21 单'],
        ['其他仓 10 分钟内正常，接口正常'],
      ],
      buttons: [button('我来', '/ack 12'), button('看清单', '/alerts'), button('导出', '/export 12')],
      link,
      url,
      call: { who: ['li'], before: '12号', after: '杭州仓停了，37 单' },
      mentions: [{ userId: 'lijg', name: '李建国' }],
    },
  ],
  [
    'tonight',
    {
      tone: 'night',
      lines: [
        ['21:00 · 今晚 24:00 前要发 3,120'],
        ['已发 1,130 · 每小时 410 → 01:51 才能发完'],
        ['会晚 760 单：加 9 人（按 30 单/人时），或改广州仓'],
      ],
      buttons: [button('看 760 单', '/alerts'), button('我来安排', '/ack 31', 'primary')],
      link,
      url,
    },
  ],
  [
    'refund race',
    {
      tone: 'refused',
      lines: [['拦下来！018842 已退款，面单已打，还没揽收'], ['中通 …7812 · 同包还有 2 单（未退）']],
      buttons: [
        button('从包裹取出', '/intercept 018842 1', 'primary'),
        button('整包拦截 约¥4', '/intercept 018842 2'),
        button('已发走', '/done 14', 'danger'),
      ],
      link: null,
      url: null,
    },
  ],
  [
    'before something is done',
    {
      tone: 'waiting',
      lines: [
        ['改仓 018842（', foreign('绣字卫衣 黑L'), '，', foreign('张*'), '）：'],
        ['留杭州  明天  缺 1，补货后天到'],
        ['广州  后天  估 +¥3.2  余 14（10:31）'],
        ['5 分钟内有效；拣货前 30 分钟内可撤销'],
      ],
      buttons: [button('改到广州', '确认 K7', 'primary'), button('留着', '取消 K7')],
      link: null,
      url: null,
    },
  ],
  [
    'after',
    {
      ...notice('done', '018842 已改到广州仓（聚水潭 14:32 确认）。锁库：广州 1 件。王敏操作，李建国同意。'),
      buttons: [button('撤销', '/undo 018842')],
      url: null,
    },
  ],
  [
    'an English card',
    {
      tone: 'critical',
      lines: [
        ['No. 12 · send this one first · 2 h 10 min left'],
        [foreign('Embroidered hoodie, black, L'), ' ×1 · Hangzhou A-12-03 · no. … 018842'],
        ['Stuck: 2 pieces held by the closed order …007710, and nobody will ship it'],
      ],
      buttons: [button('Release & send', '/release 018842', 'primary'), button('Mine', '/ack 12')],
      link: { label: 'More', path: '/o/x' },
      url,
    },
  ],
];
const notices: readonly [string, OutgoingCard][] = [
  ['not known', notice('waiting', '已提交给聚水潭，没收到答复。正在查证，不会重复提交，查到在这里说。')],
  [
    'cannot be done',
    notice('info', '旺店通没有改仓接口。请在「订单审核 → 修改仓库」处理，改好我会自动发现。', '018842'),
  ],
  ['person erred', notice('info', '没有 /释放锁。要 /释放 018842 吗？')],
  ['second person', notice('waiting', '超过 20 件要第二人同意，已请李建国（钉钉）。')],
  ['not seen', notice('info', '付款 2 小时仍未发货 · 仓内进度看不到（聚水潭不返回淘宝单）')],
  [
    'morning',
    notice(
      'numbers',
      '11月22日 · 今天要发 6,410（24点前），按昨天速度 21:40 发完',
      '🟡 超时 12 单（清单）· 揽收风险 31 件（中通滨江网点）',
      '⛔ 退款没拦住 4 · 缺货 3 款 87 单（最早 16 点）',
      '周期 6.2 时（白天付 4.1 / 夜里付 9.0）· 催单 无数据 · 错发至今 0.42%（n=8,310）',
      '昨天说了 41 件事：38 件有人接（7 分钟），33 件解决（1 时 20 分），3 件没人接',
      '数据：淘宝 10:32 · 拼多多 10:28 · 聚水潭 10:32    记录 7F3A9C21',
    ),
  ],
  [
    'the morning card',
    { ...healthCard(aHealth(), 'zh', { type: 'morning', day: '2026-11-25', lateAt: '10:05' }), link: null },
  ],
  [
    'the morning card in English',
    { ...healthCard(aHealth(), 'en', { type: 'morning', day: '2026-11-25', lateAt: '10:05' }), link: null },
  ],
].map(([name, card]) => [name as string, { ...(card as OutgoingCard), url: null }]);

let office: Office;
let room: Room;
beforeAll(async () => {
  office = await openOffice();
  room = openRoom(office, { webhook: true });
  await connect(office, room);
});
afterAll(async () => {
  await room.messenger.stop?.();
  await office.sandbox.stop();
});
async function shownAfter(card: OutgoingCard) {
  const before = (await office.posted()).length;
  await pass(office.sandbox, MINUTE);
  await room.messenger.send(toRoom, card, 'k', never);
  return (await office.posted()).slice(before);
}
const words = (card: OutgoingCard): string[] =>
  card.lines.map((line) =>
    line
      .map((piece) => (typeof piece === 'string' ? piece : piece.foreign))
      .join('')
      .trim(),
  );
/** As the bot itself would read it back. */
const plain = (text: string): string => normaliseText(text).replace(/\s+/g, '');

it.each(samples)('says it with buttons, no field too long, nothing lost: %s', async (_name, card) => {
  const [shown] = await shownAfter(card);

  expect(shown).toMatchObject({ via: 'bot', msgtype: 'template_card', overlong: [] });
  expect(shown?.card.button_list.map(({ text }: { text: string }) => text)).toEqual(
    card.buttons.map(({ label }) => (label.length > 10 ? `${label.slice(0, 9)}…` : label)),
  );
  for (const part of words(card).flatMap((line) => line.split(' · ')))
    expect(plain(shown?.text ?? '')).toContain(plain(part));
  expect(shown?.links.every((each) => each.url === card.url)).toBe(true);
});

it.each(notices)('says it in words: %s', async (_name, card) => {
  const [shown] = await shownAfter(card);

  expect(shown).toMatchObject({ via: 'bot', msgtype: 'markdown', marks: ['bold'], links: [], mentions: [] });
  for (const line of words(card)) expect(shown?.text).toContain(line);
});

it('calls people with one line of the webhook', async () => {
  const shown = await shownAfter(samples[1]?.[1] as OutgoingCard);

  expect(shown.map(({ via, rung }) => [via, rung])).toEqual([
    ['bot', []],
    ['webhook', ['lijg']],
  ]);
  expect(shown[1]?.text).toBe('12号 @李建国 杭州仓停了，37 单');
});

it('says the same through the webhook while the line is down', async () => {
  await office.post('/settings', { refuseUpgrade: 503 });
  await office.post('/connection', { do: 'drop' });
  await until(() => room.messenger.connection?.().isUp === false);

  for (const [, card] of [...samples, ...notices]) {
    const [shown] = await shownAfter(card);
    expect(shown).toMatchObject({ via: 'webhook', msgtype: card.mentions === undefined ? 'markdown' : 'text' });
    for (const line of words(card)) expect(plain(shown?.text ?? '')).toContain(plain(line));
    expect(shown?.links.map((each) => each.url)).toEqual(card.url === null ? [] : [card.url]);
  }
});
