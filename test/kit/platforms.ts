import { app, group, hook } from '../../src/sandbox/servers/dingtalk/tenant.ts';
import { groups, tenant } from '../../src/sandbox/servers/wecom/tenant.ts';
import type { TestBot } from './test-bot.ts';

/** The same company in WeCom's and DingTalk's groups, on their stand-ins. */
export function onPlatforms(raw: { shops: readonly { baseUrl: string }[] }): readonly object[] {
  const url = raw.shops[0]?.baseUrl.replace(/\/mini$/, '') ?? '';
  return [
    {
      id: 'wx',
      platform: 'wecom',
      baseUrl: url.replace('http', 'ws'),
      chatId: groups[0]?.chatid,
      webhook: `${url}/wecom/cgi-bin/webhook/send?key=${tenant.webhookKey}`,
      credentials: { botId: tenant.botId, secret: tenant.botSecret },
    },
    {
      id: 'ding',
      platform: 'dingtalk',
      baseUrl: `${url}/dingtalk`,
      conversationId: group.id,
      webhook: `${url}/dingtalk/robot/send?access_token=${hook.token}`,
      credentials: {
        clientId: app.clientId,
        clientSecret: app.clientSecret,
        robotCode: app.clientId,
        webhookSecret: hook.secret,
      },
    },
  ];
}

/** What a chat on DingTalk shows; without one, the group. */
export async function onDingTalk(bot: TestBot, chat: string = group.id) {
  const { said } = (await (await fetch(`${bot.sandbox.url}/world/dingtalk`)).json()) as {
    readonly said: readonly {
      readonly chat: string;
      readonly via: string;
      readonly content: { readonly at?: unknown; readonly text?: string };
    }[];
  };
  return said.filter((each) => each.chat === chat);
}

/** What WeCom's groups show, with the people for whom it rang. */
export async function onWecom(bot: TestBot) {
  const { messages } = (await (await fetch(`${bot.sandbox.url}/world/wecom/messages`)).json()) as {
    readonly messages: readonly { readonly via: string; readonly text: string; readonly rung: readonly string[] }[];
  };
  return messages;
}
