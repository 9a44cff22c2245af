import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import { type CarrierCapabilities, defineCarrier, type Tracking, type Waybill } from '../../../ports/carrier.ts';
import { nothingOf } from '../tracking.ts';
import { type Credentials, createClient } from './client.ts';
import { companyCode, needsPhone } from './companies.ts';
import { answerPush, readPush } from './push.ts';
import { sign } from './sign.ts';
import { Result, readResult } from './tracking.ts';

const capabilities: CarrierCapabilities = {
  isOwn: false,
  perQuery: 1,
  againAfterMs: 30 * 60_000,
  refreshMs: 4 * 3_600_000,
};

/** Fine states: 4 and above (fulfillment.md §2.2). */
const resultv2 = '4';
const nothingFound = '500';
const duplicate = '501';

/** Kuaidi100 快递100, fulfillment.md §2.2. */
export default defineCarrier<Credentials>({
  name: { zh: '快递100', en: 'Kuaidi100' },
  guide: {
    where: { zh: '快递100 企业版 api.kuaidi100.com', en: 'Kuaidi100 for companies, api.kuaidi100.com' },
    who: { zh: '有营业执照的管理员', en: 'whoever holds the business licence' },
    steps: [
      { zh: '开通实时查询和订阅推送，充值次数', en: 'Open query and push, and buy calls' },
      {
        zh: '把 customer 和 key 写进 .env；要收推送再配 PUBLIC_URL',
        en: 'customer and key go into .env; pushes need PUBLIC_URL',
      },
    ],
    without: {
      zh: '揽收和滞留看不到，只按上传单号的时间算',
      en: 'First scans and stuck parcels cannot be seen; only the upload of the number is known',
    },
  },
  defaultBaseUrl: 'https://poll.kuaidi100.com',
  credentials: z.object({ customer: z.string().min(1), key: z.string().min(1) }),
  create(context) {
    const { credentials, pushSecret, phoneTail } = context;
    const send = createClient(context);

    const phoneOf = async (code: string, waybill: string): Promise<string> =>
      needsPhone(code) ? ((await phoneTail(waybill)) ?? '') : '';

    async function queryOne({ carrier, waybill }: Waybill, signal: AbortSignal): Promise<Tracking> {
      const com = companyOf(carrier);
      const phone = await phoneOf(com, waybill);
      const param = JSON.stringify({ com, num: waybill, phone, resultv2, show: '0', order: 'desc' });
      const form = {
        customer: credentials.customer,
        sign: sign(param, credentials.key, credentials.customer),
        param,
      };
      const { returnCode, body } = await send('/poll/query.do', form, signal);
      if (returnCode === nothingFound) return nothingOf(waybill);
      if (returnCode !== '200') return nothingOf(waybill, `KD100_${returnCode}`);
      const result = Result.safeParse(body);
      if (!result.success) throw new RetryableError('POST /poll/query.do: no tracking', { code: 'BAD_ANSWER' });
      return readResult({ ...result.data, nu: waybill });
    }

    return {
      capabilities,
      knows: (carrier) => companyCode(carrier) !== undefined,
      async query(waybills, signal) {
        const found: Tracking[] = [];
        for (const waybill of waybills) found.push(await queryOne(waybill, signal));
        return found;
      },
      labels: null,
      pushes: {
        async subscribe({ carrier, waybill }, callbackUrl, signal) {
          const company = companyOf(carrier);
          const phone = await phoneOf(company, waybill);
          const parameters = {
            callbackurl: callbackUrl,
            salt: pushSecret,
            resultv2,
            ...(phone === '' ? {} : { phone }),
          };
          const param = JSON.stringify({ company, number: waybill, key: credentials.key, parameters });
          const { returnCode } = await send('/poll', { schema: 'json', param }, signal);
          if (returnCode === '200' || returnCode === duplicate) return null;
          if (returnCode === nothingFound)
            throw new RetryableError('POST /poll: the service failed (500)', { code: 'KD100_500' });
          return `KD100_${returnCode}`;
        },
        read: ({ rawBody }) => ({ kind: 'tracking', tracking: readPush(rawBody, pushSecret) }),
        answer: answerPush,
      },
    };
  },
});

function companyOf(carrier: string): string {
  const code = companyCode(carrier);
  if (code !== undefined) return code;
  throw new RejectedError('kuaidi100: a carrier it has no code for', { code: 'CARRIER_UNKNOWN' });
}
