import { expect, it } from 'vitest';
import { bySize } from '../kit/size.ts';
import { carryOut, MINUTE, SECOND, startTestBot, stopWarehouses, type TestBot, tail } from '../kit/test-bot.ts';
import { unsoundStock } from '../sandbox/kit.ts';

const cases = bySize({ short: 8, moderate: 20, full: 40 });

const kinds = [
  { trouble: 'short', command: (no: string) => `/改仓 ${no} 广州仓` },
  { trouble: 'short', command: (no: string) => `/改仓 ${no} 西安仓` },
  { trouble: 'dead-lock', command: (no: string) => `/释放 ${no}` },
  { trouble: 'dead-order', command: (no: string) => `/释放 ${no}` },
] as const;

/** `isStill`: nothing is picked meanwhile; otherwise the orders go on by themselves. */
async function stateOf(bot: TestBot, sku: string, nos: readonly string[], isStill: boolean): Promise<object> {
  const stock = (await bot.truth.stock(sku)).map(({ pick_lock, ...rest }) => (isStill ? { pick_lock, ...rest } : rest));
  const orders = await Promise.all(
    nos.map(async (no) => {
      const [erp] = (await bot.truth.order(no)).erp;
      return { no, warehouse: erp?.warehouse, ...(isStill ? { status: erp?.status } : {}) };
    }),
  );
  return { stock, orders };
}

it.each(Array.from({ length: cases }, (_, index) => index + 1))(
  'leaves stock and warehouse as they were, or says why it cannot (seed %i) [I5]',
  async (seed) => {
    const bot = await startTestBot({
      seed: `undo-${seed}`,
      company(raw) {
        raw.limits.fourEyes.releaseValue = 1_000_000;
      },
    });
    const { trouble, command } = kinds[seed % kinds.length] ?? kinds[0];
    const isStill = seed % 5 !== 0;
    const hasMore = seed % 8 >= 4;
    if (isStill) await stopWarehouses(bot);
    const made = await bot.scenario(trouble);
    await bot.advance(32 * SECOND, 4 * SECOND);
    if (hasMore)
      bot.sandbox.world.store.run('UPDATE stock SET qty = qty + 9, received = received + 9 WHERE sku = ?', made.sku);
    const orders = [made.orderNo, ...(made.blockedBy ? [made.blockedBy] : [])];
    const before = await stateOf(bot, made.sku, orders, isStill);

    const done = await carryOut(bot, 'wang', command(tail(made.orderNo)), (seed % 4) * 20 * SECOND + 12 * SECOND);
    const middle = await stateOf(bot, made.sku, orders, isStill);
    const [preview] = await bot.say('wang', '/撤销');
    const words = /确认 (\w+)/.exec(preview?.text ?? '')?.[1];
    const refusedAtOnce = words === undefined ? (preview?.text ?? '') : '';
    const undone =
      words === undefined ? '' : (await bot.say('wang', `确认 ${words}`)).concat(await bot.advance(MINUTE, 2 * SECOND));
    const said = refusedAtOnce + (typeof undone === 'string' ? '' : undone.map(({ text }) => text).join('\n'));
    const after = await stateOf(bot, made.sku, orders, isStill);

    const isTakenBack = said.includes(`✅ ${tail(made.orderNo)}`);
    expect(done, `seed ${seed}`).toContain(`✅ ${tail(made.orderNo)}`);
    if (isTakenBack) expect(after, `seed ${seed}: ${said}`).toEqual(before);
    else {
      expect(said, `seed ${seed}`).toMatch(/⛔ .*(没有撤销接口|已经开始拣货|已被用掉)/);
      expect((await bot.applied()).length, `seed ${seed}`).toBe(1);
      if (isStill) expect(after, `seed ${seed}: ${said}`).toEqual(middle);
    }
    expect(unsoundStock(bot.sandbox), `seed ${seed}`).toEqual([]);
    // So that this is not about refusals only.
    if (isStill && (trouble === 'short' || (trouble === 'dead-lock' && hasMore)))
      expect(isTakenBack, `seed ${seed}: ${said}`).toBe(true);
  },
);
