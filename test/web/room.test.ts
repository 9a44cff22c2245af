import { get } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { cards, createFakeWeb, fillRoom } from './fakes.ts';

const own = { host: 'localhost:3000', origin: 'http://localhost:3000', accept: 'application/json' };
const page = { accept: 'text/html', host: 'localhost:3000' };

it('makes a first visitor of the sandbox the ops lead, who can type at once', async () => {
  const { web, received } = createFakeWeb();

  const first = await web.inject({ url: '/room', headers: page });
  const cookie = `warroom_session=${first.cookies[0]?.value}`;
  const said = await web.inject({
    method: 'POST',
    url: '/room/messages',
    headers: { ...own, cookie },
    payload: { text: ' 018842 ', key: 'key-00001', room: 'war' },
  });

  expect(first.body).toContain('<b>王敏</b>');
  expect(first.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(said.statusCode).toBe(202);
  expect(received).toEqual([
    { platform: 'web', messageId: 'wang:key-00001', roomId: 'war', isPrivate: false, senderId: 'wang', text: '018842' },
  ]);
});

it('lets a visitor of the sandbox become somebody else, and nobody do so in the real world', async () => {
  const sandbox = createFakeWeb();
  const real = createFakeWeb({ world: 'real' });
  const become = { method: 'POST', url: '/room/as', headers: own, payload: { person: 'li', next: '/o/x' } } as const;

  const changed = await sandbox.web.inject(become);
  const refused = await real.web.inject(become);
  const cookie = `warroom_session=${changed.cookies.find(({ value }) => value !== '')?.value}`;

  expect([changed.statusCode, changed.headers.location]).toEqual([303, '/o/x']);
  expect((await sandbox.web.inject({ url: '/room', headers: { ...page, cookie } })).body).toContain('<b>李建国</b>');
  expect(refused.statusCode).toBe(401);
  expect(real.stored.size).toBe(0);
});

it('asks for a login in the real world', async () => {
  const { web, received } = createFakeWeb({ world: 'real' });

  const room = await web.inject({ url: '/room', headers: page });
  const board = await web.inject({ url: '/', headers: page });
  const said = await web.inject({ method: 'POST', url: '/room/messages', headers: own, payload: { text: 'x' } });
  const stream = await web.inject({ url: '/room/stream', headers: own });

  expect([room.headers.location, board.headers.location]).toEqual(['/login?next=/room', '/login']);
  expect([said.statusCode, stream.statusCode]).toEqual([401, 401]);
  expect(received).toEqual([]);
});

it('shows the same words once, however often they are sent', async () => {
  const { web, messages, cookieOf } = createFakeWeb();
  const send = {
    method: 'POST',
    url: '/room/messages',
    headers: { ...own, cookie: await cookieOf('li') },
    payload: { text: '12号我来', key: 'key-00001', room: 'war' },
  } as const;

  const ids = [(await web.inject(send)).json().id, (await web.inject(send)).json().id];

  expect(ids).toEqual([1, 1]);
  expect(messages).toMatchObject([
    { key: 'in:li:key-00001', sender: 'person:li', roomId: 'war', card: { lines: [[{ foreign: '12号我来' }]] } },
  ]);
});

it('keeps two people apart who use one key', async () => {
  const { web, messages, cookieOf } = createFakeWeb();

  for (const who of ['li', 'wang']) {
    await web.inject({
      method: 'POST',
      url: '/room/messages',
      headers: { ...own, cookie: await cookieOf(who) },
      payload: { text: who, key: 'key-00001', room: 'war' },
    });
  }

  expect(messages.map(({ sender }) => sender)).toEqual(['person:li', 'person:wang']);
});

it('takes a plain form and goes back to where it was', async () => {
  const { web, received, cookieOf } = createFakeWeb();

  const answer = await web.inject({
    method: 'POST',
    url: '/room/messages',
    headers: {
      ...own,
      accept: 'text/html',
      cookie: await cookieOf('li'),
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: `text=${encodeURIComponent('登录')}&room=dm`,
  });

  expect([answer.statusCode, answer.headers.location]).toEqual([303, '/room?room=dm']);
  expect(received).toMatchObject([{ roomId: 'dm:web:li', isPrivate: true, text: '登录' }]);
});

it('shows a private chat to its person alone', async () => {
  const { web, say, cookieOf } = createFakeWeb();
  await say('dm:web:li', { tone: 'info', lines: [['登录码 ABCD']], buttons: [], link: null });

  const his = await web.inject({ url: '/room?room=dm', headers: { ...page, cookie: await cookieOf('li') } });
  const hers = await web.inject({ url: '/room?room=dm', headers: { ...page, cookie: await cookieOf('wang') } });

  expect(his.body).toContain('登录码 ABCD');
  expect(hers.body).not.toContain('登录码 ABCD');
});

it('offers commands that the person may give, private ones in private only', async () => {
  const { web, cookieOf } = createFakeWeb();
  const optionsOf = async (who: string, url: string): Promise<(string | undefined)[]> => {
    const { body } = await web.inject({ url, headers: { ...page, cookie: await cookieOf(who) } });
    return [...body.matchAll(/id="complete-(\w+)"/g)].map(([, name]) => name);
  };

  expect(await optionsOf('zhou', '/room')).toEqual(['help', 'order', 'alerts', 'mine', 'why', 'tonight']);
  expect(await optionsOf('li', '/room')).toContain('reroute');
  expect(await optionsOf('zhou', '/room?room=dm')).toContain('login');
});

it('prints what people typed without ever making it markup', async () => {
  const { web, say, cookieOf } = createFakeWeb();
  await say(
    'war',
    { tone: 'info', lines: [[{ foreign: '<img src=x onerror=alert(1)>' }]], buttons: [], link: null },
    'person:chen',
  );

  const { body } = await web.inject({ url: '/room', headers: { ...page, cookie: await cookieOf('li') } });

  expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(body).not.toContain('<img');
});

it('sets apart whom a message calls, and makes no markup of a name [P12]', async () => {
  const { web, cookieOf, stores } = createFakeWeb();
  const call = { who: ['li'], before: '12号', after: '杭州仓停了，37 单' };
  const card = { tone: 'critical', lines: [['12号']], buttons: [], link: null, url: null, call } as const;
  const mentions = [{ userId: 'li', name: '李<b>建国' }];
  await stores.room.add({ roomId: 'war', key: 'called', sender: 'bot', card: { ...card, mentions }, at: 1 });
  await stores.room.add({ roomId: 'war', key: 'quiet', sender: 'bot', card, at: 2 });

  const { body } = await web.inject({ url: '/room', headers: { ...page, cookie: await cookieOf('wang') } });

  expect(body.match(/<p class="call">.*?<\/p>/g)).toEqual([
    '<p class="call">12号 <mark>@李&lt;b&gt;建国</mark> 杭州仓停了，37 单</p>',
  ]);
});

it('has the last fifty messages in the page itself', async () => {
  const fake = createFakeWeb();
  for (let index = 0; index < 60; index += 1) await fake.say('war', cards.many);

  const { body } = await fake.web.inject({ url: '/room', headers: { ...page, cookie: await fake.cookieOf('li') } });

  expect(body.match(/<li class="message/g)).toHaveLength(50);
  expect(body).toContain('last=300');
});

/** Reads a stream until `wanted` messages have come. */
async function readStream(
  url: string,
  headers: Record<string, string>,
  wanted: number,
): Promise<{ ids: number[]; text: string }> {
  return await new Promise((resolve, reject) => {
    let text = '';
    const request = get(url, { headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
        if (ids.length < wanted) return;
        request.destroy();
        resolve({ ids, text });
      });
    });
    request.on('error', (error) => reject(error));
    setTimeout(() => reject(new Error(`Only this came: ${text}`)), 8_000).unref();
  });
}

async function listening() {
  const fake = createFakeWeb();
  await fillRoom(fake);
  const base = await fake.web.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(async () => await fake.web.close());
  return { ...fake, base, headers: { cookie: await fake.cookieOf('wang') } };
}

it('streams what comes after a message, and new ones as soon as the bell rings', async () => {
  const { base, headers, say } = await listening();

  const reading = readStream(`${base}/room/stream?after=6`, headers, 3);
  setTimeout(() => void say('war', cards.one), 50);
  const { ids, text } = await reading;

  expect(ids).toEqual([7, 8, 9]);
  expect(text).toContain('retry: ');
  expect(text).toContain('12号 · 先发这单');
});

it('goes on where a broken stream ended', async () => {
  const { base, headers } = await listening();

  const { ids } = await readStream(`${base}/room/stream?after=1`, { ...headers, 'last-event-id': '7' }, 1);

  expect(ids).toEqual([8]);
});

it('finds rows that nobody rang for', async () => {
  const { base, headers, stores } = await listening();

  const reading = readStream(`${base}/room/stream?after=8`, headers, 1);
  await stores.room.add({
    roomId: 'war',
    key: 'from another process',
    sender: 'bot',
    card: { ...cards.done, url: null },
    at: 0,
  });

  expect((await reading).ids).toEqual([9]);
});

it('keeps no more of a long history in memory than a slow reader takes', async () => {
  const { base, headers, stores } = await listening();
  let asked = 0;
  const row = (await stores.room.list('war', 0, 1))[0];
  if (row === undefined) throw new Error('the room is empty');
  stores.room.list = async (_room, after, limit) => {
    asked += 1;
    return after > 40_000 ? [] : Array.from({ length: limit }, (_, index) => ({ ...row, id: after + index + 1 }));
  };

  const request = get(`${base}/room/stream?after=1`, { headers }, (response) => response.pause());
  onTestFinished(() => void request.destroy());
  await new Promise((resolve) => setTimeout(resolve, 1_500));

  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThan(100);
});

it('has tonight among the first chips, and the way to import, on the narrowest phone as well', async () => {
  const { web } = createFakeWeb();

  const { body } = await web.inject({ url: '/room', headers: page });

  const chips = /<form class="quick"[\s\S]*?<\/form>/.exec(body)?.[0] ?? '';
  expect(chips).toMatch(/^<form[^>]*><input[^>]*><button class="chip" name="text" value="\/今晚">/);
  expect(chips).toContain('<a class="chip" href="/import">导入</a>');
});
