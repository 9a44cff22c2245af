import { HOUR } from '../../world/time.ts';
import type { Route } from '../exchange.ts';
import { showBotMessage } from './bot-commands.ts';
import { checkCard } from './cards.ts';
import { type Office, within } from './office.ts';
import { bodyOf, verdict } from './webhook.ts';

/** One answer to one callback, within the hour. Codes of refusals are ours. */
export const responseRoute = (office: Office): Route => ({
  method: 'POST',
  path: '/cgi-bin/aibot/response',
  sheet: 'wecom.md §2.3',
  kind: 'write',
  answer({ world }, call) {
    const code = call.query.get('response_code') ?? '';
    const known = office.responseCodes.get(code);
    if (known === undefined || !within(world, known.at, HOUR)) return verdict(846_604);
    const body = bodyOf(call);
    const type = body?.msgtype;
    if (body === undefined || (type !== 'markdown' && type !== 'template_card')) return verdict(40_008);
    const content = (body.markdown as { content?: unknown } | undefined)?.content;
    if (type === 'markdown' && (typeof content !== 'string' || content === '')) return verdict(44_004);
    if (type === 'markdown' && Buffer.byteLength(String(content)) > 20_480) return verdict(45_002);
    const refused = type === 'template_card' ? checkCard(body.template_card) : 0;
    if (refused !== 0) return verdict(refused);
    office.responseCodes.delete(code);
    showBotMessage(office, world, known.chat, body);
    return verdict(0);
  },
});
