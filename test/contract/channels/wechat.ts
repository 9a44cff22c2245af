import type { Binding } from './binding.ts';

const credentials = {
  appId: 'wx0123456789abcdef',
  appSecret: 'wx-secret-demo',
  token: 'tok_demo',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
};

export const binding: Binding = {
  server: 'wx',
  listRoute: '/channels/ec/order/list/get',
  orderRoute: '/channels/ec/order/get',
  baseUrl: (url) => `${url}/wx`,
  credentials,
  wrongCredentials: { ...credentials, appSecret: 'wrong-secret-demo' },
  pageSize: 50,
  ordersPerDay: 500,
  unknownOrder: '3700000000000000000',
  hidesUnpaid: false,
  hasTime: false,
  receiver: 'masked',
  identities: ['receiver', 'buyer'],
  errors: { 'expire-token': 'none', skew: 'none' },
};
