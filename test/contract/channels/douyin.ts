import type { Binding } from './binding.ts';

export const binding: Binding = {
  server: 'dy',
  listRoute: '/order/searchList',
  orderRoute: '/order/orderDetail',
  baseUrl: (url) => `${url}/dy`,
  credentials: { appKey: '7000000000000000001', appSecret: 'dd-secret-demo', shopId: '4463798' },
  wrongCredentials: { appKey: '7000000000000000001', appSecret: 'wrong-secret-demo', shopId: '4463798' },
  pageSize: 100,
  ordersPerDay: 3_000,
  unknownOrder: '6900000000000000000',
  hasTime: true,
  hidesUnpaid: false,
  receiver: 'enciphered',
  identities: ['phone', 'receiver', 'buyer'],
  errors: { 'expire-token': 'none' },
};
