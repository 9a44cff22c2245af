import { expect, it, onTestFinished } from 'vitest';
import { queryOf, signedHeaders } from '../../../src/adapters/aliyun.ts';
import { createHttp } from '../../../src/adapters/http.ts';
import aliyun from '../../../src/adapters/voice/aliyun/index.ts';
import { aliyunVoice } from '../../../src/sandbox/world/company.ts';
import type { RingOutcome } from '../../../src/sandbox/world/telephone.ts';
import { type StandIn, startStandIn } from '../../kit/stand-in.ts';

const minute = 60_000;
const { signal } = new AbortController();
const spoken = { place: '杭州仓', what: '履约周期八小时一分', number: '十二号' };
const callee = { dingtalk: null, mobile: '+86 138 0000 0002' };

async function start(change: object = {}) {
  const standIn: StandIn = await startStandIn({ history: false, settings: { ordersPerDay: 0 } });
  onTestFinished(() => standIn.sandbox.stop());
  const voice = aliyun.create({
    baseUrl: `${standIn.url}/aliyun-voice`,
    settings: aliyun.settings.parse({ ...aliyunVoice, ...change }),
    http: createHttp(),
    clock: standIn.clock,
  });
  const rings = async () =>
    ((await standIn.control.get('/world/telephone')) as { rings: { mobile: string; words: string; out_id: string }[] })
      .rings;
  const does = (outcome: RingOutcome) => standIn.control.post('/world/telephone/answers', { person: 'li', outcome });
  let calls = 0;
  const dial = (more: object = {}) => {
    calls += 1;
    return voice.dial({ id: `w${calls}`, callee, spoken, ...more }, signal);
  };
  return { ...standIn, voice, rings, does, dial };
}

it('signs as the sheet’s own vector is signed [N14]', () => {
  const query = queryOf({
    TtsParam: '{"shop":"A1"}',
    CalledNumber: '13800000000',
    OutId: 'esc-1',
    PlayTimes: '3',
    TtsCode: 'TTS_100000000',
  });
  const { authorization } = signedHeaders({
    host: 'dyvmsapi.aliyuncs.com',
    path: '/',
    query,
    action: 'SingleCallByTts',
    version: '2017-05-25',
    date: '2026-01-02T03:04:05Z',
    nonce: '0123456789abcdef0123456789abcdef',
    accessKeyId: 'ak',
    accessKeySecret: 'testSecret',
  });
  expect(authorization).toContain('Signature=b162159140ffc25b81df49f370b4585bdad645f55d719efe3345d48f226c8c60');
});

it('rings a mainland number without its country and speaks the template; what became of it is told later [N14 E5]', async () => {
  const { clock, rings, does, dial, voice } = await start();
  await does('busy');
  const at = clock.now();
  const ref = await dial();
  expect(await rings()).toMatchObject([
    { mobile: '13800000002', out_id: 'w1', words: '请处理：杭州仓，履约周期八小时一分。打开群，十二号。' },
  ]);
  expect(await voice.outcomeOf?.({ ref, at, callee }, signal)).toBeUndefined();
  await clock.sleep(minute);
  expect(await voice.outcomeOf?.({ ref, at, callee }, signal)).toEqual({ state: 'busy', code: '200002' });
  const other = { dingtalk: null, mobile: '13800000001' };
  await expect(voice.outcomeOf?.({ ref, at, callee: other }, signal)).rejects.toMatchObject({ code: 'OTHER_CALLEE' });
});

it.each([
  ['answered', 'answered'],
  ['hung-up', 'answered'],
  ['no-answer', 'no-answer'],
  ['rejected', 'no-answer'],
  ['powered-off', 'no-answer'],
] as const)('reads %s as %s [E5]', async (outcome, state) => {
  const { clock, does, dial, voice } = await start();
  await does(outcome);
  const at = clock.now();
  const ref = await dial();
  await clock.sleep(minute);
  expect(await voice.outcomeOf?.({ ref, at, callee }, signal)).toMatchObject({ state });
});

it('one person is rung once a minute and five times an hour, failed ones too, and the line says so [E5]', async () => {
  const { clock, dial, rings } = await start();
  await dial();
  await expect(dial()).rejects.toMatchObject({ code: 'isv.BUSINESS_LIMIT_CONTROL', retry: 'after' });
  for (let call = 2; call <= 5; call += 1) {
    await clock.sleep(minute);
    await dial();
  }
  await clock.sleep(minute);
  await expect(dial()).rejects.toMatchObject({ code: 'isv.BUSINESS_LIMIT_CONTROL' });
  expect(await rings()).toHaveLength(5);
});

it.each([
  [{ accessKeySecret: 'wrong' }, {}, 'SignatureDoesNotMatch'],
  [{ accessKeyId: 'nobody' }, {}, 'InvalidAccessKeyId.NotFound'],
  [{ ttsCode: 'TTS_9' }, {}, 'isv.TTS_TEMPLATE_ILLEGAL'],
  [{}, { id: 'sixteen-letters-' }, 'isv.INVALID_PARAMETERS'],
  [{}, { spoken: { ...spoken, what: 'x'.repeat(250) } }, 'isv.TEMPLATE_PARAMS_ILLEGAL'],
])('nothing rings when it refuses: %j %j → %s [N14]', async (change, more, code) => {
  const { dial, rings } = await start(change);
  await expect(dial(more)).rejects.toMatchObject({ code, retry: 'never' });
  expect(await rings()).toEqual([]);
});

it('an answer that is lost after dialling is unknown, one lost before it is not known to have rung [P18]', async () => {
  const { control, dial, rings } = await start();
  await control.fail('aliyun-voice', 'drop-after');
  await expect(dial()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(await rings()).toHaveLength(1);
  await control.fail('aliyun-voice', '502');
  await expect(dial()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
});

it('its check-up tells a wrong key from a right one and rings nobody [N14]', async () => {
  const good = await start();
  await good.voice.check(signal);
  expect(await good.rings()).toEqual([]);
  const bad = await start({ accessKeySecret: 'wrong' });
  await expect(bad.voice.check(signal)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
});

it('reads receipts, and refuses what is none [N14]', async () => {
  const { voice } = await start();
  const raw = Buffer.from(JSON.stringify([{ call_id: '1^2', out_id: 'w7', status_code: '200002' }]));
  expect(voice.readReceipts?.(raw)).toEqual([{ id: 'w7', ref: '1^2' }]);
  expect(() => voice.readReceipts?.(Buffer.from('{"no":"list"}'))).toThrow(
    expect.objectContaining({ code: 'BAD_PUSH' }),
  );
  expect(voice.answerReceipts(true)).toEqual({ status: 200, type: 'application/json', body: '{"code":0,"msg":"ok"}' });
});
