import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PromiseFacts, whyNotSay } from '../../src/domain/promise.ts';
import {
  claimsOf,
  isRemote,
  mobileOf,
  type SmsFacts,
  smsKinds,
  smsTemplates,
  variablesOf,
} from '../../src/domain/sms.ts';
import { isLong } from '../kit/size.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 24, 4);
const moment = fc.option(fc.integer({ min: now - 96 * hour, max: now }), { nil: null });

const state: fc.Arbitrary<{ sms: SmsFacts; facts: PromiseFacts }> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom('杭州仓', '广州仓', '西安仓'), { maxLength: 2 }),
    told: fc.constantFrom('杭州仓', '广州仓', '西安仓', ''),
    waybills: fc.subarray(['YT1', 'ZT2']),
    scanned: fc.subarray(['YT1', 'ZT2']),
    paidAt: moment,
    closedAt: moment,
    shippedAt: moment,
    deliveredAt: moment,
    promisedAt: fc.option(fc.integer({ min: now - 96 * hour, max: now + 240 * hour }), { nil: null }),
    refund: fc.constantFrom(
      'none' as const,
      'requested' as const,
      'accepted' as const,
      'done' as const,
      'closed' as const,
    ),
    held: fc.boolean(),
    missing: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    doneAt: fc.option(fc.option(fc.integer({ min: now, max: now + 96 * hour }), { nil: null }), { nil: undefined }),
  })
  .map(({ names, told, waybills, ...rest }) => ({
    sms: { tail: '018842', warehouse: told, carrier: 'YTO', waybill: waybills[0] ?? '' },
    facts: { now, warehouses: names, ...rest },
  }));

/** The same, written down from the sentences themselves. */
function lies(kind: (typeof smsKinds)[number], sms: SmsFacts, facts: PromiseFacts): boolean {
  const isRefunding = ['requested', 'accepted', 'done'].includes(facts.refund);
  if (facts.paidAt === null || isRefunding) return true;
  if (kind === 'delivered') return facts.deliveredAt === null;
  if (kind === 'picked-up') return !facts.scanned.includes(sms.waybill) || facts.deliveredAt !== null;
  const isOver = [facts.closedAt, facts.shippedAt, facts.deliveredAt].some((at) => at !== null) || facts.held;
  const isElsewhere = facts.warehouses.length !== 1 || facts.warehouses[0] !== sms.warehouse;
  const latest = now + 48 * hour;
  const isLate =
    (facts.promisedAt ?? 0) > latest ||
    facts.missing !== 0 ||
    typeof facts.doneAt !== 'number' ||
    facts.doneAt > latest;
  return isOver || isElsewhere || isLate;
}

describe('a message to a buyer', () => {
  it('says nothing that stock, carrier, time or state contradict, over 10,000 random states [H2 H4]', () => {
    let said = 0;
    fc.assert(
      fc.property(fc.constantFrom(...smsKinds), state, (kind, { sms, facts }) => {
        const why = claimsOf(kind, sms)
          .map((claim) => whyNotSay(claim, facts))
          .find((each) => each !== undefined);
        if (why === undefined) said += 1;
        expect(why === undefined).toBe(!lies(kind, sms, facts));
      }),
      { numRuns: isLong ? 10_000 : 2_000 },
    );
    expect(said).toBeGreaterThan(20);
  });

  it('names the warehouse that has the order, never 西安仓 for another [H2]', () => {
    const facts: PromiseFacts = {
      now,
      paidAt: now - hour,
      closedAt: null,
      refund: 'none',
      held: false,
      shippedAt: null,
      deliveredAt: null,
      promisedAt: null,
      warehouses: ['杭州仓'],
      missing: 0,
      doneAt: now + 3 * hour,
      scanned: [],
    };
    expect(whyNotSay({ kind: 'leaves-from', warehouse: '西安仓' }, facts)?.zh).toBe('现在由杭州仓发');
    expect(whyNotSay({ kind: 'leaves-from', warehouse: '杭州仓' }, facts)).toBeUndefined();
  });

  it('fills exactly the variables of its template', () => {
    const sms = { tail: '018842', warehouse: '杭州仓', carrier: '圆通速递', waybill: 'YT75312345678' };
    for (const kind of smsKinds) {
      const wanted = [...smsTemplates[kind].zh.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
      expect(new Set(Object.keys(variablesOf(kind, sms)))).toEqual(new Set(wanted));
    }
    expect(variablesOf('picked-up', sms)).toMatchObject({ carrier: '圆通速递', waybill: '5678' });
    expect(variablesOf('picked-up', { ...sms, carrier: 'zhongtong' })['carrier']).toBe('快递');
  });

  it.each(['新疆维吾尔自治区', '西藏', 'Qinghai', ' 青海省'])('is for %s [H1]', (province) => {
    expect(isRemote(province)).toBe(true);
  });

  it.each(['甘肃省', '浙江省', '', '内蒙古'])('is not for %s [H1]', (province) => {
    expect(isRemote(province)).toBe(false);
  });

  it.each([
    ['13800138000', '13800138000'],
    ['+86 138-0013-8000', '13800138000'],
    ['008613800138000', '13800138000'],
    ['+1 415 555 0100', undefined],
    ['138****8000', undefined],
    ['', undefined],
  ])('goes to a mainland mobile number only: %s', (phone, mobile) => {
    expect(mobileOf(phone)).toBe(mobile);
  });
});
