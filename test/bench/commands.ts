import Database from 'better-sqlite3';
import { createSystemClock } from '../../src/adapters/clock/system.ts';
import { type Bot, build } from '../../src/app/build.ts';
import { discover } from '../../src/app/discover.ts';
import { readKeys } from '../../src/app/keys.ts';
import type { OutgoingCard } from '../../src/ports/messenger.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { aCompany, roomIds } from './company.ts';
import { atLeast, atMost, type Bench, exactly, loudLog, median, openOurs, openRaw, quantile, round } from './kit.ts';
import { replayRows } from './raw-commands.ts';
import { aRoomPlug, aShopOf, aWarehouseSystem } from './stand-ins.ts';

const rounds = 3;
/** 20 orders a second. */
const sellEveryMs = 50;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A whole bot in this process over a real file, with stand-ins for shop, warehouse system and room. */
async function startBot(folder: string) {
  const clock = createSystemClock();
  const now = () => clock.now();
  const shop = aShopOf(now);
  const system = aWarehouseSystem(now);
  const cards = new Map<string, OutgoingCard>();
  const waiting = new Set<() => void>();
  const state = { isHeld: true, messageNo: 0 };
  const file = `${folder}/bot.db`;
  const bot: Bot = await build({
    company: aCompany,
    plugs: {
      commands: (await discover()).commands,
      channels: new Map([['miniprogram', shop.plug]]),
      fulfillment: new Map([['stand-in', system.plug]]),
      carriers: new Map(),
      voices: new Map(),
      sms: new Map(),
      messengers: new Map([
        [
          'web',
          aRoomPlug((key, card) => {
            cards.set(key, card);
            for (const look of waiting) look();
          }),
        ],
      ]),
    },
    databaseFile: file,
    keys: readKeys('a secret of the benches that nobody else uses', '/nowhere'),
    clock,
    world: 'sandbox',
    publicUrl: 'http://localhost:3000',
    allowedHosts: ['localhost'],
    metricsToken: undefined,
    log: loudLog,
    mayRun: async () => ({ isHeld: () => state.isHeld, stop: async () => {} }),
  });
  const rows = new Database(file, { readonly: true });
  const one = (sql: string, ...values: unknown[]): number =>
    rows
      .prepare<unknown[], number>(sql)
      .pluck()
      .get(...values) ?? -1;
  /** Resolves when the room shows a card with that key. */
  const shown = async (key: string): Promise<OutgoingCard> => {
    for (;;) {
      const card = cards.get(key);
      if (card !== undefined) return card;
      await new Promise<void>((resolve) => {
        const look = () => {
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      });
    }
  };
  return {
    bot,
    state,
    rows,
    one,
    shown,
    system,
    addOrder(ageMs = 0) {
      const no = shop.add(ageMs);
      system.add(no);
      return no;
    },
    /** Ticks until it is so. */
    async until(isSo: () => boolean): Promise<void> {
      for (let tries = 0; !isSo(); tries += 1) {
        if (tries > 2_000) throw new Error('waited in vain');
        await bot.engine.tick(clock.now());
        await pause(5);
      }
    },
    /** All that is said of an order is said in one room. */
    hear(no: string, text: string): Promise<boolean> {
      state.messageNo += 1;
      return bot.run.receive({
        platform: 'web',
        messageId: `m${state.messageNo}`,
        roomId: roomIds[Number(no.slice(-6)) % roomIds.length] ?? '',
        isPrivate: false,
        senderId: 'li',
        text,
      });
    },
    async stop() {
      rows.close();
      await bot.stop();
    },
  };
}

type Lab = Awaited<ReturnType<typeof startBot>>;

const wordsIn = (card: OutgoingCard | { buttons: readonly { command: string }[] }): string => {
  const words = card.buttons.map(({ command }) => /^(?:确认|yes) (\w+)$/.exec(command)?.[1]).find((each) => each);
  if (words === undefined) throw new Error(`no question in ${JSON.stringify(card)}`);
  return words;
};

/** One after another: preview, yes, and a plain read, of each order. The engine rests, so that nothing else is measured. */
async function talk(lab: Lab, orders: readonly string[]): Promise<readonly number[]> {
  const times: number[] = [];
  lab.state.isHeld = false;
  const ask = async (no: string, text: string): Promise<number> => {
    const startedAt = performance.now();
    await lab.hear(no, text);
    await lab.bot.run.answerPending();
    times.push(performance.now() - startedAt);
    return lab.one('SELECT max(id) FROM Inbound');
  };
  const replyTo = (id: number): string =>
    lab.rows.prepare<unknown[], string>('SELECT card FROM Outbox WHERE key = ?').pluck().get(`reply/${id}/0`) ?? '{}';
  for (const no of orders) {
    const preview = await ask(no, `/改仓 ${no} 广州仓`);
    await ask(no, `确认 ${wordsIn(JSON.parse(replyTo(preview)) as OutgoingCard)}`);
    const read = await ask(no, `/order ${no}`);
    if (!replyTo(read).includes(no.slice(-6))) throw new Error(`no order ${no} in ${replyTo(read)}`);
  }
  lab.state.isHeld = true;
  return times;
}

/** The same while the engine runs and the shop sells 20 orders a second: from hearing to the room's card. */
async function talkUnderLoad(lab: Lab, orders: readonly string[], ms: number) {
  let sold = 0;
  const selling = setInterval(() => {
    lab.addOrder();
    sold += 1;
  }, sellEveryMs);
  lab.bot.engine.start();
  const times: number[] = [];
  const results: number[] = [];
  const startedAt = performance.now();
  for (const no of orders) {
    if (performance.now() - startedAt > ms) break;
    const next = async (text: string, key: (id: number) => string, into: number[]): Promise<OutgoingCard> => {
      const heardAt = performance.now();
      await lab.hear(no, text);
      const card = await lab.shown(key(lab.one('SELECT max(id) FROM Inbound')));
      into.push(performance.now() - heardAt);
      await pause(11); // at no fixed distance from the engine's second
      return card;
    };
    let previewId = 0;
    const preview = await next(
      `/改仓 ${no} 广州仓`,
      (id) => {
        previewId = id;
        return `reply/${id}/0`;
      },
      times,
    );
    await next(`确认 ${wordsIn(preview)}`, () => `act/inbound-${previewId}-1/done`, results);
    await next(`/order ${no}`, (id) => `reply/${id}/0`, times);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  clearInterval(selling);
  return { times, results, sold, ordersPerSecond: sold / seconds };
}

/** The median ms of a preview, a yes and a read, and of the three together. */
function kindsOf(times: readonly number[]): { each: readonly number[]; all: number } {
  const each = [0, 1, 2].map((kind) => median(times.filter((_, index) => index % 3 === kind)));
  return { each, all: each.reduce((sum, ms) => sum + ms, 0) };
}

export const commands: Bench = async ({ isTiny, say }) => {
  const perRound = isTiny ? 10 : 200;
  const { dir, cleanup } = tempDir();
  const lab = await startBot(dir);
  const ours: number[] = [];
  const raw: number[] = [];
  try {
    say('orders come in');
    // As if the shop had sold at that pace for a while: what was sold within its lag is told again at every look.
    const orders = Array.from({ length: perRound * rounds + (isTiny ? 20 : 1_500) }, (_, index) =>
      lab.addOrder(index * sellEveryMs),
    );
    await lab.until(
      () =>
        lab.one('SELECT count(*) FROM OrderFulfillment') === orders.length &&
        lab.one('SELECT count(*) FROM "Order"') === orders.length,
    );
    for (let turn = 0; turn < rounds; turn += 1) {
      say(`round ${turn + 1} of ${rounds}`);
      const own = orders.slice(turn * perRound, (turn + 1) * perRound);
      const from = lab.one('SELECT coalesce(max(id), 0) FROM Inbound');
      ours.push(...(await talk(lab, own)));
      await (await openOurs(dir, `raw-${turn}`)).database.close();
      const target = openRaw(`${dir}/raw-${turn}.db`);
      raw.push(...replayRows(lab.rows, target, from));
      target.close();
      await lab.until(() => lab.one(`SELECT count(*) FROM Action WHERE state <> 'done'`) === 0);
    }
    say('under load');
    const load = await talkUnderLoad(lab, orders.slice(perRound * rounds), isTiny ? 1_000 : 30_000);
    await lab.until(
      () =>
        lab.one(`SELECT count(*) FROM Action WHERE state <> 'done'`) === 0 &&
        lab.one('SELECT count(*) FROM "Order"') === orders.length + load.sold,
    );
    const acted = lab.one('SELECT count(*) FROM Action');
    const moved = [...lab.system.views.values()].filter(({ warehouseCode }) => warehouseCode === '1002').length;
    const chain = await lab.bot.storage.audit.verify();
    // Message by message, because a machine that is busy elsewhere stops either of them for long moments.
    const [ourMs, rawMs] = [kindsOf(ours), kindsOf(raw)];
    const ratio = rawMs.all / ourMs.all;
    return {
      figures: {
        messages: ours.length,
        'ours, messages/s': Math.round(3_000 / ourMs.all),
        'raw transactions of the same rows, messages/s': Math.round(3_000 / rawMs.all),
        'ours / raw': round(ratio),
        'p50 / p99, ms': `${round(median(ours))} / ${round(quantile(ours, 0.99))}`,
        'preview, yes, read p50, ms': ourMs.each.map(round).join(', '),
        'raw preview, yes, read p50, ms': rawMs.each.map(round).join(', '),
        'under load: messages': load.times.length + load.results.length,
        'under load: orders/s sold, and all of them stored': round(load.ordersPerSecond),
        'under load: heard to reply p50, ms': round(quantile(load.times, 0.5)),
        'under load: heard to reply p99, ms': round(quantile(load.times, 0.99)),
        'under load: yes to done p50, ms': round(quantile(load.results, 0.5)),
        'under load: yes to done p99, ms': round(quantile(load.results, 0.99)),
      },
      gates: [
        atLeast('ours / raw', ratio, 0.3),
        atMost('p99 under load, ms', quantile(load.times, 0.99), 20),
        exactly('acts not done in the warehouse system', acted - moved, 0),
        exactly('audit entries broken', chain.brokenAt ?? 0, 0),
      ],
    };
  } finally {
    await lab.stop();
    cleanup();
  }
};
