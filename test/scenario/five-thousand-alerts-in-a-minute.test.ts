import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import type { Severity } from '../../src/domain/rule.ts';
import type { Messenger, Target } from '../../src/ports/messenger.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import { createDeliver } from '../../src/services/deliver.ts';
import { createDispatch } from '../../src/services/dispatch.ts';
import { createLinks } from '../../src/services/links.ts';
import { createReadBoard } from '../../src/services/read-board.ts';
import { createRulebook } from '../../src/services/rulebook.ts';
import { inGroup, plugInto, startDingTalk } from '../adapters/messengers/dingtalk/kit.ts';
import { connect, openOffice, openRoom, toRoom, until } from '../adapters/messengers/wecom/kit.ts';
import { anAlert } from '../kit/builders.ts';
import { aDirectory } from '../kit/fake-directory.ts';
import { aHealth } from '../kit/health.ts';
import { aRoom, openTestStorage, silentLog } from '../kit/test-storage.ts';
import { lineReport } from '../web/company.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const many = 5_000;
const stepSeconds = 3;

/** Rules and warehouses of one bad minute: four groups in nine are critical, and the first holds most of it. */
const groups = ['paid-not-sorted', 'ship-by-risk', 'tracking-stalled'].flatMap((ruleId, rule) =>
  ['hz', 'gz', 'cd'].map((warehouseId, place) => {
    const severity: Severity = rule === 0 || (rule === 1 && place === 0) ? 'critical' : 'warning';
    return { ruleId, warehouseId, severity, groupKey: `${ruleId}|warehouse=${warehouseId}` };
  }),
);

interface Heard {
  readonly at: number;
  readonly text: string;
}

interface Network {
  readonly messenger: Messenger;
  readonly target: Target;
  readonly perMinute: number;
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  heard(): Promise<readonly Heard[]>;
  /** How often the platform refused for speed. */
  refused(): Promise<number>;
}

async function wecom(isBotUp: boolean): Promise<Network> {
  const office = await openOffice();
  const room = openRoom(office, { webhook: true });
  onTestFinished(async () => {
    await room.messenger.stop?.();
    await office.sandbox.stop();
  });
  await connect(office, room);
  if (!isBotUp) {
    await office.post('/settings', { refuseUpgrade: 503 });
    await office.post('/connection', { do: 'drop' });
    await until(() => room.messenger.connection?.().isUp === false);
  }
  const now = (): number => office.sandbox.world.clock.now();
  const calls = async () =>
    ((await (await fetch(`${office.url}/world/calls`)).json()) as { calls: { route: string; outcome: string }[] })
      .calls;
  return {
    messenger: room.messenger,
    target: toRoom,
    perMinute: isBotUp ? 30 : 20,
    now,
    pass: (ms) => office.sandbox.advance(now() + ms),
    heard: () => office.posted(),
    async refused() {
      const { frames } = (await office.state()) as { frames: { errcode: number }[] };
      return (
        frames.filter(({ errcode }) => errcode !== 0).length +
        (await calls()).filter(({ route, outcome }) => route.includes('webhook') && outcome !== 'ok').length
      );
    },
  };
}

async function dingtalk(): Promise<Network> {
  for (const name of ['info', 'warn', 'error'] as const) vi.spyOn(console, name).mockImplementation(() => undefined);
  const dingTalk = await startDingTalk();
  const plug = plugInto(dingTalk);
  plug.start();
  onTestFinished(async () => {
    await plug.stop();
    await dingTalk.stop();
    vi.restoreAllMocks();
  });
  return {
    messenger: plug,
    target: { ...inGroup, roomId: 'war' },
    perMinute: 20,
    now: () => dingTalk.sandbox.world.clock.now(),
    pass: dingTalk.pass,
    async heard() {
      const { said } = (await dingTalk.seen()) as unknown as { said: { at: number; content: { text: string } }[] };
      return said.map(({ at, content }) => ({ at, text: content.text }));
    },
    async refused() {
      const { calls } = (await (await fetch(`${dingTalk.sandbox.url}/world/calls`)).json()) as {
        calls: { route: string; outcome: string }[];
      };
      return calls.filter(({ route, outcome }) => route.includes('robot') && outcome !== 'ok').length;
    },
  };
}

describe.each([
  ['WeCom by its bot', () => wecom(true)],
  ['WeCom by the webhook, its bot being down', () => wecom(false)],
  ['DingTalk', dingtalk],
])('5,000 alerts in one minute, on %s [C4 N17]', (_name, open) => {
  it('are few messages, the critical ones first, none lost or refused, and quiet two minutes later', {
    timeout: 90_000,
  }, async () => {
    const network = await open();
    const base = await openTestStorage();
    const { storage } = base;
    const directory = aDirectory();
    const clock = { now: network.now, sleep: async () => undefined, every: () => () => undefined };
    const rulebook = createRulebook(builtinRules, directory, 'Asia/Shanghai');
    await storage.rooms.syncConfigured([aRoom()]);
    const dispatch = createDispatch({
      storage,
      clock,
      directory,
      metrics: silentMetrics,
      perHour: 12,
      owners: async () => () => undefined,
      moodOf: async () => ({ quietUntil: null, isTight: false, isShadow: false, wide: 1 }),
      rulebook: () => rulebook,
    });
    const deliver = createDeliver({
      storage,
      clock,
      wallNow: () => Date.now(),
      addressOf: async () => network,
      monthOf: async () => undefined,
      links: createLinks({ key: 'key of the links' }),
      publicUrl: 'https://war.example',
      painter: { paint: async () => Buffer.alloc(0) },
      metrics: silentMetrics,
      log: silentLog,
    });
    const { signal } = new AbortController();
    const began = network.now();
    const tick = async (ms: number): Promise<void> => {
      await dispatch();
      await deliver(signal);
      await network.pass(ms);
    };

    let raised = 0;
    for (let second = 0; second < 60; second += stepSeconds) {
      const until = Math.round(((second + stepSeconds) * many) / 60);
      await storage.transaction(async (tx) => {
        for (; raised < until; raised += 1) {
          const group = groups[raised % 2 === 0 ? 0 : raised % groups.length] as (typeof groups)[number];
          const subject = `order:mini/${raised}`;
          const facts = { shopId: 'mini', warehouseId: group.warehouseId };
          const at = network.now();
          await tx.alerts.raise(anAlert({ ...group, subject, facts, dueAt: at, raisedAt: at, confirmedAt: at }));
        }
      });
      await tick(stepSeconds * SECOND);
    }
    for (let second = 0; second < 300; second += 10) await tick(10 * SECOND);

    const heard = (await network.heard()).filter(({ text }) => /\d+ 单/.test(text) || text.includes('号'));
    const busiest = Math.max(
      ...heard.map(({ at }) => heard.filter((each) => each.at >= at && each.at < at + MINUTE).length),
    );
    expect(busiest).toBeLessThanOrEqual(network.perMinute);
    expect(busiest).toBeLessThanOrEqual(20);
    expect(await network.refused()).toBe(0);
    expect(heard.filter(({ at }) => at > began + 3 * MINUTE)).toEqual([]);
    expect((await storage.outbox.count()).pending).toBe(0);
    expect((await storage.outbox.count()).dead).toBe(0);

    // Nothing is lost: each alert is open, and has its reason why it was said or not.
    expect(await storage.alerts.count({ state: 'unresolved' })).toBe(many);
    expect(await storage.alerts.listUndispatched(10)).toHaveLength(0);
    expect(base.rows('SELECT count(*) AS n FROM Alert WHERE id NOT IN (SELECT alertId FROM Decision)')[0]?.['n']).toBe(
      0,
    );

    // Critical groups are all said, and before the others.
    const first = (warehouse: string, mark: string): number =>
      heard.findIndex(({ text }) => text.includes(warehouse) && text.includes(mark));
    for (const warehouse of ['杭州仓', '广州仓']) expect(first(warehouse, '🔴')).toBeGreaterThanOrEqual(0);
    const criticals = heard.slice(0, 4).map(({ text }) => text.includes('🔴'));
    expect(criticals).toEqual([true, true, true, true]);

    // The link of every message leads to a board that has them all.
    expect(heard.every(({ text }) => /单/.test(text))).toBe(true);
    const board = await createReadBoard({
      stores: storage,
      clock,
      directory,
      readHealth: async () => aHealth(),
      readLine: async () => lineReport,
      readRisk: async () => null,
    })('zh', { isWhole: true });
    expect(board.alertCount).toBe(many);
    expect(board.groups.flatMap(({ alerts }) => alerts)).toHaveLength(many);
  });
});
