import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Route } from '../exchange.ts';
import { sameText } from '../same-text.ts';
import { inner, type Service } from './envelope.ts';
import { labelPdf } from './pdf.ts';

interface SfOrder {
  order_id: string;
  mail_no: string;
  token: string;
  cancelled_at: number | null;
}

const Contact = z.object({
  contact: z.string().min(1),
  mobile: z.string().regex(/^1\d{10}$/),
  province: z.string().min(1),
  city: z.string().min(1),
  county: z.string(),
  address: z.string().min(1),
});
const NewOrder = z.object({
  language: z.literal('zh-CN'),
  orderId: z.string().min(1).max(64),
  contactInfoList: z.tuple([
    Contact.extend({ contactType: z.literal(1) }),
    Contact.extend({ contactType: z.literal(2) }),
  ]),
  cargoDetails: z.array(z.object({ name: z.string().min(1).max(128), count: z.number().positive() })).min(1),
  expressTypeId: z.number().int(),
  payMethod: z.literal(1),
  monthlyCard: z.string().optional(),
});
const Named = z.object({ orderId: z.string().min(1) });
const Change = Named.extend({ dealType: z.literal(2) });
const Print = z.object({
  templateCode: z.string().startsWith('fm_76130_standard_'),
  fileType: z.literal('pdf'),
  documents: z.array(z.object({ masterWaybillNo: z.string().min(1) })).min(1),
});

const find = (world: World, orderId: string): SfOrder | undefined =>
  world.store.get<SfOrder>('SELECT * FROM sf_orders WHERE order_id = ?', orderId);

const told = ({ order_id, mail_no }: SfOrder) => ({
  orderId: order_id,
  filterResult: 2,
  waybillNoInfoList: [{ waybillType: 1, waybillNo: mail_no }],
});

/** What is not done because of a wrong form. */
const malformed = inner('S0001', '非法的JSON格式', null);
const written = (answer: Answer): Answer => ({ ...answer, applied: true });

/** One order for each number of the sender; the number again is 8016, whatever else it says (fulfillment.md §2.4). */
const createOrder: Service = ({ world }, message) => {
  const order = NewOrder.safeParse(message);
  if (!order.success) return malformed;
  const { orderId } = order.data;
  if (find(world, orderId) !== undefined) return inner('8016', '重复下单', null);
  const mailNo = `SF${7_444_600_000_000 + world.store.next('sf_orders')}`;
  world.store.run(
    'INSERT INTO sf_orders (order_id, mail_no, token, message, at) VALUES (?, ?, ?, ?, ?)',
    orderId,
    mailNo,
    randomUUID(),
    JSON.stringify(message),
    world.clock.now(),
  );
  return written(inner('S0000', null, told({ order_id: orderId, mail_no: mailNo, token: '', cancelled_at: null })));
};

const searchOrder: Service = ({ world }, message) => {
  const order = find(world, Named.safeParse(message).data?.orderId ?? '');
  return order === undefined ? inner('8024', '未下单', null) : inner('S0000', null, told(order));
};

/** Cancels what no courier has; twice is 8037. */
const updateOrder: Service = ({ world }, message) => {
  const change = Change.safeParse(message);
  if (!change.success) return malformed;
  const order = find(world, change.data.orderId);
  if (order === undefined) return inner('8024', '未下单', null);
  if (order.cancelled_at !== null) return inner('8037', '订单已取消', null);
  world.store.run('UPDATE sf_orders SET cancelled_at = ? WHERE order_id = ?', world.clock.now(), order.order_id);
  return written(inner('S0000', null, { orderId: order.order_id, resStatus: 2 }));
};

/** Where the file lies, and the token that opens it. */
const printWaybills: Service = (context, message) => {
  const [document] = Print.safeParse(message).data?.documents ?? [];
  const order = context.world.store.get<SfOrder>(
    'SELECT * FROM sf_orders WHERE mail_no = ? AND cancelled_at IS NULL',
    document?.masterWaybillNo ?? '',
  );
  if (order === undefined) return inner('8119', '运单号不存在', null);
  const url = `${context.url()}/sf/files/${order.mail_no}`;
  const obj = { fileType: 'pdf', files: [{ url, token: order.token, waybillNo: order.mail_no }] };
  // A shape of its own: neither errorCode nor msgData.
  const body = { apiResultCode: 'A1000', apiErrorMsg: '', apiResponseID: randomUUID() };
  return { status: 200, body: { ...body, apiResultData: JSON.stringify({ success: true, obj }) }, outcome: 'ok' };
};

export const orderServices: Readonly<Record<string, Service>> = {
  EXP_RECE_CREATE_ORDER: createOrder,
  EXP_RECE_SEARCH_ORDER_RESP: searchOrder,
  EXP_RECE_UPDATE_ORDER: updateOrder,
  COM_RECE_CLOUD_PRINT_WAYBILLS: printWaybills,
};

const writes: ReadonlySet<string> = new Set(['EXP_RECE_CREATE_ORDER', 'EXP_RECE_UPDATE_ORDER']);

/** Faults and the log name these services; the routes keep the name of their address. */
export function interfaceOf({ body }: Call): { name: string; kind: 'read' | 'write' } | undefined {
  const name = new URLSearchParams(body.toString('utf8')).get('serviceCode') ?? '';
  return name in orderServices ? { name, kind: writes.has(name) ? 'write' : 'read' } : undefined;
}

/** The file of a label, for whoever holds its token. */
export const fileRoute: Route = {
  method: 'GET',
  path: '/files/:mailNo',
  sheet: 'fulfillment.md §3',
  kind: 'read',
  answer({ world }, { params, headers }) {
    const order = world.store.get<SfOrder>('SELECT * FROM sf_orders WHERE mail_no = ?', params.mailNo ?? '');
    if (order === undefined || !sameText(String(headers['x-auth-token'] ?? ''), order.token))
      return { status: 403, body: { message: 'forbidden' }, outcome: 'forbidden' };
    return { status: 200, body: labelPdf([order.mail_no, order.order_id]), outcome: 'ok' };
  },
};
