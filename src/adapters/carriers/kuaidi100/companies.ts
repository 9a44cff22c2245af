import { carrierId } from '../carriers.ts';

/** Kuaidi100's codes of the carriers (fulfillment.md §2.2: company, com). */
const codes: Readonly<Record<string, string>> = {
  sf: 'shunfeng',
  zto: 'zhongtong',
  yto: 'yuantong',
  sto: 'shentong',
  yunda: 'yunda',
  jt: 'jtexpress',
  jd: 'jd',
  ems: 'ems',
  post: 'youzhengguonei',
  deppon: 'debangkuaidi',
  best: 'huitongkuaidi',
  kye: 'kuayue',
  dhl: 'dhl',
  fedex: 'fedex',
  ups: 'ups',
};

/** They answer only to whoever knows the last four digits of the receiver's phone (fulfillment.md §2.2, §2.3). */
const phoneChecked: ReadonlySet<string> = new Set(['shunfeng', 'zhongtong', 'kuayue']);

/** Kuaidi100's code of a carrier by any of its names. */
export function companyCode(carrier: string): string | undefined {
  const id = carrierId(carrier);
  return id === undefined ? undefined : codes[id];
}

/** Our id for one of Kuaidi100's codes; a carrier that we have no id for keeps theirs. */
export const carrierOfCode = (code: string): string => carrierId(code) ?? code;

export const needsPhone = (code: string): boolean => phoneChecked.has(code);
