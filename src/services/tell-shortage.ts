import type { Asking } from '../domain/asking.ts';
import type { Card } from '../domain/card.ts';
import { styleOf } from '../domain/spike.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { shortageCard } from '../render/shortage-card.ts';
import type { Directory } from './directory.ts';
import { type ReadShortage, shortOf } from './read-shortage.ts';

/** As many SKUs as are asked for while a person waits. */
const mostAsked = 300;
const patienceMs = 8_000;

/** `/short`: what is owed and not there, by colour and size, the soonest ship-by first; stock is asked for now. */
export function createTellShortage(deps: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
  readShortage: ReadShortage;
}) {
  const { storage, clock, directory, readShortage } = deps;

  return async ({ language }: Asking): Promise<readonly Card[]> => {
    const owed = await readShortage.owed();
    // What is known to be short comes first, then what is owed most.
    const known = new Set(
      (await storage.alerts.list({ state: 'unresolved', ruleId: 'stock-short', limit: mostAsked })).map(({ facts }) =>
        String(facts['sku']),
      ),
    );
    const skus = [...owed.skus.values()]
      .sort((a, b) => Number(known.has(b.sku)) - Number(known.has(a.sku)) || b.parts.length - a.parts.length)
      .map(({ sku }) => sku)
      .slice(0, mostAsked);
    const covered = await readShortage.cover(owed, skus, AbortSignal.timeout(patienceMs));
    const short = shortOf(covered);
    const orders = await storage.views.listOrders([...new Set(short.map(({ orderId }) => orderId))]);
    const titles = new Map(orders.flatMap(({ lines }) => lines.map(({ sku, title }) => [sku, title])));
    const model = {
      now: clock.now(),
      timezone: directory.timezone,
      observedAt: covered.observedAt,
      short: short.map((each) => ({ ...each, title: titles.get(each.sku) ?? each.sku })),
      styles: new Set(short.map(({ sku }) => styleOf(sku))).size,
      owed: owed.skus.size,
      told: covered.covers.size,
      unasked: owed.skus.size - skus.length,
      blind: [...owed.blind].map(([shopId, pieces]) => ({ shop: directory.shopName(shopId), pieces })),
    };
    return [shortageCard(model, language)];
  };
}
