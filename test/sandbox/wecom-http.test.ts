import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, pass, SECOND } from './kit.ts';
import { buttons, callerOf, cardBody, markdown, type Office, openOffice, tenant, text, toUsers } from './wecom-kit.ts';

let office: Office;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  await office.sandbox.stop();
});

const { ask, tokenOf, app } = callerOf(() => office);
const hook = (body: object, key: string = tenant.webhookKey) => ask(`/webhook/send?key=${key}`, body);
const hookCode = async (body: object, key?: string): Promise<number> => (await hook(body, key)).errcode;

describe('WeCom 16: the webhook', () => {
  it('shows a PNG or JPG of at most 2 MB whose MD5 is its own', async () => {
    const image = (raw: Buffer, md5 = createHash('md5').update(raw).digest('hex')) =>
      hook({ msgtype: 'image', image: { base64: raw.toString('base64'), md5 } });
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
    const answers = [
      await image(png),
      await image(Buffer.from('GIF89a')),
      await image(png, 'another'),
      await image(Buffer.concat([png, Buffer.alloc(2 * 1_024 * 1_024)])),
    ];

    expect(answers.map(({ errcode }) => errcode)).toEqual([0, 40_123, 301_019, 40_123]);
  });

  it('knows its key, its kinds and its sizes, and says so with HTTP 200', async () => {
    expect(await hookCode(text('一'), 'wrong')).toBe(93_000);
    expect(await hookCode({ msgtype: 'poem', poem: { content: 'x' } })).toBe(40_008);
    expect(await hookCode(text(`${'长'.repeat(682)}ab`))).toBe(0);
    expect(await hookCode(text(`${'长'.repeat(682)}abc`))).toBe(40_058);
    expect(await hookCode(markdown(`${'长'.repeat(1_365)}a`))).toBe(0);
    expect(await hookCode(markdown(`${'长'.repeat(1_365)}ab`))).toBe(40_058);
  });

  it('takes 20 a minute', async () => {
    for (let count = 0; count < 20; count += 1) expect(await hookCode(text('一'))).toBe(0);
    expect(await hookCode(text('多'))).toBe(45_009);
    await pass(office.sandbox, MINUTE);
    expect(await hookCode(text('又'))).toBe(0);
  });

  it('calls people by list, by telephone and in the text, if they are in the group', async () => {
    await hook(text('12号', { mentioned_list: ['lijg', 'sunyue'], mentioned_mobile_list: ['13800000003'] }));
    await hook(text('<@zhaol> 12号'));
    await hook(markdown('**12号** <@lijg> <@nobody>'));
    await hook({ msgtype: 'markdown_v2', markdown_v2: { content: '<@lijg>' } });
    await hook(text('全体', { mentioned_list: ['@all'] }));

    expect((await office.posted()).map(({ rung }) => rung)).toEqual([
      ['lijg', 'chenj'],
      ['zhaol'],
      ['lijg'],
      [],
      ['wangmin', 'lijg', 'chenj', 'zhaol'],
    ]);
    expect((await office.posted())[2]?.text).toBe('12号 @李建国 <@nobody>');
  });

  it('takes two kinds of cards, and none with buttons', async () => {
    const notice = {
      card_type: 'text_notice',
      main_title: { title: '12号' },
      card_action: { type: 1, url: 'https://war.example' },
    };

    expect(await hookCode(cardBody(notice))).toBe(0);
    expect(await hookCode(cardBody({ ...notice, card_action: undefined }))).toBe(42_045);
    expect(await hookCode(cardBody(buttons('t1')))).toBe(40_058);
  });
});

describe('WeCom 17: tokens', () => {
  it('are the same while they live, and refused when over, revoked, missing or asked for too often', async () => {
    expect((await ask(`/gettoken?corpid=wrong&corpsecret=${tenant.appSecret}`)).errcode).toBe(40_013);
    expect((await tokenOf('wrong')).errcode).toBe(40_001);
    const first = await tokenOf();
    expect(first).toMatchObject({ errcode: 0, expires_in: 7_200 });
    expect((await tokenOf()).access_token).toBe(first.access_token);
    const send = (token: string) => ask(`/message/send?access_token=${token}`, toUsers('lijg'));
    expect((await send(first.access_token)).errcode).toBe(0);
    expect((await ask('/message/send', toUsers('lijg'))).errcode).toBe(41_001);

    await pass(office.sandbox, 2 * HOUR);
    expect((await send(first.access_token)).errcode).toBe(42_001);
    const second = await tokenOf();
    await office.post('/app/revoke', {});
    expect((await send(second.access_token)).errcode).toBe(40_014);
    for (let count = 0; count < 30; count += 1) await tokenOf();
    expect((await tokenOf()).errcode).toBe(45_009);
  });

  it('do not help a caller from a strange address, or one of too many at once', async () => {
    const { access_token } = await tokenOf();
    await office.post('/settings', { allowedIps: ['203.0.113.9'] });
    expect((await app('/message/send', toUsers('lijg'))).errcode).toBe(60_020);

    await office.post('/settings', { allowedIps: null, parallelLimit: 3 });
    await new Promise((resolve) => setTimeout(resolve, 120));
    const burst = await Promise.all(
      Array.from({ length: 6 }, () => ask(`/message/send?access_token=${access_token}`, toUsers('lijg'))),
    );
    expect(burst.map(({ errcode }) => errcode).filter((code) => code === 45_033).length).toBeGreaterThan(0);
  });
});

describe('WeCom 18: messages of the app', () => {
  it('names whom it does not know, and fails when it knows nobody', async () => {
    const answer = await app('/message/send', toUsers('lijg|GHOST'));

    expect(answer).toMatchObject({ errcode: 0, invaliduser: 'ghost', msgid: expect.any(String) });
    expect((await app('/message/send', toUsers('ghost'))).errcode).toBe(81_013);
    expect((await app('/message/send', { ...toUsers('lijg'), agentid: 1 })).errcode).toBe(40_056);
    expect((await office.posted()).map(({ chat }) => chat)).toEqual(['lijg']);
  });

  it('needs a callback address for cards with buttons, and gives a code for each', async () => {
    const message = toUsers('lijg', cardBody(buttons('a1')));
    expect((await app('/message/send', message)).errcode).toBe(48_002);
    await office.post('/settings', { callbackUrl: 'http://127.0.0.1:1/none' });

    expect((await app('/message/send', message)).response_code).toEqual(expect.any(String));
    expect((await app('/message/send', toUsers('lijg'))).response_code).toBeUndefined();
  });

  it('cuts text, drops what was just sent, and is silent beyond 30 a minute to one person', async () => {
    await app('/message/send', toUsers('lijg', text('长'.repeat(1_000))));
    const twice = toUsers('lijg', { enable_duplicate_check: 1, duplicate_check_interval: 60 });
    await app('/message/send', twice);
    await app('/message/send', twice);
    expect((await office.posted()).map(({ text: said }) => Buffer.byteLength(said))).toEqual([2_046, 6]);
    await pass(office.sandbox, MINUTE + 1);
    await app('/message/send', twice);
    const { access_token } = await tokenOf();
    for (let count = 0; count < 35; count += 1) {
      const { errcode } = await ask(`/message/send?access_token=${access_token}`, toUsers('lijg'));
      expect(errcode).toBe(0);
    }

    expect(await office.posted()).toHaveLength(2 + 30);
  });
});

it('WeCom 19: repaints an app’s card once for each code, for three days; a press brings a new one', async () => {
  await office.post('/settings', { callbackUrl: 'http://127.0.0.1:1/none', callbackMs: 200 });
  const send = async (task: string): Promise<string> =>
    (await app('/message/send', toUsers('lijg|wangmin', cardBody(buttons(task))))).response_code;
  const paint = async (code: string) =>
    (
      await app('/message/update_template_card', {
        userids: ['lijg'],
        agentid: tenant.agentId,
        response_code: code,
        button: { replace_name: '王敏已接' },
      })
    ).errcode;
  const code = await send('a1');

  expect([await paint(code), await paint(code)]).toEqual([0, 40_058]);
  const cards = await Promise.all(
    ['lijg', 'wangmin'].map(async (user) => (await office.seen({ user, chat: user })).at(-1)?.card.button_list[0].text),
  );
  expect(cards).toEqual(['王敏已接', '我来']);
  const message = (await office.posted()).find(({ chat }) => chat === 'wangmin');
  const { responseCode } = await office.post('/app/click', { message: message?.id, user: 'wangmin', label: '我来' });
  expect(await paint(responseCode)).toBe(0);
  const late = await send('a2');
  await pass(office.sandbox, 72 * HOUR + 1);
  expect(await paint(late)).toBe(40_058);
});

it('WeCom 20: sends to groups the app made, and to no others', async () => {
  const make = async (more: object) =>
    (await app('/appchat/create', { name: '战群', owner: 'wangmin', userlist: ['wangmin', 'lijg'], ...more })).errcode;
  const send = async (chatid: string, secret?: string) =>
    (await app('/appchat/send', { chatid, ...text('<@lijg> 看', { mentioned_list: ['wangmin'] }) }, secret)).errcode;

  expect(await make({ chatid: 'warroom42' })).toBe(0);
  expect([await make({ userlist: ['wangmin'] }), await make({ chatid: 'war-room' })]).toEqual([40_058, 86_001]);
  expect([await send('warroom42'), await send('nowhere'), await send('wrkSFfCgAA-WarRoom')]).toEqual([
    0, 86_003, 86_008,
  ]);
  expect(await send('warroom42', tenant.otherAppSecret)).toBe(86_008);
  expect((await office.posted())[0]?.rung).toEqual(['lijg', 'wangmin']);
  const { access_token } = await tokenOf();
  for (let count = 0; count < 205; count += 1)
    await ask(`/appchat/send?access_token=${access_token}`, { chatid: 'warroom42', ...text('一') });
  expect(await office.posted()).toHaveLength(200);
});

it('WeCom 22: rings people, tells how it went, and ends at three calls in eight minutes', async () => {
  const call = (userids: string[], secret?: string) => app('/pstncc/call', { callee_userid: userids }, secret);
  const reason = async (callid: string): Promise<number> =>
    (await app('/pstncc/getstates', { callee_userid: 'lijg', callid })).reason;
  const first = (await call(['lijg'])).states[0].callid as string;
  const reasons: number[] = [];
  for (const seconds of [0, 11, 3, 10]) {
    await pass(office.sandbox, seconds * SECOND);
    reasons.push(await reason(first));
  }
  await call(['lijg']);
  await call(['lijg']);
  const fourth = (await call(['lijg'])).states[0].callid as string;

  expect(reasons).toEqual([1, 2, 3, 0]);
  expect(await reason(fourth)).toBe(13);
  expect((await call(['lijg'], tenant.otherAppSecret)).errcode).toBe(301_049);
  await office.post('/settings', { isTelephoneOff: true });
  expect((await call(['lijg'])).errcode).toBe(301_050);
  await office.post('/settings', { isTelephoneOff: false, telephoneBalance: 0 });
  expect((await call(['lijg'])).errcode).toBe(301_051);
});

it('WeCom 23: measures every window by the company’s clock, which tests move', async () => {
  const before = office.sandbox.world.clock.now();
  for (let count = 0; count < 20; count += 1) await hook(text('一'));

  await pass(office.sandbox, MINUTE - 1);
  expect(await hookCode(text('早'))).toBe(45_009);
  await pass(office.sandbox, 1);

  expect(await hookCode(text('准'))).toBe(0);
  expect(office.sandbox.world.clock.now() - before).toBe(MINUTE);
});
