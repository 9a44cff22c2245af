import { type Button, type Card, type Line, line, notice } from '../domain/card.ts';
import { type HoldReason, holdReasonNames } from '../domain/hold-reason.ts';
import type { Order } from '../domain/order.ts';
import type { Stage } from '../domain/stage.ts';
import { foreign, type Language, type Piece, type Text } from '../domain/text.ts';
import { stageWords } from './stage-words.ts';
import { clockTime, say, span } from './words.ts';

/** An order as a preview names it: what a person must see before a yes. Style, colour, size and surname before money. */
export interface NamedOrder {
  readonly tail: string;
  readonly no: string;
  readonly title: string;
  readonly surname: string;
  readonly qty: number;
}

const named = ({ tail, title, surname, qty }: NamedOrder, language: Language): Piece[] => {
  const zh = language === 'zh';
  return [
    `${tail}${zh ? '（' : ' ('}`,
    foreign(title),
    ` ×${qty}`,
    ...(surname === '' ? [] : [zh ? '，' : ', ', foreign(surname)]),
    zh ? '）' : ')',
  ];
};

export const answer = (words: string, yes: Text, language: Language): Button[] => {
  const zh = language === 'zh';
  return [
    { label: say(yes, language), command: `${zh ? '确认' : 'yes'} ${words}`, style: 'primary' },
    { label: zh ? '不做' : 'Cancel', command: `${zh ? '取消' : 'no'} ${words}`, style: 'plain' },
  ];
};

const undoSoon: Text = { zh: '30 分钟内可撤销', en: 'undo within 30 min' };
const byHandOnly: Text = { zh: '不能用命令撤销', en: 'no command takes it back' };
const undoable: Text = { zh: '拣货前 30 分钟内可撤销', en: 'undo within 30 min, before picking' };

/** How to answer by typing, and until when. */
export const howTo = (words: string, minutes: number, undo: Text, language: Language): Line =>
  line(
    language === 'zh'
      ? `回“确认 ${words}”也行 · ${minutes} 分钟内有效 · ${undo.zh}`
      : `or answer "yes ${words}" · valid ${minutes} min · ${undo.en}`,
  );

export interface Candidate {
  readonly warehouseId: string;
  readonly warehouse: string;
  readonly isHere: boolean;
  /** Pieces that would be missing; 0 = enough; undefined = the system did not say. */
  readonly missing: number | undefined;
  readonly available: number | undefined;
  readonly observedAt: number;
}

/** 余 14（10:31）: what a warehouse has, and as of when. */
function stockWords({ missing, available, observedAt }: Candidate, timezone: string, language: Language): string {
  const at = clockTime(observedAt, timezone);
  if (language === 'zh') {
    const stock = missing === undefined ? '库存未知' : missing > 0 ? `缺 ${missing}` : `余 ${available}`;
    return `${stock}（${at}）`;
  }
  const stock = missing === undefined ? 'stock unknown' : missing > 0 ? `short ${missing}` : `${available} left`;
  return `${stock} (${at})`;
}

/** Every warehouse's stock, to choose from; a choice is the yes. Freight and days are said to be unknown, never made up. */
export function rerouteChoices(
  order: NamedOrder,
  candidates: readonly Candidate[],
  { choices, companions, question }: Offer & { readonly choices: readonly string[] },
  timezone: string,
  language: Language,
): Card {
  const zh = language === 'zh';
  const lines = candidates.map((each) => {
    const here = each.isHere ? (zh ? '（现在）' : ' (now)') : '';
    return line(`${each.warehouse}${here}  ${stockWords(each, timezone, language)}`);
  });
  return {
    tone: 'info',
    lines: [
      line(zh ? '改仓 ' : 'Reroute ', ...named(order, language), zh ? '：' : ':'),
      ...lines,
      line(zh ? '运费、时效：没有数据源，不估' : 'Cost and days: no source, not guessed'),
      ...companionsLine(companions, language),
      ...(question === null
        ? []
        : [
            line(
              zh
                ? `点了就改 · ${question.minutes} 分钟内有效 · ${undoable.zh}`
                : `a press moves it · valid ${question.minutes} min · ${undoable.en}`,
            ),
          ]),
    ],
    buttons: choices.map((warehouse, index) => ({
      label: zh ? `改到${warehouse}` : `To ${warehouse}`,
      command: `${zh ? '确认' : 'yes'} ${question?.words} ${warehouse}`,
      style: index === 0 ? 'primary' : 'plain',
    })),
    link: null,
  };
}

/** What a preview says besides its lines. */
export interface Offer {
  /** Why some of what was asked for is left out. */
  readonly refused: readonly Piece[][];
  /** Tails of orders in the same parcel, which go along. */
  readonly companions: readonly string[];
  /** The words that say yes; null when there is nothing to say yes to. */
  readonly question: { readonly words: string; readonly minutes: number } | null;
}

export interface RerouteItem {
  readonly order: NamedOrder;
  readonly from: Candidate | undefined;
  readonly to: Candidate;
}

export function reroutePreview(
  items: readonly RerouteItem[],
  offer: Offer,
  timezone: string,
  language: Language,
): Card {
  const zh = language === 'zh';
  const lines = items.map(({ order, from, to }) => {
    return line(
      ...named(order, language),
      ` ${from?.warehouse ?? '?'} → ${to.warehouse} ${stockWords(to, timezone, language)}`,
    );
  });
  return previewCard(
    zh
      ? items.length > 1
        ? `改仓 ${items.length} 单：`
        : '改仓：'
      : items.length > 1
        ? `Reroute ${items.length} orders:`
        : 'Reroute:',
    lines,
    offer,
    { zh: `改到${items[0]?.to.warehouse ?? ''}`, en: `To ${items[0]?.to.warehouse ?? ''}` },
    undoable,
    language,
  );
}

export interface ReleaseItem {
  readonly waiting: string;
  readonly ownerTail: string;
  readonly sku: string;
  readonly qty: number;
  readonly warehouse: string;
  readonly ageMs: number;
  readonly closedForMs: number;
  readonly how: 'virtual' | 'order';
  readonly stock: {
    readonly onHand: number | undefined;
    readonly available: number | undefined;
    readonly at: number;
  } | null;
}

export function releasePreview(
  items: readonly ReleaseItem[],
  offer: Offer,
  timezone: string,
  language: Language,
): Card {
  const zh = language === 'zh';
  const lines = items.flatMap((item) => {
    const { onHand, available, at } = item.stock ?? {};
    const numbers =
      at === undefined
        ? ''
        : zh
          ? `，现存 ${onHand ?? '?'} 可用 ${available ?? '?'}（${clockTime(at, timezone)}）`
          : `, on hand ${onHand ?? '?'} free ${available ?? '?'} (${clockTime(at, timezone)})`;
    const kind =
      item.how === 'virtual'
        ? zh
          ? '虚拟仓锁'
          : 'virtual lock'
        : zh
          ? '废单占用（取消该废单）'
          : 'dead order (it will be cancelled)';
    return [
      line(foreign(item.sku), ` ×${item.qty} · ${item.warehouse}${numbers}`),
      line(
        zh
          ? `${kind} · 占用单 …${item.ownerTail} 已关闭 ${span(item.closedForMs, language)}，锁了 ${span(item.ageMs, language)}`
          : `${kind} · owner …${item.ownerTail} closed ${span(item.closedForMs, language)} ago, locked for ${span(item.ageMs, language)}`,
      ),
    ];
  });
  const isFinal = items.some((item) => item.how === 'order');
  return previewCard(
    items.length === 0
      ? zh
        ? '没有可放的库存：'
        : 'Nothing to release:'
      : zh
        ? `给 ${items
            .map((item) => item.waiting)
            .filter(unique)
            .join('、')} 放出库存：`
        : `Release stock for ${items
            .map((item) => item.waiting)
            .filter(unique)
            .join(', ')}:`,
    lines,
    offer,
    { zh: '释放', en: 'Release' },
    isFinal
      ? { zh: '取消废单不能撤销', en: 'cancelling a dead order cannot be undone' }
      : { zh: '货没被用掉前 30 分钟内可撤销', en: 'undo within 30 min while unsold' },
    language,
  );
}

export interface HoldItem {
  readonly order: NamedOrder;
  readonly warehouse: string;
  readonly stage: Stage;
}

const holdLines = (items: readonly HoldItem[], language: Language): readonly Line[] =>
  items.map(({ order, warehouse, stage }) =>
    line(...named(order, language), ` · ${warehouse} · ${say(stageWords[stage], language)}`),
  );

/** `oneWay`: how it is let go by hand, where no command can; said before anybody confirms. */
export function holdPreview(
  items: readonly HoldItem[],
  why: { readonly reason: HoldReason; readonly words: string; readonly oneWay: Text | null },
  offer: Offer,
  language: Language,
): Card {
  const zh = language === 'zh';
  const reason = say(holdReasonNames[why.reason], language);
  const card = previewCard(
    items.length > 1
      ? zh
        ? `暂停发货 ${items.length} 单（${reason}）：`
        : `Hold ${items.length} orders (${reason}):`
      : zh
        ? `暂停发货（${reason}）：`
        : `Hold (${reason}):`,
    [
      ...holdLines(items, language),
      ...(why.words === '' ? [] : [line(zh ? '原因：' : 'Reason: ', foreign(why.words))]),
    ],
    offer,
    { zh: '暂停发货', en: 'Hold' },
    why.oneWay === null ? undoSoon : byHandOnly,
    language,
  );
  if (why.oneWay === null || offer.question === null) return card;
  const warning = line(zh ? '以后放行要手工：' : 'Letting it go later is by hand: ', say(why.oneWay, language));
  return { ...card, tone: 'warning', lines: [...card.lines.slice(0, -1), warning, ...card.lines.slice(-1)] };
}

export function clearPreview(items: readonly HoldItem[], offer: Offer, language: Language): Card {
  const zh = language === 'zh';
  return previewCard(
    zh ? '放行，接着发：' : 'Let go:',
    holdLines(items, language),
    offer,
    { zh: '放行', en: 'Let go' },
    undoSoon,
    language,
  );
}

export function urgentPreview(
  model: { readonly order: NamedOrder; readonly called: string | null; readonly canFlag: boolean },
  question: { readonly words: string; readonly minutes: number },
  language: Language,
): Card {
  const zh = language === 'zh';
  const call =
    model.called === null
      ? zh
        ? '现在没有人值班，只标出来'
        : 'nobody is on duty to be called'
      : zh
        ? `会叫${model.called}`
        : `${model.called} is called`;
  const flag = model.canFlag
    ? zh
      ? '店铺里打旗并备注'
      : 'flag and remark in the shop'
    : zh
      ? '店铺没有备注接口'
      : 'the shop has no interface for remarks';
  return previewCard(
    zh ? '加急：' : 'Urgent:',
    [line(...named(model.order, language)), line(`${call} · ${flag}`)],
    { refused: [], companions: [], question },
    { zh: '加急', en: 'Urgent' },
    undoSoon,
    language,
  );
}

export function labelPreview(
  model: { readonly order: NamedOrder; readonly carrier: string; readonly companions: readonly string[] },
  question: { readonly words: string; readonly minutes: number },
  language: Language,
): Card {
  const zh = language === 'zh';
  return previewCard(
    zh ? `打面单 · ${model.carrier}：` : `Make a label · ${model.carrier}:`,
    [
      line(...named(model.order, language)),
      line(
        zh
          ? '向快递下一单，生成运单号；运费接口不提前报价'
          : 'Orders one pick-up and makes a waybill; the interface tells no price before',
      ),
    ],
    { refused: [], companions: model.companions, question },
    { zh: '打面单', en: 'Make the label' },
    { zh: '揽收前 30 分钟内可作废', en: 'can be voided within 30 min, before it is collected' },
    language,
  );
}

export interface InterceptModel {
  readonly order: NamedOrder;
  readonly tail: string;
  /** `left`: a carrier has it. */
  readonly state: 'here' | 'left' | 'no-refund';
  readonly refund: Order['refund'];
  readonly parcel: { readonly carrier: string; readonly waybill: string } | null;
  /** Who else is in the parcel. */
  readonly others: Text | null;
  readonly system: string | null;
  /** `late`: it is picked already, and most systems refuse then. */
  readonly hold: 'early' | 'late' | 'impossible';
  readonly shop: string;
  /** No command lets it go again. */
  readonly oneWay: boolean;
  readonly question: Offer['question'];
}

/** Each step with who can do it. No step is called done here, and no fee is made up. */
export function interceptPreview(model: InterceptModel, language: Language): Card {
  const zh = language === 'zh';
  const { order, tail, state, parcel, others, system, hold, shop, oneWay, question } = model;
  if (state === 'no-refund')
    return notice(
      'refused',
      zh
        ? `${tail} 没有退款。只是先别发：/暂停发货 ${tail}`
        : `${tail} has no refund. To keep it from leaving: /hold ${tail}`,
    );
  const isHere = state === 'here';
  const carrier = parcel === null || parcel.carrier === '' ? (zh ? '快递' : 'the carrier') : foreign(parcel.carrier);
  const first = isHere
    ? {
        early: zh ? `1. ${system}暂停这单` : `1. Hold it in ${system}`,
        late: zh
          ? `1. ${system}暂停（已拣货，可能被拒：到打包台从包裹取出）`
          : `1. Hold it in ${system} (picked already, it may refuse: take it out at the packing table)`,
        impossible: zh
          ? '1. 命令停不了，到打包台从包裹取出'
          : '1. No command stops it: take it out at the packing table',
      }[hold]
    : zh
      ? '1. 快递已经揽收，仓库停不了了'
      : '1. The carrier has it: the warehouse cannot stop it';
  const told = zh
    ? `2. 停发回告平台请手工：${shop}后台的退款单里点`
    : `2. Tell the platform by hand: in the refund in ${shop}`;
  const no = parcel === null ? [] : [zh ? '，运单 ' : ', waybill ', foreign(parcel.waybill)];
  const taken = zh
    ? line('3. 快递拦截请手工：联系', carrier, ...no, '，费用以快递报价为准')
    : line('3. Interception is by hand: ask ', carrier, ...no, '; the fee is what it says');
  return {
    tone: question === null ? 'refused' : 'warning',
    lines: [
      line(zh ? '拦下来 ' : 'Catch ', ...named(order, language)),
      ...(others === null ? [] : [line(zh ? '同包裹：' : 'Same parcel: ', say(others, language))]),
      line(first),
      line(told),
      taken,
      ...(question === null ? [] : [howTo(question.words, question.minutes, oneWay ? byHandOnly : undoSoon, language)]),
    ],
    buttons: question === null ? [] : answer(question.words, { zh: '做第 1 步', en: 'Do step 1' }, language),
    link: null,
  };
}

/** `manual`: how it is bought by hand, where no command can. */
export function replenishPreview(
  model: {
    readonly sku: string;
    readonly qty: number;
    readonly to: string;
    /** Null: to be bought. */
    readonly from: string | null;
    readonly stock: readonly { readonly warehouse: string; readonly available: number | undefined }[];
    readonly at: number | null;
    readonly manual: Text | null;
    readonly timezone: string;
  },
  question: Offer['question'],
  language: Language,
): Card {
  const zh = language === 'zh';
  const { sku, qty, to, from, stock, at, manual } = model;
  const way =
    from === null
      ? zh
        ? `别的仓都不够 ${qty} 件，要采购`
        : `no other warehouse has ${qty}: it has to be bought`
      : zh
        ? `从${from}调拨`
        : `transfer from ${from}`;
  const each = stock.map(({ warehouse, available }) => `${warehouse} ${available ?? '?'}`).join(' · ');
  const asOf = at === null ? '' : zh ? `（${clockTime(at, model.timezone)}）` : ` (${clockTime(at, model.timezone)})`;
  return previewCard(
    zh ? `补货 ${sku} ×${qty} → ${to}：` : `${qty} ${sku} for ${to}:`,
    [
      line(way),
      ...(each === '' ? [] : [line(zh ? `可用：${each}${asOf}` : `Free: ${each}${asOf}`)]),
      ...(manual === null ? [] : [line(say(manual, language))]),
    ],
    { refused: [], companions: [], question },
    { zh: '申请补货', en: 'Ask for it' },
    { zh: '提交后要到系统里删', en: 'taken back only in the system' },
    language,
  );
}

export interface NoteItem {
  readonly order: NamedOrder;
  /** What stands in the seller's remark now. */
  readonly remark: string;
}

export function notePreview(items: readonly NoteItem[], text: string, offer: Offer, language: Language): Card {
  const zh = language === 'zh';
  const lines = items.map(({ order, remark }) =>
    line(...named(order, language), ...(remark === '' ? [] : [zh ? ' 已有：' : ' has: ', foreign(remark)])),
  );
  const title = zh ? '追加店铺备注：' : 'Add to the remark in the shop:';
  return previewCard(
    title,
    [line(zh ? '写：' : 'Text: ', foreign(text)), ...lines],
    offer,
    { zh: '写上', en: 'Add it' },
    { zh: '备注不能自动撤销', en: 'a remark cannot be taken back by command' },
    language,
  );
}

export interface AddressModel {
  readonly order: NamedOrder;
  readonly tail: string;
  readonly shop: string;
  /** `changed`: another one already, in time or stopped. */
  readonly duty: 'decide' | 'stop' | 'changed' | 'none';
  readonly isLabelled: boolean;
  /** The yes stops it in the warehouse first. */
  readonly isHeldFirst: boolean;
  /** What to do where no command can decide it. */
  readonly byHand: Text | null;
  readonly verdict: 'accept' | 'refuse' | null;
  readonly question: Offer['question'];
}

/** How it stands with a buyer's other address. Never the address: whoever decides sees it in the shop. */
export function addressPreview(model: AddressModel, language: Language): Card {
  const { order, tail, shop, duty, isLabelled, isHeldFirst, byHand, verdict, question } = model;
  const zh = language === 'zh';
  const isOpen = duty === 'decide';
  const [yes, no] = [zh ? '同意' : 'Accept', zh ? '拒绝' : 'Refuse'];
  const title = isOpen
    ? zh
      ? `${tail} 买家要改地址${verdict === null ? '，等决定' : verdict === 'accept' ? '：同意' : '：拒绝'}`
      : `${tail}: the buyer wants another address${verdict === null ? '' : verdict === 'accept' ? ': accept' : ': refuse'}`
    : duty === 'stop'
      ? zh
        ? `${tail} 打完面单后地址改了，先停下`
        : `${tail}: the address changed after the label was printed; stop it first`
      : duty === 'changed'
        ? zh
          ? `${tail} 地址已经改过，不用再决定`
          : `${tail}: the address has been changed; nothing to decide`
        : zh
          ? `${tail} 没有等着处理的改地址`
          : `${tail}: no address change waits for a decision`;
  const printed = isHeldFirst
    ? zh
      ? '面单是旧地址：会先暂停发货，再同意；重打面单后再放行'
      : 'The label has the old address: it is put on hold first, then accepted; print again, then let it go'
    : zh
      ? '面单是旧地址：同意后要重打面单，先停下这件'
      : 'The label has the old address: print it again after a yes, and stop the parcel first';
  const decide = { label: yes, command: `/address ${order.no} accept`, style: 'primary' as const };
  const refuse = { label: no, command: `/address ${order.no} refuse`, style: 'plain' as const };
  const hold = { label: zh ? '先暂停发货' : 'Hold it', command: `/hold ${order.no} 地址改了`, style: 'plain' as const };
  const ways =
    question !== null
      ? answer(
          question.words,
          verdict === 'accept' ? { zh: '同意', en: 'Accept' } : { zh: '拒绝', en: 'Refuse' },
          language,
        )
      : isOpen && byHand === null
        ? [decide, refuse, ...(isLabelled ? [hold] : [])]
        : duty === 'stop' || (isOpen && isLabelled)
          ? [hold]
          : [];
  return {
    tone: isOpen || duty === 'stop' ? 'warning' : 'info',
    lines: [
      line(title),
      line(...named(order, language)),
      ...(isOpen && isLabelled && verdict !== 'refuse' ? [line(printed)] : []),
      ...(isOpen && byHand !== null ? [line(say(byHand, language)), line(order.no)] : []),
      ...(isOpen && byHand === null
        ? [line(zh ? `新地址只在${shop}后台看` : `The new address is only shown in ${shop}'s own pages`)]
        : []),
      ...(question === null
        ? []
        : [
            howTo(
              question.words,
              question.minutes,
              { zh: '决定后不能撤销', en: 'a decision cannot be taken back' },
              language,
            ),
          ]),
    ],
    buttons: ways,
    link: null,
  };
}

function companionsLine(companions: readonly string[], language: Language): readonly Line[] {
  if (companions.length === 0) return [];
  const tails = companions.map((tail) => `…${tail}`);
  return [line(language === 'zh' ? `同包裹的单也在内：${tails.join('、')}` : `Same parcel: ${tails.join(', ')}`)];
}

const unique = (value: string, index: number, all: readonly string[]): boolean => all.indexOf(value) === index;

function previewCard(
  title: string,
  lines: readonly Line[],
  { refused, companions, question }: Offer,
  yes: Text,
  undo: Text,
  language: Language,
): Card {
  const zh = language === 'zh';
  const shown = lines.slice(0, 8);
  const rest = lines.length - shown.length;
  return {
    tone: question === null ? 'refused' : 'info',
    lines: [
      line(title),
      ...shown,
      ...(rest > 0 ? [line(zh ? `…还有 ${rest} 行` : `… ${rest} more lines`)] : []),
      ...companionsLine(companions, language),
      ...refused,
      ...(question === null ? [] : [howTo(question.words, question.minutes, undo, language)]),
    ],
    buttons: question === null ? [] : answer(question.words, yes, language),
    link: null,
  };
}

/** What an undo would do; the tail is empty when it is about no order. */
export function undoPreview(
  aim: Text,
  tail: string,
  question: { words: string; minutes: number },
  language: Language,
): Card {
  const zh = language === 'zh';
  return {
    tone: 'info',
    lines: [
      line(zh ? `${['撤销', tail].join(' ').trim()}：${aim.zh}` : `${['Undo', tail].join(' ').trim()}: ${aim.en}`),
      howTo(question.words, question.minutes, { zh: '撤销后不能再撤销', en: 'an undo is final' }, language),
    ],
    buttons: answer(question.words, { zh: '确认撤销', en: 'Undo it' }, language),
    link: null,
  };
}

/** The first yes is in; a second person has to agree. */
export function secondPersonCard(
  model: {
    by: string;
    why: Text;
    words: string;
    minutes: number;
    holders: readonly string[];
    what: Text;
    /** The one of them who is on duty. */
    called: string | null;
  },
  language: Language,
): Card {
  const zh = language === 'zh';
  const holders = model.holders.join(zh ? '、' : ', ');
  return {
    tone: 'warning',
    lines: [
      line(zh ? `要第二个人同意 · ${model.what.zh}` : `A second person has to agree · ${model.what.en}`),
      line(
        zh
          ? `${model.why.zh}。${model.by}已确认，请 ${holders} 之一同意`
          : `${model.why.en}. ${model.by} said yes; ${holders} may agree`,
      ),
      line(
        zh
          ? `回“确认 ${model.words}” · ${model.minutes} 分钟内有效`
          : `answer "yes ${model.words}" · valid ${model.minutes} min`,
      ),
    ],
    buttons: answer(model.words, { zh: '同意', en: 'Agree' }, language),
    link: null,
    ...(model.called !== null && {
      call: {
        who: [model.called],
        before: zh ? '要第二个人同意' : 'A second person has to agree:',
        after: zh ? `看一下，回“确认 ${model.words}”` : `have a look, answer "yes ${model.words}"`,
      },
    }),
  };
}
