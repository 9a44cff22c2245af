import type { ArgKind } from '../../domain/menu.ts';
import type { OrderView } from '../../domain/order.ts';
import type { Severity } from '../../domain/rule.ts';
import type { Language, Text } from '../../domain/text.ts';

/** Picks the reader's language. */
export type Say = (text: Text) => string;

export const sayIn =
  (language: Language): Say =>
  (text) =>
    text[language];

const text = (zh: string, en: string): Text => ({ zh, en });

export const severityWords: Readonly<Record<Severity, Text>> = {
  critical: text('紧急', 'Critical'),
  warning: text('注意', 'Warning'),
  info: text('提示', 'Info'),
};

export const argWords: Readonly<Record<ArgKind, Text>> = {
  order: text('单号', 'order'),
  orders: text('单号…', 'orders'),
  alert: text('几号', 'alert'),
  about: text('几号或单号', 'alert or order'),
  warehouse: text('仓库', 'warehouse'),
  sku: text('SKU', 'SKU'),
  style: text('款式', 'style'),
  duration: text('多久', 'how long'),
  person: text('@谁', '@who'),
  role: text('角色', 'role'),
  code: text('码', 'code'),
  text: text('说明', 'words'),
};

export const refundWords: Readonly<Record<OrderView['refund'], Text>> = {
  none: text('没有退款', 'No refund'),
  requested: text('买家申请退款', 'Refund requested'),
  accepted: text('已同意退款', 'Refund accepted'),
  done: text('已退款', 'Refunded'),
  closed: text('退款已关闭', 'Refund closed'),
};

export const statusWords: Readonly<Record<OrderView['status'], Text>> = {
  created: text('待付款', 'Unpaid'),
  paid: text('已付款', 'Paid'),
  allocated: text('已分仓', 'Allocated'),
  picking: text('拣货中', 'Picking'),
  shipped: text('已发货', 'Shipped'),
  in_transit: text('运输中', 'In transit'),
  delivered: text('已签收', 'Delivered'),
  closed: text('已关闭', 'Closed'),
  refunding: text('退款中', 'Refunding'),
  refunded: text('已退款', 'Refunded'),
  unknown: text('平台状态未识别', 'Unrecognised platform status'),
};

/** Short names of the built-in rules; another rule is called by its id. */
const ruleNames: Readonly<Record<string, Text>> = {
  'paid-not-sorted': text('付款后没进分拣', 'Paid, not in sorting'),
  'same-buyer-burst': text('同一买家连下多单', 'Many orders by one buyer'),
  'tracking-stalled': text('物流不动', 'Tracking stalled'),
  'ship-by-risk': text('快超发货时限', 'Ship-by at risk'),
  'backlog-over-capacity': text('积压超过产能', 'Backlog over capacity'),
  'pickup-by-risk': text('快超揽收时限', 'Pick-up at risk'),
  overtaken: text('被后来的单超过', 'Overtaken by later orders'),
  'refund-not-stopped': text('退款没拦住', 'Refund not stopped'),
  'address-change-requested': text('买家要改地址', 'Address change requested'),
  'source-silent': text('数据源静默', 'Source silent'),
  'lock-orphaned': text('库存被关闭单占着', 'Stock held by a closed order'),
  'stock-short': text('缺货', 'Stock short'),
  'labels-stopped': text('面单停了', 'No labels'),
  spike: text('突然爆单', 'Order spike'),
  'waybill-balance-low': text('面单余额不足', 'Label balance low'),
  'cycle-red': text('履约周期红灯', 'Cycle is red'),
  'bonded-direct': text('保税仓直发', 'Bonded direct'),
  'embroidery-review': text('刺绣待复核', 'Embroidery review'),
  'cross-border-label': text('跨境面单', 'Cross-border label'),
  'remote-area': text('偏远地区', 'Remote area'),
  'gift-gate': text('赠品没勾', 'Gift not ticked'),
  'urge-words': text('买家催单', 'Buyer urges'),
  'complaint-words': text('客诉', 'Complaint'),
  'night-care': text('夜间关怀', 'Night care'),
  'low-stock-pool': text('爆款库存告急', 'Low stock'),
};

export const ruleName = (ruleId: string): Text => ruleNames[ruleId] ?? text(ruleId, ruleId);

export const words = {
  product: text('订单作战室', 'Order war room'),
  room: text('群聊', 'Room'),
  board: text('看板', 'Board'),
  importing: text('导入', 'Import'),
  checkUp: text('体检', 'Check-up'),
  login: text('登录', 'Log in'),
  logout: text('退出', 'Log out'),
  otherLanguage: text('English', '中文'),
  skip: text('跳到正文', 'Skip to content'),
  sandbox: text('模拟公司', 'Sandbox'),
  whoAreYou: text('你现在是谁？', 'Who are you now?'),
  send: text('发送', 'Send'),
  details: text('看详情', 'Details'),
  bot: text('作战机器人', 'War-room bot'),
  loginFirst: text('登录后可操作', 'Log in to act'),
} as const;
