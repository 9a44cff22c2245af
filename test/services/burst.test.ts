import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { burstEnd, burstMembers } from '../../src/domain/burst.ts';
import type { IdentityKey, OrderView } from '../../src/domain/order.ts';
import { aFulfillment, anOrder, at, day, hour } from '../kit/builders.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

const rules = builtinRules.filter(({ id }) => id === 'same-buyer-burst');
const start = () => startFlow({ rules, startAt: at('08:00') });
const phone: IdentityKey = { kind: 'phone', value: 'p', scope: 'e164' };
const mask: IdentityKey = { kind: 'mask', value: 'm', scope: 'taobao' };
const first = at('09:00');

const placed = (no: number, placedAt: number, change: Partial<OrderView> = {}): OrderView =>
  anOrder({
    channelOrderNo: `20261124${String(no).padStart(6, '0')}`,
    placedAt,
    paidAt: placedAt,
    sourceUpdatedAt: placedAt,
    identities: [phone],
    ...change,
  });

/** Each is told when it is placed. */
async function hear(flow: Flow, ...orders: readonly OrderView[]): Promise<void> {
  for (const order of orders) {
    await flow.clock.advanceTo(Math.max(flow.clock.now(), order.placedAt));
    await flow.tell(order);
    await flow.runAt(flow.clock.now());
  }
}
const four = [0, 1, 2, 3].map((each) => placed(each, first + each * hour));
const tails = async (flow: Flow): Promise<string[]> => {
  const [alert] = await flow.storage.alerts.list({ limit: 1 });
  const orders = await flow.storage.views.listOrders(String(alert?.facts['orders']).split(','));
  return orders.map(({ channelOrderNo }) => channelOrderNo.slice(-1));
};

describe('many orders of one buyer [C2] [N4]', () => {
  it('are nothing while they are four', async () => {
    const flow = await start();
    await hear(flow, ...four);

    expect(await flow.alerts()).toEqual([]);
  });

  it.each([
    ['23:59:59.999 after the first, and are a case', first + day - 1, 1],
    ['24:00:00.000 after the first, which does not count any more', first + day, 0],
  ])('have a fifth %s', async (_, fifthAt, cases) => {
    const flow = await start();
    await hear(flow, ...four, placed(4, fifthAt));

    expect(await flow.alerts()).toHaveLength(cases);
  });

  it('are one case that lists them all and names how it is known', async () => {
    const flow = await start();
    await hear(flow, ...four, placed(4, first + 4 * hour));

    expect(await flow.alerts()).toMatchObject([
      { subject: 'buyer:phone/p/e164', severity: 'warning', state: 'open', dueAt: first + 4 * hour },
    ]);
    expect(flow.messages().map(({ text }) => text)).toMatchInlineSnapshot(`
      [
        "1号 · 复核同一买家
      4时0分内 5 单 · 小程序商城
      …000000 …000001 …000002 …000003 …000004
      依据：收件手机号一致
      5 单没发、同一收件人，可以合包
      [我来] /ack 1
      [更多] /o/…",
      ]
    `);
  });

  it('take the sixth into the open case without a word', async () => {
    const flow = await start();
    await hear(flow, ...four, placed(4, first + 4 * hour), placed(5, first + 5 * hour), placed(6, first + 5 * hour));

    expect(await flow.alerts()).toHaveLength(1);
    expect(await tails(flow)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    expect(flow.messages()).toHaveLength(1);
  });

  it('count unpaid and cancelled ones and those of every channel, and no resends', async () => {
    const flow = await start();
    const [a, b, c, d] = four as [OrderView, OrderView, OrderView, OrderView];
    const mixed = [
      { ...a, paidAt: null, status: 'created' as const },
      { ...b, closedAt: b.placedAt, status: 'closed' as const },
      { ...c, shopId: 'tmall' },
      { ...d, shopId: 'pdd' },
    ];
    await hear(flow, ...mixed, placed(4, first + 4 * hour, { kind: 'resend' }));
    expect(await flow.alerts()).toEqual([]);

    await hear(flow, placed(5, first + 5 * hour));
    expect(await tails(flow)).toEqual(['0', '1', '2', '3', '5']);
  });

  it('are found in whichever order a page tells them', async () => {
    const flow = await start();
    await flow.clock.advanceTo(first + 9 * hour);
    const all = [...four, ...[4, 5, 6, 7].map((each) => placed(each, first + each * hour))];
    await flow.tell(...all.toReversed());
    await flow.runAt(flow.clock.now());

    expect(await tails(flow)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  it('are listed and not announced when they were found hours late', async () => {
    const flow = await start();
    await flow.clock.advanceTo(first + 9 * hour);
    await flow.tell(...four, placed(4, first + 4 * hour));
    await flow.runAt(flow.clock.now());

    expect(await flow.alerts()).toMatchObject([{ isLateFound: 1 }]);
    expect(flow.messages()).toEqual([]);
  });
});

describe('how it is known that it is one buyer [C2]', () => {
  const masked = (no: number) => placed(no, first + no * hour, { identities: [mask] });
  const evidence = (flow: Flow) => flow.messages().at(-1)?.text.split('\n')[3];

  it.each<[IdentityKey['kind'], string]>([
    ['phone', '依据：收件手机号一致'],
    ['receiver', '依据：平台收件人编号一致'],
    ['buyer', '依据：同一个买家账号（收件人可能不同）'],
    ['mask', '依据：只有打码信息一致，可能不是同一人'],
  ])('is said: %s', async (kind, words) => {
    const flow = await start();
    const identities = [{ kind, value: 'x', scope: 'taobao' }];
    await hear(flow, ...[0, 1, 2, 3, 4].map((no) => placed(no, first + no * hour, { identities })));

    expect(evidence(flow)).toBe(words);
  });

  it('makes one case of the same orders under several keys, named by the surest', async () => {
    const flow = await start();
    const both = [0, 1, 2, 3, 4].map((no) => placed(no, first + no * hour, { identities: [mask, phone] }));
    await hear(flow, ...both);
    expect(await flow.alerts()).toMatchObject([{ facts: { evidence: 'phone' } }]);

    await hear(flow, masked(5));
    expect(await flow.alerts()).toHaveLength(1);
    expect(await tails(flow)).toHaveLength(6);
    expect(flow.messages()).toHaveLength(1);
  });

  it('keeps neither a phone number nor a name in the case', async () => {
    const flow = await start();
    await hear(flow, ...four, placed(4, first + 4 * hour));

    expect(JSON.stringify([await flow.alerts(), flow.messages()])).not.toMatch(/138|张/);
  });
});

describe('a case that a person has reviewed [C2]', () => {
  it('is over when they say so, and its orders make no second one', async () => {
    const flow = await start();
    await hear(flow, ...four, placed(4, first + 4 * hour));
    const alerts = await flow.storage.alerts.list({ limit: 9 });
    const over = await flow.detect.lookAt(alerts, flow.signal);
    expect([...over]).toEqual(alerts.map(({ id }) => id));

    await flow.storage.alerts.resolve(alerts[0]?.id ?? '', flow.clock.now(), 'person');
    await hear(flow, ...[5, 6, 7, 8].map((no) => placed(no, first + no * hour)));
    expect(await flow.alerts()).toHaveLength(1);

    await hear(flow, placed(9, first + 9 * hour));
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved' }, { state: 'open' }]);
  });
});

describe('what could travel together [N4]', () => {
  it('is hinted at: who shares a parcel already, and who waits for the same receiver', async () => {
    const flow = await start();
    const [a, b, c, d] = four as [OrderView, OrderView, OrderView, OrderView];
    await hear(flow, a, b, c, d);
    await flow.show(aFulfillment({ channelOrderNos: [a.channelOrderNo, b.channelOrderNo] }));
    await hear(flow, placed(4, first + 4 * hour, { receiver: { ...a.receiver, city: '宁波' } }));

    expect(flow.messages().at(-1)?.text.split('\n')[4]).toBe('2 单已合包，2 单没发、同一收件人，可以合包');
  });
});

it('a burst is what counting every window one by one finds', () => {
  const window = { within: 10, atLeast: 3 };
  const times = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(times, fc.nat(), (unsorted, pick) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      const mine = sorted[pick % sorted.length] ?? 0;
      const inside = (end: number) => sorted.filter((at) => at > end - 10 && at <= end);
      const full = sorted.filter((end) => inside(end).length >= 3);
      const last = full.findLast((end) => inside(end).includes(mine));
      const members = burstMembers(
        sorted.map((placedAt) => ({ placedAt })),
        window,
      );

      expect(burstEnd(sorted, mine, window)).toBe(last);
      expect(members.map(({ placedAt }) => placedAt)).toEqual(
        sorted.filter((at) => full.some((end) => inside(end).includes(at))),
      );
    }),
  );
});
