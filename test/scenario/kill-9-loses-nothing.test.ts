import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  freePort,
  getJson,
  type Lab,
  openLab,
  pause,
  postJson,
  readRows,
  until,
  type Visitor,
  visit,
} from '../kit/bot-process.ts';
import { bySize, isLong } from '../kit/size.ts';

const seeds = Array.from({ length: Number(process.env.WARROOM_SEEDS ?? 1) || 1 }, (_, index) => index + 1);
const kills = bySize({ short: 2, moderate: 20, full: 200 });

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

describe('a bot that is killed -9 again and again [C4]', () => {
  it.each(seeds)(
    'loses no order, alert, message or act, and doubles none (seed %i)',
    {
      timeout: 180_000 + kills * 8_000,
    },
    async (seed) => {
      const life = await live(seed);

      expectOrders(life);
      expectAlerts(life);
      expectMessages(life);
      expectAnswers(life);
      await expectActs(life);

      const audit = await lab.cli(['audit', 'verify', '--json'], life.env);
      expect(JSON.parse(audit.out)).toMatchObject({ ok: true, brokenAt: null });
      const before = dumpViews();
      const rebuilt = await lab.cli(['db', 'rebuild', '--json'], life.env);
      expect({ code: rebuilt.code, err: rebuilt.err }).toMatchObject({ code: 0 });
      expect(differing(before, dumpViews())).toEqual([]);
    },
  );
});

it('keeps pace with a company that lives sixty times as fast [B6]', { timeout: 180_000 }, async () => {
  const sandbox = await lab.sandbox({ SANDBOX_RATE: '60', SANDBOX_SEED: 'pace' });
  const bot = await lab.bot({ WARROOM_CLOCK: sandbox.url });
  // Its first look at six hours of orders is a backfill and not measured.
  await pause(isLong ? 10_000 : 4_000);
  const look = async (): Promise<string> => (await fetch(`${bot.url}/metrics`)).text();
  await look();
  const { now: from } = await getJson(`${sandbox.url}/clock`);
  await pause(isLong ? 60_000 : 5_000);
  const metrics = await look();
  await bot.end('SIGINT');
  await sandbox.end('SIGTERM');
  const visibleAt = readRows(
    `${lab.folder}/data/world.db`,
    'SELECT no, max(visible_at) AS at FROM order_changes WHERE visible_at > ? GROUP BY no',
    from,
  );
  const delays = visibleAt
    .flatMap(({ no, at }) => {
      const stored = rows(
        `SELECT min(receivedAt) AS at FROM Event WHERE source = 'shop:mini' AND subject = ? AND receivedAt >= ?`,
        `order:mini/${no}`,
        at,
      )[0]?.at;
      return stored == null ? [] : [(stored - at) / 1_000];
    })
    .sort((a, b) => a - b);
  const loop = /event_loop_delay_seconds\{quantile="0.999"\} (\S+)/.exec(metrics)?.[1];
  const p99 = delays[Math.ceil(delays.length * 0.99) - 1];
  console.log(
    `${delays.length} changes, ingest delay p99 ${p99} s, most ${delays.at(-1)} s of world time; event loop p99.9 ${loop} s`,
  );
  expect(delays.length).toBeGreaterThan(isLong ? 100 : 0);
  expect(rows(`SELECT key FROM Outbox WHERE state = 'dead' OR attempts > 1`)).toEqual([]);
  expect(Number(loop)).toBeGreaterThan(0);
});

interface Truth {
  orderNo: string;
  status: string;
  scenario: string | null;
  refund: string | null;
  held: boolean;
  erpStatus: string | null;
  updatedAt: number;
  stages: Record<string, number | null>;
}

interface Said {
  person: string;
  key: string;
  text: string;
}

interface Made {
  name: string;
  at: number;
  orderNo: string;
  ioId?: number;
  oId?: number;
  sku: string;
}

interface Life {
  env: Record<string, string>;
  sandboxUrl: string;
  /** Lines whose POST was answered 2xx. */
  answered: Said[];
  /** Among them the yes to a preview. */
  confirmed: Said[];
  made: Made[];
  /** What is true of orders that did not change while the bot read them last. */
  settled: Truth[];
  /** World time from which on the bot has looked, and by which it had read everything. */
  lookedFrom: number;
  readAt: number;
}

/** One life of a database: the company never stops, the bot is killed at random moments, people go on typing. */
async function live(seed: number): Promise<Life> {
  const random = randomOf(seed);
  const between = (low: number, high: number): number => low + random() * (high - low);
  const sandbox = await lab.sandbox({ SANDBOX_RATE: '20', SANDBOX_SEED: `kill-${seed}` });
  const { url } = sandbox;
  const port = await freePort();
  const env = { WARROOM_CLOCK: url, PORT: String(port), WARROOM_SECRET: 'k'.repeat(64) };
  await postJson(`${url}/world/settings`, {
    ordersPerDay: 30_000,
    jushuitanPerSecond: 1_000,
    jushuitanPerMinute: 1_000,
    miniPerSecond: 1_000,
  });
  const made: Made[] = [];
  const happen = async (name: string): Promise<Made> => {
    // The shelves run out of quiet SKUs after a while: then nothing new happens.
    const one = { name, ...(await postJson(`${url}/world/scenarios/${name}`, {})) };
    made.push(one);
    return one;
  };
  for (const name of ['dead-lock', 'dead-order', 'short', 'review', 'dead-lock']) await happen(name);

  let program = lab.run(['start'], env);
  const botUrl = `http://127.0.0.1:${port}`;
  const answered: Said[] = [];
  const confirmed: Said[] = [];
  let isOver = false;
  let count = 0;

  /** Like a phone: the same line with the same key until it is answered, and now and then once more. */
  async function say(visitor: Visitor, person: string, text: string, room: 'war' | 'dm' = 'war'): Promise<Said> {
    count += 1;
    const said = { person, key: `key-${seed}-${String(count).padStart(6, '0')}`, text };
    await until(
      `an answer to ${text}`,
      async () => {
        await visitor.say(text, said.key, room);
        return true;
      },
      90_000,
    );
    answered.push(said);
    if (random() < 0.3) await visitor.say(text, said.key, room).catch(() => undefined);
    return said;
  }

  const visitor = (person: string): Promise<Visitor> => until(`a session for ${person}`, () => visit(botUrl, person));

  async function readers(): Promise<void> {
    const wang = await visitor('wang');
    while (!isOver) {
      const no = made[Math.floor(random() * made.length)]?.orderNo ?? '';
      const lines = ['/异常', `/查单 ${no}`, `/为什么 ${no}`, '/我的', '/帮助', no, `/释放 ${no}`, '不知所云'];
      await say(wang, 'wang', lines[Math.floor(random() * lines.length)] ?? '');
      await pause(between(40, 250));
    }
  }

  async function actor(person: string): Promise<void> {
    const me = await visitor(person);
    const known = new Set<string>();
    const newWords = async (): Promise<string | undefined> => {
      const page = await me.page('/room?room=dm&last=300');
      return [...page.matchAll(/确认 ([A-Z]\d+)/g)].map(([, words]) => words ?? '').find((words) => !known.has(words));
    };
    while (!isOver) {
      const { orderNo } = await happen(random() < 0.7 ? 'dead-lock' : 'dead-order');
      let words: string | undefined;
      while (!isOver && words === undefined) {
        await say(me, person, `/释放 ${orderNo}`, 'dm');
        // Unknown yet, or the bot is away: asked again.
        words = await until('words', newWords, 1_500).catch(() => undefined);
      }
      if (words === undefined) return;
      known.add(words);
      await pause(between(0, 300));
      confirmed.push(await say(me, person, `确认 ${words}`, 'dm'));
      await pause(between(100, 600));
    }
  }

  const people = [readers(), actor('li'), actor('chen')];
  const trouble = Promise.all(people);
  trouble.catch(() => undefined);
  for (let kill = 0; kill < kills; kill += 1) {
    // Most die at work, some before they have begun.
    if (kill === 0 || random() < 0.75) await program.says(/\/room/);
    await pause(between(100, 3_500));
    const { signal } = await program.end('SIGKILL');
    expect(signal).toBe('SIGKILL');
    program = lab.run(['start'], env);
  }
  await program.says(/\/room/);
  await pause(2_500);
  // A machine with other things to do gets the time to finish one act at least.
  const acted = () => rows(`SELECT 1 FROM Action WHERE state = 'done'`).length;
  await until('one act', () => (acted() > 0 && answered.length > 8 ? true : undefined), 60_000);
  isOver = true;
  await trouble;

  await until('all work done', () => (unfinished() === 0 ? true : undefined), 45_000);
  await postJson(`${url}/world/clock`, { rate: 5 });
  const [first, { now }] = [await truth(url), await getJson(`${url}/clock`)];
  await until('one more look at every source', () => (readUpTo() > now + 12_000 ? true : undefined), 60_000).catch(
    (error: unknown) => {
      const sources = JSON.stringify([now, rows('SELECT * FROM Source'), rows('SELECT * FROM Cursor')]);
      throw new Error(`${sources}\n${program.err().slice(-2_000)}`, { cause: error });
    },
  );
  await until('all work done', () => (unfinished() === 0 ? true : undefined), 45_000);
  const ending = await program.end('SIGINT');
  expect(ending).toMatchObject({ code: 0 });
  // It reads on until its end: what changed by then is not settled.
  const last = new Map((await truth(url)).map((order) => [order.orderNo, JSON.stringify(order)]));
  return {
    env,
    sandboxUrl: url,
    answered,
    confirmed,
    made,
    settled: first.filter((order) => last.get(order.orderNo) === JSON.stringify(order)),
    lookedFrom: firstLookAt() - 6 * 3_600_000,
    readAt: now,
  };
}

const rows = (sql: string, ...values: unknown[]) => readRows(lab.databaseFile, sql, ...values);

const unfinished = (): number =>
  rows(
    `SELECT (SELECT count(*) FROM Inbound WHERE doneAt IS NULL) + (SELECT count(*) FROM Outbox WHERE state IN ('pending', 'sending')) +
       (SELECT count(*) FROM Action WHERE finishedAt IS NULL) AS count`,
  )[0]?.count;

/** The very first look is six hours deep. */
const firstLookAt = (): number =>
  rows(
    `SELECT max(at) AS at FROM (SELECT min(receivedAt) AS at FROM Event WHERE source IN ('shop:mini', 'system:wms') GROUP BY source)`,
  )[0]?.at;

/** Up to where every stream has been read to its end. A watermark stops a minute before its look. */
const readUpTo = (): number =>
  rows('SELECT min(CASE WHEN windowTo IS NULL THEN watermark + 60000 ELSE 0 END) AS at FROM Cursor WHERE stream LIKE ?', '%/updated')[0]?.at;

async function truth(url: string): Promise<Truth[]> {
  const orders: Truth[] = [];
  let after: string | null = '';
  while (after !== null) {
    const page: { orders: Truth[]; next: string | null } = await getJson(
      `${url}/world/orders?limit=2000&after=${after}`,
    );
    orders.push(...page.orders);
    after = page.next;
  }
  return orders;
}

/** What the order's stage may be called, from what its channel and the warehouse truly show. */
function stagesOf({ status, erpStatus, stages }: Truth): readonly string[] {
  if (status === 'closed' || status === 'refunded') return ['closed'];
  if (status === 'delivered' || status === 'finished') return ['delivered'];
  if (status === 'in_transit') return ['scanned'];
  switch (erpStatus) {
    case 'Sent':
      return ['shipped'];
    case 'Delivering':
      return [stages.labelledAt === null ? 'sorting' : 'labelled'];
    case 'Question':
      return status === 'refunding' ? ['queued', 'review'] : ['review'];
    case 'WaitConfirm':
      return ['queued'];
    default:
      return [status === 'created' ? 'placed' : 'paid'];
  }
}

const second = (at: number | null | undefined): number | null => (at == null ? null : Math.floor(at / 1_000) * 1_000);

function expectOrders({ settled, lookedFrom }: Life): void {
  const orders = rows('SELECT channelOrderNo, stage, status, paidAt, closedAt FROM "Order"');
  const stored = new Map(orders.map((row) => [row.channelOrderNo as string, row]));
  expect(stored.size).toBe(orders.length);
  const due = settled.filter((order) => order.updatedAt > lookedFrom);
  expect(due.length).toBeGreaterThan(500);
  const wrong = due.flatMap((order) => {
    const row = stored.get(order.orderNo);
    if (row === undefined) return [`${order.orderNo} is missing`];
    const isRight =
      stagesOf(order).includes(row.stage) &&
      row.paidAt === second(order.stages.paidAt) &&
      row.closedAt === second(order.stages.closedAt);
    return isRight ? [] : [`${JSON.stringify(order)} is ${JSON.stringify(row)}`];
  });
  expect(few(wrong)).toEqual([]);
}

const twoHours = 2 * 3_600_000;
const aMinute = 60_000;

/** Whether a paid order waited for two hours without being sorted, looked at, stopped or closed. */
function isLate({ status, held, refund, erpStatus, stages }: Truth, readAt: number): boolean {
  const { paidAt = null, sortedAt = null, closedAt = null } = stages;
  if (paidAt === null || held || refund !== null || erpStatus === 'Question') return false;
  const dueAt = paidAt + twoHours;
  if (dueAt > readAt - aMinute || (closedAt ?? sortedAt ?? Number.POSITIVE_INFINITY) < dueAt + 5 * aMinute)
    return false;
  return status === 'paid' && sortedAt === null;
}

function expectAlerts({ settled, made, readAt }: Life): void {
  const alerts = rows('SELECT ruleId, subject, state, resolvedAt, openKey, dueAt FROM Alert');
  const keys = alerts.map(({ ruleId, subject, dueAt }) => `${ruleId} ${subject} ${dueAt}`);
  expect(keys.length).toBe(new Set(keys).size);
  expect(alerts.filter(({ state, openKey }) => (state === 'resolved') !== (openKey === null))).toEqual([]);
  // Let go within a blink of its birth, a lock never was a trouble.
  const released = rows(`SELECT request FROM Action WHERE state = 'done'`).map(({ request }) => request as string);
  const stands = ({ orderNo, at }: Made): boolean =>
    at < readAt - 2 * aMinute && !released.some((request) => request.includes(orderNo));
  const must = [
    ...settled.filter((order) => isLate(order, readAt)).map(({ orderNo }) => `paid-not-sorted order:mini/${orderNo}`),
    ...made
      .filter((each) => each.name === 'dead-lock' && stands(each))
      .map(({ ioId, sku }) => `lock-orphaned lock:wms/9001.${ioId}.${sku}`),
    ...made
      .filter((each) => each.name === 'dead-order' && stands(each))
      .map(({ oId }) => `lock-orphaned fulfillment:wms/${oId}`),
  ];
  const times = new Map<string, number>();
  for (const { ruleId, subject } of alerts) {
    const key = `${ruleId} ${subject}`;
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  expect(must.length).toBeGreaterThan(5);
  expect(few(must.filter((key) => times.get(key) !== 1).map((key) => `${times.get(key) ?? 0} times ${key}`))).toEqual(
    [],
  );
}

function expectMessages(_life: Life): void {
  const outbox = rows('SELECT id, key, roomId, state, error, maybeTwice, sentAt FROM Outbox');
  const messages = rows(`SELECT key, roomId FROM RoomMessage WHERE sender = 'bot'`);
  expect(outbox.length).toBeGreaterThan(10);
  expect(outbox.filter(({ state, error }) => state !== 'sent' && !(state === 'dropped' && error !== null))).toEqual([]);
  const sent = outbox.filter(({ state }) => state === 'sent').map(({ roomId, key }) => `${roomId} ${key}`);
  expect(messages.map(({ roomId, key }) => `${roomId} ${key}`).sort()).toEqual(sent.sort());
  // What was said in the room and then said again after a kill is marked, never silent.
  const again = rows(`SELECT key FROM Outbox WHERE attempts > 1 AND maybeTwice = 0 AND error IS NULL`);
  expect(again).toEqual([]);
}

function expectAnswers({ answered }: Life): void {
  expect(answered.length).toBeGreaterThan(8);
  const wrong = answered.flatMap(({ person, key, text }) => {
    const inbound = rows('SELECT id, doneAt, text FROM Inbound WHERE messageId = ?', `${person}:${key}`);
    const shown = rows('SELECT id FROM RoomMessage WHERE key = ?', `in:${person}:${key}`);
    const replies = rows('SELECT key FROM Outbox WHERE key LIKE ? ORDER BY id', `reply/${inbound[0]?.id}/%`);
    const isRight =
      inbound.length === 1 &&
      inbound[0]?.doneAt !== null &&
      inbound[0]?.text === text &&
      shown.length === 1 &&
      // A yes is answered by what became of it.
      (replies.length >= 1 || isYesTold(person, text)) &&
      replies.every((reply, index) => reply.key === `reply/${inbound[0]?.id}/${index}`);
    return isRight ? [] : [JSON.stringify({ key, text, inbound, shown, replies })];
  });
  expect(few(wrong)).toEqual([]);
}

const isYesTold = (person: string, text: string): boolean =>
  rows(
    `SELECT 1 FROM Question AS q JOIN Action AS a ON a.id LIKE q.id || '-%' JOIN Outbox AS o ON o.key LIKE 'act/' || a.id || '/%'
     WHERE q.roomId = ? AND q.state = 'confirmed' AND q.words = ?`,
    `dm:web:${person}`,
    text.replace('确认 ', ''),
  ).length > 0;

async function expectActs({ confirmed, sandboxUrl }: Life): Promise<void> {
  const { calls } = await getJson(`${sandboxUrl}/world/calls?limit=1000000`);
  const applied: { server: string; body: string }[] = calls.filter((call: { applied: boolean }) => call.applied);
  const isRing = ({ server }: { server: string }): boolean => ['dingtalk', 'aliyun-voice'].includes(server);
  // Every telephone that rang was written down before, and none rang twice for one row.
  expect(applied.filter(isRing).length).toBeLessThanOrEqual(
    rows('SELECT id FROM Call WHERE dialledAt IS NOT NULL').length,
  );
  // No buyer is told the same thing twice.
  const { texts } = await getJson(`${sandboxUrl}/world/texts`);
  const told: string[] = texts.map(({ out_id: id }: { out_id: string }) => id);
  expect(told.length).toBe(new Set(told).size);
  const written: string[] = applied
    .filter((call) => !isRing(call))
    .map(({ body }: { body: string }) => new URLSearchParams(body).get('biz') ?? body);
  const actions = rows('SELECT * FROM Action');
  const done = actions.filter(({ state }) => state === 'done');
  expect(done.length).toBeGreaterThan(0);
  expect(actions.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  const wrong = actions.flatMap((action) => {
    const { id, state } = action;
    const mark = action.kind === 'cancel-order' ? JSON.parse(action.request).systemOrderNo : id;
    const writes = written.filter((biz) => biz.includes(`${mark}`)).length;
    const already = rows(`SELECT detail FROM ActionStep WHERE actionId = ? AND step = 'done'`, id).some(
      ({ detail }) => detail !== 'null',
    );
    const told = rows('SELECT id FROM RoomMessage WHERE key = ?', `act/${id}/${state}`).length;
    const isRight = writes === (state === 'done' && !already ? 1 : 0) && told === 1;
    return isRight ? [] : [JSON.stringify({ id, state, already, writes, told })];
  });
  expect(few(wrong)).toEqual([]);
  // Nothing was written that nobody said yes to.
  expect(written.length).toBe(done.length);
  const unheard = confirmed.filter(({ person, text }) => {
    const [question] = rows(
      'SELECT id, state, proposal FROM Question WHERE roomId = ? AND words = ? ORDER BY createdAt DESC LIMIT 1',
      `dm:web:${person}`,
      text.replace('确认 ', ''),
    );
    const acts = actions.filter(({ id }) => id.startsWith(`${question?.id}-`));
    return acts.length !== (question?.state === 'confirmed' ? JSON.parse(question.proposal).acts.length : 0);
  });
  expect(few(unheard)).toEqual([]);
}

/** A long list of failures helps nobody. */
const few = <T>(list: readonly T[]): readonly T[] => list.slice(0, 5);

const views = [
  'Order',
  'OrderLine',
  'FulfillmentOrder',
  'OrderFulfillment',
  'Parcel',
  'ParcelOrder',
  'Identity',
  'StockLock',
  'Deadline',
  'OrderLap',
  'HealthTally',
];

const dumpViews = (): Map<string, Set<string>> =>
  new Map(views.map((view) => [view, new Set(rows(`SELECT * FROM "${view}"`).map((row) => JSON.stringify(row)))]));

/** Rows that only one of two dumps has, a few of each. */
function differing(before: Map<string, Set<string>>, after: Map<string, Set<string>>): string[] {
  const only = (ones: ReadonlySet<string>, others: ReadonlySet<string>, sign: string, view: string): string[] => {
    const rest = [...ones].filter((row) => !others.has(row));
    return [
      ...rest.slice(0, 5).map((row) => `${sign} ${view} ${row}`),
      ...(rest.length > 5 ? [`${sign} ${view}: ${rest.length}`] : []),
    ];
  };
  return views.flatMap((view) => {
    const [one, other] = [before.get(view) ?? new Set<string>(), after.get(view) ?? new Set<string>()];
    return [...only(one, other, '-', view), ...only(other, one, '+', view)];
  });
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
