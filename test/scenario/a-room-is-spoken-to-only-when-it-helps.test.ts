import { describe, expect, it } from 'vitest';
import {
  HOUR,
  MINUTE,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  type TestBotOptions,
  tail,
  texts,
  wordsIn,
} from '../kit/test-bot.ts';

async function start(options: TestBotOptions = {}): Promise<TestBot> {
  const bot = await startTestBot(options);
  await stopWarehouses(bot, 30 * HOUR);
  return bot;
}
/** One that is short of stock: it stays stuck. Answers its number of the channel. */
const stuck = async (bot: TestBot, warehouse = 'hz'): Promise<string> =>
  (await bot.scenario('short', { warehouse })).orderNo;

describe('/silence', () => {
  it('shows what it would have hidden, hides it after a yes, is listed, and ends with all it hid', async () => {
    const bot = await start();
    await stuck(bot);
    await bot.advance(32 * SECOND);
    expect(texts(await bot.messages())).toContain('🔴 1号');

    const preview = await bot.say('wang', '/免打扰 杭州仓 2小时 盘点');
    expect(texts(preview)).toContain('🔵 免打扰 杭州仓 · 2时0分，到 16:00');
    expect(texts(preview)).toContain('照这样，过去一天这里会少报 1 条（红 1，其他 0）');
    const done = texts(await bot.say('wang', `确认 ${wordsIn(preview)}`));
    expect(done).toContain('✅ 已免打扰 杭州仓，到 16:00\n王敏：盘点\n[结束免打扰 → /silence off 1]');

    const orderNo = await stuck(bot);
    await stuck(bot, 'gz');
    const meanwhile = texts(await bot.advance(32 * SECOND));
    expect(meanwhile).not.toContain(tail(orderNo));
    expect(meanwhile).toContain('广州仓');
    expect(texts(await bot.say('li', '/silence'))).toContain('1. 杭州仓 · 还剩 1时59分 · 没响 1 条 · 王敏：盘点');
    expect(texts(await bot.say('li', `为何没报 ${orderNo}`))).toContain('没报：在免打扰里，结束时列出');

    const end = texts(await bot.advance(2 * HOUR + 9 * MINUTE, 9 * MINUTE));
    expect(end).toContain('免打扰结束（杭州仓），期间 1 条：0 条好了，1 条还开着');
    expect((await bot.audit('room:war')).map(({ action }) => action)).toEqual(['act.silence.confirmed']);
  });

  it('is ended by its button, or undone by who asked', async () => {
    const bot = await start();
    const silence = async () =>
      await bot.say('wang', `确认 ${wordsIn(await bot.say('wang', '/silence paid-not-sorted 30m 试一下'))}`);
    await silence();
    expect(texts(await bot.say('sun', '/silence off 1'))).toContain('✅ 好，恢复提醒');
    expect(texts(await bot.advance(3 * SECOND))).toContain('免打扰结束（付款 2 小时仍未进入分拣），期间没有新的');
    expect(texts(await bot.say('sun', '/silence off 1'))).toContain('可能已经结束了');

    await silence();
    const undo = await bot.say('wang', '/撤销');
    expect(texts(undo)).toContain('撤销：结束免打扰');
    expect(texts(await bot.say('wang', `确认 ${wordsIn(undo)}`))).toContain('✅ 免打扰结束了');
    expect(texts(await bot.say('wang', '/免打扰'))).toContain('这里没有免打扰');
  });

  it('asks for what is missing, and changes nothing without a yes', async () => {
    const bot = await start();

    expect(texts(await bot.say('wang', '/免打扰 杭州仓'))).toContain('要写什么、多久、为什么');
    expect(texts(await bot.say('wang', '/免打扰 杭州仓 2小时'))).toContain('要写什么、多久、为什么');
    expect(texts(await bot.say('wang', '/免打扰 月球仓 2小时 盘点'))).toContain('不知道是哪个');
    expect(texts(await bot.say('wang', '/免打扰 9号 2小时 盘点'))).toContain('没有 9号');
    expect(texts(await bot.say('wang', '/免打扰 杭州仓 3天 盘点'))).toContain('（最长 24 小时）');
    expect(texts(await bot.say('wang', '/免打扰 杭州仓 2小时 盘点', { isPrivate: true }))).toContain('请在那个群里发');
    expect(texts(await bot.say('zhou', '/免打扰 杭州仓 2小时 盘点'))).toContain('你的角色不能做这个');
    expect(texts(await bot.say('wang', '/免打扰'))).toContain('这里没有免打扰');
  });
});

describe('/promo', () => {
  it('says precisely what changes, begins and ends by itself', async () => {
    const bot = await start();

    const preview = await bot.say('wang', '/promo on 14:10 14:40 x4');
    expect(texts(preview)).toContain('🔵 大促 14:10–14:40 ×4');
    expect(texts(preview)).toContain('同一组到 4 倍才再报（平时 2 倍），最多 4 分钟一条（平时 1 分钟）');
    expect(texts(preview)).toContain('发货时限、退款、锁库的规则不变');
    expect(texts(await bot.say('wang', `确认 ${wordsIn(preview)}`))).toContain('✅ 大促已安排 14:10–14:40 ×4');
    expect(
      texts(
        await bot.say('wang', '/大促 14:30 15:00 3倍').then(async (said) => bot.say('wang', `确认 ${wordsIn(said)}`)),
      ),
    ).toContain('和已安排的大促重叠');

    expect(texts(await bot.advance(11 * MINUTE, MINUTE))).toContain('大促时段开始，到 14:40（4 倍）');
    await stuck(bot);
    await bot.advance(32 * SECOND);
    await stuck(bot);
    await stuck(bot);
    // Three times as many: at any other hour that would be said again.
    expect(texts(await bot.advance(3 * MINUTE, 10 * SECOND))).not.toContain('翻倍');
    expect(texts(await bot.advance(30 * MINUTE, MINUTE))).toContain('大促时段结束，恢复平时的阈值');
    expect(texts(await bot.say('wang', '/promo off'))).toContain('现在没有大促时段');
  });

  it('is called off by a word, and only by who may', async () => {
    const bot = await start();
    await bot.say('wang', `确认 ${wordsIn(await bot.say('wang', '/大促 20:00 24:00 x4'))}`);

    expect(texts(await bot.say('wang', '/大促'))).toContain('大促已安排 20:00–24:00 ×4');
    expect(texts(await bot.say('li', '/promo off'))).toContain('你的角色不能做这个');
    expect(texts(await bot.say('wang', '/promo off'))).toContain('恢复平时的阈值');
    expect(texts(await bot.say('wang', '/大促'))).toContain('没有安排大促');
    expect(texts(await bot.say('wang', '/大促 20:00'))).toContain('写从几点到几点、几倍');
  });
});

it('lets only criticals out in quiet hours, and gives the rest as one list in the morning', async () => {
  const bot = await start({
    company: (raw) => {
      raw.rooms[0].quiet = '14:00-15:30';
      // The stage cannot be seen: one severity lower.
      raw.shops[0].system = undefined;
    },
  });
  await stuck(bot);
  await stuck(bot);
  expect(texts(await bot.advance(30 * MINUTE, 2 * MINUTE))).not.toContain('号 ·');

  const morning = texts(await bot.advance(70 * MINUTE, 5 * MINUTE));
  expect(morning).toContain('安静时段没响的 2 条：0 条好了，2 条还开着');
});

describe('the first days [P15]', () => {
  it('tell one person once a day what the rooms would have heard, and then the rooms', async () => {
    const bot = await start({
      company: (raw) => {
        raw.shadow = { days: 1, to: 'wang' };
      },
    });
    await stuck(bot);
    await stuck(bot, 'gz');
    expect(texts(await bot.advance(60 * SECOND))).toBe('');
    expect(texts(await bot.say('li', '/异常'))).toContain('2 件没解决');

    await bot.advance(6 * HOUR + 18 * MINUTE, 9 * MINUTE);
    expect(texts(await bot.messages())).not.toContain('先发这单');
    const digest = texts(await bot.messages('dm:web:wang'));
    expect(digest).toContain(
      '📊 今天会说 2 件事\n付款 2 小时仍未进入分拣 · 2 件（红 2）\n试运行第 1 天（共 1 天），群里没发',
    );

    const after = texts(await bot.advance(18 * HOUR + 36 * MINUTE, 9 * MINUTE));
    expect(texts(await bot.messages('dm:web:wang'))).toContain('试运行结束，从现在起发到群里');
    expect(after).toContain('先发这单');
  });
});

describe('what an alert was worth [P15]', () => {
  it('is counted by a word, once per person', async () => {
    const bot = await start();
    await stuck(bot);
    await bot.advance(32 * SECOND);

    expect(texts(await bot.say('li', '1号我来'))).toContain('[没用 → /useless 1]');
    expect(texts(await bot.say('li', '没用 1号'))).toContain(
      '✅ 记下了：1号 没用（付款 2 小时仍未进入分拣）。7 天里报 1 条，处理 1 条，没用 1 条',
    );
    expect(texts(await bot.say('li', '1号没用'))).toContain('1号 你已经说过没用');
  });

  it('is weighed once a week: a rule nobody acts on proposes to be silenced, and is not', async () => {
    const bot = await start();
    for (let count = 0; count < 10; count += 1) await stuck(bot);
    await bot.advance(2 * MINUTE, 10 * SECOND);
    // From Tuesday to Monday at nine.
    const monday = texts(await bot.advance(5 * 24 * HOUR + 19 * HOUR + 5 * MINUTE, 3 * HOUR));

    expect(monday).toContain(
      '📊 这条规则可能不值得响：付款 2 小时仍未进入分拣\n上周报 10 条：处理 0 条，没人理 10 条，说没用 0 条',
    );
    expect(monday).toContain('[静一天 → /silence paid-not-sorted 24h 上周没人处理]');
    expect(texts(await bot.say('wang', '/免打扰'))).toContain('这里没有免打扰');
  });
});

describe('/whynot', () => {
  it('says why an order raised nothing: its clock has time', async () => {
    const bot = await start();
    const { orderNo } = await bot.order();

    const said = texts(await bot.say('li', `/为何没报 ${orderNo}`));
    expect(said).toContain(`🔵 ${tail(orderNo)} 没有报过异常：`);
    expect(said).toMatch(/付款 2 小时仍未进入分拣 · 还没到：16:00 才报（还有 1时59分，只算营业时间）/);
    expect(said).toContain('人工复核 2 小时未处理 · 没开始计时：没到进人工复核');
  });

  it('says of an alert what each room decided', async () => {
    const bot = await start();
    await stuck(bot);
    await bot.advance(32 * SECOND);

    expect(texts(await bot.say('li', '/whynot 1'))).toMatch(/1号 付款 2 小时仍未进入分拣 · 14:00 在群里报过/);
  });
});

it('proves in /metrics that what was to be said had its receipt within five minutes [C4]', async () => {
  const bot = await start();
  await stuck(bot);
  await bot.advance(11 * MINUTE, 30 * SECOND);
  const { body } = await bot.bot.web.inject({ url: '/metrics', headers: { host: 'localhost' } });

  // Its card, and three minutes later the same to who is on duty, because nobody took it.
  expect(body).toContain('warroom_delivery_slice_messages{outcome="wanted"} 2\n');
  expect(body).toContain('warroom_delivery_slice_messages{outcome="in-time"} 2\n');
  expect(body).toContain('warroom_delivery_stalled_rooms 0\n');
});

it('lets each room hear of its own shops, warehouses and rules [P12]', async () => {
  const bot = await start({
    company: (raw) => {
      raw.rooms[0].hears = { warehouses: ['gz'] };
    },
  });
  await stuck(bot);
  const orderNo = await stuck(bot, 'gz');
  const said = texts(await bot.advance(60 * SECOND));

  expect(said).toContain(tail(orderNo));
  expect(said).not.toContain('杭州仓');
});
