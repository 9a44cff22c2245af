import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Where each behaviour of wecom.md §6 and dingtalk.md §8 is shown by a test: of the stand-in, and of our own side of it. */
type Place = readonly [file: string, title: string];

const bot = 'sandbox/wecom-bot.test.ts';
const people = 'sandbox/wecom-people.test.ts';
const http = 'sandbox/wecom-http.test.ts';
const callbacks = 'sandbox/wecom-callbacks.test.ts';
const wecomLine = 'adapters/messengers/wecom/connection.test.ts';
const wecomEars = 'adapters/messengers/wecom/hearing.test.ts';
const wecomMouth = 'adapters/messengers/wecom/sending.test.ts';

const wecom: Readonly<Record<string, readonly Place[]>> = {
  'subscription, wrong secret, never or late answered, too often': [
    [bot, 'WeCom 1: '],
    [wecomLine, 'gives up a subscription that nobody answers'],
    [wecomLine, 'tries refused credentials a few times'],
  ],
  'one connection for a bot': [
    [bot, 'WeCom 2: '],
    [wecomLine, 'does not fight for a connection that somebody took'],
  ],
  'ping, silence, idle close': [
    [bot, 'WeCom 3: '],
    [wecomLine, 'notices a half-open line by its heartbeats'],
  ],
  'a frame before the subscription': [[bot, 'WeCom 4: ']],
  'acknowledgements lost, late, double, in another order, cut': [
    [bot, 'WeCom 5: '],
    [wecomMouth, 'does not know what became of it when the answer is missing'],
    [wecomMouth, 'does not take a late answer for the next message’s'],
  ],
  'what may be sent where': [
    [bot, 'WeCom 6: '],
    [wecomMouth, 'says what a refusal means for the next try'],
  ],
  'limits of a conversation': [
    [bot, 'WeCom 7: '],
    ['adapters/messengers/wecom/limits.test.ts', 'sends 5,000 alerts within the limits of a conversation'],
  ],
  'what mentions the bot': [
    [people, 'WeCom 8: '],
    [wecomEars, 'what mentions it in the group'],
  ],
  'hidden userids': [[people, 'WeCom 9: ']],
  'double and lost callbacks': [
    [people, 'WeCom 10: '],
    [wecomEars, 'a message once, however often it is delivered'],
  ],
  'presses and repainting': [
    [people, 'WeCom 11: '],
    [wecomEars, 'paint the card and say their command'],
    [wecomEars, 'are heard even when the card cannot be painted'],
  ],
  streams: [[people, 'WeCom 12: ']],
  'windows of an answer': [[people, 'WeCom 13: ']],
  'mentions stay characters': [
    [people, 'WeCom 14: '],
    [wecomMouth, 'calls people by name behind the card'],
  ],
  response_url: [[people, 'WeCom 15: ']],
  webhook: [
    [http, 'WeCom 16: '],
    [wecomMouth, 'reads its refusals'],
  ],
  gettoken: [[http, 'WeCom 17: ']],
  'message/send': [[http, 'WeCom 18: ']],
  update_template_card: [[http, 'WeCom 19: ']],
  appchat: [[http, 'WeCom 20: ']],
  'callbacks to the app': [[callbacks, 'WeCom 21: ']],
  pstncc: [[http, 'WeCom 22: ']],
  'one clock for all windows': [[http, 'WeCom 23: ']],
};

const stream = 'sandbox/dingtalk-stream.test.ts';
const api = 'sandbox/dingtalk-api.test.ts';
const cards = 'sandbox/dingtalk-cards.test.ts';
const line = 'adapters/messengers/dingtalk/line.test.ts';
const connection = 'adapters/messengers/dingtalk/connection.test.ts';
const hearing = 'adapters/messengers/dingtalk/hearing.test.ts';

/** §8.8, the telephone of another house, is not DingTalk's. */
const dingtalk: Readonly<Record<string, readonly Place[]>> = {
  '1 gateway and tickets': [
    [stream, 'DingTalk 1: '],
    [connection, 'finds a ticket that lay too long refused'],
  ],
  '2 tokens': [
    [api, 'DingTalk 2: '],
    ['adapters/messengers/dingtalk/sending.test.ts', 'is renewed once when the platform takes it back early'],
  ],
  '3 refused tokens': [[api, 'DingTalk 3: ']],
  '4 robot messages': [[api, 'DingTalk 4: ']],
  '5 webhook and session': [[api, 'DingTalk 5: ']],
  '6 cards': [
    [cards, 'DingTalk 6: '],
    [hearing, 'hears a press once whose answer came too late for the card'],
  ],
  '7 rings': [[cards, 'DingTalk 7: ']],
  '9 people': [[cards, 'DingTalk 9: ']],
  '10 limits, slow, 504, reset': [
    [api, 'DingTalk 10: '],
    [
      'adapters/messengers/dingtalk/refused.test.ts',
      'does not know what became of a message that the gateway waited for',
    ],
  ],
  'a fresh ticket each time': [[connection, 'uses a fresh ticket for each connection']],
  'a push on one of many connections': [[hearing, 'hears each push on one of two connections of the same app']],
  'ping with what it held': [[line, 'answers the ping of the platform with what it held']],
  'goodbye, silence, close': [
    [stream, 'DingTalk WS: says goodbye'],
    [connection, 'connects anew at once when it is told to move'],
  ],
  'close 1006': [[connection, 'is back after the line was cut']],
  'half-open': [[line, 'notices a line that is dead without a word']],
  'refused handshakes, without a storm': [
    [stream, 'DingTalk WS: shows what the official client does by itself: a storm'],
    [connection, 'has one connection after a long refusal of handshakes'],
  ],
  'a frame that is no JSON': [[line, 'only reports a frame that is no JSON']],
  'a listener that throws': [[line, 'only reports a listener that throws']],
  'delivered again when not acknowledged': [
    [stream, 'DingTalk WS: pushes what was not acknowledged again'],
    [hearing, 'leaves what could not be stored unacknowledged'],
  ],
  'delivered again although acknowledged': [
    [hearing, 'hears a message once that comes again although it was acknowledged'],
  ],
  'the same push on another connection': [[line, 'takes a message again whose acknowledgement was lost with the line']],
  'acknowledged on the right connection, in time': [
    [line, 'acknowledges on the connection that brought the message'],
    [hearing, 'answers a press within the two seconds of the platform'],
  ],
};

const sources = new Map<string, string>();
function sourceOf(file: string): string {
  const known = sources.get(file) ?? readFileSync(resolve(import.meta.dirname, '..', file), 'utf8');
  sources.set(file, known);
  return known;
}
describe.each([
  ['wecom §6', wecom, 23],
  ['dingtalk §8', dingtalk, 22],
])('%s', (_sheet, behaviours, count) => {
  it('has all its behaviours', () => {
    expect(Object.keys(behaviours)).toHaveLength(count);
  });

  it.each(Object.entries(behaviours))('%s', (_behaviour, places) => {
    for (const [file, title] of places) {
      const text = sourceOf(file);
      const at = text.indexOf(title);
      expect(at, `${file}: ${title}`).toBeGreaterThan(0);
      expect(text.slice(text.lastIndexOf('\n', at), at)).not.toMatch(/\.(?:skip|todo)\b/);
    }
  });
});

it('is shown through the official clients', () => {
  expect(sourceOf('sandbox/wecom-kit.ts')).toContain("from '@wecom/aibot-node-sdk'");
  expect(sourceOf(stream)).toContain("from 'dingtalk-stream'");
});
