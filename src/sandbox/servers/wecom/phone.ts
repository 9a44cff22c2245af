import { worldWindow } from '../../world/clock.ts';
import { HOUR, MINUTE, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Route } from '../exchange.ts';
import { type App, type AppHandler, appRoute, Texts } from './app-state.ts';
import { nextId, type Office } from './office.ts';
import { findMember, tenant } from './tenant.ts';
import { verdict } from './webhook.ts';

/** The emergency call: a fixed prompt that asks the member to look at the app's message. */
export const phoneRoutes = (office: Office, app: App): readonly Route[] => [
  appRoute(office, app, '/cgi-bin/pstncc/call', 'wecom.md §5', call),
  appRoute(office, app, '/cgi-bin/pstncc/getstates', 'wecom.md §5', states),
];

/** Reasons as the sheet lists them. */
const reason = { normal: 0, ringing: 1, answered: 2, talking: 3, overLimit: 13 } as const;

const call: AppHandler = ({ office, world, app, body, secret }) => {
  // 301049: the app is not on the list; 301050: it is not enabled; 301051: the account is empty.
  if (secret !== tenant.appSecret) return verdict(301_049);
  if (office.knobs.isTelephoneOff) return verdict(301_050);
  const userids = Texts.safeParse(body.callee_userid).data ?? [];
  if (userids.length === 0 || userids.some((userid) => findMember(userid) === undefined)) return verdict(40_058);
  if (office.knobs.telephoneBalance < userids.length) return verdict(301_051);
  office.knobs = { ...office.knobs, telephoneBalance: office.knobs.telephoneBalance - userids.length };
  return verdict(0, {
    states: userids.map((userid) => {
      const callid = nextId(office, 'CALL');
      const full = office.rates.take(`call:${userid}`, world.clock.now(), [
        { ms: worldWindow(world.clock, 8 * MINUTE), limit: 3 },
        { ms: worldWindow(world.clock, 24 * HOUR), limit: 8 },
      ]);
      app.calls.set(callid, { userid, at: full === undefined ? world.clock.now() : -1 });
      return { code: 0, callid, userid };
    }),
  });
};

const states: AppHandler = ({ world, app, body }) => {
  const known = app.calls.get(String(body.callid));
  if (known === undefined || known.userid !== body.callee_userid) return verdict(40_058);
  const now = reasonAt(world, known.at);
  const seconds = (world.clock.now() - known.at) / SECOND;
  return verdict(0, {
    istalked: now === reason.talking || now === reason.normal ? 1 : 0,
    calltime: Math.floor(Math.max(known.at, 0) / SECOND),
    talktime: now === reason.normal || now === reason.talking ? Math.min(10, Math.max(0, Math.floor(seconds - 12))) : 0,
    reason: now,
  });
};

/** It rings, is taken, is listened to, and ends. */
function reasonAt(world: World, at: number): number {
  if (at < 0) return reason.overLimit;
  const seconds = (world.clock.now() - at) / SECOND;
  if (seconds < 10) return reason.ringing;
  if (seconds < 12) return reason.answered;
  return seconds < 22 ? reason.talking : reason.normal;
}
