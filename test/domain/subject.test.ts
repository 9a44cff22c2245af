import { describe, expect, it } from 'vitest';
import { buyerSubject } from '../../src/domain/burst.ts';
import { fulfillmentSubject } from '../../src/domain/fulfillment.ts';
import { orderSubject } from '../../src/domain/order.ts';
import { parcelSubject } from '../../src/domain/parcel.ts';
import { lockSubject } from '../../src/domain/stock.ts';
import { parseSubject, sourceSubject } from '../../src/domain/subject.ts';

describe('a subject', () => {
  it('is read back as what it was written from', () => {
    expect(parseSubject(orderSubject('mini', '2026/11-1:2'))).toEqual({
      type: 'order',
      shopId: 'mini',
      channelOrderNo: '2026/11-1:2',
    });
    expect(parseSubject(fulfillmentSubject('wms', '7001'))).toEqual({
      type: 'fulfillment',
      systemId: 'wms',
      systemOrderNo: '7001',
    });
    expect(parseSubject(lockSubject('wms', '9.501.XZ/BK'))).toEqual({
      type: 'lock',
      systemId: 'wms',
      lockId: '9.501.XZ/BK',
    });
    expect(parseSubject(parcelSubject('sf1x'))).toEqual({ type: 'parcel', waybill: 'SF1X' });
    const key = { kind: 'buyer', value: 'hash', scope: 'taobao/10001' } as const;
    expect(parseSubject(buyerSubject(key))).toEqual({ type: 'buyer', key });
    for (const sourceId of ['shop:mini', 'system:wms.2', 'carrier:kd']) {
      expect(parseSubject(sourceSubject(sourceId))).toEqual({ type: 'source', sourceId });
    }
  });

  it.each([
    '',
    'order',
    'order:',
    'order:mini',
    'order:mini/',
    'lock:wms',
    'source:',
    'parcel:',
    'buyer:phone/x',
    'buyer:name/x/e164',
    'Order:mini/1',
  ])('is not "%s"', (text) => {
    expect(parseSubject(text)).toBeUndefined();
  });
});
