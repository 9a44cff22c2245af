import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WecomCrypto } from '@wecom/aibot-node-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decrypt, encrypt, signatureOf } from '../../src/sandbox/servers/wecom/app-crypto.ts';
import { buttons, callerOf, cardBody, type Office, openOffice, tenant, toUsers } from './wecom-kit.ts';

let office: Office;
let listener: Server | undefined;
beforeEach(async () => {
  office = await openOffice();
});
afterEach(async () => {
  listener?.closeAllConnections();
  listener?.close();
  listener = undefined;
  await office.sandbox.stop();
});

const { app } = callerOf(() => office);

describe('WeCom 21: callbacks to the app', () => {
  const crypto = new WecomCrypto(tenant.callbackToken, tenant.callbackKey, tenant.corpId);
  const requests: { url: URL; body: string }[] = [];
  /** An app that answers, or stays silent. */
  async function listen(answer: (url: URL, body: string) => string | undefined): Promise<void> {
    requests.length = 0;
    listener = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => void parts.push(part));
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://app');
        const body = Buffer.concat(parts).toString('utf8');
        requests.push({ url, body });
        const said = answer(url, body);
        if (said !== undefined) response.end(said);
      });
    });
    await new Promise<void>((resolve) => listener?.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    await office.post('/settings', { callbackUrl: `http://127.0.0.1:${port}/cb`, callbackMs: 120 });
  }
  const sealedIn = (body: string): string => /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(body)?.[1] ?? '';
  const isGenuine = (url: URL, sealed: string): boolean =>
    crypto.verifySignature(
      url.searchParams.get('msg_signature') ?? '',
      url.searchParams.get('timestamp') ?? '',
      url.searchParams.get('nonce') ?? '',
      sealed,
    );

  it('verifies an address that answers with the plain text', async () => {
    await listen((url) => crypto.decrypt(url.searchParams.get('echostr') ?? ''));
    expect(await office.post('/app/verify', {})).toEqual({ isVerified: true });
    expect(isGenuine(requests[0]?.url ?? new URL('http://x'), requests[0]?.url.searchParams.get('echostr') ?? '')).toBe(
      true,
    );
    listener?.close();
    await listen((url) => `"${crypto.decrypt(url.searchParams.get('echostr') ?? '')}"`);
    expect(await office.post('/app/verify', {})).toEqual({ isVerified: false });
  });

  it('sends what people say, sealed, four times the same when nobody answers', async () => {
    await listen(() => undefined);

    expect(await office.post('/app/say', { user: 'lijg', text: '<好>' })).toMatchObject({ attempts: 4 });

    expect(new Set(requests.map(({ url, body }) => url.search + body)).size).toBe(1);
    const [first] = requests;
    const message = crypto.decrypt(sealedIn(first?.body ?? ''));
    expect(message).toContain('<FromUserName><![CDATA[lijg]]>');
    expect(message).toContain('<Content><![CDATA[<好>]]>');
  });

  it('signs wrongly, or for somebody else, when told to', async () => {
    await listen(() => '');
    await office.post('/app/say', { user: 'lijg', text: '一', wrong: 'signature' });
    await office.post('/app/say', { user: 'lijg', text: '二', wrong: 'receiver' });

    const [forged, strange] = requests;
    if (forged === undefined || strange === undefined) throw new Error('not called');
    expect([forged, strange].map(({ url, body }) => isGenuine(url, sealedIn(body)))).toEqual([false, true]);
    expect(() => crypto.decrypt(sealedIn(strange.body))).toThrow();
  });

  it('repaints a card for whoever pressed it, from the sealed answer', async () => {
    await listen(() => {
      const { encrypt: sealed } = crypto.encrypt(
        '<xml><MsgType>update_button</MsgType><Button><ReplaceName><![CDATA[已接]]></ReplaceName></Button></xml>',
        '1',
        '2',
      );
      return `<xml><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`;
    });
    await app('/message/send', toUsers('lijg', cardBody(buttons('a1'))));
    const [sent] = await office.posted();

    await office.post('/app/click', { message: sent?.id, user: 'lijg', label: '我来' });

    expect(crypto.decrypt(sealedIn(requests[0]?.body ?? ''))).toContain('<EventKey><![CDATA[ack]]>');
    expect((await office.seen({ user: 'lijg' })).at(-1)?.card.button_list[0].text).toBe('已接');
  });

  it('seals as the official samples do', () => {
    const sample = encrypt(tenant.callbackKey, '{"hello":"world"}', '', Buffer.from('0123456789abcdef'));

    expect(sample).toBe('sKqRbbiSUnDhFHOvPjtUMUnYn+yGU2tstlzg06ga207RJWriqs0uXLMBmUM/frpUhZIle7aFQAcUr4bNhAaJ4A==');
    expect(signatureOf(tenant.callbackToken, '1700000000', 'nonce123', sample)).toBe(
      '7646b0fa6fc7bbdbdf3332b710b1b71ca3d1a80c',
    );
    const echo = 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==';
    expect(signatureOf(tenant.callbackToken, '1409659589', '263014780', echo)).toBe(
      '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
    );
    expect(decrypt(tenant.callbackKey, echo)).toEqual({
      message: '1616140317555161061',
      receiver: 'wx5823bf96d3bd56c7',
    });
  });
});
