import { createHash } from 'node:crypto';
import { z } from 'zod';
import { shopCredentials } from '../../world/company.ts';
import { SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Route } from '../exchange.ts';
import { codes, ok, readBody, refuse } from './answers.ts';

const { appId, appSecret } = shopCredentials.wx;
const LIFE = 7_200 * SECOND;
const KEY = 'wx-token';

const Kept = z.object({ token: z.string(), endsAt: z.number() });

const kept = (world: World): z.infer<typeof Kept> | undefined => {
  const text = world.store.readMeta(KEY);
  return text === undefined ? undefined : Kept.parse(JSON.parse(text));
};

/** The refusal of a token that is over, or that is not the present one. */
export function whyNoToken(world: World, token: string): Answer | undefined {
  const present = kept(world);
  if (present === undefined || token !== present.token)
    return refuse(codes.badToken, 'invalid credential, access_token is invalid or not latest');
  return present.endsAt > world.clock.now() ? undefined : refuse(codes.tokenOver, 'access_token expired');
}

/** Ends the present token before its time. */
export function endToken(world: World): void {
  const present = kept(world);
  if (present !== undefined) world.store.writeMeta(KEY, JSON.stringify({ ...present, endsAt: 0 }));
}

const Asked = z.object({
  grant_type: z.literal('client_credential'),
  appid: z.string(),
  secret: z.string(),
  force_refresh: z.boolean().default(false),
});

/** Everybody who asks gets the same token while it lives, unless a new one is forced. */
export const stableToken: Route = {
  method: 'POST',
  path: '/cgi-bin/stable_token',
  sheet: 'channels.md §5.1',
  kind: 'read',
  answer({ world }, call) {
    const asked = readBody(call, Asked);
    if ('refused' in asked) return asked.refused;
    const { appid, secret, force_refresh } = asked.body;
    if (appid !== appId) return refuse(codes.unknownApp, 'invalid appid');
    if (secret !== appSecret) return refuse(codes.badSecret, 'invalid appsecret');
    const now = world.clock.now();
    const present = kept(world);
    const isAlive = present !== undefined && present.endsAt > now && !force_refresh;
    const token = isAlive
      ? present.token
      : createHash('sha256')
          .update(`${world.seed}/wx/${world.store.next('wx-token')}`)
          .digest('base64url');
    const endsAt = isAlive ? present.endsAt : now + LIFE;
    world.store.writeMeta(KEY, JSON.stringify({ token, endsAt }));
    const {
      errcode: _code,
      errmsg: _words,
      ...body
    } = ok({
      access_token: token,
      expires_in: Math.floor((endsAt - now) / SECOND),
    }).body as Record<string, unknown>;
    return { status: 200, body, outcome: 'ok' };
  },
};
