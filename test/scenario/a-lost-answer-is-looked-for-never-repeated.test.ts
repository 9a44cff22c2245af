import { describe, expect, it } from 'vitest';
import {
  type Made,
  MINUTE,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  tail,
  texts,
  wordsIn,
  writeRoutes,
} from '../kit/test-bot.ts';

interface Act {
  readonly name: string;
  readonly route: string;
  /** Makes trouble and answers what to say to mend it, and the words of its success. */
  readonly prepare: (bot: TestBot) => Promise<{ made: Made; say: string }>;
  readonly done: string;
  readonly undone: string;
}

async function trouble(
  bot: TestBot,
  name: string,
  command: (no: string) => string,
): Promise<{ made: Made; say: string }> {
  await stopWarehouses(bot);
  const made = await bot.scenario(name);
  await bot.advance(32 * SECOND);
  return { made, say: command(tail(made.orderNo)) };
}

const acts: readonly Act[] = [
  {
    name: 'a reroute',
    route: writeRoutes.move,
    prepare: (bot) => trouble(bot, 'short', (no) => `/改仓 ${no} 广州仓`),
    done: '已改到广州仓',
    undone: '没有改到广州仓',
  },
  {
    name: 'a release',
    route: writeRoutes.lock,
    prepare: (bot) => trouble(bot, 'dead-lock', (no) => `/释放 ${no}`),
    done: '已释放',
    undone: '没有释放',
  },
  {
    name: 'a lock taken back',
    route: writeRoutes.lock,
    async prepare(bot) {
      const { made, say } = await trouble(bot, 'dead-lock', (no) => `/释放 ${no}`);
      bot.sandbox.world.store.run('UPDATE stock SET qty = qty + 9, received = received + 9 WHERE sku = ?', made.sku);
      await bot.say('wang', `确认 ${wordsIn(await bot.say('wang', say))}`);
      await bot.advance(10 * SECOND);
      return { made, say: '/撤销' };
    },
    done: '已重新锁住',
    undone: '没有重新锁住',
  },
  {
    name: 'a cancelled dead order',
    route: writeRoutes.cancel,
    prepare: (bot) => trouble(bot, 'dead-order', (no) => `/释放 ${no}`),
    done: '已取消仓库里的废单',
    undone: '没有取消仓库里的废单',
  },
];

describe.each(acts)('$name', ({ prepare, route, done, undone }) => {
  async function confirmed(kind: string, more: { times?: number | null } = {}) {
    const bot = await startTestBot();
    const { made, say } = await prepare(bot);
    const before = (await bot.applied()).length;
    const words = wordsIn(await bot.say('wang', say));
    await bot.fault(kind, { route, ...more });
    const first = texts(await bot.say('wang', `确认 ${words}`));
    const applied = async () => (await bot.applied()).length - before;
    const sent = async () => (await bot.calls()).filter((call) => call.route === route).length - before;
    return { bot, made, first, applied, sent };
  }

  it.each(['drop-after', 'malformed'])(
    'whose answer is lost (%s) is said to be unknown first, then what it truly is, and is sent once [P18]',
    async (kind) => {
      const { bot, first, applied, sent } = await confirmed(kind);
      const later = texts(await bot.advance(70 * SECOND));

      expect(first).toContain('没收到答复。正在查证，不会重复提交');
      expect(first).not.toContain(done);
      expect(later).toContain(done);
      expect(later).not.toContain(undone);
      expect([await applied(), await sent()]).toEqual([1, 1]);
    },
  );

  it.each(['drop-before', '502'])(
    'that never arrived (%s) is said not to have happened, after a patient look [P18]',
    async (kind) => {
      const { bot, first, applied, sent } = await confirmed(kind);
      const soon = texts(await bot.advance(50 * SECOND));
      const later = texts(await bot.advance(20 * SECOND));

      expect(first).toContain('没收到答复。正在查证');
      expect(soon).not.toContain(undone);
      expect(later).toContain(`${undone}`);
      expect(later).toContain('查证过了，没有生效');
      expect([await applied(), await sent()]).toEqual([0, 1]);
    },
  );

  it.each(['rate-limit', 'expire-token'])(
    'that was refused for now (%s) is done once, and nothing is called unknown',
    async (kind) => {
      const { bot, first, applied } = await confirmed(kind);
      const all = first + texts(await bot.advance(20 * SECOND));

      expect(all).toContain(done);
      expect(all).not.toContain('没收到答复');
      expect(await applied()).toBe(1);
    },
  );

  it('that the system keeps refusing for now is given up within minutes of the yes, in words', async () => {
    const { bot, first, applied } = await confirmed('rate-limit', { times: null });
    const waiting = first + texts(await bot.advance(2 * MINUTE, 5 * SECOND));
    const over = texts(await bot.advance(5 * MINUTE, 5 * SECOND));
    await bot.clearFaults();
    const late = texts(await bot.advance(2 * MINUTE, 5 * SECOND));

    expect(waiting).toContain('还没提交');
    expect(over).toContain(`${undone}`);
    expect(over).toContain('5 分钟内没能提交');
    expect(late).not.toContain(done);
    expect(await applied()).toBe(0);
  });

  it('is looked for as long as the system is silent, and told when it answers', async () => {
    const { bot, applied } = await confirmed('drop-after');
    await bot.fault('silent');
    const silent = texts(await bot.advance(8 * MINUTE, 10 * SECOND));
    const wrong = [done, undone].filter((words) => silent.includes(words));
    await bot.clearFaults();
    const told = texts(await bot.advance(6 * MINUTE, 10 * SECOND));

    expect(wrong).toEqual([]);
    expect(told).toContain(done);
    expect(told).not.toContain(undone);
    expect(await applied()).toBe(1);
  });

  it('that cannot be read beforehand is not sent, and not done long after the yes', async () => {
    const bot = await startTestBot();
    const { say } = await prepare(bot);
    const before = (await bot.applied()).length;
    const words = wordsIn(await bot.say('wang', say));
    await bot.fault('silent');
    const replies = await bot.say('wang', `确认 ${words}`);
    const said = texts([...replies, ...(await bot.advance(8 * MINUTE, 10 * SECOND))]);
    await bot.clearFaults();
    await bot.advance(3 * MINUTE, 10 * SECOND);

    expect(said).toContain('还没提交');
    expect((await bot.applied()).length - before).toBe(0);
    expect(texts(await bot.messages())).toContain('5 分钟内没能提交');
  });
});

it('says that an accepted change never showed, instead of waiting for ever', async () => {
  const bot = await startTestBot();
  const { say, made } = await trouble(bot, 'short', (no) => `/改仓 ${no} 广州仓`);
  const words = wordsIn(await bot.say('wang', say));
  await bot.hear('wang', `确认 ${words}`);
  while ((await bot.applied()).length === 0) await new Promise((resolve) => setImmediate(resolve));
  // Somebody moves it on before we look.
  bot.sandbox.world.store.run('UPDATE erp_orders SET wms_co_id = 1003 WHERE so_id = ?', made.orderNo);

  const said = texts(await bot.advance(12 * MINUTE, 10 * SECOND));
  const states = (await bot.actions(made.orderNo)).map(({ state }) => state);

  expect(said).toContain('收下了，10 分钟没看到生效，可能之后又被改过');
  expect(said).not.toContain('已改到广州仓（');
  expect(states).toEqual(['failed']);
  expect(await bot.applied()).toHaveLength(1);
  expect(texts(await bot.say('wang', say)), 'the order is free again').toContain('西安仓 → 广州仓');
});

it('keeps a renewed token for the next start', async () => {
  const bot = await startTestBot();
  const { say } = await trouble(bot, 'short', (no) => `/改仓 ${no} 广州仓`);
  await bot.fault('expire-token');
  await bot.advance(10 * SECOND);

  await bot.restart();
  await bot.advance(5 * SECOND);
  const words = wordsIn(await bot.say('wang', say));
  await bot.say('wang', `确认 ${words}`);
  await bot.advance(10 * SECOND);

  expect(await bot.applied()).toHaveLength(1);
});

it('does what the warehouse system refuses in words no harm, and repeats its words', async () => {
  const bot = await startTestBot();
  const { say, made } = await trouble(bot, 'short', (no) => `/改仓 ${no} 广州仓`);
  const words = wordsIn(await bot.say('wang', say));
  bot.sandbox.world.store.run(`UPDATE erp_orders SET status = 'Delivering' WHERE so_id = ?`, made.orderNo);

  const said = texts(await bot.say('wang', `确认 ${words}`));

  expect(said).toContain('没有改到广州仓：已经开始拣货');
  expect(await bot.applied()).toEqual([]);
});
