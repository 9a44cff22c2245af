import { may, roleOf } from '../domain/actor.ts';
import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Button, type Card, type Line, line } from '../domain/card.ts';
import { type Order, orderSubject, tailOf } from '../domain/order.ts';
import { hasReached } from '../domain/stage.ts';
import { foreign, type Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { callOutcome } from '../render/call-cards.ts';
import { heardWords } from '../render/heard-words.ts';
import { stageWords } from '../render/stage-words.ts';
import { clockTime, dateTime, say } from '../render/words.ts';
import { howLate } from './alert-line.ts';
import { causeText, detailsOf, mendFor } from './alert-models.ts';
import { stillOpen } from './alert-number.ts';
import { storyOf } from './alert-story.ts';
import type { Confirm } from './confirm.ts';
import { type Cause, diagnose } from './diagnose.ts';
import { type Directory, warehouseName } from './directory.ts';
import type { SystemSource } from './ingest.ts';
import { causeLabelOf } from './label-cause.ts';

/** That a closed order holds goods is seen; that they are the ones that lack is a guess while nobody read the stock. */
const isGuess = ({ kind }: Cause, missing: number | undefined): boolean =>
  missing === undefined && (kind === 'dead-lock' || kind === 'dead-order');

/** `/why`: what is known, what is guessed, from a fresh read; for an alert also who heard of it, and why not. */
export function createExplain({
  storage,
  clock,
  directory,
  confirm,
  systems,
}: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
  confirm: Confirm;
  systems: () => readonly SystemSource[];
}) {
  /** What mends these causes and the asker may do, each once. */
  function mendsOf(causes: readonly Cause[], { actor, language }: Asking, order: Order): Button[] {
    const system = systems().find(({ id }) => id === directory.systemOf(order.shopId));
    const clears = system?.system.capabilities.unhold === 'native';
    const mends = new Map<string, string>();
    for (const cause of causes) {
      const mend = mendFor(cause, order.channelOrderNo, clears);
      if (mend !== null && may(roleOf(actor), mend.permission)) mends.set(mend.command, say(mend.label, language));
    }
    return [...mends].map(([command, label], index) => ({
      label,
      command,
      style: index === 0 ? 'primary' : 'plain',
    }));
  }

  async function ofOrder(order: Order, asking: Asking): Promise<{ lines: Line[]; buttons: Button[] }> {
    const { language } = asking;
    const subject = orderSubject(order.shopId, order.channelOrderNo);
    const confirmation = await confirm(
      [{ ruleId: 'paid-not-sorted', subject, dueAt: clock.now() }],
      AbortSignal.timeout(8_000),
    );
    const fresh = (await storage.views.findOrder(order.id)) ?? order;
    const at = confirmation.confirmedAt(subject);
    const isSilent = confirmation.visibilityOf(fresh) === 'source-silent';
    const missing = confirmation.missingOf(subject);
    const isTold = directory.systemOf(fresh.shopId) !== undefined && directory.stageSourceOf(fresh.shopId) !== 'none';
    const { causes, fulfillment } = await diagnose(storage, fresh, () => fresh.shopId, isTold, {
      missing,
      silent: isSilent ? { since: at } : undefined,
    });
    const zh = language === 'zh';
    const time = at === null ? '' : clockTime(at, directory.timezone);
    const checked = isSilent
      ? zh
        ? `现在问不到${at === null ? '' : `，最后确认于 ${time}`}`
        : `no answer now${at === null ? '' : `, last confirmed ${time}`}`
      : zh
        ? `刚刚查证 ${time}`
        : `checked just now, ${time}`;
    const lines: Line[] = [
      line(
        `${tailOf(fresh.channelOrderNo)} · ${say(stageWords[fresh.stage], language)} ${dateTime(fresh.stageAt, directory.timezone, language)}${zh ? ' 起' : ' onwards'} · ${checked}`,
      ),
    ];
    const waits = fresh.paidAt !== null && !hasReached(fresh.stage, 'sorting');
    const told = waits ? causes.filter(({ kind }) => kind !== 'unclear').slice(0, 2) : [];
    for (const [index, cause] of told.entries()) {
      const text = causeText(cause);
      const doubt = isGuess(cause, missing) ? (zh ? '（库存没读到，不确定）' : ' (stock not read: not certain)') : '';
      if (text !== null) lines.push(line(`${told.length > 1 ? `${index + 1}. ` : ''}${say(text, language)}${doubt}`));
    }
    if (!waits) lines.push(line(zh ? '现在没有卡住' : 'It is not stuck now'));
    else if (told.length === 0)
      lines.push(
        line(
          zh ? '不确定：没有锁、没有暂停、没有缺货的证据' : 'Not certain: no lock, no hold, no shortage in evidence',
        ),
      );
    // Only what kind of stop it is: behind the colon stand the buyer's own words, maybe a telephone number.
    const [kind = ''] = fulfillment?.reason.split('：') ?? [];
    if (waits && kind !== '') lines.push(line(zh ? '仓库系统写着：' : 'The warehouse system says: ', foreign(kind)));
    const label = await causeLabelOf(storage, fresh);
    if (label !== undefined)
      lines.push(
        line(
          zh ? '标的原因：' : 'Labelled cause: ',
          foreign(label.words),
          ` · ${directory.personName(label.actorId)} ${dateTime(label.at, directory.timezone, language)}`,
        ),
      );
    return { lines, buttons: mendsOf(told, asking, fresh) };
  }

  /** What is held; its order is closed, and how that one fares explains nothing. */
  function ofLock(alert: Alert, order: Order | undefined, language: Language): { lines: Line[]; buttons: Button[] } {
    if (alert.resolvedAt !== null || order === undefined) return { lines: [], buttons: [] };
    const zh = language === 'zh';
    const where = warehouseName(alert.facts.warehouseId, directory) ?? '';
    const [qty, sku] = [alert.facts['qty'] ?? '?', alert.facts['sku'] ?? ''];
    return {
      lines: [line(zh ? `还占着 ${qty} 件 ` : `Still holds ${qty} pcs of `, foreign(String(sku)), ` · ${where}`)],
      buttons: [{ label: zh ? '解锁' : 'Release', command: `/release ${order.channelOrderNo}`, style: 'primary' }],
    };
  }

  async function ofAlert(alert: Alert, language: Language): Promise<Line[]> {
    const zh = language === 'zh';
    const late = howLate(alert, alert.resolvedAt ?? clock.now(), language);
    const end =
      alert.resolvedAt === null
        ? ''
        : zh
          ? `，${clockTime(alert.resolvedAt, directory.timezone)} 已解决`
          : `, resolved ${clockTime(alert.resolvedAt, directory.timezone)}`;
    const lines: Line[] = [
      line(
        zh
          ? `${alert.number ?? '-'}号：${say(directory.ruleSay(alert.ruleId), language)}，${late}${end}`
          : `No. ${alert.number ?? '-'}: ${say(directory.ruleSay(alert.ruleId), language)}, ${late}${end}`,
      ),
    ];
    const heard = (await storage.alerts.decisionsFor(alert.id)).at(-1);
    if (heard !== undefined)
      lines.push(line(`${clockTime(heard.at, directory.timezone)} ${say(heardWords(heard.reason), language)}`));
    const calls = await storage.calls.ofAlert(alert.id);
    const last = calls.at(-1);
    if (last !== undefined) {
      const who = directory.personName(`person:${last.personId}`);
      const at = clockTime(last.dialledAt ?? last.plannedAt, directory.timezone);
      const times = zh ? `电话 ${calls.length} 次，最后 ${at} ` : `${calls.length} calls, the last at ${at} `;
      lines.push(line(`${times}${who} · ${callOutcome(last, language)}`));
    }
    return lines;
  }

  return async (
    asking: Asking,
    about: { readonly alert: Alert } | { readonly order: Order },
  ): Promise<readonly Card[]> => {
    const { language } = asking;
    const alert = 'alert' in about ? await stillOpen(storage, about.alert) : undefined;
    const orderId = alert?.facts.orderId;
    const order =
      'order' in about ? about.order : orderId === undefined ? undefined : await storage.views.findOrder(orderId);
    const head = alert === undefined ? [] : await ofAlert(alert, language);
    // A parcel and a buyer's case explain themselves; their orders are past the stages that an order waits in.
    const details = alert === undefined ? undefined : await detailsOf(storage, directory, alert, clock.now());
    if (details !== undefined) head.push(...details.map((text) => line(say(text, language))));
    const story = alert === undefined ? null : await storyOf(storage, directory, alert, clock.now());
    if (story !== null) head.push(...story.lines.map((text) => line(say(text, language))));
    const isLock = alert?.facts['lockKind'] !== undefined;
    const body =
      alert !== undefined && isLock
        ? ofLock(alert, order, language)
        : order === undefined || details !== undefined
          ? { lines: [], buttons: [] }
          : await ofOrder(order, asking);
    return [
      {
        tone: 'info',
        lines: [...head, ...body.lines],
        buttons: body.buttons,
        link: order === undefined ? null : { label: language === 'zh' ? '详情' : 'Details', path: `/o/${order.id}` },
      },
    ];
  };
}
