import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signTop } from '../../src/sandbox/servers/taobao/sign.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { shopCredentials } from '../../src/sandbox/world/company.ts';
import { changeOrder, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';
import { beijing } from '../../src/sandbox/world/time.ts';
import { HOUR, MINUTE, orderInErp, pass, quiet, SECOND } from './kit.ts';

const { appKey, appSecret, session } = shopCredentials.tmall;
const receiver = 'created,receiver_name,receiver_mobile,receiver_phone,receiver_address';
const allTypes = 'fixed,tmall_i18n';

let sandbox: Sandbox;
let no: string;
beforeAll(async () => {
  sandbox = await quiet();
  ({ no } = await orderInErp(sandbox, { shop: 'tmall', note: '送人的' }));
  await pass(sandbox, MINUTE);
});
afterAll(() => sandbox.stop());

/** The text of a signed call's answer; a field that is `''` is left out. */
async function textOf(fields: Record<string, string>, sign?: string): Promise<string> {
  const form = Object.fromEntries(
    Object.entries({
      app_key: appKey,
      session,
      timestamp: beijing(sandbox.world.clock.now()),
      format: 'json',
      v: '2.0',
      sign_method: 'md5',
      ...fields,
    }).filter(([, value]) => value !== ''),
  );
  const body = new URLSearchParams({ ...form, sign: sign ?? signTop(appSecret, form) ?? 'none' });
  const answer = await fetch(`${sandbox.url}/tmall`, { method: 'POST', body });
  expect(answer.status).toBe(200);
  return answer.text();
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
async function call(fields: Record<string, string>, sign?: string): Promise<any> {
  const body = JSON.parse(await textOf(fields, sign)) as Record<string, unknown>;
  return body['error_response'] ?? Object.values(body)[0];
}

const full = (fields: string, tid = no) => call({ method: 'taobao.trade.fullinfo.get', tid, fields });

function list(more: Record<string, string> = {}) {
  const now = sandbox.world.clock.now();
  return call({
    method: 'taobao.trades.sold.increment.get',
    fields: 'tid,tid_str,modified',
    type: allTypes,
    start_modified: beijing(now - HOUR),
    end_modified: beijing(now),
    ...more,
  });
}

it.each([
  ['md5', 'EC05DD62C61BB1D80EC7FCC66B248549'],
  ['hmac', '7674CDD5E2174A677495BA1FEB2C5E46'],
  ['hmac-sha256', '0CBDDC762AE7B1FF96989207C656A0B2EEB31506F2D32B49F103317542013278'],
])('signs by %s as the sheet does', (sign_method, expected) => {
  const fields = {
    app_key: appKey,
    session,
    timestamp: '2026-11-11 00:33:00',
    format: 'json',
    v: '2.0',
    sign_method,
    method: 'taobao.trades.sold.increment.get',
    fields: 'tid,modified',
    start_modified: '2026-11-11 00:00:00',
    end_modified: '2026-11-11 00:30:00',
    page_no: '1',
    page_size: '50',
    use_has_next: 'false',
  };

  expect(signTop(appSecret, { ...fields, sign: 'x' })).toBe(expected);
});

describe('the door', () => {
  it.each(['md5', 'hmac', 'hmac-sha256'])('takes a signature by %s', async (sign_method) => {
    expect(await list({ sign_method })).toHaveProperty('total_results');
  });

  it.each([
    [{ sign_method: 'sha1' }, 25],
    [{ app_key: '1' }, 29],
    [{ session: '' }, 26],
    [{ session: 'old' }, 27],
    [{ timestamp: '2026-11-10 05:00:00' }, 31],
    [{ method: 'taobao.no.such' }, 22],
    [{ v: '' }, 40],
  ])('refuses %j with %i', async (fields, code) => {
    expect((await list(fields)).code).toBe(code);
  });

  it('refuses a wrong signature', async () => {
    expect((await call({ method: 'taobao.trade.fullinfo.get', tid: no }, 'F'.repeat(32))).code).toBe(25);
  });

  it('answers XML to who does not ask for JSON', async () => {
    expect(await textOf({ method: 'taobao.trade.fullinfo.get', format: '' })).toMatch(/^<\?xml .*<error_response>/);
  });
});

describe('a list', () => {
  it('shows int64 without quotes, and no wrapper when there is nothing', async () => {
    expect(await textOf({ method: 'taobao.trade.fullinfo.get', tid: no, fields: 'tid,tid_str' })).toContain(
      `"tid":${no},"tid_str":"${no}"`,
    );
    const empty = await list({ start_modified: '2026-11-01 00:00:00', end_modified: '2026-11-01 01:00:00' });
    expect(empty).toEqual({ total_results: 0, request_id: 'sandbox' });
  });

  it.each([
    [{ start_modified: '2026-11-09 00:00:00' }, 'isv.invalid-parameter:end_modified'],
    [{ start_modified: '2026-07-01 00:00:00' }, 'isv.invalid-parameter:start_modified'],
    [{ page_size: '101' }, 'isv.invalid-parameter:page_size'],
    [{ fields: '' }, 'isv.invalid-parameter:fields'],
  ])('refuses %j', async (fields, sub_code) => {
    expect(await list(fields)).toMatchObject({ code: 41, sub_code });
  });

  it('shows the newest change first, some seconds late, page by page, counted or not', async () => {
    const nos = [no];
    for (let n = 0; n < 4; n += 1) nos.push((await orderInErp(sandbox, { shop: 'tmall' })).no);
    changeOrder(sandbox.world, no, sandbox.world.clock.now(), 'remark', { remark: 'x' });
    const hidden = await list();
    await pass(sandbox, 20 * SECOND);

    const pages = [];
    for (const page_no of ['1', '2', '3']) pages.push(await list({ page_no, page_size: '2', use_has_next: 'true' }));
    const counted = await list({ page_size: '2' });
    const shown = pages.flatMap(({ trades }) => trades.trade.map(({ tid_str }: { tid_str: string }) => tid_str));

    expect(hidden.trades.trade.map(({ tid_str }: { tid_str: string }) => tid_str)).not.toContain(no);
    expect(shown).toEqual([no, ...nos.slice(1).reverse()]);
    expect(pages.map(({ has_next, total_results }) => [has_next, total_results])).toEqual([
      [true, undefined],
      [true, undefined],
      [false, undefined],
    ]);
    expect([counted.total_results, counted.has_next]).toEqual([5, undefined]);
  });

  it('leaves out the kinds that it is not asked for, and what only the full trade tells', async () => {
    const { world } = sandbox;
    let rare = '';
    while (rare === '') {
      const made = await orderInErp(sandbox, { shop: 'tmall' });
      if (Number(made.no.slice(-6)) % 20 === 0) rare = made.no;
    }
    await pass(sandbox, 20 * SECOND);
    const now = world.clock.now();
    const window = { start_modified: beijing(now - 3 * HOUR), end_modified: beijing(now), page_size: '100' };
    const fields = 'tid_str,type,buyer_message,has_buyer_message';

    const usual = await list({ ...window, fields, type: '' });
    const all = await list({ ...window, fields });

    const rareIn = (answer: typeof all): number =>
      answer.trades.trade.filter(({ type }: { type: string }) => type === 'tmall_i18n').length;
    expect([rareIn(usual), usual.total_results]).toEqual([0, all.total_results - rareIn(all)]);
    expect(all.trades.trade).toContainEqual({ tid_str: rare, type: 'tmall_i18n', has_buyer_message: false });
    expect(all.trades.trade).toContainEqual({ tid_str: no, type: 'fixed', has_buyer_message: true });
    expect((await full(fields)).trade.buyer_message).toBe('送人的');
  });
});

describe('a trade', () => {
  it('masks its receiver, and tells the OAID only together with him', async () => {
    const { trade } = await full(`oaid,${receiver}`);

    expect(trade.receiver_name).toMatch(/^.\*\* $/);
    expect(trade.receiver_mobile).toMatch(/^\d{3}\*{4}\d{4}$/);
    expect(trade.oaid).toMatch(/^\S{32}$/);
    expect((await full('oaid,receiver_name')).trade).not.toHaveProperty('oaid');
  });

  it('gives the same receiver another OAID each week', async () => {
    const person = {
      name: '张三',
      phone: '13800005678',
      province: '浙江',
      city: '杭州',
      district: '西湖区',
      address: '1',
    };
    const oaids = async () => {
      const made = await orderInErp(sandbox, { shop: 'tmall' });
      sandbox.world.store.run('UPDATE orders SET receiver = ? WHERE no = ?', JSON.stringify(person), made.no);
      return (await full(`oaid,${receiver}`, made.no)).trade.oaid as string;
    };
    const [first, second] = [await oaids(), await oaids()];
    await pass(sandbox, 7 * 24 * HOUR);

    expect(second).toBe(first);
    expect(await oaids()).not.toBe(first);
  });

  it('of several lines may be sent in parts', async () => {
    const { world } = sandbox;
    const lines = ['TX01-HE-M', 'TX01-HE-L'].map((sku) => ({ sku, qty: 1 }));
    let split = '';
    while (Number(split.slice(-6)) % 4 !== 0 || split === '') {
      const at = world.clock.now();
      split = placeOrder(world, { at, random: world.random('split', split), lines, shop: 'tmall' });
      payOrder(world, split, at);
    }
    const sent = { status: 'shipped', carrier: 'YTO', waybill: 'YT1', shipped_at: world.clock.now() } as const;
    changeOrder(world, split, world.clock.now(), 'shipped', sent);
    const shown = async () => {
      const { trade } = await full('status,orders', split);
      return [trade.status, ...trade.orders.order.map((line: { invoice_no?: string }) => line.invoice_no)];
    };

    expect(await shown()).toEqual(['SELLER_CONSIGNED_PART', 'YT1', undefined]);
    changeOrder(world, split, world.clock.now(), 'scanned', { scanned_at: world.clock.now() });
    expect(await shown()).toEqual(['WAIT_BUYER_CONFIRM_GOODS', 'YT1', 'YT1']);
  });

  it('is unknown in other shops', async () => {
    const mini = await orderInErp(sandbox);

    expect(await full('tid', mini.no)).toMatchObject({ code: 15, sub_code: 'isv.trade-not-exist' });
  });
});

it('replaces the memo, keeps it when there is none to write, and turns grey what has no flag', async () => {
  const update = (fields: Record<string, string>) => call({ method: 'taobao.trade.memo.update', tid: no, ...fields });
  const noted = async () => (await full('seller_memo,seller_flag')).trade;

  expect(await update({ memo: '先发', flag: '1' })).toMatchObject({ trade: { modified: expect.any(String) } });
  expect(await noted()).toEqual({ seller_flag: 1, seller_memo: '先发' });
  await update({ flag: '2' });
  expect(await noted()).toEqual({ seller_flag: 2, seller_memo: '先发' });
  await update({ memo: '再说' });
  expect(await noted()).toEqual({ seller_flag: 0, seller_memo: '再说' });
  await update({ reset: 'true' });
  expect(await noted()).toEqual({ seller_flag: 0 });
  expect((await update({ memo: '长'.repeat(334) })).code).toBe(41);
  expect((await update({ memo: 'x', flag: '6' })).code).toBe(41);
});

it('tells what the ERP uploaded of the warehouse', async () => {
  const traces = (tid: string) => call({ method: 'taobao.jds.trade.traces.get', tid });
  const made = await orderInErp(sandbox, { shop: 'tmall' });

  const early = await traces(made.no);
  await pass(sandbox, 3 * HOUR);
  const late = await traces(made.no);

  const names = (answer: { traces: { trade_trace: { status: string }[] } }) =>
    answer.traces.trade_trace.map(({ status }) => status);
  expect(names(early)).toEqual(expect.arrayContaining(['T_WAIT_SELLER_SEND_GOODS', 'X_TO_SYSTEM']));
  expect(names(late)).toEqual([
    'T_WAIT_SELLER_SEND_GOODS',
    'X_TO_SYSTEM',
    'X_SORT_PRINTED',
    'X_LOGISTICS_PRINTED',
    'X_OUT_WAREHOUSE',
  ]);
  expect((await traces('40')).code).toBe(15);
});
