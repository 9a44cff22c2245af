import { expect, it, onTestFinished } from 'vitest';
import { createHttp } from '../../../src/adapters/http.ts';
import dingtalk from '../../../src/adapters/voice/dingtalk/index.ts';
import { dingtalkApp } from '../../../src/sandbox/world/company.ts';
import { startStandIn } from '../../kit/stand-in.ts';

const { signal } = new AbortController();
const spoken = { place: '杭州仓', what: '履约周期八小时一分', number: '十二号' };

async function start(change: object = {}) {
  const standIn = await startStandIn({ history: false, settings: { ordersPerDay: 0 } });
  onTestFinished(() => standIn.sandbox.stop());
  const voice = dingtalk.create({
    baseUrl: `${standIn.url}/dingtalk`,
    settings: dingtalk.settings.parse({ ...dingtalkApp, robotCode: dingtalkApp.clientId, ...change }),
    http: createHttp(),
    clock: standIn.clock,
  });
  const rings = async () =>
    ((await standIn.control.get('/world/telephone')) as { rings: { via: string; person: string; words: string }[] })
      .rings;
  const dial = (who = 'li') => voice.dial({ id: 'w1', callee: { dingtalk: who, mobile: null }, spoken }, signal);
  return { ...standIn, voice, rings, dial };
}

it('rings one person by DING, and cannot tell whether anybody answered [E5 N14]', async () => {
  const { dial, rings, voice } = await start();
  expect(await dial()).toMatch(/./);
  expect(await rings()).toMatchObject([
    { via: 'dingtalk', person: 'li', words: '请处理：杭州仓，履约周期八小时一分。打开群，十二号。' },
  ]);
  expect(voice.outcomeOf).toBeNull();
  expect(voice.reaches({ dingtalk: null, mobile: '13800000002' })).toBe(false);
});

it('the package runs out after 20, and the line says so [N14]', async () => {
  const { dial, clock } = await start();
  for (let call = 0; call < 20; call += 1) {
    await dial();
    await clock.sleep(1_000);
  }
  await expect(dial()).rejects.toMatchObject({ code: 'ding.serverquota.insufficient', retry: 'never' });
});

it('somebody it does not know, a wrong robot and a wrong secret ring nobody [N14]', async () => {
  const { dial, rings } = await start();
  await expect(dial('nobody')).rejects.toMatchObject({ code: 'userNotExist', retry: 'never' });
  expect(await rings()).toEqual([]);
  const stranger = await start({ robotCode: 'other' });
  await expect(stranger.dial()).rejects.toMatchObject({ code: 'invalid.chatbotId' });
  const locked = await start({ clientSecret: 'wrong' });
  await expect(locked.voice.check(signal)).rejects.toMatchObject({ code: 'invalidClientIdOrSecret' });
});

it('a token that is over is renewed once; a lost answer is unknown [P18]', async () => {
  const { dial, control, rings } = await start();
  await dial();
  await control.post('/world/dingtalk/expire-token', {});
  await dial();
  await control.fail('dingtalk', 'drop-after', { route: '/v1.0/robot/ding/send' });
  await expect(dial()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(await rings()).toHaveLength(3);
});
