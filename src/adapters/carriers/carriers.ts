/** A carrier by our own id, with the names and codes under which channels, warehouse systems and providers know it. */
interface CarrierNames {
  readonly id: string;
  readonly names: readonly string[];
}

const carriers: readonly CarrierNames[] = [
  { id: 'sf', names: ['shunfeng', '顺丰', '顺丰速运', '顺丰快递'] },
  { id: 'zto', names: ['zhongtong', '中通', '中通快递', '中通速递'] },
  { id: 'yto', names: ['yuantong', '圆通', '圆通速递', '圆通快递'] },
  { id: 'sto', names: ['shentong', '申通', '申通快递'] },
  { id: 'yunda', names: ['yd', '韵达', '韵达快递', '韵达速递'] },
  { id: 'jt', names: ['jtexpress', 'jtsd', '极兔', '极兔速递', '极兔快递'] },
  { id: 'jd', names: ['jdl', 'jdkd', '京东', '京东快递', '京东物流'] },
  { id: 'ems', names: ['ems', '邮政ems', '邮政特快'] },
  { id: 'post', names: ['youzhengguonei', 'postb', 'yzpy', '邮政', '邮政快递包裹', '中国邮政'] },
  { id: 'deppon', names: ['debangkuaidi', 'dbkd', 'db', 'dbl', '德邦', '德邦快递'] },
  { id: 'best', names: ['huitongkuaidi', 'htky', '百世', '百世快递', '百世汇通'] },
  { id: 'kye', names: ['kuayue', 'ky', '跨越', '跨越速运'] },
  { id: 'dhl', names: ['dhl', 'dhl express', 'dhl国际快递'] },
  { id: 'fedex', names: ['fedex', '联邦', '联邦快递'] },
  { id: 'ups', names: ['ups', 'ups国际快递'] },
];

const byName = new Map(
  carriers.flatMap((carrier) => [carrier.id, ...carrier.names].map((name) => [name.toLowerCase(), carrier.id])),
);

/** Our id of a carrier, whoever names it; undefined when nobody here knows that name. */
export const carrierId = (name: string): string | undefined => byName.get(name.trim().toLowerCase());
