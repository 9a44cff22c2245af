import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../src/adapters/http.ts';
import { AppError, BugError } from '../../src/domain/errors.ts';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import type { HoldReason } from '../../src/domain/hold-reason.ts';
import { stages } from '../../src/domain/stage.ts';
import type { StockLock } from '../../src/domain/stock.ts';
import type { Window } from '../../src/ports/channel.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type {
  Capabilities,
  FulfillmentPage,
  FulfillmentPlug,
  FulfillmentSystem,
  Hold,
  Replenishment,
} from '../../src/ports/fulfillment.ts';
import type { FreshTokens } from '../../src/ports/tokens.ts';
import type { ErpKind } from '../../src/sandbox/world/company.ts';
import { shopOf } from '../../src/sandbox/world/shops.ts';
import { type StandIn, startStandIn } from '../kit/stand-in.ts';
import type { Binding } from './fulfillment/binding.ts';

const folder = new URL('../../src/adapters/fulfillment/', import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const found = await Promise.all(
  names.map(async (name) => {
    const { binding } = (await import(`./fulfillment/${name}.ts`)) as { binding: Binding };
    const { default: plug } = (await import(new URL(`${name}/index.ts`, folder).href)) as {
      default: FulfillmentPlug<unknown>;
    };
    return { name, plug, binding };
  }),
);

const signal = new AbortController().signal;
/** What a suite runs over: the interface, or nothing where there is none. */
const present = (route: string | undefined): { route: string }[] => (route === undefined ? [] : [{ route }]);
const hour = 3_600_000;
const ids = { hz: '1001', gz: '1002' };

interface Erp {
  readonly oId: number;
  readonly status: string;
  readonly warehouse: number;
  readonly modified: number;
  readonly actions: readonly { readonly name: string; readonly remark: string }[];
}
interface Truth {
  readonly orderNo: string;
  readonly erpStatus: string | null;
  readonly stages: Readonly<Record<string, number | null>>;
  readonly erp?: readonly Erp[];
}
interface StockTruth {
  readonly wms_co_id: number;
  readonly sku: string;
  readonly qty: number;
  readonly order_lock: number;
  readonly pick_lock: number;
  readonly lock_qty: number;
  readonly available: number;
}
interface Trouble {
  readonly orderNo: string;
  readonly blockedBy: string;
  readonly sku: string;
  readonly warehouse: number;
}

it('finds the systems on disk', () => {
  expect(names).toEqual(expect.arrayContaining(['jushuitan', 'shopify']));
});

describe.each(found)('system $name', ({ name, plug, binding }) => {
  const { routes, unknownOrders, shop = 'mini', listLagMs = 0, hasNoList = false } = binding;
  let standIn: StandIn;
  let system: FulfillmentSystem;
  const saved: FreshTokens[] = [];

  beforeAll(async () => {
    const { ordersPerDay } = binding;
    standIn = await startStandIn({
      settings: { ordersPerDay, shares: { [shop]: 1 }, erp: name as ErpKind },
    });
    system = await open();
  });
  afterAll(() => standIn?.sandbox.stop());
  beforeEach(async () => {
    await standIn.control.forget();
    saved.length = 0;
    // So that each test begins with a full allowance.
    await standIn.clock.sleep(binding.restMs);
  });

  async function credentials(): Promise<Record<string, string>> {
    const company = (await standIn.control.get('/company')) as {
      systems: { kind: string; credentials: Record<string, string> }[];
    };
    return company.systems.find(({ kind }) => kind === name)?.credentials ?? {};
  }

  async function open(more: { without?: string; clock?: Clock; baseUrl?: string } = {}): Promise<FulfillmentSystem> {
    const given = { ...(await credentials()) };
    if (more.without !== undefined) delete given[more.without];
    return plug.create({
      systemId: 'wms',
      baseUrl: more.baseUrl ?? `${standIn.url}/${binding.server}`,
      credentials: plug.credentials.parse(given),
      http: createHttp(),
      clock: more.clock ?? standIn.clock,
      saveTokens: async (tokens) => void saved.push(tokens),
    });
  }

  async function pullAll(
    window: Window,
    between: () => Promise<unknown> = async () => undefined,
  ): Promise<{ views: FulfillmentView[]; pages: number }> {
    const views: FulfillmentView[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page: FulfillmentPage = await system.pullUpdated(window, cursor, signal);
      expect(page.skipped).toEqual([]);
      views.push(...page.fulfillments);
      cursor = page.next;
      pages += 1;
      if (cursor !== undefined) await between();
    } while (cursor !== undefined);
    return { views, pages };
  }

  const hours = (from: number): Window => ({ from: standIn.clock.now() - from * hour, to: standIn.clock.now() });
  const noOf = (row: { readonly o_id: number; readonly so_id: string } | undefined): string =>
    binding.systemOrderNo(row?.o_id ?? 0, row?.so_id ?? '');
  const numbers = (views: readonly FulfillmentView[]): Set<string> => new Set(views.map((view) => view.systemOrderNo));
  const read = async (systemOrderNo: string): Promise<FulfillmentView | undefined> =>
    (await system.fetchBySystemOrder([systemOrderNo], signal)).fulfillments[0];
  const readAll = async () => {
    const named = erpOrders().map(({ so_id }) => so_id);
    const { fulfillments: views, skipped } = await system.fetchByChannelOrder(named, signal);
    expect(skipped).toEqual([]);
    return { views };
  };
  const readByChannel = async (orderNo: string): Promise<FulfillmentView> => {
    const [view] = (await system.fetchByChannelOrder([orderNo], signal)).fulfillments;
    if (view === undefined) throw new Error(`no ${orderNo}`);
    return view;
  };
  const truthOf = (orderNo: string): Promise<Truth> =>
    standIn.control.get(`/world/orders/${orderNo}`) as Promise<Truth>;
  const erpOrders = (): { o_id: number; so_id: string; modified: number; status: string }[] =>
    standIn.sandbox.world.store.all('SELECT o_id, so_id, modified, status FROM erp_orders ORDER BY o_id');
  const stockOf = async (sku: string, warehouse: string): Promise<StockTruth> => {
    const { stock } = (await standIn.control.get(
      `/world/stock?sku=${encodeURIComponent(sku)}&warehouse=${warehouse}`,
    )) as { stock: StockTruth[] };
    const [row] = stock;
    if (row === undefined) throw new Error(`no ${sku}`);
    return row;
  };
  const trouble = async (scenario: string): Promise<Trouble> => {
    const made = (await standIn.control.post(`/world/scenarios/${scenario}`, { shop })) as Trouble;
    await standIn.clock.sleep(3_000);
    return made;
  };
  const applied = async (route: string): Promise<boolean[]> =>
    (await standIn.control.calls(binding.server)).filter((call) => call.route === route).map((call) => call.applied);
  const fail = async (promise: Promise<unknown>): Promise<AppError & { afterMs?: number }> => {
    const error = await promise.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  };
  const lockOf = async (made: Trouble): Promise<StockLock> => {
    const lock = (await system.listLocks(signal)).find((one) =>
      binding.hidesLockOwners === true
        ? one.sku === made.sku && one.warehouseCode === String(made.warehouse)
        : one.channelOrderNo === made.blockedBy,
    );
    if (lock === undefined) throw new Error('no lock');
    return lock;
  };

  describe('what it says of itself', () => {
    it('[B3] has a name in both languages and refuses credentials that are empty', async () => {
      expect(plug.name.zh.length * plug.name.en.length).toBeGreaterThan(0);
      expect(plug.credentials.safeParse({}).success).toBe(false);
      const blank = Object.fromEntries(Object.keys(await credentials()).map((key) => [key, '']));
      expect(plug.credentials.safeParse(blank).success).toBe(false);
    });

    it('[C7] tells a person in both languages what to do where it has no interface', () => {
      for (const capability of Object.values(system.capabilities)) {
        const isManual = typeof capability === 'object';
        const words = isManual ? [capability.manual.zh, capability.manual.en] : [capability];
        expect(words.every((text) => text.length >= (isManual ? 20 : 4))).toBe(true);
      }
    });

    it('[C7] does by an interface what it says it does, and for the rest gives the words without asking anybody', async () => {
      const { capabilities } = system;
      const byHand = (Object.keys(capabilities) as (keyof Capabilities)[]).filter(
        (name) => typeof capabilities[name] === 'object',
      );
      const without = {
        reroute: routes.move,
        releaseVirtualLock: routes.lock,
        cancelOrder: routes.cancel,
        hold: routes.hold,
        unhold: routes.unhold,
        transfer: routes.transfer,
        purchase: routes.purchase,
      };
      expect(byHand.filter((name) => without[name] !== undefined)).toEqual([]);
      expect(Object.entries(without).filter(([, route]) => route === undefined)).toHaveLength(byHand.length);

      const lock: StockLock = {
        systemId: 'wms',
        lockId: 'x',
        kind: 'virtual',
        sku: 'X',
        qty: 1,
        warehouseCode: ids.hz,
        channelOrderNo: null,
        systemShopId: '',
        by: '',
        createdAt: 0,
      };
      const wish = { operationKey: 'k', systemOrderNo: unknownOrders[0], by: '李建国' };
      const goods = { operationKey: 'k', lines: [{ sku: 'X', qty: 1 }], to: ids.gz, needBy: null, reason: '', by: '' };
      const moves: Readonly<Record<keyof Capabilities, () => Promise<{ kind: string }>>> = {
        reroute: () => system.reroute({ ...wish, to: ids.gz, expectFrom: ids.hz, reason: '' }, signal),
        releaseVirtualLock: () => system.releaseLock({ operationKey: 'k', lock, qty: 1, by: '' }, signal),
        cancelOrder: () => system.cancelOrder(unknownOrders[0], '', '', signal),
        hold: () => system.hold({ ...wish, reason: 'risk', note: '' }, signal),
        unhold: () => system.unhold(wish, signal),
        transfer: () => system.requestReplenishment({ ...goods, from: ids.hz }, signal),
        purchase: () => system.requestReplenishment({ ...goods, from: null }, signal),
      };
      for (const name of byHand)
        expect(await moves[name]()).toEqual({ kind: 'unsupported', ...(capabilities[name] as object) });
      expect(await standIn.control.calls(binding.server)).toEqual([]);
    });
  });

  describe('reading', () => {
    // A system without a list of changes is read order by order.
    describe.each(present(hasNoList ? undefined : routes.orders))('by its list', () => {
      it('[B2] gives every order of a window, over several pages', async () => {
        const window = hours(10);
        await standIn.clock.sleep(listLagMs);
        const expected = erpOrders().filter(({ modified }) => modified >= window.from && modified < window.to);

        const { views, pages } = await pullAll(window);

        expect(expected.length).toBeGreaterThan(binding.pageSize);
        expect(pages).toBeGreaterThan(1);
        expect(expected.filter((row) => !numbers(views).has(noOf(row)))).toEqual([]);
      });

      it('[B2] loses no order that changes while its window is paged: this window or the next has it', async () => {
        const window = hours(10);
        const before = erpOrders().filter(({ modified }) => modified >= window.from && modified < window.to);

        // Somebody works through the oldest orders, a page of them in all.
        const oldest = [...before].sort((a, b) => a.modified - b.modified);
        const touch = async (): Promise<void> => {
          await standIn.clock.sleep(60_000);
          for (const { o_id } of oldest.splice(0, 20)) {
            const change = 'UPDATE erp_orders SET modified = ? WHERE o_id = ?';
            standIn.sandbox.world.store.run(change, standIn.clock.now(), o_id);
          }
        };

        const first = await pullAll(window, touch);
        await standIn.clock.sleep(listLagMs);
        const next = await pullAll({ from: window.to - system.lagMs, to: standIn.clock.now() });

        expect(before.length - oldest.length).toBeGreaterThanOrEqual(40);
        const seen = new Set([...numbers(first.views), ...numbers(next.views)]);
        expect(before.filter((row) => !seen.has(noOf(row)))).toEqual([]);
      });
    });

    it('[C1] tells each stage as the warehouse has it', async () => {
      await trouble('short');
      await trouble('review');
      await standIn.clock.sleep(listLagMs);
      const { views } = hasNoList ? await readAll() : await pullAll(hours(10));
      const seen = new Set(views.map(({ stage }) => stage));

      expect([...seen].every((stage) => stages.includes(stage))).toBe(true);
      expect([...seen]).toEqual(
        expect.arrayContaining(['queued', ...(binding.hidesReview ? [] : ['review']), 'shipped']),
      );
      // Read again in one call, so that no world time passes between the view and the truth.
      const oneOfEach = [...new Map(views.map((one) => [one.stage, one.systemOrderNo])).values()];
      for (const view of (await system.fetchBySystemOrder(oneOfEach, signal)).fulfillments) {
        const { stages: real } = await truthOf(view.channelOrderNos[0] ?? '');
        const isSorted = real.sortedAt !== null && view.stage !== 'closed';
        expect([view.stage, view.sortedAt !== null]).toEqual([view.stage, isSorted]);
        if (view.shippedAt !== null) expect(Math.abs(view.shippedAt - (real.sentAt ?? 0))).toBeLessThan(1_000);
        expect(view.lines.every(({ sku, qty }) => sku !== '' && qty > 0)).toBe(true);
      }
    });

    it('[I1] reads named orders afresh by either number, with unknown ones absent', async () => {
      const some = erpOrders().slice(-45);

      const byChannel = await system.fetchByChannelOrder([...some.map(({ so_id }) => so_id), '19990101000000'], signal);
      const bySystem = await system.fetchBySystemOrder([...some.map(noOf), ...unknownOrders], signal);

      const expected = new Set(some.map(noOf));
      expect(numbers(byChannel.fulfillments)).toEqual(expected);
      expect(numbers(bySystem.fulfillments)).toEqual(expected);
      expect(byChannel.fulfillments.flatMap((view) => view.channelOrderNos).sort()).toEqual(
        some.map(({ so_id }) => so_id).sort(),
      );
      expect(await system.fetchByChannelOrder([], signal)).toMatchObject({ fulfillments: [] });
    });

    it('[N3] does not show orders of channels that it says it cannot see', async () => {
      const { invisibleChannel } = binding;
      expect(system.stageSource(shopOf(shop).channel)).not.toBe('none');
      if (invisibleChannel === undefined) return;
      const order = erpOrders().at(-1);
      standIn.sandbox.world.store.run(
        'UPDATE erp_orders SET channel = ? WHERE o_id = ?',
        invisibleChannel,
        order?.o_id ?? 0,
      );

      expect(system.stageSource(invisibleChannel)).toBe('none');
      expect((await system.fetchByChannelOrder([order?.so_id ?? ''], signal)).fulfillments).toEqual([]);
    });

    it('[K2] tells stock as it lies there, per warehouse', async () => {
      const { sku } = await trouble('dead-lock');
      await standIn.clock.sleep(10_000);

      const levels = await system.getStock([sku, 'NO-SUCH-SKU'], [ids.hz, ids.gz], signal);

      expect(levels.map(({ warehouseCode }) => warehouseCode)).toEqual([ids.hz, ids.gz]);
      for (const level of levels) {
        const real = await stockOf(sku, level.warehouseCode);
        const figures = {
          onHand: real.qty,
          available: real.available,
          orderLocked: real.order_lock,
          pickLocked: real.pick_lock,
          virtualLocked: real.lock_qty,
        };
        const silent = (figure: string): boolean => !(binding.tells as readonly string[]).includes(figure);
        expect(level).toMatchObject({
          sku,
          ...Object.fromEntries(Object.entries(figures).map(([key, qty]) => [key, silent(key) ? undefined : qty])),
          observedAt: standIn.clock.now(),
        });
      }
    });

    it('[B6] is never refused for its pace, however much is asked at once', async () => {
      const nos = erpOrders().map(({ so_id }) => so_id);
      const began = standIn.clock.now();

      await Promise.all(Array.from({ length: 120 }, (_, n) => system.fetchByChannelOrder([nos[n] ?? ''], signal)));

      const calls = await standIn.control.calls(binding.server);
      expect(calls).toHaveLength(120);
      expect(calls.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
      expect(standIn.clock.now() - began).toBeLessThan(180_000);
    });
  });

  describe('failing', () => {
    it.each([
      ['rate-limit', 'RateLimitedError'],
      ['502', 'RetryableError'],
      ['malformed', 'RetryableError'],
      ['drop-before', 'RetryableError'],
      ['drop-after', 'RetryableError'],
    ])('[B1] turns %s of a read into a %s, and the next read is whole', async (kind, expected) => {
      await standIn.control.fail(binding.server, kind, { route: routes.orders });

      const error = await fail(system.pullUpdated(hours(1), undefined, signal));
      const attempts = (await standIn.control.calls(binding.server)).length;
      const again = await system.pullUpdated(hours(1), undefined, signal);

      expect(error.name).toBe(expected);
      expect(attempts).toBe(1);
      if (expected === 'RateLimitedError') expect(error.afterMs).toBeGreaterThanOrEqual(1_000);
      if (!hasNoList) expect(again.fulfillments.length).toBeGreaterThan(0);
    });

    it('[B1] is refused for good where asking again changes nothing', async () => {
      for (const kind of binding.refusals) {
        await standIn.control.fail(binding.server, kind, { route: routes.orders });
        expect((await fail(system.pullUpdated(hours(1), undefined, signal))).retry).toBe('never');
      }
    });

    describe.each(present(binding.hasNoTime ? undefined : routes.orders))('that looks at our clock', () => {
      it('[B3] says that our clock is wrong when it is an hour off', async () => {
        const clock: Clock = { ...standIn.clock, now: () => standIn.clock.now() + hour };

        const error = await fail((await open({ clock })).pullUpdated(hours(1), undefined, signal));

        expect(error.message).toMatch(/clock/);
        expect(error.retry).toBe('never');
      });
    });

    describe.each(present(routes.refresh))('with a token that ends', ({ route: refreshRoute }) => {
      it('[B1] renews an expired token once for all who wait, keeps the new one, and loses no call', async () => {
        await standIn.control.fail(binding.server, 'expire-token', { route: routes.orders });
        const nos = erpOrders()
          .slice(-6)
          .map(({ so_id }) => so_id);

        const pages = await Promise.all(nos.map((no) => system.fetchByChannelOrder([no], signal)));

        const calls = await standIn.control.calls(binding.server);
        expect(pages.every(({ skipped }) => skipped.length === 0)).toBe(true);
        expect(calls.filter(({ route }) => route === refreshRoute)).toHaveLength(1);
        expect(saved).toHaveLength(1);
        expect(saved[0]?.expiresAt).toBeGreaterThan(standIn.clock.now());
        expect((await credentials()).accessToken).toBe(saved[0]?.accessToken);
      });

      it('[B1] asks for a new token when it has nothing to renew it with', async () => {
        const without = await open({ without: 'refreshToken' });
        await standIn.control.fail(binding.server, 'expire-token', { route: routes.orders });

        const error = await fail(without.pullUpdated(hours(1), undefined, signal));
        await system.pullUpdated(hours(1), undefined, signal);

        expect(error.name).toBe('AuthExpiredError');
      });
    });

    it('is retryable while nobody answers at its address, and when it is stopped', async () => {
      const nowhere = await open({ baseUrl: 'http://127.0.0.1:1' });

      expect((await fail(nowhere.pullUpdated(hours(1), undefined, signal))).name).toBe('RetryableError');
      expect((await fail(system.pullUpdated(hours(1), undefined, AbortSignal.abort()))).retry).toBe('backoff');
    });

    it('[B3] keeps its secrets and what it sent out of every error', async () => {
      const secrets = Object.values(await credentials());
      const errors: AppError[] = [];
      const lonely = await open({ without: 'refreshToken' });
      const expired = routes.refresh === undefined ? [] : ['expire-token'];
      for (const kind of ['rate-limit', '502', 'malformed', 'drop-after', ...binding.refusals, ...expired]) {
        await standIn.control.fail(binding.server, kind, { route: routes.orders });
        errors.push(await fail(lonely.fetchByChannelOrder(['20261111999999'], signal)));
      }
      // The other client has used up what both may ask.
      await standIn.clock.sleep(binding.restMs);
      await system.pullUpdated(hours(1), undefined, signal);

      for (const error of errors) {
        const said = `${error.message} ${error.stack} ${String(error.cause)} ${JSON.stringify(error)}`;
        for (const secret of [...secrets, '20261111999999']) expect(said).not.toContain(secret);
      }
    });
  });

  describe.each(present(routes.move))('rerouting', ({ route: moveRoute }) => {
    const moved = async () => {
      const { orderNo } = await trouble('short');
      const { systemOrderNo } = await readByChannel(orderNo);
      return { orderNo, move: { systemOrderNo, to: ids.gz, expectFrom: ids.hz, reason: '缺货', by: '李建国' } };
    };

    it('[O] moves an order once, and says so when it is there already', async () => {
      const { move } = await moved();

      expect(await system.reroute(move, signal)).toEqual({ kind: 'done', value: { warehouseCode: ids.gz } });
      expect((await read(move.systemOrderNo))?.warehouseCode).toBe(ids.gz);
      expect(await system.reroute(move, signal)).toEqual({ kind: 'already', value: { warehouseCode: ids.gz } });
      expect(await applied(moveRoute)).toEqual([true]);
    });

    it('[O] refuses what the person no longer saw, or what cannot be', async () => {
      const { move } = await moved();
      const sent = erpOrders().find(({ status }) => status === 'Sent');

      expect(await system.reroute({ ...move, expectFrom: '1003' }, signal)).toMatchObject({
        kind: 'refused',
        code: 'stale',
      });
      expect(await system.reroute({ ...move, to: '4711' }, signal)).toMatchObject({
        kind: 'refused',
        code: 'bad_warehouse',
      });
      expect(await system.reroute({ ...move, systemOrderNo: unknownOrders[0] }, signal)).toMatchObject({
        kind: 'refused',
        code: 'not_found',
      });
      const shipped = await read(noOf(sent));
      expect(
        await system.reroute(
          {
            ...move,
            systemOrderNo: noOf(sent),
            to: '4711',
            expectFrom: shipped?.warehouseCode ?? '',
          },
          signal,
        ),
      ).toMatchObject({ kind: 'refused', code: 'shipped' });
      expect((await applied(moveRoute)).filter(Boolean)).toEqual([]);
    });

    it('[P18] does not know after a lost answer, wrote once, and a second try finds it done', async () => {
      const { orderNo, move } = await moved();
      await standIn.control.fail(binding.server, 'drop-after', { route: moveRoute });

      const lost = await system.reroute(move, signal);
      const written = await applied(moveRoute);
      const again = await system.reroute(move, signal);

      expect(lost).toEqual({ kind: 'unknown' });
      expect(written).toEqual([true]);
      expect(again.kind).toBe('already');
      const { erp = [] } = await truthOf(orderNo);
      expect(erp[0]?.actions.filter((action) => action.remark === '1001 → 1002')).toHaveLength(1);
    });

    it.each(['drop-before', '502', 'malformed'])(
      '[P18] never calls %s of the write a failure: it is not known',
      async (kind) => {
        const { move } = await moved();
        await standIn.control.fail(binding.server, kind, { route: moveRoute });

        expect(await system.reroute(move, signal)).toEqual({ kind: 'unknown' });
        expect(await applied(moveRoute)).toHaveLength(1);
      },
    );

    it('[P18] may be tried again when it was turned away before', async () => {
      const { move } = await moved();
      await standIn.control.fail(binding.server, 'rate-limit', { route: moveRoute });
      const limited = await system.reroute(move, signal);
      await standIn.control.fail(binding.server, '502', { route: routes.orders });
      const unread = await system.reroute(move, signal);

      expect(limited).toMatchObject({ kind: 'retryable', afterMs: expect.any(Number) });
      expect(unread.kind).toBe('retryable');
      expect((await applied(moveRoute)).filter(Boolean)).toEqual([]);
      expect((await system.reroute(move, signal)).kind).toBe('done');
    });
  });

  describe.each(present(routes.lock))('virtual locks', ({ route: lockRoute }) => {
    it('[B8] are listed with the order that they were taken for', async () => {
      const made = await trouble('dead-lock');
      const real = await stockOf(made.sku, String(made.warehouse));

      expect(await lockOf(made)).toMatchObject({
        systemId: 'wms',
        kind: 'virtual',
        sku: made.sku,
        qty: real.lock_qty,
        warehouseCode: String(made.warehouse),
      });
    });

    it('[I5] are given back, seconds later free, and taken again', async () => {
      const made = await trouble('dead-lock');
      const lock = await lockOf(made);
      const before = await stockOf(made.sku, lock.warehouseCode);

      const released = await system.releaseLock(
        { operationKey: `WR-${made.orderNo}`, lock, qty: lock.qty, by: '李建国' },
        signal,
      );
      await standIn.clock.sleep(10_000);

      expect(released).toMatchObject({ kind: 'done', value: { qty: lock.qty } });
      expect(before.lock_qty - (await stockOf(made.sku, lock.warehouseCode)).lock_qty).toBe(lock.qty);
      expect((await system.listLocks(signal)).map(({ lockId }) => lockId)).not.toContain(lock.lockId);

      // The blocked order takes one piece as soon as it is free; what is left may be taken again, more may not.
      const { available } = await stockOf(made.sku, lock.warehouseCode);
      const more = await system.retakeLock(
        { operationKey: `WR-${made.orderNo}-more`, lock, qty: available + 1, by: '李建国' },
        signal,
      );
      expect(more).toMatchObject({ kind: 'refused', code: 'no_stock' });
    });

    it('[I5] are taken again while the stock is still free', async () => {
      const made = await trouble('dead-lock');
      const lock = await lockOf(made);
      await system.releaseLock({ operationKey: `A-${made.orderNo}`, lock, qty: lock.qty, by: '' }, signal);
      standIn.sandbox.world.store.run(
        'UPDATE stock SET qty = qty + 10 WHERE sku = ? AND wms_co_id = ?',
        made.sku,
        made.warehouse,
      );
      await standIn.clock.sleep(10_000);
      const before = await stockOf(made.sku, lock.warehouseCode);

      const taken = await system.retakeLock(
        { operationKey: `B-${made.orderNo}`, lock, qty: lock.qty, by: '李建国' },
        signal,
      );
      await standIn.clock.sleep(10_000);

      expect(taken).toMatchObject({ kind: 'done' });
      expect((await stockOf(made.sku, lock.warehouseCode)).lock_qty - before.lock_qty).toBe(lock.qty);
    });

    it('[P18] are given back once however often the same key comes, also after a lost answer', async () => {
      const made = await trouble('dead-lock');
      const lock = await lockOf(made);
      const before = await stockOf(made.sku, lock.warehouseCode);
      const move = { operationKey: `WR-${made.orderNo}`, lock, qty: 1, by: '李建国' };
      await standIn.control.fail(binding.server, 'drop-after', { route: lockRoute });

      const lost = await system.releaseLock(move, signal);
      const again = await system.releaseLock(move, signal);
      await standIn.clock.sleep(10_000);

      expect(lost).toEqual({ kind: 'unknown' });
      expect(again.kind).toBe('done');
      expect(await applied(lockRoute)).toEqual([true, false]);
      expect(before.lock_qty - (await stockOf(made.sku, lock.warehouseCode)).lock_qty).toBe(1);
    });

    it('[P18] are never moved by nothing, which could mean everything', async () => {
      const lock = await lockOf(await trouble('dead-lock'));

      for (const qty of [0, -1]) {
        expect(await fail(system.releaseLock({ operationKey: 'k', lock, qty, by: '' }, signal))).toBeInstanceOf(
          BugError,
        );
        expect(await fail(system.retakeLock({ operationKey: 'k', lock, qty, by: '' }, signal))).toBeInstanceOf(
          BugError,
        );
      }
      expect(await applied(lockRoute)).toEqual([]);
    });
  });

  describe.each(present(routes.cancel))('cancelling', ({ route: cancelRoute }) => {
    it('[I5] frees the lock of a dead order seconds later, once', async () => {
      const made = await trouble('dead-order');
      const dead = await readByChannel(made.blockedBy);
      const of = 'FROM erp_items AS i JOIN erp_orders AS o ON o.o_id = i.o_id WHERE o.so_id = ?';
      const { qty = 0 } =
        standIn.sandbox.world.store.get<{ qty: number }>(`SELECT SUM(i.qty) AS qty ${of}`, made.blockedBy) ?? {};
      const before = await stockOf(made.sku, dead.warehouseCode);

      const first = await system.cancelOrder(dead.systemOrderNo, '店铺已关闭', '李建国', signal);
      const second = await system.cancelOrder(dead.systemOrderNo, '店铺已关闭', '李建国', signal);
      await standIn.clock.sleep(10_000);

      expect(first).toEqual({ kind: 'done', value: null });
      expect(second).toEqual({ kind: 'already', value: null });
      expect(await read(dead.systemOrderNo)).toMatchObject({ closed: true, stage: 'closed' });
      expect(before.order_lock - (await stockOf(made.sku, dead.warehouseCode)).order_lock).toBe(qty);
    });

    it('[P18] does not know after a lost answer and wrote once', async () => {
      const dead = await readByChannel((await trouble('dead-order')).blockedBy);
      await standIn.control.fail(binding.server, 'drop-after', { route: cancelRoute });

      const lost = await system.cancelOrder(dead.systemOrderNo, '', '李建国', signal);
      const again = await system.cancelOrder(dead.systemOrderNo, '', '李建国', signal);

      expect([lost.kind, again.kind]).toEqual(['unknown', 'already']);
      expect(await applied(cancelRoute)).toEqual([true]);
    });

    it('[P18] is refused once the goods are picked or gone', async () => {
      const sent = erpOrders().find(({ status }) => status === 'Sent');

      expect(await system.cancelOrder(noOf(sent), '', '', signal)).toMatchObject({
        kind: 'refused',
        code: 'shipped',
      });
      expect(await system.cancelOrder(unknownOrders[0], '', '', signal)).toMatchObject({
        kind: 'refused',
        code: 'not_found',
      });
    });
  });

  describe.each(present(routes.hold))('holding', ({ route: holdRoute }) => {
    const waiting = async (reason: HoldReason = 'risk'): Promise<Hold> => {
      const { orderNo } = await trouble('short');
      const { systemOrderNo } = await readByChannel(orderNo);
      return { operationKey: `WR-${orderNo}`, systemOrderNo, reason, note: '电话打不通', by: '李建国' };
    };

    it.each<HoldReason>(['risk', 'refund', 'address', 'buyer'])(
      '[I4] stops an order that waits because of %s, once',
      async (reason) => {
        const wish = await waiting(reason);

        expect((await read(wish.systemOrderNo))?.held).toBe(false);
        expect(await system.hold(wish, signal)).toMatchObject({ kind: 'done', value: null });
        expect(await read(wish.systemOrderNo)).toMatchObject({ held: true, closed: false });
        expect(await system.hold(wish, signal)).toEqual({ kind: 'already', value: null });
        expect(await applied(holdRoute)).toEqual([true]);
      },
    );

    it('[P18] is refused once the goods are gone, or where nobody knows the order', async () => {
      const wish = await waiting();
      const sent = erpOrders().find(({ status }) => status === 'Sent');

      for (const [no, code] of [
        [noOf(sent), 'shipped'],
        [unknownOrders[0], 'not_found'],
      ] as const)
        expect(await system.hold({ ...wish, systemOrderNo: no }, signal)).toMatchObject({ kind: 'refused', code });
      expect(await applied(holdRoute)).toEqual([]);
    });

    it('[P18] is refused once the warehouse has it in its hands', async () => {
      const wish = await waiting();
      const picked = erpOrders().find(({ status }) => status === 'Delivering');

      const outcome = await system.hold({ ...wish, systemOrderNo: noOf(picked) }, signal);

      expect(outcome).toMatchObject({ kind: 'refused', code: 'picking' });
      expect((await applied(holdRoute)).filter(Boolean)).toEqual([]);
    });

    it('[P18] does not know after a lost answer, wrote once, and a second try finds it done', async () => {
      const wish = await waiting();
      await standIn.control.fail(binding.server, 'drop-after', { route: holdRoute });

      expect(await system.hold(wish, signal)).toEqual({ kind: 'unknown' });
      expect((await system.hold(wish, signal)).kind).toBe('already');
      expect(await applied(holdRoute)).toEqual([true]);
    });

    it('[P18] may be tried again when it was turned away before', async () => {
      const wish = await waiting();
      await standIn.control.fail(binding.server, 'rate-limit', { route: holdRoute });

      expect(await system.hold(wish, signal)).toMatchObject({ kind: 'retryable', afterMs: expect.any(Number) });
      expect((await system.hold(wish, signal)).kind).toBe('done');
    });

    describe.each(present(routes.unhold))('and letting go', ({ route: unholdRoute }) => {
      it('[I4] lets an order go that it stopped, once', async () => {
        const wish = await waiting();
        await system.hold(wish, signal);

        expect(await system.unhold(wish, signal)).toMatchObject({ kind: 'done', value: null });
        expect(await read(wish.systemOrderNo)).toMatchObject({ held: false });
        expect(await system.unhold(wish, signal)).toEqual({ kind: 'already', value: null });
        expect(await applied(unholdRoute)).toEqual([true]);
      });

      it('[P18] does not know after a lost answer to letting go', async () => {
        const wish = await waiting();
        await system.hold(wish, signal);
        await standIn.control.fail(binding.server, 'drop-after', { route: unholdRoute });

        expect([(await system.unhold(wish, signal)).kind, (await system.unhold(wish, signal)).kind]).toEqual([
          'unknown',
          'already',
        ]);
        expect(await applied(unholdRoute)).toEqual([true]);
      });
    });
  });

  const ways = [
    { whence: 'another warehouse', route: routes.transfer ?? '', from: ids.gz },
    { whence: 'outside', route: routes.purchase ?? '', from: null },
  ].filter(({ route }) => route !== '');
  describe.each(ways)('asking for goods from $whence', ({ route, from }) => {
    const wishOf = (operationKey: string): Replenishment => ({
      operationKey,
      lines: [{ sku: 'TX01-HE-M', qty: 2 }],
      to: ids.hz,
      from,
      needBy: standIn.clock.now() + 24 * hour,
      reason: '缺货',
      by: '李建国',
    });

    it('[I5] makes one document however often the same key comes, also after a lost answer', async () => {
      const wish = wishOf(`7d2ec2c8-3cf1-4f57-9f0b-${standIn.clock.now()}`);
      await standIn.control.fail(binding.server, 'drop-after', { route });

      const lost = await system.requestReplenishment(wish, signal);
      const again = await system.requestReplenishment(wish, signal);
      const third = await system.requestReplenishment(wish, signal);
      const other = await system.requestReplenishment({ ...wish, operationKey: `${wish.operationKey}-2` }, signal);

      expect(lost).toEqual({ kind: 'unknown' });
      expect([again.kind, third.kind, other.kind]).toEqual([binding.repeats, binding.repeats, 'done']);
      expect(again).toEqual(third);
      expect(again).toMatchObject({ value: { docNo: expect.stringMatching(/\S/) } });
      expect(await applied(route)).toEqual([true, false, false, true]);
    });

    it('[I5] is refused for a warehouse that does not exist', async () => {
      const wish = { ...wishOf(`no-such-${standIn.clock.now()}`), to: '4711' };

      expect(await system.requestReplenishment(wish, signal)).toMatchObject({
        kind: 'refused',
        code: 'bad_warehouse',
      });
    });

    it('[P18] never asks for nothing', async () => {
      for (const qty of [0, -1, 1.5]) {
        const wish = { ...wishOf('nothing'), lines: [{ sku: 'TX01-HE-M', qty }] };
        expect(await fail(system.requestReplenishment(wish, signal))).toBeInstanceOf(BugError);
      }
      expect(await applied(route)).toEqual([]);
    });
  });
});
