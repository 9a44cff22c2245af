/** 14:00 in Beijing on a Tuesday. */
export const startAt = Date.UTC(2026, 10, 10, 6);
export const linesPerOrder = 1.6;

const surnames = '赵钱孙李周吴郑王冯陈';
const cities = ['杭州市', '宁波市', '广州市', '西安市', '成都市'];

/** A paid order as the mini-program shop tells it (channels.md §6); every number gives another one. */
export function miniOrder(
  index: number,
  paidAt: number,
): { readonly order_no: string; readonly [field: string]: unknown } {
  const no = `20261110${String(index).padStart(8, '0')}`;
  const items = Array.from({ length: index % 5 < 3 ? 2 : 1 }, (_, line) => ({
    line_id: `${no}-${line + 1}`,
    sku: `XZ${String((index * 347 + line * 131) % 800).padStart(3, '0')}-BK-${'SML'[index % 3]}`,
    title: `绣字卫衣 加绒圆领 黑 ${'SML'[index % 3]}`,
    qty: 1 + (index % 2),
    unit_price: 19_900,
    paid: 19_900 * (1 + (index % 2)),
  }));
  const amount = items.reduce((sum, { paid }) => sum + paid, 0);
  return {
    order_no: no,
    status: 'paid',
    created_at: paidAt - 40,
    paid_at: paidAt,
    updated_at: paidAt,
    closed_at: null,
    ship_by: paidAt + 172_800,
    amount,
    freight: 800,
    paid_amount: amount + 800,
    currency: 'CNY',
    buyer_id: `u${(index * 7_919) % 40_000}`,
    buyer_note: index % 4 === 0 ? '绣字：平安喜乐' : '',
    remark: null,
    flag: '',
    held: false,
    refund: null,
    items,
    receiver: {
      name: `${surnames[index % 10]}小明`,
      phone: `138${String(10_000_000 + ((index * 7_919) % 60_000))}`,
      province: '浙江省',
      city: cities[index % 5],
      district: '西湖区',
      address: `文三路 ${index % 900} 号 2 幢 303`,
    },
    shipments: [],
  };
}

/** As many orders, each as the JSON text that it comes as. */
export const payloadsOf = (orders: number): readonly string[] =>
  Array.from({ length: orders }, (_, index) =>
    JSON.stringify(miniOrder(index, Math.floor(startAt / 1_000) + (index % 3_000))),
  );

/** The answers to `GET /v1/orders`, page by page. */
export function pagesOf(payloads: readonly string[], size: number): readonly string[] {
  const pages: string[] = [];
  for (let from = 0; from < payloads.length; from += size) {
    const next = from + size < payloads.length ? String(pages.length + 1) : null;
    pages.push(`{"orders":[${payloads.slice(from, from + size).join(',')}],"next_cursor":${JSON.stringify(next)}}`);
  }
  return pages;
}
