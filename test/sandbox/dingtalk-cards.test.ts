import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { app, group } from '../../src/sandbox/servers/dingtalk/tenant.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { callerOf } from './dingtalk-kit.ts';
import { quiet, type Reply } from './kit.ts';

let sandbox: Sandbox;
let token: string;
beforeEach(async () => {
  sandbox = await quiet();
  token = await login();
});
afterEach(() => sandbox.stop());

const { door, post, login, said } = callerOf(() => sandbox);
describe('cards', () => {
  const create = (change: object = {}): Promise<Reply> =>
    post('/v1.0/card/instances/createAndDeliver', {
      cardTemplateId: 'warroom-card.schema',
      outTrackId: 'k1',
      callbackType: 'STREAM',
      userIdType: 1,
      cardData: { cardParamMap: { title: 't', status: 'open' } },
      privateData: { wang: { cardParamMap: { status: 'yours' } } },
      openSpaceId: `dtv1.card//IM_GROUP.${group.id}`,
      imGroupOpenDeliverModel: { robotCode: app.clientId },
      ...change,
    });
  const update = (body: object): Promise<Reply> =>
    post('/v1.0/card/instances', { outTrackId: 'k1', ...body }, { method: 'PUT' });
  const view = async (user: string) => (await door(`/view/k1/${user}`)).body;

  it('DingTalk 6: delivers one card for an id, whatever is in the second', async () => {
    const first = await create();
    const second = await create({ cardData: { cardParamMap: { title: 'other' } } });

    expect(first.body).toMatchObject({
      success: true,
      result: { outTrackId: 'k1', deliverResults: [{ success: true }] },
    });
    expect(second).toMatchObject({ status: 400, body: { code: 'param.cardAlreadyExist' } });
    expect(await view('li')).toEqual({ title: 't', status: 'open' });
    expect(await view('wang')).toEqual({ title: 't', status: 'yours' });
  });

  it.each([
    ['values that are no strings', { cardData: { cardParamMap: { n: 1 } } }, 'param.cardParamMapInvalid'],
    ['values over 1 KB', { cardData: { cardParamMap: { n: 'x'.repeat(1_025) } } }, 'param.cardParamMapInvalid'],
    ['names over 100 bytes', { cardData: { cardParamMap: { ['n'.repeat(101)]: '' } } }, 'param.cardParamMapInvalid'],
    ['an unknown template', { cardTemplateId: 'x' }, 'param.templateNotExist'],
    ['an unpublished template', { cardTemplateId: 'warroom-draft.schema' }, 'param.templateUnpublished'],
    ['a space of no shape', { openSpaceId: group.id }, 'param.openSpaceIdInvalid'],
  ])('refuses %s', async (_name, change, code) => {
    expect(await create(change)).toMatchObject({ status: 400, body: { code } });
  });

  it('DingTalk 6: says success on top though the one space was not reached', async () => {
    const { body } = await create({ openSpaceId: 'dtv1.card//IM_GROUP.cidOther==' });

    expect(body).toMatchObject({
      success: true,
      result: { deliverResults: [{ success: false, errorMsg: expect.any(String) }] },
    });
    expect(await said()).toEqual([]);
  });

  it('DingTalk 6: overwrites all data, or by key when it is told to', async () => {
    await create();
    await update({ cardData: { cardParamMap: { status: 'taken' } }, cardUpdateOptions: { updateCardDataByKey: true } });
    const byKey = await view('li');
    await update({ cardData: { cardParamMap: { status: 'done' } } });

    expect(byKey).toEqual({ title: 't', status: 'taken' });
    expect(await view('li')).toEqual({ status: 'done' });
    expect(await update({ outTrackId: 'none', cardData: { cardParamMap: {} } })).toMatchObject({
      status: 400,
      body: { code: 'param.cardNotExist' },
    });
  });

  it('DingTalk 6: calls nobody back for a card that did not ask for the stream', async () => {
    await create({ callbackType: 'stream' });

    expect((await door('/click', { by: 'li', outTrackId: 'k1', button: 'b1' })).body.messageId).toBeNull();
  });
});

describe('people and rings', () => {
  it('DingTalk 9: finds people by phone, id and union id', async () => {
    const ask = async (path: string, body: object) => (await post(`/topapi${path}?access_token=${token}`, body)).body;

    expect(await ask('/v2/user/getbymobile', { mobile: '13800000002' })).toMatchObject({
      errcode: 0,
      result: { userid: 'li' },
    });
    expect(await ask('/v2/user/get', { userid: 'li' })).toMatchObject({ result: { name: '李建国' } });
    expect(await ask('/user/getbyunionid', { unionid: 'union-li' })).toMatchObject({ result: { userid: 'li' } });
    expect(await ask('/v2/user/getbymobile', { mobile: '1' })).toMatchObject({ errcode: 60121 });
  });

  it('DingTalk 7: rings twenty people at most while the package lasts, and tells whom it did not reach', async () => {
    const ring = (receiverUserIdList: readonly string[], remindType = 3): Promise<Reply> =>
      post('/v1.0/robot/ding/send', { robotCode: app.clientId, remindType, receiverUserIdList, content: '请处理' });

    const mixed = await ring(['li', 'nobody']);
    const many = await ring(Array.from({ length: 21 }, () => 'li'));
    const rest = await ring(Array.from({ length: 18 }, () => 'li'));
    const over = await ring(['li']);

    expect(mixed.body.failedList).toEqual({ userNotExist: ['nobody'] });
    expect(many.body.code).toBe('ding.receivercount.limit');
    expect([rest.status, over.body.code]).toEqual([200, 'ding.serverquota.insufficient']);
    expect((await ring(['li'], 1)).status).toBe(200);
  });

  it('DingTalk 7: takes a ring back, and tells who read it', async () => {
    const { openDingId } = (
      await post('/v1.0/robot/ding/send', {
        robotCode: app.clientId,
        remindType: 1,
        receiverUserIdList: ['li'],
        content: 'x',
      })
    ).body;

    const read = await post('/v1.0/robot/ding/readStatuses/query', { robotCode: app.clientId, openDingId });
    await post('/v1.0/robot/ding/recall', { robotCode: app.clientId, openDingId });

    expect(read.body.result.robotDingReadInfoList).toEqual([{ userId: 'li', readStatus: 'UNREAD' }]);
    expect((await door('')).body.dings[0]).toMatchObject({ isRecalled: true });
  });
});
