import { resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/adapters/db/database.ts';
import { createStorage } from '../../src/adapters/db/storage.ts';
import { createReadBoard } from '../../src/services/read-board.ts';
import { createReadHealth } from '../../src/services/read-health.ts';
import { createReadOrderPage } from '../../src/services/read-order-page.ts';
import { createSessions } from '../../src/services/sessions.ts';
import { rateLimits } from '../kit/health.ts';
import { openTestDb } from '../kit/open-test-db.ts';
import { anOrder, directory, lineReport, people } from './company.ts';
import { createFakeClock, createFakeWeb } from './fakes.ts';

const migrations = resolve(import.meta.dirname, '../../prisma/migrations');
const own = { host: 'localhost:3000', origin: 'http://localhost:3000', accept: 'application/json' };
const page = { accept: 'text/html', host: 'localhost:3000' };

async function setup() {
  const { file, cleanup } = await openTestDb();
  const database = await openDatabase(file, migrations);
  onTestFinished(async () => {
    await database.close();
    cleanup();
  });
  const storage = createStorage(database, { audit: Buffer.alloc(32, 1) });
  await storage.people.syncConfigured(people.map((person) => ({ person, accounts: [] })));
  const clock = createFakeClock();
  const deps = { stores: storage, clock, directory };
  const sessions = createSessions({ storage, clock });
  const fake = createFakeWeb({
    ...deps,
    sessions,
    world: 'real',
    readBoard: createReadBoard({
      ...deps,
      readHealth: createReadHealth({ ...deps, limits: rateLimits }),
      readLine: async () => lineReport,
      readRisk: async () => null,
    }),
    readOrderPage: createReadOrderPage(deps),
  });
  return { ...fake, storage, sessions };
}

it('works on the real database: login, talk, board, order', async () => {
  const { web, storage, sessions } = await setup();
  const { id, stage, stageAt, firstSeenAt, ...view } = anOrder();
  await storage.views.saveOrders('shop:mini', [{ view, seal: null }], firstSeenAt, {
    order: () => ({ stage, stageAt, deadlines: [], laps: undefined }),
    parcel: () => [],
    identity: () => [],
    fulfillment: () => [],
    lock: () => [],
    measures: () => [],
    delays: () => [],
  });
  const order = await storage.views.findOrderByNo('mini', view.channelOrderNo);
  const { code } = await sessions.issueCode('li');

  const login = await web.inject({ method: 'POST', url: '/login', headers: own, payload: { code } });
  const cookie = `warroom_session=${login.cookies[0]?.value}`;
  const send = async () =>
    await web.inject({
      method: 'POST',
      url: '/room/messages',
      headers: { ...own, cookie },
      payload: { text: '018842 到哪了', key: 'key-00001' },
    });
  const ids = [(await send()).json().id, (await send()).json().id];
  const bodies = await Promise.all(
    ['/room', '/', `/o/${order?.id}`].map(
      async (url) => (await web.inject({ url, headers: { ...page, cookie } })).body,
    ),
  );

  expect(id).not.toBe(order?.id);
  expect(login.statusCode).toBe(303);
  expect(ids[0]).toBe(ids[1]);
  expect(bodies[0]?.match(/018842 到哪了/g)).toHaveLength(1);
  expect(bodies[1]).toContain('现在没有待处理的异常');
  expect(bodies[2]).toContain('停在 <b>待拣</b>');
  expect((await storage.audit.verify()).entries).toBe(1);
});
