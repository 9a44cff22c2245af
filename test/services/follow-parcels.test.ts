import { beforeEach, describe, expect, it } from 'vitest';
import { RateLimitedError, RejectedError, RetryableError } from '../../src/domain/errors.ts';
import type { TrackEvent } from '../../src/domain/track.ts';
import type { Carrier, Tracking } from '../../src/ports/carrier.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createFollowParcels, type FollowParcels } from '../../src/services/follow-parcels.ts';
import { createPhoneTail } from '../../src/services/phone-tail.ts';
import { aFulfillment, anOrder, aReceiver, at, day, hour, minute, told } from '../kit/builders.ts';
import { type Flow, silentLog, startFlow, testVault } from '../kit/test-storage.ts';

const signal = new AbortController().signal;
const callbackUrl = 'https://war.example/hooks/carriers/kd';

/** A provider that does what the test says, and notes what it was asked. */
function aCarrier(
  change: {
    pushes?: 'when asked' | 'by itself' | 'never';
    knows?: (carrier: string) => boolean;
    isOwn?: boolean;
    perQuery?: number;
  } = {},
) {
  const asked: string[] = [];
  const calls: number[] = [];
  const tracks = new Map<string, Partial<Tracking>>();
  const state: { failure: Error | undefined; refusal: string | null } = { failure: undefined, refusal: null };
  const trackingOf = (waybill: string): Tracking => ({
    waybill,
    events: [],
    skipped: [],
    unknownStates: [],
    state: 'going-on',
    refusal: null,
    ...tracks.get(waybill),
  });
  const carrier: Carrier = {
    capabilities: {
      isOwn: change.isOwn ?? false,
      perQuery: change.perQuery ?? 1,
      againAfterMs: 30 * minute,
      refreshMs: 4 * hour,
    },
    labels: null,
    knows: change.knows ?? (() => true),
    async query(waybills) {
      calls.push(waybills.length);
      for (const { waybill } of waybills) asked.push(`query ${waybill}`);
      if (state.failure !== undefined) throw state.failure;
      return waybills.map(({ waybill }) => trackingOf(waybill));
    },
    pushes:
      change.pushes === 'never'
        ? null
        : {
            subscribe:
              change.pushes === 'by itself'
                ? null
                : async ({ waybill }, url) => {
                    asked.push(`subscribe ${waybill} ${url}`);
                    if (state.failure !== undefined) throw state.failure;
                    return state.refusal;
                  },
            read({ rawBody }) {
              const [how = '', number = ''] = rawBody.toString().split(' ');
              if (how === 'named') return { kind: 'nudge', waybills: [number] };
              if (how !== 'signed') throw new RejectedError('a push', { code: 'BAD_SIGNATURE' });
              return { kind: 'tracking', tracking: trackingOf(number) };
            },
            answer: (outcome) => ({
              status: outcome === 'taken' ? 200 : outcome === 'refused' ? 401 : 500,
              type: 'text/plain',
              body: outcome,
            }),
          },
  };
  return { carrier, asked, calls, tracks, state };
}

const waybill = 'YT7018842';
const scan = (time: number, kind: TrackEvent['kind'] = 'collected', rawState = '103'): TrackEvent => ({
  carrier: 'yto',
  waybill,
  occurredAt: time,
  kind,
  rawState,
});
const shipped = (number = waybill, change = {}) =>
  anOrder({
    status: 'shipped',
    sourceUpdatedAt: at('10:00'),
    shippedAt: at('10:00'),
    shipments: [{ carrier: 'YTO', waybill: number, shippedAt: at('10:00') }],
    ...change,
  });

let flow: Flow;
let kd: ReturnType<typeof aCarrier>;
let saved: { carrierId: string; events: readonly TrackEvent[]; receivedAt: number }[];
let follow: FollowParcels;

const begin = (more: Partial<Parameters<typeof createFollowParcels>[0]> = {}): FollowParcels =>
  createFollowParcels({
    storage: flow.storage,
    clock: flow.clock,
    carriers: () => [{ id: 'kd', carrier: kd.carrier, callbackUrl }],
    saveTracks: async (carrierId, events, receivedAt) => saved.push({ carrierId, events, receivedAt }),
    metrics: silentMetrics,
    log: silentLog,
    ...more,
  });

const hear = (carrierId: string, rawBody: Buffer) => follow.hear(carrierId, { rawBody, key: '' });

const runAt = async (time: number): Promise<readonly string[]> => {
  kd.asked.length = 0;
  await flow.clock.advanceTo(time);
  while ((await follow.run(signal)) > 0);
  return [...kd.asked];
};
const row = () => flow.storage.follows.find(waybill);
const oddities = async () =>
  (await flow.storage.views.listOddities()).map(
    ({ source, kind, what, lastRef }) => `${source} ${kind} ${what} ${lastRef}`,
  );

beforeEach(async () => {
  flow = await startFlow();
  kd = aCarrier();
  saved = [];
  follow = begin();
});

describe('a waybill', () => {
  it('is subscribed once, whoever named it first, and again by nobody: neither a rebuild nor a restart', async () => {
    await flow.tell(shipped());
    await flow.show(aFulfillment({ waybill: waybill.toLowerCase(), carrier: 'YTO', sourceUpdatedAt: at('10:05') }));
    expect(await runAt(at('10:10'))).toEqual([`subscribe ${waybill} ${callbackUrl}`]);
    expect(await runAt(at('10:11'))).toEqual([]);
    await flow.storage.views.rebuild(flow.rulebook().derivation, () => 'mini');
    follow = begin();
    expect(await runAt(at('10:12'))).toEqual([]);
    expect(await row()).toMatchObject({ followedBy: 'kd', subscribedAt: at('10:10'), nextAt: at('10:10') + 24 * hour });
  });

  it('that stays silent for a day is asked about, each day anew (N5)', async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    expect(await runAt(at('10:10') + 24 * hour - 1)).toEqual([]);
    expect(await runAt(at('10:10') + 24 * hour)).toEqual([`query ${waybill}`]);
    expect(await runAt(at('10:10') + 48 * hour)).toEqual([`query ${waybill}`]);
    expect(saved).toEqual([]);
  });

  it('that its provider told of waits a day from then on', async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    await flow.clock.advanceTo(at('20:00'));
    kd.tracks.set(waybill, { events: [scan(at('18:00'))] });
    expect(await hear('kd', Buffer.from(`signed ${waybill}`))).toMatchObject({ status: 200, body: 'taken' });
    expect(saved).toEqual([{ carrierId: 'kd', events: [scan(at('18:00'))], receivedAt: at('20:00') }]);
    expect(await runAt(at('20:00') + 24 * hour - 1)).toEqual([]);
    expect(await runAt(at('20:00') + 24 * hour)).toEqual([`query ${waybill}`]);
  });

  it('is left alone once its way has ended', async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    kd.tracks.set(waybill, { events: [scan(at('18:00'), 'delivered', '301')], state: 'finished' });
    await flow.clock.advanceTo(at('20:00'));
    await hear('kd', Buffer.from(`signed ${waybill}`));
    expect(await runAt(at('20:00') + 70 * day)).toEqual([]);
    expect(await row()).toMatchObject({ nextAt: null, heardAt: at('20:00') });
  });

  it('is left alone when its channel says that it arrived', async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    await flow.tell(shipped(waybill, { status: 'delivered', sourceUpdatedAt: at('22:00'), deliveredAt: at('22:00') }));
    expect(await runAt(at('10:10') + 24 * hour)).toEqual([]);
  });

  it('is followed on its way back when its order was closed', async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    await flow.tell(shipped(waybill, { status: 'closed', sourceUpdatedAt: at('22:00'), closedAt: at('22:00') }));
    expect(await runAt(at('10:10') + 24 * hour)).toEqual([`query ${waybill}`]);
  });

  it('that the provider gave up on is subscribed again half an hour later', async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    kd.tracks.set(waybill, { state: 'given-up' });
    await flow.clock.advanceTo(at('20:00'));
    await hear('kd', Buffer.from(`signed ${waybill}`));
    expect(await runAt(at('20:29'))).toEqual([]);
    expect(await runAt(at('20:30'))).toEqual([`subscribe ${waybill} ${callbackUrl}`]);
  });

  it('that the provider refuses for good is noted, and not asked about', async () => {
    kd.state.refusal = 'KD100_700';
    await flow.tell(shipped());
    await runAt(at('10:10'));
    expect(await runAt(at('10:10') + 24 * hour)).toEqual([]);
    expect(await oddities()).toEqual([`carrier:kd not-followed KD100_700 ${waybill}`]);
  });

  it('of a carrier that nobody follows is noted', async () => {
    kd = aCarrier({ knows: () => false });
    await flow.tell(shipped());
    expect(await runAt(at('10:10'))).toEqual([]);
    expect(await oddities()).toEqual([`carriers unknown-carrier YTO ${waybill}`]);
  });

  it('is asked about every four hours where no push can reach us', async () => {
    follow = begin({ carriers: () => [{ id: 'kd', carrier: kd.carrier, callbackUrl: undefined }] });
    await flow.tell(shipped());
    expect(await runAt(at('10:10'))).toEqual([`query ${waybill}`]);
    expect(await runAt(at('14:09'))).toEqual([]);
    expect(await runAt(at('14:10'))).toEqual([`query ${waybill}`]);
  });
});

describe('what was told', () => {
  it('before the order was placed happened to another parcel of that number', async () => {
    await flow.tell(shipped());
    kd.tracks.set(waybill, { events: [scan(at('10:00', '2025-11-24')), scan(at('18:00'))] });
    await flow.clock.advanceTo(at('20:00'));
    await hear('kd', Buffer.from(`signed ${waybill}`));
    expect(saved[0]?.events).toEqual([scan(at('18:00'))]);
    expect(await oddities()).toEqual([`carrier:kd reused-waybill older than its order ${waybill}`]);
  });

  it('in states nobody knows, or unreadably, is kept and counted', async () => {
    await flow.tell(shipped());
    kd.tracks.set(waybill, {
      events: [scan(at('18:00'), 'unknown', '4711')],
      unknownStates: ['4711'],
      skipped: [{ ref: waybill, reason: 'no readable time' }],
    });
    await flow.clock.advanceTo(at('20:00'));
    await hear('kd', Buffer.from(`signed ${waybill}`));
    expect(saved[0]?.events).toMatchObject([{ kind: 'unknown', rawState: '4711' }]);
    expect((await oddities()).sort()).toEqual([
      `carrier:kd skipped-row no readable time ${waybill}`,
      `carrier:kd unknown-state 4711 ${waybill}`,
    ]);
  });

  it('of a parcel that no order named yet is kept, too', async () => {
    kd.tracks.set('YT1', { events: [{ ...scan(at('18:00')), waybill: 'YT1' }] });
    expect(await hear('kd', Buffer.from('signed YT1'))).toMatchObject({ body: 'taken' });
    expect(saved).toHaveLength(1);
  });

  it('under a wrong signature is refused and changes nothing', async () => {
    await flow.tell(shipped());
    const before = await row();
    expect(await hear('kd', Buffer.from(waybill))).toMatchObject({ status: 401, body: 'refused' });
    expect(saved).toEqual([]);
    expect(await row()).toEqual(before);
    expect(await flow.storage.sources.find('carrier:kd')).toBeUndefined();
  });

  it('and could not be stored is asked for again by the provider', async () => {
    follow = begin({ saveTracks: () => Promise.reject(new RetryableError('the disk is full')) });
    await flow.tell(shipped());
    kd.tracks.set(waybill, { events: [scan(at('18:00'))], state: 'finished' });
    expect(await hear('kd', Buffer.from(`signed ${waybill}`))).toMatchObject({ status: 500, body: 'failed' });
    expect((await row())?.nextAt).not.toBeNull();
  });

  it('to a carrier that is not configured finds no door', async () => {
    expect(await hear('other', Buffer.from(`signed ${waybill}`))).toBeUndefined();
  });
});

describe('a carrier’s own interface (D6)', () => {
  const own = (change: Parameters<typeof aCarrier>[0] = {}) => {
    const carrier = aCarrier({ isOwn: true, pushes: 'by itself', perQuery: 3, ...change });
    follow = begin({
      carriers: () => [
        { id: 'kd', carrier: kd.carrier, callbackUrl },
        { id: 'sf', carrier: carrier.carrier, callbackUrl },
      ],
    });
    return carrier;
  };

  it('is asked before whoever passes on what carriers say', async () => {
    const sf = own();
    await flow.tell(shipped());
    expect(await runAt(at('10:10'))).toEqual([]);
    expect(sf.asked).toEqual([`query ${waybill}`]);
  });

  it('is asked about several parcels in one call, and each gets its own answer', async () => {
    const sf = own();
    for (const n of [1, 2, 3, 4]) await flow.tell(shipped(`YT${n}`, { channelOrderNo: `2026112400000${n}` }));
    sf.tracks.set('YT2', { refusal: 'SF_8024' });
    sf.tracks.set('YT3', { events: [{ ...scan(at('10:05'), 'delivered'), waybill: 'YT3' }], state: 'finished' });
    await runAt(at('10:10'));
    expect(sf.calls).toEqual([3, 1]);
    expect((await flow.storage.follows.find('YT1'))?.nextAt).toBe(at('14:10'));
    expect(await flow.storage.follows.find('YT2')).toMatchObject({ heardAt: null, nextAt: at('14:10') });
    expect(await flow.storage.follows.find('YT3')).toMatchObject({ heardAt: at('10:10'), nextAt: null });
  });

  it('that names a parcel without a signature is asked about it, and its word is not taken', async () => {
    const sf = own();
    await flow.tell(shipped());
    await runAt(at('10:10'));
    sf.asked.length = 0;
    sf.tracks.set(waybill, { events: [scan(at('10:20'))] });
    await flow.clock.advanceTo(at('11:00'));
    expect(await hear('sf', Buffer.from(`named ${waybill}`))).toMatchObject({ body: 'taken' });
    expect(saved).toEqual([]);
    await runAt(at('11:00'));
    expect(sf.asked).toEqual([`query ${waybill}`]);
    expect(saved).toHaveLength(1);
  });

  it('that pushes nothing has no door', async () => {
    own({ pushes: 'never' });
    expect(await hear('sf', Buffer.from(`named ${waybill}`))).toBeUndefined();
  });
});

describe('a provider that fails', () => {
  it('is asked once a run; its parcels wait together and nobody stands behind them (P14)', async () => {
    const other = aCarrier({ pushes: 'never', knows: (carrier) => carrier === 'SF' });
    kd = aCarrier({ knows: (carrier) => carrier !== 'SF' });
    follow = begin({
      carriers: () => [
        { id: 'kd', carrier: kd.carrier, callbackUrl },
        { id: 'sf', carrier: other.carrier, callbackUrl: undefined },
      ],
    });
    for (const n of [1, 2, 3]) await flow.tell(shipped(`YT${n}`, { channelOrderNo: `2026112400000${n}` }));
    await flow.tell(
      shipped('SF1', {
        channelOrderNo: '20261124000009',
        shipments: [{ carrier: 'SF', waybill: 'SF1', shippedAt: at('10:00') }],
      }),
    );
    kd.state.failure = new RetryableError('down', { code: 'HTTP_502' });
    expect(await runAt(at('10:10'))).toHaveLength(1);
    expect(other.asked).toEqual(['query SF1']);
    expect(await runAt(at('10:14'))).toEqual([]);
    kd.state.failure = undefined;
    expect(await runAt(at('10:15'))).toHaveLength(3);
  });

  it('is left in peace for as long as it asks', async () => {
    await flow.tell(shipped());
    kd.state.failure = new RateLimitedError('busy', 90_000);
    await runAt(at('10:10'));
    expect(await runAt(at('10:11'))).toEqual([]);
    expect(await runAt(at('10:10') + 90_000)).toHaveLength(1);
  });

  it('after an unanswered question the same parcel is not asked about for half an hour: it may count (kuaidi100 §2.2)', async () => {
    follow = begin({ carriers: () => [{ id: 'kd', carrier: kd.carrier, callbackUrl: undefined }] });
    await flow.tell(shipped());
    kd.state.failure = new RetryableError('lost', { code: 'TIMEOUT' });
    await runAt(at('10:10'));
    kd.state.failure = undefined;
    expect(await runAt(at('10:39'))).toEqual([]);
    expect(await runAt(at('10:40'))).toEqual([`query ${waybill}`]);
  });
});

describe('whether the provider is well (P14)', () => {
  const heardAt = async () => (await flow.storage.sources.find('carrier:kd'))?.lastOkAt;

  it('is sure while it owes us no answer, though nothing was asked for hours', async () => {
    await runAt(at('10:10'));
    await runAt(at('16:00'));
    expect(await heardAt()).toBe(at('16:00'));
  });

  it('is in doubt from its second failure on, until it answers', async () => {
    await flow.tell(shipped());
    kd.state.failure = new RetryableError('down', { code: 'HTTP_502' });
    await runAt(at('10:10'));
    expect(await heardAt()).toBe(at('10:10'));
    for (const time of ['10:15', '10:20', '10:25']) await runAt(at(time));
    expect(await heardAt()).toBe(at('10:10'));
    // A push proves nothing about what we ask.
    kd.tracks.set(waybill, { events: [scan(at('10:20'))] });
    await hear('kd', Buffer.from(`signed ${waybill}`));
    expect(await heardAt()).toBe(at('10:10'));
    kd.state.failure = undefined;
    await follow.readNow([waybill], signal);
    await runAt(at('10:31'));
    expect(await heardAt()).toBe(at('10:31'));
  });
});

describe('a fresh read before an alert (N5)', () => {
  beforeEach(async () => {
    await flow.tell(shipped());
    await runAt(at('10:10'));
    kd.asked.length = 0;
  });

  it('asks, stores, and says when', async () => {
    await flow.clock.advanceTo(at('20:00'));
    kd.tracks.set(waybill, { events: [scan(at('18:00'))] });
    expect(await follow.readNow([waybill, 'YT-unknown'], signal)).toEqual(new Map([[waybill, at('20:00')]]));
    expect(saved).toHaveLength(1);
  });

  it('within the lock says when it was asked last and asks nothing, nor sooner than planned', async () => {
    await flow.clock.advanceTo(at('20:00'));
    await follow.readNow([waybill], signal);
    const planned = (await row())?.nextAt;
    await flow.clock.advanceTo(at('20:29'));
    expect(await follow.readNow([waybill], signal)).toEqual(new Map([[waybill, at('20:00')]]));
    expect(kd.asked).toEqual([`query ${waybill}`]);
    expect((await row())?.nextAt).toBe(planned);
  });

  it('leaves out what could not be asked, also when that was a moment ago', async () => {
    kd.state.failure = new RetryableError('down');
    expect(await follow.readNow([waybill], signal)).toEqual(new Map());
    kd.state.failure = undefined;
    expect(await follow.readNow([waybill], signal)).toEqual(new Map());
    expect(kd.asked).toHaveLength(1);
  });

  it('leaves out what the provider will not tell', async () => {
    kd.tracks.set(waybill, { refusal: 'KD100_408' });
    expect(await follow.readNow([waybill], signal)).toEqual(new Map());
    expect(await oddities()).toEqual([`carrier:kd refused KD100_408 ${waybill}`]);
  });
});

it('costs what is due: parcels that wait are not looked at', () => {
  const [plan] = flow.rows(
    'EXPLAIN QUERY PLAN SELECT * FROM Follow WHERE nextAt <= ? ORDER BY nextAt, parcelId LIMIT 100',
    at('10:10'),
  );
  expect(plan?.['detail']).toBe('SEARCH Follow USING INDEX Follow_nextAt_idx (nextAt<?)');
});

describe('the end of the receiver’s phone', () => {
  const phoneTail = () => createPhoneTail({ storage: flow.storage, clock: flow.clock, vault: testVault });

  it('is opened for a parcel, and each opening is in the audit, without the number', async () => {
    await flow.ingest.saveOrders('shop:mini', [told(shipped(), aReceiver)]);
    expect(await phoneTail()(waybill)).toBe('8000');
    const entries = await flow.storage.audit.listFor('order:mini/202611240018842', 10);
    expect(entries).toMatchObject([{ actorId: 'automation:follow', action: 'receiver.open' }]);
    expect(JSON.stringify(entries)).not.toContain('8000');
  });

  it('is missing where the platform keeps it', async () => {
    await flow.tell(shipped());
    expect(await phoneTail()(waybill)).toBeUndefined();
  });
});
