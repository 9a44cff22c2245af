import { encodeGbk } from './gbk.ts';

const minute = 60_000;
const headings =
  '内部订单号,线上订单号,店铺,订单状态,异常类型,订单类型,下单时间,付款日期,发货日期,计划发货日期,应付金额,已付金额,运费,买家账号,收货人,手机,省,市,区县,收货地址,快递公司,快递单号,买家留言,卖家备注,退款状态,商品编码,款式编码,商品名称,颜色规格,数量,商品单价,是否赠品,发货仓';

/**
 * An export of 聚水潭 with so many orders in GBK, the newest placed at `until`: seven of ten sent, one of twenty with a gift
 * in a row of its own. Everything in it is made up.
 */
export function erpExport(orders: number, until: number): Uint8Array<ArrayBuffer> {
  const rows = [headings];
  for (let index = 0; index < orders; index += 1) {
    const placedAt = until - (orders - index) * 2_000;
    const paidAt = placedAt + minute / 2;
    const isSent = index % 10 < 7;
    const state = isSent ? '已发货' : index % 10 === 7 ? '发货中' : index % 10 === 8 ? '已付款待审核' : '已客审待财审';
    const order = [
      String(1_000_000 + index),
      `="${2_611_240_000_000_000n + BigInt(index) * 7n}01"`,
      '天猫旗舰店',
      state,
      '',
      '普通订单',
      beijing(placedAt),
      beijing(paidAt),
      isSent ? beijing(Math.min(until, paidAt + 90 * minute)) : '',
      beijing(paidAt + 48 * 60 * minute),
      '"1,199.00"',
      '1199.00',
      '0.00',
      `tb${index % 9_000}**`,
      '张三',
      `1${3_000_000_000 + index}`,
      '浙江省',
      '杭州市',
      '滨江区',
      `江南大道${index % 999}号`,
      isSent ? '中通快递' : '',
      isSent ? `78${100_000_000_000 + index}` : '',
      '',
      index % 50 === 0 ? '老客户，多放一包纸巾' : '',
      '',
    ].map((cell) => (cell.includes(',') && !cell.startsWith('"') ? `"${cell}"` : cell));
    rows.push(
      [...order, `XZ-${index % 300}-L`, `XZ-${index % 300}`, '绣字卫衣', '黑L', '1', '1199.00', '否', '杭州仓'].join(
        ',',
      ),
    );
    if (index % 20 === 0) rows.push([...order, 'GIFT-1', 'GIFT', '袜子', '白', '1', '0', '是', '杭州仓'].join(','));
  }
  rows.push(`合计,,,,,,,,,,${orders * 1_199},${orders * 1_199}${','.repeat(21)}`);
  return encodeGbk(`${rows.join('\r\n')}\r\n`);
}

const beijing = (at: number): string => new Date(at + 8 * 60 * minute).toISOString().slice(0, 19).replace('T', ' ');
