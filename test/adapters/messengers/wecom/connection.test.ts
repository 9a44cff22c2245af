import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  card,
  connect,
  never,
  type Office,
  openOffice,
  openRoom,
  type Room,
  type RoomOptions,
  toRoom,
  until,
} from './kit.ts';

let office: Office;
let rooms: Room[];
const open = (options: RoomOptions = {}): Room => {
  const room = openRoom(office, options);
  rooms.push(room);
  return room;
};
const start = (options: RoomOptions = {}): Room => {
  const room = open(options);
  room.messenger.start?.();
  return room;
};
const isUp = (room: Room): boolean => room.messenger.connection?.().isUp === true;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const subscribes = async (): Promise<number> => (await office.state()).subscribes;
beforeEach(async () => {
  office = await openOffice({ subscribesPerMinute: 1_000 });
  rooms = [];
});
afterEach(async () => {
  for (const { messenger } of rooms) await messenger.stop?.();
  await office.sandbox.stop();
});

it('survives a storm of broken lines with one connection, and hears afterwards', async () => {
  const room = open();
  await connect(office, room);
  for (let count = 0; count < 15; count += 1) {
    await office.post('/connection', { do: 'drop' });
    await wait(10);
  }
  await until(() => isUp(room));
  await wait(150);

  const { lines } = await office.state();
  expect(lines).toBe(1);
  expect(await subscribes()).toBeLessThanOrEqual(17);
  await office.say('/ack 12');
  await until(() => room.heard.length === 1);
});

it('asks more and more rarely while it is refused, then comes back once', async () => {
  await office.post('/settings', { refuseUpgrade: 503 });
  const attempts: number[] = [];
  const room = start({ timers: { backoff: 20, mostBackoff: 160 } });
  const end = performance.now() + 1_000;
  let known = 0;
  while (performance.now() < end) {
    const count = room.logged.filter((line) => line.includes('connection ended')).length;
    if (count > known) attempts.push(performance.now());
    known = count;
    await wait(2);
  }
  await office.post('/settings', { refuseUpgrade: 0 });
  await until(() => isUp(room));
  await wait(200);

  expect(attempts.length).toBeGreaterThanOrEqual(6);
  expect(attempts.length).toBeLessThanOrEqual(14);
  expect((await office.state()).lines).toBe(1);
});

it('says since when it is up or down', async () => {
  const before = Date.now();
  const room = open();
  expect(room.messenger.connection?.()).toMatchObject({ isUp: false });
  await connect(office, room);
  const up = room.messenger.connection?.();
  await office.post('/settings', { refuseUpgrade: 503 });
  await office.post('/connection', { do: 'drop' });
  await until(() => !isUp(room));

  expect(up?.isUp).toBe(true);
  expect(up?.since).toBeGreaterThanOrEqual(before);
  expect(room.messenger.connection?.().since).toBeGreaterThanOrEqual(up?.since ?? 0);
});

it('gives up a subscription that nobody answers, and does not send before it is accepted', async () => {
  await office.post('/settings', { subscribe: 'never' });
  const room = start({ timers: { subscribe: 100 } });
  await until(async () => (await subscribes()) === 1);
  const early = await room.messenger.send(toRoom, card(), 'k1', never).catch((error: unknown) => error);
  await until(async () => (await subscribes()) >= 3);
  await office.post('/settings', { subscribe: 'answer' });
  await until(() => isUp(room));

  expect(early).toMatchObject({ code: 'NOT_CONNECTED' });
  expect(room.logged.join()).toContain('"end":"unanswered"');
  await until(async () => (await office.state()).lines === 1);
  expect(room.alarms).toEqual([]);
});

it('tries refused credentials a few times, then raises an alarm once and tries rarely', async () => {
  const room = start({ secret: 'guessed', timers: { slow: 300, refusals: 3 } });
  await until(() => room.alarms.length > 0);
  const tries = await subscribes();
  await wait(200);
  const soon = await subscribes();
  await until(async () => (await subscribes()) > soon);

  expect(tries).toBe(3);
  expect(soon - tries).toBeLessThanOrEqual(1);
  expect(room.alarms).toEqual(['wecom-refused']);
  expect(room.logged.join()).not.toContain('guessed');
});

it('takes a busy server for busy, not for refused credentials', async () => {
  await office.post('/settings', { subscribe: 'busy' });
  const room = start({ timers: { refusals: 2 } });
  await until(async () => (await subscribes()) >= 4);
  await office.post('/settings', { subscribe: 'answer' });
  await until(() => isUp(room));

  expect(room.alarms).toEqual([]);
});

it.each([false, true])('does not fight for a connection that somebody took (left open: %s)', async (isZombie) => {
  await office.post('/settings', { isZombieAfterKick: isZombie });
  const room = open({ timers: { taken: 2_000 } });
  await connect(office, room);
  const before = await subscribes();
  await office.post('/connection', { do: 'kick' });
  await until(async () => room.alarms.length > 0 && (await office.state()).lines === 0);
  await wait(150);

  expect(room.alarms).toEqual(['wecom-taken']);
  expect([isUp(room), (await subscribes()) - before]).toEqual([false, 0]);
  await until(() => isUp(room));
});

it('notices a half-open line by its heartbeats', async () => {
  const room = open({ timers: { heartbeat: 60 } });
  await connect(office, room);
  await office.post('/settings', { isSilent: true });
  await until(() => !isUp(room), 2_000);
  await office.post('/settings', { isSilent: false });
  await until(() => isUp(room));

  expect(room.logged.join()).toContain('"end":"closed"');
});

it('tells each of its rooms which minutes it did not hear, the silence of a dead line included', async () => {
  const timers = { heartbeat: 100, deaf: 280 };
  const room = open({ timers });
  await connect(office, room);
  const second = start({ timers, roomId: 'second' });
  await office.post('/connection', { do: 'drop' });
  await until(() => !isUp(room));
  await until(() => isUp(room));
  const short = room.missed.length;

  await office.post('/settings', { isSilent: true });
  await until(() => !isUp(room), 3_000);
  await office.post('/settings', { isSilent: false });
  await until(() => room.missed.length === short + 1);

  expect(short).toBe(0);
  const [from = 0, to = 0] = room.missed.at(-1) ?? [];
  expect(to - from).toBeGreaterThanOrEqual(300);
  expect(second.missed).toEqual(room.missed);
});

it('lives on after frames that are no frames', async () => {
  const room = open();
  await connect(office, room);
  const frames = [
    'x',
    '[]',
    'null',
    '{}',
    '{"cmd":"aibot_msg_callback"}',
    '{"cmd":"aibot_msg_callback","headers":{"req_id":"1"},"body":{"msgtype":"text","msgid":"1"}}',
    '{"cmd":"aibot_msg_callback","headers":{"req_id":"2"},"body":{"msgtype":"text","msgid":"2","from":{"userid":3}}}',
    '{"cmd":"aibot_event_callback","headers":{"req_id":"3"},"body":{"msgtype":"event","event":{"eventtype":"template_card_event"}}}',
    '{"cmd":"aibot_event_callback","headers":{"req_id":"4"},"body":{"msgtype":"event","event":7}}',
    '{"cmd":"aibot_party","headers":{"req_id":"5"},"body":{}}',
    `{"cmd":"aibot_msg_callback","headers":{"req_id":"6"},"body":{"msgtype":"text","msgid":"6","from":{"userid":"x"},"text":{"content":"a\u0001b"}}}`,
  ];
  for (const text of frames) await office.post('/connection', { do: 'write', text });
  await office.say('/ack 12');
  await until(() => room.heard.some(({ text }) => text.endsWith('/ack 12')));

  expect(isUp(room)).toBe(true);
  expect(room.heard.map(({ messageId }) => messageId)).toEqual(['6', expect.stringMatching(/^MSG/)]);
});

it('lives on when whoever listens throws', async () => {
  const room = open({
    hear: async ({ text }) => {
      if (text.includes('炸')) throw new TypeError('boom');
      return true;
    },
  });
  await connect(office, room);
  await office.say('炸');
  await office.say('/ack 12');
  await until(() => room.heard.length === 2);

  expect(isUp(room)).toBe(true);
});

it('ends in the middle of a pause, a try or a connection, and leaves nothing open', async () => {
  await office.post('/settings', { subscribe: 'never' });
  const trying = start();
  await until(async () => (await office.state()).lines === 1);
  await trying.messenger.stop?.();
  await until(async () => (await office.state()).lines === 0);

  await office.post('/settings', { subscribe: 'answer', refuseUpgrade: 503 });
  const pausing = start({ roomId: 'b', timers: { backoff: 200, mostBackoff: 200 } });
  await until(() => pausing.logged.length > 0);
  await pausing.messenger.stop?.();
  await office.post('/settings', { refuseUpgrade: 0 });
  const before = await subscribes();
  await wait(300);
  expect((await subscribes()) - before).toBe(0);

  const living = open({ roomId: 'c' });
  await connect(office, living);
  await living.messenger.stop?.();
  await until(async () => (await office.state()).lines === 0);
  living.messenger.start?.();
  await until(() => isUp(living));
});

it('serves two rooms of one bot over one connection, until the last one leaves', async () => {
  const war = open();
  await connect(office, war);
  const desk = start({ roomId: 'desk' });
  await wait(50);

  expect([isUp(war), isUp(desk)]).toEqual([true, true]);
  expect(await subscribes()).toBe(1);
  await war.messenger.stop?.();
  await desk.messenger.send(toRoom, card(), 'k1', never);
  await office.say('/ack 12');
  await until(() => desk.heard.length === 1);
  expect(war.heard).toEqual([]);
  await desk.messenger.stop?.();
  await until(async () => (await office.state()).lines === 0);
});

it('keeps trying where no server is, and at an address that is none', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const nowhere = start({ baseUrl: `ws://127.0.0.1:${port}` });
  const wrong = start({ roomId: 'b', baseUrl: 'wss://[not an address' });

  for (const room of [nowhere, wrong])
    await until(() => room.logged.filter((line) => line.includes('connection ended')).length >= 3);

  expect([isUp(nowhere), isUp(wrong)]).toEqual([false, false]);
});
