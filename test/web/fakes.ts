import { resolve } from 'node:path';
import { Registry } from 'prom-client';
import type { Alert } from '../../src/domain/alert.ts';
import type { Card } from '../../src/domain/card.ts';
import { foreign } from '../../src/domain/text.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Inbound } from '../../src/ports/messenger.ts';
import type { RoomMessageRow, Storage } from '../../src/ports/stores.ts';
import { createLinks } from '../../src/services/links.ts';
import { createReadBoard } from '../../src/services/read-board.ts';
import { createReadOrderPage } from '../../src/services/read-order-page.ts';
import { createSessions } from '../../src/services/sessions.ts';
import { createRoomBell } from '../../src/web/room-bell.ts';
import { createWeb, type WebDeps } from '../../src/web/server.ts';
import { aHealth } from '../kit/health.ts';
import * as company from './company.ts';
import { imports } from './imports.ts';
import { menu } from './menu.ts';

const assetsDir = resolve(import.meta.dirname, '../../src/web/assets');

export function createFakeClock(start = company.now): Clock & { set(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    set: (ms) => {
      now = ms;
    },
    sleep: async () => {},
    every: () => () => {},
  };
}

/** Only what pages ask of storage, kept in memory. */
export function createFakeStores(alerts: readonly Alert[] = company.alerts) {
  const messages: (RoomMessageRow & { key: string })[] = [];
  const codes = new Map<string, { personId: string; expiresAt: number }>();
  const sessions = new Map<string, { personId: string; expiresAt: number }>();
  const audited: { action: string; subject: string }[] = [];
  const person = (id: string) => company.people.find((each) => each.id === id);
  const open = alerts.filter(({ state }) => state !== 'resolved');

  const stores = {
    room: {
      add: async (entry: Omit<RoomMessageRow, 'id'> & { key: string }) => {
        const old = messages.find(({ key }) => key === entry.key);
        if (old !== undefined) return old.id;
        const id = messages.length + 1;
        messages.push({ ...entry, id });
        return id;
      },
      list: async (roomId: string, after: number, limit: number) =>
        messages.filter((each) => each.roomId === roomId && each.id > after).slice(0, limit),
      latest: async (roomId: string, limit: number) => messages.filter((each) => each.roomId === roomId).slice(-limit),
    },
    people: {
      list: async () => company.people,
      find: async (id: string) => person(id),
      addLoginCode: async (hash: string, personId: string, expiresAt: number) =>
        void codes.set(hash, { personId, expiresAt }),
      useLoginCode: async (hash: string, now: number) => {
        const code = codes.get(hash);
        codes.delete(hash);
        return code !== undefined && code.expiresAt > now ? person(code.personId) : undefined;
      },
      addSession: async (hash: string, personId: string, expiresAt: number) =>
        void sessions.set(hash, { personId, expiresAt }),
      findSession: async (hash: string, now: number) => {
        const session = sessions.get(hash);
        return session !== undefined && session.expiresAt > now ? person(session.personId) : undefined;
      },
      endSession: async (hash: string) => void sessions.delete(hash),
    },
    alerts: {
      list: async () => open,
      count: async () => open.length,
      tally: async () =>
        open.map(({ ruleId, severity, claimedBy, dueAt, facts }) => ({
          ruleId,
          warehouseId: facts.warehouseId ?? null,
          severity,
          claimedBy,
          count: 1,
          oldestDueAt: dueAt,
        })),
      listFor: async (subjects: readonly string[]) => alerts.filter((alert) => subjects.includes(alert.subject)),
    },
    views: {
      countByStage: async () => [
        { stage: 'queued', warehouseCode: '1001', count: 1_204 },
        { stage: 'sorting', warehouseCode: '1001', count: 388 },
        { stage: 'packed', warehouseCode: '1001', count: 91 },
        { stage: 'shipped', warehouseCode: '1001', count: 2_210 },
        { stage: 'queued', warehouseCode: '1002', count: 310 },
        { stage: 'shipped', warehouseCode: '1002', count: 640 },
        { stage: 'paid', warehouseCode: null, count: 12 },
      ],
      findOrder: async (id: string) => company.orders.find((order) => order.id === id),
      findOrderByNo: async (_shopId: string, no: string) =>
        company.orders.find(({ channelOrderNo }) => channelOrderNo === no),
      fulfillmentsOf: async (id: string) => (id === 'o7Kd2mQx' ? [company.fulfillment] : []),
      parcelsOf: async () => [],
      companionsOf: async (id: string) =>
        id === 'o7Kd2mQx' || id === 'oSent' ? company.orders.filter((order) => order.id === 'oP3') : [],
      locksOn: async () => [company.lock],
      deadFulfillmentsOn: async () => [company.deadFulfillment],
    },
    events: {
      listFor: async (subjects: readonly string[]) =>
        company.events.filter(({ subject }) => subjects.includes(subject)),
    },
    sms: {
      listFor: async () => [
        {
          id: 'o7Kd2mQx.remote',
          orderId: 'o7Kd2mQx',
          kind: 'remote',
          state: 'unsaid',
          reason: { zh: '还缺 1 件', en: '1 piece is missing' },
          ref: null,
          phoneMask: null,
          dueAt: null,
          plannedAt: company.at('11:00'),
          sentAt: null,
        },
      ],
    },
    actions: {
      listFor: async (subject: string) =>
        subject.startsWith('order:mini/202611240018842')
          ? [
              {
                id: 'x1',
                kind: 'reroute',
                subject,
                actorId: 'person:wang',
                approverId: 'person:li',
                roomId: 'war',
                state: 'refused',
                request: {},
                before: null,
                after: null,
                undoOf: null,
                reason: '',
                startedAt: company.at('13:02'),
                finishedAt: company.at('13:02'),
                nextAt: null,
                probes: 0,
              },
            ]
          : [],
    },
    audit: {
      add: async (entry: { action: string; subject: string }) => void audited.push(entry),
      listFor: async (subject: string) =>
        subject.startsWith('order:mini/202611240018842')
          ? [
              {
                seq: 7,
                at: company.at('13:02'),
                actorId: 'person:wang',
                action: 'act.reroute.refused',
                subject,
                detail: '{"from":"hz","to":"gz"}',
                mac: 'x',
              },
            ]
          : [],
    },
    sources: {
      list: async () => [
        { id: 'shop:mini', lastOkAt: company.at('14:31:50'), lastErrorAt: null, lastError: null },
        { id: 'shop:tmall', lastOkAt: company.at('13:58'), lastErrorAt: company.at('14:31'), lastError: 'HTTP 503' },
        { id: 'system:wms', lastOkAt: company.at('14:31:40'), lastErrorAt: null, lastError: null },
        { id: 'carrier:kd', lastOkAt: null, lastErrorAt: null, lastError: null },
      ],
      find: async (id: string) => (await stores.sources.list()).find((row) => row.id === id),
    },
    outbox: { count: async () => ({ pending: 3, dead: 1, maybeTwice: 0, oldestDueAt: company.at('14:31') }) },
  };
  return { stores: stores as unknown as Storage, messages, audited, sessions };
}

export function createFakeWeb(change: Partial<WebDeps> = {}) {
  const clock = createFakeClock();
  const { stores, messages, audited, sessions: stored } = createFakeStores();
  const received: Inbound[] = [];
  const logged: object[] = [];
  const sessions = createSessions({ storage: stores, clock });
  const links = createLinks({ key: 'test key' });
  const bell = createRoomBell();
  const web = createWeb({
    stores,
    clock,
    timezone: 'Asia/Shanghai',
    language: 'zh',
    world: 'sandbox',
    warRoomId: 'war',
    menu: () => menu,
    receive: async (inbound) => void received.push(inbound),
    hearCarrier: async () => undefined,
    hearShop: async () => undefined,
    hearSystem: async () => undefined,
    hearVoice: async () => undefined,
    hearSms: async () => undefined,
    sessions,
    links,
    readBoard: createReadBoard({
      stores,
      clock,
      directory: company.directory,
      readHealth: async () => aHealth(),
      readLine: async () => company.lineReport,
      readRisk: async () => null,
    }),
    readOrderPage: createReadOrderPage({ stores, clock, directory: company.directory }),
    readSheet: async (id, language) => (id === 'a1' ? `sheet in ${language}\r\n` : undefined),
    openLabel: async () => Buffer.from('%PDF-'),
    checkUp: async () => company.checkUp,
    readiness: () => ({ ready: true, modules: [{ name: 'ingest', lastOkAt: company.now, ready: true }] }),
    registry: new Registry(),
    metricsToken: undefined,
    allowedHosts: ['localhost', '127.0.0.1'],
    publicUrl: 'http://localhost:3000',
    assetsDir,
    log: { error: (facts) => void logged.push(facts) },
    bell,
    imports: {
      accept: async () => 'i1',
      find: async (id) => imports.find((each) => each.id === id),
      list: async () => imports,
      explain: async () => {},
    },
    importShops: () => [{ id: 'erp', name: '我的店', isFile: true }],
    ...change,
  });
  const say = async (roomId: string, card: Card, sender = 'bot', time = company.now): Promise<number> => {
    const id = await stores.room.add({
      roomId,
      key: `k${messages.length}`,
      sender,
      card: { ...card, url: null },
      at: time,
    });
    bell.ring(roomId);
    return id;
  };
  /** A cookie header for somebody, as after a login. */
  const cookieOf = async (id: string): Promise<string> => {
    const person = company.people.find((each) => each.id === id);
    if (person === undefined) throw new Error(`Nobody is called ${id}`);
    return `warroom_session=${(await sessions.openAs(person)).cookie}`;
  };
  return { web, clock, stores, messages, audited, stored, received, logged, sessions, links, bell, say, cookieOf };
}

export const cards = {
  one: {
    tone: 'critical',
    lines: [
      ['12号 · 先发这单 · 剩 2时10分'],
      [foreign('绣字卫衣 黑L'), ' ×1 · 杭州 A-12-03 · 尾号 018842'],
      ['卡在：库存被已关闭单 …007710 占 2 件'],
    ],
    buttons: [
      { label: '解锁并发', command: '/release 202611240018842', style: 'primary' },
      { label: '我来', command: '/ack 12', style: 'plain' },
    ],
    link: { label: '看详情', path: '/o/o7Kd2mQx' },
  },
  many: {
    tone: 'warning',
    lines: [
      ['5号 · 广州仓快超发货时限 · 2 单'],
      ['最急剩 1时08分，16 点前要发 2 单'],
      ['其他仓 10 分钟内正常，接口正常'],
    ],
    buttons: [{ label: '我来', command: '/ack 5', style: 'primary' }],
    link: null,
  },
  done: {
    tone: 'done',
    lines: [['018842 已改到广州仓（聚水潭 14:32 确认）'], ['锁库：广州 1 件。王敏操作，李建国同意。']],
    buttons: [{ label: '撤销', command: '/undo 018842', style: 'plain' }],
    link: null,
  },
  preview: {
    tone: 'info',
    lines: [
      ['改仓 018842（', foreign('绣字卫衣 黑L'), '，张*）：'],
      ['留杭州 · 明天 · 缺 1，补货后天到'],
      ['广州 · 后天 · 余 14（14:31）'],
      ['5 分钟内有效；拣货前 30 分钟内可撤销'],
    ],
    buttons: [
      { label: '改到广州', command: '确认 K7', style: 'primary' },
      { label: '留着', command: '取消 K7', style: 'plain' },
    ],
    link: null,
  },
  waiting: {
    tone: 'waiting',
    lines: [['已提交给聚水潭，没收到答复。正在查证，不会重复提交，查到在这里说。']],
    buttons: [],
    link: null,
  },
} satisfies Record<string, Card>;

/** A conversation of one afternoon. */
export async function fillRoom(fake: ReturnType<typeof createFakeWeb>): Promise<void> {
  const { say } = fake;
  const typed = (words: string): Card => ({ tone: 'info', lines: [[foreign(words)]], buttons: [], link: null });
  await say('war', cards.many, 'bot', company.at('14:01'));
  await say('war', typed('5号我来'), 'person:chen', company.at('14:02'));
  await say(
    'war',
    { tone: 'done', lines: [['5号 陈静 接了，14:32 前没进展会再提醒']], buttons: [], link: null },
    'bot',
    company.at('14:02'),
  );
  await say('war', cards.one, 'bot', company.at('14:09'));
  await say('war', typed('/改仓 018842'), 'person:wang', company.at('14:30'));
  await say('war', cards.preview, 'bot', company.at('14:30'));
  await say('war', cards.waiting, 'bot', company.at('14:31'));
  await say('war', cards.done, 'bot', company.at('14:32'));
}
