import { z } from 'zod';
import { RejectedError, RetryableError } from '../../../domain/errors.ts';
import { type CarrierCapabilities, defineCarrier, type Tracking, type Waybill } from '../../../ports/carrier.ts';
import { carrierOf } from '../carriers.ts';
import { nothingOf } from '../tracking.ts';
import { type Credentials, createClient, Fault } from './client.ts';
import { readShipments, Shipments } from './tracking.ts';

const minute = 60_000;
/** A few hundred calls a day, and not the same shipment more than ten times (fulfillment.md §2.5): hence 200 in one call. */
const capabilities: CarrierCapabilities = {
  isOwn: true,
  perQuery: 200,
  againAfterMs: 30 * minute,
  refreshMs: 4 * 60 * minute,
};

/** DHL Express over MyDHL, fulfillment.md §2.5. */
export default defineCarrier<Credentials>({
  name: { zh: 'DHL 国际快递', en: 'DHL Express' },
  guide: {
    where: { zh: 'MyDHL API developer.dhl.com', en: 'MyDHL API, developer.dhl.com' },
    who: { zh: '有 DHL 月结账号的管理员', en: 'whoever holds the DHL account' },
    steps: [
      { zh: '申请 MyDHL API，开通追踪', en: 'Ask for the MyDHL API with tracking' },
      { zh: '把 key 和 secret 写进 .env', en: 'Key and secret go into .env' },
    ],
    without: {
      zh: 'DHL 件经快递100查，慢一些',
      en: 'DHL parcels are asked about through Kuaidi100, slower',
    },
  },
  defaultBaseUrl: 'https://express.api.dhl.com/mydhlapi',
  credentials: z.object({
    apiKey: z.string().min(1),
    apiSecret: z.string().min(1),
  }),
  create(context) {
    const get = createClient(context);
    async function query(waybills: readonly Waybill[], signal: AbortSignal): Promise<readonly Tracking[]> {
      const search = new URLSearchParams();
      for (const { waybill } of waybills) search.append('shipmentTrackingNumber', waybill);
      search.append('trackingView', 'all-checkpoints');
      search.append('levelOfDetail', 'shipment');
      search.append('requestGMTOffsetPerEvent', 'true');
      const answer = await get(`/tracking?${search.toString()}`, signal);
      const body = answer.json();
      // None of them was scanned yet; a 404 of anybody else's is no answer of theirs.
      if (answer.status === 404 && Fault.safeParse(body).success)
        return waybills.map(({ waybill }) => nothingOf(waybill));
      // One number that is none of theirs spoils the call: the others are asked for without it.
      if (answer.status === 400 || answer.status === 422) {
        const half = Math.ceil(waybills.length / 2);
        if (half < waybills.length)
          return [...(await query(waybills.slice(0, half), signal)), ...(await query(waybills.slice(half), signal))];
        return waybills.map(({ waybill }) => nothingOf(waybill, `DHL_${answer.status}`));
      }
      if (answer.status !== 200)
        throw new RejectedError(`GET /tracking: it refused (${answer.status})`, { code: `DHL_${answer.status}` });
      const read = Shipments.safeParse(body);
      if (!read.success) throw new RetryableError('GET /tracking: no shipments', { code: 'BAD_ANSWER' });
      return waybills.map(({ waybill }) => readShipments(waybill, read.data.shipments));
    }
    return {
      capabilities,
      knows: (carrier) => carrierOf(carrier)?.own === 'dhl',
      query,
      pushes: null,
      labels: null,
    };
  },
});
