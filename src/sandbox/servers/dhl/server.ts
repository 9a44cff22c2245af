import type { Server } from '../exchange.ts';
import { fault } from './answers.ts';
import { tracking } from './tracking.ts';

/** MyDHL. */
export function createDhl(): Server {
  return {
    name: 'dhl',
    prefix: '/dhl',
    routes: [tracking],
    notFound: (_world, call) => fault(call, 404, 'Not Found', 'Resource not found'),
  };
}
