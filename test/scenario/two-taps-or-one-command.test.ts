import { describe, expect, it } from 'vitest';
import type { Button } from '../../src/domain/card.ts';
import { MINUTE, type Said, SECOND, startTestBot, stopWarehouses, type TestBot, tail, texts } from '../kit/test-bot.ts';

const mostTaps = 2;

/** A person with a telephone: presses what is on the card, and counts. */
function createThumb(bot: TestBot, who: string) {
  let taps = 0;
  return {
    get taps() {
      return taps;
    },
    /** Presses the newest button whose label fits; answers what the room said then. */
    async press(on: readonly Said[], label: RegExp): Promise<readonly Said[]> {
      const button = on
        .flatMap(({ card }): readonly Button[] => card.buttons)
        .findLast((each) => label.test(each.label));
      if (button === undefined) throw new Error(`no button ${label} on\n${texts(on)}`);
      taps += 1;
      const said = await bot.say(who, button.command);
      return [...said, ...(await bot.advance(15 * SECOND))];
    },
  };
}

/** The card of a stuck order as the room shows it. */
async function alerted(scenario: 'dead-lock' | 'short', isStopped = true) {
  const bot = await startTestBot();
  if (isStopped) await stopWarehouses(bot);
  const made = await bot.scenario(scenario);
  const card = (await bot.advance(32 * SECOND)).filter(({ text }) => text.includes(tail(made.orderNo)));
  expect(card).toHaveLength(1);
  return { bot, made, card, thumb: createThumb(bot, 'wang') };
}

describe('every routine act on an alert takes two taps on its card, or one short command [F2 C7]', () => {
  it('claim: one tap', async () => {
    const { card, thumb } = await alerted('short');

    expect(texts(await thumb.press(card, /我来/))).toContain('1号 王敏 认领了');

    expect(thumb.taps).toBe(1);
  });

  it('claim and done: two taps', async () => {
    const { bot, made, card, thumb } = await alerted('short');
    const mine = await thumb.press(card, /我来/);
    bot.sandbox.world.store.run(
      `UPDATE erp_orders SET status = 'Delivering', modified = ? WHERE so_id = ?`,
      bot.now(),
      made.orderNo,
    );

    expect(texts(await thumb.press(mine, /搞定/))).toContain('1号 完成，王敏');

    expect(thumb.taps).toBeLessThanOrEqual(mostTaps);
  });

  it('release: two taps, the second says yes to what the first shows', async () => {
    const { bot, card, thumb } = await alerted('dead-lock', false);
    const preview = await thumb.press(card, /解锁/);
    expect(await bot.applied()).toEqual([]);

    expect(texts(await thumb.press(preview, /释放|解锁/))).toContain('已释放');

    expect(thumb.taps).toBeLessThanOrEqual(mostTaps);
    expect(await bot.applied()).toHaveLength(1);
  });

  it('reroute: two taps, the second chooses among what the first shows, and is the yes', async () => {
    const { bot, made, card, thumb } = await alerted('short');
    const choices = await thumb.press(card, /改仓/);
    expect(texts(choices)).toContain('点了就改');
    expect(await bot.applied()).toEqual([]);

    expect(texts(await thumb.press(choices, /西安/))).toContain(`✅ ${tail(made.orderNo)} 已改到西安仓`);

    expect(thumb.taps).toBeLessThanOrEqual(mostTaps);
    expect((await bot.truth.order(made.orderNo)).erp[0]?.warehouse).toBe(1003);
  });

  it('reroute: only who asked chooses, once, and nothing is chosen for them', async () => {
    const { bot, made, card, thumb } = await alerted('short');
    const choices = await thumb.press(card, /改仓/);
    const words = /确认 (\w+)/.exec(texts(choices))?.[1];

    expect(texts(await bot.say('wang', `确认 ${words}`))).toContain(`没有做。点一个，或写全：确认 ${words} 广州仓`);
    expect(texts(await bot.say('wang', `确认 ${words} 别处`))).toContain('没有做');
    expect(texts(await bot.say('li', `确认 ${words} 广州仓`))).toContain('要发起的人自己确认');
    expect(texts(await thumb.press(choices, /广州/))).toContain(`✅ ${tail(made.orderNo)} 已改到广州仓`);
    expect(texts(await thumb.press(choices, /西安/))).toContain('已经过期、办过了');
    expect(await bot.applied()).toHaveLength(1);
    expect((await bot.truth.order(made.orderNo)).erp[0]?.warehouse).toBe(1002);
  });

  it.each([
    ['snooze', '1号稍后半小时', '再提醒'],
    ['hand over', '1号给李建国', '转给 李建国 了'],
    ['claim', '1号我来', '王敏 认领了'],
    ['why', '1号', '卡在'],
  ])('%s: one command of at most nine signs', async (_act, command, answer) => {
    const { bot } = await alerted('short');

    expect([...command].length).toBeLessThanOrEqual(9);
    expect(texts(await bot.say('wang', command))).toContain(answer);
  });

  it('release and reroute of a whole group: one command and one tap', async () => {
    const bot = await startTestBot();
    await stopWarehouses(bot);
    for (let count = 0; count < 3; count += 1) await bot.scenario('short');
    const [group] = (await bot.advance(32 * SECOND)).filter(({ text }) => / · 3 单/.test(text));
    const number = /(\d+)号/.exec(group?.text ?? '')?.[1];
    const thumb = createThumb(bot, 'wang');

    const preview = await bot.say('wang', `${number}号全部改西安仓`);
    const done = texts([...(await thumb.press(preview, /改到西安仓/)), ...(await bot.advance(MINUTE, 10 * SECOND))]);

    expect(thumb.taps).toBe(1);
    expect(done.match(/已改到西安仓/g)).toHaveLength(3);
  });

  it('undo: one tap on what was done and one for the yes', async () => {
    const { bot, made, card, thumb } = await alerted('short');
    const done = await thumb.press(await thumb.press(card, /改仓/), /西安/);
    const before = thumb.taps;

    await thumb.press(await thumb.press(done, /撤销/), /改|撤销|退/);

    expect(thumb.taps - before).toBeLessThanOrEqual(mostTaps);
    expect((await bot.truth.order(made.orderNo)).erp[0]?.warehouse).toBe(1001);
  });
});
