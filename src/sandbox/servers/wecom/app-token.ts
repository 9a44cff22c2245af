import { randomBytes } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { MINUTE, SECOND } from '../../world/time.ts';
import type { Route } from '../exchange.ts';
import { type App, appRoute, knownSecrets, Texts } from './app-state.ts';
import type { Office } from './office.ts';
import { userOfHidden } from './people.ts';
import { tenant } from './tenant.ts';
import { verdict } from './webhook.ts';

const tokensPerMinute = 30;

/** The same token while it lives; asking for it over and over is blocked. */
export const tokenRoute = (office: Office, app: App): Route => ({
  method: 'GET',
  path: '/cgi-bin/gettoken',
  sheet: 'wecom.md §4.1',
  kind: 'read',
  answer({ world }, call) {
    const secret = call.query.get('corpsecret') ?? '';
    if (call.query.get('corpid') !== tenant.corpId) return verdict(40_013);
    if (!knownSecrets.includes(secret)) return verdict(40_001);
    const now = world.clock.now();
    const full = office.rates.take(`token:${secret}`, now, [
      { ms: worldWindow(world.clock, MINUTE), limit: tokensPerMinute },
    ]);
    if (full !== undefined) return verdict(45_009);
    const living = [...app.tokens].find(
      ([, token]) => token.secret === secret && !token.isRevoked && token.expiresAt > now,
    );
    const expiresAt = living?.[1].expiresAt ?? now + office.knobs.tokenLifeSeconds * SECOND;
    const text = living?.[0] ?? randomBytes(40).toString('base64url');
    app.tokens.set(text, { secret, expiresAt, isRevoked: false });
    return verdict(0, { access_token: text, expires_in: Math.floor((expiresAt - now) / SECOND) });
  },
});

/** The plain userids behind the ids that a bot sees whose maker is no super-admin (wecom.md §2.3). */
export const useridRoute = (office: Office, app: App): Route =>
  appRoute(office, app, '/cgi-bin/batch/openuserid_to_userid', 'wecom.md §2.3', ({ body }) => {
    const hidden = Texts.safeParse(body.open_userid_list).data;
    if (hidden === undefined || hidden.length === 0 || hidden.length > 1_000) return verdict(40_058);
    const pairs = hidden.map((open_userid) => ({ open_userid, userid: userOfHidden(open_userid) }));
    return verdict(0, {
      userid_list: pairs.filter(({ userid }) => userid !== undefined),
      invalid_open_userid_list: pairs.filter(({ userid }) => userid === undefined).map((pair) => pair.open_userid),
    });
  });
