/** The company's WeCom account: its bot, its webhook, its own app, its groups and people. */
export const tenant = {
  corpId: 'ww5a7d3c0f9be1',
  botId: 'aib-demo-bot',
  botSecret: 'wecom-bot-secret-demo',
  botName: '订单 助手',
  webhookKey: '693a91f6-demo-webhook-key',
  agentId: 1_000_002,
  appSecret: 'wecom-app-secret-demo',
  /** A second app, which may not ring telephones. */
  otherAppSecret: 'wecom-other-app-secret-demo',
  callbackToken: 'QDG6eK',
  callbackKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C',
} as const;

export interface Member {
  readonly userid: string;
  readonly name: string;
  readonly mobile: string;
}

export const members: readonly Member[] = [
  { userid: 'wangmin', name: '王敏', mobile: '13800000001' },
  { userid: 'lijg', name: '李建国', mobile: '13800000002' },
  { userid: 'chenj', name: '陈静', mobile: '13800000003' },
  { userid: 'zhaol', name: '赵磊', mobile: '13800000004' },
  { userid: 'sunyue', name: '孙悦', mobile: '13800000005' },
];

export interface Group {
  readonly chatid: string;
  readonly name: string;
  readonly userids: readonly string[];
}

/** The first is the war room, the one that the webhook posts into. */
export const groups: readonly Group[] = [
  { chatid: 'wrkSFfCgAA-WarRoom', name: '订单作战群', userids: ['wangmin', 'lijg', 'chenj', 'zhaol'] },
  { chatid: 'wrkSFfCgAA-Desk', name: '客服群', userids: ['wangmin', 'chenj'] },
];

export const warRoom = groups[0]?.chatid ?? '';

export const findMember = (userid: unknown): Member | undefined => members.find((one) => one.userid === userid);
export const findGroup = (chatid: unknown): Group | undefined => groups.find((one) => one.chatid === chatid);
