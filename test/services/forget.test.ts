import { expect, it } from 'vitest';
import { createForget } from '../../src/services/forget.ts';
import { anOrder, aReceiver, at, hour, told } from '../kit/builders.ts';
import { type Flow, silentLog, startFlow } from '../kit/test-storage.ts';

const day = 24 * hour;

function forgetting(flow: Flow) {
  const { storage, clock } = flow;
  return createForget({
    storage,
    clock,
    timezone: () => 'Asia/Shanghai',
    retention: () => ({ receiverDays: 90, messageDays: 30 }),
    log: silentLog,
  });
}

const sealed = (flow: Flow) =>
  flow.rows(
    'SELECT o.channelOrderNo AS no, r.sealed IS NOT NULL AS kept FROM Receiver r JOIN "Order" o ON o.id = r.orderId ORDER BY 1',
  );

it('a receiver is erased 90 days after the end of the order, for good, and the audit chain still holds', async () => {
  const flow = await startFlow();
  const closed = anOrder({ channelOrderNo: '1', status: 'closed', closedAt: at('10:00') });
  const delivered = anOrder({ channelOrderNo: '2', deliveredAt: at('10:00') });
  const open = anOrder({ channelOrderNo: '3' });
  await flow.ingest.saveOrders(
    'shop:mini',
    [closed, delivered, open].map((view) => told(view, aReceiver)),
  );
  const forget = forgetting(flow);

  await flow.clock.advanceTo(at('10:00') + 90 * day - hour);
  expect(await forget()).toBe(0);
  await flow.clock.advanceTo(at('10:00') + 91 * day);
  expect(await forget()).toBe(2);

  expect(sealed(flow)).toEqual([
    { no: '1', kept: 0 },
    { no: '2', kept: 0 },
    { no: '3', kept: 1 },
  ]);
  await flow.ingest.saveOrders('shop:mini', [told({ ...closed, remark: 'later' }, aReceiver)]);
  expect(sealed(flow)[0]).toEqual({ no: '1', kept: 0 });
  expect(await forget()).toBe(0);
  expect(await flow.storage.audit.verify()).toMatchObject({ entries: 1, brokenAt: undefined });
});

it('words of messages go after 30 days, their receipts stay', async () => {
  const flow = await startFlow();
  const { storage, clock } = flow;
  const message = { platform: 'web', messageId: 'm', roomId: 'war', isPrivate: false, senderId: 'li', text: '查 842' };
  const row = await storage.inbound.receive({ ...message, receivedAt: clock.now() });
  await storage.inbound.done(row?.id ?? 0, clock.now());
  await storage.inbound.receive({ ...message, messageId: 'unanswered', receivedAt: clock.now() });
  const card = { tone: 'info' as const, lines: [['老客户 小明']], buttons: [], link: null };
  const out = { roomId: 'war', kind: 'notice' as const, priority: 3, alertId: null, card, dueAt: clock.now() };
  await storage.outbox.add({ ...out, key: 'k' });
  const [leased] = await storage.outbox.claim('war', 1, 1_000, clock.now(), 0);
  await storage.outbox.sent(leased?.id ?? 0, clock.now(), 'receipt-1');

  await clock.advanceTo(at('10:00') + 31 * day);
  await forgetting(flow)();

  expect(flow.rows('SELECT messageId, text FROM Inbound ORDER BY id')).toEqual([
    { messageId: 'm', text: '' },
    { messageId: 'unanswered', text: '查 842' },
  ]);
  const [said] = flow.rows('SELECT key, card, providerRef FROM Outbox');
  expect(said).toMatchObject({ key: 'k', providerRef: 'receipt-1' });
  expect(String(said?.card)).not.toContain('小明');
});
