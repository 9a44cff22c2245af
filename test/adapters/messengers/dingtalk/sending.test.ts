import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthExpiredError, OutcomeUnknownError } from '../../../../src/domain/errors.ts';
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
  templateId,
  toLi,
} from './kit.ts';

hushClient();
let dingTalk: DingTalk;
beforeEach(async () => {
  dingTalk = await startDingTalk();
});
afterEach(() => dingTalk.stop());

const withCards = { credentials: { cardTemplateId: templateId } };

const shown = async () => (await dingTalk.seen()).said;

it('states its limits and that only cards are shown once', () => {
  const { limits, dedupes } = plugInto(dingTalk);

  expect(limits).toEqual({ maxBytes: 15_000, maxButtons: 4, perMinute: 20, perMonth: 5_000 });
  expect(dedupes).toBe(false);
  expect(plugInto(dingTalk, withCards).dedupes).toBe(true);
  expect(plugInto(dingTalk, { ...withCards, webhook: true }).dedupes).toBe(false);
});

it('writes to the group with the commands spelled out, because markdown has no buttons', async () => {
  const ref = await plugInto(dingTalk).send(inGroup, aCard(), 'k1', neverAborted);

  const [said] = await shown();
  expect(said).toMatchObject({ chat: inGroup.chatId, from: 'bot', kind: 'sampleMarkdown' });
  expect(said?.content.text).toBe(
    [
      '#### 🔴 12号 · 先发这单 · 剩 2时10分',
      '绣字卫衣 黑L ×1 · 杭州 A-12-03 · 尾号 018842',
      '回 @机器人 /release 018842 → 解锁并发',
      '回 @机器人 /ack 12 → 我来',
      '[更多](https://war.example/o/x?e=1&s=secret-signature)',
    ].join('  \n'),
  );
  expect(ref).toMatchObject({ room: 'ding', id: expect.stringMatching(/^pqk-/) });
});

it('gives a person buttons that speak for them', async () => {
  await plugInto(dingTalk).send(toLi, aCard(), 'k1', neverAborted);

  const [said] = await shown();
  expect(said).toMatchObject({ chat: 'li', kind: 'sampleActionCard3' });
  expect(said?.content).toMatchObject({
    actionTitle1: '解锁并发',
    actionURL1: 'dtmd://dingtalkclient/sendMessage?content=%2Frelease%20018842',
    actionTitle3: '更多',
    actionURL3: 'https://war.example/o/x?e=1&s=secret-signature',
  });
});

it.each([
  [0, 'sampleMarkdown'],
  [1, 'sampleActionCard'],
  [2, 'sampleActionCard2'],
  [4, 'sampleActionCard4'],
  [9, 'sampleActionCard4'],
])('knows the kind of message for %i buttons: %s', async (count, kind) => {
  const buttons = Array.from({ length: count }, (_, at) => ({
    label: `${at}`,
    command: `/ack ${at}`,
    style: 'plain' as const,
  }));

  await plugInto(dingTalk).send(toLi, aCard({ buttons, link: null, url: null }), 'k1', neverAborted);

  expect((await shown())[0]?.kind).toBe(kind);
});

describe('cards', () => {
  it('makes and delivers a card with the texts and commands in its variables', async () => {
    const { id } = await plugInto(dingTalk, withCards).send(inGroup, aCard(), 'k1', neverAborted);

    const [card] = (await dingTalk.seen()).cards;
    expect(card).toMatchObject({ outTrackId: id, chat: inGroup.chatId });
    expect(card?.data).toMatchObject({
      title: '🔴 12号 · 先发这单 · 剩 2时10分',
      text1: '绣字卫衣 黑L ×1 · 杭州 A-12-03 · 尾号 018842',
      tone: 'critical',
      b1: '解锁并发',
      c1: '/release 018842',
      b3: '',
      urlLabel: '更多',
    });
  });

  it('shows the same key once, whatever came back of the first attempt', async () => {
    const { send } = plugInto(dingTalk, withCards);
    await dingTalk.fault('drop-after', { route: '/v1.0/card/instances/createAndDeliver' });

    const first = await failing(send(inGroup, aCard(), 'k1', neverAborted));
    const again = [await send(inGroup, aCard(), 'k1', neverAborted), await send(inGroup, aCard(), 'k1', neverAborted)];

    expect(first).toBeInstanceOf(OutcomeUnknownError);
    expect(again[0]).toEqual(again[1]);
    expect(await shown()).toHaveLength(1);
  });

  it('shows the same key in two chats twice', async () => {
    const { send } = plugInto(dingTalk, withCards);

    await send(inGroup, aCard(), 'k1', neverAborted);
    await send(toLi, aCard(), 'k1', neverAborted);

    expect((await shown()).map(({ chat }) => chat)).toEqual([inGroup.chatId, 'li']);
  });

  it('looks at the delivery, not at the success on top', async () => {
    const error = await failing(
      plugInto(dingTalk, withCards).send({ ...inGroup, chatId: 'cidElsewhere==' }, aCard(), 'k1', neverAborted),
    );

    expect(error).toMatchObject({ retry: 'never', code: 'CARD_NOT_DELIVERED' });
  });

  it.each([
    ['missing.schema', 'param.templateNotExist'],
    ['warroom-draft.schema', 'param.templateUnpublished'],
  ])('refuses a template that cannot be used: %s', async (cardTemplateId, code) => {
    const error = await failing(
      plugInto(dingTalk, { credentials: { cardTemplateId } }).send(inGroup, aCard(), 'k1', neverAborted),
    );

    expect(error).toMatchObject({ retry: 'never', code });
  });

  it('spends one call of the month on a card and none on its repetition’s token', async () => {
    const { send } = plugInto(dingTalk, withCards);

    for (const key of ['k1', 'k2', 'k3']) await send(inGroup, aCard(), key, neverAborted);

    expect((await dingTalk.seen()).month.calls).toBe(3);
    expect((await dingTalk.seen()).counts.tokens).toBe(1);
  });
});

describe('the token', () => {
  it('is asked for once by many at the same time', async () => {
    const { send } = plugInto(dingTalk);

    await Promise.all(Array.from({ length: 15 }, (_, at) => send(inGroup, aCard(), `k${at}`, neverAborted)));

    expect((await dingTalk.seen()).counts.tokens).toBe(1);
    expect(await shown()).toHaveLength(15);
  });

  it('is renewed before its two hours are over', async () => {
    const { send } = plugInto(dingTalk);
    await send(inGroup, aCard(), 'k1', neverAborted);
    await dingTalk.pass(1.95 * HOUR);

    await send(inGroup, aCard(), 'k2', neverAborted);

    expect((await dingTalk.seen()).counts.tokens).toBe(2);
    expect(dingTalk.sandbox.world.store.all("SELECT 1 FROM calls WHERE outcome = 'InvalidAuthentication'")).toEqual([]);
  });

  it('is renewed once when the platform takes it back early', async () => {
    const { send } = plugInto(dingTalk);
    await send(inGroup, aCard(), 'k1', neverAborted);
    await dingTalk.ask('/expire-token', {});

    await Promise.all([send(inGroup, aCard(), 'k2', neverAborted), send(inGroup, aCard(), 'k3', neverAborted)]);

    expect((await dingTalk.seen()).counts.tokens).toBe(2);
    expect(await shown()).toHaveLength(3);
  });

  it('is renewed once and no more when every token is refused', async () => {
    await dingTalk.fault('expire-token', { route: groupSend, times: null });

    const error = await failing(plugInto(dingTalk).send(inGroup, aCard(), 'k1', neverAborted));

    expect(error).toBeInstanceOf(AuthExpiredError);
    expect((await dingTalk.seen()).counts.tokens).toBe(2);
  });

  it('survives a clock that stands hours ahead or behind', async () => {
    for (const off of [-5 * HOUR, 5 * HOUR]) {
      let skew = off;
      const clock = { ...dingTalk.clock, now: () => dingTalk.clock.now() + skew };
      const { send } = plugInto(dingTalk, { clock });
      await send(inGroup, aCard(), 'k1', neverAborted);
      skew = 0;
      await dingTalk.pass(3 * HOUR);

      await send(inGroup, aCard(), 'k2', neverAborted);
    }

    expect(await shown()).toHaveLength(4);
  });

  it('of a wrong secret is refused for good, and the secret is not told', async () => {
    const plug = plugInto(dingTalk, { credentials: { clientSecret: 'ding-secret-wrong' } });

    const error = await failing(plug.send(inGroup, aCard(), 'k1', neverAborted));

    expect(error).toMatchObject({ retry: 'never', code: 'invalidClientIdOrSecret' });
  });
});
