import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { group } from '../../../../src/sandbox/servers/dingtalk/tenant.ts';
import {
  aCard,
  type DingTalk,
  hushClient,
  inGroup,
  neverAborted,
  type Plug,
  type PlugOptions,
  plugInto,
  startDingTalk,
  templateId,
  toLi,
  until,
} from './kit.ts';

hushClient();
let dingTalk: DingTalk;
let plug: Plug | undefined;
beforeEach(async () => {
  dingTalk = await startDingTalk();
});
afterEach(async () => {
  await plug?.stop();
  await dingTalk.stop();
});

async function connected(options: PlugOptions = {}): Promise<Plug> {
  const made = plugInto(dingTalk, options);
  plug = made;
  made.start();
  await until(() => expect(made.connection().isUp).toBe(true));
  return made;
}

const ackOf = async (messageId: string) => (await dingTalk.seen()).acks.filter((ack) => ack.messageId === messageId);

it('hears a message of the group without the blank before it, and acknowledges it', async () => {
  const { heard } = await connected();

  const { msgId, messageId } = await dingTalk.says('/认领 12');

  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
  expect(heard).toEqual([{ messageId: msgId, chatId: group.id, isPrivate: false, senderId: 'li', text: '/认领 12' }]);
  expect((await ackOf(messageId))[0]).toMatchObject({ code: 200, data: { response: null }, isWrongSocket: false });
});

it('hears a private message as from the chat with its sender', async () => {
  const { heard } = await connected();

  await dingTalk.says('查 018842', { isPrivate: true, by: 'wang' });

  await until(() => expect(heard).toHaveLength(1));
  expect(heard[0]).toMatchObject({ chatId: 'wang', isPrivate: true, senderId: 'wang', text: '查 018842' });
});

it('hears nothing that does not mention it in the group', async () => {
  const { heard } = await connected();

  await dingTalk.says('吃饭了吗', { mentions: false });
  await dingTalk.says('018842');

  await until(() => expect(heard).toHaveLength(1));
  expect(heard[0]?.text).toBe('018842');
});

it('joins the texts of a formatted message', async () => {
  const { heard } = await connected();

  await dingTalk.says('/释放 018842', { kind: 'richText' });

  await until(() => expect(heard[0]?.text).toBe('/释放 018842'));
});

it('hears a reply without what it quotes', async () => {
  const { heard } = await connected();

  await dingTalk.says('好的', { kind: 'reply' });

  await until(() => expect(heard[0]?.text).toBe('好的'));
});

it('hears somebody of another company by the hidden id, never by a name', async () => {
  const { heard } = await connected();

  await dingTalk.says('/认领 12', { by: 'outsider' });

  await until(() => expect(heard[0]?.senderId).toBe('$:LWCP_v1:$outsider'));
});

it.each([
  ['picture', '图片我看不了'],
  ['video', '视频我看不了'],
  ['audio', '语音我不当命令'],
  ['unknownMsgType', '这种消息我看不了'],
])('says honestly that it cannot read: %s', async (kind, words) => {
  const { heard } = await connected();

  const { messageId } = await dingTalk.says('', { kind });

  await until(async () => expect((await dingTalk.seen()).said.filter(({ from }) => from === 'bot')).toHaveLength(1));
  const answer = (await dingTalk.seen()).said.at(-1);
  expect(answer?.content.text).toContain(words);
  expect(answer?.content.text).toContain('请打字');
  expect(heard).toEqual([]);
  expect(await ackOf(messageId)).toHaveLength(1);
});

it('takes a file for the question where sheets go [B7]', async () => {
  const { heard } = await connected();

  await dingTalk.says('', { kind: 'file', isPrivate: true });

  await until(() => expect(heard).toMatchObject([{ text: '/import', isPrivate: true }]));
});

it('shows what it took a recording for and does none of it', async () => {
  const { heard } = await connected();

  await dingTalk.says('释放018842', { kind: 'audio', isPrivate: true });

  await until(async () => expect((await dingTalk.seen()).said).toHaveLength(2));
  expect((await dingTalk.seen()).said.at(-1)).toMatchObject({ chat: 'li' });
  expect(JSON.stringify((await dingTalk.seen()).said.at(-1)?.content)).toContain('释放018842');
  expect(heard).toEqual([]);
});

it('answers a picture that comes again once', async () => {
  await connected();

  const { messageId } = await dingTalk.says('', { kind: 'picture' });
  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
  await dingTalk.ask(`/again/${messageId}`, {});
  await until(async () => expect(await ackOf(messageId)).toHaveLength(2));

  await until(async () => expect((await dingTalk.seen()).said.filter(({ from }) => from === 'bot')).toHaveLength(1));
});

it('acknowledges only what is stored', async () => {
  let store: () => void = () => undefined;
  const stored = new Promise<void>((done) => {
    store = done;
  });
  const { attempts } = await connected({ hear: () => stored });

  const { messageId } = await dingTalk.says('018842');
  await until(() => expect(attempts).toHaveLength(1));
  await sleep(50);
  const before = await ackOf(messageId);
  store();

  expect(before).toEqual([]);
  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
});

it('leaves what could not be stored unacknowledged, and takes it when it comes again', async () => {
  await dingTalk.settings({ redeliverMs: 100 });
  let failures = 1;
  const { heard, attempts, logged } = await connected({
    async hear() {
      failures -= 1;
      if (failures >= 0) throw new Error('disk full of 018842');
    },
  });

  const { messageId } = await dingTalk.says('018842');

  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
  expect([attempts.length, heard.length]).toEqual([2, 1]);
  expect(attempts[0]?.messageId).toBe(attempts[1]?.messageId);
  expect(logged.join()).toContain('could not be handled');
  expect(logged.join()).not.toContain('018842');
});

it('hears a message once that comes again although it was acknowledged, and acknowledges it again', async () => {
  const { heard, attempts } = await connected();

  const { messageId } = await dingTalk.says('018842');
  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
  await dingTalk.ask(`/again/${messageId}`, {});

  await until(async () => expect(await ackOf(messageId)).toHaveLength(2));
  expect([attempts.length, heard.length]).toEqual([2, 1]);
});

it('hears each push on one of two connections of the same app', async () => {
  const one = await connected();
  const other = plugInto(dingTalk);
  other.start();
  await until(async () => expect(await dingTalk.live()).toBe(2));

  for (let at = 0; at < 40; at += 1) await dingTalk.says(`${at}`);

  await until(() => expect(one.heard.length + other.heard.length).toBe(40));
  expect(one.heard.length).toBeGreaterThan(0);
  expect(other.heard.length).toBeGreaterThan(0);
  await other.stop();
});

async function shownCard(target = inGroup): Promise<{ made: Plug; id: string }> {
  const made = await connected({ credentials: { cardTemplateId: templateId } });
  const { id } = await made.send(target, aCard(), 'k1', neverAborted);
  return { made, id };
}

it('hears the press of a button as its command, and shows the clicker alone that it works', async () => {
  const { made, id } = await shownCard();

  const { messageId } = await dingTalk.clicks(id, 'b2');

  await until(async () => expect((await dingTalk.seen()).clicks[0]?.outcome).toBe('answered'));
  expect(made.heard).toEqual([{ messageId, chatId: group.id, isPrivate: false, senderId: 'li', text: '/ack 12' }]);
  expect(await dingTalk.ask(`/view/${id}/li`)).toMatchObject({ status: '⏳', title: expect.stringContaining('12号') });
  expect(await dingTalk.ask(`/view/${id}/wang`)).toMatchObject({ status: '' });
  expect((await dingTalk.seen()).clicks[0]?.updatedInside).toBe(false);
});

it.each(['value', 'bare'])('reads a click in its other shape: %s', async (quirk) => {
  const { made, id } = await shownCard();

  await dingTalk.clicks(id, 'b1', { quirk });

  await until(() => expect(made.heard[0]).toMatchObject({ chatId: group.id, text: '/release 018842' }));
});

it('hears the press of a private card in that chat', async () => {
  const { made, id } = await shownCard(toLi);

  await dingTalk.clicks(id, 'b1', { quirk: 'bare' });

  await until(() => expect(made.heard[0]).toMatchObject({ chatId: 'li', isPrivate: true, senderId: 'li' }));
});

it('hears two presses as two messages, and one that comes again as one', async () => {
  const { made, id } = await shownCard();

  const { messageId } = await dingTalk.clicks(id, 'b1');
  await dingTalk.clicks(id, 'b1');
  await until(() => expect(made.heard).toHaveLength(2));
  await dingTalk.ask(`/again/${messageId}`, {});
  await until(async () => expect(await ackOf(messageId)).toHaveLength(2));

  expect(made.heard).toHaveLength(2);
});

it('ignores a press that carries no command', async () => {
  const { made, id } = await shownCard();

  const { messageId } = await dingTalk.clicks(id, 'b4');

  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
  expect(made.attempts).toEqual([]);
});

it('hears a press once whose answer came too late for the card', async () => {
  await dingTalk.settings({ cardAnswerMs: 50 });
  const made = await connected({ credentials: { cardTemplateId: templateId }, hear: () => sleep(150) });
  const { id } = await made.send(inGroup, aCard(), 'k1', neverAborted);

  const { messageId } = await dingTalk.clicks(id, 'b1');
  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));

  expect((await dingTalk.seen()).clicks[0]?.outcome).toBe('timeout');
  expect(await dingTalk.ask(`/view/${id}/li`)).toMatchObject({ status: '' });
  expect(made.heard).toHaveLength(1);
});

it('answers a press within the two seconds of the platform', async () => {
  const { id } = await shownCard();

  const { messageId } = await dingTalk.clicks(id, 'b1');

  await until(async () => expect(await ackOf(messageId)).toHaveLength(1));
  expect((await ackOf(messageId))[0]?.afterMs).toBeLessThan(2_000);
});
