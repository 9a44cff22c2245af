import { randomBytes } from 'node:crypto';
import { worldWindow } from '../../world/clock.ts';
import { SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Server } from '../exchange.ts';
import { bodyOf, ok, type PlainRoute, refuse, refuseLegacy } from './answers.ts';
import { cardRoutes } from './cards.ts';
import { createDingTalkControl } from './control.ts';
import { fileRoutes } from './files.ts';
import { legacyRoutes } from './legacy.ts';
import { robotRoutes } from './robot.ts';
import { countCall, createState, type State } from './state.ts';
import { connectSocket, openRoute } from './stream.ts';
import { app } from './tenant.ts';
import { webhookRoutes } from './webhook.ts';

const TOKEN_LIFE_S = 7_200;
const needNoToken = /^\/(v1\.0\/(gateway|oauth2)\/|robot\/|gettoken$|media\/)/;
/** What the month's 5,000 are spent on; pushes come on top (dingtalk.md §3.2). */
const isPaid = /^\/v1\.0\/(robot\/(groupMessages|oToMessages)\/(send|batchSend)|card\/instances)/;

/** DingTalk, both hosts behind one prefix, and the doors through which tests and people play its users. */
export function createDingTalk(): readonly Server[] {
  const state = createState();
  const giveToken = (now: number): { value: string; expiresAt: number } => {
    const value = state.token !== undefined && state.token.expiresAt > now ? state.token.value : newToken();
    state.token = { value, expiresAt: now + TOKEN_LIFE_S * SECOND };
    return state.token;
  };
  const routes = [
    openRoute(state),
    tokenRoute(state, giveToken),
    ...robotRoutes(state),
    ...fileRoutes(state),
    ...cardRoutes(state),
    ...webhookRoutes(state),
    ...legacyRoutes(state, giveToken),
  ].map((route) => withTrouble(state, route));
  return [
    {
      name: 'dingtalk',
      prefix: '/dingtalk',
      routes,
      sockets: [connectSocket(state)],
      guard: (world, call) => guard(state, world, call),
      notFound: () => refuse(404, 'InvalidAction.NotFound', 'no such API'),
    },
    createDingTalkControl(state),
  ];
}

const newToken = (): string => randomBytes(16).toString('hex');

function tokenRoute(state: State, giveToken: (now: number) => { value: string }): PlainRoute {
  return {
    method: 'POST',
    path: '/v1.0/oauth2/accessToken',
    sheet: 'dingtalk.md §3.1',
    kind: 'read',
    answer({ world }, call) {
      state.counts.tokens += 1;
      const body = bodyOf(call);
      if (body.appKey !== app.clientId || body.appSecret !== app.clientSecret)
        return refuse(400, 'invalidClientIdOrSecret', '无效的clientId或者clientSecret');
      return ok({ accessToken: giveToken(world.clock.now()).value, expireIn: TOKEN_LIFE_S });
    },
  };
}

/** Tokens, the 20 calls a second and the calls of the month, before any route is asked. */
function guard(state: State, world: World, call: Call): Answer | undefined {
  const now = world.clock.now();
  if (call.fault?.kind === 'wrong-ip') return refuse(403, 'Forbidden.AccessDenied.IpNotInWhiteList');
  if (!needNoToken.test(call.path)) {
    const refusal = refuseToken(state, now, call);
    if (refusal !== undefined) return refusal;
  }
  const isLegacy = !call.path.startsWith('/v1.0/');
  const window = [{ ms: worldWindow(world.clock, SECOND), limit: state.settings.perSecond }];
  const isFull = state.rates.take(call.path, now, window) !== undefined || call.fault?.kind === 'rate-limit';
  if (isFull && isLegacy)
    return refuseLegacy(90018, '您的服务器调用钉钉开放平台的当前接口的频率过高', { sub_code: '' });
  if (isFull) return refuse(403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi');
  if (!isPaid.test(call.path)) return undefined;
  countCall(state, now);
  // The real code is not known; this one is ours.
  if (state.month.calls > state.settings.perMonth) return refuse(403, 'Forbidden.AccessDenied.ApiQuotaExhausted');
  return undefined;
}

function refuseToken(state: State, now: number, call: Call): Answer | undefined {
  const isLegacy = !call.path.startsWith('/v1.0/');
  const given = isLegacy ? call.query.get('access_token') : call.headers['x-acs-dingtalk-access-token'];
  const isGood = state.token !== undefined && state.token.expiresAt > now && state.token.value === given;
  if (isGood && call.fault?.kind !== 'expire-token') return undefined;
  if (isLegacy)
    return refuseLegacy(88, 'ding talk error', {
      sub_code: '40014',
      sub_msg: '不合法的access_token',
      request_id: 'demo',
    });
  if (given === undefined) return refuse(400, 'AuthenticationFailed.MissingParameter');
  return refuse(400, 'InvalidAuthentication', '不合法的access_token');
}

function withTrouble(state: State, route: PlainRoute): PlainRoute {
  return {
    ...route,
    answer(context, call) {
      const wanted = state.trouble.refusals.find((each) => each.route === route.path && each.times > 0);
      if (wanted !== undefined) {
        wanted.times -= 1;
        return { status: wanted.status, body: wanted.body, outcome: 'refused on demand' };
      }
      const answer = route.answer(context, call);
      if (state.trouble.lateAnswers === 0 || !isPaid.test(route.path)) return answer;
      state.trouble.lateAnswers -= 1;
      // Over three seconds the gateway gives up; the work behind it is done (dingtalk.md §3.2).
      return { ...refuse(504, 'GatewayTimeout'), applied: answer.applied ?? false };
    },
  };
}
