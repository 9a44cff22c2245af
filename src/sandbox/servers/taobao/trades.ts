import { findOrder } from '../../world/orders.ts';
import type { OrderRow } from '../../world/rows.ts';
import { shopOf } from '../../world/shops.ts';
import { DAY, fromBeijing } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { invalid, noTrade, success } from './envelope.ts';
import { IS_RARE, RARE, showTrade, wantsOaid } from './trade-shape.ts';

export type Form = Readonly<Record<string, string>>;

const HORIZON = 90 * DAY;
const { listLagMs } = shopOf('tmall');

/** The newest first by `column`, both ends inclusive; a change shows late, and then at once in its place by `column`. */
export function listTrades(column: 'updated_at' | 'created_at', from: string, to: string, longest: number) {
  return (world: World, form: Form): Answer => {
    const now = world.clock.now();
    const begin = fromBeijing(form[from] ?? '');
    const end = fromBeijing(form[to] ?? '');
    if (begin === undefined || begin < now - HORIZON) return invalid(from);
    if (end === undefined || end <= begin || end - begin > longest) return invalid(to);
    const size = Number(form.page_size ?? 40);
    const page = Number(form.page_no ?? 1);
    if (!Number.isInteger(size) || size < 1 || size > 100) return invalid('page_size');
    if (!Number.isInteger(page) || page < 1) return invalid('page_no');
    const wanted = fieldsOf(form);
    if (wanted === undefined) return invalid('fields');
    const second = `${column} / 1000`;
    // That it was placed is known long before its latest change is.
    const shownBy = column === 'created_at' ? `MIN(visible_at, created_at + ${listLagMs})` : 'visible_at';
    const where = `${second} BETWEEN ? AND ? AND shop = 'tmall' AND ${shownBy} <= ? AND ${kindsIn(form.type)}`;
    const bounds = [begin / 1_000, end / 1_000, now];
    const rows = world.store.all<OrderRow>(
      `SELECT * FROM orders WHERE ${where} ORDER BY ${second} DESC, no DESC LIMIT ? OFFSET ?`,
      ...bounds,
      size + 1,
      (page - 1) * size,
    );
    const shown = rows.slice(0, size).map((row) => showTrade(row, wanted, false));
    const count =
      form.use_has_next === 'true'
        ? { has_next: rows.length > size }
        : {
            total_results: world.store.get<{ n: number }>(`SELECT COUNT(*) AS n FROM orders WHERE ${where}`, ...bounds)
              ?.n,
          };
    return success(form.method ?? '', { ...(shown.length > 0 ? { trades: { trade: shown } } : {}), ...count });
  };
}

/** Keeps out the kind that is not in lists by default, unless it is asked for. */
const kindsIn = (types = ''): string => (types.split(',').includes(RARE) ? 'TRUE' : `NOT ${IS_RARE}`);

export function oneTrade(world: World, form: Form): Answer {
  const wanted = fieldsOf(form);
  if (wanted === undefined) return invalid('fields');
  const order = orderOf(world, form);
  return order === undefined ? noTrade() : success(form.method ?? '', { trade: showTrade(order, wanted, true) });
}

/** The shop's order of that `tid`. */
export function orderOf(world: World, form: Form): OrderRow | undefined {
  const order = findOrder(world, form.tid ?? '');
  return order?.shop === 'tmall' ? order : undefined;
}

function fieldsOf(form: Form): ReadonlySet<string> | undefined {
  if (!form.fields) return undefined;
  const fields = new Set(form.fields.split(','));
  if (!wantsOaid(fields)) fields.delete('oaid');
  return fields;
}
