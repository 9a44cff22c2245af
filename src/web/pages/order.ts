import { may, type Person } from '../../domain/actor.ts';
import type { Button } from '../../domain/card.ts';
import type { MenuEntry } from '../../domain/menu.ts';
import { formatMoney } from '../../domain/money.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import { hasReached } from '../../domain/stage.ts';
import { foreign, type Language } from '../../domain/text.ts';
import { buttonsHtml } from '../../render/page/card.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import { type Times, timesFor } from '../../render/page/time.ts';
import { refundWords, sayIn, severityWords, statusWords, words } from '../../render/page/words.ts';
import { stageWords } from '../../render/stage-words.ts';
import { fill } from '../../render/words.ts';
import type { AlertLine } from '../../services/alert-line.ts';
import type { OrderPage, OtherOrder } from '../../services/read-order-page.ts';
import { type OrderHref, sourceHtml } from './board.ts';
import { recordHtml } from './order-record.ts';
import { lockKindWords, smsKindWords, smsStateWords, t } from './order-words.ts';
import { commandWord } from './room.ts';

export interface OrderView {
  readonly page: OrderPage;
  readonly language: Language;
  readonly person: Person | undefined;
  readonly menu: readonly MenuEntry[];
  readonly loginHref: string;
  /** Null for readers who came by a link: they see this order and no other. */
  readonly hrefOf: OrderHref | null;
}

/** With the reader's clock. */
interface Inside extends OrderView {
  readonly times: Times;
}

export function orderHtml(view: OrderView): Html {
  return html`<main id="main" class="order" data-refresh="30">${orderPartHtml(view)}</main>`;
}

export function orderPartHtml(asked: OrderView): Html {
  const { page, language } = asked;
  const view = { ...asked, times: timesFor(language, page.timezone, page.at) };
  return html`${headHtml(view)}<div class="columns"><div>${alertsHtml(view)}${linesHtml(view)}${chainHtml(view)}</div><div class="side">${parcelsHtml(view)}${warehouseHtml(view)}${locksHtml(view)}${moneyHtml(view)}${receiverHtml(view)}</div><div>${recordHtml(page, language)}</div></div>`;
}

function headHtml(view: Inside): Html {
  const { page, times, language } = view;
  const say = sayIn(language);
  const { order } = page;
  const tail = tailOf(order.channelOrderNo);
  return html`<div class="head order-head"><div><p class="muted">${page.shop} · ${say(statusWords[order.status])}${order.refund !== 'none' && html` · <strong class="bad">${say(refundWords[order.refund])}</strong>`}</p>
<h1><span class="hidden">${say(t.order)} ${say(t.tail)} </span>${tail}</h1><p class="full-no"><span class="hidden">${say(t.copyNo)} </span>${order.channelOrderNo}</p></div>
<div class="ship-by">${shipByHtml(order, times, language)}</div></div>
${waitsHtml(view)}${actionsHtml(view)}
<ul class="sources compact">${page.dataAge.map((source) => sourceHtml(source, times, language))}</ul>`;
}

function shipByHtml(order: Order, times: Times, language: Language): Html {
  const say = sayIn(language);
  if (order.shipBy === null) return html`<p class="muted">${say(t.noShipBy)}</p>`;
  const clock = html`<time datetime="${times.machine(order.shipBy)}">${times.clock(order.shipBy)}</time>`;
  const isShipped = order.shippedAt !== null || (order.stage !== 'closed' && hasReached(order.stage, 'shipped'));
  if (isShipped || order.stage === 'closed') return html`<p>${say(t.shipBy)} ${clock}</p>`;
  const isOver = order.shipBy <= times.now;
  return html`<p>${say(t.shipBy)} ${clock}</p><p class="${isOver ? 'left bad' : 'left'}">${isOver && markHtml('critical')}${fill(say(isOver ? t.over : t.left), { span: times.away(order.shipBy) })}</p>`;
}

function waitsHtml({ page, times, language }: Inside): Html {
  const say = sayIn(language);
  const { waits, order } = page;
  const unseen = page.visibility === 'not-visible-here' && waits !== null && !hasReached(waits.stage, 'shipped');
  if (waits === null) {
    const isClosed = order.stage === 'closed';
    return html`<p class="waits tone-${isClosed ? 'refused' : 'done'}">${markHtml(isClosed ? 'refused' : 'done')} ${say(isClosed ? t.closedAt : t.finished)}</p>`;
  }
  const reason = waits.reason === '' ? '' : html` · ${say(t.because)}<b>${foreign(waits.reason)}</b>`;
  const tone = waits.held || waits.reason !== '' ? 'warning' : 'waiting';
  return html`<p class="waits tone-${tone}">${markHtml(tone)}<span>${waits.held && html`<b>${say(t.heldNow)}</b> · `}${say(t.stuckIn)} <b>${say(stageWords[waits.stage])}</b> ${times.away(waits.since)} · ${say(t.next)} ${say(stageWords[waits.next])}${reason}</span></p>
${unseen && html`<p class="waits tone-info">${markHtml('info')}<span>${say(t.unseen)} · ${page.system ?? page.shop} ${say(t.unseenWhy)}</span></p>`}
${page.visibility === 'source-silent' && html`<p class="waits tone-critical">${markHtml('refused')}<span>${page.system ?? page.shop} ${say(t.silent)}</span></p>`}`;
}

function actionsHtml(view: Inside): Html {
  const { page, person, language } = view;
  const { order } = page;
  if (person === undefined) {
    return html`<p class="actions"><a class="button" href="${view.loginHref}">${words.loginFirst[language]}</a></p>`;
  }
  const isOpen = order.stage !== 'closed' && !hasReached(order.stage, 'shipped');
  const lastAct = page.acts[0]?.action;
  const wanted = [
    isOpen && (page.locks.length > 0 || page.deadHolders.length > 0) && 'release',
    isOpen && 'reroute',
    lastAct !== undefined && lastAct.state === 'done' && lastAct.undoOf === null && 'undo',
    'why',
  ];
  const buttons = wanted
    .map((name) => view.menu.find((entry) => entry.name === name))
    .filter((entry) => entry !== undefined && may(person.role, entry.permission))
    .map((entry, index): Button => {
      const word = commandWord(entry as MenuEntry, language);
      return {
        label: capital(word),
        command: `/${word} ${order.channelOrderNo}`,
        style: index === 0 ? 'primary' : 'plain',
      };
    });
  return html`<div class="actions">${buttons.length > 0 && buttonsHtml(buttons, { room: 'war' })}</div>`;
}

function alertsHtml(view: Inside): Html {
  const say = sayIn(view.language);
  const { openAlerts } = view.page;
  if (openAlerts.length === 0) return html``;
  return html`<section aria-label="${say(t.alerts)}"><h2>${say(t.alerts)} <span class="count">${openAlerts.length}</span></h2>${openAlerts.map((alert) => alertHtml(alert, view))}</section>`;
}

function alertHtml(alert: AlertLine, { language, times, person, menu }: Inside): Html {
  const say = sayIn(language);
  const number = alert.number === null ? null : language === 'zh' ? `${alert.number}号` : `#${alert.number}`;
  const holder =
    alert.holder === null
      ? say(t.nobody)
      : `${alert.holder} ${say(t.holder)}${alert.claimUntil === null ? '' : ` · ${say(t.until)} ${times.clock(alert.claimUntil)}`}`;
  const names = alert.holderId === null ? ['ack'] : alert.holderId === `person:${person?.id}` ? ['done', 'snooze'] : [];
  const entries =
    number === null || person === undefined
      ? []
      : menu.filter(({ name, permission }) => names.includes(name) && may(person.role, permission));
  const buttons = entries.map((entry): Button => {
    const word = commandWord(entry, language);
    return {
      label: capital(word),
      command: `/${word} ${alert.number}${language === 'zh' ? '号' : ''}${entry.name === 'snooze' ? ' 30m' : ''}`,
      style: 'plain',
    };
  });
  return html`<article class="group tone-${alert.severity}"><h3>${markHtml(alert.severity)}<span class="severity">${say(severityWords[alert.severity])}</span> ${number !== null && html`<span class="number">${number}</span> `}<span class="rule">${say(alert.say)}</span></h3><p class="summary">${times.clock(alert.dueAt)} · ${holder}</p>${buttons.length > 0 && buttonsHtml(buttons, { room: 'war' })}</article>`;
}

function linesHtml({ page, language }: OrderView): Html {
  const say = sayIn(language);
  const { order } = page;
  return html`<section aria-label="${say(t.lines)}"><h2>${say(t.lines)}</h2><ul class="lines">${order.lines.map(
    (line) =>
      html`<li><span><b>${foreign(line.title)}</b><span class="muted">${foreign(line.sku)}</span></span><span class="qty">×${line.qty}</span><span class="price">${formatMoney({ minor: line.paidMinor, currency: order.currency })}</span></li>`,
  )}</ul></section>`;
}

function chainHtml({ page, times, language }: Inside): Html {
  const say = sayIn(language);
  const when = { done: t.notTold, current: t.notTold, ahead: t.ahead, unseen: t.cannotSee };
  return html`<section aria-label="${say(t.chain)}"><h2>${say(t.chain)}</h2><ol class="chain">${page.chain.map(
    (link) =>
      html`<li class="${link.state}"${link.state === 'current' && html` aria-current="step"`}><span class="dot" aria-hidden="true"></span><b>${say(stageWords[link.stage])}</b>${link.state === 'current' && html` <span class="now">${say(t.now)} · ${times.away(page.order.stageAt)}</span>`}<span class="when">${link.enteredAt === null ? html`<span class="${link.state === 'ahead' && 'hidden'}">${say(when[link.state])}</span>` : html`<time datetime="${times.machine(link.enteredAt)}">${times.clock(link.enteredAt)}</time>`}</span></li>`,
  )}</ol></section>`;
}

function parcelsHtml({ page, times, language, hrefOf }: Inside): Html {
  const say = sayIn(language);
  const { parcels, packedWith } = page;
  return html`<section aria-label="${say(t.parcels)}"><h2>${say(t.parcels)}</h2>${parcels.length === 0 && html`<p class="muted">${say(t.noParcel)}</p>`}
${parcels.map(
  (parcel) =>
    html`<article class="fact"><p><b>${foreign(parcel.carrier)}</b> ${foreign(parcel.waybill)}${parcel.shippedAt !== null && html` <span class="muted">${times.clock(parcel.shippedAt)}</span>`}</p><p>${say(t.sameParcel)}${parcel.others.length === 0 ? html`<span class="muted">${say(t.alone)}</span>` : othersHtml(parcel.others, language, hrefOf)}</p></article>`,
)}
${packedWith.length > 0 && html`<p class="fact">${say(t.packedWith)}${othersHtml(packedWith, language, hrefOf)}</p>`}</section>`;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const othersHtml = (others: readonly OtherOrder[], language: Language, hrefOf: OrderHref | null): Html =>
  html`${others.map((other) => {
    const body = html`<b>${tailOf(other.channelOrderNo)}</b> ${stageWords[other.stage][language]}`;
    return hrefOf === null
      ? html`<span class="other">${body}</span> `
      : html`<a class="other" href="${hrefOf(other.id)}">${body}</a> `;
  })}`;

function warehouseHtml({ page, times, language }: Inside): Html {
  const say = sayIn(language);
  return html`<section aria-label="${say(t.warehouse)}"><h2>${say(t.warehouse)}</h2>${page.fulfillments.length === 0 && html`<p class="muted">${say(t.noFulfillment)}</p>`}
${page.fulfillments.map(
  ({ view, system, warehouse }) =>
    html`<article class="fact"><p><b>${warehouse?.name ?? (view.warehouseCode === '' ? say(t.noWarehouse) : view.warehouseCode)}</b> · ${say(stageWords[view.stage])} <span class="muted">${times.clock(view.stageAt)}</span></p><p class="muted">${system} ${say(t.systemOrder)} ${foreign(view.systemOrderNo)} · ${say(t.statusThere)} ${foreign(view.sourceStatus)}</p>${(view.held || view.reason !== '') && html`<p class="reason">${markHtml('warning')} ${view.held && say(t.heldNow)} ${view.reason !== '' && html`${say(t.because)}${foreign(view.reason)}`}</p>`}</article>`,
)}</section>`;
}

function locksHtml({ page, times, language, hrefOf }: Inside): Html {
  const say = sayIn(language);
  const { locks, deadHolders } = page;
  return html`<section aria-label="${say(t.locks)}"><h2>${say(t.locks)}</h2>${locks.length + deadHolders.length === 0 && html`<p class="muted">${say(t.noLocks)}</p>`}
${deadHolders.map((view) => html`<p class="fact">${markHtml('warning')} ${view.channelOrderNos.map((no) => `…${tailOf(no)}`).join(' ')} ${say(t.closedHolds)} <b>${view.lines.reduce((all, { qty }) => all + qty, 0)} ${say(t.pieces)}</b></p>`)}
${locks.map(
  ({ lock, warehouse, owner }) =>
    html`<article class="fact"><p><b>${foreign(lock.sku)} ×${lock.qty}</b> · ${warehouse} · ${say(lockKindWords[lock.kind])}</p><p class="muted">${owner !== null ? othersHtml([owner], language, hrefOf) : lock.channelOrderNo !== null && `…${tailOf(lock.channelOrderNo)} `}${lock.by !== '' && html`${say(t.by)} ${foreign(lock.by)} · `}${say(t.since)} ${times.clock(lock.createdAt)} (${times.away(lock.createdAt)})</p></article>`,
)}</section>`;
}

function moneyHtml({ page, times, language }: Inside): Html {
  const say = sayIn(language);
  const { order } = page;
  const amount = (minor: number): string => formatMoney({ minor, currency: order.currency });
  return html`<section aria-label="${say(t.money)}"><h2>${say(t.money)}</h2><dl class="numbers"><div><dt>${say(t.paid)}</dt><dd>${amount(order.paidMinor)}</dd></div><div><dt>${say(t.goods)}</dt><dd>${amount(order.goodsMinor)}</dd></div><div><dt>${say(t.freight)}</dt><dd>${amount(order.freightMinor)}</dd></div></dl><p class="muted">${say(refundWords[order.refund])}${order.refundAt !== null && ` · ${times.clock(order.refundAt)}`}</p></section>`;
}

function receiverHtml({ page, times, language }: Inside): Html {
  const say = sayIn(language);
  const { receiver, buyerNote, remark } = page.order;
  return html`<section aria-label="${say(t.receiver)}"><h2>${say(t.receiver)}</h2><p class="fact"><b>${foreign(receiver.name)}</b> ${foreign(receiver.phone)}<br>${foreign([receiver.province, receiver.city, receiver.district].join(' '))}</p>${buyerNote !== '' && html`<p class="fact"><span class="muted">${say(t.buyerNote)}</span> ${foreign(buyerNote)}</p>`}${remark !== '' && html`<p class="fact"><span class="muted">${say(t.remark)}</span> ${foreign(remark)}</p>`}${page.texts.map(
    ({ kind, state, reason, sentAt, phoneMask }) =>
      html`<p class="fact">${state === 'failed' && markHtml('warning')} <span class="muted">${say(t.sms)}</span> ${say(smsKindWords[kind])} · <b>${say(smsStateWords[state])}</b>${sentAt !== null && html` <span class="muted">${phoneMask} ${times.clock(sentAt)}</span>`}${reason !== null && html` <span class="muted">${say(reason)}</span>`}</p>`,
  )}</section>`;
}
