import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'us',
  listRoute: '/admin/api/:version/graphql.json',
  orderRoute: '/admin/api/:version/graphql.json',
  baseUrl: (url) => `${url}/us`,
  credentials: { accessToken: 'shpat_demo', webhookSecret: 'whsec-demo' },
  wrongCredentials: { accessToken: 'shpat_wrong', webhookSecret: 'whsec-wrong' },
  pageSize: 50,
  ordersPerDay: 300,
  unknownOrder: '6999999999999',
  hidesUnpaid: false,
  hasTime: false,
  receiver: 'clear',
  identities: ['phone', 'buyer'],
  errors: { skew: 'none' },
  restMs: 20_000,
};
