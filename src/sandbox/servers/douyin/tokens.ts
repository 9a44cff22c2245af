import { createHash } from 'node:crypto';
import { z } from 'zod';
import { shopCredentials } from '../../world/company.ts';
import { DAY, HOUR, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { failure, route, success } from './envelope.ts';

const LIFE = 7 * DAY;
const REFRESH_LIFE = 14 * DAY;

interface Tokens {
  access: string;
  refresh: string;
  /** World time. */
  until: number;
  refreshUntil: number;
}

/** The one pair that is in force; a new one ends the old. */
function current(world: World): Tokens | undefined {
  const text = world.store.readMeta('dy-tokens');
  return text === undefined ? undefined : (JSON.parse(text) as Tokens);
}

function mint(world: World, at: number): Tokens {
  const n = world.store.next('dy-token');
  const make = (kind: string): string => createHash('md5').update(`${world.seed}/dy/${kind}/${n}`).digest('hex');
  const tokens = {
    access: make('access'),
    refresh: make('refresh'),
    until: at + LIFE,
    refreshUntil: at + REFRESH_LIFE,
  };
  world.store.writeMeta('dy-tokens', JSON.stringify(tokens));
  return tokens;
}

export function stateOfToken(world: World, access: string): 'alive' | 'over' | 'unknown' {
  const tokens = current(world);
  if (tokens?.access !== access) return 'unknown';
  return tokens.until > world.clock.now() ? 'alive' : 'over';
}

/** The token in force is over from now on. */
export function endToken(world: World): void {
  const tokens = current(world);
  if (tokens !== undefined) world.store.writeMeta('dy-tokens', JSON.stringify({ ...tokens, until: 0 }));
}

const show = (world: World, { access, refresh, until }: Tokens, at: number): Answer =>
  success(
    world,
    {
      access_token: access,
      expires_in: Math.floor((until - at) / SECOND),
      refresh_token: refresh,
      scope: 'SCOPE',
      shop_id: Number(shopCredentials.dy.shopId),
      shop_name: '抖音旗舰店',
    },
    true,
  );

export const createToken = route(
  '/token/create',
  'write',
  z.object({ code: z.string(), grant_type: z.literal('authorization_self'), shop_id: z.string() }),
  (world, { shop_id }, at) => {
    if (shop_id !== shopCredentials.dy.shopId) return failure(world, 'noToken');
    const tokens = current(world);
    return show(world, tokens !== undefined && tokens.until > at + HOUR ? tokens : mint(world, at), at);
  },
);

export const refreshToken = route(
  '/token/refresh',
  'write',
  z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
  (world, { refresh_token }, at) => {
    const tokens = current(world);
    if (tokens?.refresh !== refresh_token || tokens.refreshUntil <= at) return failure(world, 'noToken');
    return show(world, mint(world, at), at);
  },
);
