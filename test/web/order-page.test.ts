import { expect, it } from 'vitest';
import { at, now } from './company.ts';
import { createFakeWeb } from './fakes.ts';

const page = { accept: 'text/html', host: 'localhost:3000' };
const path = '/o/o7Kd2mQx';

it('opens by a signed link without a login, and shows but never acts', async () => {
  const { web, links } = createFakeWeb({ world: 'real' });

  const answer = await web.inject({ url: links.signLink(path, now), headers: page });

  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain('018842');
  expect(answer.body).toContain('登录后可操作');
  expect(answer.body).not.toContain('<button');
  expect(answer.body).not.toMatch(/href="\/o\/(?!o7Kd2mQx)/);
});

it.each([
  ['a changed signature', (url: string) => url.replace(/s=./, 's=_'), 'LINK_WRONG'],
  ['a longer life', (url: string) => url.replace(/e=\w+/, 'e=zzzzzz'), 'LINK_WRONG'],
  ['another order', (url: string) => url.replace('o7Kd2mQx', 'oSent'), 'LINK_WRONG'],
  ['half a query', (url: string) => url.replace(/&s=.*/, ''), 'LINK_WRONG'],
])('refuses a link with %s', async (_, change, code) => {
  const { web, links } = createFakeWeb({ world: 'real' });

  const answer = await web.inject({ url: change(links.signLink(path, now)), headers: { host: 'localhost:3000' } });

  expect([answer.statusCode, answer.json().error.code]).toEqual([403, code]);
});

it('refuses a link after seven days, with what to do instead', async () => {
  const { web, links } = createFakeWeb({ world: 'real' });

  const answer = await web.inject({ url: links.signLink(path, now - 7 * 86_400_000 - 1_000), headers: page });

  expect(answer.statusCode).toBe(403);
  expect(answer.body).toContain('这个链接已过期');
});

it('asks for a login when there is neither signature nor session', async () => {
  const { web } = createFakeWeb({ world: 'real' });

  const answer = await web.inject({ url: path, headers: page });

  expect(answer.headers.location).toBe(`/login?next=${encodeURIComponent(path)}`);
});

it('has nothing personal in it but the mask, and nothing foreign as markup', async () => {
  const { web, cookieOf } = createFakeWeb();

  const { body } = await web.inject({ url: path, headers: { ...page, cookie: await cookieOf('wang') } });

  expect(body).toContain('138****8000');
  expect(body).not.toContain('f00d');
  expect(body).toContain('&lt;b&gt;麻烦快一点&lt;/b&gt;');
});

it('shows each link of the chain with the time it was entered, and where it waits in words', async () => {
  const { web, cookieOf } = createFakeWeb();

  const { body } = await web.inject({ url: path, headers: { ...page, cookie: await cookieOf('wang') } });

  const chain = [...body.matchAll(/<li class="(done|current|ahead|unseen)".*?<b>(.*?)<\/b>/g)].map(
    ([, state, stage]) => `${stage} ${state}`,
  );
  expect(chain).toEqual([
    '已下单 done',
    '已付款 done',
    '待拣 current',
    '分拣中 ahead',
    '已打包 ahead',
    '已打单 ahead',
    '已发货 ahead',
    '已揽收 ahead',
    '已签收 ahead',
  ]);
  expect(body.replace(/<[^>]+>/g, '')).toContain('停在 待拣 2时14分 · 下一步 分拣中 · 原因：缺货');
  expect(body).toContain('剩 3时28分');
});

it('says when the stage cannot be seen, and does not guess it', async () => {
  const { web, cookieOf } = createFakeWeb();

  const { body } = await web.inject({ url: '/o/oTmall', headers: { ...page, cookie: await cookieOf('wang') } });

  expect(body).toContain('仓内进度看不到 · 聚水潭 不返回这个店的单');
  expect(body.match(/<li class="unseen"/g)).toHaveLength(4);
});

it.each([
  ['wang', ['/释放 202611240018842', '/改仓 202611240018842', '/为什么 202611240018842', '/认领 12号']],
  ['zhao', ['/为什么 202611240018842', '/认领 12号']],
  ['zhou', ['/为什么 202611240018842']],
])('gives %s the buttons of their role, each saying a command', async (who, commands) => {
  const { web, cookieOf } = createFakeWeb();

  const { body } = await web.inject({ url: path, headers: { ...page, cookie: await cookieOf(who) } });

  expect([...body.matchAll(/name="text" value="([^"]+)"/g)].map(([, command]) => command)).toEqual(commands);
});

it('shows finance, warehouse and customer service the same page', async () => {
  const { web, cookieOf } = createFakeWeb();

  const { body } = await web.inject({ url: path, headers: { ...page, cookie: await cookieOf('zhao') } });

  for (const words of [
    '¥318.00',
    '¥338.00',
    '杭州仓',
    '1100042',
    'XZ01-HE-L',
    '…007710',
    '直播间预留',
    '王敏',
    '李建国',
    '018851',
  ]) {
    expect(body).toContain(words);
  }
});

it('answers with the main part alone when a page reads itself again', async () => {
  const { web, cookieOf } = createFakeWeb();
  const headers = { ...page, cookie: await cookieOf('wang'), 'x-part': 'main' };

  const order = await web.inject({ url: path, headers });
  const board = await web.inject({ url: '/', headers });

  for (const { body } of [order, board]) {
    expect(body).toContain('<h1>');
    expect(body).not.toContain('<main');
  }
});

it('lets the sandbox board lead to orders without a session, by signed links', async () => {
  const { web, clock } = createFakeWeb();

  const board = await web.inject({ url: '/', headers: page });
  const url = /href="(\/o\/[^"]+)"/.exec(board.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  clock.set(at('14:40'));

  expect(url).toContain('&s=');
  expect((await web.inject({ url, headers: page })).statusCode).toBe(200);
});

it('is complete in English', async () => {
  const { web, cookieOf } = createFakeWeb();
  const headers = { ...page, cookie: await cookieOf('wang') };

  const bodies = await Promise.all(
    ['/room?lang=en', '/login?lang=en'].map(async (url) => (await web.inject({ url, headers })).body),
  );
  const order = (await web.inject({ url: `${path}?lang=en`, headers })).body;

  for (const body of bodies) {
    const words = body.replace(/<title>.*?<\/title>|<[^>]+>|王敏|李建国|陈静|赵磊|周芳|中文/g, '');
    expect(words.match(/[\u4e00-\u9fff]+/g)).toBeNull();
  }
  expect(order).toContain('Now <b>waiting to be sorted</b>');
  expect(order).toContain('3 h 28 min left');
  expect(order).toContain('remote area · <b>left unsaid</b> <span class="muted">1 piece is missing</span>');
});
