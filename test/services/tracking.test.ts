import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { hearsAll } from '../../src/domain/hears.ts';
import type { OrderView } from '../../src/domain/order.ts';
import type { TrackEvent, TrackKind } from '../../src/domain/track.ts';
import { createReadStuck } from '../../src/services/read-stuck.ts';
import { aFulfillment, anOrder, at, hour } from '../kit/builders.ts';
import { aRoom, type Flow, type FlowOptions, startFlow, textOf } from '../kit/test-storage.ts';

const uploaded = at('11:00');
const due = uploaded + 48 * hour;
const waybill = 'ZT75312347812';
const subject = `parcel:${waybill}`;
const rules = builtinRules.filter(({ id }) => id === 'tracking-stalled' || id === 'pickup-by-risk');

const shipped = (change: Partial<OrderView> = {}): OrderView =>
  anOrder({
    status: 'shipped',
    sortedAt: at('10:30'),
    shippedAt: uploaded,
    sourceUpdatedAt: uploaded,
    shipments: [{ carrier: '中通', waybill, shippedAt: uploaded }],
    ...change,
  });
const track = (occurredAt: number, kind: TrackKind = 'in-transit', rawState = '0'): TrackEvent => ({
  carrier: 'zto',
  waybill,
  occurredAt,
  kind,
  rawState,
});

interface Tracked extends Flow {
  /** What the carrier knows; undefined = it does not answer. */
  carrier: { events: TrackEvent[]; lookedAt: number | undefined };
  hears(...events: TrackEvent[]): Promise<number>;
}

/** A flow with a tracking service, or with none. */
async function start(options: FlowOptions & { readonly carrier?: 'none' } = {}): Promise<Tracked> {
  const carrier: Tracked['carrier'] = { events: [], lookedAt: Number.POSITIVE_INFINITY };
  const flow: Flow = await startFlow({
    rules,
    ...options,
    ...(options.carrier === 'none'
      ? {}
      : {
          freshTracks: async (waybills) => {
            if (carrier.lookedAt === undefined) return new Map<string, number>();
            await flow.ingest.saveTracks('kd', carrier.events, flow.clock.now());
            const lookedAt = Math.min(carrier.lookedAt, flow.clock.now());
            return new Map(waybills.map((each) => [each, lookedAt]));
          },
        }),
  });
  return Object.assign(flow, {
    carrier,
    hears: (...events: TrackEvent[]) => flow.ingest.saveTracks('kd', events, flow.clock.now()),
  });
}

async function parcel(options: Parameters<typeof start>[0] = {}): Promise<Tracked> {
  const flow = await start(options);
  await flow.clock.advanceTo(uploaded);
  await flow.tell(shipped());
  return flow;
}

const open = async (flow: Flow) => (await flow.alerts()).filter(({ state }) => state === 'open');

/** Everything pending has left. */
async function send(flow: Flow): Promise<void> {
  for (const { id } of await flow.storage.outbox.claim('war', 999, 1, flow.clock.now(), 0))
    await flow.storage.outbox.sent(id, flow.clock.now(), 'ref');
}

describe('a parcel that does not move for 48 hours [C3] [N5]', () => {
  it('is one alert at 48:00:00.000 after its upload and not a millisecond before', async () => {
    const flow = await parcel();
    await flow.judgeAt(due - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(due);
    expect(await flow.alerts()).toMatchObject([
      {
        ruleId: 'tracking-stalled',
        subject,
        severity: 'warning',
        dueAt: due,
        raisedAt: due,
        confirmedAt: due,
        facts: { why: 'never-scanned', since: uploaded, carrier: '中通', waybill },
      },
    ]);
    await flow.judgeAt(due + 24 * hour);
    expect(await flow.alerts()).toHaveLength(1);
  });

  it('counts from the last thing its carrier told, to the millisecond', async () => {
    const flow = await parcel();
    await flow.clock.advanceTo(due - 1);
    await flow.hears(track(due - 1, 'collected'));
    await flow.judgeAt(due - 1 + 48 * hour - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.judgeAt(due - 1 + 48 * hour);
    expect(await flow.alerts()).toMatchObject([{ dueAt: due - 1 + 48 * hour, facts: { why: 'stalled' } }]);
  });

  it('counts from the upload though we learn of it late', async () => {
    const flow = await start();
    await flow.clock.advanceTo(due - hour);
    await flow.tell(shipped());
    await flow.judgeAt(due);

    expect(await flow.alerts()).toMatchObject([{ dueAt: due, isLateFound: 0 }]);
  });

  it.each<TrackKind>(['delivered', 'returned'])('ends for good when it is %s', async (kind) => {
    const flow = await parcel();
    await flow.clock.advanceTo(due - hour);
    await flow.hears(track(due - hour, kind));
    await flow.judgeAt(due + 100 * hour);

    expect(await flow.alerts()).toEqual([]);
    expect(await flow.storage.deadlines.nextDueAt()).toBeUndefined();
  });

  it('does not count a state that nobody knows as a move', async () => {
    const flow = await parcel();
    await flow.clock.advanceTo(due - hour);
    await flow.hears(track(due - hour, 'unknown', '102'));
    await flow.judgeAt(due);

    expect(await flow.alerts()).toMatchObject([{ dueAt: due, facts: { why: 'never-scanned' } }]);
  });

  it.each([
    ['in customs', track(uploaded, 'customs', '8'), '清关中', 120],
    ['on a trunk line', track(uploaded, 'in-transit', '1002'), '干线运输', 72],
  ])('has a longer time %s, and says which', async (_, event, lane, hours) => {
    const flow = await parcel();
    await flow.hears(event);
    await flow.judgeAt(uploaded + hours * hour - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.runAt(uploaded + hours * hour);
    expect(flow.messages().at(-1)?.text).toContain(`（${lane}，限 ${hours} 小时）`);
  });

  it('has 72 hours to a remote province', async () => {
    const flow = await start();
    const receiver = { ...anOrder().receiver, province: '新疆维吾尔自治区' };
    await flow.tell(shipped({ receiver }));
    await flow.judgeAt(uploaded + 72 * hour - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.runAt(uploaded + 72 * hour);
    expect(flow.messages().at(-1)?.text).toContain('（偏远地区，限 72 小时）');
  });
});

describe('before anything is said of a parcel its carrier is asked [N5]', () => {
  it('says nothing when it moved and nobody had told us', async () => {
    const flow = await parcel();
    flow.carrier.events = [track(due - hour)];
    await flow.judgeAt(due);

    expect(await flow.alerts()).toEqual([]);
    expect(await flow.storage.deadlines.nextDueAt()).toBe(due + 47 * hour);
  });

  it('has three sentences: never scanned, stalled, source behind', async () => {
    const said = async (prepare: (flow: Tracked) => Promise<void>) => {
      const flow = await parcel({ rooms: [aRoom({ hears: hearsAll('info') })] });
      await prepare(flow);
      await flow.runAt(due);
      return flow.messages().at(-1)?.text.split('\n')[2];
    };
    const nothing = async () => {};

    expect(await said(nothing)).toBe('单号上传 2天0时，承运商没扫过（限 48 小时） · 11:00 查过');
    expect(await said(async (flow) => void (await flow.hears(track(uploaded, 'collected', '1'))))).toBe(
      '2天0时 没有物流更新（限 48 小时） · 11:00 查过',
    );
    expect(
      await said(async ({ carrier }) => {
        carrier.lookedAt = due - 8 * hour;
      }),
    ).toBe('物流查询从 03:00 起没有更新，这件走没走没能确认');
    expect(
      await said(async ({ carrier }) => {
        carrier.lookedAt = undefined;
      }),
    ).toBe('物流查询没有回应，这件 2天0时 没有更新，没能确认');
  });

  it('is one severity lower where the source is behind', async () => {
    const flow = await parcel();
    flow.carrier.lookedAt = undefined;
    await flow.judgeAt(due);

    expect(await flow.alerts()).toMatchObject([{ severity: 'info' }]);
  });

  it('says nothing of a parcel of which nobody ever told where it is', async () => {
    const flow = await parcel({ carrier: 'none' });
    await flow.judgeAt(due + 100 * hour);

    expect(await flow.alerts()).toEqual([]);
  });
});

describe('what is learned after the alert', () => {
  it('ends it as in time when the scan had come in time, and tells the room [C3]', async () => {
    const flow = await parcel();
    await flow.runAt(due);
    await send(flow);
    expect(await flow.hears(track(due - 1, 'collected', '1'))).toBe(1);
    await flow.runAt(due + hour);

    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'in-time-learned-late' }]);
    expect(flow.messages().at(-1)?.text).toBe('1号 中通 …7812 有新的物流了（其实没超时，消息来晚了）');
  });

  it('ends it as cleared when the scan came late, and starts 48 hours anew [C3]', async () => {
    const flow = await parcel();
    await flow.runAt(due);
    await send(flow);
    await flow.clock.advanceTo(due + hour);
    await flow.hears(track(due + hour, 'collected', '1'));
    await flow.runAt(due + hour);
    expect(flow.messages().at(-1)?.text).toBe('1号 中通 …7812 有新的物流了');

    await flow.judgeAt(due + 49 * hour - 1);
    expect(await open(flow)).toEqual([]);
    await flow.judgeAt(due + 49 * hour);
    expect(await open(flow)).toMatchObject([{ subject, dueAt: due + 49 * hour, facts: { why: 'stalled' } }]);
  });

  it('stays open with what is true now when the scan is itself too old', async () => {
    const flow = await parcel();
    await flow.runAt(due);
    await flow.clock.advanceTo(due + 72 * hour);
    await flow.hears(track(due - hour, 'collected', '1'));
    await flow.runAt(due + 72 * hour);

    expect(await flow.alerts()).toMatchObject([
      { state: 'open', dueAt: due + 47 * hour, facts: { why: 'stalled', since: due - hour } },
    ]);
  });

  it('tells a redelivered event, and one out of its order, for what it is', async () => {
    const flow = await parcel();
    const [first, second] = [track(uploaded + hour, 'collected', '1'), track(uploaded + 2 * hour)];

    expect(await flow.hears(second, first)).toBe(2);
    expect(await flow.hears(first, second, second)).toBe(0);
    expect(await flow.storage.views.findParcel(waybill.toLowerCase())).toMatchObject({
      firstScanAt: uploaded + hour,
      lastEventAt: uploaded + 2 * hour,
      lastKind: 'in-transit',
    });
    expect(flow.rows('SELECT count(*) AS n FROM TrackEvent')).toEqual([{ n: 2 }]);
    expect(flow.rows(`SELECT count(*) AS n FROM Event WHERE kind = 'track'`)).toEqual([{ n: 2 }]);
  });

  it('of which only the day is told counts as a scan, not before the upload, until a moment is known; rebuilt the same', async () => {
    const flow = await parcel();
    const midnight = uploaded - 10 * hour;
    await flow.hears({ ...track(midnight, 'collected', 'PU'), precision: 'day' });
    const told = async () => (await flow.storage.views.findParcel(waybill)) ?? {};
    expect(await told()).toMatchObject({ firstScanAt: midnight, firstScanIsDay: true });
    const stageAt = async () => (await flow.storage.views.findOrderByNo('mini', '202611240018842'))?.stageAt;
    expect(await stageAt()).toBe(uploaded);
    await flow.hears(track(uploaded + 3 * hour, 'in-transit', 'PL'));
    expect(await told()).toMatchObject({ firstScanAt: uploaded + 3 * hour, firstScanIsDay: false });
    const live = await told();
    await flow.storage.views.rebuild(flow.rulebook().derivation, () => 'mini');
    expect(await told()).toEqual(live);
  });

  it('C3: twenty hours of silence on a trunk is healthy (fulfillment.md §2.6)', async () => {
    const flow = await parcel();
    await flow.hears(track(uploaded + hour, 'collected', '50'), track(uploaded + 4 * hour, 'in-transit', '36'));
    await flow.runAt(uploaded + 24 * hour);
    await flow.hears(track(uploaded + 24 * hour, 'in-transit', '31'));
    await flow.runAt(uploaded + 71 * hour);
    expect(await flow.alerts()).toEqual([]);
  });

  it('moves every order of the parcel, also one that comes to it later [P6]', async () => {
    const flow = await start();
    await flow.hears(track(uploaded + hour, 'collected', '1'), track(uploaded + 30 * hour, 'delivered', '3'));
    await flow.tell(shipped(), shipped({ channelOrderNo: '202611240018843' }));

    for (const no of ['202611240018842', '202611240018843'])
      expect(await flow.storage.views.findOrderByNo('mini', no)).toMatchObject({
        stage: 'delivered',
        stageAt: uploaded + 30 * hour,
      });
  });

  it('calls an order of two parcels scanned when the second one is', async () => {
    const flow = await start();
    const both = [waybill, 'SF2'].map((each) => ({ carrier: '中通', waybill: each, shippedAt: uploaded }));
    await flow.tell(shipped({ shipments: both }));
    await flow.hears(track(uploaded + hour, 'collected', '1'));
    const stage = async () => (await flow.storage.views.findOrderByNo('mini', '202611240018842'))?.stage;
    expect(await stage()).toBe('shipped');

    await flow.hears({ ...track(uploaded + 2 * hour, 'collected', '1'), waybill: 'SF2' });
    expect(await stage()).toBe('scanned');
  });
});

describe('one parcel, many orders [P6]', () => {
  const second = shipped({ channelOrderNo: '202611240018843' });

  it('is one alert that lists them all', async () => {
    const flow = await parcel();
    await flow.tell(second);
    await flow.runAt(due);

    expect(await flow.alerts()).toHaveLength(1);
    expect(flow.messages().at(-1)?.text).toMatchInlineSnapshot(`
      "1号 · 查这件快递
      中通 …7812 · 尾号 018842、018843
      单号上传 2天0时，承运商没扫过（限 48 小时） · 11:00 查过
      [我来] /ack 1
      [更多] /o/…"
    `);
  });

  it('is over for a parcel whose label was torn up, and goes on for the new one', async () => {
    const flow = await parcel();
    await flow.judgeAt(due);
    const shipments = [{ carrier: '中通', waybill: 'NEW1', shippedAt: due }];
    await flow.tell(shipped({ shipments, sourceUpdatedAt: due }));
    await flow.detect.recheck();
    expect(await flow.alerts()).toMatchObject([{ subject, state: 'resolved', resolution: 'cleared' }]);

    await flow.judgeAt(due + 48 * hour);
    expect(await open(flow)).toMatchObject([{ subject: 'parcel:NEW1' }]);
  });

  it('ends when the last of its orders is closed', async () => {
    const flow = await parcel();
    await flow.tell(second);
    await flow.judgeAt(due);
    const closed = { status: 'closed', closedAt: due + hour, sourceUpdatedAt: due + hour } as const;
    await flow.tell(shipped(closed));
    await flow.detect.recheck();
    expect(await open(flow)).toHaveLength(1);

    await flow.tell({ ...second, ...closed });
    await flow.detect.recheck();
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved', resolution: 'cleared' }]);
  });
});

describe('the pickup limit of a platform [P3] [N18]', () => {
  const pdd = (change: Partial<OrderView> = {}) => shipped({ shopId: 'pdd', ...change });
  const warnAt = uploaded + 20 * hour;

  it('is warned of four hours before, on Pinduoduo after 20 hours', async () => {
    const flow = await start();
    await flow.tell(pdd());
    await flow.judgeAt(warnAt - 1);
    expect(await flow.alerts()).toEqual([]);

    await flow.runAt(warnAt);
    expect(await flow.alerts()).toMatchObject([{ ruleId: 'pickup-by-risk', subject, dueAt: warnAt }]);
    expect(flow.messages().at(-1)?.text).toContain('还没揽收，剩 4时0分（拼多多，限 24 小时，按 2026-11-24 的规则）');
  });

  it('is kept by a scan, whatever another platform wants', async () => {
    const flow = await start();
    await flow.tell(pdd(), shipped({ shipments: [{ carrier: '中通', waybill: 'MINI1', shippedAt: uploaded }] }));
    await flow.hears(track(warnAt - 1, 'collected', '1'));
    await flow.judgeAt(warnAt + 10 * hour);

    expect(await flow.alerts()).toEqual([]);
  });

  it('is one message for a carrier and a depot', async () => {
    const flow = await start();
    const many = Array.from({ length: 9 }, (_, index) => {
      const channelOrderNo = `20261124001${index}`;
      return pdd({ channelOrderNo, shipments: [{ carrier: '中通', waybill: `W${index}`, shippedAt: uploaded }] });
    });
    await flow.tell(...many);
    await flow.show(
      ...many.map(({ channelOrderNo }, index) =>
        aFulfillment({
          systemOrderNo: `70${index}`,
          systemShopId: '10003',
          channelOrderNos: [channelOrderNo],
          stage: 'shipped',
          shippedAt: uploaded,
        }),
      ),
    );
    await flow.runAt(warnAt);

    expect(flow.messages().map(({ text }) => text.split('\n').slice(0, 2))).toEqual([
      ['1号 · 催揽收 · 中通 · 杭州仓 · 9 件', '快到揽收时限'],
    ]);
  });
});

describe('/stuck [C3] [A10]', () => {
  const asking = { language: 'zh' } as Parameters<ReturnType<typeof createReadStuck>>[0];
  const stuck = async (flow: Flow, hasCarriers = true) =>
    (await createReadStuck({ ...flow, hasCarriers: () => hasCarriers })(asking)).map(textOf).join('\n---\n');

  it('is the pool by carrier and depot, the oldest first, in six lines', async () => {
    const flow = await start();
    const carriers = ['中通', '圆通', '顺丰', '韵达', '极兔', '申通'];
    await flow.tell(
      ...carriers.flatMap((carrier, place) =>
        ['a', 'b'].map((end) =>
          shipped({
            channelOrderNo: `2026112400${place}${end}`,
            shipments: [{ carrier, waybill: `${end}-100${place}`, shippedAt: uploaded + place * hour }],
          }),
        ),
      ),
      anOrder({ channelOrderNo: '2026112409999' }),
    );
    await flow.judgeAt(due + 6 * hour);

    const text = await stuck(flow);
    expect(text.split('\n').length).toBe(7); // six lines and the link
    expect(text).toMatchInlineSnapshot(`
      "滞留 12 件（12 单）· 最久 2天6时
      中通 2 件 · 最久 …1000 2天6时（没扫过 2）
      圆通 2 件 · 最久 …1001 2天5时（没扫过 2）
      顺丰 2 件 · 最久 …1002 2天4时（没扫过 2）
      韵达 2 件 · 最久 …1003 2天3时（没扫过 2）
      其他快递和仓库 4 件 · 付款超 48 小时还没有运单 1 单
      [看板] /"
    `);
  });

  it('loses a parcel that moves, and says so when it is empty', async () => {
    const flow = await parcel();
    await flow.judgeAt(due);
    expect(await stuck(flow)).toContain('滞留 1 件（1 单）');

    await flow.hears(track(due, 'collected', '1'));
    await flow.detect.recheck();
    expect(await stuck(flow)).toBe('没有滞留的包裹');
  });

  it('says that it cannot see where no carrier is connected and nobody ever told', async () => {
    const flow = await parcel({ carrier: 'none' });
    await flow.judgeAt(due);
    expect(await stuck(flow, false)).toBe('没有接物流轨迹，看不到哪些包裹不动');

    await flow.hears(track(due, 'collected', '1'));
    expect(await stuck(flow, false)).toBe('没有滞留的包裹');
  });

  it('counts all of them, and says of how many the groups are', async () => {
    const flow = await parcel();
    await flow.judgeAt(due);
    await flow.storage.transaction(async (tx) => {
      const [one] = await tx.alerts.list({ limit: 1 });
      if (one === undefined) throw new Error('nothing was raised');
      for (let index = 0; index < 5_000; index += 1) await tx.alerts.raise({ ...one, subject: `parcel:X${index}` });
    });

    const text = await stuck(flow);
    expect(text).toContain('滞留 5001 件 · 最久');
    expect(text).toContain('分组只数了 5000 件');
  });

  it('never leaves out an order that was paid and has no parcel after two days', async () => {
    const flow = await start();
    await flow.tell(anOrder({ sortedAt: at('10:30') }), anOrder({ channelOrderNo: '2', promisedAt: due + 100 * hour }));
    await flow.clock.advanceTo(at('10:00') + 48 * hour);

    expect(await stuck(flow)).toBe('没有滞留的包裹\n付款超 48 小时还没有运单 1 单');
  });
});
