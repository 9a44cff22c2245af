import { expect, it } from 'vitest';
import { findOrder, orderReceiver } from '../../src/sandbox/world/orders.ts';
import { MINUTE, type Said, SECOND, startTestBot, stopWarehouses, type TestBot, tail, texts } from '../kit/test-bot.ts';

/** One shape for all words that are drawn anew: question words, login codes, references. */
const plain = (said: readonly Said[]): string =>
  texts(said)
    .replace(/(确认|取消|yes|no) [A-Z]\d+/g, '$1 K7')
    .replace(/登录码 \w{8}/, '登录码 ABCD2345');

async function stuckCompany(): Promise<{ bot: TestBot; no: string; orderNo: string }> {
  const bot = await startTestBot({
    seed: '7',
    company(raw) {
      raw.rooms.push({ id: 'war-en', platform: 'web', name: 'War room', language: 'en' });
    },
  });
  await stopWarehouses(bot);
  const { orderNo } = await bot.scenario('dead-lock');
  await bot.advance(31 * SECOND);
  return { bot, no: tail(orderNo), orderNo };
}

it('answers in the words of the warehouse, whole cards', async () => {
  const { bot, no } = await stuckCompany();

  expect(plain(await bot.messages())).toMatchInlineSnapshot(`
    "🔴 1号 · 先发这单 · 剩 46时0分
    新中式连衣裙 杏XL ×1 · 杭州仓 · 尾号 922981
    卡在：库存被已关闭单 …915062 占 2 件
    付款 2 小时仍未进入分拣 · 聚水潭 14:00 确认
    [解锁并发 → /release 20261110922981]
    [我来 → /ack 1]
    <更多>
    🟡 2号 · 有货被白占 · 11月10日 10:30 付款
    新中式连衣裙 杏XL ×2 · 杭州仓 · 尾号 915062
    占着 2 件 LY04-XI-XL，订单已关闭
    库存锁没有有效订单 · 聚水潭 14:00 确认
    [解锁 → /release 20261110915062]
    [我来 → /ack 2]
    <更多>"
  `);
  expect(plain(await bot.say('wang', no))).toMatchInlineSnapshot(`
    "🔵 922981 · 待拣 11月10日 14:00 · 剩 45时59分
    新中式连衣裙 杏XL ×1 · 杭州仓 · 小程序商城 · 何*
    卡在：库存被已关闭单 …915062 占 2 件
    没解决：1号
    回买家：亲，仓库已收到订单，正在排队拣货
    [解锁并发 → /release 20261110922981]
    <详情>"
  `);
  expect(plain(await bot.say('wang', '/异常'))).toMatchInlineSnapshot(`
    "🟡 2 件没解决 · 0 件有人在办
    🔴 1号 922981 杭州仓 · 付款 2 小时仍未进入分拣 · 超 1秒
    🟡 2号 915062 杭州仓 · 库存锁没有有效订单 · 超 1时40分
    <看板>"
  `);
  const group = plain(await bot.say('wang', '2号清单'));
  expect(group).toBe('🟡 1 件没解决 · 0 件有人在办\n🟡 2号 915062 杭州仓 · 库存锁没有有效订单 · 超 1时40分\n<看板>');
  expect(plain(await bot.say('wang', '/alerts 2@1110'))).toBe(group);
  expect(plain(await bot.say('wang', '1号我来'))).toMatchInlineSnapshot(`
    "✅ 1号 王敏 认领了，14:30 前没办好会重新开放
    [搞定了 → /done 1]
    [没用 → /useless 1]"
  `);
  expect(plain(await bot.say('wang', '我的'))).toMatchInlineSnapshot(`
    "🟡 1 件没解决 · 1 件有人在办
    🔴 1号 922981 杭州仓 · 付款 2 小时仍未进入分拣 · 超 1秒 · 王敏
    <看板>"
  `);
  expect(plain(await bot.say('wang', '/为什么 1'))).toMatchInlineSnapshot(`
    "🔵 1号：付款 2 小时仍未进入分拣，超 1秒
    14:00 在群里报过
    922981 · 待拣 11月10日 14:00 起 · 刚刚查证 14:00
    卡在：库存被已关闭单 …915062 占 2 件
    [解锁并发 → /release 20261110922981]
    <详情>"
  `);
  expect(plain(await bot.say('wang', `${no}为什么没发`))).toMatchInlineSnapshot(`
    "🔵 922981 · 待拣 11月10日 14:00 起 · 刚刚查证 14:00
    卡在：库存被已关闭单 …915062 占 2 件
    [解锁并发 → /release 20261110922981]
    <详情>"
  `);
  expect(plain(await bot.say('wang', `/改仓 ${no}`))).toMatchInlineSnapshot(`
    "🔵 改仓 922981（新中式连衣裙 杏XL ×1，何*）：
    杭州仓（现在）  缺 1（14:00）
    广州仓  余 24（14:00）
    西安仓  余 24（14:00）
    运费、时效：没有数据源，不估
    点了就改 · 5 分钟内有效 · 拣货前 30 分钟内可撤销
    [改到广州仓 → 确认 K7 广州仓]
    [改到西安仓 → 确认 K7 西安仓]"
  `);
  expect(plain(await bot.say('wang', `${no}走广州仓`))).toMatchInlineSnapshot(`
    "🔵 改仓：
    922981（新中式连衣裙 杏XL ×1，何*） 杭州仓 → 广州仓 余 24（14:00）
    回“确认 K7”也行 · 5 分钟内有效 · 拣货前 30 分钟内可撤销
    [改到广州仓 → 确认 K7]
    [不做 → 取消 K7]"
  `);
  expect(plain(await bot.say('wang', `/释放 ${no}`))).toMatchInlineSnapshot(`
    "🔵 给 922981 放出库存：
    LY04-XI-XL ×2 · 杭州仓，现存 2 可用 -1（14:00）
    虚拟仓锁 · 占用单 …915062 已关闭 2时10分，锁了 3时25分
    回“确认 K7”也行 · 5 分钟内有效 · 货没被用掉前 30 分钟内可撤销
    [释放 → 确认 K7]
    [不做 → 取消 K7]"
  `);
  const released = [...(await bot.say('wang', '1')), ...(await bot.advance(6 * SECOND))];
  expect(plain(released)).toMatchInlineSnapshot(`
    "✅ 2号 915062
    ✅ 922981 已释放 2 件 LY04-XI-XL（已关闭单 …915062 占的）（聚水潭 14:00 确认）
    王敏操作
    [撤销 → /undo 20261110922981]"
  `);
  expect(plain(await bot.say('wang', '/撤销'))).toMatchInlineSnapshot(`
    "🔵 撤销 922981：重新锁住 2 件 LY04-XI-XL（已关闭单 …915062 占的）
    回“确认 K7”也行 · 5 分钟内有效 · 撤销后不能再撤销
    [确认撤销 → 确认 K7]
    [不做 → 取消 K7]"
  `);
  expect(plain(await bot.say('wang', '/释放锁 018842'))).toMatchInlineSnapshot(
    `"🔵 没有照做。要 /释放 018842 吗？请照这样发"`,
  );
  expect(plain(await bot.say('wang', '018842'))).toMatchInlineSnapshot(
    `"⛔ 没有找到这单。请发订单号、尾号（4 位以上）、运单号或仓库单号"`,
  );
});

it('mirrors the meaning in English, sentence by sentence', async () => {
  const { bot, no } = await stuckCompany();
  const room = { room: 'war-en' };

  expect(plain(await bot.messages('war-en'))).toMatchInlineSnapshot(`
    "🔴 No. 1 · send this one first · 46 h 0 min left
    新中式连衣裙 杏XL ×1 · 杭州仓 · no. …922981
    Stuck: closed order …915062 holds 2 pcs
    Paid 2 hours ago and still not being sorted · confirmed by 聚水潭 14:00
    [Release & send → /release 20261110922981]
    [Mine → /ack 1]
    <More>
    🟡 No. 2 · stock held for nobody · paid 10 Nov 10:30
    新中式连衣裙 杏XL ×2 · 杭州仓 · no. …915062
    Holds 2 pcs of LY04-XI-XL; its order is closed
    A stock lock has no live order · confirmed by 聚水潭 14:00
    [Release → /release 20261110915062]
    [Mine → /ack 2]
    <More>"
  `);
  expect(plain(await bot.say('wang', no, room))).toMatchInlineSnapshot(`
    "🔵 922981 · waiting to be sorted 10 Nov 14:00 · 45 h 59 min left
    新中式连衣裙 杏XL ×1 · 杭州仓 · 小程序商城 · 何*
    Stuck: closed order …915062 holds 2 pcs
    Open: no. 1
    For the buyer: the warehouse has your order; it waits to be picked
    [Release & send → /release 20261110922981]
    <Details>"
  `);
  expect(plain(await bot.say('wang', '/alerts', room))).toMatchInlineSnapshot(`
    "🟡 2 open · 0 in hand
    🔴 no. 1 922981 杭州仓 · Paid 2 hours ago and still not being sorted · 1 s over
    🟡 no. 2 915062 杭州仓 · A stock lock has no live order · 1 h 40 min over
    <Board>"
  `);
  expect(plain(await bot.say('wang', '/why 1', room))).toMatchInlineSnapshot(`
    "🔵 No. 1: Paid 2 hours ago and still not being sorted, 1 s over
    14:00 said in the room
    922981 · waiting to be sorted 10 Nov 14:00 onwards · checked just now, 14:00
    Stuck: closed order …915062 holds 2 pcs
    [Release & send → /release 20261110922981]
    <Details>"
  `);
  expect(plain(await bot.say('wang', `/reroute ${no}`, room))).toMatchInlineSnapshot(`
    "🔵 Reroute 922981 (新中式连衣裙 杏XL ×1, 何*):
    杭州仓 (now)  short 1 (14:00)
    广州仓  24 left (14:00)
    西安仓  24 left (14:00)
    Cost and days: no source, not guessed
    a press moves it · valid 5 min · undo within 30 min, before picking
    [To 广州仓 → yes K7 广州仓]
    [To 西安仓 → yes K7 西安仓]"
  `);
  expect(plain(await bot.say('wang', `/release ${no}`, room))).toMatchInlineSnapshot(`
    "🔵 Release stock for 922981:
    LY04-XI-XL ×2 · 杭州仓, on hand 2 free -1 (14:00)
    virtual lock · owner …915062 closed 2 h 10 min ago, locked for 3 h 25 min
    or answer "yes K7" · valid 5 min · undo within 30 min while unsold
    [Release → yes K7]
    [Cancel → no K7]"
  `);
  const replies = await bot.say('wang', '1', room);
  await bot.advance(6 * SECOND);
  expect(plain([...replies, ...(await bot.news('war-en'))])).toMatchInlineSnapshot(`
    "✅ No. 2 915062
    ⏳ 922981 release 2 pcs of LY04-XI-XL (held by closed order …915062): 聚水潭 took it; not in effect yet; the result comes here.
    ✅ 922981 released 2 pcs of LY04-XI-XL (held by closed order …915062) (聚水潭 confirmed 14:00)
    By 王敏
    [Undo → /undo 20261110922981]"
  `);
  expect(plain(await bot.say('sun', `/release ${no}`, room))).toMatchInlineSnapshot(`"⛔ Your role may not do this"`);
});

it('helps by role, with five examples, and with a word about that command [O]', async () => {
  const { bot } = await stuckCompany();

  expect(plain(await bot.say('wang', '/帮助'))).toMatchInlineSnapshot(`
    "🔵 直接发订单号就是查单。常用：
    /查单 018842  订单到哪一步、为什么、几点前要发、包裹和告警
    /异常  还开着的告警，最急的在前；加编号只看那一组
    /认领 12  这条告警我来处理
    /释放 018842  释放库存锁，先给看是谁占的、占了多久
    /改仓 018842 广州仓  换一个仓发，先给看每个仓的库存
    还有：/改地址 /绑定 /呼叫 /标原因 /放行 /完成 /导出 /转交 /战报 /帮助 /暂停发货 /导入 /拦截 /面单 /登录 /我的 /备注 /值班 /大促 /补货 /复核 /交班 /缺货 /免打扰 /稍后 /库存 /滞留 /换班 /今晚 /撤销 /催 /加急 /没用 /为什么 /为何没报
    改之前都会先给你看，回“确认”才做"
  `);
  expect(plain(await bot.say('zhou', '/帮助'))).toMatchInlineSnapshot(`
    "🔵 直接发订单号就是查单。常用：
    /查单 018842  订单到哪一步、为什么、几点前要发、包裹和告警
    /异常  还开着的告警，最急的在前；加编号只看那一组
    /为什么 12  为什么报、卡在哪：证据和可能的原因
    /库存 绣字卫衣  一款的库存：颜色 × 尺码，按仓库
    还有：/绑定 /导出 /战报 /帮助 /导入 /登录 /我的 /值班 /缺货 /滞留 /今晚 /为何没报
    改之前都会先给你看，回“确认”才做"
  `);
  expect(plain(await bot.say('zhou', '/帮助 改仓'))).toMatchInlineSnapshot(`
    "🔵 /reroute、/改仓、/换仓、/走…仓
    换一个仓发，先给看每个仓的库存
    · /改仓 018842 广州仓
    · 018842走广州仓
    · /reroute 018842 gz
    · 12号全部 改仓 广州
    你的角色不能用这个"
  `);
  expect(plain(await bot.say('wang', '/help', { room: 'war-en' }))).toMatchInlineSnapshot(`
    "🔵 An order number alone is a question. Mostly used:
    /order 018842  An order's stage, reason, ship-by time, parcels and alerts
    /alerts  Open alerts, most urgent first; with a number only its group
    /ack 12  Take an alert: I will handle it
    /release 018842  Release a stock lock; its owner and age are shown first
    /reroute 018842 gz  Ship from another warehouse; each one's stock is shown first
    Also: /address /bind /call /cause /clear /done /export /handover /health /help /hold /import /intercept /label /login /mine /note /oncall /promo /replenish /review /shift /short /silence /snooze /stock /stuck /swap /tonight /undo /urge /urgent /useless /why /whynot
    Everything that changes something is shown first and waits for your yes"
  `);
});

it('tells the stock of a style by warehouse, with its age, and never a number it does not know', async () => {
  const { bot } = await stuckCompany();
  await bot.order({ sku: 'TX01-HE-M' });
  await bot.order({ sku: 'TX01-HE-L' });

  expect(plain(await bot.say('zhou', '纯棉T恤还有货吗'))).toMatchInlineSnapshot(`
    "🔵 可用库存 · 数据 14:00
    纯棉T恤 黑L TX01-HE-L · 杭州仓 12 · 广州仓 13 · 西安仓 13
    纯棉T恤 黑M TX01-HE-M · 杭州仓 14 · 广州仓 15 · 西安仓 15"
  `);
  expect(plain(await bot.say('zhou', '/库存 没有这个款'))).toMatchInlineSnapshot(
    `"⛔ 没有找到这个款。写款名的几个字，或完整的 SKU：/库存 绣字卫衣"`,
  );
  await bot.fault('silent');
  expect(plain(await bot.say('zhou', '/库存 纯棉T恤')).replace(/编号 \w{4}/, '编号 ab12')).toMatchInlineSnapshot(
    `"⛔ 现在问不到外部系统，什么都没改。过一会儿再发（编号 ab12）"`,
  );
});

it('says of an ended alert when it ended, not that it grows worse', async () => {
  const { bot } = await stuckCompany();
  bot.sandbox.world.store.run(`UPDATE erp_orders SET status = 'Delivering', modified = ?`, bot.now());
  await bot.say('wang', '/完成 1');
  const first = plain(await bot.say('wang', '/为什么 1'));
  await bot.advance(10 * MINUTE, MINUTE);
  const later = plain(await bot.say('wang', '/为什么 1'));

  expect(first.split('\n')[0]).toBe(later.split('\n')[0]);
  expect(first).toContain('已解决');
  expect(first).toContain('现在没有卡住');
  expect(first).not.toContain('不确定');
});

it('keeps to a phone: six lines, three buttons, nothing of a buyer but a surname, no markup of others [P18]', async () => {
  const { bot, no, orderNo } = await stuckCompany();
  const secret = '13812345678';
  const note = `绣字：<b onclick=x>爱</b> [点我](http://evil.example) ${secret} 文三路 100 号`;
  const review = await bot.order({ sku: 'XZ01-HE-M', note });
  await bot.advance(6 * SECOND);

  const cards: Said[] = [...(await bot.messages())];
  for (const text of [
    no,
    `/为什么 1`,
    `/为什么 ${no}`,
    `/改仓 ${no}`,
    `/改仓 ${no} 广州仓`,
    `/释放 ${no}`,
    '1号我来',
    '1号给李建国',
    '/完成 1',
    '1号 稍后 半小时',
    tail(review.orderNo),
    `${tail(review.orderNo)}为什么没发`,
    `/改仓 ${tail(review.orderNo)}`,
    secret,
    `/查单 ${secret}`,
  ])
    cards.push(...(await bot.say('wang', text)));

  const people = [orderNo, review.orderNo].flatMap((each) => {
    const order = findOrder(bot.sandbox.world, each);
    return order === undefined ? [] : [orderReceiver(order)];
  });
  for (const { card, text } of cards) {
    expect(card.lines.length, `${text}`).toBeLessThanOrEqual(6);
    expect(card.buttons.length, `${text}`).toBeLessThanOrEqual(3);
    expect(text).not.toContain(secret);
    expect(text).not.toContain('文三路');
    for (const { phone, address, name } of people)
      for (const word of [phone, address, name]) expect(text).not.toContain(word);
    const own = card.lines.flat().filter((piece) => typeof piece === 'string');
    expect(own.join('\n')).not.toMatch(/<|\]\(|evil|onclick/);
  }
  expect(people.length).toBe(2);
  expect(cards.length).toBeGreaterThan(15);
});

it('shows the red card with one emoji, its number first, and the usual act first [C1]', async () => {
  const { bot, orderNo } = await stuckCompany();
  const red = (await bot.messages()).find(({ card }) => card.tone === 'critical');

  expect(red?.text.match(/\p{Extended_Pictographic}/gu)).toHaveLength(1);
  expect(red?.card.lines.length).toBeLessThanOrEqual(4);
  expect(red?.card.buttons.map(({ command, style }) => [command, style])).toEqual([
    [`/release ${orderNo}`, 'primary'],
    ['/ack 1@1110', 'plain'],
  ]);
});

it('says how old its data is when that is more than two minutes', async () => {
  const { bot, no } = await stuckCompany();
  await bot.fault('silent');
  await bot.advance(5 * MINUTE, 20 * SECOND);

  const old = texts(await bot.say('wang', no));
  const why = texts(await bot.say('wang', `/为什么 ${no}`));

  expect(old).toMatch(/数据 聚水潭 14:0\d/);
  expect(why).toMatch(/现在问不到，最后确认于 14:0\d/);
});

it('explains a lock by what it holds, not by how its closed order fares [I4]', async () => {
  const { bot } = await stuckCompany();
  const number = (await bot.messages()).find(({ text }) => text.includes('有货被白占'))?.text.match(/(\d+)号/)?.[1];

  const said = plain(await bot.say('wang', `/为什么 ${number}`));

  expect(said).toMatch(/还占着 2 件 \S+ · 杭州仓/);
  expect(said).toMatch(/\[解锁 → \/release \d+\]/);
  expect(said).not.toContain('没有卡住');
});
