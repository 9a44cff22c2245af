import type { Server } from '../exchange.ts';
import { chatRoutes } from './app-chat.ts';
import { messageRoutes } from './app-message.ts';
import { createApp } from './app-state.ts';
import { tokenRoute, useridRoute } from './app-token.ts';
import { botLine } from './bot-line.ts';
import { createWecomControl } from './control.ts';
import { mediaRoute } from './media.ts';
import { createOffice } from './office.ts';
import { phoneRoutes } from './phone.ts';
import { responseRoute } from './response-url.ts';
import { webhookRoute } from './webhook.ts';

/** The company's WeCom: the smart bot's line, the group's webhook, the app's API, and the people in front of it. */
export function createWecom(): readonly Server[] {
  const office = createOffice();
  const app = createApp();
  return [
    {
      name: 'wecom',
      prefix: '/wecom',
      sockets: [botLine(office)],
      routes: [
        webhookRoute(office),
        responseRoute(office),
        mediaRoute(office),
        tokenRoute(office, app),
        useridRoute(office, app),
        ...messageRoutes(office, app),
        ...chatRoutes(office, app),
        ...phoneRoutes(office, app),
      ],
    },
    createWecomControl(office, app),
  ];
}
