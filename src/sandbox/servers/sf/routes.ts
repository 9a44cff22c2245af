import { z } from 'zod';
import { beijing } from '../../world/time.ts';
import { companyOf, phoneFits, tracesOf } from '../../world/tracking-service.ts';
import { inner, type Service } from './envelope.ts';

const Query = z.object({
  trackingType: z.enum(['1', '2']),
  trackingNumber: z.array(z.string().min(1)).min(1),
  checkPhoneNo: z.string().default(''),
});

/** opCodes of what couriers note down (fulfillment.md §2.4). */
const opCodes: Readonly<Record<string, string>> = {
  collected: '50',
  in_transit: '31',
  forwarded: '36',
  customs: '30',
  out_for_delivery: '204',
  delivered: '80',
  refused: '70',
  returning: '99',
  returned: '648',
};

/** What happened to at most ten waybills; one whose phone does not fit has no routes, like one that nobody scanned. */
export const searchRoutes: Service = ({ world }, message) => {
  const query = Query.safeParse(message);
  if (!query.success) return inner('S0001', '非法的JSON格式', null);
  const { trackingNumber, checkPhoneNo } = query.data;
  if (trackingNumber.length > 10) return inner('8003', '查询单号超过最大限制', null);
  const now = world.clock.now();
  const routeResps = trackingNumber.map((mailNo) => {
    const seen = phoneFits(world, mailNo, 'shunfeng', checkPhoneNo)
      ? tracesOf(world, mailNo, now).filter(({ carrier }) => companyOf[carrier] === 'shunfeng')
      : [];
    const routes = seen.map(({ at, status, text }) => ({
      acceptTime: beijing(at),
      acceptAddress: '杭州市',
      remark: text,
      opCode: opCodes[status] ?? '407',
    }));
    return { mailNo, routes };
  });
  return inner('S0000', null, { routeResps });
};
