import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import { type CarrierCapabilities, defineCarrier } from '../../../ports/carrier.ts';
import { carrierOf } from '../carriers.ts';
import { type Credentials, createClient } from './client.ts';
import { Answer, readResults } from './tracking.ts';

const minute = 60_000;
/** Thirty numbers in one call (fulfillment.md §2.5); how often is our own modesty. */
const capabilities: CarrierCapabilities = {
  isOwn: true,
  perQuery: 30,
  againAfterMs: 10 * minute,
  refreshMs: 4 * 60 * minute,
};

/** FedEx, fulfillment.md §2.5. */
export default defineCarrier<Credentials>({
  name: { zh: '联邦快递', en: 'FedEx' },
  guide: {
    where: { zh: 'FedEx 开发者门户 developer.fedex.com', en: 'FedEx Developer Portal, developer.fedex.com' },
    who: { zh: '有联邦快递账号的管理员', en: 'whoever holds the FedEx account' },
    steps: [
      {
        zh: '建项目，勾选 Track，申请生产密钥',
        en: 'Make a project with Track, ask for production keys',
      },
      { zh: '把 client id 和 secret 写进 .env', en: 'Client id and secret go into .env' },
    ],
    without: {
      zh: '联邦件经快递100查，慢一些',
      en: 'FedEx parcels are asked about through Kuaidi100, slower',
    },
  },
  defaultBaseUrl: 'https://apis.fedex.com',
  credentials: z.object({
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
  }),
  create(context) {
    const post = createClient(context);
    return {
      capabilities,
      knows: (carrier) => carrierOf(carrier)?.own === 'fedex',
      async query(waybills, signal) {
        const body = {
          includeDetailedScans: true,
          trackingInfo: waybills.map(({ waybill }) => ({ trackingNumberInfo: { trackingNumber: waybill } })),
        };
        const path = '/track/v1/trackingnumbers';
        const answer = await post(path, body, signal);
        if (answer.status !== 200)
          throw new RejectedError(`POST ${path}: it refused (${answer.status})`, { code: `FEDEX_${answer.status}` });
        const read = Answer.safeParse(answer.json());
        if (!read.success) throw new RetryableError(`POST ${path}: no results`, { code: 'BAD_ANSWER' });
        const found = read.data.output.completeTrackResults;
        return waybills.map(({ waybill }) =>
          readResults(
            waybill,
            found
              .filter(({ trackingNumber }) => trackingNumber === waybill)
              .flatMap(({ trackResults }) => trackResults),
          ),
        );
      },
      pushes: null,
      labels: null,
    };
  },
});
