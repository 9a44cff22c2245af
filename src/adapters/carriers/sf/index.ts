import { z } from 'zod';
import { AppError, RetryableError } from '../../../domain/errors.ts';
import {
  type CarrierCapabilities,
  type CarrierContext,
  defineCarrier,
  type Tracking,
  type Waybill,
} from '../../../ports/carrier.ts';
import { carrierOf } from '../carriers.ts';
import { nothingOf } from '../tracking.ts';
import { type Credentials, createClient } from './client.ts';
import { createLabels } from './labels.ts';
import { answerPush, readPush } from './push.ts';
import { readRoutes } from './routes.ts';

const minute = 60_000;
/** A receiver that cannot be opened any more keeps no other parcel from being asked about. */
async function tailOf(
  { phoneTail }: Pick<CarrierContext<Credentials>, 'phoneTail'>,
  { waybill }: Waybill,
): Promise<string> {
  try {
    return (await phoneTail(waybill)) ?? '';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return '';
  }
}

/** How often it may be asked is our own modesty: its figure is for calls, not for waybills (fulfillment.md §2.4: 3000 a day). */
const capabilities: CarrierCapabilities = {
  isOwn: true,
  perQuery: 10,
  againAfterMs: 10 * minute,
  refreshMs: 4 * 60 * minute,
};

const done = 'S0000';

/** SF Express 顺丰 over Fengqiao 丰桥, fulfillment.md §2.4. */
export default defineCarrier<Credentials>({
  name: { zh: '顺丰（丰桥）', en: 'SF Express (Fengqiao)' },
  guide: {
    where: { zh: '丰桥 open.sf-express.com', en: 'Fengqiao, open.sf-express.com' },
    who: { zh: '有顺丰月结账号的管理员', en: 'whoever holds the SF monthly account' },
    steps: [
      {
        zh: '申请路由查询接口，上生产环境',
        en: 'Ask for route query, and go live',
      },
      {
        zh: '把顾客编码和校验码写进 .env',
        en: 'Partner id and check word go into .env',
      },
      {
        zh: '要打面单：申请下单、结果查询、取消和云打印面单接口，把月结卡号和寄件人写进 .env',
        en: 'For labels: ask for order, order query, cancelling and cloud printing; monthly account and sender go into .env',
      },
      {
        zh: '要更快：把 doctor 显示的地址填到路由推送接口',
        en: 'Faster: put the address that doctor shows into the route push service',
      },
    ],
    without: {
      zh: '顺丰件经快递100查，慢一些',
      en: 'SF parcels are asked about through Kuaidi100, slower',
    },
  },
  defaultBaseUrl: 'https://bspgw.sf-express.com',
  credentials: z.object({
    partnerId: z.string().min(1),
    checkWord: z.string().min(1),
    monthlyCard: z.string().min(1).optional(),
    senderName: z.string().min(1).optional(),
    senderPhone: z.string().min(1).optional(),
    senderProvince: z.string().min(1).optional(),
    senderCity: z.string().min(1).optional(),
    senderDistrict: z.string().optional(),
    senderAddress: z.string().min(1).optional(),
  }),
  create(context) {
    const call = createClient(context);

    /** Waybills of one receiver: the call holds one end of a phone for all of them. */
    async function queryTogether(waybills: readonly Waybill[], phone: string, signal: AbortSignal) {
      const message = {
        language: 'zh-CN',
        trackingType: '1',
        trackingNumber: waybills.map(({ waybill }) => waybill),
        methodType: '1',
        ...(phone === '' ? {} : { checkPhoneNo: phone }),
      };
      const { code, data } = await call('EXP_RECE_SEARCH_ROUTES', message, signal);
      if (code !== done) return waybills.map(({ waybill }) => nothingOf(waybill, `SF_${code}`));
      const found = readRoutes(data, waybills);
      if (found === undefined) throw new RetryableError('EXP_RECE_SEARCH_ROUTES: no routes', { code: 'BAD_ANSWER' });
      // Without the phone it hides the routes of other accounts' parcels: empty then is no "never scanned".
      return phone === ''
        ? found.map((told) => (told.events.length > 0 ? told : nothingOf(told.waybill, 'SF_NO_PHONE')))
        : found;
    }

    return {
      capabilities,
      knows: (carrier) => carrierOf(carrier)?.own === 'sf',
      async query(waybills, signal) {
        const byPhone = new Map<string, Waybill[]>();
        for (const each of waybills) {
          const phone = await tailOf(context, each);
          byPhone.set(phone, [...(byPhone.get(phone) ?? []), each]);
        }
        const found = new Map<string, Tracking>();
        for (const [phone, group] of byPhone)
          for (const tracking of await queryTogether(group, phone, signal)) found.set(tracking.waybill, tracking);
        return waybills.map(({ waybill }) => found.get(waybill) ?? nothingOf(waybill));
      },
      pushes: {
        subscribe: null,
        read: (push) => ({ kind: 'nudge', waybills: readPush(push, context.pushSecret) }),
        answer: answerPush,
      },
      labels: createLabels(context),
    };
  },
});
