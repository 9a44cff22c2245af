import type { Event } from '../../domain/event.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { Stage } from '../../domain/stage.ts';
import { foreign, type Language, type Piece } from '../../domain/text.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import { type Times, timesFor } from '../../render/page/time.ts';
import { refundWords, sayIn, statusWords } from '../../render/page/words.ts';
import { stageWords } from '../../render/stage-words.ts';
import type { OrderPage } from '../../services/read-order-page.ts';
import { actionStateWords, actWord, auditWord, factWords, resolutionWords, t } from './order-words.ts';

/** What has been: folded, newest first. */
export function recordHtml(page: OrderPage, language: Language): Html {
  const say = sayIn(language);
  const times = timesFor(language, page.timezone, page.at);
  const time = (at: number): Html => html`<time datetime="${times.machine(at)}">${times.clock(at)}</time>`;
  const acts = page.acts.map(
    ({ action, actor, approver }) =>
      html`<li>${time(action.startedAt)} <b>${actor}</b> ${say(actWord(action.kind))}<span class="result"> ${say(actionStateWords[action.state])}</span>${approver !== null && ` · ${approver} ${say(t.agreed)}`}${action.reason !== '' && html` · ${foreign(action.reason)}`}</li>`,
  );
  const history = page.history.map(
    ({ event, source }) =>
      html`<li>${time(event.occurredAt)} <b>${source}</b> ${changesHtml(event, page, times, language)}</li>`,
  );
  const past = page.pastAlerts.map(
    (alert) =>
      html`<li>${time(alert.dueAt)} ${markHtml(alert.severity)} ${say(alert.say)} <span class="muted">${say(t.resolved)}${alert.resolvedAt !== null && ` ${times.clock(alert.resolvedAt)}`}${alert.resolution !== null && ` · ${say(resolutionWords[alert.resolution])}`}</span></li>`,
  );
  const audit = page.audit.map(
    ({ row, actor }) =>
      html`<li>${time(row.at)} <b>${actor}</b> ${say(auditWord(row.action))} <span class="muted">${foreign(detailText(row.detail))}</span></li>`,
  );
  return html`<section class="record" aria-label="${say(t.history)}">${foldHtml(say(t.acts), 'acts', acts, true)}${foldHtml(say(t.history), 'history', history, true)}${foldHtml(say(t.pastAlerts), 'past', past, false)}${foldHtml(say(t.audit), 'audit', audit, false)}</section>`;
}

const foldHtml = (title: string, key: string, items: readonly Html[], isOpen: boolean): Html =>
  items.length === 0
    ? html``
    : html`<details data-keep="${key}"${isOpen && html` open`}><summary><h2>${title} <span class="count">${items.length}</span></h2></summary><ol class="events">${items}</ol></details>`;

function changesHtml(event: Event, page: OrderPage, times: Times, language: Language): Html {
  const say = sayIn(language);
  const shown = Object.entries(event.facts).filter(([key, value]) => factWords[key] !== undefined && hasContent(value));
  if (shown.length === 0) return html`<span class="muted">${say(t.changed)}</span>`;
  return html`${shown.slice(0, 6).map(([key, value], index) => html`${index > 0 && ' · '}<span class="muted">${factWords[key]?.[language]}</span> ${wordsOf(key, value, page, times, language)}`)}`;
}

const hasContent = (value: unknown): boolean => value !== null && value !== '' && value !== 'none' && value !== false;

function wordsOf(key: string, value: unknown, page: OrderPage, times: Times, language: Language): Piece {
  const say = sayIn(language);
  if (typeof value === 'boolean') return say(value ? t.yes : t.no);
  if (typeof value === 'number') return key.endsWith('At') || key === 'shipBy' ? times.clock(value) : String(value);
  if (typeof value !== 'string') return say(t.changed);
  if (key === 'stage') return stageWords[value as Stage]?.[language] ?? foreign(value);
  if (key === 'status') return statusWords[value as Order['status']]?.[language] ?? foreign(value);
  if (key === 'refund') return refundWords[value as Order['refund']]?.[language] ?? foreign(value);
  if (key === 'warehouseCode')
    return page.fulfillments.find(({ view }) => view.warehouseCode === value)?.warehouse?.name ?? foreign(value);
  return key === 'waybill' ? `…${tailOf(value)}` : foreign(value);
}

/** Ids and numbers only, by the audit's own rule. */
function detailText(detail: string): string {
  try {
    const parsed: unknown = JSON.parse(detail);
    if (typeof parsed !== 'object' || parsed === null) return detail;
    return Object.entries(parsed)
      .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
      .join(' · ');
  } catch {
    return detail;
  }
}
