import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { cards, createFakeWeb, fillRoom } from '../web/fakes.ts';

const pictures = resolve(import.meta.dirname, '../.output');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

let browser: Browser;
let fake: ReturnType<typeof createFakeWeb>;
let base: string;
let context: BrowserContext;
let complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  fake = createFakeWeb();
  await fillRoom(fake);
  base = await fake.web.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await context.close();
  await fake.web.close();
  // Pages that lose their server say so in the console by themselves.
  const own = complaints.filter((words) => !words.includes('net::ERR_'));
  if (own.length > 0) throw new Error(`The page complained: ${own.join('\n')}`);
});

async function open(path: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  context = await browser.newContext({ viewport: phone, locale: 'zh-CN', ...options });
  const page = await context.newPage();
  complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${base}${path}`);
  return page;
}

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids injected scripts; evaluating one is the browser's own doing.
  await page.evaluate(axe);
  const found = await page.evaluate(
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((result) => result.violations)',
  );
  return (found as Violation[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
          .join(' | ')
          .slice(0, 600)}`,
    );
}

const pages = [
  ['room', '/room'],
  ['private', '/room?room=dm'],
  ['board', '/'],
  ['order', '/o/o7Kd2mQx'],
  ['order-sent', '/o/oSent'],
  ['order-unseen', '/o/oTmall'],
  ['login', '/login'],
  ['import', '/import'],
  ['import-running', '/import/i1'],
  ['import-done', '/import/i2'],
  ['import-refused', '/import/i3'],
  ['import-headings', '/import/i4'],
  ['room-en', '/room?lang=en'],
  ['board-en', '/?lang=en'],
  ['order-en', '/o/o7Kd2mQx?lang=en'],
] as const;
const looks = pages.flatMap(([name, path]) =>
  (['light', 'dark'] as const).flatMap((scheme) => [phone, desk].map((viewport) => ({ name, path, scheme, viewport }))),
);

it.each(looks)(
  'looks right and reads well: $name, $scheme, $viewport.width px',
  async ({ name, path, scheme, viewport }) => {
    const page = await open('/room', { colorScheme: scheme, viewport });
    await page.goto(`${base}${path}`);

    await page.screenshot({
      path: resolve(pictures, `${name}-${viewport.width}-${scheme}.png`),
      fullPage: !name.startsWith('room') && name !== 'private',
    });

    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
      true,
    );
  },
);

it("gives every button of the room and the order page a thumb's width", async () => {
  const page = await open('/room');
  const small = async () =>
    await page.evaluate(
      '[...document.querySelectorAll("button, .button, .chip, summary, textarea")].filter((each) => each.checkVisibility()).map((each) => [each.textContent, each.getBoundingClientRect().height]).filter(([, height]) => height < 40)',
    );

  expect(await small()).toEqual([]);
  await page.goto(`${base}/o/o7Kd2mQx`);
  expect(await small()).toEqual([]);
});

it('lets somebody type a command by keyboard, completed as they type', async () => {
  const page = await open('/room');
  const area = page.locator('.composer textarea');

  await area.pressSequentially('/改');
  expect(await page.locator('#complete [role=option]:visible').allInnerTexts()).toEqual([
    expect.stringContaining('/改仓'),
  ]);
  await page.screenshot({ path: resolve(pictures, 'complete-390.png') });
  await area.press('Enter');
  expect(await area.inputValue()).toBe('/改仓 ');
  await area.pressSequentially('018842 广州仓');
  await area.press('Enter');

  await expect
    .poll(() => fake.received)
    .toEqual([
      {
        platform: 'web',
        messageId: expect.stringMatching(/^wang:/),
        roomId: 'war',
        isPrivate: false,
        senderId: 'wang',
        text: '/改仓 018842 广州仓',
      },
    ]);
  await expect.poll(() => page.locator('.message.own .bubble').last().textContent()).toBe('/改仓 018842 广州仓');
  await expect.poll(() => page.locator('.pending').count()).toBe(0);
});

it('lets somebody pick a command and press a card by touch', async () => {
  const page = await open('/room', { hasTouch: true, isMobile: true });

  await page.locator('.slash').tap();
  await page.screenshot({ path: resolve(pictures, 'menu-390.png') });
  await page.locator('#complete-alerts').tap();
  await page.locator('.composer .button').tap();
  await page.locator('.message .button', { hasText: '我来' }).last().tap();
  await page.locator('.message .button', { hasText: '我来' }).last().tap();

  await expect.poll(() => fake.received.map(({ text }) => text)).toEqual(['/异常', '/ack 12']);
});

it('says a pressed command in the room only once, at once, and in its place', async () => {
  const page = await open('/room');
  const before = await page.locator('.message').count();

  await page.locator('.composer textarea').fill('018842 到哪了');
  await page.locator('.composer .button').click();
  await expect.poll(() => page.locator('.message').count()).toBe(before + 1);
  await fake.say('war', cards.waiting);

  await expect.poll(() => page.locator('.message').last().textContent()).toContain('没收到答复');
  expect(await page.locator('.message', { hasText: '018842 到哪了' }).count()).toBe(1);
});

it('shows new messages without a reload, and keeps the place of somebody who reads older ones', async () => {
  for (let index = 0; index < 20; index += 1) await fake.say('war', cards.many);
  const page = await open('/room');
  await page.locator('.scroller').evaluate((each) => each.scrollBy(0, -900));
  await expect.poll(() => page.locator('.scroller').evaluate((each) => each.scrollTop)).toBeLessThan(-800);
  const mark = page.locator('#m12');
  const before = await mark.boundingBox();

  await fake.say('war', cards.one);

  await expect.poll(() => page.locator('.jump').isVisible()).toBe(true);
  expect(await page.locator('.jump').textContent()).toContain('1 条新消息');
  expect(Math.abs(((await mark.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
  await page.screenshot({ path: resolve(pictures, 'jump-390.png') });
  await page.locator('.jump').click();
  await expect.poll(() => page.locator('.scroller').evaluate((each) => each.scrollTop)).toBeGreaterThan(-2);
  expect(await page.locator('.jump').isVisible()).toBe(false);
});

it('catches up after the connection was lost', async () => {
  const page = await open('/room');
  await expect
    .poll(() => page.evaluate('performance.getEntriesByName(location.origin + "/room/stream").length >= 0'))
    .toBe(true);

  await context.setOffline(true);
  fake.web.server.closeAllConnections();
  await fake.say('war', { tone: 'info', lines: [['断线时说的话']], buttons: [], link: null });
  await expect.poll(() => page.locator('.connection').isVisible(), { timeout: 10_000 }).toBe(true);
  await context.setOffline(false);

  await expect.poll(() => page.locator('.message').last().textContent(), { timeout: 20_000 }).toContain('断线时说的话');
  expect(await page.locator('.message', { hasText: '断线时说的话' }).count()).toBe(1);
});

it('reads and writes without JavaScript', async () => {
  const page = await open('/room', { javaScriptEnabled: false });
  await page.screenshot({ path: resolve(pictures, 'noscript-390.png') });
  expect(await page.locator('.message').last().textContent()).toContain('018842 已改到广州仓');
  expect((await page.locator('.message').last().boundingBox())?.y).toBeLessThan(phone.height);

  await page.locator('.composer textarea').fill('12号我来');
  await page.locator('.composer .button').click();

  expect(fake.received.map(({ text }) => text)).toEqual(['12号我来']);
  expect(await page.locator('.message').last().textContent()).toContain('12号我来');
  await page.goto(`${base}/`);
  expect(await page.locator('.group').first().textContent()).toContain('紧急');
  await page.goto(`${base}/o/o7Kd2mQx`);
  expect(await page.locator('h1').textContent()).toContain('018842');
});

it('lets a visitor of the sandbox be somebody else with two taps', async () => {
  const page = await open('/room', { hasTouch: true, isMobile: true });

  await page.locator('.who summary').tap();
  await page.screenshot({ path: resolve(pictures, 'who-390.png') });
  await page.locator('.who-menu .button', { hasText: '李建国' }).tap();

  await expect.poll(() => page.locator('.who summary').textContent()).toContain('李建国');
});

it('reads the board again by itself and says so when it cannot', async () => {
  const page = await open('/');
  await page.clock.install();
  await page.reload();

  fake.clock.set(fake.clock.now() + 60_000);
  await page.clock.runFor(16_000);
  await expect.poll(() => page.locator('.as-of time').textContent()).toBe('14:33:00');
  await fake.web.close();
  await page.clock.runFor(80_000);

  await expect.poll(() => page.locator('.stopped').isVisible()).toBe(true);
});
