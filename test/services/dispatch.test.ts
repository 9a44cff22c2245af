import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/domain/card.ts';
import { hearsAll } from '../../src/domain/hears.ts';
import type { NewAlert, Storage, Stores } from '../../src/ports/stores.ts';
import { aFulfillment, aLock, anAlert, anOrder, at, hour, minute } from '../kit/builders.ts';
import { aRoom, type Flow, type FlowOptions, startFlow } from '../kit/test-storage.ts';

const noon = at('12:00');

/** Findings straight into the store: what detect makes of orders has its own tests. */
async function raise(
  flow: Flow,
  count: number,
  change: (index: number) => Partial<NewAlert> = () => ({}),
): Promise<string[]> {
  const ids: string[] = [];
  await flow.storage.transaction(async (tx) => {
    for (let index = 0; index < count; index += 1) {
      const number = String(ids.length + 1);
      const more = change(index);
      const alert = await tx.alerts.raise(
        anAlert({ subject: `order:mini/${number}`, dueAt: noon + index, raisedAt: flow.clock.now(), ...more }),
      );
      if (alert !== undefined) ids.push(alert.id);
    }
  });
  return ids;
}

const start = (options: FlowOptions = {}) => startFlow({ startAt: noon, ...options });
const resolve = (flow: Flow, ...ids: readonly (string | undefined)[]) =>
  Promise.all(ids.map((id) => flow.storage.alerts.resolve(id ?? '', flow.clock.now(), 'cleared')));
const kinds = (flow: Flow, roomId?: string) => flow.messages(roomId).map(({ kind }) => kind);
const heads = (flow: Flow, roomId?: string) => flow.messages(roomId).map(({ text }) => text.split('\n')[0]);
const reasons = async (flow: Flow, id: string | undefined, roomId = 'war') =>
  (await flow.storage.alerts.decisionsFor(id ?? ''))
    .filter((each) => each.roomId === roomId)
    .map(({ verdict, reason }) => `${verdict} ${reason}`);
/** Everything pending has left. */
async function send(flow: Flow, roomId = 'war'): Promise<void> {
  for (const { id } of await flow.storage.outbox.claim(roomId, 999, 1, flow.clock.now(), 0))
    await flow.storage.outbox.sent(id, flow.clock.now(), 'ref');
}
async function runAt(flow: Flow, time: number): Promise<void> {
  await flow.clock.advanceTo(time);
  await flow.dispatch();
}

/** For the floor: four lines, three buttons with the usual act first, and a first line that can be shouted. */
function fitsTheFloor(card: Card): void {
  expect(card.lines.length).toBeLessThanOrEqual(4);
  expect(card.buttons.length + (card.link === null ? 0 : 1)).toBeLessThanOrEqual(3);
  expect(card.buttons.slice(1).every(({ style }) => style !== 'primary')).toBe(true);
  for (const pieces of card.lines)
    for (const piece of pieces)
      expect(typeof piece === 'string' ? piece : piece.foreign).not.toMatch(/undefined|null|NaN|\{\w+\}|Invalid/);
}

describe('the card of one order, in Chinese and English', () => {
  const order = anOrder({ shipBy: at('14:10') });
  const rooms = [aRoom(), aRoom({ id: 'en', chatId: 'en', language: 'en' })];

  async function cardsOf(prepare: (flow: Flow) => Promise<void>, options: FlowOptions = {}) {
    const flow = await startFlow({ rooms, ...options });
    await prepare(flow);
    await flow.runAt(noon);
    const [zh, en] = [...flow.messages('war'), ...flow.messages('en')];
    if (zh === undefined || en === undefined) throw new Error('no card');
    for (const { card } of [zh, en]) fitsTheFloor(card);
    expect([zh.card.tone, zh.priority, zh.kind]).toEqual([en.card.tone, en.priority, en.kind]);
    return { zh, en };
  }

  it('names the closed order whose lock is in the way, and offers to release it', async () => {
    const { zh, en } = await cardsOf(async (flow) => {
      const closed = anOrder({
        channelOrderNo: '202611230007710',
        closedAt: at('09:00'),
        status: 'closed',
        sourceUpdatedAt: at('09:00'),
      });
      flow.wms.locks = [aLock()];
      await flow.tell(order, closed);
      await flow.show(aFulfillment());
      await flow.ingest.pullLocks(flow.system, flow.signal);
      await flow.storage.deadlines.set('lock-orphaned', 'lock:wms/9.501.XZ-BK-L', undefined);
    });

    expect(zh.card.tone).toBe('critical');
    expect(zh.text).toBe(
      [
        '1号 · 先发这单 · 剩 2时10分',
        '绣字卫衣 黑L ×1 · 杭州仓 · 尾号 018842',
        '卡在：库存被已关闭单 …007710 占 2 件',
        '付款 2 小时仍未进入分拣 · 聚水潭 12:00 确认',
        '[解锁并发] /release 202611240018842',
        '[我来] /ack 1',
        '[更多] /o/…',
      ].join('\n'),
    );
    expect(en.text).toBe(
      [
        'No. 1 · send this one first · 2 h 10 min left',
        '绣字卫衣 黑L ×1 · 杭州仓 · no. …018842',
        'Stuck: closed order …007710 holds 2 pcs',
        'Paid 2 hours ago and still not being sorted · confirmed by 聚水潭 12:00',
        '[Release & send] /release 202611240018842',
        '[Mine] /ack 1',
        '[More] /o/…',
      ].join('\n'),
    );
    expect(zh.card.lines[1]?.[0]).toEqual({ foreign: '绣字卫衣 黑L' });
  });

  it('says that the warehouse is short, and offers another one', async () => {
    const { zh, en } = await cardsOf(async (flow) => {
      await flow.tell(order);
      await flow.show(aFulfillment({ reason: '缺货' }));
    });

    expect(zh.text).toContain('\n卡在：这个仓缺货\n');
    expect(zh.text).toContain('\n[改仓] /reroute 202611240018842\n');
    expect(en.text).toContain('\nStuck: out of stock in this warehouse\n');
    expect(en.text).toContain('\n[Reroute] /reroute 202611240018842\n');
  });

  it('does not claim to know what cannot be seen, and names the channel as its witness', async () => {
    const { zh, en } = await cardsOf((flow) => flow.tell({ ...order, shopId: 'tmall' }), { unseen: ['tmall'] });

    expect(zh.card.tone).toBe('warning');
    expect(zh.text).toBe(
      [
        '1号 · 先发这单 · 剩 2时10分',
        '绣字卫衣 黑L ×1 · 尾号 018842',
        '付款 2 小时仍未发货（仓内进度看不到：聚水潭不返回天猫旗舰店单） · 天猫旗舰店 12:00 确认',
        '[我来] /ack 1',
        '[更多] /o/…',
      ].join('\n'),
    );
    expect(en.text).toContain(
      'Paid 2 hours ago and still not shipped (the warehouse stage cannot be seen: 聚水潭 does not return 天猫旗舰店 orders) · confirmed by 天猫旗舰店 12:00',
    );
  });

  it('says when a source that is silent now was last heard', async () => {
    const { zh, en } = await cardsOf(async (flow) => {
      await flow.tell(order);
      await flow.show(aFulfillment());
      await flow.clock.advanceTo(at('11:55'));
      await flow.ingest.pullSystem(flow.system, flow.signal);
      flow.wms.isSilent = true;
    });

    expect(zh.text).toContain('\n付款 2 小时仍未进入分拣 · 最后确认于 11:55\n');
    expect(en.text).toContain('\nPaid 2 hours ago and still not being sorted · last confirmed 11:55\n');
  });

  it('says that nobody could confirm when the source was never heard', async () => {
    const { zh, en } = await cardsOf(async (flow) => {
      flow.wms.isSilent = true;
      await flow.tell(order);
    });

    expect(zh.text).toContain('\n付款 2 小时仍未进入分拣 · 仓库系统没有回应，没能确认\n');
    expect(zh.text).not.toContain('还没收到');
    expect(en.text).toContain('the warehouse system did not answer: not confirmed');
  });

  it('says that the warehouse system has not received an order when it answers and does not have it', async () => {
    const { zh, en } = await cardsOf((flow) => flow.tell(order));

    expect(zh.text).toContain('\n卡在：仓库系统还没收到这单\n');
    expect(en.text).toContain('\nStuck: the warehouse system has not received it\n');
  });

  it('keeps to four lines when a snooze is over, and says it where the alert was heard', async () => {
    const flow = await startFlow({
      rooms: [...rooms, aRoom({ id: 'quiet', chatId: 'q', hears: hearsAll('critical') })],
      unseen: ['mini'],
    });
    await flow.tell(order);
    await flow.show(aFulfillment({ reason: '缺货' }));
    await flow.runAt(noon);
    const [alert] = await flow.storage.alerts.list({ ruleId: 'paid-not-sorted', limit: 1 });
    await flow.storage.alerts.snooze(alert?.id ?? '', noon + 30 * minute);
    await flow.runAt(noon + 30 * minute - 1);
    expect(kinds(flow)).toEqual(['alert']);

    await flow.runAt(noon + 30 * minute);
    const last = flow.messages().at(-1);
    if (last === undefined) throw new Error('nothing said');
    expect(last.text.split('\n').slice(0, 2)).toEqual(['1号 · 先发这单 · 剩 1时40分', '稍后的时间到了，还没好']);
    fitsTheFloor(last.card);
    expect(kinds(flow, 'quiet')).toEqual([]);
  });
});

describe('a group', () => {
  it('is said at once as one message, however many findings it has', async () => {
    const flow = await start();
    const shipBy = at('14:10');
    const ids = await raise(flow, 500, (index) => ({
      facts: { shopId: 'mini', warehouseId: 'hz', shipBy: index < 21 ? shipBy : at('20:00') },
    }));
    await flow.dispatch();
    await flow.dispatch();

    expect(flow.messages().map(({ kind, text }) => [kind, text])).toEqual([
      [
        'group',
        '1号 · 先发这些 · 最急剩 2时10分 · 杭州仓 · 500 单\n付款 2 小时仍未进入分拣\n15:00 前要发 21 单\n[我来] /ack 1\n[看清单] /alerts 1\n[看板] /',
      ],
    ]);
    for (const { card } of flow.messages()) fitsTheFloor(card);
    for (const id of [ids[0], ids[250], ids[499]]) expect(await reasons(flow, id)).toEqual(['said first-of-group']);
    expect(await flow.storage.alerts.listUndispatched(9)).toEqual([]);
  });

  it('leaves others their turn between two groups', async () => {
    const flow = await start({ perHour: 999 });
    await raise(flow, 30, (index) => ({ subject: `order:mini/${index}`, groupKey: `g${index}|warehouse=hz` }));
    let [turns, isDone] = [0, false];
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await flow.dispatch();
    isDone = true;

    expect(kinds(flow)).toHaveLength(30);
    expect(turns).toBeGreaterThanOrEqual(30);
  });

  it('is one message each: twenty groups, twenty messages [C4]', async () => {
    const flow = await start();
    await raise(flow, 60, (index) => ({ groupKey: `paid-not-sorted|warehouse=w${index % 20}` }));
    await flow.dispatch();

    expect(kinds(flow)).toEqual(Array.from({ length: 20 }, () => 'group'));
  });

  it('says how old the data is only when it is older than two minutes', async () => {
    const flow = await start();
    await flow.storage.sources.ok('shop:mini', noon - 2 * minute);
    await raise(flow, 2);
    await flow.dispatch();
    expect(flow.messages()[0]?.text).not.toContain('数据');

    const stale = await start();
    await stale.storage.sources.ok('shop:mini', noon - 2 * minute - 1);
    await raise(stale, 2);
    await stale.dispatch();
    expect(stale.messages()[0]?.text).toContain('\n数据 小程序商城 11:57\n');
  });

  it('is said again only when it doubled, and never twice within a minute [N17]', async () => {
    const flow = await start();
    await raise(flow, 2);
    await flow.dispatch();
    await flow.clock.advanceTo(noon + 10_000);
    const joined = await raise(flow, 1, () => ({ subject: 'order:mini/3' }));
    await flow.dispatch();
    expect(kinds(flow)).toEqual(['group']);
    expect(await reasons(flow, joined[0])).toEqual(['grouped said-already']);

    await raise(flow, 1, () => ({ subject: 'order:mini/4' }));
    await runAt(flow, noon + minute - 1);
    expect(kinds(flow)).toEqual(['group']);
    await runAt(flow, noon + minute);
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 2 单', '1号 · 先发这些 · 杭州仓 · 4 单 · 又翻倍了']);
    expect(await reasons(flow, joined[0])).toEqual(['grouped said-already', 'said doubled']);
    await runAt(flow, noon + hour);
    expect(kinds(flow)).toHaveLength(2);
  });

  it('is said again when the wall comes into a nearer band, once per band', async () => {
    const flow = await start();
    await raise(flow, 2, () => ({ facts: { warehouseId: 'hz', shipBy: noon + 5 * hour } }));
    for (const time of [
      noon,
      noon + hour - 1,
      noon + hour,
      noon + 2 * hour,
      noon + 4 * hour,
      noon + 4.5 * hour,
      noon + 5 * hour,
      noon + 9 * hour,
    ])
      await runAt(flow, time);

    expect(heads(flow)).toEqual([
      '1号 · 先发这些 · 最急剩 5时0分 · 杭州仓 · 2 单',
      '1号 · 先发这些 · 最急剩 4时0分 · 杭州仓 · 2 单 · 时限更近了',
      '1号 · 先发这些 · 最急剩 1时0分 · 杭州仓 · 2 单 · 时限更近了',
      '1号 · 先发这些 · 最急的已过时限 · 杭州仓 · 2 单 · 时限更近了',
    ]);
  });

  it('comes near its next wall, though it was said for one that is past [N18]', async () => {
    const flow = await start();
    const shipBy = (wall: number) => () => ({
      subject: `order:mini/${wall}`,
      facts: { warehouseId: 'hz', shipBy: wall },
    });
    await raise(flow, 1, shipBy(noon + hour));
    await raise(flow, 2, () => ({ facts: { warehouseId: 'hz', shipBy: noon + 8 * hour } }));
    for (const time of [noon, noon + hour, noon + 4 * hour - 1, noon + 4 * hour, noon + 7 * hour, noon + 8 * hour])
      await runAt(flow, time);

    expect(heads(flow)).toEqual([
      '1号 · 先发这些 · 最急剩 1时0分 · 杭州仓 · 3 单',
      '1号 · 先发这些 · 最急剩 4时0分 · 杭州仓 · 3 单 · 时限更近了',
      '1号 · 先发这些 · 最急剩 1时0分 · 杭州仓 · 3 单 · 时限更近了',
      '1号 · 先发这些 · 最急的已过时限 · 杭州仓 · 3 单 · 时限更近了',
    ]);
  });

  it('says of a wall that is past that it is past, not near', async () => {
    const flow = await start();
    for (const shipBy of [noon + hour, noon]) {
      await raise(flow, 3, (index) => ({
        ruleId: 'ship-by-risk',
        subject: `order:mini/${shipBy}-${index}`,
        groupKey: `ship-by-risk|shop=${shipBy}`,
        facts: { shopId: 'mini', shipBy },
      }));
      await flow.dispatch();
    }

    expect(flow.messages().map(({ text }) => text.split('\n')[1])).toEqual([
      '快到平台发货时限，还没发',
      '已过平台发货时限，还没发',
    ]);
  });

  it('is cleared with one line, once, when all of it is over', async () => {
    const flow = await start();
    const ids = await raise(flow, 37);
    await flow.dispatch();
    await send(flow);
    await resolve(flow, ...ids.slice(1));
    await runAt(flow, noon + minute);
    expect(kinds(flow)).toEqual(['group']);
    await resolve(flow, ids[0]);
    await runAt(flow, noon + 2 * minute);
    await runAt(flow, noon + 3 * minute);

    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 37 单', '1号 杭州仓 37 单都好了']);
  });

  it('says nothing of its end while others are open, although the one that gave it its number is over', async () => {
    const flow = await start();
    const [first, ...others] = await raise(flow, 3);
    await flow.dispatch();
    await send(flow);
    await resolve(flow, first);
    await runAt(flow, noon + minute);
    expect(kinds(flow)).toEqual(['group']);

    await resolve(flow, ...others);
    await runAt(flow, noon + 2 * minute);
    expect(heads(flow).slice(1)).toEqual(['1号 杭州仓 3 单都好了']);
  });

  it('is a first again when the only one that was heard is over', async () => {
    const flow = await start();
    const [first] = await raise(flow, 1);
    await flow.dispatch();
    await send(flow);
    await flow.clock.advanceTo(noon + 1_000);
    const [second] = await raise(flow, 1, () => ({ subject: 'order:mini/2' }));
    await flow.dispatch();
    expect(kinds(flow)).toEqual(['alert']);

    await resolve(flow, first);
    await runAt(flow, noon + 2_000);
    expect(kinds(flow)).toEqual(['alert', 'resolved', 'alert']);
    expect(heads(flow).at(-1)).toMatch(/^2号 · 先发这单/);
    expect(await reasons(flow, second)).toEqual(['grouped one-a-minute', 'said first-of-group']);
  });

  it('calls a single order by its own number, not by that of a group that shrank to it', async () => {
    const flow = await start();
    const ids = await raise(flow, 2, (index) => ({ facts: { warehouseId: 'hz', shipBy: noon + (index + 2) * hour } }));
    await flow.dispatch();
    await resolve(flow, ids[0]);
    await runAt(flow, noon + 2 * hour + minute);

    const last = flow.messages().at(-1);
    expect(last?.kind).toBe('alert');
    expect(last?.text).toMatch(/^2号 /);
    expect(last?.text).toContain('/ack 2');
    expect((await flow.storage.alerts.findByNumber(2, '2026-11-24'))?.id).toBe(ids[1]);
  });

  it('recurs as a new message with a new number after it cleared', async () => {
    const flow = await start();
    await resolve(flow, ...(await raise(flow, 2)), 'x');
    await raise(flow, 2);
    await flow.dispatch();
    await resolve(flow, ...(await flow.storage.alerts.list({ state: 'open', limit: 9 })).map(({ id }) => id));
    await runAt(flow, noon + minute);
    await raise(flow, 2);
    await runAt(flow, noon + 2 * minute);

    expect(heads(flow)).toEqual([
      '1号 · 先发这些 · 杭州仓 · 2 单',
      '1号 杭州仓 2 单都好了',
      '2号 · 先发这些 · 杭州仓 · 2 单',
    ]);
  });

  it('names no place that it does not know', async () => {
    const flow = await start();
    const ids = await raise(flow, 2, () => ({ groupKey: 'paid-not-sorted|warehouse=-', facts: { shopId: 'mini' } }));
    await flow.dispatch();
    await resolve(flow, ...ids);
    await runAt(flow, noon + minute);

    expect(heads(flow)).toEqual(['1号 · 先发这些 · 小程序商城 · 2 单', '1号 2 单都好了']);
  });

  it('that everybody claimed and nobody moved speaks up once when the claims run out', async () => {
    const flow = await start();
    const ids = await raise(flow, 3);
    await flow.dispatch();
    for (const id of ids) await flow.storage.alerts.claim(id, 'person:li', noon, noon + 30 * minute);
    await resolve(flow, ids[0]);
    await runAt(flow, noon + 30 * minute);
    await runAt(flow, noon + 31 * minute);

    expect(
      flow
        .messages()
        .slice(1)
        .map(({ text }) => text.split('\n').slice(0, 2)),
    ).toEqual([['1号 · 先发这些 · 杭州仓 · 2 单', '李建国的认领到期了，还没好，重新开放']]);
  });

  it('doubles from the number that was said last, whatever it was said for', async () => {
    const flow = await start();
    const other = (offset: number) => (index: number) => ({ subject: `order:mini/${offset + index}` });
    const ids = await raise(flow, 3);
    await flow.dispatch();
    await raise(flow, 2, other(10));
    await flow.storage.alerts.claim(ids[0] ?? '', 'person:li', noon, noon + 30 * minute);
    await runAt(flow, noon + 30 * minute);
    await raise(flow, 1, other(20));
    await runAt(flow, noon + 32 * minute);
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 3 单', '1号 · 先发这些 · 杭州仓 · 5 单']);

    await raise(flow, 4, other(30));
    await runAt(flow, noon + 34 * minute);
    expect(heads(flow).at(-1)).toBe('1号 · 先发这些 · 杭州仓 · 10 单 · 又翻倍了');
  });

  it('ends with the number of all that it had, not with the number said last', async () => {
    const flow = await start();
    const ids = await raise(flow, 4);
    await flow.dispatch();
    await raise(flow, 3, (index) => ({ subject: `order:mini/${10 + index}` }));
    await runAt(flow, noon + minute);
    const open = await flow.storage.alerts.list({ state: 'open', limit: 9 });
    await resolve(flow, ...open.map(({ id }) => id));
    await runAt(flow, noon + 2 * minute);

    expect(ids).toHaveLength(4);
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 4 单', '1号 杭州仓 7 单都好了']);
  });

  it('says who is at it, and how many are with nobody', async () => {
    const flow = await start();
    const ids = await raise(flow, 2, () => ({ facts: { warehouseId: 'hz', shipBy: noon + 5 * hour } }));
    await flow.dispatch();
    for (const id of ids) await flow.storage.alerts.claim(id, 'person:li', noon, noon + 4 * hour);
    await runAt(flow, noon + hour);
    expect(flow.messages().at(-1)?.text).toContain('\n17:00 前要发 2 单 · 李建国在办 2\n');

    await raise(flow, 3, (index) => ({ subject: `order:mini/${10 + index}`, facts: { warehouseId: 'hz' } }));
    await runAt(flow, noon + hour + 2 * minute);
    expect(flow.messages().at(-1)?.text).toContain('李建国在办 2，还有 3 没人接');
  });
});

describe('the end of an alert', () => {
  it('is one quiet line where its card was heard', async () => {
    const flow = await startFlow({
      rooms: [aRoom(), aRoom({ id: 'quiet', chatId: 'q', hears: hearsAll('critical') })],
      unseen: ['mini'],
    });
    await flow.tell(anOrder());
    await flow.runAt(noon);
    await send(flow);
    await flow.tell(anOrder({ sourceUpdatedAt: at('12:20'), shippedAt: at('12:20'), status: 'shipped' }));
    await flow.runAt(at('12:21'));
    await flow.runAt(at('12:22'));

    expect(
      flow
        .messages()
        .slice(1)
        .map(({ card, text }) => [card.tone, text]),
    ).toEqual([['done', '1号 018842 已发货']]);
    expect(flow.messages('quiet')).toEqual([]);
  });

  it('says when it had been in time all along', async () => {
    const flow = await startFlow();
    await flow.tell(anOrder());
    await flow.show(aFulfillment());
    await flow.runAt(noon);
    await send(flow);
    await flow.show(
      aFulfillment({ stage: 'sorting', sourceUpdatedAt: at('12:01'), stageAt: at('11:59'), sortedAt: at('11:59') }),
    );
    await flow.runAt(at('12:02'));

    expect(heads(flow).at(-1)).toBe('1号 018842 分拣中（其实没超时，消息来晚了）');
  });

  it('is not told to those who never got the card', async () => {
    const flow = await start();
    const [id] = await raise(flow, 1);
    await flow.dispatch();
    await resolve(flow, id); // before the card left: deliver drops it
    await runAt(flow, noon + minute);

    expect(kinds(flow)).toEqual(['alert']);
  });
});

describe('who hears what', () => {
  it('lists what is below what a room hears', async () => {
    const flow = await start({
      rooms: [aRoom({ hears: hearsAll('critical') }), aRoom({ id: 'all', chatId: 'a', hears: hearsAll('info') })],
    });
    const [id] = await raise(flow, 1, () => ({ severity: 'warning' }));
    await flow.dispatch();

    expect(kinds(flow)).toEqual([]);
    expect(kinds(flow, 'all')).toEqual(['alert']);
    expect(await reasons(flow, id)).toEqual(['listed below-hearing']);
  });

  it('lists without a message what was found long late, and lets it end no group', async () => {
    const flow = await start();
    const [late] = await raise(flow, 1, () => ({ isLateFound: true, subject: 'order:mini/late' }));
    await flow.dispatch();
    expect(kinds(flow)).toEqual([]);
    expect(await reasons(flow, late)).toEqual(['listed found-late']);

    const ids = await raise(flow, 2);
    await runAt(flow, noon + minute);
    await resolve(flow, ...ids);
    await runAt(flow, noon + 2 * minute);
    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 2 单', '1号 杭州仓 2 单都好了']);
  });

  it('does not call a group cleared in one room because another heard of it later', async () => {
    const flow = await start({ rooms: [aRoom(), aRoom({ id: 'red', chatId: 'r', hears: hearsAll('critical') })] });
    await raise(flow, 2, () => ({ severity: 'warning' }));
    await flow.dispatch();
    await flow.clock.advanceTo(noon + minute);
    await raise(flow, 1, () => ({ subject: 'order:mini/3', severity: 'critical' }));
    await flow.dispatch();
    await runAt(flow, noon + 5 * minute);

    expect(heads(flow)).toEqual(['1号 · 先发这些 · 杭州仓 · 2 单']);
    expect(heads(flow, 'red')).toEqual(['2号 · 先发这些 · 杭州仓 · 3 单']);
  });

  it('holds back lesser ones when the hour is full, never criticals, and drops nothing', async () => {
    const flow = await start({ perHour: 12 });
    const lesser = await raise(flow, 15, (index) => ({
      severity: 'warning',
      groupKey: `embroidery-review|warehouse=w${index}`,
    }));
    await flow.dispatch();
    expect(kinds(flow)).toHaveLength(12);
    const held = lesser[14];
    expect(await reasons(flow, held)).toEqual(['held-back hour-is-full']);

    await send(flow);
    await raise(flow, 1, () => ({ subject: 'order:mini/red' }));
    await runAt(flow, noon + 30 * minute);
    await send(flow);
    expect(kinds(flow)).toHaveLength(13);
    await runAt(flow, noon + hour - 1);
    expect(kinds(flow)).toHaveLength(13);
    await runAt(flow, noon + hour);
    expect(kinds(flow)).toHaveLength(16);
    expect(await reasons(flow, held)).toEqual(['held-back hour-is-full', 'said first-of-group']);
  });

  it('does not let answers to people fill the hour', async () => {
    const flow = await start({ perHour: 2 });
    for (let index = 0; index < 9; index += 1) {
      await flow.storage.outbox.add({
        key: `r${index}`,
        roomId: 'war',
        kind: 'reply',
        priority: 0,
        alertId: null,
        card: { tone: 'info', lines: [], buttons: [], link: null },
        dueAt: noon,
      });
    }
    await send(flow);
    await raise(flow, 1, () => ({ severity: 'warning' }));
    await runAt(flow, noon + minute);

    expect(kinds(flow).at(-1)).toBe('alert');
  });

  it('says snoozed ones nowhere', async () => {
    const flow = await start();
    const [id] = await raise(flow, 1);
    await flow.storage.alerts.snooze(id ?? '', noon + hour);
    await flow.dispatch();
    expect(kinds(flow)).toEqual([]);
    await runAt(flow, noon + hour);
    expect(kinds(flow)).toEqual(['alert']);
  });
});

describe('a silent source [P14]', () => {
  const silence = (flow: Flow, source: string) =>
    raise(flow, 1, () => ({
      ruleId: 'source-silent',
      subject: `source:${source.replace(':', '.')}`,
      groupKey: `source-silent|source=${source}`,
      facts: { source, since: noon - 10 * minute },
    }));

  it('holds back what it explains, and it is said when the source answers again', async () => {
    const flow = await start();
    const [source] = await silence(flow, 'system:wms');
    const [a, b] = await raise(flow, 2);
    await flow.dispatch();
    await flow.dispatch();
    expect(heads(flow)).toEqual(['1号 · 数据断了']);
    expect(await reasons(flow, a)).toEqual(['held-back source-silent']);

    await send(flow);
    await flow.clock.advanceTo(noon + 10 * minute);
    await resolve(flow, source, b);
    await flow.dispatch();
    expect(heads(flow)).toEqual(['1号 · 数据断了', '1号 聚水潭', expect.stringMatching(/^2号 · 先发这单/)]);
    expect(await reasons(flow, a)).toEqual(['held-back source-silent', 'said first-of-group']);
  });

  it('holds back only what depends on it, also within one group', async () => {
    const flow = await start();
    await silence(flow, 'shop:tmall');
    const [mine, theirs] = await raise(flow, 2, (index) => ({
      facts: { shopId: index === 0 ? 'mini' : 'tmall', warehouseId: 'hz' },
    }));
    await flow.dispatch();

    expect(kinds(flow)).toEqual(['alert', 'alert']);
    expect(await reasons(flow, mine)).toEqual(['said first-of-group']);
    expect(await reasons(flow, theirs)).toEqual(['held-back source-silent']);
  });
});

describe('a crash', () => {
  /** Counts every call of a store inside a step, and fails at the given one. */
  function breaking(limit: { left: number }) {
    const guard = <T extends object>(store: T): T =>
      new Proxy(store, {
        get: (target, name) => {
          const value = Reflect.get(target, name) as unknown;
          if (typeof value !== 'function') return typeof value === 'object' && value !== null ? guard(value) : value;
          return (...args: unknown[]) => {
            limit.left -= 1;
            if (limit.left === 0) throw new Error('power cut');
            return (value as (...all: unknown[]) => unknown).apply(target, args);
          };
        },
      });
    return (storage: Storage): Storage => ({
      ...storage,
      transaction: (work) => storage.transaction((tx: Stores) => work(guard(tx))),
    });
  }

  async function day(limit: { left: number }): Promise<{ texts: unknown; state: unknown; crashes: number }> {
    const flow = await start({
      wrap: breaking(limit),
      rooms: [aRoom(), aRoom({ id: 'en', chatId: 'en', language: 'en' })],
    });
    let crashes = 0;
    const step = async (): Promise<void> => {
      try {
        await flow.dispatch();
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'power cut') throw error;
        crashes += 1;
        await step(); // started again
      }
    };
    const raw = { ...flow, storage: { ...flow.storage } };
    const armed = limit.left;
    limit.left = Number.POSITIVE_INFINITY;
    const ids = await raise(raw, 3, (index) => ({
      groupKey: index === 2 ? 'embroidery-review|warehouse=hz' : anAlert().groupKey,
    }));
    await raise(raw, 1, () => ({ subject: 'order:mini/late', isLateFound: true }));
    limit.left = armed;
    await step();
    await send(flow);
    await send(flow, 'en');
    await flow.clock.advanceTo(noon + minute);
    await flow.storage.alerts.snooze(ids[0] ?? '', noon + minute);
    await resolve(flow, ids[1], ids[2]);
    await step();
    await resolve(flow, ids[0]);
    await step();
    return {
      crashes,
      texts: flow
        .rows('SELECT roomId, key, kind, card FROM Outbox ORDER BY roomId, kind, card')
        .map(({ roomId, kind, card }) => [roomId, kind, card]),
      state: flow
        .rows('SELECT subject, state, number, dispatchedAt, endSaid FROM Alert ORDER BY subject')
        .concat(flow.rows('SELECT * FROM GroupSaid')),
    };
  }

  it('between any two statements repeats nothing and forgets nothing', async () => {
    const whole = await day({ left: Number.POSITIVE_INFINITY });
    expect(whole.crashes).toBe(0);
    let at = 1;
    for (; ; at += 1) {
      const limit = { left: at };
      const { crashes, texts, state } = await day(limit);
      if (crashes === 0) break;
      expect({ texts, state }, `crash at statement ${at}`).toEqual({ texts: whole.texts, state: whole.state });
    }
    expect(at).toBeGreaterThan(40);
  });
});
