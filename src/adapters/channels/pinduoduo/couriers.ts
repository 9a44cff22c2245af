/** The platform's numbers of couriers (`pdd.logistics.companies.get`): those that we know by name. */
const couriers: Readonly<Record<string, string>> = {
  '1': '申通快递',
  '3': '百世快递',
  '44': '顺丰快递',
  '85': '圆通快递',
  '115': '中通快递',
  '118': '邮政EMS',
  '120': '京东快递',
  '121': '韵达快递',
  '131': '德邦快递',
  '132': '邮政快递包裹',
  '135': '联邦快递',
  '183': '跨越速运',
  '246': 'UPS',
  '384': '极兔速递',
};

/** A courier's name; its number where we know none. */
export const courierOf = (logisticsId: string): string => couriers[logisticsId] ?? logisticsId;
