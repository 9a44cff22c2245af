import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'tmall',
  listRoute: '',
  orderRoute: '',
  baseUrl: (url) => `${url}/tmall`,
  credentials: { appKey: '23000001', appSecret: 'top-secret-demo', session: 'sess-demo' },
  wrongCredentials: { appKey: '23000001', appSecret: 'wrong-secret-demo', session: 'sess-demo' },
  pageSize: 50,
  ordersPerDay: 1_800,
  unknownOrder: '4000000000000000001',
  hidesUnpaid: false,
  hasTime: true,
  receiver: 'masked',
  identities: ['receiver', 'buyer', 'mask'],
  errors: { 'expire-token': 'AuthExpiredError' },
  paidClosesAs: 'refunded',
};
