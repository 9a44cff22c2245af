/** The adapters that talk to a carrier itself. */
export type OwnPath = 'sf' | 'dhl' | 'fedex';

/** A carrier by our own id, with the names and codes under which channels, warehouse systems and providers know it. */
export interface CarrierRow {
  readonly id: string;
  readonly names: readonly string[];
  /** Its own interface; missing: it is reached through Kuaidi100 alone. */
  readonly own?: OwnPath;
  /** Kuaidi100's code of it (fulfillment.md §2.2: company, com). */
  readonly kuaidi100: string;
}

/** The twelve that are tested row by row. */
export const twelve: readonly CarrierRow[] = [
  { id: 'dhl', names: ['dhl express', 'dhl国际快递'], own: 'dhl', kuaidi100: 'dhl' },
  { id: 'fedex', names: ['联邦', '联邦快递'], own: 'fedex', kuaidi100: 'fedex' },
  { id: 'ups', names: ['ups国际快递'], kuaidi100: 'ups' },
  { id: 'sf', names: ['shunfeng', '顺丰', '顺丰速运', '顺丰快递'], own: 'sf', kuaidi100: 'shunfeng' },
  // The same waybills, whoever carries them on: Kuaidi100 asks the same company.
  { id: 'sf-intl', names: ['sf international', 'sfb2c', '顺丰国际'], own: 'sf', kuaidi100: 'shunfeng' },
  // Its code is from memory: UNVERIFIED.
  { id: 'cainiao', names: ['cainiao global', '菜鸟', '菜鸟国际', '菜鸟速递'], kuaidi100: 'cainiao' },
  { id: 'zto', names: ['zhongtong', '中通', '中通快递', '中通速递'], kuaidi100: 'zhongtong' },
  { id: 'yto', names: ['yuantong', '圆通', '圆通速递', '圆通快递'], kuaidi100: 'yuantong' },
  { id: 'sto', names: ['shentong', '申通', '申通快递'], kuaidi100: 'shentong' },
  { id: 'yunda', names: ['yd', '韵达', '韵达快递', '韵达速递'], kuaidi100: 'yunda' },
  { id: 'ems', names: ['邮政ems', '邮政特快'], kuaidi100: 'ems' },
  { id: 'jd', names: ['jdl', 'jdkd', '京东', '京东快递', '京东物流'], kuaidi100: 'jd' },
];

const others: readonly CarrierRow[] = [
  { id: 'jt', names: ['jtexpress', 'jtsd', '极兔', '极兔速递', '极兔快递'], kuaidi100: 'jtexpress' },
  {
    id: 'post',
    names: ['youzhengguonei', 'postb', 'yzpy', '邮政', '邮政快递包裹', '中国邮政'],
    kuaidi100: 'youzhengguonei',
  },
  { id: 'deppon', names: ['debangkuaidi', 'dbkd', 'db', 'dbl', '德邦', '德邦快递'], kuaidi100: 'debangkuaidi' },
  { id: 'best', names: ['huitongkuaidi', 'htky', '百世', '百世快递', '百世汇通'], kuaidi100: 'huitongkuaidi' },
  { id: 'kye', names: ['kuayue', 'ky', '跨越', '跨越速运'], kuaidi100: 'kuayue' },
];

const byName = new Map(
  [...twelve, ...others].flatMap((row) => [row.id, ...row.names].map((name) => [name.toLowerCase(), row])),
);

/** A carrier, whoever names it; undefined when nobody here knows that name. */
export const carrierOf = (name: string): CarrierRow | undefined => byName.get(name.trim().toLowerCase());

/** Our id of a carrier, whoever names it. */
export const carrierId = (name: string): string | undefined => carrierOf(name)?.id;
