import { sleepWall } from '../../adapters/clock/system.ts';
import { RateLimitedError, UserError } from '../../domain/errors.ts';
import { shareOf } from '../../services/walk-history.ts';
import { createBot } from './here.ts';
import { print } from './output.ts';

/**
 * `warroom backfill SHOP`: brings the shop's last orders in again, by the bot at work when there is one, else right here.
 * Goes on where it was stopped.
 */
export async function backfill(shopId: string, json: boolean): Promise<number> {
  const { bot, isFree, stop } = await createBot();
  try {
    const source = bot.shops().find(({ id }) => id === shopId);
    if (source === undefined) {
      const known = bot.shops().map(({ id }) => id);
      throw new UserError('NO_SHOP', {
        zh: `配置里没有能读的店铺 ${shopId}；可用的有：${known.join('、')}`,
        en: `No shop ${shopId} with an API is configured; there are: ${known.join(', ')}`,
      });
    }
    const known = await bot.storage.walks.find(`backfill/${shopId}`);
    let walk = await bot.history.begin(shopId, source.backfillDays, known !== undefined && known.finishedAt !== null);
    while (walk.finishedAt === null) {
      const step = () => bot.history.step(source, AbortSignal.timeout(60_000));
      if (!isFree() || (await politely(step)) === 0) await sleepWall(500);
      walk = (await bot.storage.walks.find(walk.id)) ?? walk;
      if (process.stderr.isTTY === true)
        process.stderr.write(
          `\r补单 / backfill ${shopId} ${Math.floor(shareOf(walk) * 100)} % · ${walk.orders} 单 / orders `,
        );
    }
    if (process.stderr.isTTY === true) process.stderr.write('\r\u001b[K');
    const { orders, fromAt, toAt } = walk;
    const days = Math.round((toAt - fromAt) / 86_400_000);
    print(json, { ok: true, shop: shopId, days, orders }, [
      `补齐了 ${shopId} 最近 ${days} 天的 ${orders} 单`,
      `The ${orders} orders of the last ${days} days of ${shopId} are in`,
    ]);
    return 0;
  } finally {
    await stop();
  }
}

/** A platform that wants rest gets it; everything else is told. */
async function politely(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RateLimitedError)) throw error;
    await sleepWall(error.afterMs);
    return 0;
  }
}
