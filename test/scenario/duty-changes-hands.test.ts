import { describe, expect, it } from 'vitest';
import { onDingTalk, onPlatforms } from '../kit/platforms.ts';
import { isLong } from '../kit/size.ts';
import {
  MINUTE,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  type TestBotOptions,
  tail,
  texts,
} from '../kit/test-bot.ts';

/** Two warehouse leads who follow each other, at 14:30 of the day the bot starts (14:00): 李建国 now, 钱进 after him. */
const start = (options: TestBotOptions = {}): Promise<TestBot> =>
  startTestBot({
    ...options,
    company(raw) {
      raw.staff = [
        ...raw.staff.map((each: { id: string }) =>
          each.id === 'li' ? { ...each, dingtalk: '0123', wecom: 'lijg' } : each,
        ),
        { id: 'qian', name: '钱进', role: 'warehouse-lead', wecom: 'qianj', dingtalk: '0456' },
      ];
      raw.roster = [
        { role: 'ops-lead', who: ['wang'], every: 'week', from: '2026-11-09 08:30' },
        { role: 'warehouse-lead', who: ['qian', 'li'], every: 'day', from: '2026-11-08 14:30' },
      ];
      options.company?.(raw);
    },
  });

/** The words that say yes on the newest card of a room. */
const wordsOf = (said: string): string => {
  const words = [...said.matchAll(/→ (?:确认|yes) (\w+)\]/g)].at(-1)?.[1];
  if (words === undefined) throw new Error(`no question in: ${said}`);
  return words;
};
const actions = async (bot: TestBot, subject: string): Promise<string[]> =>
  (await bot.audit(subject)).map(({ actorId, action }) => `${actorId} ${action}`).sort();
/** What was put out for a place that no test listens to. */
const outbox = async (bot: TestBot, roomId: string): Promise<string> =>
  (await bot.bot.storage.outbox.claim(roomId, 20, 1, bot.now() + 60 * MINUTE, 0))
    .map(({ card }) =>
      [
        ...card.lines.map((line) => line.map((piece) => (typeof piece === 'string' ? piece : piece.foreign)).join('')),
        ...card.buttons.map(({ label, command }) => `[${label} → ${command}]`),
      ].join('\n'),
    )
    .join('\n');

describe('/oncall [P11]', () => {
  it('tells who is on duty, until when and who is next, and which role has nobody', async () => {
    const bot = await start();

    expect(texts(await bot.say('zhou', '谁值班'))).toBe(
      [
        '🟡 现在值班 2 人 · 1 个岗位没有人',
        '运营主管：王敏',
        '仓储主管：李建国，还有 30分（到 14:30） → 钱进',
        '客服主管：没有人值班',
      ].join('\n'),
    );
  });

  it('follows a reload', async () => {
    const bot = await start();
    const roster = bot.company.roster.map((each) => ({ ...each, who: each.role === 'ops-lead' ? ['wang'] : ['qian'] }));

    await bot.bot.reload({ ...bot.company, roster });

    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：钱进');
  });

  it('takes a pasted roster from an ops-lead once it is confirmed, across a restart, and once', async () => {
    const bot = await start();
    const sheet = '/值班\n周二 钱进 14:00-20:00 / 李建国 20:00-08:00\n周三 钱进 08:00-20:00';
    expect(texts(await bot.say('li', sheet))).toContain('排班要运营主管来贴');
    expect(texts(await bot.say('wang', sheet.replace('李建国 20', '李建国 19')))).toContain(
      '有两个人值班：钱进、李建国',
    );

    const preview = texts(await bot.say('wang', sheet));
    expect(preview).toContain('排班 14:00 到 11-11 20:00\n仓储主管：钱进 2 班、李建国 1 班');
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：李建国');
    await bot.restart();
    const yes = `确认 ${wordsOf(preview)}`;
    expect(texts(await bot.say('li', yes))).toContain('要被问的人自己回答');
    expect(texts(await bot.say('wang', yes, { messageId: 'yes' }))).toBe('✅ 排班用上了：3 班，王敏');
    expect(await bot.say('wang', yes, { messageId: 'yes' })).toEqual([]);
    expect(texts(await bot.say('wang', yes))).toContain('已经过期、办过了');

    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：钱进，还有 6时0分（到 20:00） → 李建国');
    expect(await actions(bot, 'roster')).toEqual(['person:wang duty.sheet.accepted']);
  });
});

describe('/swap [P11]', () => {
  it('asks in the room where there is no private chat, by name; holds once the other agrees; swaps back', async () => {
    const bot = await start();

    const asked = await bot.say('li', '/换班 @钱进 14:20');
    expect(texts(asked)).toContain('李建国请钱进替班 · 20分 · 仓储主管');
    expect(asked[0]?.card.mentions).toEqual([{ userId: 'qian', name: '钱进' }]);
    const yes = `确认 ${wordsOf(texts(asked))}`;
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：李建国');
    expect(texts(await bot.say('li', yes))).toContain('要被问的人自己回答');

    const done = texts(await bot.say('qian', yes));
    expect(done).toContain('✅ 换班：钱进 替 李建国 到 14:20（仓储主管）');
    expect(done).toContain('[换回来 → /swap @qian]');
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：钱进，还有 20分（到 14:20） → 李建国');

    expect(texts(await bot.say('li', '/swap @qian'))).toBe('✅ 换回来了：李建国 值班，钱进 不用替了');
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：李建国');
    expect(await actions(bot, 'person:qian')).toEqual(['person:li duty.swap.asked', 'person:li duty.swap.undone']);
    expect(await actions(bot, 'person:li')).toEqual(['person:qian duty.swap.accepted']);
  });

  it.each([
    ['wecom', 'zhaol'],
    ['dingtalk', 'sun'],
  ])('asks in the private chat on %s, in the language of the colleague', async (platform, account) => {
    const bot = await start({
      company(raw) {
        const qian = raw.staff.find((each: { id: string }) => each.id === 'qian');
        Object.assign(qian, { language: 'en', wecom: 'zhaol', dingtalk: 'sun' });
        raw.rooms.push(...onPlatforms(raw));
      },
    });
    const room = `dm:${platform}:${account}`;
    const inPrivate = { platform, isPrivate: true, room };
    // On DingTalk the stand-in has shown it; WeCom's own connection is down here, so it waits.
    const shown = async (): Promise<string> =>
      platform === 'wecom' ? outbox(bot, room) : decodeURIComponent(JSON.stringify(await onDingTalk(bot, account)));
    await bot.hear(account, '/mine', inPrivate);
    await bot.tick();
    expect(await shown()).toContain('You hold nothing');

    expect(texts(await bot.say('li', '/换班 @钱进'))).toBe('⏳ 已私聊问 钱进，10 分钟内答应才算');
    const asked = await shown();
    expect(asked).toContain('李建国 asks 钱进 to stand in · 30 min · Warehouse lead');
    const words = /answer "yes (\w+)"|answer \\"yes (\w+)\\"/.exec(asked)?.slice(1).find(Boolean);
    await bot.news();
    await bot.hear(account, `yes ${words}`, inPrivate);
    await bot.tick();

    expect(texts(await bot.news())).toContain('换班：钱进 替 李建国 到 14:30');
    expect(await shown()).toContain('钱进 stands in for 李建国 until 14:30 (Warehouse lead)');
  });

  it('asked in private goes to the room where the other can see it, and forgets whoever left the staff', async () => {
    const bot = await start();
    await bot.news();

    const sent = texts(await bot.say('li', '/换班 14:20 @钱进', { isPrivate: true }));
    const asked = await bot.news();
    expect(sent).toBe('⏳ 已在群里问 钱进，10 分钟内答应才算');
    expect(asked.map(({ card }) => card.mentions)).toEqual([[{ userId: 'qian', name: '钱进' }]]);
    await bot.say('qian', `确认 ${wordsOf(texts(asked))}`);
    expect(texts(await bot.news('dm:web:li'))).toContain('换班：钱进 替 李建国');

    const without = bot.company.staff.filter(({ id }) => id !== 'qian');
    await bot.bot.reload({
      ...bot.company,
      staff: without,
      roster: bot.company.roster.map((each) => ({ ...each, who: each.who.filter((id) => id !== 'qian') })),
    });
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：李建国');
  });

  it('is not swapped back once the colleague has passed it on', async () => {
    const bot = await start();
    const agree = async (by: string, text: string, other: string) =>
      bot.say(other, `确认 ${wordsOf(texts(await bot.say(by, text)))}`);
    await agree('li', '/换班 @钱进 14:20', 'qian');
    await agree('qian', '/换班 @王敏 14:20', 'wang');
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：王敏，还有 20分');

    expect(texts(await bot.say('li', '/换班 @钱进'))).toContain('钱进已经不在替这个班了');
    expect(texts(await bot.say('qian', '/换班 @王敏'))).toContain('换回来了：钱进 值班');
  });

  it('tells the asker when the other cannot, or does not answer in time', async () => {
    const bot = await start();
    const first = texts(await bot.say('li', '/换班 @钱进 14:20'));
    expect(texts(await bot.say('qian', `取消 ${wordsOf(first)}`))).toContain('钱进这次替不了，没有换班');

    const second = texts(await bot.say('li', '/换班 @钱进 14:20'));
    expect(texts(await bot.advance(11 * MINUTE, MINUTE))).toContain('钱进没来得及答，没有换班');
    expect(texts(await bot.say('qian', `确认 ${wordsOf(second)}`))).toContain('已经过期');
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：李建国');
  });

  it('is refused with a sentence, and nothing changes', async () => {
    const bot = await start();

    for (const [by, text, words] of [
      ['qian', '/换班 @李建国 14:20', '这段时间不是你值班'],
      ['li', '/换班 @李建国 14:20', '不能和自己换班'],
      ['li', '/换班 @孙悦 14:20', '孙悦的角色替不了这个班'],
      ['li', '/换班 @钱进 以后再说', '换到什么时候？'],
      ['li', '/换班 @钱进 18:00\n12号完成不了', '换到什么时候？'],
      ['wang', '/换班 @李建国', '换到什么时候？'],
    ] as const)
      expect(texts(await bot.say(by, text))).toContain(words);
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：李建国');
  });
});

describe('/shift [P11]', () => {
  async function withClaim(): Promise<{ bot: TestBot; orderNo: string; alertId: string; number: number }> {
    const bot = await start();
    await stopWarehouses(bot);
    const made = await bot.scenario('dead-lock');
    await bot.advance(31 * SECOND);
    const [alert] = await bot.bot.storage.alerts.list({ state: 'open', limit: 5 });
    if (alert?.number == null) throw new Error('no alert with a number');
    await bot.say('li', `/认领 ${alert.number}`);
    return { bot, orderNo: made.orderNo, alertId: alert.id, number: alert.number };
  }
  const holder = async (bot: TestBot, id: string) => (await bot.bot.storage.alerts.find(id))?.claimedBy;

  it('moves everything at once and once, when both said yes', async () => {
    const { bot, alertId, number, orderNo } = await withClaim();
    const release = texts(await bot.say('li', `/释放 ${tail(orderNo)}`));

    const preview = texts(await bot.say('li', '/交班'));
    expect(preview).toContain(`🔵 交班给 钱进\n告警 1 件：${number}号`);
    expect(preview).toContain(`还没确认：${wordsOf(release)}`);
    expect(preview).toContain('值班到 14:30 也一起交');
    const asked = await bot.say('li', `确认 ${wordsOf(preview)}`);
    expect(texts(asked)).toContain('⏳ 李建国交班，请钱进接');
    expect(asked[0]?.card.mentions).toEqual([{ userId: 'qian', name: '钱进' }]);
    expect(await holder(bot, alertId)).toBe('person:li');

    await bot.restart();
    const yes = `确认 ${wordsOf(texts(asked))}`;
    await bot.hear('qian', yes, { messageId: 'one' });
    await bot.hear('qian', yes, { messageId: 'two' });
    await bot.tick();
    const heard = texts(await bot.news());

    expect(heard.match(/交班完成：钱进 接了 李建国 的 1 件/g)).toHaveLength(1);
    expect(await holder(bot, alertId)).toBe('person:qian');
    expect(texts(await bot.say('qian', '/我的'))).toContain('1 件没解决');
    expect(texts(await bot.say('wang', '/值班'))).toContain('仓储主管：钱进');
    const alert = await bot.bot.storage.alerts.find(alertId);
    expect((await actions(bot, alert?.subject ?? '')).filter((each) => each.includes('handed-over'))).toEqual([
      'person:qian alert.handed-over',
    ]);
    expect(await actions(bot, 'person:li')).toEqual(['person:qian duty.shift.taken']);
  });

  it('leaves everything where it is when the next one cannot, and what is done meanwhile is not moved', async () => {
    const { bot, alertId } = await withClaim();
    const give = async () => {
      const preview = texts(await bot.say('li', '/交班'));
      return texts(await bot.say('li', `确认 ${wordsOf(preview)}`));
    };
    expect(texts(await bot.say('qian', `取消 ${wordsOf(await give())}`))).toContain(
      '钱进接不了，没有交班，都还在你手里',
    );
    expect(await holder(bot, alertId)).toBe('person:li');

    const asked = await give();
    await bot.bot.storage.alerts.resolve(alertId, bot.now(), 'cleared');
    expect(texts(await bot.say('qian', `确认 ${wordsOf(asked)}`))).toContain('钱进 接了 李建国 的 0 件');
  });

  it('says when there is nobody or nothing to hand over', async () => {
    const bot = await start();

    for (const [by, words] of [
      ['zhao', '排班里没有接班的人'],
      ['wang', '排班里没有接班的人'],
      ['qian', '你手里没有要交的。接班的是 李建国'],
    ] as const)
      expect(texts(await bot.say(by, '/交班'))).toContain(words);
  });
});

describe('whenever the bot dies while a shift is taken [P11]', () => {
  const positions = isLong ? Array.from({ length: 24 }, (_, n) => n + 1) : [2, 6, 9, 12, 16];

  it.each(positions)('everything moves once and is said once: call %i', async (position) => {
    const bot = await start();
    await stopWarehouses(bot);
    await bot.scenario('dead-lock');
    await bot.advance(31 * SECOND);
    const [alert] = await bot.bot.storage.alerts.list({ state: 'open', limit: 5 });
    await bot.say('li', `/认领 ${alert?.number}`);
    const asked = texts(await bot.say('li', `确认 ${wordsOf(texts(await bot.say('li', '/交班')))}`));

    bot.crashAt(position, position % 2 === 0 ? 'after' : 'before', 'duty.findByWords');
    await bot.say('qian', `确认 ${wordsOf(asked)}`);
    expect(bot.isCrashed).toBe(true);
    await bot.restart();
    await bot.advance(2 * MINUTE, MINUTE);

    const moved = await bot.bot.storage.alerts.find(alert?.id ?? '');
    expect(moved?.claimedBy).toBe('person:qian');
    const said = texts(await bot.messages());
    expect(said.match(/交班完成：钱进 接了 李建国 的 1 件/g)).toHaveLength(1);
    expect(await actions(bot, 'person:li')).toEqual(['person:qian duty.shift.taken']);
  });
});
