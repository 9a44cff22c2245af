import type { Alert } from '../domain/alert.ts';
import { UserError } from '../domain/errors.ts';
import type { Arg, MenuEntry, RawArg } from '../domain/menu.ts';
import type { Order } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { localDay } from '../render/words.ts';
import type { Directory } from './directory.ts';

/** As many orders as one command takes. */
const mostOrders = 50;
const sameTail = 6;

/** A tail that several orders share: the person has to choose. */
export class AmbiguousRef extends UserError {
  readonly orders: readonly Order[];

  constructor(ref: string, orders: readonly Order[]) {
    super('AMBIGUOUS', {
      zh: `尾号 ${ref} 有 ${orders.length} 单，请发全`,
      en: `${orders.length} orders end in ${ref}; send more digits`,
    });
    this.orders = orders;
  }
}

/** Looks up what a sentence named. Throws UserError with what to write instead; a command never sees a doubtful argument. */
export function createResolveArgs({
  storage,
  clock,
  directory,
}: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
}) {
  async function orderOf(ref: string): Promise<Order> {
    if (ref.startsWith('o:')) {
      const order = await storage.views.findOrder(ref.slice(2));
      if (order !== undefined) return order;
    } else if (ref.length >= 4) {
      const whole = await storage.views.listByNo(ref);
      const [only] = whole;
      if (only !== undefined && whole.length === 1) return only;
      // A tail, a waybill and a warehouse number may look alike: whatever fits is counted before one is chosen.
      const fits = [
        ...(only === undefined ? await storage.views.listByTail(ref, sameTail) : whole),
        ...(await storage.views.listByDisplayNo(ref, sameTail)),
        ...(await storage.views.listByWaybill(ref)),
        ...(await storage.views.listBySystemOrderNo(ref)),
      ].filter((order, index, all) => all.findIndex((each) => each.id === order.id) === index);
      const [found, ...others] = fits;
      if (found !== undefined && others.length === 0) return found;
      if (found !== undefined) throw new AmbiguousRef(ref, fits);
    }
    // The number is not repeated: it may be somebody's telephone.
    throw new UserError('ORDER_NOT_FOUND', {
      zh: '没有找到这单。请发订单号、尾号（4 位以上）、运单号或仓库单号',
      en: 'No such order. Send the order number, its last 4 digits or more, a waybill or a warehouse order number',
    });
  }

  async function alertOf(number: number, day: string | undefined): Promise<Alert> {
    const today = localDay(clock.now(), directory.timezone);
    // A button of 31 December pressed on 1 January is of last year.
    const year = Number(today.slice(0, 4)) - (day !== undefined && day > today.slice(5) ? 1 : 0);
    const alert =
      day === undefined
        ? await storage.alerts.findByNumber(number, today)
        : await storage.alerts.findByNumber(number, `${year}-${day}`, true);
    if (alert !== undefined) return alert;
    throw new UserError('ALERT_NOT_FOUND', {
      zh: `没有 ${number}号。发 /异常 看现在有哪些`,
      en: `There is no number ${number}. /alerts lists what is open`,
    });
  }

  async function ordersOfAlert(number: number, day: string | undefined): Promise<readonly Order[]> {
    const alert = await alertOf(number, day);
    const open = await storage.alerts.list({ state: 'unresolved', groupKey: alert.groupKey, limit: mostOrders + 1 });
    const alerts = open.length > 0 ? open : [alert];
    if (alerts.length > mostOrders) {
      throw new UserError('TOO_MANY', {
        zh: `${number}号 超过 ${mostOrders} 单，请分批发订单号`,
        en: `Number ${number} has more than ${mostOrders} orders; send the numbers in parts`,
      });
    }
    const ids = alerts.flatMap((each) => each.facts.orderId ?? []);
    return storage.views.listOrders([...new Set(ids)]);
  }

  async function ordersOf(raw: RawArg, day: string | undefined): Promise<readonly Order[]> {
    if (raw.kind === 'alert') return ordersOfAlert(raw.number, day);
    if (raw.kind !== 'refs') throw wrong();
    if (raw.refs.length > mostOrders)
      throw new UserError('TOO_MANY', { zh: `一次最多 ${mostOrders} 单`, en: `At most ${mostOrders} orders at once` });
    const orders: Order[] = [];
    for (const ref of raw.refs) {
      const order = await orderOf(ref);
      if (!orders.some((each) => each.id === order.id)) orders.push(order);
    }
    return orders;
  }

  async function lookUp({ kind }: Arg, raw: RawArg, day: string | undefined): Promise<unknown> {
    switch (kind) {
      case 'orders':
        return ordersOf(raw, day);
      case 'order':
        return (await ordersOf(raw, day))[0];
      case 'alert':
        if (raw.kind !== 'alert') throw wrong();
        return alertOf(raw.number, day);
      case 'about':
        return raw.kind === 'alert'
          ? { alert: await alertOf(raw.number, day) }
          : { order: (await ordersOf(raw, day))[0] };
      case 'warehouse': {
        const warehouse = directory.warehouses().find((each) => raw.kind === 'warehouse' && each.id === raw.warehouse);
        if (warehouse !== undefined) return warehouse;
        const names = directory.warehouses().map((each) => each.name);
        throw new UserError('WAREHOUSE_NOT_FOUND', {
          zh: `没有这个仓。现有：${names.join('、')}`,
          en: `No such warehouse. There are: ${names.join(', ')}`,
        });
      }
      case 'person': {
        const name = raw.kind === 'person' ? raw.name.replace(/^@/, '') : '';
        const [person, second] = await storage.people.findByName(name);
        if (person !== undefined && second === undefined) return person;
        throw new UserError('PERSON_NOT_FOUND', {
          zh: '没有登记这个人，或有同名的。请运营主管登记',
          en: 'Nobody, or more than one, is known by that name; an ops-lead can add them',
        });
      }
      case 'duration':
        if (raw.kind !== 'duration') throw wrong();
        return raw.ms;
      default:
        return wordsOf(raw);
    }
  }

  return {
    orderOf,
    /** `day`: the MM-DD that a button named its alert by; undefined when a person said the number. */
    async resolve(
      entry: MenuEntry,
      args: Readonly<Record<string, RawArg>>,
      day?: string,
    ): Promise<Record<string, unknown>> {
      const values: Record<string, unknown> = {};
      for (const [name, arg] of Object.entries(entry.args)) {
        const raw = args[name];
        if (raw !== undefined) values[name] = await lookUp(arg, raw, day);
      }
      return values;
    },
  };
}

const wordsOf = (raw: RawArg): string => {
  if (raw.kind === 'words') return raw.words;
  if (raw.kind === 'refs') return raw.refs.join(' ');
  throw wrong();
};

const wrong = (): UserError =>
  new UserError('WRONG_ARGUMENT', {
    zh: '看不懂这一句，发 /帮助 看例子',
    en: 'I cannot read this; /help shows examples',
  });
