import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'pdd',
  listRoute: '/api/router',
  orderRoute: '/api/router',
  baseUrl: (url) => `${url}/pdd`,
  credentials: {
    clientId: 'pdd-client-demo',
    clientSecret: 'pdd-secret-demo',
    accessToken: 'pdd-token-demo',
    refreshToken: 'pdd-refresh-demo',
  },
  wrongCredentials: {
    clientId: 'pdd-client-demo',
    clientSecret: 'wrong-secret-demo',
    accessToken: 'pdd-token-demo',
    refreshToken: 'pdd-refresh-demo',
  },
  pageSize: 100,
  ordersPerDay: 4_000,
  unknownOrder: '260101-123456789012345',
  hidesUnpaid: true,
  hasTime: true,
  receiver: 'enciphered',
  identities: ['phone', 'receiver'],
  errors: { 'expire-token': 'none' },
  hidesReceiver: true,
};
