import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { AppError, RateLimitedError } from '../../src/domain/errors.ts';
import type { Channel, ChannelPlug } from '../../src/ports/channel.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createIngest, type ShopSource } from '../../src/services/ingest.ts';
import { createRulebook } from '../../src/services/rulebook.ts';
import { createWalkHistory } from '../../src/services/walk-history.ts';
import { aDirectory } from '../kit/fake-directory.ts';
import { bySize } from '../kit/size.ts';
import { startStandIn } from '../kit/stand-in.ts';
import { openTestStorage, silentLog, testVault } from '../kit/test-storage.ts';
import type { Binding } from './channels/binding.ts';

const folder = new URL('../../src/adapters/channels/', import.meta.url);
const channels = await Promise.all(
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(async ({ name }) => {
      const { binding } = (await import(`./channels/${name}.ts`)) as { binding: Binding };
      const { default: plug } = (await import(new URL(`${name}/index.ts`, folder).href)) as {
        default: ChannelPlug<unknown>;
      };
      return { name, plug, binding };
    }),
);

const kinds = ['rate-limit', '502', 'malformed', 'drop-before', 'drop-after', 'wrong-ip', 'expire-token', 'skew'];
const minute = 60_000;
const signal = new AbortController().signal;

/** The same numbers for the same seed. */
function drawer(seed: number) {
  let state = seed * 0x9e3779b9;
  return (below: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    return (((state ^ (state >>> 13)) >>> 0) / 4_294_967_296) * below;
  };
}

interface Truth {
  readonly orderNo: string;
  readonly stages: { readonly paidAt: number | null };
}

describe.each(channels)('channel $name', ({ plug, binding }) => {
  const seeds = Array.from({ length: bySize({ short: 1, moderate: 4, full: 50 }) }, (_, index) => index + 1);

  it.each(seeds)(
    '[B2, B4] has every order once and as it is, when faults and crashes are over (seed %i)',
    async (seed) => {
      const draw = drawer(seed);
      const { server } = binding;
      const standIn = await startStandIn({
        seed: `faults-${seed}`,
        settings: { ordersPerDay: 500, shares: { [server]: 1 } },
      });
      try {
        const { clock, control, sandbox } = standIn;
        const database = await openTestStorage();
        const { storage } = database;
        const directory = aDirectory({});
        const rulebook = createRulebook(builtinRules, directory, 'Asia/Shanghai');
        const open = (): { channel: Channel; pull: () => Promise<unknown>; walk: () => Promise<number> } => {
          const channel = plug.create({
            shopId: server,
            baseUrl: binding.baseUrl(standIn.url),
            credentials: plug.credentials.parse(binding.credentials),
            timezone: 'Asia/Shanghai',
            http: createHttp(),
            clock,
            identifier: createIdentifier(Buffer.alloc(32, 7)),
            saveTokens: async () => {},
          });
          const source: ShopSource = { id: server, channel, pollMs: 5_000, aheadMs: () => 0, backfillDays: 2 };
          const shared = { storage, clock, metrics: silentMetrics, log: silentLog };
          const ingest = createIngest({ ...shared, rulebook: () => rulebook, shopOf: () => server, vault: testVault });
          const history = createWalkHistory({ storage, clock, ingest, directory, log: silentLog });
          return {
            channel,
            pull: () => ingest.pullShop(source, signal),
            walk: () => history.step(source, signal),
          };
        };
        let bot = open();
        const attempt = async (work: () => Promise<unknown>): Promise<void> => {
          try {
            await work();
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            if (error instanceof RateLimitedError) await clock.sleep(error.afterMs);
          }
        };

        for (let round = 0; round < 25; round += 1) {
          await clock.sleep(1_000 + draw(3 * minute));
          if (draw(1) < 0.6) {
            const kind = kinds[Math.floor(draw(kinds.length))] ?? '502';
            await control.fail(server, kind, { times: 1 + Math.floor(draw(2)) });
          }
          await attempt(bot.pull);
          for (let page = 0; page < 3; page += 1) await attempt(bot.walk);
          // A new process knows only what is in the database.
          if (draw(1) < 0.2) bot = open();
        }

        await control.forget();
        sandbox.world.store.run('DELETE FROM events');
        await clock.sleep(bot.channel.lagMs + minute);
        await bot.pull();
        const isFilled = async () => (await storage.walks.find(`backfill/${server}`))?.finishedAt != null;
        while (!(await isFilled())) if ((await bot.walk()) === 0) await clock.sleep(minute);

        const { orders } = (await control.get(`/world/orders?shop=${server}&limit=2000`)) as { orders: Truth[] };
        const shown = orders.filter(({ stages }) => !binding.hidesUnpaid || stages.paidAt !== null);
        const numbers = shown.map(({ orderNo }) => orderNo).sort();
        expect(numbers.length).toBeGreaterThan(100);
        const stored = database.rows('SELECT channelOrderNo AS no FROM "Order" ORDER BY 1').map(({ no }) => no);
        expect(stored).toEqual(numbers);

        for (let from = 0; from < stored.length; from += 50) {
          const fresh = await bot.channel.fetchOrders(stored.slice(from, from + 50).map(String), signal);
          for (const { view } of fresh.orders) {
            const known = await storage.views.findOrderByNo(server, view.channelOrderNo);
            expect(known).toMatchObject({
              channelOrderNo: view.channelOrderNo,
              status: view.status,
              sourceStatus: view.sourceStatus,
              sourceUpdatedAt: view.sourceUpdatedAt,
              paidAt: view.paidAt,
              paidMinor: view.paidMinor,
              refund: view.refund,
              shippedAt: view.shippedAt,
              closedAt: view.closedAt,
              shipments: view.shipments,
            });
          }
        }
      } finally {
        await standIn.sandbox.stop();
      }
    },
  );
});
