import type { Server } from '../exchange.ts';
import { serve } from './envelope.ts';
import { searchRoutes } from './routes.ts';

/** Fengqiao: one address for all services. */
export function createSf(): Server {
  return {
    name: 'sf',
    prefix: '/sf',
    routes: [
      {
        method: 'POST',
        path: '/std/service',
        sheet: 'fulfillment.md §2.4',
        kind: 'read',
        answer: serve({ EXP_RECE_SEARCH_ROUTES: searchRoutes }),
      },
    ],
  };
}
