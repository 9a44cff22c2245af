import { expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { SheetMapping } from '../../src/domain/sheet-order.ts';
import type { NewSheet } from '../../src/services/import-sheet.ts';
import type { ImportDeps } from '../../src/web/import.ts';
import { createFakeWeb } from './fakes.ts';
import { imports } from './imports.ts';

const own = { host: 'localhost:3000', origin: 'http://localhost:3000' };
const page = { accept: 'text/html', host: 'localhost:3000' };

/** What a browser sends for a form with a file. */
function formOf(fields: Readonly<Record<string, string>>, file?: { name: string; bytes: Uint8Array }) {
  const boundary = 'x----boundary';
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head =
    file === undefined
      ? ''
      : `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\ncontent-type: text/csv\r\n\r\n`;
  const payload = Buffer.concat([
    Buffer.from(parts.join('') + head),
    ...(file === undefined ? [] : [Buffer.from(file.bytes), Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

function start(world: 'sandbox' | 'real' = 'sandbox', change: Partial<ImportDeps['imports']> = {}) {
  const accepted: NewSheet[] = [];
  const explained: { id: string; mapping: SheetMapping }[] = [];
  const fake = createFakeWeb({
    world,
    imports: {
      accept: async (sheet) => `new${accepted.push(sheet)}`,
      find: async (id) => imports.find((each) => each.id === id),
      list: async () => imports,
      explain: async (id, mapping) => void explained.push({ id, mapping }),
      ...change,
    },
  });
  return { ...fake, accepted, explained };
}

it('keeps the drop page for people who are logged in [L4]', async () => {
  const { web } = start('real');

  const stranger = await web.inject({ url: '/import', headers: page });

  expect([stranger.statusCode, stranger.headers.location]).toEqual([303, '/login?next=/import']);
  expect((await web.inject({ url: '/import/i2', headers: page })).statusCode).toBe(401);
});

it('takes a file of a form with its shop and age, and leads to what becomes of it [B7]', async () => {
  const { web, cookieOf, accepted } = start();
  const form = formOf(
    { modifiedAt: '1795515000000', shop: 'erp' },
    { name: '订单.csv', bytes: Uint8Array.of(1, 2, 255) },
  );

  const answer = await web.inject({
    method: 'POST',
    url: '/import',
    headers: { ...own, ...form.headers, cookie: await cookieOf('wang') },
    payload: form.payload,
  });

  expect([answer.statusCode, answer.headers.location]).toEqual([303, '/import/new1']);
  expect(accepted).toMatchObject([
    { fileName: '订单.csv', modifiedAt: 1_795_515_000_000, shopId: 'erp', actor: { person: { id: 'wang' } } },
  ]);
  expect([...(accepted[0]?.bytes ?? [])]).toEqual([1, 2, 255]);
});

it('answers a script with where to go, and takes a form that tells nothing but the file', async () => {
  const { web, cookieOf, accepted } = start();
  const form = formOf({ modifiedAt: '', shop: '' }, { name: 'a.csv', bytes: Uint8Array.of(1) });

  const answer = await web.inject({
    method: 'POST',
    url: '/import',
    headers: { ...own, ...form.headers, accept: 'application/json', cookie: await cookieOf('wang') },
    payload: form.payload,
  });

  expect([answer.statusCode, answer.json()]).toEqual([202, { id: 'new1', path: '/import/new1' }]);
  expect(accepted).toMatchObject([{ modifiedAt: null, shopId: null }]);
});

it('takes nothing from a foreign page, from nobody, or without a file', async () => {
  const { web, cookieOf, accepted } = start('real');
  const cookie = await cookieOf('wang');
  const form = formOf({}, { name: 'a.csv', bytes: Uint8Array.of(1) });
  const post = (headers: Record<string, string>, { payload, headers: more } = form) =>
    web.inject({ method: 'POST', url: '/import', headers: { ...headers, ...more }, payload });

  expect((await post({ ...own, origin: 'https://evil.example', cookie })).json().error.code).toBe('ORIGIN_FOREIGN');
  expect((await post(own)).json().error.code).toBe('LOGIN_REQUIRED');
  const empty = await post({ ...own, cookie }, formOf({ shop: '' }));
  expect([empty.statusCode, empty.json().error]).toEqual([
    400,
    { code: 'NO_FILE', message: '没有选文件；请选好再传。' },
  ]);
  expect(accepted).toEqual([]);
});

it('refuses a file of somebody who may only look before it has come', async () => {
  const { web, cookieOf, accepted } = start();
  const { headers } = formOf({}, { name: 'a.csv', bytes: Uint8Array.of(1) });

  // The file itself never comes: whoever waited for it would find the form broken.
  const payload = Buffer.from('--x----boundary\r\n');
  const answer = await web.inject({
    method: 'POST',
    url: '/import',
    headers: { ...own, ...headers, cookie: await cookieOf('zhou') },
    payload,
  });

  expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'FORBIDDEN']);
  expect(accepted).toEqual([]);
});

it('shows somebody who may only look no form', async () => {
  const { web, cookieOf } = start();

  const looking = await web.inject({ url: '/import', headers: { ...page, cookie: await cookieOf('zhou') } });

  expect(looking.body).not.toContain('type="file"');
  expect(looking.body).toContain('你的角色只能看');
});

it('lists what cannot be read by row and cell, in foreign words that do nothing [L4]', async () => {
  const { web, cookieOf } = start();

  const { body } = await web.inject({ url: '/import/i2', headers: { ...page, cookie: await cookieOf('wang') } });

  expect(body).toContain('34998 单');
  expect(body).toContain('变了 1204 单，没变 33794 单');
  expect(body).toContain('数据到 14:30');
  expect(body).toContain('第 18 行 · B18');
  expect(body).toContain('&lt;b&gt;等待神秘处理');
});

it('shows how far it is, and stops asking when it is over', async () => {
  const { web, cookieOf } = start();
  const cookie = await cookieOf('wang');
  const part = async (id: string) =>
    (await web.inject({ url: `/import/${id}`, headers: { ...page, cookie, 'x-part': 'main' } })).body;

  expect(await part('i1')).toContain('<progress max="35000" value="12400">');
  expect(await part('i1')).not.toContain('data-over');
  expect(await part('i2')).toContain('data-over');
  expect(await part('i3')).toContain('另存为 .xlsx 或 CSV');
  expect((await web.inject({ url: '/import/none', headers: { ...page, cookie } })).statusCode).toBe(404);
});

it('asks once what new headings mean, with the guesses chosen [L4]', async () => {
  const { web, cookieOf, explained } = start();
  const cookie = await cookieOf('wang');
  const { body } = await web.inject({ url: '/import/i4', headers: { ...page, cookie } });
  expect(body).toMatch(/name="order">.*<option value="平台单号" selected>/);

  const answer = await web.inject({
    method: 'POST',
    url: '/import/i4',
    headers: { ...own, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ order: '平台单号', paidAt: '付款日期', status: '', evil: 'x' }).toString(),
  });

  expect([answer.statusCode, answer.headers.location]).toEqual([303, '/import/i4']);
  expect(explained).toEqual([{ id: 'i4', mapping: { order: '平台单号', paidAt: '付款日期' } }]);
});

it('says one reason once, with how many rows and the first of them, and leads on', async () => {
  const done = imports.find(({ id }) => id === 'i2');
  const reason = { zh: '没有订单号', en: 'No order number' };
  const skipped = [3, 4, 7, 8, 9, 12].map((row) => ({ row, cell: `A${row}`, order: '', reason }));
  const result = done?.result == null ? null : { ...done.result, skippedRows: 6, skipped };
  const { web, cookieOf } = start('sandbox', {
    find: async () => (done === undefined ? undefined : { ...done, result }),
  });

  const { body } = await web.inject({ url: '/import/i2', headers: { ...page, cookie: await cookieOf('wang') } });

  expect(body.split('没有订单号')).toHaveLength(2);
  expect(body).toContain('6 行：第 3、4、7、8、9 … 行');
  expect(body).toContain('name="text" value="/tonight"');
  expect(body).toMatch(/<a class="button" href="\/">看板<\/a>/);
});

it('comes back to the form with what is missing and what was chosen', async () => {
  const { web, cookieOf } = start('sandbox', {
    explain: async () => {
      throw new UserError('MAPPING_INCOMPLETE', { zh: '至少要指出订单号', en: 'The order number is needed' });
    },
  });

  const { statusCode, body } = await web.inject({
    method: 'POST',
    url: '/import/i4',
    headers: {
      ...own,
      accept: 'text/html',
      cookie: await cookieOf('wang'),
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: new URLSearchParams({ order: '', paidAt: '付款日期' }).toString(),
  });

  expect(statusCode).toBe(400);
  expect(body).toContain('至少要指出订单号');
  expect(body).toMatch(/name="paidAt">.*<option value="付款日期" selected>/);
  expect(body).not.toMatch(/name="order">[^\n]*selected/);
});
