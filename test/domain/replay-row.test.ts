import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentsOf } from '../../src/domain/clock-rule.ts';
import { cycleOfRow, momentsOfRow, type ReplayRow, viewsOfRow } from '../../src/domain/replay-row.ts';

const start = Date.UTC(2026, 10, 11);
const hour = 3_600_000;
const at = (hours: number): number => start + hours * hour;

const rowOf = (told: Partial<ReplayRow>): ReplayRow => ({
  order: 'A1',
  status: '',
  placedAt: null,
  paidAt: null,
  sortedAt: null,
  shippedAt: null,
  carrierAt: null,
  deliveredAt: null,
  closedAt: null,
  amountMinor: 0,
  currency: 'CNY',
  channel: '',
  phone: '',
  province: '',
  lines: [],
  waybills: [],
  ...told,
});
const nobody = { receiver: { name: '', phone: '', province: '', city: '', district: '' }, identities: [] };
const views = (told: Partial<ReplayRow>) => viewsOfRow(rowOf(told), nobody);

describe('what a sheet does not tell', () => {
  it('takes a scan for the sorting and the shipping as well [C1]', () => {
    expect(momentsOfRow(rowOf({ placedAt: at(0), paidAt: at(1), carrierAt: at(9) }))).toMatchObject({
      sortedAt: at(9),
      shippedAt: at(9),
      scannedAt: at(9),
      deliveredAt: null,
    });
  });

  it('takes a delivery for everything before it [E1]', () => {
    expect(momentsOfRow(rowOf({ placedAt: at(0), paidAt: at(1), deliveredAt: at(30) }))).toMatchObject({
      sortedAt: at(30),
      shippedAt: at(30),
      scannedAt: at(30),
    });
  });

  it('takes the earliest of the later stages for sorting, and keeps every time that is told [C1]', () => {
    const told = { placedAt: at(0), paidAt: at(1), shippedAt: at(5), carrierAt: at(4), deliveredAt: at(6) };

    expect(momentsOfRow(rowOf(told))).toMatchObject({ sortedAt: at(4), shippedAt: at(5), scannedAt: at(4) });
    expect(momentsOfRow(rowOf({ ...told, sortedAt: at(7) }))?.sortedAt).toBe(at(7));
  });

  it('takes the payment for the placing when only that is known, and else whatever happened first', () => {
    expect(momentsOfRow(rowOf({ paidAt: at(1) }))?.placedAt).toBe(at(1));
    expect(momentsOfRow(rowOf({ carrierAt: at(1), deliveredAt: at(2) }))?.placedAt).toBe(at(1));
    expect(views({})).toEqual([]);
    expect(cycleOfRow(rowOf({ carrierAt: at(1) }))).toBeUndefined();
  });
});

describe('an order that was closed', () => {
  it.each(['canceled', 'CANCELLED', ' Closed ', 'unavailable'])(
    'closes at its last moment when it is %j [C1]',
    (status) => {
      expect(momentsOfRow(rowOf({ status, placedAt: at(0), paidAt: at(1) }))?.closedAt).toBe(at(1));
      expect(momentsOfRow(rowOf({ status, placedAt: at(0), paidAt: at(1), carrierAt: at(8) }))?.closedAt).toBe(at(8));
    },
  );

  it('closes when the sheet says so, whatever its status', () => {
    expect(momentsOfRow(rowOf({ status: 'canceled', placedAt: at(0), closedAt: at(3) }))?.closedAt).toBe(at(3));
    expect(momentsOfRow(rowOf({ status: 'shipped', placedAt: at(0), closedAt: at(3) }))?.closedAt).toBe(at(3));
  });

  it('stays open under any other status', () => {
    expect(momentsOfRow(rowOf({ status: 'shipped', placedAt: at(0) }))?.closedAt).toBeNull();
  });
});

describe('the views of a row', () => {
  it('tell one instant each, with what was known by then and nothing of later', () => {
    const told = views({ status: 'Delivered', placedAt: at(0), paidAt: at(0), carrierAt: at(5), deliveredAt: at(9) });

    expect(told.map(({ sourceUpdatedAt }) => sourceUpdatedAt)).toEqual([at(0), at(5), at(9)]);
    expect(told.map(({ status }) => status)).toEqual(['paid', 'in_transit', 'delivered']);
    expect(told.map(({ sourceStatus }) => sourceStatus)).toEqual(['paid', 'in_transit', 'Delivered']);
    expect(told.map(({ deliveredAt }) => deliveredAt)).toEqual([null, null, at(9)]);
  });

  it('have money once it is paid, and parcels once they are shipped', () => {
    const told = views({
      placedAt: at(0),
      paidAt: at(1),
      shippedAt: at(4),
      amountMinor: 19_990,
      waybills: ['SF1', 'SF2'],
      lines: [{ sku: 'TEE-M', qty: 2 }],
    });

    expect(told.map(({ goodsMinor, paidMinor }) => [goodsMinor, paidMinor])).toEqual([
      [19_990, 0],
      [19_990, 19_990],
      [19_990, 19_990],
    ]);
    expect(told.map(({ shipments }) => shipments.map(({ waybill, shippedAt }) => [waybill, shippedAt]))).toEqual([
      [],
      [],
      [
        ['SF1', at(4)],
        ['SF2', at(4)],
      ],
    ]);
    expect(told[0]?.lines).toMatchObject([{ lineId: '1', sku: 'TEE-M', qty: 2 }]);
  });

  it('keep a scan before the payment as it is [E1]', () => {
    const told = views({ placedAt: at(0), paidAt: at(5), carrierAt: at(3) });

    expect(told.map(({ sourceUpdatedAt, paidAt, scannedAt }) => [sourceUpdatedAt, paidAt, scannedAt])).toEqual([
      [at(0), null, null],
      [at(3), null, at(3)],
      [at(5), at(5), at(3)],
    ]);
    expect(cycleOfRow(rowOf({ placedAt: at(0), paidAt: at(5), carrierAt: at(3) }))).toBe(-2 * hour);
  });

  it('mean to the clocks what the row means: no status adds a moment that no time tells', () => {
    const moment = fc.option(fc.integer({ min: 0, max: 50 }).map(at), { freq: 3 });
    const record = {
      placedAt: moment,
      paidAt: moment,
      sortedAt: moment,
      shippedAt: moment,
      carrierAt: moment,
      deliveredAt: moment,
      closedAt: moment,
      status: fc.constantFrom('delivered', 'shipped', 'Canceled', 'processing', ''),
    };
    fc.assert(
      fc.property(fc.record(record), (told) => {
        const all = views(told);
        for (const view of all) {
          const seen = momentsOf(view, []);
          const late = Object.entries(seen).filter(
            ([name, when]) => name !== 'placedAt' && typeof when === 'number' && when > view.sourceUpdatedAt,
          );
          expect(late).toEqual([]);
          expect(seen.closedAt).toBe(view.closedAt);
          if (view.deliveredAt === null) expect(seen.deliveredAt).toBeNull();
        }
        expect(all.map(({ sourceUpdatedAt }) => sourceUpdatedAt)).toEqual(
          [...new Set(all.map(({ sourceUpdatedAt }) => sourceUpdatedAt))].sort((a, b) => a - b),
        );
      }),
    );
  });
});
