import { z } from 'zod';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Route } from '../exchange.ts';
import type { Office } from './office.ts';
import { tenant } from './tenant.ts';
import { bodyOf, verdict } from './webhook.ts';

/** What the company's own app has going on. */
export interface App {
  readonly tokens: Map<string, { readonly secret: string; readonly expiresAt: number; isRevoked: boolean }>;
  /** Which sent cards one code may change, once. */
  readonly codes: Map<string, { readonly messageIds: readonly number[]; readonly at: number }>;
  /** What was sent, and when, for the duplicate check. */
  readonly sent: Map<string, number>;
  readonly chats: Map<string, { readonly owner: string; readonly userids: readonly string[] }>;
  readonly calls: Map<string, { readonly userid: string; readonly at: number }>;
  readonly recentCalls: number[];
}

export const createApp = (): App => ({
  tokens: new Map(),
  codes: new Map(),
  sent: new Map(),
  chats: new Map(),
  calls: new Map(),
  recentCalls: [],
});

export const Texts = z.array(z.string());

export type AppHandler = (input: {
  office: Office;
  world: World;
  app: App;
  body: Record<string, unknown>;
  /** The secret of the app that asks. */
  secret: string;
}) => Answer;

/** A route of the app's API: behind a token, an address and a limit of parallel calls (wecom.md §4.1, §4.6). */
export function appRoute(office: Office, app: App, path: string, sheet: string, handle: AppHandler): Route {
  return {
    method: 'POST',
    path,
    sheet,
    kind: 'write',
    answer({ world }, call) {
      const { secret, errcode } = admit(office, world, app, call);
      if (secret === undefined) return verdict(errcode);
      const body = bodyOf(call);
      return body === undefined ? verdict(40_008) : handle({ office, world, app, body, secret });
    },
  };
}

const parallelMs = 100;

function admit(office: Office, world: World, app: App, call: Call): { secret?: string; errcode: number } {
  const { allowedIps, parallelLimit } = office.knobs;
  const wall = Date.now();
  app.recentCalls.push(wall);
  while ((app.recentCalls[0] ?? wall) <= wall - parallelMs) app.recentCalls.shift();
  if (allowedIps !== null && !allowedIps.includes(call.ip)) return { errcode: 60_020 };
  const text = call.query.get('access_token') ?? '';
  const token = app.tokens.get(text);
  if (text === '') return { errcode: 41_001 };
  if (token === undefined || token.isRevoked) return { errcode: 40_014 };
  if (token.expiresAt <= world.clock.now()) return { errcode: 42_001 };
  if (app.recentCalls.length > parallelLimit) return { errcode: 45_033 };
  return { secret: token.secret, errcode: 0 };
}

export const knownSecrets: readonly string[] = [tenant.appSecret, tenant.otherAppSecret];
