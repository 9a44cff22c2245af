import { describe, expect, it } from 'vitest';
import type { AlertFacts } from '../../src/domain/alert.ts';
import { ownerOf } from '../../src/domain/owner.ts';
import type { Roster, Rotation } from '../../src/domain/roster.ts';
import { at } from '../kit/builders.ts';

const from = at('00:00', '2026-11-01');
const always = (role: Rotation['role'], who: string, warehouse: string | null = null): Rotation => ({
  role,
  warehouse,
  who: [who],
  everyDays: 7,
  from,
});
const all = [always('ops-lead', 'wang'), always('cs-lead', 'chen'), always('warehouse-lead', 'li')];
const owner = (ruleId: string, facts: AlertFacts, rotations: readonly Rotation[] = all): string | undefined =>
  ownerOf({ zone: 'Asia/Shanghai', rotations, stints: [] } satisfies Roster, { ruleId, facts }, at('12:00'));

describe('who answers for an alert [P12]', () => {
  it('is the lead of its own warehouse, else the general one', () => {
    const both = [...all, always('warehouse-lead', 'sun', 'gz')];
    expect(owner('paid-not-sorted', { warehouseId: 'gz' }, both)).toBe('sun');
    expect(owner('paid-not-sorted', { warehouseId: 'hz' }, both)).toBe('li');
  });

  it.each(['complaint-words', 'urge-words', 'address-change-requested', 'same-buyer-burst'])(
    'of what buyers want is customer service: %s',
    (ruleId) => {
      expect(owner(ruleId, { warehouseId: 'hz' })).toBe('chen');
    },
  );

  it('of all else is the ops lead', () => {
    expect(owner('source-silent', { source: 'shop:mini' })).toBe('wang');
  });

  it('is the ops lead where the role has nobody, and nobody where he is off shift, too [P11]', () => {
    expect(owner('paid-not-sorted', { warehouseId: 'hz' }, [always('ops-lead', 'wang')])).toBe('wang');
    expect(owner('paid-not-sorted', { warehouseId: 'hz' }, [always('warehouse-lead', 'sun', 'gz')])).toBeUndefined();
    expect(
      owner('paid-not-sorted', { warehouseId: 'hz' }, [{ ...always('ops-lead', 'wang'), from: at('13:00') }]),
    ).toBeUndefined();
  });
});
