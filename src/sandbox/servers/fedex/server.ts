import type { Server } from '../exchange.ts';
import { refuse } from './answers.ts';
import { oauth } from './oauth.ts';
import { tracking } from './tracking.ts';

/** FedEx. */
export function createFedex(): Server {
  return {
    name: 'fedex',
    prefix: '/fedex',
    routes: [oauth, tracking],
    notFound: () => refuse(404, 'NOT.FOUND.ERROR', 'The resource you requested is no longer available.'),
  };
}
