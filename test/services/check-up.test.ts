import { expect, it } from 'vitest';
import { bySheet } from '../../src/ports/access.ts';
import { type CheckedSource, createCheckUp } from '../../src/services/check-up.ts';
import { at, hour } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

const day = 24 * hour;
const guide = { where: bySheet, who: bySheet, steps: [], without: bySheet };
const aSource = (id: string, change: Partial<CheckedSource> = {}): CheckedSource => ({
  id,
  name: id,
  platform: bySheet,
  guide,
  pollMs: 5_000,
  lagMs: 60_000,
  aheadMs: 0,
  grantEndsAt: null,
  ...change,
});

it('tells by what happened whether a source works, refuses, ends soon or was never read, worst first [B3, B6]', async () => {
  const { storage, clock } = await startFlow();
  for (const id of ['shop:good', 'shop:ends', 'shop:healed']) await storage.sources.ok(id, at('09:59'));
  await storage.sources.failed('shop:healed', at('09:00'), 'TIMEOUT');
  await storage.sources.failed('shop:refused', at('09:59'), 'BAD_SIGNATURE');
  await storage.sources.failed('shop:down', at('09:59'), 'HTTP_503');
  const ids = ['good', 'healed', 'new', 'down', 'refused'].map((id) => aSource(`shop:${id}`));
  const ends = aSource('shop:ends', { grantEndsAt: at('10:00') + 13 * day });
  const look = createCheckUp({ storage, clock, sources: () => [...ids, ends], open: () => [] });

  const { findings } = await look();

  expect(findings.map(({ id, state, error }) => [id, state, error])).toEqual([
    ['shop:refused', 'no-right', 'BAD_SIGNATURE'],
    ['shop:down', 'fails', 'HTTP_503'],
    ['shop:ends', 'ends-soon', null],
    ['shop:new', 'not-yet', null],
    ['shop:good', 'works', null],
    ['shop:healed', 'works', null],
  ]);
  expect(findings[0]).toMatchObject({ worstDelayMs: 65_000, backfill: null });
});

it('tells how far old orders are, and what nobody understood, most frequent first', async () => {
  const { storage, clock } = await startFlow();
  const now = at('10:00');
  const walk = { page: null, orders: 1, differed: 0, startedAt: now, finishedAt: null };
  await storage.walks.save({ id: 'backfill/x', fromAt: now - 30 * day, toAt: now, reachedAt: now - 11 * day, ...walk });
  await storage.views.noteOddity('shop:x', 'skipped-row', 'paid_at: missing', '1', now);
  for (const no of ['2', '3']) await storage.views.noteOddity('shop:x', 'unknown-state', 'ODD', no, now);
  const look = createCheckUp({ storage, clock, sources: () => [aSource('shop:x')], open: () => [] });

  const { findings, oddities } = await look();

  expect(findings[0]?.backfill).toBeCloseTo(1 / 3);
  expect(oddities.map(({ kind, count, lastRef }) => [kind, count, lastRef])).toEqual([
    ['unknown-state', 2, '3'],
    ['skipped-row', 1, '1'],
  ]);
});
