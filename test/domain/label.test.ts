import { expect, it } from 'vitest';
import { whyNoLabel } from '../../src/domain/label.ts';
import type { Order } from '../../src/domain/order.ts';
import { aFulfillment, anOrder, at } from '../kit/builders.ts';

const order = (change: Partial<Order> = {}): Order => ({
  ...anOrder({ paidAt: at('10:00') }),
  id: 'o1',
  stage: 'paid',
  stageAt: at('10:00'),
  firstSeenAt: at('10:00'),
  ...change,
});

it('a paid order that nothing speaks against may have a label [D8]', () => {
  expect(whyNoLabel(order(), [aFulfillment({ waybill: '' })], [])).toBeUndefined();
});

it.each<[string, Partial<Order>, string]>([
  ['closed', { closedAt: at('11:00') }, '订单已关闭'],
  ['not paid', { paidAt: null }, '还没付款'],
  ['refunding', { refund: 'requested' }, '买家在退款'],
  ['refunded', { refund: 'done' }, '买家在退款'],
  ['waiting for another address', { addressChange: 'requested' }, '买家改过地址，要先核对'],
  ['of another address', { addressChange: 'changed' }, '买家改过地址，要先核对'],
  ['held in the shop', { held: true }, '这单被暂停了'],
  ['shipped', { stage: 'shipped' }, '已经发货'],
  ['sent in parts', { shipments: [{ carrier: 'SF', waybill: 'SF12345678', shippedAt: null }] }, '已经有运单号 …5678'],
])('an order that is %s gets none, and it is said why [D8, P18]', (_name, change, zh) => {
  expect(whyNoLabel(order(change), [], [])?.zh).toBe(zh);
});

it('neither does one that its warehouse holds, or has printed a label for [D8, P18]', () => {
  expect(whyNoLabel(order(), [aFulfillment({ waybill: '', held: true })], [])?.zh).toBe('这单被暂停了');
  expect(whyNoLabel(order(), [aFulfillment({ waybill: 'YT7777001', held: false })], [])?.zh).toBe('已经有运单号 …7001');
  expect(whyNoLabel(order(), [], [{ waybill: 'YT7777002' }])?.zh).toBe('已经有运单号 …7002');
});
