import { expect, it } from 'vitest';
import { legacyRefusalOf } from '../../../../src/adapters/messengers/dingtalk/refusals.ts';
import { signed } from '../../../../src/adapters/messengers/dingtalk/send.ts';

it.each([
  [{ errcode: 88, sub_code: '40014', errmsg: 'x' }, 'refresh'],
  [{ errcode: 88, errmsg: 'x' }, 'reconcile'],
  [{ errcode: 15, errmsg: 'isp.top-remote-connection-timeout' }, 'reconcile'],
  [{ errcode: 90018, errmsg: 'x' }, 'after'],
  [{ errcode: 90002, errmsg: 'x' }, 'after'],
  [{ errcode: 130101, errmsg: 'x' }, 'after'],
  [{ errcode: 660026, errmsg: 'x' }, 'after'],
  [{ errcode: 410100, errmsg: 'x' }, 'after'],
  [{ status: 1111, wait: 5, source: 'x5', punish: 'deny' }, 'after'],
  [{ errcode: -1, errmsg: 'x' }, 'backoff'],
  [{ errcode: 310000, errmsg: 'keywords not in content' }, 'never'],
  [{ errcode: 300005, errmsg: 'x' }, 'never'],
  [{ errcode: 460101, errmsg: 'x' }, 'never'],
  [{}, 'reconcile'],
  ['<html>', 'reconcile'],
])('reads the legacy refusal %j as %s', (body, retry) => {
  expect(legacyRefusalOf('POST webhook', body)?.retry).toBe(retry);
});

it('reads errcode 0 as done, and waits ten minutes after twenty messages in one', () => {
  expect(legacyRefusalOf('POST webhook', { errcode: 0, errmsg: 'ok' })).toBeUndefined();
  expect(legacyRefusalOf('POST webhook', { errcode: 130101 })).toMatchObject({ afterMs: 600_000 });
});

it.each([
  [1_700_000_000_000, 'SECtest1234567890abcdef', 'BeUCsZkeXfpumawiNp6ZRxY%2B2O0bCwVbGlH7eyujkTM%3D'],
  [1_577_262_236_757, 'this is secret', 'hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D'],
])('signs the webhook as the sheet shows: %i', (timestamp, secret, sign) => {
  expect(signed('https://h.example/robot/send?access_token=T', secret, timestamp)).toBe(
    `https://h.example/robot/send?access_token=T&timestamp=${timestamp}&sign=${sign}`,
  );
});
