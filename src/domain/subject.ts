import type { IdentityKey } from './order.ts';

/** What an alert or a deadline is about. The text form is stored; this is its meaning. */
export type Subject =
  | { readonly type: 'order'; readonly shopId: string; readonly channelOrderNo: string }
  | { readonly type: 'fulfillment'; readonly systemId: string; readonly systemOrderNo: string }
  | { readonly type: 'lock'; readonly systemId: string; readonly lockId: string }
  | { readonly type: 'parcel'; readonly waybill: string }
  | { readonly type: 'buyer'; readonly key: IdentityKey }
  | { readonly type: 'source'; readonly sourceId: string }
  | { readonly type: 'warehouse'; readonly warehouseId: string }
  | { readonly type: 'style'; readonly style: string }
  | { readonly type: 'sku'; readonly sku: string };

export function parseSubject(text: string): Subject | undefined {
  const source = /^source:(.+)$/.exec(text)?.[1];
  if (source !== undefined) return { type: 'source', sourceId: source.replace('.', ':') };
  const parcel = /^parcel:(.+)$/.exec(text)?.[1];
  if (parcel !== undefined) return { type: 'parcel', waybill: parcel };
  const [, kind, value = '', scope = ''] = /^buyer:(phone|receiver|buyer|mask)\/([^/]+)\/(.*)$/.exec(text) ?? [];
  if (kind !== undefined) return { type: 'buyer', key: { kind: kind as IdentityKey['kind'], value, scope } };
  const [, whole, id = ''] = /^(warehouse|style|sku):(.+)$/.exec(text) ?? [];
  if (whole === 'warehouse') return { type: whole, warehouseId: id };
  if (whole === 'style') return { type: whole, style: id };
  if (whole === 'sku') return { type: whole, sku: id };
  const [, type, owner = '', name = ''] = /^(order|fulfillment|lock):([^/]+)\/(.+)$/.exec(text) ?? [];
  switch (type) {
    case 'order':
      return { type, shopId: owner, channelOrderNo: name };
    case 'fulfillment':
      return { type, systemId: owner, systemOrderNo: name };
    case 'lock':
      return { type, systemId: owner, lockId: name };
    default:
      return undefined;
  }
}

/** `source:shop:mini` is written `source:shop.mini`, so that the first colon always ends the type. */
export const sourceSubject = (sourceId: string): string => `source:${sourceId.replace(':', '.')}`;

export const warehouseSubject = (warehouseId: string): string => `warehouse:${warehouseId}`;

export const styleSubject = (style: string): string => `style:${style}`;

export const skuSubject = (sku: string): string => `sku:${sku}`;
