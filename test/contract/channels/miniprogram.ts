import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'mini',
  listRoute: '/v1/orders',
  orderRoute: '/v1/orders/:no',
  baseUrl: (url) => `${url}/mini`,
  credentials: { key: 'mini-key', secret: 'mini-secret-demo' },
  wrongCredentials: { key: 'mini-key', secret: 'wrong-secret-demo' },
  pageSize: 200,
  ordersPerDay: 3_000,
  unknownOrder: '20260101000000',
  hidesUnpaid: false,
  hasTime: true,
  receiver: 'clear',
  identities: ['phone'],
  errors: {},
};
