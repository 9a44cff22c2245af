import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHours } from '../../src/domain/calendar.ts';
import { judgeClock, lateBy, momentsOf, resolutionOf } from '../../src/domain/clock-rule.ts';
import type { FulfillmentView } from '../../src/domain/fulfillment.ts';
import type { OrderView } from '../../src/domain/order.ts';
import { type ClockTrigger, type MomentName, type Moments, momentNames } from '../../src/domain/rule.ts';
import { aFulfillment, anOrder } from '../kit/builders.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const cn = (text: string): number => Date.parse(`${text.replace(' ', 'T')}+08:00`);
const always = parseHours([]);
const hangzhou = parseHours(['Mon-Sun 08:30-22:00']);
const T = cn('2026-11-11 10:00');

const paidNotSorted: ClockTrigger = {
  type: 'clock',
  subject: 'order',
  since: ['paidAt'],
  after: 2 * hour,
  until: ['sortedAt', 'reviewAt', 'shippedAt', 'closedAt', 'refundAt', 'heldAt'],
  hours: 'open',
};
const stalled: ClockTrigger = {
  type: 'clock',
  subject: 'parcel',
  since: ['uploadedAt', 'scannedAt'],
  after: 48 * hour,
  until: ['deliveredAt', 'closedAt'],
  hours: 'wall',
};

describe('paid and not sorted within two hours [C1] [N3]', () => {
  it('has not started before the money is in', () => {
    expect(judgeClock(paidNotSorted, { placedAt: T, paidAt: null }, always)).toEqual({ state: 'not-started' });
    expect(judgeClock(paidNotSorted, {}, always)).toEqual({ state: 'not-started' });
  });

  it('is broken at 2:00:00.000 and not a millisecond before', () => {
    const verdict = judgeClock(paidNotSorted, { paidAt: T }, always);

    expect(verdict).toEqual({ state: 'waiting', startedAt: T, dueAt: T + 2 * hour });
    expect(lateBy(verdict, T + 2 * hour - 1)).toBeUndefined();
    expect(lateBy(verdict, T + 2 * hour)).toBe(0);
    expect(lateBy(verdict, T + 3 * hour)).toBe(hour);
  });

  it('is stopped by sorting at 1:59:59.999, and sorting at 2:00:00.000 is late', () => {
    const inTime = judgeClock(paidNotSorted, { paidAt: T, sortedAt: T + 2 * hour - 1 }, always);
    const late = judgeClock(paidNotSorted, { paidAt: T, sortedAt: T + 2 * hour }, always);

    expect(inTime).toEqual({
      state: 'stopped',
      at: T + 2 * hour - 1,
      by: 'sortedAt',
      startedAt: T,
      dueAt: T + 2 * hour,
    });
    expect(lateBy(inTime, T + day)).toBeUndefined();
    expect(late).toMatchObject({ state: 'waiting', dueAt: T + 2 * hour });
  });

  it.each(['closedAt', 'refundAt', 'heldAt', 'reviewAt'] as const)('is stopped by %s', (name) => {
    const verdict = judgeClock(paidNotSorted, { paidAt: T, [name]: T + hour, sortedAt: T + 5 * hour }, always);

    expect(verdict).toMatchObject({ state: 'stopped', by: name, at: T + hour });
  });

  it('says which moment stopped it first, and the one listed first when two are equal', () => {
    const moments = { paidAt: T, closedAt: T + 2, heldAt: T + 1, sortedAt: T + 1 };

    expect(judgeClock(paidNotSorted, moments, always)).toMatchObject({ by: 'sortedAt', at: T + 1 });
  });
});

describe('hours of the warehouse [N3] [P2]', () => {
  const paidAt = cn('2026-11-11 21:30');
  const dueAt = cn('2026-11-12 10:00');

  it('an order paid at 21:30 is due at 10:00 next morning, to the millisecond', () => {
    const verdict = judgeClock(paidNotSorted, { paidAt }, hangzhou);

    expect(verdict).toEqual({ state: 'waiting', startedAt: paidAt, dueAt });
    expect(lateBy(verdict, dueAt - 1)).toBeUndefined();
    expect(lateBy(verdict, dueAt)).toBe(0);
    expect(judgeClock(paidNotSorted, { paidAt, sortedAt: dueAt - 1 }, hangzhou).state).toBe('stopped');
    expect(judgeClock(paidNotSorted, { paidAt, sortedAt: dueAt }, hangzhou).state).toBe('waiting');
  });

  it('two hours that end at closing are due at closing', () => {
    const verdict = judgeClock(paidNotSorted, { paidAt: cn('2026-11-11 20:00') }, hangzhou);

    expect(verdict).toMatchObject({ dueAt: cn('2026-11-11 22:00') });
  });

  it('wall hours run through the night, and an empty calendar is wall hours', () => {
    const wall = judgeClock({ ...paidNotSorted, hours: 'wall' }, { paidAt }, hangzhou);

    expect(wall).toMatchObject({ dueAt: cn('2026-11-11 23:30') });
    expect(judgeClock(paidNotSorted, { paidAt }, always)).toEqual(wall);
  });
});

describe('a waybill without tracking for 48 hours [C3] [N5]', () => {
  it('counts from the upload while nothing was scanned', () => {
    expect(judgeClock(stalled, { uploadedAt: T, scannedAt: null }, always)).toMatchObject({ dueAt: T + 48 * hour });
  });

  it('counts from the later of upload and last scan, whichever that is', () => {
    expect(judgeClock(stalled, { uploadedAt: T, scannedAt: T + day }, always)).toMatchObject({ dueAt: T + 72 * hour });
    expect(judgeClock(stalled, { uploadedAt: T, scannedAt: T - day }, always)).toMatchObject({ dueAt: T + 48 * hour });
    expect(judgeClock(stalled, { scannedAt: T }, always)).toMatchObject({ startedAt: T });
  });

  it('is not moved by a promised ship date: the goods are on their way', () => {
    const verdict = judgeClock(stalled, { uploadedAt: T, promisedAt: T + 9 * day }, always);

    expect(verdict).toMatchObject({ dueAt: T + 48 * hour });
  });
});

describe('presale and made to order [P7]', () => {
  const judge = (promisedAt: number | null, options = {}) =>
    judgeClock(paidNotSorted, { paidAt: T, promisedAt }, hangzhou, options);

  it('a promise beyond 48 hours makes it due a day before the promise, in wall or open hours alike', () => {
    const promised = T + 10 * day;

    expect(judge(promised)).toMatchObject({ state: 'waiting', startedAt: T, dueAt: promised - day });
    expect(judge(promised, { lead: 3 * day })).toMatchObject({ dueAt: promised - 3 * day });
    expect(judgeClock({ ...paidNotSorted, hours: 'wall' }, { paidAt: T, promisedAt: promised }, hangzhou)).toEqual(
      judge(promised),
    );
  });

  it('a promise of exactly 48 hours or less is the ordinary time and changes nothing', () => {
    expect(judge(T + 48 * hour)).toMatchObject({ dueAt: T + 2 * hour });
    expect(judge(T - day)).toMatchObject({ dueAt: T + 2 * hour });
    expect(judge(null)).toMatchObject({ dueAt: T + 2 * hour });
    expect(judge(T + 48 * hour + 1)).toMatchObject({ dueAt: T + day + 1 });
  });

  it('is never due before it started, however long the lead', () => {
    expect(judge(T + 3 * day, { lead: 30 * day })).toMatchObject({ dueAt: T });
  });

  it('does not put off the review queue, which has its own clock [D2]', () => {
    const review: ClockTrigger = { ...paidNotSorted, since: ['reviewAt'], until: ['sortedAt'] };

    expect(judgeClock(review, { reviewAt: T, promisedAt: T + 10 * day }, always)).toMatchObject({
      dueAt: T + 2 * hour,
    });
  });
});

describe('how an alert ends', () => {
  it('was in time and only learned late, has cleared, or is still broken', () => {
    const dueAt = T + 2 * hour;
    const end = (sortedAt: number | null) => resolutionOf(paidNotSorted, { paidAt: T, sortedAt }, dueAt);

    expect(end(dueAt - 1)).toBe('in-time-learned-late');
    expect(end(dueAt)).toBe('cleared');
    expect(end(dueAt + day)).toBe('cleared');
    expect(end(null)).toBeUndefined();
  });

  it('what was in time counts when something later is known too', () => {
    const moments = { paidAt: T, shippedAt: T + 9 * hour, sortedAt: T + hour };

    expect(resolutionOf(paidNotSorted, moments, T + 2 * hour)).toBe('in-time-learned-late');
  });
});

it('for any moments: stopped exactly when an alert would be in time, broken from the due time on', () => {
  const someMoments = fc.dictionary(
    fc.constantFrom(...momentNames),
    fc.option(fc.integer({ min: T - 4 * day, max: T + 4 * day })),
  );
  const trigger = fc.constantFrom(paidNotSorted, stalled);
  const check = fc.property(trigger, someMoments, fc.constantFrom(always, hangzhou), (clock, moments, calendar) => {
    const verdict = judgeClock(clock, moments, calendar);
    if (verdict.state === 'not-started') {
      expect(clock.since.every((name) => (moments[name] ?? null) === null)).toBe(true);
      return;
    }
    const resolution = resolutionOf(clock, moments, verdict.dueAt);

    expect(verdict.dueAt).toBeGreaterThanOrEqual(verdict.startedAt);
    expect(verdict.state === 'stopped').toBe(resolution === 'in-time-learned-late');
    expect(lateBy(verdict, verdict.dueAt)).toBe(verdict.state === 'waiting' ? 0 : undefined);
  });
  fc.assert(check, { numRuns: 500 });
});

const order = (told: Partial<OrderView>): OrderView =>
  anOrder({ sourceUpdatedAt: T + 9 * minute, placedAt: T - minute, paidAt: T, ...told });
const fulfillment = (told: Partial<FulfillmentView>): FulfillmentView =>
  aFulfillment({ sourceUpdatedAt: T + 9 * minute, stageAt: T + minute, ...told });
const moments = (told: Partial<OrderView>, ...fulfillments: Partial<FulfillmentView>[]): Moments =>
  momentsOf(order(told), fulfillments.map(fulfillment));

describe('what the sources together say happened when', () => {
  it('knows when it was placed, paid, promised and queued, and nothing more of a new order', () => {
    const known = moments({ promisedAt: T + 9 * day }, {});
    const set = Object.entries(known).filter(([, at]) => at !== null);

    expect(Object.fromEntries(set)).toEqual({
      placedAt: T - minute,
      paidAt: T,
      promisedAt: T + 9 * day,
      queuedAt: T + minute,
    });
  });

  it.each<[MomentName, Partial<OrderView>, MomentName[]]>([
    ['deliveredAt', { deliveredAt: T + 5 }, ['scannedAt', 'shippedAt', 'sortedAt']],
    ['scannedAt', { scannedAt: T + 5 }, ['shippedAt', 'sortedAt']],
    ['shippedAt', { shippedAt: T + 5 }, ['sortedAt']],
  ])('%s implies what comes before it', (_, order, implied) => {
    const known = moments(order);

    for (const name of implied) expect(known[name]).toBe(T + 5);
  });

  it('a channel that says shipped without a time shipped it at its last change', () => {
    expect(moments({ status: 'shipped' })).toMatchObject({ shippedAt: T + 9 * minute, sortedAt: T + 9 * minute });
    expect(moments({ status: 'shipped', shippedAt: T + 3 })).toMatchObject({ shippedAt: T + 3, sortedAt: T + 3 });
    expect(moments({ status: 'closed' }).closedAt).toBe(T + 9 * minute);
  });

  it('takes the earlier of what channel and warehouse say', () => {
    expect(moments({ sortedAt: T + 7 }, { stage: 'sorting', sortedAt: T + 3 }).sortedAt).toBe(T + 3);
    expect(moments({ sortedAt: T + 2 }, { stage: 'sorting', sortedAt: T + 3 }).sortedAt).toBe(T + 2);
    expect(moments({}, { stage: 'packed', stageAt: T + 8 }).sortedAt).toBe(T + 8);
    expect(moments({}, { stage: 'shipped', stageAt: T + 8, shippedAt: T + 6 })).toMatchObject({
      sortedAt: T + 6,
      shippedAt: T + 6,
    });
  });

  it('a split order is sorted when its last open part is, and shipped likewise', () => {
    const first = { stage: 'shipped', sortedAt: T + 1, shippedAt: T + 4 } as const;

    expect(moments({}, first, { stage: 'queued' })).toMatchObject({ sortedAt: null, shippedAt: null });
    expect(moments({}, first, { stage: 'packed', sortedAt: T + 2 })).toMatchObject({
      sortedAt: T + 2,
      shippedAt: null,
    });
    expect(moments({}, first, { ...first, shippedAt: T + 9 })).toMatchObject({ sortedAt: T + 1, shippedAt: T + 9 });
  });

  it('a part that was closed before it left neither holds the order back nor sorts it', () => {
    const closed = { closed: true, stage: 'closed', sortedAt: T + 1 } as const;

    expect(moments({}, closed, { stage: 'sorting', sortedAt: T + 5 }).sortedAt).toBe(T + 5);
    expect(moments({}, closed).sortedAt).toBeNull();
    expect(moments({}, { ...closed, shippedAt: T + 3 })).toMatchObject({ sortedAt: T + 1, shippedAt: T + 3 });
    expect(moments({}, { ...closed, shippedAt: T + 3 }, { stage: 'queued' }).shippedAt).toBeNull();
  });

  it('is in review only as long as some open part is [N3] [D2]', () => {
    expect(moments({}, { stage: 'review', stageAt: T + 5 }).reviewAt).toBe(T + 5);
    expect(moments({}, { stage: 'queued' }).reviewAt).toBeNull();
    expect(moments({}, { stage: 'review', closed: true }).reviewAt).toBeNull();
  });

  it('is held when the channel or a warehouse holds it', () => {
    expect(moments({ held: true }).heldAt).toBe(T + 9 * minute);
    expect(moments({}, { held: true }).heldAt).toBe(T + minute);
    expect(moments({}, { held: true, closed: true }).heldAt).toBeNull();
  });

  it.each(['requested', 'accepted', 'done'] as const)('a refund that is %s counts', (refund) => {
    expect(moments({ refund, refundAt: T + 4 }).refundAt).toBe(T + 4);
    expect(moments({ refund }).refundAt).toBe(T + 9 * minute);
  });

  it('a refund that was withdrawn does not count, and closing every part does not close the order', () => {
    expect(moments({ refund: 'closed', refundAt: T + 4 }).refundAt).toBeNull();
    expect(moments({}, { closed: true, stage: 'closed' }).closedAt).toBeNull();
    expect(moments({ closedAt: T + 6 }).closedAt).toBe(T + 6);
  });

  it('was uploaded with its first waybill', () => {
    const shipment = { carrier: 'sf', waybill: 'SF1' };

    expect(
      moments({
        shipments: [
          { ...shipment, shippedAt: T + 8 },
          { ...shipment, shippedAt: T + 6 },
        ],
      }).uploadedAt,
    ).toBe(T + 6);
  });
});
