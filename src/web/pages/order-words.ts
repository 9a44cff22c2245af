import type { Text } from '../../domain/text.ts';

const text = (zh: string, en: string): Text => ({ zh, en });

export const t = {
  order: text('订单', 'Order'),
  tail: text('尾号', 'Ends in'),
  copyNo: text('完整单号', 'Full number'),
  shipBy: text('最晚发货', 'Ship by'),
  left: text('剩 {span}', '{span} left'),
  over: text('已超 {span}', '{span} late'),
  noShipBy: text('平台没给发货时限', 'The platform gave no ship-by time'),
  stuckIn: text('停在', 'Now'),
  next: text('下一步', 'next:'),
  because: text('原因：', 'reason: '),
  heldNow: text('暂停发货中', 'On hold'),
  finished: text('已签收', 'Delivered'),
  closedAt: text('订单已关闭', 'The order is closed'),
  unseen: text('仓内进度看不到', 'The warehouse stage cannot be seen'),
  unseenWhy: text('不返回这个店的单', 'does not tell the orders of this shop'),
  silent: text('没有应答，下面可能是旧的', 'does not answer; what stands here may be old'),
  now: text('现在', 'now'),
  ahead: text('还没', 'not yet'),
  notTold: text('时间没给', 'time not told'),
  cannotSee: text('看不到', 'not visible'),
  chain: text('走到哪了', 'Where it is'),
  lines: text('商品', 'Goods'),
  alerts: text('未了结的异常', 'Open alerts'),
  pastAlerts: text('以前的异常', 'Past alerts'),
  warehouse: text('仓库', 'Warehouse'),
  systemOrder: text('系统单号', 'System order'),
  noWarehouse: text('还没分仓', 'No warehouse yet'),
  noFulfillment: text('仓库系统里还没有这单', 'The warehouse system does not have this order yet'),
  statusThere: text('系统状态', 'Its own status'),
  parcels: text('包裹', 'Parcels'),
  noParcel: text('还没有运单', 'No waybill yet'),
  sameParcel: text('同包还有：', 'Also in this parcel: '),
  packedWith: text('同一仓单还有：', 'Also in this warehouse order: '),
  alone: text('没有别的单', 'no other order'),
  money: text('金额', 'Money'),
  paid: text('实付', 'Paid'),
  goods: text('货款', 'Goods'),
  freight: text('运费', 'Freight'),
  receiver: text('收货人', 'Receiver'),
  buyerNote: text('买家留言', 'Buyer note'),
  remark: text('备注', 'Remark'),
  sms: text('短信', 'Text message'),
  locks: text('占着这些货的锁', 'Locks on its stock'),
  noLocks: text('没有别的单占着这些货', 'Nothing else holds this stock'),
  pieces: text('件', 'pcs'),
  since: text('自', 'since'),
  by: text('由', 'by'),
  closedHolds: text('已关闭的单还占着', 'closed, yet still holds'),
  history: text('经过', 'History'),
  acts: text('谁做了什么', 'Who did what'),
  agreed: text('同意', 'agreed'),
  audit: text('审计记录', 'Audit'),
  holder: text('在处理', 'is on it'),
  nobody: text('没人接', 'nobody has it'),
  until: text('到', 'until'),
  resolved: text('已解除', 'resolved'),
  changed: text('有变化', 'changed'),
  yes: text('是', 'yes'),
  no: text('否', 'no'),
} satisfies Record<string, Text>;

export const lockKindWords = {
  order: text('订单锁', 'order lock'),
  pick: text('拣货锁', 'pick lock'),
  virtual: text('虚拟锁', 'virtual lock'),
  channel: text('渠道锁', 'channel lock'),
} as const;

export const smsKindWords = {
  remote: text('偏远地区提醒', 'remote area'),
  'picked-up': text('已揽收', 'picked up'),
  delivered: text('已送达', 'delivered'),
} as const;

/** "Sent" is what the provider took; only its receipt says that it arrived. */
export const smsStateWords = {
  waiting: text('等着发', 'waiting'),
  sending: text('正在发', 'being sent'),
  unknown: text('没回音，正在查证', 'no answer, being checked'),
  sent: text('已提交', 'handed over'),
  delivered: text('对方已收到', 'received'),
  failed: text('没发成', 'not sent'),
  unsaid: text('没发', 'left unsaid'),
} as const;

export const actionStateWords = {
  planned: text('准备中', 'planned'),
  writing: text('已提交', 'submitted'),
  unknown: text('没收到答复，正在查证', 'no answer, being checked'),
  settling: text('等系统确认', 'waiting for confirmation'),
  done: text('已完成', 'done'),
  refused: text('被系统拒绝', 'refused'),
  failed: text('没成功', 'failed'),
} as const;

const actWords: Readonly<Record<string, Text>> = {
  reroute: text('改仓', 'Reroute'),
  'release-lock': text('放开库存锁', 'Release a lock'),
  'retake-lock': text('锁回库存', 'Take the lock back'),
  replenish: text('补货', 'Ask for goods'),
  hold: text('暂停发货', 'Hold'),
  unhold: text('放行', 'Let it go'),
  note: text('写店铺备注', 'Note in the shop'),
  label: text('打面单', 'Make a label'),
  'void-label': text('作废面单', 'Void the label'),
  urgent: text('加急', 'Make it urgent'),
  calm: text('取消加急', 'No longer urgent'),
  'cancel-order': text('作废仓单', 'Cancel the warehouse order'),
};

const auditWords: Readonly<Record<string, Text>> = {
  ...actWords,
  'alert.claimed': text('认领异常', 'Took the alert'),
  'alert.snoozed': text('稍后再提醒', 'Snoozed the alert'),
  'alert.done': text('说已完成', 'Said it is done'),
  'alert.handed-over': text('转交异常', 'Handed the alert over'),
  'order.cause-labelled': text('标原因', 'Labelled the cause'),
  'label.open': text('打开面单', 'Opened the label'),
  'order.urged': text('记买家催单', 'Noted that the buyer urges'),
  'act.second-asked': text('请第二人同意', 'Asked for a second person'),
};

const stateWords: Readonly<Record<string, Text>> = {
  ...actionStateWords,
  confirmed: text('已确认', 'confirmed'),
  busy: text('另一操作还没结束', 'another act was running'),
};

export const actWord = (kind: string): Text => actWords[kind] ?? text(kind, kind);

/** `act.reroute.done` is said as what was done and how it ended. */
export function auditWord(action: string): Text {
  const [, kind = '', state = ''] = /^act\.(.+)\.([\w-]+)$/.exec(action) ?? [];
  const word = auditWords[action];
  if (word !== undefined || kind === '') return word ?? text(action, action);
  const ended = stateWords[state] ?? text(state, state);
  return { zh: `${actWord(kind).zh} ${ended.zh}`, en: `${actWord(kind).en}: ${ended.en}` };
}

export const resolutionWords = {
  cleared: text('情况已消除', 'the condition went away'),
  'in-time-learned-late': text('其实按时了，消息晚到', 'was in time; we learned late'),
  person: text('人处理完', 'done by a person'),
  'rule-off': text('规则已关', 'the rule was switched off'),
} as const;

/** Facts of events that may stand on a page. Everything else (receiver, identities) stays out. */
export const factWords: Readonly<Record<string, Text>> = {
  status: text('平台状态', 'status'),
  stage: text('环节', 'stage'),
  refund: text('退款', 'refund'),
  held: text('暂停', 'hold'),
  reason: text('原因', 'reason'),
  cause: text('标的原因', 'labelled cause'),
  warehouseCode: text('仓', 'warehouse'),
  carrier: text('快递', 'carrier'),
  waybill: text('运单', 'waybill'),
  sourceStatus: text('系统状态', 'its status'),
  closed: text('关闭', 'closed'),
  shipBy: text('最晚发货', 'ship by'),
  paidAt: text('付款', 'paid'),
  sortedAt: text('分拣', 'sorted'),
  shippedAt: text('发货', 'shipped'),
  scannedAt: text('揽收', 'scanned'),
  deliveredAt: text('签收', 'delivered'),
};
