import { randomUUID } from 'node:crypto';

import { ring } from '../../world/telephone.ts';
import { bodyOf, legacyOk, ok, type PlainRoute, refuse, refuseLegacy, text } from './answers.ts';
import type { State } from './state.ts';
import { app, people } from './tenant.ts';

const MOST_RINGS = 20;
const byTelephone = 3;

/** The address book of the legacy API (dingtalk.md §6), and the old token call. */
export function legacyRoutes(
  state: State,
  giveToken: (now: number) => { value: string; expiresAt: number },
): readonly PlainRoute[] {
  const book = (path: string, find: (body: Record<string, unknown>) => object | undefined): PlainRoute => ({
    method: 'POST',
    path: `/topapi${path}`,
    sheet: 'dingtalk.md §6',
    kind: 'read',
    answer(_context, call) {
      const result = find(bodyOf(call));
      return result === undefined ? refuseLegacy(60121, '找不到该用户') : legacyOk({ result }, false);
    },
  });
  return [
    {
      method: 'GET',
      path: '/gettoken',
      sheet: 'dingtalk.md §3.1',
      kind: 'read',
      answer({ world }, { query }) {
        if (query.get('appkey') !== app.clientId || query.get('appsecret') !== app.clientSecret)
          return refuseLegacy(40089, '不合法的corpid或corpsecret');
        return legacyOk({ access_token: giveToken(world.clock.now()).value, expires_in: 7_200 });
      },
    },
    book('/v2/user/getbymobile', ({ mobile }) => {
      const one = people.find((each) => each.mobile === mobile);
      return one && { userid: one.id };
    }),
    book('/v2/user/get', ({ userid }) => {
      const one = people.find((each) => each.id === userid);
      return one && { userid: one.id, name: one.name, unionid: `union-${one.id}`, active: true, admin: false };
    }),
    book('/user/getbyunionid', ({ unionid }) => {
      const one = people.find((each) => `union-${each.id}` === unionid);
      return one && { userid: one.id };
    }),
    ...dingRoutes(state),
  ];
}

function dingRoutes(state: State): readonly PlainRoute[] {
  const sheet = 'dingtalk.md §5.1';
  return [
    {
      method: 'POST',
      path: '/v1.0/robot/ding/send',
      sheet,
      kind: 'write',
      answer({ world }, call) {
        const body = bodyOf(call);
        if (body.robotCode !== app.clientId) return refuse(400, 'invalid.chatbotId');
        const to = Array.isArray(body.receiverUserIdList) ? body.receiverUserIdList.map(String) : [];
        if (to.length === 0) return refuse(400, 'miss.staffId');
        if (body.remindType !== 1 && to.length > MOST_RINGS) return refuse(400, 'ding.receivercount.limit');
        if (body.remindType !== 1 && state.dingsLeft < to.length) return refuse(400, 'ding.serverquota.insufficient');
        if (body.remindType !== 1) state.dingsLeft -= to.length;
        const unknown = to.filter((id) => !people.some((one) => one.id === id));
        const id = randomUUID();
        const reached = to.filter((one) => !unknown.includes(one));
        state.dings.push({ id, to: reached, content: text(body.content), isRecalled: false });
        if (body.remindType === byTelephone)
          for (const person of reached) ring(world, { via: 'dingtalk', person, words: text(body.content), ref: id });
        return ok({ openDingId: id, failedList: unknown.length === 0 ? {} : { userNotExist: unknown } }, true);
      },
    },
    {
      method: 'POST',
      path: '/v1.0/robot/ding/recall',
      sheet,
      kind: 'write',
      answer(_context, call) {
        const ding = state.dings.find(({ id }) => id === bodyOf(call).openDingId);
        if (ding === undefined) return refuse(400, 'send.ding.exception');
        ding.isRecalled = true;
        return ok({ openDingId: ding.id }, true);
      },
    },
    {
      method: 'POST',
      path: '/v1.0/robot/ding/readStatuses/query',
      sheet,
      kind: 'read',
      answer(_context, call) {
        const ding = state.dings.find(({ id }) => id === bodyOf(call).openDingId);
        if (ding === undefined) return refuse(400, 'send.ding.exception');
        const robotDingReadInfoList = ding.to.map((userId) => ({ userId, readStatus: 'UNREAD' }));
        return ok({ success: true, result: { robotDingReadInfoList } });
      },
    },
  ];
}
