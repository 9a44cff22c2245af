import type { Asking } from '../../domain/asking.ts';
import type { Card } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import type { FulfillmentView, Warehouse } from '../../domain/fulfillment.ts';
import type { Order } from '../../domain/order.ts';
import { tailOf } from '../../domain/order.ts';
import type { StockLevel } from '../../domain/stock.ts';
import type { Piece, Text } from '../../domain/text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage, Stores } from '../../ports/stores.ts';
import { type Candidate, type RerouteItem, rerouteChoices, reroutePreview } from '../../render/preview-cards.ts';
import type { Directory } from '../directory.ts';
import type { Ingest, ShopSource, SystemSource } from '../ingest.ts';
import type { Step } from '../reply.ts';
import type { Act, Proposal } from './kind.ts';
import { type Asked, ask, demand, namedOrder, subjectOf, whyNotMovable } from './propose.ts';

export interface ProposeRerouteDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly ingest: Ingest;
  readonly shops: () => readonly ShopSource[];
  readonly systems: () => readonly SystemSource[];
}

const patience = 8_000;
/** As many buttons as a card has. */
const mostChoices = 3;

/** `/reroute`: reads order and stock afresh, then shows the choices or, with a warehouse, the change to confirm. */
export function createProposeReroute(deps: ProposeRerouteDeps) {
  const { clock, directory, ingest, systems } = deps;

  const systemOf = (order: Order): SystemSource | undefined => {
    const systemId = directory.systemOf(order.shopId);
    return systems().find((each) => each.id === systemId);
  };

  /** What the warehouse systems say of these orders and their stock as of this second: two questions each, however many orders. */
  async function readAfresh(orders: readonly Order[], signal: AbortSignal): Promise<readonly StockLevel[]> {
    const levels: StockLevel[] = [];
    for (const source of systems()) {
      const own = orders.filter((order) => directory.systemOf(order.shopId) === source.id);
      if (own.length === 0) continue;
      await ingest.readFulfillments(
        source,
        own.map((order) => order.channelOrderNo),
        signal,
      );
      const skus = [...new Set(own.flatMap((order) => order.lines.map((line) => line.sku)))];
      const codes = directory.warehouses().filter((each) => each.systemId === source.id);
      levels.push(
        ...(await source.system.getStock(
          skus,
          codes.map((each) => each.code),
          signal,
        )),
      );
    }
    return levels;
  }

  /** The open fulfillment order as it was read just now, or why there is nothing to move. */
  async function movable(tx: Stores, order: Order): Promise<{ view: FulfillmentView; order: Order } | Text> {
    const system = systemOf(order);
    if (system === undefined) {
      const name = directory.shopName(order.shopId);
      return { zh: `${name}没有接仓库系统`, en: `${name} has no warehouse system connected` };
    }
    const fresh = (await tx.views.findOrder(order.id)) ?? order;
    const why = whyNotMovable(fresh);
    if (why !== undefined) return why;
    // Nobody is asked to confirm what only a person at the screen can do.
    const { reroute } = system.system.capabilities;
    if (typeof reroute === 'object') return reroute.manual;
    const [view, ...others] = (await tx.views.fulfillmentsOf(order.id)).filter(
      (each) => !each.closed && each.shippedAt === null,
    );
    if (others.length > 0) {
      return {
        zh: `这单在仓库拆成了 ${others.length + 1} 个单，请在仓库系统里分别改`,
        en: `the warehouse split it into ${others.length + 1} orders; move them there one by one`,
      };
    }
    if (view === undefined) {
      const name = directory.systemName(system.id);
      return { zh: `${name}里看不到这单，改不了`, en: `${name} does not show it; it cannot be moved` };
    }
    return { view, order: fresh };
  }

  /** `taken`: pieces by SKU that orders of the same batch would take from the warehouses they go to. */
  function candidatesFor(
    order: Order,
    view: FulfillmentView,
    levels: readonly StockLevel[],
    taken: ReadonlyMap<string, number> = new Map(),
  ): readonly Candidate[] {
    const warehouses = directory.warehouses().filter((each) => each.systemId === view.systemId);
    // What is still to be sent, when the system tells it.
    const lines = view.lines.length > 0 ? view.lines : order.lines;
    const skus = [...new Set(lines.map((line) => line.sku))];
    return warehouses.map((warehouse) => {
      const isHere = warehouse.code === view.warehouseCode;
      const free = skus.map((sku) => {
        const level = levels.find((each) => each.sku === sku && each.warehouseCode === warehouse.code);
        const needed = lines.filter((line) => line.sku === sku).reduce((sum, line) => sum + line.qty, 0);
        const available =
          level?.available === undefined ? undefined : level.available - (isHere ? 0 : (taken.get(sku) ?? 0));
        return { needed, available, observedAt: level?.observedAt ?? clock.now() };
      });
      const isKnown = free.every((each) => each.available !== undefined);
      return {
        warehouseId: warehouse.id,
        warehouse: warehouse.name,
        isHere,
        missing: isKnown
          ? free.reduce(
              // Here its own claim is in the number already: what is below zero is what it waits for.
              (sum, { needed, available = 0 }) =>
                sum + Math.max(0, isHere ? -available : needed - Math.max(0, available)),
              0,
            )
          : undefined,
        available: isKnown ? Math.max(0, Math.min(...free.map((each) => each.available ?? 0))) : undefined,
        observedAt: Math.min(...free.map((each) => each.observedAt)),
      };
    });
  }

  async function choices(
    tx: Stores,
    order: Order,
    levels: readonly StockLevel[],
    asking: Asking,
  ): Promise<readonly Card[]> {
    const found = await movable(tx, order);
    if ('zh' in found) return [refusal(order, found, asking)];
    const candidates = candidatesFor(found.order, found.view, levels);
    // To choose is to confirm: the choices show all that a preview would.
    const offered = directory
      .warehouses()
      .filter(({ id }) => candidates.some((each) => each.warehouseId === id && !each.isHere && each.missing === 0))
      .slice(0, mostChoices);
    const acts = offered.map(({ code }) => actOf(order, found.view, code));
    const choices = offered.map(({ name }) => name);
    const companions = (await tx.views.companionsOf(order.id)).map((each) => tailOf(each.channelOrderNo));
    const card = (question: Asked | null) =>
      rerouteChoices(
        namedOrder(found.order),
        candidates,
        { choices, question, refused: [], companions },
        directory.timezone,
        asking.language,
      );
    return acts.length === 0 ? [card(null)] : ask(tx, clock, asking, { ...proposalOf(acts), choices }, card);
  }

  async function changes(
    tx: Stores,
    orders: readonly Order[],
    to: Warehouse,
    levels: readonly StockLevel[],
    asking: Asking,
  ): Promise<readonly Card[]> {
    const items: RerouteItem[] = [];
    const acts: Act[] = [];
    const refused: Piece[][] = [];
    const companions = new Set<string>();
    const chosen = new Set(orders.map((each) => each.id));
    const taken = new Map<string, number>();
    for (const each of orders) {
      const found = await movable(tx, each);
      const why =
        'zh' in found ? found : whyNotTo(to, found.view, candidatesFor(found.order, found.view, levels, taken));
      if ('zh' in found || 'zh' in why) {
        refused.push(refusalLine(each, 'zh' in found ? found : (why as Text), asking));
        continue;
      }
      items.push({ order: namedOrder(found.order), from: why.from, to: why.to });
      for (const { sku, qty } of found.order.lines) taken.set(sku, (taken.get(sku) ?? 0) + qty);
      for (const other of await tx.views.companionsOf(each.id))
        if (!chosen.has(other.id)) companions.add(tailOf(other.channelOrderNo));
      const { systemOrderNo } = found.view;
      // Two orders of one warehouse order move together: once.
      if (acts.some(({ request }) => 'systemOrderNo' in request && request.systemOrderNo === systemOrderNo)) continue;
      acts.push(actOf(each, found.view, to.code));
    }
    const card = (question: Asked | null) =>
      reroutePreview(items, { refused, companions: [...companions], question }, directory.timezone, asking.language);
    return acts.length === 0 ? [card(null)] : ask(tx, clock, asking, proposalOf(acts), card);
  }

  return async (asking: Asking, orders: readonly Order[], to: Warehouse | undefined): Promise<Step> => {
    demand(asking, 'reroute');
    const [order] = orders;
    if (order === undefined || (to === undefined && orders.length > 1)) {
      throw new UserError('WAREHOUSE_NEEDED', {
        zh: '多单一起改要写清仓库：/改仓 12号全部 广州仓',
        en: 'Name the warehouse for many orders: /reroute all of 12 gz',
      });
    }
    const levels = await readAfresh(orders, AbortSignal.timeout(patience));
    return (tx) => (to === undefined ? choices(tx, order, levels, asking) : changes(tx, orders, to, levels, asking));
  };

  function whyNotTo(
    to: Warehouse,
    view: FulfillmentView,
    candidates: readonly Candidate[],
  ): Text | { from: Candidate | undefined; to: Candidate } {
    if (to.systemId !== view.systemId) {
      return {
        zh: `${to.name}不在${directory.systemName(view.systemId)}里`,
        en: `${to.name} is not in ${directory.systemName(view.systemId)}`,
      };
    }
    if (to.code === view.warehouseCode) return { zh: `本来就在${to.name}`, en: `it is in ${to.name} already` };
    const target = candidates.find((each) => each.warehouseId === to.id);
    if (target === undefined) return { zh: `没有${to.name}的库存`, en: `no stock is known of ${to.name}` };
    if (target.missing !== undefined && target.missing > 0)
      return { zh: `${to.name}也缺 ${target.missing} 件`, en: `${to.name} is short of ${target.missing}, too` };
    return { from: candidates.find((each) => each.isHere), to: target };
  }
}

const actOf = (order: Order, { systemId, systemOrderNo, warehouseCode }: FulfillmentView, to: string): Act => ({
  kind: 'reroute',
  subject: subjectOf(order),
  request: { systemId, systemOrderNo, orderNo: order.channelOrderNo, from: warehouseCode, to },
});

const proposalOf = (acts: readonly Act[]): Proposal => ({
  acts,
  second: null,
  needsReason: false,
  undoOf: null,
  reason: 'reroute',
});

const refusalLine = (order: Order, why: Text, { language }: Asking): Piece[] => [
  `${tailOf(order.channelOrderNo)} ${language === 'zh' ? '改不了：' : 'cannot be moved: '}${why[language]}`,
];

const refusal = (order: Order, why: Text, asking: Asking): Card => ({
  tone: 'refused',
  lines: [refusalLine(order, why, asking)],
  buttons: [],
  link: { label: asking.language === 'zh' ? '看订单' : 'Order', path: `/o/${order.id}` },
});
