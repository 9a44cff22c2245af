import { type Button, type Card, type Line, line, notice } from '../domain/card.ts';
import { type DeductionSum, deductionWords } from '../domain/deduction.ts';
import type { Stage } from '../domain/stage.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { stageWords } from './stage-words.ts';
import { clockTime, dateTime, moreLines, say, span } from './words.ts';

export interface OrderCardModel {
  readonly id: string;
  readonly no: string;
  readonly tail: string;
  readonly stage: Stage;
  readonly stageAt: number;
  readonly shipBy: number | null;
  readonly shop: string;
  readonly warehouse: string | null;
  readonly title: string;
  readonly qty: number;
  readonly moreLines: number;
  readonly surname: string;
  readonly notSeen: Text | null;
  readonly cause: Text | null;
  /** What a sheet calls its state, where nothing but sheets tells of it; empty = not to be said. */
  readonly sheetSaid: string;
  /** A person said that it goes first. */
  readonly isUrgent: boolean;
  readonly isHeld: boolean;
  readonly isRefunding: boolean;
  readonly mend: { readonly label: Text; readonly command: string } | null;
  readonly parcels: readonly { readonly carrier: string; readonly waybill: string }[];
  readonly companions: readonly string[];
  /** Its waybill is with the platform, and the warehouse has not packed it: platforms fine that (虚假发货). */
  readonly isUploadedEarly: boolean;
  readonly alerts: readonly number[];
  /** What its platform took for it, by its bills; empty = nothing that we know of. */
  readonly deducted: readonly DeductionSum[];
  readonly data: { readonly name: string; readonly at: number } | null;
  readonly now: number;
  readonly timezone: string;
}

/** Stage, reason, ship-by, parcels, alerts; the last line can be pasted to the buyer. */
export function orderCard(model: OrderCardModel, language: Language): Card {
  const zh = language === 'zh';
  const { now, timezone } = model;
  const isOver = ['shipped', 'scanned', 'delivered', 'closed'].includes(model.stage);
  const left =
    model.shipBy === null || isOver
      ? ''
      : model.shipBy > now
        ? zh
          ? ` · 剩 ${span(model.shipBy - now, language)}`
          : ` · ${span(model.shipBy - now, language)} left`
        : zh
          ? ` · 已过时限 ${span(now - model.shipBy, language)}`
          : ` · ${span(now - model.shipBy, language)} past ship-by`;
  const rest = moreLines(model.moreLines, language);
  const lines: Line[] = [
    line(
      `${model.isUrgent ? (zh ? '加急 · ' : 'Urgent · ') : ''}${model.tail} · ${say(stageWords[model.stage], language)} ${dateTime(model.stageAt, timezone, language)}${left}`,
    ),
    line(
      foreign(model.title),
      `${rest} ×${model.qty} · ${model.warehouse ?? (zh ? '未分仓' : 'no warehouse yet')} · ${model.shop}`,
      ...(model.surname === '' ? [] : [' · ', foreign(model.surname)]),
    ),
  ];
  if (model.notSeen !== null) lines.push(line(say(model.notSeen, language)));
  if (model.cause !== null) lines.push(line(say(model.cause, language)));
  if (model.sheetSaid !== '') lines.push(line(zh ? '表里：' : 'The sheet says: ', foreign(model.sheetSaid)));
  for (const parcel of model.parcels.slice(0, 2))
    lines.push(line(zh ? '包裹 ' : 'Parcel ', foreign(`${parcel.carrier} ${parcel.waybill}`)));
  const besides: string[] = [];
  if (model.isUploadedEarly)
    besides.push(
      zh
        ? '单号已上传，仓库还没打包：会被算虚假发货'
        : 'The waybill is uploaded and nothing is packed: platforms fine that',
    );
  if (model.companions.length > 0) {
    const tails = model.companions.map((tail) => `…${tail}`);
    besides.push(zh ? `同包裹：${tails.join('、')}` : `Same parcel: ${tails.join(', ')}`);
  }
  if (model.alerts.length > 0)
    besides.push(
      zh
        ? `没解决：${model.alerts.map((number) => `${number}号`).join('、')}`
        : `Open: ${model.alerts.map((number) => `no. ${number}`).join(', ')}`,
    );
  if (model.data !== null && now - model.data.at > 120_000)
    besides.push(`${zh ? '数据' : 'data'} ${model.data.name} ${clockTime(model.data.at, timezone)}`);
  if (model.deducted.length > 0) besides.push(say(deductionWords(model.deducted), language));
  if (besides.length > 0) lines.push(line(besides.join(' · ')));
  const buyer = !isOver && model.isRefunding ? refunding : !isOver && model.isHeld ? held : toBuyer[model.stage];
  lines.push(line(zh ? `回买家：${buyer.zh}` : `For the buyer: ${buyer.en}`));
  const buttons: Button[] =
    model.mend === null
      ? []
      : [{ label: say(model.mend.label, language), command: model.mend.command, style: 'primary' }];
  return { tone: 'info', lines, buttons, link: { label: zh ? '详情' : 'Details', path: `/o/${model.id}` } };
}

const refunding: Text = { zh: '亲，退款申请已收到，正在处理', en: 'we have your refund request; it is being handled' };
const held: Text = { zh: '亲，订单暂停发货，正在人工核对', en: 'your order is on hold and being checked by a person' };

/** Says what is, promises nothing. */
const toBuyer: Readonly<Record<Stage, Text>> = {
  placed: { zh: '亲，订单还没有付款哦', en: 'your order has not been paid yet' },
  paid: { zh: '亲，已收到付款，正在安排仓库', en: 'we have your payment and are assigning a warehouse' },
  queued: { zh: '亲，仓库已收到订单，正在排队拣货', en: 'the warehouse has your order; it waits to be picked' },
  review: { zh: '亲，订单正在人工复核', en: 'your order is being checked by a person' },
  sorting: { zh: '亲，仓库正在拣货', en: 'the warehouse is picking your order' },
  packed: { zh: '亲，已打包，等快递来取', en: 'it is packed and waits for the carrier' },
  labelled: { zh: '亲，快递单已开好，等仓库发出', en: 'its waybill is made; the warehouse is about to send it' },
  shipped: { zh: '亲，已发出，物流更新后可查', en: 'it has been sent; tracking shows once the carrier updates' },
  scanned: { zh: '亲，快递已揽收，可以查物流了', en: 'the carrier has it; you can follow it' },
  delivered: { zh: '亲，物流显示已签收', en: 'the carrier shows it as delivered' },
  closed: { zh: '亲，这个订单已关闭', en: 'this order is closed' },
};

/** Many orders: one line each. */
export function orderListCard(
  orders: readonly { tail: string; stage: Stage; surname: string; title: string }[],
  language: Language,
  note: string | null,
): Card {
  const shown = orders.slice(0, 12);
  const rest = orders.length - shown.length;
  return notice(
    'info',
    ...(note === null ? [] : [note]),
    ...shown.map((each) =>
      line(
        `${each.tail} · ${say(stageWords[each.stage], language)} · `,
        foreign(each.title),
        ...(each.surname === '' ? [] : [' · ', foreign(each.surname)]),
      ),
    ),
    ...(rest > 0 ? [language === 'zh' ? `…还有 ${rest} 单` : `… ${rest} more`] : []),
  );
}
