import { expect, it } from 'vitest';
import { bySheet } from '../../src/ports/access.ts';
import { createRemindGrants } from '../../src/services/remind-grants.ts';
import { at, hour } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

const day = 24 * hour;

it('a grant that ends is said 14, 7, 3 and 1 days before and at its end, once each, with who has to click [B3]', async () => {
  const flow = await startFlow();
  const endsAt = at('10:00') + 15 * day;
  const guide = {
    where: { zh: '开放平台', en: 'console' },
    who: { zh: '主账号', en: 'owner' },
    steps: [],
    without: bySheet,
  };
  const source = {
    id: 'shop:tmall',
    name: '天猫店',
    platform: bySheet,
    guide,
    pollMs: 5_000,
    lagMs: 0,
    aheadMs: 0,
    grantEndsAt: endsAt,
  };
  const remind = createRemindGrants({ storage: flow.storage, clock: flow.clock, sources: () => [source] });

  const saidOn: number[] = [];
  for (let hours = 0; hours <= 16 * 24; hours += 6) {
    await flow.clock.advanceTo(at('10:00') + hours * hour);
    if ((await remind()) > 0) saidOn.push(Math.round((endsAt - flow.clock.now()) / day));
  }

  expect(saidOn).toEqual([14, 7, 3, 1, 0]);
  expect(flow.messages()[0]?.text).toContain('天猫店 的授权还剩 14天0时，到期就读不到订单\n主账号 → 开放平台');
  expect(flow.messages().at(-1)?.text).toContain('已到期，读不到订单了');
});
