import { describe, expect, it } from 'vitest';
import type { FulfillmentPage, FulfillmentSystem } from '../../src/ports/fulfillment.ts';
import {
  carryOut,
  MINUTE,
  startTestBot,
  stopWarehouses,
  type TestBot,
  type TestBotOptions,
  tail,
  texts,
} from '../kit/test-bot.ts';

async function stoppedCompany(options: TestBotOptions = {}): Promise<TestBot> {
  const bot = await startTestBot(options);
  await stopWarehouses(bot);
  return bot;
}

const inErp = async (bot: TestBot, orderNo: string): Promise<string | undefined> =>
  (await bot.truth.order(orderNo)).erp[0]?.status;

/** The same warehouse system, with an interface that takes a question off again. */
function lettingGo(bot: () => TestBot): TestBotOptions {
  return {
    system: (system): FulfillmentSystem => ({
      ...system,
      capabilities: { ...system.capabilities, unhold: 'native' },
      async unhold({ systemOrderNo }) {
        const { world } = bot().sandbox;
        world.store.run(
          `UPDATE erp_orders SET status = 'WaitConfirm', question_type = NULL, question_desc = NULL, modified = ? WHERE o_id = ?`,
          bot().now(),
          Number(systemOrderNo),
        );
        return { kind: 'done', value: null };
      },
    }),
  };
}

describe('an order that must not leave is stopped in the warehouse system', () => {
  it('after a yes, with the reason, proved by a read; before it is said that no command lets it go [P6]', async () => {
    const bot = await stoppedCompany();
    const { orderNo } = await bot.order();

    const preview = await bot.say('li', `/暂停发货 ${tail(orderNo)} 买家说地址不对`);
    expect(texts(preview)).toContain('暂停发货（地址）');
    expect(texts(preview)).toContain('以后放行要手工：聚水潭没有取消异常的接口');
    expect(texts(preview)).toContain('不能用命令撤销');
    expect(await bot.applied()).toEqual([]);

    const done = await carryOut(bot, 'li', `/暂停发货 ${tail(orderNo)} 买家说地址不对`);
    expect(done).toContain(`✅ ${tail(orderNo)} 已暂停发货（地址）（聚水潭`);
    expect(done).not.toContain('/undo');
    expect(await inErp(bot, orderNo)).toBe('Question');
    const [written, ...more] = await bot.applied();
    expect(more).toEqual([]);
    expect(decodeURIComponent(written?.body ?? '')).toContain('买家说地址不对');
    expect((await bot.audit(bot.subject(orderNo))).map(({ action }) => action).toSorted()).toEqual([
      'act.hold.confirmed',
      'act.hold.done',
    ]);

    expect(texts(await bot.say('li', `/撤销 ${tail(orderNo)}`))).toContain('转正常单');
    const cannot = texts(await bot.say('li', `${tail(orderNo)}可以发了`));
    expect(cannot).toContain('聚水潭没有取消异常的接口');
    expect(await bot.applied()).toHaveLength(1);
    expect(texts(await bot.say('li', `${tail(orderNo)}先别发`))).toContain('已经暂停了');
  });

  it('and goes on by /clear or /undo where the system has an interface for it', async () => {
    let bot: TestBot | undefined;
    bot = await stoppedCompany(lettingGo(() => bot as TestBot));
    const { orderNo } = await bot.order();

    const held = await carryOut(bot, 'sun', `${tail(orderNo)} 先别发`);
    expect(held).toContain(`[撤销 → /undo ${orderNo}]`);
    expect(await inErp(bot, orderNo)).toBe('Question');

    expect(await carryOut(bot, 'sun', `/撤销 ${tail(orderNo)}`)).toContain(`✅ ${tail(orderNo)} 已放行`);
    expect(await inErp(bot, orderNo)).toBe('WaitConfirm');

    await carryOut(bot, 'chen', `/hold ${tail(orderNo)} refund`);
    // Whoever packs takes back their own hold, and lets nobody else's go.
    expect(texts(await bot.say('sun', `/clear ${tail(orderNo)}`))).toContain('你的角色不能做这个');
    expect(texts(await bot.say('sun', `/撤销 ${orderNo}`))).toContain('你的角色不能做这个');
    expect(await carryOut(bot, 'chen', `/clear ${tail(orderNo)}`)).toContain(`✅ ${tail(orderNo)} 已放行，接着发`);
    expect(texts(await bot.say('chen', `/clear ${tail(orderNo)}`))).toContain('没有暂停，不用放行');
  });

  it('not by those who may only look, not after it left, and one answer for each of many', async () => {
    const bot = await startTestBot();
    const gone = await bot.order();
    await bot.advance(100 * MINUTE, 5 * MINUTE);
    await stopWarehouses(bot);
    const here = await bot.order();
    expect(await inErp(bot, gone.orderNo)).toBe('Sent');

    expect(texts(await bot.say('zhou', `/hold ${tail(here.orderNo)} risk`))).toContain('你的角色不能做这个');
    const said = await bot.say('li', `/暂停发货 ${gone.orderNo} ${here.orderNo} 风险`);
    expect(texts(said)).toContain(`${tail(gone.orderNo)} 已经发货，停不下来了`);
    expect(texts(said)).toContain(tail(here.orderNo));
    const done = await carryOut(bot, 'li', `/暂停发货 ${gone.orderNo} ${here.orderNo} 风险`);
    expect(done).toContain(`✅ ${tail(here.orderNo)} 已暂停发货（风险）`);
    expect(await inErp(bot, here.orderNo)).toBe('Question');
  });

  it('with every order that shares its warehouse order, each named before the yes, stopped by one write [P6]', async () => {
    let partner = '';
    const merged = (page: FulfillmentPage): FulfillmentPage => ({
      ...page,
      fulfillments: page.fulfillments.map((each) =>
        partner === ''
          ? each
          : each.channelOrderNos.includes(partner)
            ? { ...each, closed: true, stage: 'closed' }
            : { ...each, channelOrderNos: [...each.channelOrderNos, partner] },
      ),
    });
    const bot = await stoppedCompany({
      system: (system) => ({
        ...system,
        fetchByChannelOrder: async (nos, signal) => merged(await system.fetchByChannelOrder(nos, signal)),
      }),
    });
    const [one, other] = [await bot.order(), await bot.order()];
    partner = other.orderNo;

    const preview = texts(await bot.say('li', `/hold ${tail(one.orderNo)} risk`));
    expect(preview).toContain(`同包裹的单也在内：…${tail(other.orderNo)}`);
    await carryOut(bot, 'li', `/hold ${one.orderNo} ${other.orderNo} risk`);
    expect(await bot.applied()).toHaveLength(1);
    expect(await inErp(bot, one.orderNo)).toBe('Question');
  });
});
