import type { Server } from '../exchange.ts';
import { refuse } from './answers.ts';
import { deliverPushes } from './push.ts';
import { query } from './query.ts';
import { subscribe } from './subscribe.ts';

/** The tracking service over the world's couriers. */
export function createKuaidi100(): Server {
  return {
    name: 'kuaidi100',
    prefix: '/kuaidi100',
    routes: [query, subscribe],
    notFound: () => refuse('400', '提交的数据不完整，或者贵公司没授权'),
    afterTime: ({ world }) => deliverPushes(world),
  };
}
