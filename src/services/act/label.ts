import { AppError } from '../../domain/errors.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { Text } from '../../domain/text.ts';
import type { ActContext, ActKind, LabelRequest, VoidLabelRequest } from './kind.ts';
import { labelPath } from './label-desk.ts';

/** How often the file is asked for before the label is told without it. */
const printTries = 5;

interface Made {
  readonly waybill: string;
  readonly hasFile: boolean;
}

/** The orders of the parcel as their shops and warehouses show them this second. */
async function readParcel(context: ActContext, { orders }: LabelRequest, signal: AbortSignal): Promise<Order[]> {
  const { ingest, directory, shopOf, systemOf, orderOf } = context;
  const found: Order[] = [];
  for (const { shopId, orderNo } of orders) {
    const known = await orderOf(shopId, orderNo);
    // A shop that lives on sheets has nobody to ask.
    if (known !== undefined && directory.channelOf(shopId) !== 'file')
      await ingest.readOrders(shopOf(shopId), [orderNo], signal);
    const systemId = directory.systemOf(shopId);
    if (systemId !== undefined) await ingest.readFulfillments(systemOf(systemId), [orderNo], signal);
    const order = await orderOf(shopId, orderNo);
    if (order !== undefined) found.push(order);
  }
  return found;
}

const unknownReceiver: Text = {
  zh: '收件人是平台加密的，这里打不了；请在平台或菜鸟里打单',
  en: 'the platform encrypts the receiver: print it there or with Cainiao',
};

/** A waybill with its label, made once: the carrier knows our number, and a lost answer is looked up (fulfillment.md §3). */
export const label: ActKind<LabelRequest, null | Record<string, never>> = {
  permission: 'label:make',
  visibleWithinMs: 30_000,
  target: ({ labelId }) => `label:${labelId}`,

  async check(context, request, signal) {
    const { labels } = context;
    labels.makerOf(request.carrierId);
    const orders = await readParcel(context, request, signal);
    if (orders.length < request.orders.length)
      return { state: 'refused', why: { zh: '找不到这单了', en: 'the order is gone' } };
    const stands = await labels.standing(orders);
    if (stands?.id === request.labelId) return { state: 'already' };
    if (stands !== undefined)
      return { state: 'refused', why: { zh: '这个包裹已经有面单了', en: 'that parcel has a label already' } };
    const why = await labels.whyNot(orders);
    return why === undefined ? { state: 'go', before: {} } : { state: 'refused', why };
  },

  async write({ labels, orderOf }, { carrierId, labelId, orders }, action, _by, signal) {
    const found: Order[] = [];
    for (const { shopId, orderNo } of orders) found.push(...[await orderOf(shopId, orderNo)].filter((each) => !!each));
    const [order] = found;
    const receiver = order && (await labels.receiverOf(order, action.actorId));
    if (receiver === undefined) return { kind: 'unsupported', manual: unknownReceiver };
    const goods = found.flatMap(({ lines }) => lines.map(({ title, qty }) => ({ name: title, qty })));
    return labels.makerOf(carrierId).create({ labelId, receiver, goods }, signal);
  },

  async probe({ labels }, { carrierId, labelId, orders }, _before, action, signal) {
    const maker = labels.makerOf(carrierId);
    const waybill = (action.after as Made | null)?.waybill ?? (await maker.find(labelId, signal));
    if (waybill === undefined) return 'not-yet';
    const row = { id: labelId, orderId: orders[0]?.id ?? '', carrierId, waybill, madeBy: action.actorId };
    // From here on it is ours whatever becomes of its file.
    await labels.keep(row, null);
    try {
      await labels.keep(row, await maker.print(waybill, signal));
    } catch (error) {
      if (!(error instanceof AppError) || action.probes < printTries) throw error;
      return { after: { waybill, hasFile: false } satisfies Made };
    }
    return { after: { waybill, hasFile: true } satisfies Made };
  },

  compensate: ({ carrierId, labelId }) => ({
    act: { kind: 'void-label', subject: '', request: { carrierId, labelId } },
  }),
  done(_context, _request, after) {
    const made = after as Made | null;
    if (made === null) return { zh: '面单已经打好', en: 'its label is made' };
    const no = `…${tailOf(made.waybill)}`;
    return made.hasFile
      ? { zh: `面单已生成 ${no}`, en: `label made: ${no}` }
      : {
          zh: `面单已生成 ${no}，文件还没拿到，过几分钟再发一次 /面单（不会重复下单）`,
          en: `label made: ${no}; its file did not come yet: send /label again in a few minutes (nothing is ordered twice)`,
        };
  },
  aim: () => ({ zh: '打面单', en: 'make its label' }),
  link: ({ labelId }) => ({
    label: { zh: '打开面单（要登录）', en: 'Open the label (log in)' },
    path: labelPath(labelId),
  }),
};

/** Takes a waybill back before a courier has it; the same call again is how it is checked. */
export const voidLabel: ActKind<VoidLabelRequest, Record<string, never>> = {
  permission: 'label:make',
  visibleWithinMs: 30_000,
  target: ({ labelId }) => `label:${labelId}`,

  async check({ labels }, { carrierId, labelId }) {
    labels.makerOf(carrierId);
    const row = await labels.find(labelId);
    if (row === undefined) return { state: 'refused', why: { zh: '没有这张面单', en: 'there is no such label' } };
    return row.voidedAt === null ? { state: 'go', before: {} } : { state: 'already' };
  },

  async write({ labels }, { carrierId, labelId }, _action, _by, signal) {
    const row = await labels.find(labelId);
    if (row === undefined) return { kind: 'refused', code: 'not_found' };
    return labels.makerOf(carrierId).cancel(labelId, row.waybill, signal);
  },

  async probe({ labels }, { carrierId, labelId }, _before, _action, signal) {
    const row = await labels.find(labelId);
    const outcome = row && (await labels.makerOf(carrierId).cancel(labelId, row.waybill, signal));
    if (outcome?.kind !== 'done' && outcome?.kind !== 'already') return 'not-yet';
    await labels.void(labelId);
    return 'applied';
  },

  compensate: () => ({
    impossible: {
      zh: '作废的面单收不回，要打请重新发 /面单',
      en: 'A voided label stays void; send /label for a new one',
    },
  }),
  done: () => ({ zh: '面单已作废，不要再贴', en: 'its label is void: do not use it' }),
  aim: () => ({ zh: '作废面单', en: 'void its label' }),
};
