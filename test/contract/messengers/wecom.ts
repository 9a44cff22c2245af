import { createHttp } from '../../../src/adapters/http.ts';
import { openOffice, tenant, until, warRoom } from '../../adapters/messengers/wecom/kit.ts';
import { type Binding, plainContext } from './binding.ts';

/** The simulated company's WeCom, with somebody who has spoken in the room. */
const wecom: Binding = async (plug) => {
  const office = await openOffice();
  const messenger = plug.create({
    ...plainContext(),
    baseUrl: `${office.url.replace('http', 'ws')}/wecom`,
    credentials: { botId: tenant.botId, secret: tenant.botSecret } as never,
    http: createHttp(),
    clock: {
      now: () => office.sandbox.world.clock.now(),
      sleep: async () => undefined,
      every: () => () => undefined,
    },
  });
  messenger.start?.();
  await until(() => messenger.connection?.().isUp === true);
  await office.say('你好');
  return {
    messenger,
    target: { roomId: 'war', chatId: warRoom, isPrivate: false },
    shown: async () =>
      (await office.posted()).map(({ bytes, text, card, links }) => ({
        bytes,
        text,
        buttons: (card?.button_list ?? []).map((button: { text: string }) => button.text),
        url: links.at(-1)?.url ?? null,
      })),
    async refuse() {
      await office.post('/settings', { removedFrom: [warRoom] });
    },
    async close() {
      await messenger.stop?.();
      await office.sandbox.stop();
    },
  };
};

export default wecom;
