import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../../src/domain/errors.ts';
import { HOUR } from '../../../sandbox/kit.ts';
import {
  aCard,
  type DingTalk,
  failing,
  groupSend,
  hushClient,
  inGroup,
  neverAborted,
  plugInto,
  startDingTalk,
  toLi,
} from './kit.ts';

hushClient();
let dingTalk: DingTalk;
beforeEach(async () => {
  dingTalk = await startDingTalk();
});
afterEach(() => dingTalk.stop());

const shown = async () => (await dingTalk.seen()).said;

describe('refusals', () => {
  const refusedWith = async (status: number, body: unknown): Promise<AppError> => {
    await dingTalk.trouble({ refusals: [{ route: groupSend, status, body, times: 5 }] });
    return failing(plugInto(dingTalk).send(inGroup, aCard(), 'k1', neverAborted));
  };

  it.each([
    [403, 'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', RateLimitedError],
    [403, 'Forbidden.AccessDenied.QpsLimitForApi', RateLimitedError],
    [429, 'Throttling', RateLimitedError],
    [400, 'send.too.fast', RateLimitedError],
    [400, 'send.byToken.tooFast', RateLimitedError],
    [400, 'InvalidAuthentication', AuthExpiredError],
    [400, 'AuthenticationFailed.MissingParameter', AuthExpiredError],
    [403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied', RejectedError],
    [403, 'Forbidden.AccessDenied.IpNotInWhiteList', RejectedError],
    [400, 'invalidParameter.msgParam.tooLong', RejectedError],
    [500, 'system.busy', OutcomeUnknownError],
    [503, 'ServiceUnavailable', OutcomeUnknownError],
    [504, 'GatewayTimeout', OutcomeUnknownError],
  ])('has a class for %i %s', async (status, code, kind) => {
    expect(await refusedWith(status, { code, message: 'somebody@example', requestid: 'A-1' })).toBeInstanceOf(kind);
  });

  it('names the code and the request, never the sentence', async () => {
    const error = await refusedWith(400, {
      code: 'robot.oto.notExist',
      message: '李建国 13800000000',
      requestid: 'A-1',
    });

    expect(error.message).toContain('robot.oto.notExist');
    expect(error.message).toContain('A-1');
    expect(error.message).not.toContain('李建国');
  });

  it.each([400, 404, 503])('has a class for %i without a body that can be read', async (status) => {
    expect(await refusedWith(status, 'plain words')).toMatchObject({ retry: status === 503 ? 'reconcile' : 'never' });
  });

  it('waits when the calls of the second are used up', async () => {
    await dingTalk.settings({ perSecond: 2 });
    const { send } = plugInto(dingTalk);
    await send(inGroup, aCard(), 'k1', neverAborted);
    await send(inGroup, aCard(), 'k2', neverAborted);

    const error = await failing(send(inGroup, aCard(), 'k3', neverAborted));
    await dingTalk.pass((error as RateLimitedError).afterMs);

    expect(error).toBeInstanceOf(RateLimitedError);
    await send(inGroup, aCard(), 'k3', neverAborted);
  });

  it('loses nothing when the calls of the month are used up', async () => {
    await dingTalk.settings({ perMonth: 2 });
    const { send } = plugInto(dingTalk);
    await send(inGroup, aCard(), 'k1', neverAborted);
    await dingTalk.says('018842');

    const error = await failing(send(inGroup, aCard(), 'k2', neverAborted));

    expect(error).toMatchObject({ retry: 'after', afterMs: HOUR });
    expect(await shown()).toHaveLength(2);
  });

  it('tells a person who is unknown from one who was written to too often', async () => {
    const { send } = plugInto(dingTalk);
    await dingTalk.trouble({ slowed: ['wang'] });

    const unknown = await failing(send({ ...toLi, chatId: 'nobody' }, aCard(), 'k1', neverAborted));
    const slowed = await failing(send({ ...toLi, chatId: 'wang' }, aCard(), 'k2', neverAborted));

    expect([unknown.retry, slowed.retry]).toEqual(['never', 'after']);
  });

  it.each([
    ['drop-before', 0],
    ['drop-after', 1],
    ['502', 0],
  ])('does not know what became of a message whose answer is missing: %s', async (kind, count) => {
    await dingTalk.fault(kind, { route: groupSend });

    const error = await failing(plugInto(dingTalk).send(inGroup, aCard(), 'k1', neverAborted));

    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(await shown()).toHaveLength(count);
  });

  it('does not know what became of a message that the gateway waited for too long, and it was shown', async () => {
    await dingTalk.trouble({ lateAnswers: 1 });

    const error = await failing(plugInto(dingTalk).send(inGroup, aCard(), 'k1', neverAborted));

    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(await shown()).toHaveLength(1);
  });

  it.each(['malformed', '502'])('sends nothing without a token, and tries again: %s', async (kind) => {
    await dingTalk.fault(kind, { route: '/v1.0/oauth2/accessToken' });

    const error = await failing(plugInto(dingTalk).send(inGroup, aCard(), 'k1', neverAborted));

    expect(error).toBeInstanceOf(RetryableError);
    expect(await shown()).toEqual([]);
  });

  it('knows that nothing was sent when DingTalk is not reached or the wish was withdrawn', async () => {
    const away = plugInto({ url: 'http://127.0.0.1:9', clock: dingTalk.clock });

    expect(await failing(away.send(inGroup, aCard(), 'k1', neverAborted))).toBeInstanceOf(RetryableError);
    expect(await failing(plugInto(dingTalk).send(inGroup, aCard(), 'k1', AbortSignal.abort()))).toBeInstanceOf(
      RetryableError,
    );
    expect(await shown()).toEqual([]);
  });
});

describe('the webhook', () => {
  const permissionDenied = { code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied', message: '', requestid: 'A' };
  const refuseApp = (status = 403, body: object = permissionDenied) =>
    dingTalk.trouble({ refusals: [{ route: groupSend, status, body, times: 100 }] });
  const send = (key = 'k1') => plugInto(dingTalk, { webhook: true }).send(inGroup, aCard(), key, neverAborted);

  it('speaks when the app is refused, signed, with the commands spelled out', async () => {
    await refuseApp();

    const ref = await send();

    expect(ref.id).toBe('webhook');
    const [said] = await shown();
    expect(said).toMatchObject({ via: 'hook', kind: 'markdown' });
    expect(said?.content.text).toContain('回 @机器人 /ack 12 → 我来');
  });

  it('does not repeat what may have been shown', async () => {
    await dingTalk.trouble({ lateAnswers: 1 });

    expect(await failing(send())).toBeInstanceOf(OutcomeUnknownError);
    expect(await shown()).toHaveLength(1);
  });

  it('does not speak for a private message, or for a pause of a second', async () => {
    const plug = plugInto(dingTalk, { webhook: true });
    await failing(plug.send({ ...toLi, chatId: 'nobody' }, aCard(), 'k1', neverAborted));
    await refuseApp(403, { code: 'Forbidden.AccessDenied.QpsLimitForApi' });

    expect(await failing(send())).toBeInstanceOf(RateLimitedError);
    expect(await shown()).toEqual([]);
  });

  it('is given back with the app’s own refusal when it is refused too', async () => {
    await refuseApp();
    await dingTalk.trouble({ keyword: '仓库' });

    expect(await failing(send())).toMatchObject({ code: permissionDenied.code });
  });

  it('is refused with a clock that is off by more than an HOUR', async () => {
    await refuseApp();
    const clock = { ...dingTalk.clock, now: () => dingTalk.clock.now() - 2 * HOUR };

    const error = await failing(
      plugInto(dingTalk, { webhook: true, clock }).send(inGroup, aCard(), 'k1', neverAborted),
    );

    expect(error).toMatchObject({ code: permissionDenied.code });
    expect(await shown()).toEqual([]);
  });

  it('is not known to have spoken when its answer is lost', async () => {
    await refuseApp();
    await dingTalk.fault('drop-after', { route: '/robot/send' });

    expect(await failing(send())).toBeInstanceOf(OutcomeUnknownError);
    expect(await shown()).toHaveLength(1);
  });
});
