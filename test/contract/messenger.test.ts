import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/domain/errors.ts';
import { foreign } from '../../src/domain/text.ts';
import type { MessengerPlug, OutgoingCard } from '../../src/ports/messenger.ts';
import type { Binding, Bound } from './messengers/binding.ts';

const folder = resolve(import.meta.dirname, '../../src/adapters/messengers');
const bindings = resolve(import.meta.dirname, 'messengers');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((each) => each.isDirectory() && existsSync(join(folder, each.name, 'index.ts')))
  .map(({ name }) => name);
const plugs = await Promise.all(
  names
    .filter((name) => existsSync(join(bindings, `${name}.ts`)))
    .map(async (name) => ({
      name,
      plug: ((await import(join(folder, name, 'index.ts'))) as { default: MessengerPlug }).default,
      bind: ((await import(join(bindings, `${name}.ts`))) as { default: Binding }).default,
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

const signal = AbortSignal.timeout(60_000);

it('finds the messengers, and a network to play for each', () => {
  expect(names).toContain('web');
  expect(plugs.map(({ name }) => name)).toEqual(names);
});

describe.each(plugs)('messenger $name', ({ plug, bind }) => {
  let bound: Bound | undefined;
  afterEach(async () => {
    await bound?.close();
    bound = undefined;
  });
  const open = async (): Promise<Bound> => {
    bound = await bind(plug);
    return bound;
  };

  it('has a name in both languages and states its limits', async () => {
    const { limits } = (await open()).messenger;

    expect(plug.name.zh).not.toBe('');
    expect(plug.name.en).not.toBe('');
    expect(limits.maxBytes).toBeGreaterThan(0);
    expect(limits.maxButtons).toBeGreaterThanOrEqual(0);
    expect(limits.perMinute).toBeGreaterThan(0);
  });

  it('shows a card that fits with all its words, its button and its link', async () => {
    const { messenger, target, shown } = await open();

    const ref = await messenger.send(target, card(), 'k1', signal);

    expect(ref).toMatchObject({ room: 'war', id: expect.stringMatching(/./) });
    const [said] = await shown();
    expect(said?.text).toContain('12号 · 先发这单');
    expect(said?.text).toContain('绣字卫衣 黑L');
    expect(said?.buttons).toEqual(['我来']);
    expect(said?.url).toBe(card().url);
  });

  it.each([
    ['many lines', card({ lines: Array.from({ length: 440 }, () => ['绣字卫衣 黑L，杭州仓还没分拣👕'.repeat(2)]) })],
    ['one long line', card({ lines: [['12号'], ['长'.repeat(14_000)], ['最后']] })],
    ['signs of four bytes', card({ lines: [['👕'.repeat(10_000)]] })],
    ['signs that grow when written down', card({ lines: [['"\\\u0001'.repeat(14_000)]] })],
    ['many foreign words', card({ lines: Array.from({ length: 900 }, () => [foreign('长'.repeat(40))]) })],
  ])('cuts a card of 40 kB at a character, within its bytes: %s', async (_, large) => {
    const { messenger, target, shown } = await open();
    expect(Buffer.byteLength(JSON.stringify(large))).toBeGreaterThan(40_000 - 1_000);

    await messenger.send(target, large, 'k1', signal);

    const [said] = await shown();
    expect(said?.bytes).toBeLessThanOrEqual(messenger.limits.maxBytes);
    expect(said?.bytes).toBeGreaterThan(messenger.limits.maxBytes * 0.85);
    // JSON writes half a character as \ud83d, a whole one as itself.
    expect(JSON.stringify(said?.text)).not.toMatch(/\\ud[89a-f]|\ufffd/);
    expect(said?.url).toBe(large.url);
  });

  it('shows no more buttons than it may', async () => {
    const { messenger, target, shown } = await open();
    const buttons = Array.from({ length: 20 }, (_, index) => ({
      label: `第${index}`,
      command: `/ack ${index}`,
      style: 'plain' as const,
    }));

    await messenger.send(target, card({ buttons }), 'k1', signal);

    const [said] = await shown();
    expect(said?.buttons.length).toBeLessThanOrEqual(messenger.limits.maxButtons);
    if (messenger.limits.maxButtons > 0) expect(said?.buttons[0]).toBe('第0');
  });

  it('shows the same key once, when it says so', async () => {
    const { messenger, target, shown } = await open();

    const refs = [
      await messenger.send(target, card(), 'k1', signal),
      await messenger.send(target, card(), 'k1', signal),
    ];

    expect(await shown()).toHaveLength(messenger.dedupes ? 1 : 2);
    expect(refs[0]?.id === refs[1]?.id).toBe(messenger.dedupes);
  });

  it('fails with a class that decides about the retry, and tells no secret', async () => {
    const { messenger, target, refuse } = await open();
    await refuse();

    const error = await messenger.send(target, card(), 'k1', signal).catch((each: unknown) => each);
    const stopped = await messenger.send(target, card(), 'k2', AbortSignal.abort()).catch((each: unknown) => each);

    for (const each of [error, stopped]) {
      expect(each).toBeInstanceOf(AppError);
      expect(String(each) + JSON.stringify(each)).not.toMatch(/secret/);
    }
  });
});
