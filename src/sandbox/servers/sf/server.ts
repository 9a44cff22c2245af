import type { Server } from '../exchange.ts';
import { serve } from './envelope.ts';
import { fileRoute, interfaceOf, orderServices } from './orders.ts';
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
        interfaceOf,
        answer: serve({ EXP_RECE_SEARCH_ROUTES: searchRoutes, ...orderServices }),
      },
      fileRoute,
    ],
  };
}
