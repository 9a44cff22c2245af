import { expect, it } from 'vitest';
import { bySize } from '../kit/size.ts';
import {
  type Made,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  tail,
  wordsIn,
  writeRoutes,
} from '../kit/test-bot.ts';
import { unsoundStock } from '../sandbox/kit.ts';

const cases = bySize({ short: 20, moderate: 60, full: 200 });
const firstSeed = Number(process.env.WARROOM_FIRST_SEED ?? 1);

interface Act {
  readonly route: string;
  readonly kind: string;
  readonly trouble: string;
  readonly command: (no: string) => string;
  readonly done: string;
  readonly undone: string;
  /** Whether the warehouse system shows the change. */
  readonly isSo: (bot: TestBot, made: Made) => Promise<boolean>;
}

const lockedFor = (bot: TestBot, no: string): number =>
  bot.sandbox.world.store.get<{ qty: number | null }>(
    `SELECT SUM(i.qty - i.returned) AS qty FROM lwh_items AS i JOIN lwh_operations AS o ON o.io_id = i.io_id
     WHERE o.type = '虚拟仓分配' AND o.remark LIKE '%' || ? || '%'`,
    no,
  )?.qty ?? 0;

const acts: readonly Act[] = [
  {
    kind: 'reroute',
    route: writeRoutes.move,
    trouble: 'short',
    command: (no) => `/改仓 ${no} 广州仓`,
    done: '已改到广州仓',
    undone: '没有改到广州仓',
    isSo: async (bot, made) => (await bot.truth.order(made.orderNo)).erp[0]?.warehouse === 1002,
  },
  {
    kind: 'release-lock',
    route: writeRoutes.lock,
    trouble: 'dead-lock',
    command: (no) => `/释放 ${no}`,
    done: '已释放',
    undone: '没有释放',
    isSo: async (bot, made) => lockedFor(bot, made.blockedBy) === 0,
  },
  {
    kind: 'retake-lock',
    route: writeRoutes.lock,
    trouble: 'dead-lock',
    command: () => '/撤销',
    done: '已重新锁住',
    undone: '没有重新锁住',
    isSo: async (bot, made) => lockedFor(bot, made.blockedBy) > 0,
  },
  {
    kind: 'cancel-order',
    route: writeRoutes.cancel,
    trouble: 'dead-order',
    command: (no) => `/释放 ${no}`,
    done: '已取消仓库里的废单',
    undone: '没有取消仓库里的废单',
    isSo: async (bot, made) => (await bot.truth.order(made.blockedBy)).erpStatus === 'Cancelled',
  },
];
const faults = [
  'none',
  'none',
  'drop-after',
  'drop-before',
  '502',
  'malformed',
  'rate-limit',
  'expire-token',
  'silent',
];

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): (from: number, to: number) => number {
  let state = seed * 0x9e37_79b9;
  return (from, to) => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return from + (((t ^ (t >>> 14)) >>> 0) % (to - from + 1));
  };
}

const pick = <T>(values: readonly T[], at: number): T => values[at % values.length] as T;

async function prepare(bot: TestBot, act: Act): Promise<Made> {
  await stopWarehouses(bot);
  const made = await bot.scenario(act.trouble);
  await bot.advance(32 * SECOND, 4 * SECOND);
  if (act.kind !== 'retake-lock') return made;
  bot.sandbox.world.store.run('UPDATE stock SET qty = qty + 9, received = received + 9 WHERE sku = ?', made.sku);
  await bot.say('wang', `确认 ${wordsIn(await bot.say('wang', `/释放 ${tail(made.orderNo)}`))}`);
  await bot.advance(10 * SECOND);
  return made;
}

/** Until nothing is under way, crashing and starting again as armed. */
async function liveThrough(bot: TestBot, made: Made, yes: string, again: () => void): Promise<void> {
  let waited = 0;
  const live = async (): Promise<boolean> =>
    (await bot.actions(made.orderNo)).some(({ finishedAt }) => finishedAt === null) || (await bot.pending()) > 0;
  for (let round = 0; round < 400; round += 1) {
    if (bot.isCrashed) {
      await bot.restart({ reauthorise: true });
      // The platform never heard that it was taken, and delivers again.
      again();
      await bot.say('wang', yes, { messageId: 'the yes' });
      continue;
    }
    if (waited > 20 * SECOND && !(await live())) return;
    const step = waited < 90 * SECOND ? SECOND : 10 * SECOND;
    await bot.advance(step, step);
    waited += step;
  }
  throw new Error('something never ends');
}

/** Answers how many writes were applied. Throws with its plan, to be run again by its seed. */
async function runCase(seed: number): Promise<number> {
  const random = randomOf(seed);
  const act = pick(acts, random(0, 99));
  const fault = pick(faults, random(0, 99));
  // Mostly in the very act, from its first row on; else anywhere from the yes on.
  const from = random(0, 9) < 7 ? 'actions.start' : undefined;
  const crashes = [from === undefined ? random(1, 90) : random(1, 45), ...(random(0, 9) < 4 ? [random(1, 120)] : [])];
  const plan = `seed ${seed}: ${act.kind}, ${fault}, crash after ${crashes.join(' and ')} calls${from === undefined ? '' : ` from ${from}`}`;
  const bot = await startTestBot({
    seed: String(seed),
    // One yes is enough here.
    company(raw) {
      raw.limits.fourEyes.releaseValue = 1_000_000;
    },
  });
  try {
    const made = await prepare(bot, act);
    const appliedBefore = (await bot.applied()).length;
    const sentNow = async () => (await bot.calls()).filter(({ route }) => route === act.route).length;
    const sentBefore = await sentNow();
    const actionsBefore = (await bot.actions(made.orderNo)).length;
    const auditBefore = (await bot.audit(bot.subject(made.orderNo))).length;
    const wasSo = await act.isSo(bot, made);
    const yes = `确认 ${wordsIn(await bot.say('wang', act.command(tail(made.orderNo))))}`;
    if (fault === 'silent') await bot.scenario('system-silent', { system: 'wms', forMs: 90 * SECOND });
    else if (fault !== 'none') await bot.fault(fault, { route: act.route });

    bot.crashAt(crashes[0] ?? 1, random(0, 1) === 0 ? 'before' : 'after', from);
    await bot.say('wang', yes, { messageId: 'the yes' });
    await liveThrough(bot, made, yes, () => {
      const next = crashes.splice(1, 1)[0];
      if (next !== undefined) bot.crashAt(next, random(0, 1) === 0 ? 'before' : 'after');
    });

    const mine = (await bot.actions(made.orderNo)).slice(0, -actionsBefore || undefined);
    const applied = (await bot.applied()).length - appliedBefore;
    const isSo = await act.isSo(bot, made);
    const said = (await bot.messages()).map(({ text }) => text);
    const told = said.filter((text) => text.includes(act.done) || text.includes(act.undone));
    const audit = (await bot.audit(bot.subject(made.orderNo))).map(({ action }) => action);
    const fresh = audit.length - auditBefore;

    expect(wasSo).toBe(false);
    expect(mine.map(({ kind }) => kind)).toEqual([act.kind]);
    expect(['done', 'refused', 'failed']).toContain(mine[0]?.state);
    expect(applied).toBe(mine[0]?.state === 'done' ? 1 : 0);
    expect(isSo).toBe(applied === 1);
    // What was refused for now may be sent again; what may have arrived may not.
    const most = ['rate-limit', 'expire-token'].includes(fault) ? 2 : 1;
    expect((await sentNow()) - sentBefore).toBeLessThanOrEqual(most);
    expect(told).toHaveLength(1);
    expect(told[0]?.includes(act.done)).toBe(applied === 1);
    expect(told[0]).not.toContain('本来就是这样');
    expect(said.filter((text) => text.includes('没收到答复')).length).toBeLessThanOrEqual(1);
    expect(said.filter((text) => /已经过期|正在处理|出错了|答过了/.test(text))).toEqual([]);
    expect(fresh).toBe(2);
    expect(audit.filter((each) => each === `act.${act.kind}.confirmed`)).toHaveLength(1);
    expect(audit.filter((each) => each === `act.${act.kind}.${mine[0]?.state}`)).toHaveLength(1);
    expect((await bot.bot.storage.audit.verify()).brokenAt).toBeUndefined();

    await bot.advance(40 * SECOND, 5 * SECOND);
    expect(unsoundStock(bot.sandbox)).toEqual([]);
    const seen = (await bot.bot.storage.views.locksOn([made.sku])).reduce((sum, { qty }) => sum + qty, 0);
    expect(seen).toBe(made.blockedBy ? lockedFor(bot, made.blockedBy) : 0);
    return applied;
  } catch (error) {
    throw new Error(`${plan}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await bot.stop();
  }
}

const perTest = 5;
it.each(Array.from({ length: cases / perTest }, (_, index) => firstSeed + index * perTest))(
  'does each act once or not at all, and says which, whatever dies in between (seeds from %i) [P18]',
  async (from) => {
    for (let seed = from; seed < from + perTest; seed += 1) expect([0, 1]).toContain(await runCase(seed));
  },
  60_000,
);
