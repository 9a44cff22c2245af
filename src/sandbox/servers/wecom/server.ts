import type { Server } from '../exchange.ts';
import { botLine } from './bot-line.ts';
import { createWecomControl } from './control.ts';
import { createOffice } from './office.ts';
import { responseRoute } from './response-url.ts';
import { webhookRoute } from './webhook.ts';

/** The company's WeCom: the smart bot's line, the group's webhook, the app's API, and the people in front of it. */
export function createWecom(): readonly Server[] {
  const office = createOffice();
  return [
    {
      name: 'wecom',
      prefix: '/wecom',
      sockets: [botLine(office)],
      routes: [webhookRoute(office), responseRoute(office)],
    },
    createWecomControl(office),
  ];
}
