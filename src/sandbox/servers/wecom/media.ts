import type { Route } from '../exchange.ts';
import type { Office } from './office.ts';

/** A file that somebody sent to the bot, encrypted, for five minutes; its address is all that is asked for. */
export const mediaRoute = (office: Office): Route => ({
  method: 'GET',
  path: '/media/:id',
  sheet: 'wecom.md §2.3',
  kind: 'read',
  answer({ world }, call) {
    const file = office.media.get(call.params.id ?? '');
    if (file === undefined || world.clock.now() > file.until) return { status: 404, body: {}, outcome: 'gone' };
    return { status: 200, body: file.sealed, outcome: 'ok' };
  },
});
