import { describe, expect, it } from 'vitest';
import { createSessions } from '../../src/services/sessions.ts';
import {
  carryOut,
  SECOND,
  startTestBot,
  stopWarehouses,
  type TestBot,
  type TestBotOptions,
  tail,
  texts,
} from '../kit/test-bot.ts';

/** SF alone: it makes labels, and asks little. */
const onlySf: TestBotOptions = {
  follows: true,
  company(raw) {
    raw.carriers = raw.carriers.filter(({ id }: { id: string }) => id === 'sf');
  },
};

async function company(): Promise<TestBot> {
  const bot = await startTestBot(onlySf);
  await stopWarehouses(bot);
  return bot;
}

interface SfOrder {
  readonly order_id: string;
  readonly mail_no: string;
  readonly message: string;
  readonly cancelled_at: number | null;
}
const atSf = (bot: TestBot): SfOrder[] =>
  bot.sandbox.world.store.all<SfOrder>('SELECT * FROM sf_orders ORDER BY at, order_id');
const receiverOf = (bot: TestBot, no: string) =>
  JSON.parse(
    bot.sandbox.world.store.get<{ receiver: string }>('SELECT receiver FROM orders WHERE no = ?', no)?.receiver ?? '{}',
  ) as { name: string; phone: string; address: string };
const sealedLabels = async (bot: TestBot, no: string) => {
  const order = await bot.bot.storage.views.findOrderByNo('mini', no);
  return bot.bot.storage.labels.listFor([order?.id ?? '']);
};
const words = (bot: TestBot) => bot.messages().then((said) => JSON.stringify(said.map(({ card }) => card)));

/** Opens the page of the room as that person, and the file with its session. */
async function openLabel(bot: TestBot, path: string, personId: string | undefined) {
  const { web, storage } = bot.bot;
  const person = (await storage.people.list()).find(({ id }) => id === personId);
  const cookie =
    person === undefined ? undefined : (await createSessions({ storage, clock: bot.clock }).openAs(person)).cookie;
  return web.inject({
    url: path,
    headers: { host: 'localhost', ...(cookie === undefined ? {} : { cookie: `warroom_session=${cookie}` }) },
  });
}

describe('a label is made by command', () => {
  it('once, after a yes, with the receiver the channel told, and its file opens only for who is logged in [D3, D8, P18]', async () => {
    const bot = await company();
    const { orderNo } = await bot.order();
    expect(texts(await bot.say('li', `/面单 ${tail(orderNo)} 顺丰`))).toContain('打面单 · 顺丰');
    expect(atSf(bot)).toEqual([]);

    const said = await carryOut(bot, 'li', `/面单 ${tail(orderNo)} 顺丰`);

    expect(said).toContain('面单已生成');
    const [made, ...more] = atSf(bot);
    expect(more).toEqual([]);
    const receiver = receiverOf(bot, orderNo);
    expect(JSON.parse(made?.message ?? '')).toMatchObject({
      monthlyCard: '7551234567',
      contactInfoList: [{ contactType: 1 }, { contactType: 2, contact: receiver.name, mobile: receiver.phone }],
    });
    const [label] = await sealedLabels(bot, orderNo);
    expect(label).toMatchObject({ id: made?.order_id, waybill: made?.mail_no, madeBy: 'person:li', voidedAt: null });
    expect(label?.sealed).not.toContain(made?.mail_no);

    const path = `/labels/${label?.id}.pdf`;
    const file = await openLabel(bot, path, 'li');
    expect(file.headers['content-type']).toBe('application/pdf');
    expect(file.rawPayload.toString('latin1')).toMatch(/^%PDF-1\.4[\s\S]*SF7444[\s\S]*%%EOF\n$/);
    expect((await openLabel(bot, path, undefined)).statusCode).toBe(303);
    expect(path).not.toContain(orderNo);
    // Neither phone nor address in the room.
    expect(await words(bot)).not.toContain(receiver.phone);
    expect((await bot.audit(bot.subject(orderNo))).map(({ action }) => action)).toContain('receiver.open');

    // The same again shows what there is.
    expect(texts(await bot.say('wang', `/面单 ${tail(orderNo)}`))).toContain('已经有面单');
    expect(atSf(bot)).toHaveLength(1);
  });

  it('an answer that is lost is looked up: one order at the carrier, and it is told [D3, P18]', async () => {
    const bot = await company();
    const { orderNo } = await bot.order();
    await bot.fault('drop-after', { server: 'sf', route: 'EXP_RECE_CREATE_ORDER' });

    const said = await carryOut(bot, 'li', `/面单 ${tail(orderNo)} 顺丰`);

    expect(said).toContain('没收到答复');
    expect(said).toContain('面单已生成');
    expect(atSf(bot)).toHaveLength(1);
    expect(await sealedLabels(bot, orderNo)).toHaveLength(1);
  });

  it('a bot that dies right after the order goes on with the same waybill [D3, P18]', async () => {
    const bot = await company();
    const { orderNo } = await bot.order();
    bot.crashAt(1, 'after', 'labels.keep');
    await carryOut(bot, 'li', `/面单 ${tail(orderNo)} 顺丰`);
    expect(bot.isCrashed).toBe(true);
    expect(atSf(bot)).toHaveLength(1);

    await bot.restart();
    await bot.advance(15 * SECOND);

    expect(texts(await bot.messages())).toContain('面单已生成');
    expect(atSf(bot)).toHaveLength(1);
    expect((await sealedLabels(bot, orderNo)).map(({ sealed }) => sealed === null)).toEqual([false]);
  });

  it('its file may come later: the waybill is told, and the same command fetches it without a second order', async () => {
    const bot = await company();
    const { orderNo } = await bot.order();
    await bot.fault('502', { server: 'sf', route: 'COM_RECE_CLOUD_PRINT_WAYBILLS', times: null });
    expect(await carryOut(bot, 'li', `/面单 ${tail(orderNo)} 顺丰`, 60 * SECOND)).toContain('文件还没拿到');

    await bot.clearFaults();
    expect(texts(await bot.say('li', `/面单 ${tail(orderNo)}`))).toContain('已经有面单');
    expect((await sealedLabels(bot, orderNo))[0]?.sealed).not.toBeNull();
    expect(atSf(bot)).toHaveLength(1);
  });

  it('is voided by an undo, and only then another one may be made', async () => {
    const bot = await company();
    const { orderNo } = await bot.order();
    await carryOut(bot, 'li', `/面单 ${tail(orderNo)} 顺丰`);

    expect(await carryOut(bot, 'li', `/撤销 ${tail(orderNo)}`)).toContain('面单已作废');
    const [first] = await sealedLabels(bot, orderNo);
    expect((await openLabel(bot, `/labels/${first?.id}.pdf`, 'li')).statusCode).not.toBe(200);
    expect(await carryOut(bot, 'li', `/面单 ${tail(orderNo)} 顺丰`)).toContain('面单已生成');

    expect(atSf(bot).map(({ cancelled_at }) => cancelled_at === null)).toEqual([false, true]);
    expect((await sealedLabels(bot, orderNo)).map(({ voidedAt }) => voidedAt === null)).toEqual([false, true]);
  });
});
