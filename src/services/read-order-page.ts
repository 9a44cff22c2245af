import type { Event } from '../domain/event.ts';
import { type FulfillmentView, fulfillmentSubject, visibilityFrom, type Warehouse } from '../domain/fulfillment.ts';
import { type Order, orderSubject } from '../domain/order.ts';
import type { Stage, Visibility } from '../domain/stage.ts';
import type { StockLock } from '../domain/stock.ts';
import type { Clock } from '../ports/clock.ts';
import type { ActionRow, AuditRow, SmsRow, Storage } from '../ports/stores.ts';
import { type AlertLine, lineOf } from './alert-line.ts';
import { alertsOf } from './alerts-of.ts';
import { type Directory, sourceName } from './directory.ts';
import { type ChainLink, chainOf } from './order-chain.ts';
import { stateOf } from './read-board.ts';

const eventsShown = 200;
const rowsShown = 50;

export interface OrderPage {
  readonly at: number;
  readonly timezone: string;
  readonly order: Order;
  readonly shop: string;
  readonly system: string | null;
  readonly chain: readonly ChainLink[];
  /** The link it waits in, or null when nothing is left to wait for. */
  readonly waits: {
    readonly stage: Stage;
    readonly next: Stage;
    readonly since: number;
    readonly reason: string;
    readonly held: boolean;
  } | null;
  readonly visibility: Visibility;
  readonly fulfillments: readonly {
    readonly view: FulfillmentView;
    readonly system: string;
    readonly warehouse: Warehouse | undefined;
  }[];
  readonly parcels: readonly {
    readonly carrier: string;
    readonly waybill: string;
    readonly shippedAt: number | null;
    readonly others: readonly OtherOrder[];
  }[];
  /** In the same fulfillment order, before there is a parcel. */
  readonly packedWith: readonly OtherOrder[];
  readonly locks: readonly {
    readonly lock: StockLock;
    readonly warehouse: string;
    readonly owner: OtherOrder | null;
  }[];
  /** Closed orders whose fulfillment still holds this stock. */
  readonly deadHolders: readonly FulfillmentView[];
  readonly openAlerts: readonly AlertLine[];
  readonly pastAlerts: readonly AlertLine[];
  readonly history: readonly { readonly event: Event; readonly source: string }[];
  readonly acts: readonly { readonly action: ActionRow; readonly actor: string; readonly approver: string | null }[];
  /** What the buyer was told by text message, or why not. */
  readonly texts: readonly SmsRow[];
  readonly audit: readonly { readonly row: AuditRow; readonly actor: string }[];
  readonly dataAge: readonly {
    readonly id: string;
    readonly name: string;
    readonly lastOkAt: number | null;
    readonly state: 'fresh' | 'silent' | 'never';
  }[];
}

export interface OtherOrder {
  readonly id: string;
  readonly channelOrderNo: string;
  readonly stage: Stage;
}

export type ReadOrderPage = (id: string) => Promise<OrderPage | undefined>;

/** The one card that finance, warehouse and customer service share; undefined when there is no such order. */
export function createReadOrderPage(deps: { stores: Storage; clock: Clock; directory: Directory }): ReadOrderPage {
  const { stores, clock, directory } = deps;

  const readAges = async (order: Order, now: number) => {
    const system = directory.systemOf(order.shopId);
    const ids = [`shop:${order.shopId}`, ...(system === undefined ? [] : [`system:${system}`])];
    const rows = await Promise.all(ids.map((id) => stores.sources.find(id)));
    return ids.map((id, index) => {
      const lastOkAt = rows[index]?.lastOkAt ?? null;
      return {
        id,
        name: sourceName(id, directory),
        lastOkAt,
        state: stateOf(lastOkAt, now, directory.silentAfter(id)),
      };
    });
  };

  const readLocks = async (order: Order, views: readonly FulfillmentView[]) => {
    const skus = [...new Set(order.lines.map(({ sku }) => sku))];
    const locks = await stores.views.locksOn(skus);
    const codes = [...new Set(views.map(({ warehouseCode }) => warehouseCode).filter((code) => code !== ''))];
    const dead = await Promise.all(codes.map((code) => stores.views.deadFulfillmentsOn(skus, code)));
    const owners = await Promise.all(
      locks.map(async ({ channelOrderNo: no }) =>
        no === null ? undefined : await stores.views.findOrderByNo(order.shopId, no),
      ),
    );
    return {
      locks: locks.map((lock, index) => {
        const owner = owners[index];
        const warehouse =
          directory.warehouses().find(({ code }) => code === lock.warehouseCode)?.name ?? lock.warehouseCode;
        return { lock, warehouse, owner: owner === undefined ? null : otherOf(owner) };
      }),
      deadHolders: dead.flat(),
    };
  };

  return async (id) => {
    const order = await stores.views.findOrder(id);
    if (order === undefined) return undefined;
    const at = clock.now();
    const views = await stores.views.fulfillmentsOf(id);
    const subjects = [
      orderSubject(order.shopId, order.channelOrderNo),
      ...views.map((view) => fulfillmentSubject(view.systemId, view.systemOrderNo)),
    ];
    const events = await stores.events.listFor(subjects, eventsShown);
    const alerts = await alertsOf(stores, order, views);
    const actions = (await Promise.all(subjects.map((subject) => stores.actions.listFor(subject, rowsShown)))).flat();
    const audit = (await Promise.all(subjects.map((subject) => stores.audit.listFor(subject, rowsShown)))).flat();
    const companions = await stores.views.companionsOf(id);
    const dataAge = await readAges(order, at);
    const systemId = directory.systemOf(order.shopId);
    const isSilent =
      systemId !== undefined && dataAge.some((age) => age.id === `system:${systemId}` && age.state !== 'fresh');
    const visibility = visibilityFrom(directory.stageSourceOf(order.shopId), isSilent);
    const chain = chainOf(order, views, events, visibility);

    return {
      at,
      timezone: directory.timezone,
      order,
      shop: directory.shopName(order.shopId),
      system: systemId === undefined ? null : directory.systemName(systemId),
      chain,
      waits: waitsOf(order, views, chain),
      visibility,
      fulfillments: views.map((view) => ({
        view,
        system: directory.systemName(view.systemId),
        warehouse: directory.warehouseOf(view.systemId, view.warehouseCode),
      })),
      ...parcelsOf(order, views, companions),
      ...(await readLocks(order, views)),
      openAlerts: alerts.filter(({ state }) => state !== 'resolved').map((alert) => lineOf(alert, directory)),
      pastAlerts: alerts.filter(({ state }) => state === 'resolved').map((alert) => lineOf(alert, directory)),
      history: events
        .map((event) => ({ event, source: sourceName(event.source, directory) }))
        .sort((a, b) => b.event.occurredAt - a.event.occurredAt || b.event.id - a.event.id),
      acts: actions
        .sort((a, b) => b.startedAt - a.startedAt)
        .map((action) => ({
          action,
          actor: directory.personName(action.actorId),
          approver: action.approverId === null ? null : directory.personName(action.approverId),
        })),
      texts: await stores.sms.listFor(id),
      audit: audit.sort((a, b) => b.seq - a.seq).map((row) => ({ row, actor: directory.personName(row.actorId) })),
      dataAge,
    };
  };
}

const otherOf = ({ id, channelOrderNo, stage }: Order): OtherOrder => ({ id, channelOrderNo, stage });

function waitsOf(order: Order, views: readonly FulfillmentView[], chain: readonly ChainLink[]): OrderPage['waits'] {
  if (order.closedAt !== null || order.stage === 'closed' || order.stage === 'delivered') return null;
  const next = chain.find(({ state }) => state === 'ahead' || state === 'unseen');
  if (next === undefined) return null;
  const open = views.find((view) => !view.closed && (view.reason !== '' || view.held));
  return {
    stage: order.stage,
    next: next.stage,
    since: order.stageAt,
    reason: open?.reason ?? '',
    held: order.held || open?.held === true,
  };
}

function parcelsOf(order: Order, views: readonly FulfillmentView[], companions: readonly Order[]) {
  const known = new Map(order.shipments.map((each) => [each.waybill, each]));
  for (const view of views) {
    if (view.waybill !== '' && !known.has(view.waybill)) {
      known.set(view.waybill, { carrier: view.carrier, waybill: view.waybill, shippedAt: view.shippedAt });
    }
  }
  const parcels = [...known.values()].map((parcel) => {
    const served = views
      .filter(({ waybill }) => waybill === parcel.waybill)
      .flatMap(({ channelOrderNos }) => channelOrderNos);
    const others = companions.filter(
      (other) =>
        other.shipments.some(({ waybill }) => waybill === parcel.waybill) || served.includes(other.channelOrderNo),
    );
    return { ...parcel, others: others.map(otherOf) };
  });
  const inParcels = new Set(parcels.flatMap(({ others }) => others.map(({ id }) => id)));
  return { parcels, packedWith: companions.filter(({ id }) => !inParcels.has(id)).map(otherOf) };
}
