import { createHttp } from '../../../src/adapters/http.ts';
import { app } from '../../../src/sandbox/servers/dingtalk/tenant.ts';
import { inGroup, startDingTalk } from '../../adapters/messengers/dingtalk/kit.ts';
import { type Binding, plainContext } from './binding.ts';

/** The simulated company's DingTalk, without a card template: the group's markdown spells its buttons out. */
const dingtalk: Binding = async (plug) => {
  const dingTalk = await startDingTalk();
  const messenger = plug.create({
    ...plainContext(),
    baseUrl: dingTalk.url,
    credentials: { clientId: app.clientId, clientSecret: app.clientSecret, robotCode: app.clientId } as never,
    http: createHttp(),
    clock: dingTalk.clock,
  });
  return {
    messenger,
    target: { ...inGroup, roomId: 'war' },
    async shown() {
      const { said } = await dingTalk.seen();
      return said.map(({ content }) => {
        const text = String(content.text);
        return {
          bytes: Buffer.byteLength(JSON.stringify(content)),
          text,
          buttons: [...text.matchAll(/^(?:回|Reply) @.* → (.*?) *$/gm)].map(([, label = '']) => label),
          url: /\]\((.*)\)$/.exec(text)?.[1] ?? null,
        };
      });
    },
    async refuse() {
      const body = { code: 'robot.notExist', message: 'no such robot', requestid: 'A' };
      const route = '/v1.0/robot/groupMessages/send';
      await dingTalk.trouble({ refusals: [{ route, status: 400, body, times: 100 }] });
    },
    async close() {
      await messenger.stop?.();
      await dingTalk.stop();
    },
  };
};

export default dingtalk;
