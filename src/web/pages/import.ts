import type { SheetField, SheetMapping } from '../../domain/sheet-order.ts';
import { foreign, type Language, type Text } from '../../domain/text.ts';
import type { SkippedSheetRow } from '../../ports/sheets.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import type { Times } from '../../render/page/time.ts';
import { type Say, sayIn } from '../../render/page/words.ts';
import { fill } from '../../render/words.ts';
import type { ImportResult, ImportShop } from '../../services/import-sheet.ts';

/** One import as the page shows it. */
export interface ShownImport {
  readonly id: string;
  readonly fileName: string;
  readonly state: 'arriving' | 'waiting' | 'storing' | 'unexplained' | 'done' | 'refused';
  readonly asOf: number | null;
  readonly createdAt: number;
  readonly done: number;
  readonly total: number;
  readonly result: ImportResult | null;
  /** What somebody said the headings are, and why that will not do. */
  readonly asked?: { readonly mapping: SheetMapping; readonly problem: string };
}

const t = {
  title: { zh: '导入订单表', en: 'Import a sheet of orders' },
  how: {
    zh: '把聚水潭、旺店通、快麦、千牛、拼多多、抖店或 Shopify 导出的订单表原样传上来（.xlsx、.csv、网页版 .xls）。不要先用 Excel 打开再保存：订单号会被改坏。',
    en: 'Send the order export of Jushuitan, Wangdiantong, Kuaimai, Qianniu, Pinduoduo, Douyin or Shopify as it is (.xlsx, .csv, HTML .xls). Do not open and save it in Excel first: that rounds order numbers.',
  },
  file: { zh: '文件', en: 'File' },
  shop: { zh: '店铺', en: 'Shop' },
  auto: { zh: '按表里的店铺', en: 'As the sheet says' },
  send: { zh: '上传并导入', en: 'Send and import' },
  sending: { zh: '正在上传', en: 'Sending' },
  lost: { zh: '没有传上去，请检查网络再传一次', en: 'It was not sent. Check the network and send it again' },
  recent: { zh: '最近导入', en: 'Latest imports' },
  none: { zh: '还没有导入过', en: 'Nothing was imported yet' },
  data: { zh: '数据到 {time}', en: 'data as of {time}' },
  another: { zh: '再传一份', en: 'Send another' },
  waiting: { zh: '正在读文件…', en: 'Reading the file…' },
  storing: { zh: '正在导入 {done} / {total}', en: 'Importing {done} / {total}' },
  refused: { zh: '没有导入，一行都没有改', en: 'Nothing was imported or changed' },
  done: { zh: '导入完成：{orders} 单', en: 'Imported: {orders} orders' },
  doneBill: { zh: '导入完成：{orders} 笔扣款', en: 'Imported: {orders} deductions' },
  counts: {
    zh: '{preset} · 变了 {changed} 单，没变 {unchanged} 单 · {time}',
    en: '{preset} · {changed} changed, {unchanged} unchanged · {time}',
  },
  rows: { zh: '读不了的 {count} 行（其他行已导入）', en: '{count} rows that cannot be read (the others are in)' },
  row: { zh: '第 {rows} 行', en: 'Row {rows}' },
  rowsOf: { zh: '{count} 行：第 {rows} 行', en: '{count} rows: {rows}' },
  rowsFrom: { zh: '{count} 行：第 {rows} … 行', en: '{count} rows: {rows} …' },
  moreRows: { zh: '还有 {count} 行没列出', en: '{count} more rows are not listed' },
  tonight: { zh: '问「今晚」', en: 'Ask for tonight' },
  board: { zh: '看板', en: 'Board' },
  unknown: { zh: '不认识的状态，按未知处理', en: 'Statuses we do not know, kept as they are' },
  unknownOrders: { zh: '{count} 单', en: '{count} orders' },
  explain: { zh: '这份表的表头第一次见，请确认每一列', en: 'These headings are new: please say what each is' },
  explainHow: {
    zh: '猜好的已经选上，不对就改。确认一次，以后同样的表头自动识别。',
    en: 'Our guesses are chosen; change what is wrong. Once confirmed, such a sheet is known from then on.',
  },
  notThere: { zh: '（没有）', en: '(none)' },
  confirm: { zh: '确认并导入', en: 'Confirm and import' },
  mayNot: { zh: '你的角色只能看，不能导入', en: 'Your role may only look' },
} satisfies Record<string, Text>;

const fieldWords: Readonly<Partial<Record<SheetField, Text>>> = {
  order: { zh: '订单号（必选）', en: 'Order number (needed)' },
  placedAt: { zh: '下单时间', en: 'Placed at' },
  paidAt: { zh: '付款时间', en: 'Paid at' },
  status: { zh: '订单状态', en: 'Status' },
  sortedAt: { zh: '分拣时间', en: 'Sorted at' },
  shippedAt: { zh: '发货时间', en: 'Shipped at' },
  carrierAt: { zh: '揽收时间', en: 'First scan' },
  deliveredAt: { zh: '签收时间', en: 'Delivered at' },
  closedAt: { zh: '关闭时间', en: 'Closed at' },
  shipBy: { zh: '最晚发货时间', en: 'Ship by' },
  shop: { zh: '店铺', en: 'Shop' },
  paid: { zh: '实付金额', en: 'Amount paid' },
  currency: { zh: '币种', en: 'Currency' },
  sku: { zh: '商品编码', en: 'SKU' },
  title: { zh: '商品名称', en: 'Title' },
  qty: { zh: '数量', en: 'Quantity' },
  carrier: { zh: '快递公司', en: 'Carrier' },
  waybill: { zh: '快递单号', en: 'Waybill' },
  name: { zh: '收货人', en: 'Receiver' },
  phone: { zh: '手机', en: 'Phone' },
  province: { zh: '省', en: 'Province' },
  city: { zh: '市', en: 'City' },
  remark: { zh: '备注', en: 'Remark' },
};

export const explainedFields = Object.keys(fieldWords) as readonly SheetField[];

/** The drop page. */
export function importHtml(view: {
  readonly language: Language;
  readonly shops: readonly ImportShop[];
  readonly mayImport: boolean;
  readonly imports: readonly ShownImport[];
  readonly times: Times;
}): Html {
  const { language, shops, times } = view;
  const say = sayIn(language);
  return html`<main id="main" class="import"><h1>${say(t.title)}</h1><p class="muted">${say(t.how)}</p>
${
  view.mayImport
    ? html`<form class="drop" method="post" action="/import" enctype="multipart/form-data" data-sending="${say(t.sending)}" data-lost="${say(t.lost)}">
<input type="hidden" name="modifiedAt" value="">
${shops.length > 1 && html`<label for="shop">${say(t.shop)}</label><select id="shop" name="shop"><option value="">${say(t.auto)}</option>${shops.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select>`}
<label for="file">${say(t.file)}</label>
<input id="file" type="file" name="file" required accept=".csv,.tsv,.txt,.xls,.xlsx">
<button class="button primary">${say(t.send)}</button>
<p class="sending" role="status"></p></form>`
    : html`<p class="problem">${markHtml('refused')} ${say(t.mayNot)}</p>`
}
<section aria-label="${say(t.recent)}"><h2>${say(t.recent)}</h2>
${view.imports.length === 0 && html`<p class="muted">${say(t.none)}</p>`}
<ul class="imports">${view.imports.map(
    (each) =>
      html`<li><a href="/import/${each.id}">${markHtml(markOf(each))} <b>${foreign(each.fileName)}</b></a> <span class="muted">${times.clock(each.createdAt)} · ${sentenceOf(each, say)}</span></li>`,
  )}</ul></section></main>`;
}

/** What became of one sheet; read again while it is under way. */
export function importResultHtml(shown: ShownImport, language: Language, times: Times): Html {
  return html`<main id="main" class="import" data-poll>${importPartHtml(shown, language, times)}</main>`;
}

export function importPartHtml(shown: ShownImport, language: Language, times: Times): Html {
  const say = sayIn(language);
  const { result, total, done } = shown;
  // Nothing more to wait for: what a person fills in is not read again under their hands.
  const isOver = shown.state === 'done' || shown.state === 'refused' || shown.state === 'unexplained';
  return html`<h1>${markHtml(markOf(shown))} ${sentenceOf(shown, say)}</h1>
<p class="muted">${foreign(shown.fileName)}</p>
${shown.state === 'storing' && total > 0 && html`<progress max="${total}" value="${done}">${done} / ${total}</progress>`}
${result?.refusal != null && html`<p class="problem" role="alert">${say(result.refusal)}</p>`}
${shown.state === 'done' && result !== null && doneHtml(result, say, times)}
${shown.state === 'unexplained' && result !== null && explainHtml(shown, result, say)}
<div class="ways"${isOver && html` data-over`}>${shown.state === 'done' && html`<form method="post" action="/room/messages"><input type="hidden" name="room" value="war"><button class="button primary" name="text" value="/tonight">${say(t.tonight)}</button></form> <a class="button" href="/">${say(t.board)}</a> `}<a class="button" href="/import">${say(t.another)}</a></div>`;
}

function doneHtml(result: ImportResult, say: Say, times: Times): Html {
  const { skipped, skippedRows, unknownWords } = result;
  const told = {
    preset: result.presetName === null ? '' : say(result.presetName),
    changed: String(result.changed),
    unchanged: String(result.unchanged),
    time: result.asOf === null ? '' : fill(say(t.data), { time: times.clock(result.asOf) }),
  };
  return html`<p>${fill(say(t.counts), told)}</p>
${unknownWords.length > 0 && html`<h2>${say(t.unknown)}</h2><ul class="imports">${unknownWords.map(({ words, count }) => html`<li>${foreign(words)} · ${fill(say(t.unknownOrders), { count: String(count) })}</li>`)}</ul>`}
${
  skippedRows > 0 &&
  html`<h2>${fill(say(t.rows), { count: String(skippedRows) })}</h2><ul class="imports">${byReason(skipped).map((rows) => reasonHtml(rows, say))}</ul>
${skippedRows > skipped.length && html`<p class="muted">${fill(say(t.moreRows), { count: String(skippedRows - skipped.length) })}</p>`}`
}`;
}

type SkippedRows = readonly [SkippedSheetRow, ...SkippedSheetRow[]];

/** One reason is said once, however many rows it holds for. */
function byReason(skipped: readonly SkippedSheetRow[]): readonly SkippedRows[] {
  const groups = new Map<string, [SkippedSheetRow, ...SkippedSheetRow[]]>();
  for (const each of skipped) {
    const group = groups.get(each.reason.zh);
    if (group === undefined) groups.set(each.reason.zh, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}

/** Of many rows the first few: enough to find them in the sheet. */
const rowsNamed = 5;

function reasonHtml(rows: SkippedRows, say: Say): Html {
  const [{ cell, order, reason }] = rows;
  const alone = rows.length === 1;
  const words = alone ? t.row : rows.length > rowsNamed ? t.rowsFrom : t.rowsOf;
  const told = {
    count: String(rows.length),
    rows: rows
      .slice(0, rowsNamed)
      .map(({ row }) => row)
      .join(say({ zh: '、', en: ', ' })),
  };
  return html`<li><b>${fill(say(words), told)}${alone && cell !== '' && ` · ${cell}`}</b>${alone && html` <span class="muted">${foreign(order)}</span>`}<br>${say(reason)}</li>`;
}

function explainHtml({ id, asked }: ShownImport, { unexplained }: ImportResult, say: Say): Html {
  const { headings, proposal } = unexplained ?? { headings: [], proposal: {} };
  const chosen = asked?.mapping ?? proposal;
  return html`<p>${say(t.explainHow)}</p>${asked !== undefined && html`<p class="problem" role="alert">${markHtml('refused')} ${asked.problem}</p>`}
<form class="explain" method="post" action="/import/${id}">
${explainedFields.map(
  (field) => html`<label for="f-${field}">${say(fieldWords[field] ?? { zh: field, en: field })}</label>
<select id="f-${field}" name="${field}"><option value="">${say(t.notThere)}</option>${headings.map((heading) => html`<option value="${heading}"${chosen[field] === heading && html` selected`}>${foreign(heading)}</option>`)}</select>`,
)}
<button class="button primary">${say(t.confirm)}</button></form>`;
}

function markOf({ state, result }: ShownImport): 'done' | 'refused' | 'waiting' | 'warning' | 'info' {
  if (state === 'refused') return 'refused';
  if (state === 'unexplained') return 'info';
  if (state !== 'done') return 'waiting';
  return (result?.skippedRows ?? 0) > 0 ? 'warning' : 'done';
}

function sentenceOf({ state, result, done, total }: ShownImport, say: Say): string {
  if (state === 'refused') return say(t.refused);
  if (state === 'unexplained') return say(t.explain);
  if (state === 'done')
    return fill(say(result?.preset === 'bill' ? t.doneBill : t.done), { orders: String(result?.orders ?? 0) });
  return state === 'storing' ? fill(say(t.storing), { done: String(done), total: String(total) }) : say(t.waiting);
}
