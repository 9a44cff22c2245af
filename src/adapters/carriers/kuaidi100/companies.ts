import { carrierId, carrierOf } from '../carriers.ts';

/** They answer only to whoever knows the last four digits of the receiver's phone (fulfillment.md §2.2, §2.3). */
const phoneChecked: ReadonlySet<string> = new Set(['shunfeng', 'zhongtong', 'kuayue']);

/** Kuaidi100's code of a carrier by any of its names. */
export const companyCode = (carrier: string): string | undefined => carrierOf(carrier)?.kuaidi100;

/** Our id for one of Kuaidi100's codes; a carrier that we have no id for keeps theirs. */
export const carrierOfCode = (code: string): string => carrierId(code) ?? code;

export const needsPhone = (code: string): boolean => phoneChecked.has(code);
