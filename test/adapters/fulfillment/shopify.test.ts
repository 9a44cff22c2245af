import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plug from '../../../src/adapters/fulfillment/shopify/index.ts';
import { readPart } from '../../../src/adapters/fulfillment/shopify/order.ts';
import { refusalIn } from '../../../src/adapters/fulfillment/shopify/refusal.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import type { FulfillmentSystem } from '../../../src/ports/fulfillment.ts';
import { isLong } from '../../kit/size.ts';
import { type StandIn, startStandIn } from '../../kit/stand-in.ts';

const signal = new AbortController().signal;

describe('a Shopify shop as the system that ships', () => {
  let standIn: StandIn;
  let system: FulfillmentSystem;
  beforeAll(async () => {
    standIn = await startStandIn({ history: false, settings: { ordersPerDay: 0, shares: { us: 1 }, erp: 'shopify' } });
    system = plug.create({
      systemId: 'wms',
      baseUrl: `${standIn.url}/us`,
      credentials: { accessToken: 'shpat_demo' },
      http: createHttp(),
      clock: standIn.clock,
    });
  });
  afterAll(() => standIn?.sandbox.stop());

  const waiting = async (warehouse = 'hz'): Promise<string> => {
    const { orderNo } = (await standIn.control.post('/world/scenarios/short', { shop: 'us', warehouse })) as {
      orderNo: string;
    };
    await standIn.clock.sleep(3_000);
    const [view] = (await system.fetchByChannelOrder([orderNo], signal)).fulfillments;
    if (view === undefined) throw new Error(`no part of ${orderNo}`);
    return view.systemOrderNo;
  };
  const read = async (no: string) => (await system.fetchBySystemOrder([no], signal)).fulfillments[0];

  it('[P18] does not move what a warehouse of others was asked to send', async () => {
    const no = await waiting('xa');

    const outcome = await system.reroute(
      { systemOrderNo: no, to: '1001', expectFrom: '1003', reason: '缺货', by: '李建国' },
      signal,
    );

    expect(outcome).toEqual({ kind: 'refused', code: 'at_third_party', providerText: 'SUBMITTED' });
    expect((await read(no))?.warehouseCode).toBe('1003');
  });

  it('[O] moves an order that is on hold, and it stays so', async () => {
    const no = await waiting();
    await system.hold({ operationKey: 'h1', systemOrderNo: no, reason: 'address', note: '缺门牌', by: '陈静' }, signal);

    const outcome = await system.reroute(
      { systemOrderNo: no, to: '1002', expectFrom: '1001', reason: '缺货', by: '李建国' },
      signal,
    );

    expect(outcome.kind).toBe('done');
    expect(await read(no)).toMatchObject({ warehouseCode: '1002', held: true, reason: '地址不对：陈静：缺门牌' });
  });

  it("[P18] never takes off a hold of somebody else's, and says whose it is", async () => {
    const no = await waiting();
    const erp = standIn.sandbox.world.store;
    erp.run("UPDATE erp_orders SET status = 'Question', question_type = '用户已申请退款' WHERE o_id = ?", Number(no));
    const wish = { operationKey: 'h2', systemOrderNo: no, by: '陈静' };

    expect(await system.unhold(wish, signal)).toEqual({
      kind: 'refused',
      code: 'held',
      providerText: '用户已申请退款',
    });
    expect((await read(no))?.held).toBe(true);
  });

  it('[I5] does not release what was sold between reading and writing', async () => {
    const made = (await standIn.control.post('/world/scenarios/dead-lock', { shop: 'us' })) as { sku: string };
    await standIn.clock.sleep(3_000);
    const lock = (await system.listLocks(signal)).find(({ sku }) => sku === made.sku);
    if (lock === undefined) throw new Error('no lock');
    standIn.sandbox.world.store.run('UPDATE stock SET lock_qty = 0 WHERE sku = ?', made.sku);

    const outcome = await system.releaseLock({ operationKey: 'r1', lock, qty: lock.qty, by: '李建国' }, signal);

    expect(outcome).toMatchObject({ kind: 'refused', code: 'stale' });
  });

  it('[I5] asks for goods by a draft with a number that people find it by', async () => {
    const lines = [{ sku: 'TX01-HE-M', qty: 2 }];
    const wish = { operationKey: 't1', lines, to: '1001', from: '1002', needBy: null, reason: '缺货', by: '李建国' };

    expect(await system.requestReplenishment(wish, signal)).toMatchObject({
      kind: 'done',
      value: { docNo: expect.stringMatching(/^#T\d+$/), stage: 'draft' },
    });
    const unknown = { ...wish, operationKey: 't2', lines: [{ sku: 'NO-SUCH-SKU', qty: 1 }] };
    expect(await system.requestReplenishment(unknown, signal)).toMatchObject({ kind: 'refused', code: 'not_found' });
  });
});

describe('what Shopify tells of a part of an order', () => {
  const part = {
    id: 'gid://shopify/FulfillmentOrder/7',
    status: 'OPEN',
    requestStatus: 'UNSUBMITTED',
    updatedAt: '2026-11-11T06:00:00Z',
    orderId: 'gid://shopify/Order/60001',
    assignedLocation: { location: { id: 'gid://shopify/Location/1001' } },
    fulfillmentHolds: [],
    lineItems: { nodes: [{ sku: 'A', totalQuantity: 2 }] },
    fulfillments: { nodes: [] },
  };
  const view = (more: object) => {
    const read = readPart({ ...part, ...more }, 'us');
    if (!('view' in read)) throw new Error(read.reason);
    return read.view;
  };

  it.each([
    ['OPEN', 'queued'],
    ['SCHEDULED', 'queued'],
    ['ON_HOLD', 'queued'],
    ['IN_PROGRESS', 'sorting'],
    ['CANCELLED', 'closed'],
    ['SOMETHING_NEW', 'queued'],
  ])('[C1] reads %s as %s', (status, stage) => {
    expect(view({ status })).toMatchObject({ stage, held: status === 'ON_HOLD', channelOrderNos: ['60001'] });
  });

  it('[C1] counts a part that was moved away whole as closed, never as sent', () => {
    expect(view({ status: 'CLOSED' })).toMatchObject({
      stage: 'closed',
      closed: true,
      shippedAt: null,
      sortedAt: null,
    });
  });

  it('[B2] names a part that it cannot read, and says why', () => {
    expect(readPart({ ...part, updatedAt: 'yesterday' }, 'us')).toMatchObject({
      ref: '7',
      reason: expect.stringMatching(/^updatedAt/),
    });
  });

  it('[P18] reads a refusal without a code by its words', () => {
    const told = (message: string, code: string | null = null) => refusalIn({ userErrors: [{ message, code }] })?.code;

    expect(told('Location not found.')).toBe('bad_warehouse');
    expect(told('Fulfillment order does not exist.')).toBe('not_found');
    expect(told('', 'CHANGE_FROM_QUANTITY_STALE')).toBe('stale');
    expect(told('Something that nobody has seen')).toBe('other');
    expect(refusalIn({ userErrors: [] })).toBeUndefined();
  });
});

/** What was recorded; our own copy of its shape stands in for it where nobody has it. */
function recordedHolds(): string {
  const path = join(process.env.WARROOM_SAMPLES ?? '', 'samples/fulfillment/shopify-2026-04-fulfillmentOrderHold.json');
  if (process.env.WARROOM_SAMPLES !== undefined && existsSync(path)) return readFileSync(path, 'utf8');
  if (isLong) throw new Error(`WARROOM_SAMPLES must name the folder that holds ${path}`);
  const userErrors = [{ field: null, message: 'Fulfillment order is not in a holdable state.', code: 'INVALID_STATE' }];
  return JSON.stringify({ data: { fulfillmentOrderHold: { fulfillmentHold: null, userErrors } } });
}

it('[P18] reads the recorded holds of a real shop as what they are', () => {
  const payloads: unknown[] = [];
  JSON.parse(recordedHolds(), (key, value: unknown) => {
    if (key === 'fulfillmentOrderHold') payloads.push(value);
    return value;
  });
  const refusals = payloads.flatMap((payload) => refusalIn(payload) ?? []);

  expect(payloads.length).toBeGreaterThan(0);
  for (const { code, providerCode } of refusals)
    expect([providerCode, code]).toEqual([expect.stringMatching(/^[A-Z_]+$/), expect.stringMatching(/^[a-z_]+$/)]);
});
