import { WSClient, type WSClientOptions, type WsFrame } from '@wecom/aibot-node-sdk';
import { expect } from 'vitest';
import { type Office, tenant, until, warRoom } from '../adapters/messengers/wecom/kit.ts';

export { type Office, openOffice, tenant, until, warRoom } from '../adapters/messengers/wecom/kit.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely by tests
export type Body = any;

/** The official client, and what it was told. */
export interface Bot {
  readonly client: WSClient;
  readonly messages: WsFrame<Body>[];
  readonly events: WsFrame<Body>[];
  readonly ended: string[];
  readonly errors: string[];
  isIn: boolean;
}

/** Connects the official client; 5 s for an answer are its own and no option, so tests shorten the field itself. */
export function openBot(office: Office, options: Partial<WSClientOptions> = {}, ackMs = 250): Bot {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const client = new WSClient({
    botId: tenant.botId,
    secret: tenant.botSecret,
    wsUrl: `${office.url.replace('http', 'ws')}/wecom`,
    maxReconnectAttempts: 0,
    maxAuthFailureAttempts: 0,
    logger: silent,
    ...options,
  });
  Object.assign((client as unknown as { wsManager: object }).wsManager, { replyAckTimeout: ackMs });
  const bot: Bot = { client, messages: [], events: [], ended: [], errors: [], isIn: false };
  client.on('message', (frame) => void bot.messages.push(frame));
  client.on('event', (frame) => void bot.events.push(frame as WsFrame<Body>));
  client.on('authenticated', () => {
    bot.isIn = true;
  });
  client.on('disconnected', (reason) => void bot.ended.push(reason));
  client.on('error', (error) => void bot.errors.push(error.message));
  client.connect();
  return bot;
}

export async function enterBot(office: Office, options: Partial<WSClientOptions> = {}): Promise<Bot> {
  const bot = openBot(office, options);
  await until(() => bot.isIn);
  return bot;
}

/** A bot to which somebody has talked in the war room and in private. */
export async function greetedBot(office: Office): Promise<Bot> {
  const bot = await enterBot(office);
  await office.say('你好');
  await office.say('你好', { chat: undefined });
  await until(() => bot.messages.length === 2);
  bot.messages.length = 0;
  return bot;
}

/** Calls to the HTTP API of the office; `app` asks for a token first. */
export function callerOf(office: () => Office) {
  async function ask(path: string, body?: object): Promise<Body> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const reply = await fetch(`${office().url}/wecom/cgi-bin${path}`, init);
    expect(reply.status).toBe(200);
    return reply.json();
  }
  const tokenOf = (secret: string = tenant.appSecret): Promise<Body> =>
    ask(`/gettoken?corpid=${tenant.corpId}&corpsecret=${secret}`);
  async function app(path: string, body: object, secret?: string): Promise<Body> {
    const { access_token } = await tokenOf(secret);
    return ask(`${path}?access_token=${access_token}`, body);
  }
  return { ask, tokenOf, app };
}

export const text = (content: string, more: object = {}) => ({ msgtype: 'text', text: { content, ...more } });
export const toUsers = (touser: string, more: object = {}) => ({
  touser,
  agentid: tenant.agentId,
  ...text('看群'),
  ...more,
});

export const markdown = (content: string) => ({ msgtype: 'markdown' as const, markdown: { content } });
export const cardBody = (card: object): Body => ({ msgtype: 'template_card', template_card: card });

export const buttons = (taskId: string, more: object = {}): Body => ({
  card_type: 'button_interaction',
  task_id: taskId,
  main_title: { title: '12号 · 先发这单' },
  button_list: [
    { text: '我来', style: 1, key: 'ack' },
    { text: '稍后', style: 2, key: 'snooze' },
  ],
  ...more,
});

/** The errcode of what the client sent: 0 when it was taken, the words of the error when no answer came. */
export async function codeOf(sending: Promise<WsFrame>): Promise<number | string | undefined> {
  try {
    return (await sending).errcode;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/ for reqId.*| \(.*/, '') : (error as WsFrame).errcode;
  }
}

export const push = (bot: Bot, body: Body, chat = warRoom, type = 2) =>
  codeOf(bot.client.sendMessage(chat, { chat_type: type, ...body }));
