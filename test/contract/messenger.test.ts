import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { foreign } from '../../src/domain/text.ts';
import type { MessengerPlug, OutgoingCard, RoomLog } from '../../src/ports/messenger.ts';

const folder = resolve(import.meta.dirname, '../../src/adapters/messengers');
const plugs = await Promise.all(
  readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isDirectory() && existsSync(join(folder, each.name, 'index.ts')))
    .map(async ({ name }) => ({
      name,
      plug: ((await import(join(folder, name, 'index.ts'))) as { default: MessengerPlug }).default,
    })),
);

const card = (change: Partial<OutgoingCard> = {}): OutgoingCard => ({
  tone: 'critical',
  lines: [['12号 · 先发这单'], [foreign('绣字卫衣 黑L')]],
  buttons: [{ label: '我来', command: '/ack 12', style: 'primary' }],
  link: { label: '看详情', path: '/o/x' },
  url: 'https://war.example/o/x?e=1&s=secret-signature',
  ...change,
});

/** What a room was shown, in the order of its keys. */
function setup(plug: MessengerPlug) {
  const shown = new Map<string, OutgoingCard>();
  let broken: Error | undefined;
  const room: RoomLog = {
    add: async ({ key, card: said }) => {
      if (broken !== undefined) throw broken;
      if (!shown.has(key)) shown.set(key, said);
      return [...shown.keys()].indexOf(key) + 1;
    },
  };
  const breakWith = (error: Error): void => {
    broken = error;
  };
  return { messenger: plug.create({ room }), shown, breakWith };
}

const signal = AbortSignal.timeout(60_000);

it('finds the messengers', () => {
  expect(plugs.map(({ name }) => name)).toContain('web');
});

describe.each(plugs)('messenger $name', ({ plug }) => {
  it('has a name in both languages and states its limits', () => {
    const { limits } = setup(plug).messenger;

    expect(plug.name.zh).not.toBe('');
    expect(plug.name.en).not.toBe('');
    expect(limits.maxBytes).toBeGreaterThan(0);
    expect(limits.maxButtons).toBeGreaterThanOrEqual(0);
    expect(limits.perMinute).toBeGreaterThan(0);
  });

  it('shows a card as it is when it fits', async () => {
    const { messenger, shown } = setup(plug);

    const ref = await messenger.send('war', card(), 'k1', signal);

    expect(ref).toMatchObject({ room: 'war', id: expect.stringMatching(/./) });
    expect(shown.get('k1')).toEqual(card());
  });

  it.each([
    [
      'many lines',
      card({ lines: Array.from({ length: 400 }, () => [foreign('绣字卫衣 黑L，杭州仓还没分拣👕'.repeat(2))]) }),
    ],
    ['one long line', card({ lines: [['12号'], ['长'.repeat(14_000)], ['最后']] })],
    ['signs of four bytes', card({ lines: [[foreign('👕'.repeat(10_000))]] })],
    ['signs that grow when written down', card({ lines: [[foreign('"\\\u0001'.repeat(14_000))]] })],
  ])('cuts a card of 40 kB at a character, within its bytes: %s', async (_, large) => {
    const { messenger, shown } = setup(plug);
    expect(Buffer.byteLength(JSON.stringify(large))).toBeGreaterThan(40_000 - 1_000);

    await messenger.send('war', large, 'k1', signal);

    const said = shown.get('k1');
    const text = JSON.stringify(said);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(messenger.limits.maxBytes);
    expect(Buffer.byteLength(text)).toBeGreaterThan(messenger.limits.maxBytes * 0.9);
    // JSON writes half a character as \ud83d, a whole one as itself.
    expect(text).not.toMatch(/\\ud[89a-f]/);
    expect(said?.lines[0]?.[0]).toEqual(large.lines.length > 1 ? large.lines[0]?.[0] : expect.anything());
    expect(said?.url).toBe(large.url);
  });

  it('shows no more buttons than it may', async () => {
    const { messenger, shown } = setup(plug);
    const buttons = Array.from({ length: 20 }, (_, index) => ({
      label: `${index}`,
      command: `/ack ${index}`,
      style: 'plain' as const,
    }));

    await messenger.send('war', card({ buttons }), 'k1', signal);

    expect(shown.get('k1')?.buttons.length).toBeLessThanOrEqual(messenger.limits.maxButtons);
    expect(shown.get('k1')?.buttons[0]).toEqual(buttons[0]);
  });

  it('shows the same key once, when it says so', async () => {
    const { messenger, shown } = setup(plug);
    if (!messenger.dedupes) return;

    const refs = [await messenger.send('war', card(), 'k1', signal), await messenger.send('war', card(), 'k1', signal)];

    expect(refs[0]).toEqual(refs[1]);
    expect(shown.size).toBe(1);
  });

  it('fails with a class that decides about the retry, and tells no secret', async () => {
    const { messenger, breakWith } = setup(plug);
    breakWith(new Error('disk full'));

    const error = await messenger.send('war', card(), 'k1', signal).catch((each: unknown) => each);
    const stopped = await messenger.send('war', card(), 'k2', AbortSignal.abort()).catch((each: unknown) => each);

    for (const each of [error, stopped]) {
      expect(each).toBeInstanceOf(AppError);
      expect(String(each) + JSON.stringify(each)).not.toContain('secret-signature');
    }
  });
});
