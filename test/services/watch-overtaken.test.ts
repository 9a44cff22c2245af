import { expect, it } from 'vitest';
import { createWatchOvertaken } from '../../src/services/watch-overtaken.ts';
import { aFulfillment, anAlert, anOrder, at, minute } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

/** So many like the first, each paid a ms later, beside the sources. */
const likeIt = (count: number) => `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  INSERT INTO "Order" SELECT 'o' || i, shopId, 'n' || i, 'n' || i, status, sourceStatus, sourceUpdatedAt, hash, kind, placedAt, paidAt + i,
    sortedAt, shippedAt, scannedAt, deliveredAt, closedAt, shipBy, promisedAt, currency, goodsMinor, freightMinor, paidMinor, refund, refundAt,
    held, buyerNote, remark, flag, receiver, shipments, identities, stage, stageAt, firstSeenAt, source, addressChange, displayNo, addressChangeAt FROM "Order", n;
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  INSERT INTO LineEntry (orderId, warehouse, shopId, phase, since, wall, apart, sortedAt, shippedAt)
  SELECT 'o' || i, warehouse, shopId, phase, since + i, wall, apart, sortedAt, shippedAt FROM LineEntry, n;`;

it('finds the next though thousands are known, and holds nobody up [P2]', async () => {
  const flow = await startFlow();
  await flow.tell(anOrder());
  await flow.show(aFulfillment());
  const [known, sorted] = [2_500, 300];
  await flow.sqlite.turn((raw) =>
    raw.exec(
      `${likeIt(known + 1 + sorted)}
       UPDATE LineEntry SET phase = 'sorted', sortedAt = ${at('10:00')} WHERE since > ${at('10:00') + known + 1}`,
    ),
  );
  await flow.storage.transaction(async (tx) => {
    for (const no of ['202611240018842', ...Array.from({ length: known }, (_, index) => `n${index + 1}`)])
      await tx.alerts.raise(anAlert({ ruleId: 'overtaken', subject: `order:mini/${no}`, groupKey: 'overtaken|hz' }));
  });
  await flow.clock.advanceTo(at('10:00') + minute);

  const raised: string[] = [];
  await createWatchOvertaken({
    ...flow,
    detect: {
      raise: async (_rule, found) => {
        raised.push(...found.map(({ subject, facts }) => `${subject} ${facts['later']}`));
        return [];
      },
    },
  })(flow.signal);

  expect(raised).toEqual([`order:mini/n${known + 1} ${sorted}`]);
});
