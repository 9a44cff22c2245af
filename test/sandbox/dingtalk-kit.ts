import { app } from '../../src/sandbox/servers/dingtalk/tenant.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { control, type Reply } from './kit.ts';

/** A caller of DingTalk's HTTP doors; `login` first. A null token sends none. */
export function callerOf(sandbox: () => Sandbox) {
  let token = '';
  const door = (path: string, body?: object): Promise<Reply> => control(sandbox(), `/world/dingtalk${path}`, body);

  async function post(
    path: string,
    body: unknown,
    options: { token?: string | null; method?: string } = {},
  ): Promise<Reply> {
    const given = options.token === undefined ? token : options.token;
    const response = await fetch(`${sandbox().url}/dingtalk${path}`, {
      method: options.method ?? 'POST',
      headers: { 'content-type': 'application/json', ...(given ? { 'x-acs-dingtalk-access-token': given } : {}) },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** Asks for a token, sends it from now on, and answers it. */
  async function login(): Promise<string> {
    const asked = await post('/v1.0/oauth2/accessToken', { appKey: app.clientId, appSecret: app.clientSecret });
    token = asked.body.accessToken;
    return token;
  }

  return {
    door,
    post,
    login,
    said: async (): Promise<Record<string, unknown>[]> => (await door('')).body.said,
  };
}
