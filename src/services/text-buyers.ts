import { nextOpening, parseHours } from '../domain/calendar.ts';
import { AppError, OutcomeUnknownError, RateLimitedError, RejectedError, RetryableError } from '../domain/errors.ts';
import type { Event } from '../domain/event.ts';
import { type Order, tailOf } from '../domain/order.ts';
import { type PromiseFacts, whyNotSay } from '../domain/promise.ts';
import { claimsOf, isRemote, mobileOf, quietHours, type SmsFacts, type SmsKind, variablesOf } from '../domain/sms.ts';
import { missingIn } from '../domain/stock.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Text } from '../domain/text.ts';
import type { PushAnswer } from '../ports/carrier.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { SmsProvider } from '../ports/sms.ts';
import type { SmsRow, Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';
import type { Directory } from './directory.ts';
import type { SystemSource } from './ingest.ts';
import { createOpenReceiver } from './open-receiver.ts';
import type { ReadLine } from './read-line.ts';
import { isSameSecret } from './same-secret.ts';

/** The configured way to buyers' telephones. */
export interface SmsSource {
  readonly id: string;
  readonly provider: SmsProvider;
  /** Part of the path that receipts come to: their provider does not sign. */
  readonly hookSecret: string;
}

export interface TextBuyersDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly source: () => SmsSource | undefined;
  readonly systems: () => readonly SystemSource[];
  readonly readLine: ReadLine;
  readonly vault: Vault;
  readonly log: Log;
}

const minute = 60_000;
const stream = 'sms';
/** Events of one run. */
const batch = 500;
/** Messages of one run: each is a call outside. While more are due the next run follows at once. */
const fewMessages = 20;
/** News that is older is none: a backfill writes to nobody. */
const freshMs = 24 * 60 * minute;
/** What cannot be said yet is looked at again so often, and for so long. */
const againMs = 10 * minute;
const patienceMs = 6 * 60 * minute;
/** An unanswered message that the provider does not know after that was never sent. */
const unknownMs = 10 * minute;
const firstLookMs = minute;
const lastLookMs = 30 * minute;

/**
 * Tells buyers by text message what happened to their order, each thing at most once: a message is a row before it is
 * sent, is sent once, and is never sent again when nobody knows what became of it. Nothing is said that our own data
 * contradict at that moment.
 */
export function createTextBuyers(deps: TextBuyersDeps) {
  const { storage, clock, directory, source, systems, readLine, vault, log } = deps;

  const openReceiver = createOpenReceiver({ storage, clock, vault });

  const mayWriteAt = (at: number): number => nextOpening(parseHours([quietHours], directory.timezone), at);

  async function ordersOf(event: Event): Promise<readonly Order[]> {
    const subject = parseSubject(event.subject);
    if (subject?.type === 'parcel') return storage.views.listByWaybill(subject.waybill);
    if (subject?.type !== 'order') return [];
    const order = await storage.views.findOrderByNo(subject.shopId, subject.channelOrderNo);
    return order === undefined ? [] : [order];
  }

  /** When each thing happened that a buyer could be told; null = it did not. */
  async function momentsOf(order: Order): Promise<Readonly<Record<SmsKind, number | null>>> {
    const scans = (await storage.views.parcelsOf(order.id)).flatMap(({ firstScanAt }) => firstScanAt ?? []);
    return {
      remote: isRemote(order.receiver.province) && order.shippedAt === null ? order.paidAt : null,
      'picked-up': scans.length === 0 ? null : Math.min(...scans),
      delivered: order.deliveredAt,
    };
  }

  /** Reads what was stored since the last run, and plans what it makes worth telling. Answers how many are new. */
  async function plan(): Promise<number> {
    const kinds = source()?.provider.kinds ?? [];
    const cursor = await storage.sources.cursor(stream);
    const now = clock.now();
    // The first run looks at nothing that was before it; without a provider nothing is kept for later.
    const from = cursor === undefined || kinds.length === 0 ? await storage.events.lastId() : Number(cursor.watermark);
    const events = await storage.events.listAfter(from, batch);
    const orders = new Map<string, Order>();
    for (const event of events) for (const order of await ordersOf(event)) orders.set(order.id, order);
    const rows: { orderId: string; kind: SmsKind; dueAt: number; plannedAt: number }[] = [];
    for (const order of orders.values()) {
      if (order.kind !== 'sale') continue;
      const moments = await momentsOf(order);
      for (const kind of kinds)
        if (now - (moments[kind] ?? Number.NEGATIVE_INFINITY) < freshMs)
          rows.push({ orderId: order.id, kind, dueAt: mayWriteAt(now), plannedAt: now });
    }
    const watermark = events.at(-1)?.id ?? from;
    // Most looks find nothing: they write nothing, either.
    if (watermark === cursor?.watermark) return 0;
    return storage.transaction(async (tx) => {
      await tx.sources.saveCursor({ stream, watermark, windowTo: null, page: null }, now);
      return rows.length === 0 ? 0 : tx.sms.plan(rows);
    });
  }

  /** What is known of the order now; its stock is asked for afresh. */
  async function factsOf(
    order: Order,
    kind: SmsKind,
    signal: AbortSignal,
  ): Promise<{ sms: SmsFacts; promise: PromiseFacts }> {
    const views = (await storage.views.fulfillmentsOf(order.id)).filter(({ closed }) => !closed);
    const parcels = await storage.views.parcelsOf(order.id);
    const byPlace = new Map(
      views.map(({ systemId, warehouseCode }) => [
        `${systemId}/${warehouseCode}`,
        directory.warehouseOf(systemId, warehouseCode),
      ]),
    );
    const warehouses = [...byPlace.values()];
    const names = warehouses.map((each) => each?.name ?? '');
    const [only] = names;
    const parcel = parcels.find(({ firstScanAt }) => firstScanAt !== null) ?? parcels[0];
    // Asked only by what speaks of the warehouse: most messages do not.
    const isAhead = kind === 'remote';
    const lines = isAhead ? (await readLine()).warehouses : [];
    const line = lines.find(({ id }) => id === warehouses[0]?.id);
    return {
      sms: {
        tail: tailOf(order.channelOrderNo),
        warehouse: names.length === 1 ? (only ?? '') : '',
        carrier: parcel?.carrier ?? '',
        waybill: parcel?.waybill ?? '',
      },
      promise: {
        now: clock.now(),
        paidAt: order.paidAt,
        closedAt: order.closedAt,
        refund: order.refund,
        held: order.held || views.some(({ held }) => held),
        shippedAt: order.shippedAt ?? order.scannedAt,
        deliveredAt: order.deliveredAt,
        promisedAt: order.promisedAt,
        warehouses: names.filter((name) => name !== ''),
        missing: isAhead ? await missingOf(order, views, signal) : undefined,
        doneAt: line?.ahead?.finishAt,
        scanned: parcels.filter(({ firstScanAt }) => firstScanAt !== null).map(({ waybill }) => waybill),
      },
    };
  }

  async function missingOf(
    order: Order,
    views: readonly { readonly systemId: string; readonly warehouseCode: string }[],
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const [view] = views;
    const system = systems().find(({ id }) => id === view?.systemId)?.system;
    if (view === undefined || system === undefined) return undefined;
    const skus = [...new Set(order.lines.map(({ sku }) => sku))];
    try {
      const levels = await system.getStock(skus, [view.warehouseCode], signal);
      const told = levels.filter(({ available }) => available !== undefined).map(({ sku }) => sku);
      if (told.length < levels.length || skus.some((sku) => !told.includes(sku))) return undefined;
      return missingIn(levels);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ system: view.systemId, code: error.code }, 'No stock could be read for a promise');
      return undefined;
    }
  }

  /** The receiver's mobile number; each opening is audited. */
  async function numberFor(order: Order): Promise<string | undefined> {
    const sealed = await storage.views.sealedReceiver(order.id);
    if (sealed === undefined) return undefined;
    return mobileOf((await openReceiver(order, sealed, 'sms')).phone);
  }

  /** Counted from when it might first be said: a night is no delay. */
  const isLate = ({ plannedAt }: SmsRow, now: number): boolean => now - mayWriteAt(plannedAt) >= patienceMs;

  const giveUp = (row: SmsRow, state: 'unsaid' | 'failed', reason: Text): Promise<boolean> =>
    storage.sms.move(row, { state, dueAt: null, reason });

  async function say(row: SmsRow, { id, provider }: SmsSource, signal: AbortSignal): Promise<void> {
    const now = clock.now();
    const order = await storage.views.findOrder(row.orderId);
    if (order === undefined || !provider.kinds.includes(row.kind)) {
      await giveUp(row, 'unsaid', switchedOff);
      return;
    }
    const may = mayWriteAt(now);
    if (may > now) {
      await storage.sms.move(row, { state: 'waiting', dueAt: may });
      return;
    }
    const { sms, promise } = await factsOf(order, row.kind, signal);
    const why = claimsOf(row.kind, sms)
      .map((claim) => whyNotSay(claim, promise))
      .find((reason) => reason !== undefined);
    if (why !== undefined) {
      if (isLate(row, now)) await giveUp(row, 'unsaid', why);
      else await storage.sms.move(row, { state: 'waiting', dueAt: now + againMs, reason: why });
      return;
    }
    const mobile = await numberFor(order);
    if (mobile === undefined) {
      await giveUp(row, 'unsaid', noNumber);
      return;
    }
    const phoneMask = `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
    // From here on a crash means "may have been sent".
    if (!(await storage.sms.move(row, { state: 'sending', dueAt: now, phoneMask, sentAt: now }))) return;
    const sending: SmsRow = { ...row, state: 'sending', sentAt: now };
    try {
      const variables = variablesOf(row.kind, sms);
      const ref = await provider.send({ id: row.id, mobile, kind: row.kind, variables }, signal);
      await storage.sms.move(sending, { state: 'sent', dueAt: now + firstLookMs, ref });
      await storage.sources.ok(`sms:${id}`, now);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await storage.sources.failed(`sms:${id}`, now, error.code);
      if (error instanceof OutcomeUnknownError) {
        await storage.sms.move(sending, { state: 'unknown', dueAt: now + firstLookMs });
      } else if (error instanceof RateLimitedError || error instanceof RetryableError) {
        // Nothing was sent: the very same message may go later, if it is still true then.
        if (isLate(row, now)) await giveUp(sending, 'failed', refused(error.code));
        else await storage.sms.move(sending, { state: 'waiting', dueAt: now + againMs, reason: refused(error.code) });
      } else {
        await giveUp(sending, 'failed', refused(error.code));
      }
      log.warn({ sms: row.kind, code: error.code }, 'A text message was not taken');
    }
  }

  /** Sent, or perhaps sent: the provider knows. */
  async function look(row: SmsRow, { provider }: SmsSource, signal: AbortSignal): Promise<void> {
    const now = clock.now();
    const at = row.sentAt ?? row.plannedAt;
    const order = await storage.views.findOrder(row.orderId);
    const mobile = order && (await numberFor(order));
    if (mobile === undefined) {
      // Erased since: nobody can ask any more.
      await storage.sms.move(row, { state: row.state === 'sent' ? 'sent' : 'failed', dueAt: null, reason: noNumber });
      return;
    }
    const outcome = await provider.outcomeOf({ id: row.id, mobile, ref: row.ref, at }, signal);
    const isOver = now - at >= (row.state === 'sent' ? lastLookMs : unknownMs);
    if (outcome === undefined) {
      if (row.state !== 'sent' && isOver) await giveUp(row, 'failed', neverSent);
      else await storage.sms.move(row, { state: row.state, dueAt: isOver ? null : now + firstLookMs });
      return;
    }
    const { state, ref, code } = outcome;
    const dueAt = state === 'sent' && !isOver ? now + againMs : null;
    await storage.sms.move(row, { state, dueAt, ref, reason: state === 'failed' ? refused(code) : null });
  }

  async function step(row: SmsRow, from: SmsSource, signal: AbortSignal): Promise<void> {
    if (row.state === 'waiting') {
      try {
        await say(row, from, signal);
      } catch (error) {
        if (!(error instanceof RejectedError)) throw error;
        // A receiver that cannot be opened any more: nobody else waits behind it.
        log.warn({ sms: row.kind, code: error.code }, 'A text message could not be prepared');
        await giveUp(row, 'failed', refused(error.code));
      }
      return;
    }
    // Found as it was left: it died between sending and writing down what came of it.
    if (row.state === 'sending') {
      await storage.sms.move(row, { state: 'unknown', dueAt: clock.now() });
      return;
    }
    try {
      await look(row, from, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const now = clock.now();
      // Whoever may not ask will not be told: what was sent stays sent, what is unknown stays unknown.
      const isOver = now - (row.sentAt ?? row.plannedAt) >= lastLookMs;
      await storage.sms.move(row, { state: row.state, dueAt: isOver ? null : now + againMs });
    }
  }

  return {
    /** Plans what is new and moves on what is due. Answers how many messages it looked at. */
    async run(signal: AbortSignal): Promise<number> {
      const planned = await plan();
      const from = source();
      if (from === undefined) return planned;
      const due = await storage.sms.listDue(clock.now(), fewMessages);
      for (const row of due) {
        if (signal.aborted) break;
        await step(row, from, signal);
      }
      return planned + due.length;
    },

    /** Takes receipts: nudges, since they are not signed. Undefined when there is no such way, or its secret is another. */
    async hear(smsId: string, secret: string, rawBody: Buffer): Promise<PushAnswer | undefined> {
      const from = source();
      if (from?.id !== smsId || !isSameSecret(from.hookSecret, secret)) return undefined;
      try {
        for (const id of from.provider.readReceipts(rawBody)) await storage.sms.nudge(id, clock.now());
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        log.warn({ sms: smsId, code: error.code }, 'A receipt was refused');
        return from.provider.answerReceipts(false);
      }
      return from.provider.answerReceipts(true);
    },
  };
}

const noNumber: Text = {
  zh: '平台不给手机号，请用平台消息告诉买家',
  en: 'the platform gives no number: tell the buyer through the platform',
};
const switchedOff: Text = { zh: '这种短信停用了', en: 'this kind of message was switched off' };
const neverSent: Text = { zh: '查证过了，没有发出去', en: 'checked: it was not sent' };
const refused = (code: string): Text => ({ zh: `短信平台拒绝：${code}`, en: `the provider refused: ${code}` });
