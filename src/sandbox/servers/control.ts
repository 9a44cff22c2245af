import { z } from 'zod';
import { companyConfig, erpDoors, erpKinds } from '../world/company.ts';
import { addFault, clearFaults } from '../world/faults.ts';
import { shops } from '../world/shops.ts';
import { answerNext, listRings, ringOutcomes } from '../world/telephone.ts';
import { listTexts } from '../world/text-messages.ts';
import type { World } from '../world/world.ts';
import { listCalls } from './calls.ts';
import { scenarios } from './control-scenarios.ts';
import { listTruth, locksTruth, orderTruth, stockTruth } from './control-truth.ts';
import { bodyOf, doorRoute, faultFields, loopbackOnly, NotFound, refuse } from './doors.ts';
import type { Route, Server } from './exchange.ts';

const route = doorRoute('design.md §4');

const routes: readonly Route[] = [
  route('GET', '/clock', ({ world }) => showClock(world)),
  route('GET', '/company', (context) => {
    const { world } = context;
    const token = world.store.get<{ access: string; refresh: string }>(
      'SELECT access, refresh FROM tokens ORDER BY expires_at DESC LIMIT 1',
    );
    const open = shops.filter(({ id }) => (world.settings.shares[id] ?? 0) > 0);
    const tokens = { accessToken: token?.access ?? '', refreshToken: token?.refresh ?? '' };
    return companyConfig(context.url(), world.settings.erp, tokens, open);
  }),
  route('GET', '/world/orders', ({ world }, call) => listTruth(world, call.query)),
  route('GET', '/world/orders/:no', ({ world }, call) => {
    const found = orderTruth(world, call.params.no ?? '');
    if (found === undefined) throw new NotFound('no such order');
    return found;
  }),
  route('GET', '/world/stock', ({ world }, call) => ({ stock: stockTruth(world, call.query) })),
  route('GET', '/world/locks', ({ world }) => locksTruth(world)),
  route('GET', '/world/calls', ({ world }, call) => {
    const number = (name: string, other: number): number => Number(call.query.get(name) ?? other) || other;
    return { calls: listCalls(world, number('since', 0), number('after', 0), number('limit', 10_000)) };
  }),
  route('GET', '/world/telephone', ({ world }) => ({ rings: listRings(world) })),
  route('POST', '/world/telephone/answers', ({ world }, call) => {
    const { person, outcome, times } = NewAnswer.parse(bodyOf(call));
    answerNext(world, person, outcome, times);
    return {};
  }),
  // Where the second line's console sends receipts; the company's own setting.
  route('POST', '/world/telephone/receipts', ({ world }, call) => {
    const { url } = z.object({ url: z.url() }).parse(bodyOf(call));
    world.store.writeMeta('telephone-receipts', url);
    return {};
  }),
  route('GET', '/world/texts', ({ world }) => ({ texts: listTexts(world) })),
  route('POST', '/world/scenarios/:name', async (context, call) => {
    const { world, engine } = context;
    const scenario = scenarios[call.params.name ?? ''];
    if (scenario === undefined) throw new NotFound(`scenarios: ${Object.keys(scenarios).join(', ')}`);
    const at = world.clock.now();
    const made = world.store.transaction(() => scenario(world, bodyOf(call), at));
    if (world.clock.mode === 'manual') await context.advance(at);
    else await engine.settle();
    return { at, ...made };
  }),
  route('POST', '/world/faults', ({ world }, call) => {
    const { server, ...fault } = NewFault.parse(bodyOf(call));
    // `wms` is what the company's configuration calls the ERP.
    return {
      id: addFault(world, { ...fault, server: server === 'wms' ? erpDoors[world.settings.erp].server : server }),
    };
  }),
  route('DELETE', '/world/faults', ({ world }) => ({ cleared: clearFaults(world) })),
  route('POST', '/world/clock', ({ world }, call) => {
    const { rate } = z.object({ rate: z.number().nonnegative().max(100_000) }).parse(bodyOf(call));
    world.clock.setRate(rate);
    world.store.writeMeta('rate', rate);
    return showClock(world);
  }),
  route('POST', '/world/advance', async (context, call) => {
    const { world } = context;
    if (world.clock.mode !== 'manual') throw new Error('the clock runs by itself');
    const { to } = z.object({ to: z.number().int() }).parse(bodyOf(call));
    if (to < world.clock.now()) throw new Error('world time does not go back');
    await context.advance(to);
    return showClock(world);
  }),
  route('POST', '/world/settings', ({ world }, call) => Object.assign(world.settings, NewSettings.parse(bodyOf(call)))),
  route('POST', '/world/reset', async (context) => {
    await context.reset();
    return showClock(context.world);
  }),
];

const NewAnswer = z.object({
  person: z.string(),
  outcome: z.enum(ringOutcomes),
  times: z.number().int().positive().default(1),
});

const NewFault = z.object({
  server: z.enum([
    ...shops.map(({ id }) => id),
    ...erpKinds.map((kind) => erpDoors[kind].server),
    'wms',
    'kuaidi100',
    'sf',
    'dhl',
    'fedex',
    'dingtalk',
    'aliyun-voice',
    'aliyun-sms',
    '*',
  ]),
  ...faultFields,
});

const count = z.number().int().positive();
const NewSettings = z
  .strictObject({
    ordersPerDay: z.number().nonnegative(),
    shares: z.partialRecord(z.enum(shops.map(({ id }) => id)), z.number().nonnegative()),
    mischief: z.boolean(),
    erp: z.enum(erpKinds),
    jushuitanPerSecond: count,
    jushuitanPerMinute: count,
    miniPerSecond: count,
    allowedIps: z.array(z.string()),
  })
  .partial();

/** The simulated company's own doors: time, truth, trouble. Only for this machine. */
export function createControl(): Server {
  const guard = loopbackOnly(refuse(403, 'loopback only'));
  return { name: 'control', prefix: '', routes, guard };
}

function showClock(world: World): object {
  return {
    now: world.clock.now(),
    rate: world.clock.mode === 'manual' ? 0 : world.clock.rate,
    wall: Date.now(),
    mode: world.clock.mode,
  };
}
