import { z } from 'zod';
import { addFault } from '../../world/faults.ts';
import { bodyOf, doorRoute, faultFields, loopbackOnly } from '../doors.ts';
import type { Route, Server } from '../exchange.ts';
import { AppClick, AppSay, clickAppCard, sayToApp, verifyAddress } from './app-callback.ts';
import type { App } from './app-state.ts';
import { takeOver } from './bot-line.ts';
import { Knobs, type Office } from './office.ts';
import { Click, cardSeenBy, click, enter, judge, Say, say } from './people.ts';
import { groups, members, tenant } from './tenant.ts';

const Trouble = z.object({
  kind: z.enum(['drop', 'delay', 'twice', 'cut', 'swap']),
  ms: z.number().int().nonnegative().default(0),
  times: z.number().int().positive().default(1),
});
const NewFault = z.object(faultFields);

const route = doorRoute('wecom.md §6');
const guard = loopbackOnly({ status: 403, body: {}, outcome: 'refused' });

/** Doors for whoever plays the people and the trouble of the WeCom account. Only for this machine. */
export function createWecomControl(office: Office, app: App): Server {
  const routes: readonly Route[] = [
    route('GET', '/state', () => ({
      isConnected: office.line !== undefined,
      lines: office.lines.size,
      subscribes: office.subscribedAt.length,
      frames: office.frames,
      knobs: office.knobs,
      tenant: { botId: tenant.botId, botName: tenant.botName, groups, members },
    })),
    route('GET', '/messages', (_context, call) => {
      const after = Number(call.query.get('after') ?? 0);
      const chat = call.query.get('chat');
      const user = call.query.get('user');
      return {
        messages: office.shown
          .filter((each) => each.id > after && (chat === null || each.chat === chat))
          .map((each) => ({ ...each, cardOf: undefined, card: cardSeenBy(each, user) })),
      };
    }),
    route('POST', '/say', (context, call) => say(office, context.world, Say.parse(bodyOf(call)), context.url())),
    route('POST', '/click', ({ world }, call) => click(office, world, Click.parse(bodyOf(call)))),
    route('POST', '/enter', ({ world }, call) =>
      enter(office, world, z.object({ user: z.string() }).parse(bodyOf(call)).user),
    ),
    route('POST', '/judge', ({ world }, call) => {
      const { user, type } = z.object({ user: z.string(), type: z.number().int() }).parse(bodyOf(call));
      return judge(office, world, user, type);
    }),
    route('POST', '/app/verify', ({ world }) => verifyAddress(office, world)),
    route('POST', '/app/say', ({ world }, call) => sayToApp(office, world, AppSay.parse(bodyOf(call)))),
    route('POST', '/app/click', ({ world }, call) => clickAppCard(office, world, app, AppClick.parse(bodyOf(call)))),
    route('POST', '/app/revoke', () => {
      for (const token of app.tokens.values()) token.isRevoked = true;
      return { revoked: app.tokens.size };
    }),
    route('POST', '/settings', (_context, call) => {
      office.knobs = Knobs.parse({ ...office.knobs, ...(bodyOf(call) as object) });
      return office.knobs;
    }),
    route('POST', '/acks', (_context, call) => {
      const { kind, ms, times } = Trouble.parse(bodyOf(call));
      for (let time = 0; time < times; time += 1) office.troubles.push({ kind, ms });
      return { waiting: office.troubles.length };
    }),
    route('POST', '/faults', ({ world }, call) => ({
      id: addFault(world, { server: 'wecom', ...NewFault.parse(bodyOf(call)) }),
    })),
    route('POST', '/connection', ({ world }, call) => {
      const input = z.object({ do: z.enum(['kick', 'drop', 'write']), text: z.string().default('') });
      const { do: what, text } = input.parse(bodyOf(call));
      if (what === 'drop') for (const { socket } of office.lines) socket.terminate();
      if (office.line === undefined) return { done: what === 'drop' };
      if (what === 'kick') takeOver(office, world, office.line);
      if (what === 'write') office.line.socket.send(text);
      return { done: true };
    }),
  ];
  return { name: 'control', prefix: '/world/wecom', routes, guard };
}
