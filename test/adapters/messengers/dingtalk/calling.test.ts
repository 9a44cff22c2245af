import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aCard, type DingTalk, hushClient, inGroup, neverAborted, plugInto, startDingTalk, templateId } from './kit.ts';

hushClient();
let dingTalk: DingTalk;
beforeEach(async () => {
  dingTalk = await startDingTalk();
});
afterEach(() => dingTalk.stop());

const shown = async () => (await dingTalk.seen()).said;

const calling = aCard({
  call: { who: ['li', 'wang'], before: '12号', after: '杭州仓停了，37 单' },
  mentions: [
    { userId: '0123', name: '李建国' },
    { userId: '0456', name: '王_敏' },
  ],
});

describe('people are called in the message itself [P12 E11]', () => {
  it('by the webhook, whose text has the ids that ring', async () => {
    await plugInto(dingTalk, { webhook: true }).send(inGroup, calling, 'k1', neverAborted);

    const [said, ...more] = await shown();
    expect(more).toEqual([]);
    expect(said).toMatchObject({ via: 'hook', kind: 'markdown' });
    expect(said?.content['at']).toEqual({ atUserIds: ['0123', '0456'], isAtAll: false });
    expect(said?.content['text']).toContain('12号 @0123 @0456 杭州仓停了，37 单');
    expect(said?.content['text']).toContain('回 @机器人 /ack 12 → 我来');
  });

  it('by the card, which names them to the platform', async () => {
    await plugInto(dingTalk, { credentials: { cardTemplateId: templateId }, webhook: true }).send(
      inGroup,
      calling,
      'k1',
      neverAborted,
    );

    const [said, ...more] = await shown();
    expect(more).toEqual([]);
    expect(said).toMatchObject({ via: 'card', content: { at: { '0123': '李建国', '0456': '王_敏' } } });
  });

  it('by name only where nothing can ring, without a staff id in the text', async () => {
    await plugInto(dingTalk).send(inGroup, calling, 'k1', neverAborted);

    const [said] = await shown();
    expect(said?.via).toBe('robot');
    expect(JSON.stringify(said?.content)).toContain('12号 @李建国 @王＿敏 杭州仓停了，37 单');
    expect(JSON.stringify(said?.content)).not.toContain('0123');
  });

  it('and when the webhook refuses, the message is still shown once', async () => {
    await dingTalk.trouble({ keyword: '没有这个词' });

    await plugInto(dingTalk, { webhook: true }).send(inGroup, calling, 'k1', neverAborted);

    expect((await shown()).map(({ via }) => via)).toEqual(['robot']);
  });

  it('nobody is called by a message without a call', async () => {
    await plugInto(dingTalk, { webhook: true }).send(inGroup, aCard(), 'k1', neverAborted);

    expect((await shown()).map(({ via }) => via)).toEqual(['robot']);
  });
});
