import { createHash } from 'node:crypto';
import { shopCredentials } from '../../world/company.ts';
import { DAY, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { codes, refuse, result } from './answers.ts';

export const REFRESH = 'pdd.pop.auth.token.refresh';

const { accessToken, refreshToken } = shopCredentials.pdd;
/** Tokens of a tool that many shops use. */
const ACCESS_LIFE = DAY;
const REFRESH_LIFE = 30 * DAY;

const accessKey = (token: string): string => `pdd-access:${token}`;
const refreshKey = (token: string): string => `pdd-refresh:${token}`;

/** The refusal of an access token that is over or was never given; the first one has no end of its own. */
export function whyNoToken(world: World, token: string): Answer | undefined {
  const endsAt =
    world.store.readMeta(accessKey(token)) ?? (token === accessToken ? Number.MAX_SAFE_INTEGER : undefined);
  if (endsAt === undefined) return refuse(codes.foreignToken, 'access_token与client_id不匹配');
  return Number(endsAt) > world.clock.now() ? undefined : refuse(codes.tokenOver, 'access_token已过期');
}

/** Ends an access token before its time. */
export function endToken(world: World, token: string): void {
  world.store.writeMeta(accessKey(token), 0);
}

/** A new pair for a refresh token; the old access token lives on until its own end. */
export function refresh(world: World, params: Readonly<Record<string, string>>): Answer {
  const old = params.refresh_token ?? '';
  const now = world.clock.now();
  const endsAt = world.store.readMeta(refreshKey(old)) ?? (old === refreshToken ? Number.MAX_SAFE_INTEGER : 0);
  if (Number(endsAt) <= now) return refuse(codes.tokenOver, 'refresh_token已过期');
  const n = world.store.next('pdd-token');
  const mint = (kind: string): string => createHash('md5').update(`${world.seed}/pdd/${kind}/${n}`).digest('hex');
  const pair = { access_token: mint('access'), refresh_token: mint('refresh') };
  world.store.writeMeta(accessKey(pair.access_token), now + ACCESS_LIFE);
  world.store.writeMeta(refreshKey(pair.refresh_token), now + REFRESH_LIFE);
  return result(
    'pop_auth_token_refresh_response',
    {
      ...pair,
      expires_in: ACCESS_LIFE / SECOND,
      expires_at: Math.floor((now + ACCESS_LIFE) / SECOND),
      refresh_token_expires_in: REFRESH_LIFE / SECOND,
      refresh_token_expires_at: Math.floor((now + REFRESH_LIFE) / SECOND),
      owner_id: '123456789',
      owner_name: 'pdd12345678901',
      scope: ['pdd.order.number.list.increment.get'],
    },
    true,
  );
}
