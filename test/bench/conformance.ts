import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHttp } from '../../src/adapters/http.ts';
import { packageDir } from '../../src/app/paths.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Capabilities, FulfillmentPlug, FulfillmentSystem, Replenishment } from '../../src/ports/fulfillment.ts';
import type { ErpKind } from '../../src/sandbox/world/company.ts';
import type { Binding } from '../contract/fulfillment/binding.ts';
import { type StandIn, startStandIn } from '../kit/stand-in.ts';
import { type Bench, exactly } from './kit.ts';

const { signal } = new AbortController();
const ids = { hz: '1001', gz: '1002', none: '4711' };

/** What goes wrong on the way, the fault that brings it about, and what it has to mean for a write and for a read. */
const mishaps = [
  ['throttled', 'rate-limit', 'retryable', 'RateLimitedError'],
  ['lost before', 'drop-before', 'unknown', 'RetryableError'],
  ['lost after', 'drop-after', 'unknown', 'RetryableError'],
  ['5xx', '502', 'unknown', 'RetryableError'],
  ['half an answer', 'malformed', 'unknown', 'RetryableError'],
  ['wrong clock', 'skew', 'refused', 'RejectedError'],
] as const;

/** A system whose requests carry no time does not mind a wrong clock. */
const mishapsOf = ({ hasNoTime }: Binding) => mishaps.filter(([, kind]) => kind !== 'skew' || hasNoTime !== true);

interface Cell {
  readonly system: string;
  readonly operation: string;
  readonly situation: string;
  readonly is: string;
  readonly wants: string;
}

/** Something that may be asked of a system. */
interface Operation {
  readonly name: string;
  readonly capability: keyof Capabilities;
  readonly route: string | undefined;
  /** Makes a new order or wish, and answers how to ask for it, as often as one likes. */
  readonly prepare: () => Promise<() => Promise<Outcome<unknown>>>;
  /** What the second time is, and what is refused for which reason. */
  readonly again: 'already' | 'done';
  readonly refusals: Readonly<Record<string, () => Promise<Outcome<unknown>>>>;
}

interface Place {
  readonly standIn: StandIn;
  readonly system: FulfillmentSystem;
  readonly binding: Binding;
}

/** Every stand-in, every operation, every way in which it can end: what an adapter says of it, beside what it should say. */
export const conformance: Bench = async ({ isTiny, say }) => {
  const folder = join(packageDir, 'src/adapters/fulfillment');
  const all = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = all.map(({ name }) => name).slice(0, isTiny ? 1 : all.length);
  const cells: Cell[] = [];
  for (const name of names) {
    const own = await cellsOf(name);
    cells.push(...own);
    say(`${name}: ${own.filter(isRight).length} of ${own.length}`);
  }
  const wrong = cells.filter((cell) => !isRight(cell));
  const figures: Record<string, number | string> = {};
  for (const { system, operation } of cells) figures[`${system} ${operation}`] ??= lineOf(cells, system, operation);
  return {
    figures: {
      ...figures,
      cells: cells.length,
      share: Math.round(((cells.length - wrong.length) / cells.length) * 10_000) / 10_000,
    },
    gates: [
      exactly('cells that say something else than they should', wrong.length, 0),
      exactly('systems looked at', new Set(cells.map(({ system }) => system)).size, names.length),
    ],
  };
};

const isRight = ({ is, wants }: Cell): boolean => is === wants;

function lineOf(cells: readonly Cell[], system: string, operation: string): string {
  const own = cells.filter((cell) => cell.system === system && cell.operation === operation);
  return own
    .map(({ situation, is, wants }) => `${situation}=${is === wants ? is : `${is} (should be ${wants})`}`)
    .join(' · ');
}

async function cellsOf(name: string): Promise<Cell[]> {
  const { binding } = (await import(`../contract/fulfillment/${name}.js`)) as { binding: Binding };
  const { default: plug } = (await import(`../../src/adapters/fulfillment/${name}/index.js`)) as {
    default: FulfillmentPlug<unknown>;
  };
  const { shop = 'mini' } = binding;
  const standIn = await startStandIn({
    settings: { ordersPerDay: 300, shares: { [shop]: 1 }, erp: name as ErpKind },
  });
  try {
    const company = (await standIn.control.get('/company')) as { systems: { kind: string; credentials: unknown }[] };
    const system = plug.create({
      systemId: 'wms',
      baseUrl: `${standIn.url}/${binding.server}`,
      credentials: plug.credentials.parse(company.systems[0]?.credentials),
      http: createHttp(),
      clock: standIn.clock,
    });
    const place = { standIn, system, binding };
    const cells = await cellsOfReads(place);
    for (const operation of operationsOf(place)) cells.push(...(await cellsOfWrite(place, operation)));
    return cells.map((cell) => ({ system: name, ...cell }));
  } finally {
    await standIn.sandbox.stop();
  }
}

type OwnCell = Omit<Cell, 'system'>;

async function cellsOfReads({ standIn, system, binding }: Place): Promise<OwnCell[]> {
  const { clock } = standIn;
  const reads = {
    'read changes': [
      binding.routes.orders,
      () => system.pullUpdated({ from: clock.now() - 1_800_000, to: clock.now() }, undefined, signal),
    ],
    'read stock': [binding.routes.stock, () => system.getStock(['TX01-HE-M'], [ids.hz], signal)],
  } as const;
  const cells: OwnCell[] = [];
  for (const [operation, [route, read]] of Object.entries(reads)) {
    const told = (): Promise<string> =>
      read().then(
        () => 'ok',
        (error: unknown) => (error instanceof AppError ? error.name : String(error)),
      );
    cells.push({ operation, situation: 'ok', is: await told(), wants: 'ok' });
    for (const [situation, kind, , wants] of mishapsOf(binding)) {
      await standIn.clock.sleep(binding.restMs);
      await standIn.control.fail(binding.server, kind, { route });
      cells.push({ operation, situation, is: await told(), wants });
    }
    if (binding.routes.refresh !== undefined) {
      await standIn.control.fail(binding.server, 'expire-token', { route });
      cells.push({ operation, situation: 'token expired', is: await told(), wants: 'ok' });
    }
  }
  return cells;
}

async function cellsOfWrite(place: Place, operation: Operation): Promise<OwnCell[]> {
  const { standIn, system, binding } = place;
  const { name, capability, route, prepare, again, refusals } = operation;
  const cells: OwnCell[] = [];
  const note = (situation: string, is: string, wants: string): void => {
    cells.push({ operation: name, situation, is, wants });
  };
  if (typeof system.capabilities[capability] === 'object' || route === undefined) {
    note('by hand', (await (await prepare())()).kind, 'unsupported');
    return cells;
  }
  const ask = await prepare();
  note('ok', (await ask()).kind, 'done');
  note('again', (await ask()).kind, again);
  for (const [code, refused] of Object.entries(refusals)) note(code, told(await refused()), `refused ${code}`);
  for (const [situation, kind, wants] of mishapsOf(binding)) {
    await standIn.clock.sleep(binding.restMs);
    const askAgain = await prepare();
    await standIn.control.forget();
    await standIn.control.fail(binding.server, kind, { route });
    note(situation, (await askAgain()).kind, wants);
    if (kind !== 'drop-after') continue;
    await standIn.clock.sleep(binding.restMs);
    note('after that', (await askAgain()).kind, again);
    const calls = (await standIn.control.calls(binding.server)).filter((call) => call.route === route && call.applied);
    note('written', `${calls.length}×`, '1×');
  }
  if (binding.routes.refresh !== undefined) {
    const askLate = await prepare();
    await standIn.control.fail(binding.server, 'expire-token', { route });
    note('token expired', (await askLate()).kind, 'done');
  }
  return cells;
}

const told = (outcome: Outcome<unknown>): string =>
  outcome.kind === 'refused' ? `refused ${outcome.code}` : outcome.kind;

/** An operation that is not there for this system is prepared all the same: its words are asked for. */
function operationsOf({ standIn, system, binding }: Place): Operation[] {
  const { routes, systemOrderNo, unknownOrders } = binding;
  const by = '李建国';
  const waiting = async (): Promise<FulfillmentView> => {
    const { orderNo } = (await standIn.control.post('/world/scenarios/short', { shop: binding.shop })) as {
      orderNo: string;
    };
    await standIn.clock.sleep(3_000);
    const [view] = (await system.fetchByChannelOrder([orderNo], signal)).fulfillments;
    if (view === undefined) throw new Error(`no ${orderNo}`);
    return view;
  };
  const withStatus = (status: string): string => {
    const row = standIn.sandbox.world.store.get<{ o_id: number; so_id: string }>(
      'SELECT o_id, so_id FROM erp_orders WHERE status = ? ORDER BY o_id DESC LIMIT 1',
      status,
    );
    if (row === undefined) throw new Error(`no order is ${status}`);
    return systemOrderNo(row.o_id, row.so_id);
  };
  const move = async (more: { no?: string; to?: string; from?: string } = {}) => {
    const { systemOrderNo: waits, warehouseCode } = await waiting();
    const no = more.no ?? waits;
    const [there] = (await system.fetchBySystemOrder([no], signal)).fulfillments;
    const from = more.from ?? there?.warehouseCode ?? warehouseCode;
    const wish = {
      systemOrderNo: no,
      to: more.to ?? (from === ids.gz ? ids.hz : ids.gz),
      expectFrom: from,
      reason: '',
      by,
    };
    return () => system.reroute(wish, signal);
  };
  const hold = (no: string) => () =>
    system.hold({ operationKey: `h-${no}`, systemOrderNo: no, reason: 'risk', note: '', by }, signal);
  const unhold = (no: string) => () => system.unhold({ operationKey: `u-${no}`, systemOrderNo: no, by }, signal);
  let wishes = 0;
  const goods = (more: Partial<Replenishment>) => {
    wishes += 1;
    const wish: Replenishment = {
      operationKey: `conformance-${wishes}`,
      lines: [{ sku: 'TX01-HE-M', qty: 1 }],
      to: ids.hz,
      from: ids.gz,
      needBy: null,
      reason: '缺货',
      by,
      ...more,
    };
    return () => system.requestReplenishment(wish, signal);
  };
  const cancel = (no: string) => () => system.cancelOrder(no, '店铺已关闭', by, signal);
  const now = async <T>(make: Promise<() => Promise<T>> | (() => Promise<T>)): Promise<T> => (await make)();

  return [
    {
      name: 'reroute',
      capability: 'reroute',
      route: routes.move,
      prepare: () => move(),
      again: 'already',
      refusals: {
        not_found: () => now(move({ no: unknownOrders[0] })),
        shipped: () => now(move({ no: withStatus('Sent') })),
        picking: () => now(move({ no: withStatus('Delivering') })),
        bad_warehouse: () => now(move({ to: ids.none })),
        stale: () => now(move({ from: '1003' })),
      },
    },
    {
      name: 'hold',
      capability: 'hold',
      route: routes.hold,
      prepare: async () => hold((await waiting()).systemOrderNo),
      again: 'already',
      refusals: {
        not_found: hold(unknownOrders[0]),
        shipped: () => now(hold(withStatus('Sent'))),
        picking: () => now(hold(withStatus('Delivering'))),
      },
    },
    {
      name: 'unhold',
      capability: 'unhold',
      route: routes.unhold,
      async prepare() {
        const no = (await waiting()).systemOrderNo;
        if (routes.unhold !== undefined) await now(hold(no));
        return unhold(no);
      },
      again: 'already',
      refusals: { not_found: unhold(unknownOrders[0]) },
    },
    {
      name: 'cancel',
      capability: 'cancelOrder',
      route: routes.cancel,
      prepare: async () => cancel((await waiting()).systemOrderNo),
      again: 'already',
      refusals: {
        not_found: cancel(unknownOrders[0]),
        shipped: () => now(cancel(withStatus('Sent'))),
        picking: () => now(cancel(withStatus('Delivering'))),
      },
    },
    {
      name: 'transfer',
      capability: 'transfer',
      route: routes.transfer,
      prepare: async () => goods({}),
      again: binding.repeats,
      refusals: {
        bad_warehouse: goods({ to: ids.none }),
        no_stock: goods({ lines: [{ sku: 'TX01-HE-M', qty: 100_000 }] }),
        not_found: goods({ lines: [{ sku: 'NO-SUCH-SKU', qty: 1 }] }),
      },
    },
    {
      name: 'purchase',
      capability: 'purchase',
      route: routes.purchase,
      prepare: async () => goods({ from: null }),
      again: binding.repeats,
      refusals: {
        bad_warehouse: goods({ from: null, to: ids.none }),
        not_found: goods({ from: null, lines: [{ sku: 'NO-SUCH-SKU', qty: 1 }] }),
      },
    },
  ];
}
