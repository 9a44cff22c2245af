import { describe, expect, it } from 'vitest';
import { signPush } from '../../../src/adapters/channels/shopify/push.ts';
import type { PushReading, RawPush } from '../../../src/ports/channel.ts';
import { credentials, open } from './shopify-kit.ts';

function push(body: string | Buffer, headers: Record<string, string> = {}): RawPush {
  const rawBody = Buffer.from(body);
  return {
    method: 'POST',
    target: '/hooks/shops/us',
    headers: {
      'x-shopify-topic': 'orders/updated',
      'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      'x-shopify-hmac-sha256': signPush(credentials.webhookSecret, rawBody),
      ...headers,
    },
    rawBody,
  };
}

const read = (raw: RawPush): PushReading => {
  const { readPush } = open();
  if (readPush === null) throw new Error('the channel takes no pushes');
  return readPush(raw);
};

describe('a push', () => {
  it('[B1] is signed as the published vectors are (channels.md §10.4)', () => {
    expect(signPush('test_secret_key', Buffer.from('{"foo": "bar"}'))).toBe(
      'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=',
    );
    expect(signPush('whsec-demo', Buffer.from('{"id":820982911946154508,"name":"#9999"}'))).toBe(
      'zkutdqNsPkuLTf/7Mb5UZW1u8tnVdNGSiQaXIbVRQk0=',
    );
  });

  it('[B2] names the order whose number has more digits than a JS number, and its own id', () => {
    expect(read(push('{"id":820982911946154508,"name":"#9999"}'))).toEqual({
      messageId: 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      orderNos: ['820982911946154508'],
      answer: { status: 200, type: 'text/plain; charset=utf-8', body: '' },
    });
  });

  it.each([
    [
      'orders/create',
      '{"id":6004604174410,"admin_graphql_api_id":"gid://shopify/Order/6004604174410"}',
      ['6004604174410'],
    ],
    ['orders/edited', '{"order_edit":{"id":1,"order_id":6004604174410}}', ['6004604174410']],
    ['orders/delete', '{"id":6004604174410}', ['6004604174410']],
    ['fulfillments/update', '{"id":255858046,"order_id":6004604174410,"status":"success"}', ['6004604174410']],
    ['fulfillment_events/create', '{"id":1,"fulfillment_id":2,"order_id":6004604174410}', ['6004604174410']],
    ['refunds/create', '{"id":1,"order_id":6004604174410}', ['6004604174410']],
    ['returns/request', '{"id":1,"order":{"id":6004604174410}}', ['6004604174410']],
    ['fulfillment_orders/placed_on_hold', '{"fulfillment_order":{"id":"gid://shopify/FulfillmentOrder/1"}}', []],
    ['shop/update', '{"id":548380009,"name":"x"}', []],
  ])('[B2] of %s names its order', (topic, body, orderNos) => {
    expect(read(push(body, { 'x-shopify-topic': topic })).orderNos).toEqual(orderNos);
  });

  it.each([
    ['another secret', { 'x-shopify-hmac-sha256': signPush('other', Buffer.from('{"id":1}')) }],
    ['no signature', { 'x-shopify-hmac-sha256': '' }],
    ['a signature in hex', { 'x-shopify-hmac-sha256': 'ab'.repeat(22) }],
  ])('[B1] with %s is refused', (_what, headers) => {
    expect(() => read(push('{"id":1}', headers))).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
  });

  it('[B1] is verified over the bytes that came, not over what they mean', () => {
    const signed = push('{"id":1}');

    expect(() => read({ ...signed, rawBody: Buffer.from('{"id": 1}') })).toThrow(
      expect.objectContaining({ code: 'BAD_SIGNATURE' }),
    );
  });

  it.each([['no JSON'], ['[]'], ['']])('[B1] that is signed and cannot be read (%s) is refused as such', (body) => {
    expect(() => read(push(body))).toThrow(expect.objectContaining({ code: 'BAD_PUSH' }));
  });

  it('[B2] without an id cannot be told from its repeat, and is refused', () => {
    expect(() => read(push('{"id":1}', { 'x-shopify-webhook-id': '' }))).toThrow(
      expect.objectContaining({ code: 'BAD_PUSH' }),
    );
  });

  it('[B1] is signed with the secret of the app, where the app fetches its own tokens', () => {
    const rawBody = Buffer.from('{"id":1}');
    const headers = { 'x-shopify-hmac-sha256': signPush('shpss_demo', rawBody) };
    const { readPush } = open({ credentials: { clientId: 'client-demo', clientSecret: 'shpss_demo' } });

    expect(readPush?.(push(rawBody, headers)).orderNos).toEqual(['1']);
  });

  it('[B3] is not taken by a shop without a secret to verify it', () => {
    expect(open({ credentials: { accessToken: 'shpat_demo' } }).readPush).toBeNull();
  });
});
