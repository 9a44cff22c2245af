import { expect, it } from 'vitest';
import { readKeys } from '../../src/app/keys.ts';
import { hookSecret } from '../../src/app/sources.ts';
import { MINUTE, SECOND, startTestBot, type TestBot, testSecret } from '../kit/test-bot.ts';

const HOUR = 60 * MINUTE;

interface Push {
  readonly state: string;
  readonly tries: number;
  readonly param: string;
}

const subscriptions = (bot: TestBot) =>
  bot.sandbox.world.store.all<{ number: string; callback: string; state: string }>(
    'SELECT number, callback, state FROM tracking_subscriptions',
  );
const pushes = (bot: TestBot) =>
  bot.sandbox.world.store.all<Push>('SELECT state, tries, param FROM tracking_pushes ORDER BY id');
const kindsOf = async (bot: TestBot, waybill: string) =>
  (await bot.bot.storage.events.listFor([`parcel:${waybill.toUpperCase()}`], 100)).map(({ facts }) => facts['kind']);
const waybillOf = (bot: TestBot, no: string) =>
  String(bot.sandbox.world.store.get<{ l_id: string }>('SELECT l_id FROM erp_orders WHERE so_id = ?', no)?.l_id);

/** The company without carriers' own interfaces: all its parcels are followed by one service. */
const viaKuaidi100: Parameters<typeof startTestBot>[0] = {
  follows: true,
  company: (raw) => {
    raw['carriers'] = (raw['carriers'] as { kind: string }[]).filter(({ kind }) => kind === 'kuaidi100');
  },
};

/** A parcel that left the warehouse and was subscribed. */
async function followedParcel(bot: TestBot): Promise<{ no: string; waybill: string }> {
  const { orderNo: no } = await bot.order();
  await bot.advance(4 * HOUR, 10 * MINUTE);
  return { no, waybill: waybillOf(bot, no) };
}

it('A10, C3: a label is subscribed, its way comes by signed pushes, and after the last nobody asks again', async () => {
  const bot = await startTestBot(viaKuaidi100);
  const { waybill } = await followedParcel(bot);
  expect(subscriptions(bot)).toMatchObject([{ number: waybill, state: 'polling' }]);
  await bot.advance(60 * HOUR, 30 * MINUTE);
  expect(await kindsOf(bot, waybill)).toEqual(
    expect.arrayContaining(['collected', 'in-transit', 'out-for-delivery', 'delivered']),
  );
  expect(pushes(bot).every(({ state, tries }) => state === 'taken' && tries === 1)).toBe(true);
  expect(subscriptions(bot)).toMatchObject([{ state: 'shutdown' }]);
  expect(await bot.bot.storage.follows.find(waybill)).toMatchObject({ nextAt: null });
  // Each fact once, though every push holds all of them.
  const kinds = await kindsOf(bot, waybill);
  expect(new Set(kinds).size).toBe(kinds.length);
  const asked = (await bot.calls()).filter(({ server }) => server === 'kuaidi100');
  expect(asked.map(({ route }) => route)).toEqual(['/poll']);
});

it('a repeated push is answered and changes nothing; one under another salt is refused and comes back in vain', async () => {
  const bot = await startTestBot(viaKuaidi100);
  const { waybill } = await followedParcel(bot);
  await bot.advance(12 * HOUR, 30 * MINUTE);
  const before = await kindsOf(bot, waybill);
  const already = pushes(bot).length;
  await bot.scenario('tracking-push', { waybill });
  await bot.scenario('tracking-push', { waybill, status: 'updateall' });
  expect(pushes(bot).slice(already)).toMatchObject([{ state: 'taken' }, { state: 'taken' }]);
  expect(await kindsOf(bot, waybill)).toEqual(before);

  await bot.scenario('tracking-push', { waybill, status: 'shutdown', salt: 'guessed' });
  expect(pushes(bot).at(-1)).toMatchObject({ state: 'waiting', tries: 1 });
  expect((await bot.bot.storage.follows.find(waybill))?.nextAt).not.toBeNull();
  await bot.advance(110 * MINUTE, 5 * MINUTE);
  const refused = bot.sandbox.world.store.get<Push>(`SELECT state, tries FROM tracking_pushes WHERE salt = 'guessed'`);
  expect(refused).toMatchObject({ state: 'given-up', tries: 4 });
});

it('a parcel whose pushes are lost is asked about after a day, and one that nobody collected stays without a scan (N5)', async () => {
  const bot = await startTestBot(viaKuaidi100);
  const { orderNo } = await bot.order();
  await bot.scenario('courier', { orderNo, lie: 'never-picked-up' });
  await bot.advance(4 * HOUR, 10 * MINUTE);
  const waybill = waybillOf(bot, orderNo);
  // The provider forgets us.
  bot.sandbox.world.store.run(`UPDATE tracking_subscriptions SET callback = 'http://127.0.0.1:9/nowhere'`);
  await bot.advance(26 * HOUR, 30 * MINUTE);
  const asked = (await bot.calls()).filter(({ server, route }) => server === 'kuaidi100' && route === '/poll/query.do');
  expect(asked.map(({ outcome }) => outcome)).toHaveLength(1);
  expect(await kindsOf(bot, waybill)).not.toContain('collected');
});

it('what died between two pushes goes on: a restart neither subscribes again nor refuses the old salt', async () => {
  const bot = await startTestBot(viaKuaidi100);
  const { waybill } = await followedParcel(bot);
  await bot.restart();
  await bot.advance(14 * HOUR, 30 * MINUTE);
  expect((await bot.calls()).filter(({ server }) => server === 'kuaidi100')).toHaveLength(1);
  expect(await kindsOf(bot, waybill)).toContain('collected');
  expect(pushes(bot).every(({ state }) => state === 'taken')).toBe(true);
});

it('the door takes what is signed and nothing else, and answers in the vendor’s words', async () => {
  const bot = await startTestBot(viaKuaidi100);
  const { waybill } = await followedParcel(bot);
  const post = (id: string, payload: string) =>
    bot.bot.web.inject({
      method: 'POST',
      url: `/hooks/carriers/${id}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'poll.kuaidi100.com' },
      payload,
    });
  const refused = await post('kd', `param=${encodeURIComponent(`{"lastResult":{"nu":"${waybill}"}}`)}&sign=00`);
  expect(refused.statusCode).toBe(401);
  expect(refused.json()).toMatchObject({ result: false });
  expect((await post('kd', '')).statusCode).toBe(401);
  expect((await post('somebody', '')).statusCode).toBe(404);
  expect((await bot.bot.web.inject({ method: 'GET', url: '/hooks/carriers/kd' })).statusCode).toBe(404);
  await bot.advance(SECOND);
});

it('P14: a tracking service that answers nobody for ten minutes is said to be silent, and when it answers again', async () => {
  const bot = await startTestBot(viaKuaidi100);
  await bot.order();
  await bot.fault('502', { server: 'kuaidi100', times: null });
  await bot.news();
  const said = await bot.advance(3 * HOUR, MINUTE * 2);
  expect(said.map(({ text }) => text).join('\n')).toContain('快递100');
  await bot.clearFaults();
  await bot.advance(10 * MINUTE, MINUTE);
  const alerts = await bot.bot.storage.alerts.listFor(['source:carrier.kd']);
  expect(alerts).toMatchObject([{ ruleId: 'source-silent', resolution: 'cleared' }]);
});

it('D6: a parcel of SF is asked about at SF itself, sooner after its push, whose word is not taken', async () => {
  const bot = await startTestBot({ follows: true });
  const { orderNo } = await bot.order();
  await bot.advance(4 * HOUR, 10 * MINUTE);
  const waybill = waybillOf(bot, orderNo);
  const lcId = bot.sandbox.world.store.get<{ id: string }>(
    'SELECT lc_id AS id FROM erp_orders WHERE so_id = ?',
    orderNo,
  );
  expect(lcId?.id).toBe('SF');
  expect(subscriptions(bot)).toEqual([]);
  const asked = async () => (await bot.calls()).filter(({ server }) => server === 'sf').length;
  const before = await asked();
  expect(before).toBeGreaterThan(0);
  const push = (key: string) =>
    bot.bot.web.inject({
      method: 'POST',
      url: `/hooks/carriers/sf?key=${key}`,
      headers: { 'content-type': 'application/json', host: 'sf-express.com' },
      payload: JSON.stringify({ Body: { WaybillRoute: [{ mailno: waybill, opCode: '80' }] } }),
    });
  expect((await push('guessed')).statusCode).toBe(401);
  await bot.advance(20 * MINUTE, MINUTE);
  expect(await asked()).toBe(before);
  const answer = await push(hookSecret(readKeys(testSecret, '').hook, 'carriers/sf'));
  expect(answer.json()).toMatchObject({ return_code: '0000' });
  await bot.advance(MINUTE, 5 * SECOND);
  expect(await asked()).toBe(before + 1);
  expect(await kindsOf(bot, waybill)).not.toContain('delivered');
  await bot.advance(60 * HOUR, 30 * MINUTE);
  expect(await kindsOf(bot, waybill)).toEqual(
    expect.arrayContaining(['collected', 'in-transit', 'out-for-delivery', 'delivered']),
  );
  expect(await bot.bot.storage.follows.find(waybill)).toMatchObject({ nextAt: null });
});
