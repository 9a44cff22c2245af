import { expect, it } from 'vitest';
import { findOrder } from '../../src/sandbox/world/orders.ts';
import type { RingOutcome } from '../../src/sandbox/world/telephone.ts';
import { HOUR, MINUTE, SECOND, startTestBot, stopWarehouses, type TestBot, texts } from '../kit/test-bot.ts';

interface Rung {
  readonly at: number;
  readonly via: string;
  readonly person: string;
  readonly words: string;
}

const ask = async (bot: TestBot, path: string, body?: object): Promise<unknown> => {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(bot.sandbox.url + path, init);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const rings = async (bot: TestBot): Promise<readonly Rung[]> =>
  ((await ask(bot, '/world/telephone')) as { rings: Rung[] }).rings;
const answersNext = (bot: TestBot, person: string, outcome: RingOutcome) =>
  ask(bot, '/world/telephone/answers', { person, outcome });

/** One order of Hangzhou, paid now, that nobody picks. */
async function waiting(bot: TestBot): Promise<{ paidAt: number; orderNo: string; scope: string }> {
  await stopWarehouses(bot, 24 * HOUR);
  const { orderNo, warehouse } = await bot.order();
  const scope = bot.company.warehouses.find(({ code }) => code === String(warehouse))?.id ?? '';
  const paidAt = Number(findOrder(bot.sandbox.world, orderNo)?.paid_at);
  return { paidAt, orderNo, scope };
}

/** Up to a moment, the last minute of it second by second. */
async function until(bot: TestBot, at: number): Promise<string> {
  const near = at - MINUTE - bot.now();
  const first = near > 0 ? await bot.advance(near, near) : [];
  return texts([...first, ...(await bot.advance(at - bot.now(), SECOND))]);
}

const start = (company: (raw: { staff: { id: string; dingtalk?: string }[] }) => void = () => undefined) =>
  startTestBot({ startAt: Date.UTC(2026, 10, 10, 1), company });

it('above 8:00:00 the lead on duty is rung once, and nobody after somebody took it [E5 E6 C6]', async () => {
  const bot = await start();
  const { paidAt } = await waiting(bot);

  await until(bot, paidAt + 8 * HOUR);
  expect(await rings(bot)).toEqual([]);
  await until(bot, paidAt + 8 * HOUR + 4 * SECOND);
  expect(await rings(bot)).toMatchObject([{ via: 'dingtalk', person: 'li' }]);
});
