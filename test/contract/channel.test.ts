import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import { AppError } from '../../src/domain/errors.ts';
import { channelStatuses, type OrderView } from '../../src/domain/order.ts';
import type { Channel, ChannelPlug, OrderPage, Window } from '../../src/ports/channel.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { type StandIn, standInStart, startStandIn } from '../kit/stand-in.ts';
import type { Binding } from './channels/binding.ts';

const folder = new URL('../../src/adapters/channels/', import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const signal = new AbortController().signal;
const hour = 3_600_000;
const identifier = createIdentifier(Buffer.alloc(32, 7));

interface Truth {
  readonly orderNo: string;
  readonly updatedAt: number;
  readonly stages: { readonly createdAt: number; readonly paidAt: number | null };
}

it('finds the channels on disk', () => {
  expect(names).toContain('miniprogram');
});

/** A channel without a file in `channels/` has no stand-in, and fails here. */
const found = await Promise.all(
  names.map(async (name) => {
    const { binding } = (await import(`./channels/${name}.ts`)) as { binding: Binding };
    const { default: plug } = (await import(new URL(`${name}/index.ts`, folder).href)) as {
      default: ChannelPlug<unknown>;
    };
    return { name, plug, binding };
  }),
);

describe.each(found)('channel $name', ({ plug, binding }) => {
  let standIn: StandIn;

  beforeAll(async () => {
    const { server, ordersPerDay } = binding;
    standIn = await startStandIn({ settings: { ordersPerDay, shares: { [server]: 1 } } });
  });
  afterAll(() => standIn?.sandbox.stop());
  beforeEach(() => standIn.control.forget());

  const open = (more: { credentials?: Record<string, string>; clock?: Clock; baseUrl?: string } = {}): Channel =>
    plug.create({
      shopId: 'shop-1',
      baseUrl: more.baseUrl ?? binding.baseUrl(standIn.url),
      credentials: plug.credentials.parse(more.credentials ?? binding.credentials),
      timezone: 'Asia/Shanghai',
      http: createHttp(),
      clock: more.clock ?? standIn.clock,
      identifier,
    });

  const skewed = (ms: number): Clock => ({ ...standIn.clock, now: () => standIn.clock.now() + ms });

  async function pullAll(
    channel: Channel,
    window: Window,
    way: 'pullUpdated' | 'pullCreated' = 'pullUpdated',
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<{ views: OrderView[]; pages: number }> {
    const views: OrderView[] = [];
    let pages = 0;
    for (const part of cut(window, channel.windowMs[way === 'pullUpdated' ? 'updated' : 'created'])) {
      let cursor: string | undefined;
      do {
        const page: OrderPage = await channel[way](part, cursor, signal);
        expect(page.skipped).toEqual([]);
        views.push(...page.orders.map(({ view }) => view));
        cursor = page.next;
        pages += 1;
        if (cursor !== undefined) await between();
      } while (cursor !== undefined);
    }
    return { views, pages };
  }

  async function truth(): Promise<Truth[]> {
    const all: Truth[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page = (await standIn.control.get(`/world/orders?shop=${binding.server}&limit=2000&after=${after}`)) as {
        orders: Truth[];
        next: string | null;
      };
      all.push(...page.orders);
      after = page.next;
    }
    return all.filter((order) => !binding.hidesUnpaid || order.stages.paidAt !== null);
  }

  const placedAt = ({ createdAt, paidAt }: Truth['stages']): number =>
    binding.hidesUnpaid && paidAt !== null ? paidAt : createdAt;

  const numbers = (views: readonly OrderView[]): Set<string> => new Set(views.map((view) => view.channelOrderNo));
  /** So many hours ago, until when the platform's lists are complete. */
  const hours = (from: number, to = 0): Window => {
    const now = standIn.clock.now() - open().lagMs;
    return { from: now - from * hour, to: now - to * hour };
  };
  /** The last of them. */
  const short = (): Window => {
    const { from, to } = hours(1);
    return { from: Math.max(from, to - open().windowMs.updated), to };
  };
  /** Windows that the platform takes. */
  const cut = (window: Window, longest: number): Window[] => {
    const windows: Window[] = [];
    for (let { from } = window; from < window.to; from += longest)
      windows.push({ from, to: Math.min(window.to, from + longest) });
    return windows;
  };
  const fail = async (promise: Promise<unknown>): Promise<AppError & { afterMs?: number }> => {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  };

  it('[B3] names itself in both languages and refuses credentials that are empty', () => {
    expect(plug.name.zh.length * plug.name.en.length).toBeGreaterThan(0);
    expect(plug.credentials.safeParse({}).success).toBe(false);
    const blank = Object.fromEntries(Object.keys(binding.credentials).map((key) => [key, '']));
    expect(plug.credentials.safeParse(blank).success).toBe(false);
  });

  it('[B2] gives every order of a window, over several pages, and the same again when asked again', async () => {
    const window = hours(10);
    const expected = (await truth()).filter(({ updatedAt }) => updatedAt >= window.from && updatedAt < window.to);

    const first = await pullAll(open(), window);
    const second = await pullAll(open(), window);

    expect(expected.length).toBeGreaterThan(binding.pageSize);
    expect(first.pages).toBeGreaterThan(1);
    expect(expected.filter(({ orderNo }) => !numbers(first.views).has(orderNo))).toEqual([]);
    expect(second.views).toEqual(first.views);
  });

  it('[B4] gives every order placed inside a window', async () => {
    const window = hours(6, 1);
    const expected = (await truth()).filter(
      ({ stages }) => placedAt(stages) >= window.from && placedAt(stages) < window.to,
    );

    const { views } = await pullAll(open(), window, 'pullCreated');

    expect(expected.length).toBeGreaterThan(50);
    expect(expected.filter(({ orderNo }) => !numbers(views).has(orderNo))).toEqual([]);
    // Platforms count in seconds.
    for (const view of views) {
      const at = placedAt({ createdAt: view.placedAt, paidAt: view.paidAt });
      expect(at).toBeGreaterThanOrEqual(window.from - 1_000);
      expect(at).toBeLessThan(window.to + 1_000);
    }
  });

  it('[B2] loses no order that changes while its window is paged: this window or the next has it', async () => {
    const channel = open();
    const window = hours(10);
    const before = (await truth()).filter(({ updatedAt }) => updatedAt >= window.from && updatedAt < window.to);

    // Somebody works through the oldest orders.
    const oldest = [...before].sort((a, b) => a.updatedAt - b.updatedAt);
    const touch = async (): Promise<void> => {
      await standIn.clock.sleep(60_000);
      const now = standIn.clock.now();
      for (const { orderNo } of oldest.splice(0, 50)) {
        standIn.sandbox.world.store.run(
          'UPDATE orders SET updated_at = ?, visible_at = ? WHERE no = ?',
          now,
          now,
          orderNo,
        );
      }
    };

    const first = await pullAll(channel, window, 'pullUpdated', touch);
    const next = await pullAll(channel, { from: window.to - channel.lagMs, to: standIn.clock.now() });

    const seen = new Set([...numbers(first.views), ...numbers(next.views)]);
    expect(oldest.length).toBeLessThan(before.length);
    expect(before.filter(({ orderNo }) => !seen.has(orderNo))).toEqual([]);
  });

  it('[B2] gives an order that shows late when it shows, though it was paid hours ago', async () => {
    const from = standIn.clock.now();
    const made = (await standIn.control.post('/world/scenarios/short', {
      paidAgoMs: 2 * hour,
      shop: binding.server,
    })) as { orderNo: string };
    await standIn.clock.sleep(5_000 + open().lagMs);

    const { views } = await pullAll(open(), { from, to: standIn.clock.now() });
    const late = views.find((view) => view.channelOrderNo === made.orderNo);

    expect(late?.paidAt).toBeLessThan(from - hour);
    expect(late?.sourceUpdatedAt).toBeGreaterThanOrEqual(from - 1_000);
  });

  it('[B5] fills number, SKU, receiver, pay status and shop of every order, in neutral words', async () => {
    const { views } = await pullAll(open(), hours(10));

    expect(views.length).toBeGreaterThan(0);
    for (const view of views) {
      expect(view.shopId).toBe('shop-1');
      expect(view.channelOrderNo).toMatch(/\S/);
      expect(channelStatuses).toContain(view.status);
      expect(view.status).not.toBe('unknown');
      expect(view.lines.length).toBeGreaterThan(0);
      expect(view.lines.every(({ sku, qty }) => sku !== '' && qty > 0)).toBe(true);
      if (binding.hidesReceiver !== true || view.status === 'paid') {
        expect(view.receiver.name).toMatch(/\*/);
        expect(view.receiver.phone).toMatch(/^\d{1,3}\*{4,}\d*$/);
        expect(view.identities.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...binding.identities]));
      }
      for (const amount of [view.goodsMinor, view.freightMinor, view.paidMinor])
        expect(Number.isSafeInteger(amount)).toBe(true);
      for (const at of [view.placedAt, view.sourceUpdatedAt, view.paidAt ?? standInStart]) {
        expect(Math.abs(at - standInStart)).toBeLessThan(72 * hour);
      }
    }
  });

  it('[B5] keeps what is personal out of the view and hands it over apart', async () => {
    const { orders } = await open().pullUpdated(short(), undefined, signal);

    expect(orders.length).toBeGreaterThan(0);
    for (const { view, receiver } of orders) {
      const shown = JSON.stringify(view);
      expect(shown).not.toMatch(/(?<!\d)1[3-9]\d{9}(?!\d)/);
      if (binding.receiver !== 'clear') continue;
      expect(receiver?.phone).toMatch(/^1\d{10}$/);
      for (const personal of [receiver?.name, receiver?.phone, receiver?.address])
        expect(shown).not.toContain(personal);
    }
  });

  it('[I1] reads named orders afresh, with unknown ones absent, and stays below the limit of the provider', async () => {
    const all = (await truth()).slice(-60).map(({ orderNo }) => orderNo);

    const { orders, skipped } = await open().fetchOrders([...all, binding.unknownOrder], signal);

    expect(skipped).toEqual([]);
    expect(orders.map(({ view }) => view.channelOrderNo).sort()).toEqual([...all].sort());
    expect(await open().fetchOrders([], signal)).toMatchObject({ orders: [] });
  });

  it('[I1] sees a change at once', async () => {
    const no = (await standIn.control.post('/world/scenarios/short', {
      paidAgoMs: hour,
      shop: binding.server,
    })) as { orderNo: string };
    await standIn.clock.sleep(2_000);
    await standIn.control.post('/world/scenarios/close', { orderNo: no.orderNo });
    await standIn.clock.sleep(2_000);

    const { orders } = await open().fetchOrders([no.orderNo], signal);

    expect(orders[0]?.view).toMatchObject({
      status: binding.paidClosesAs ?? 'closed',
      closedAt: expect.any(Number),
    });
  });

  it.each([
    ['rate-limit', 'RateLimitedError'],
    ['502', 'RetryableError'],
    ['malformed', 'RetryableError'],
    ['drop-before', 'RetryableError'],
    ['drop-after', 'RetryableError'],
    ['expire-token', 'RejectedError'],
    ['wrong-ip', 'RejectedError'],
  ])('[B1] turns %s into a %s, and the next read is whole', async (kind, expected) => {
    await standIn.control.fail(binding.server, kind, { route: binding.listRoute });

    const first = open().pullUpdated(short(), undefined, signal);
    if (binding.errors[kind] === 'none') {
      expect((await first).orders.length).toBeGreaterThan(0);
      return;
    }
    const error = await fail(first);
    const again = await open().pullUpdated(short(), undefined, signal);

    expect(error.name).toBe(binding.errors[kind] ?? expected);
    if (expected === 'RateLimitedError') expect(error.afterMs).toBeGreaterThan(0);
    expect(again.orders.length).toBeGreaterThan(0);
  });

  it('[B1] makes one attempt a call: retries are made elsewhere', async () => {
    await standIn.control.fail(binding.server, '502', { route: binding.listRoute, times: null });

    await fail(open().pullUpdated(short(), undefined, signal));

    const calls = await standIn.control.calls(binding.server);
    expect(calls.filter(({ route }) => route === binding.listRoute)).toHaveLength(1);
  });

  it.each(binding.hasTime ? [-1, 1] : [])('[B3] says that our clock is wrong by %i h', async (off) => {
    const error = await fail(open({ clock: skewed(off * hour) }).pullUpdated(short(), undefined, signal));

    expect(error).toMatchObject({ name: 'RejectedError', code: 'BAD_TIMESTAMP' });
    expect(error.message).toMatch(/clock/);
  });

  it('[B3] is refused for good with wrong credentials', async () => {
    const error = await fail(open({ credentials: binding.wrongCredentials }).pullUpdated(short(), undefined, signal));

    expect(error.retry).toBe('never');
  });

  it('is retryable while nobody answers at its address', async () => {
    const channel = open({ baseUrl: binding.baseUrl('http://127.0.0.1:1') });

    expect((await fail(channel.pullUpdated(short(), undefined, signal))).name).toBe('RetryableError');
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort();

    expect((await fail(open().pullUpdated(short(), undefined, stopped))).retry).toBe('backoff');
    expect((await fail(open().fetchOrders(['1', '2'], stopped))).retry).toBe('backoff');
  });

  it('[B3] keeps its secrets and all queries out of every error', async () => {
    const errors: AppError[] = [];
    for (const kind of ['rate-limit', '502', 'malformed', 'drop-after', 'wrong-ip', 'expire-token', 'skew']) {
      if (binding.errors[kind] === 'none') continue;
      await standIn.control.fail(binding.server, kind);
      errors.push(await fail(open().pullUpdated(short(), undefined, signal)));
    }
    errors.push(await fail(open({ credentials: binding.wrongCredentials }).fetchOrders(['20261111000001'], signal)));

    const secrets = [...Object.values(binding.credentials), ...Object.values(binding.wrongCredentials)];
    for (const error of errors) {
      const said = `${error.message} ${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`;
      for (const secret of secrets) expect(said).not.toContain(secret);
      expect(error.message).not.toMatch(/[?&]\w+=/);
    }
  });
});
