import { expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { WebDeps } from '../../src/web/server.ts';
import { createFakeWeb } from './fakes.ts';

const own = { host: 'localhost:3000', origin: 'http://localhost:3000' };
const page = { accept: 'text/html', host: 'localhost:3000' };

it('gives every answer its security headers', async () => {
  const { web } = createFakeWeb();

  const answer = await web.inject({ url: '/room', headers: page });

  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  expect(answer.headers['content-security-policy']).not.toContain('unsafe');
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.headers['referrer-policy']).toBe('same-origin');
});

it('carries no inline script, style or foreign resource on any page', async () => {
  const { web, cookieOf } = createFakeWeb();
  const headers = { ...page, cookie: await cookieOf('wang') };

  const bodies = await Promise.all(
    ['/', '/room', '/room?room=dm', '/o/o7Kd2mQx', '/login', '/nowhere'].map(
      async (url) => (await web.inject({ url, headers })).body,
    ),
  );

  for (const body of bodies) {
    expect(body).toContain('<main');
    expect(body).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\sstyle=|\son\w+=|javascript:/i);
    expect(body.match(/(?:src|href|action)="(?!\/|#)[^"]*"/g)).toBeNull();
  }
});

it('serves assets under their hash, for good', async () => {
  const { web } = createFakeWeb();
  const { body } = await web.inject({ url: '/room', headers: page });
  const url = /href="(\/assets\/[^"]+page\.css)"/.exec(body)?.[1] ?? '';

  const asset = await web.inject({ url, headers: { 'accept-encoding': 'gzip' } });

  expect(asset.statusCode).toBe(200);
  expect(asset.headers['cache-control']).toContain('immutable');
  expect(asset.headers['content-encoding']).toBe('gzip');
  expect((await web.inject({ url: url.replace(/assets\/\w/, 'assets/-') })).statusCode).toBe(404);
});

it('shows the first view of the room in less than 100 kB', async () => {
  const { web } = createFakeWeb();
  const zipped = { ...page, 'accept-encoding': 'gzip' };
  const room = await web.inject({ url: '/room', headers: zipped });
  const plain = await web.inject({ url: '/room', headers: page });
  const urls = [...plain.body.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, url]) => url ?? '');

  const sizes = await Promise.all(
    urls.map(async (url) => (await web.inject({ url, headers: zipped })).rawPayload.length),
  );

  expect(urls.length).toBeGreaterThanOrEqual(4);
  expect(sizes.reduce((all, size) => all + size, room.rawPayload.length)).toBeLessThan(100_000);
});

it('refuses hosts that are not its own', async () => {
  const { web } = createFakeWeb();

  const answer = await web.inject({ url: '/room', headers: { host: 'evil.example' } });

  expect(answer.statusCode).toBe(421);
  expect(answer.json().error.code).toBe('HOST_UNKNOWN');
});

it.each([
  ['a foreign origin', { ...own, origin: 'https://evil.example' }],
  ['another port of this machine', { ...own, origin: 'http://localhost:4000' }],
  ['no origin at all', { host: own.host }],
  ['an opaque origin', { ...own, origin: 'null' }],
])('refuses a change that comes from %s', async (_, headers) => {
  const { web, cookieOf, received } = createFakeWeb();

  const answer = await web.inject({
    method: 'POST',
    url: '/room/messages',
    headers: { ...headers, cookie: await cookieOf('wang') },
    payload: { text: '/ack 12', key: 'k-1234567', room: 'war' },
  });

  expect(answer.statusCode).toBe(403);
  expect(answer.json().error.code).toBe('ORIGIN_FOREIGN');
  expect(received).toEqual([]);
});

it("says a person's mistake in their language, and anything else by a reference that is logged", async () => {
  const { web, logged, cookieOf } = createFakeWeb({
    readBoard: async () => {
      throw new Error('secret detail');
    },
  });
  const cookie = await cookieOf('wang');

  const wrong = await web.inject({ url: '/o/none?lang=en', headers: { ...page, cookie } });
  const broken = await web.inject({ url: '/', headers: { ...page, cookie } });
  const reference = /<code>(\w+)<\/code>/.exec(broken.body)?.[1];

  expect([wrong.statusCode, wrong.body.includes('There is no such order')]).toEqual([404, true]);
  expect(broken.statusCode).toBe(500);
  expect(broken.body).not.toContain('secret detail');
  expect(logged).toEqual([expect.objectContaining({ reference, route: '/' })]);
});

it('keeps the language that somebody chose', async () => {
  const { web } = createFakeWeb();
  const first = await web.inject({ url: '/login?lang=en', headers: page });

  const next = await web.inject({ url: '/login', headers: { ...page, cookie: 'warroom_lang=en' } });

  expect(first.cookies).toContainEqual(expect.objectContaining({ name: 'warroom_lang', value: 'en', httpOnly: true }));
  expect(next.body).toContain('<html lang="en">');
  expect(next.body).toContain('Login code');
  expect(next.body, 'who never logged in').toContain('npx warroom login');
});

it("speaks a person's own language in their session, unless the browser was told another", async () => {
  const sessions = {
    find: async () => ({ id: 'smith', name: 'Smith', role: 'operator', language: 'en' }),
  } as unknown as WebDeps['sessions'];
  const { web } = createFakeWeb({ sessions, world: 'real' });
  const cookie = '__Host-warroom=x; warroom_session=x';

  const [own, told] = await Promise.all([
    web.inject({ url: '/room', headers: { ...page, cookie } }),
    web.inject({ url: '/room', headers: { ...page, cookie: `${cookie}; warroom_lang=zh` } }),
  ]);

  expect(own.body).toContain('<html lang="en">');
  expect(told.body).toContain('<html lang="zh-CN">');
});

it('tells when it is ready, and when not', async () => {
  const ready = createFakeWeb().web;
  const not = createFakeWeb({
    readiness: () => ({ ready: false, modules: [{ name: 'ingest', lastOkAt: null, ready: false }] }),
  }).web;

  expect((await ready.inject('/healthz')).json()).toEqual({ alive: true });
  expect((await ready.inject('/readyz')).statusCode).toBe(200);
  expect((await not.inject('/readyz')).statusCode).toBe(503);
  expect((await not.inject('/readyz')).json().modules).toHaveLength(1);
});

it('shows metrics to holders of the token only, when there is one', async () => {
  const { web } = createFakeWeb({ metricsToken: 'm-token' });

  expect((await web.inject('/metrics')).statusCode).toBe(401);
  expect((await web.inject({ url: '/metrics', headers: { authorization: 'Bearer m-tokem' } })).statusCode).toBe(401);
  expect((await web.inject({ url: '/metrics', headers: { authorization: 'Bearer m-token' } })).statusCode).toBe(200);
  expect((await createFakeWeb().web.inject('/metrics')).statusCode).toBe(200);
});

it('logs in with a code once, with a cookie that scripts cannot read', async () => {
  const { web, sessions, audited, stored } = createFakeWeb({ world: 'real', publicUrl: 'https://war.example' });
  const headers = {
    host: 'war.example',
    origin: 'https://war.example',
    accept: 'text/html',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const { code } = await sessions.issueCode('li');
  const login = async () =>
    await web.inject({ method: 'POST', url: '/login', headers, payload: `code=${code.toLowerCase()}&next=%2Fo%2Fx` });

  const first = await login();
  const second = await login();

  expect([first.statusCode, first.headers.location]).toEqual([303, '/o/x']);
  expect(first.cookies).toContainEqual(
    expect.objectContaining({
      name: '__Host-warroom',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      maxAge: 30 * 86_400,
    }),
  );
  expect([...stored.keys()]).not.toContain(first.cookies[0]?.value);
  expect(audited).toEqual([expect.objectContaining({ action: 'login', subject: 'person:li' })]);
  expect(second.statusCode).toBe(401);
  expect(second.body).toContain('登录码不对');
});

it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/a b'])(
  'never goes on to %s after a login',
  async (next) => {
    const { web, sessions } = createFakeWeb();
    const { code } = await sessions.issueCode('li');

    const answer = await web.inject({ method: 'POST', url: '/login', headers: own, payload: { code, next } });

    expect(answer.headers.location).toBe('/room');
  },
);

it('ends a session', async () => {
  const { web, cookieOf, stored } = createFakeWeb({ world: 'real' });
  const cookie = await cookieOf('li');

  const answer = await web.inject({ method: 'POST', url: '/logout', headers: { ...own, cookie } });

  expect(answer.headers.location).toBe('/login');
  expect(stored.size).toBe(0);
});

it('answers what it cannot read with a sentence, not a crash', async () => {
  const { web, cookieOf, logged } = createFakeWeb();
  const headers = { ...own, cookie: await cookieOf('wang') };

  const empty = await web.inject({ method: 'POST', url: '/room/messages', headers });
  const odd = await web.inject({ method: 'POST', url: '/room/as', headers, payload: { person: 7 } });
  const large = await web.inject({
    method: 'POST',
    url: '/room/messages',
    headers,
    payload: { text: 'x'.repeat(70_000) },
  });

  expect([empty.statusCode, odd.statusCode, large.statusCode]).toEqual([400, 400, 413]);
  expect(logged).toEqual([]);
});

it("takes user errors of any code as the person's", async () => {
  const { web, cookieOf } = createFakeWeb({
    receive: async () => {
      throw new UserError('ANY', { zh: '这样不行', en: 'Not like this' });
    },
  });

  const answer = await web.inject({
    method: 'POST',
    url: '/room/messages',
    headers: { ...own, cookie: await cookieOf('wang') },
    payload: { text: 'x' },
  });

  expect([answer.statusCode, answer.json().error.message]).toEqual([400, '这样不行']);
});

it('gives a sheet to who is logged in, or has the signed link of this very sheet, as a file [P10]', async () => {
  const { web, cookieOf, links, clock } = createFakeWeb();
  const path = '/x/a1/zh';

  const mine = await web.inject({ url: path, headers: { ...page, cookie: await cookieOf('wang') } });
  expect([mine.statusCode, mine.body]).toEqual([200, 'sheet in zh\r\n']);
  expect(mine.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(mine.headers['content-disposition']).toMatch(/^attachment; filename="orders-[-\d]+\.csv"$/);

  const signed = links.signLink('/x/a1/en', clock.now());
  expect((await web.inject({ url: signed, headers: page })).body).toBe('sheet in en\r\n');
  expect((await web.inject({ url: path, headers: page })).statusCode).toBe(403);
  expect((await web.inject({ url: signed.replace('/a1/', '/a2/'), headers: page })).statusCode).toBe(403);
  const gone = links.signLink('/x/a2/zh', clock.now());
  expect((await web.inject({ url: gone, headers: page })).statusCode).toBe(404);
});
