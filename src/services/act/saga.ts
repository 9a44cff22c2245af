import type { Actor } from '../../domain/actor.ts';
import type { Card } from '../../domain/card.ts';
import { AppError } from '../../domain/errors.ts';
import type { Refusal } from '../../domain/outcome.ts';
import { parseSubject } from '../../domain/subject.ts';
import type { Text } from '../../domain/text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ActionRow, ActionState, Storage, Stores } from '../../ports/stores.ts';
import { actDelayed, actDone, actPending, actUndone, actUnknown, actUnseen } from '../../render/act-cards.ts';
import type { Directory } from '../directory.ts';
import { languageOf } from '../language.ts';
import type { ActContext, ActKind } from './kind.ts';
import { outsideKindOf } from './kinds.ts';
import { tailOfSubject } from './propose.ts';

export interface SagaDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly context: ActContext;
  readonly directory: Directory;
  readonly metrics: Metrics;
  readonly log: Log;
}

const probeEveryMs = 2_000;
const unknownProbeMs = 3_000;
const longestPauseMs = 300_000;
/** An unanswered write that is still nowhere to be seen after this long did not happen. */
const patienceMs = 60_000;
/** A yes is about the preview: what could not be sent by then is not done any more. */
const yesHoldsMs = 5 * 60_000;
/** Accepted and never seen: somebody may have changed it again in between. */
const settlingMs = 10 * 60_000;

/**
 * Drives every unfinished action one move on: read and compare, write once, read back, say what truly happened.
 * Each move is a row before and after it, so a crash between any two is picked up, and the write is never repeated:
 * an action found in `writing` may have written, so it is looked for, not done again.
 */
export function createSaga({
  storage,
  clock,
  context,
  directory,
  metrics,
  log,
}: SagaDeps): (signal: AbortSignal) => Promise<number> {
  const actorOf = (action: ActionRow): Actor =>
    action.actorId.startsWith('person:')
      ? {
          type: 'person',
          person: {
            id: action.actorId.slice('person:'.length),
            name: directory.personName(action.actorId),
            role: 'viewer',
          },
        }
      : { type: 'automation', name: action.actorId };

  async function say(tx: Stores, action: ActionRow, state: string, card: Card): Promise<void> {
    await tx.outbox.add({
      key: `act/${action.id}/${state}`,
      roomId: action.roomId,
      kind: 'result',
      priority: 0,
      alertId: null,
      card,
      dueAt: clock.now(),
    });
  }

  async function finish(
    action: ActionRow,
    from: ActionState,
    to: 'done' | 'refused' | 'failed',
    why: Why | null,
    after?: unknown,
  ): Promise<void> {
    const kind = outsideKindOf(action.kind);
    const language = await languageOf(storage, action.roomId);
    const orderNo = orderNoOf(action);
    const words = kind.done(context, action.request, after ?? action.after);
    const undoable = to === 'done' && 'act' in kind.compensate(action.request, action.before) && action.undoOf === null;
    await storage.transaction(async (tx) => {
      const now = clock.now();
      const moved = await tx.actions.move(action.id, from, to, {
        finishedAt: now,
        ...(after === undefined ? {} : { after }),
      });
      if (!moved) return;
      await tx.actions.step(action.id, to, now, why);
      await tx.audit.add({
        at: now,
        actor: actorOf(action),
        action: `act.${action.kind}.${to}`,
        subject: action.subject,
        detail: { action: action.id, approver: action.approverId },
      });
      if (to === 'done') {
        await tx.events.append({
          source: 'act',
          sourceId: action.id,
          subject: action.subject,
          kind: 'act',
          occurredAt: now,
          receivedAt: now,
          facts: { kind: action.kind, action: action.id, actor: action.actorId },
        });
      }
      const who = {
        by: directory.personName(action.actorId),
        approver: action.approverId === null ? null : directory.personName(action.approverId),
      };
      const system = placeName(action);
      const names = namesOf(action);
      const card =
        why?.isUnseen === true
          ? actUnseen(names, language)
          : to === 'done'
            ? actDone(
                {
                  tail: tailOfSubject(action.subject),
                  orderNo,
                  words,
                  system,
                  at: now,
                  timezone: directory.timezone,
                  ...who,
                  undo: undoable,
                  already: why !== null,
                  link: kind.link?.(action.request) ?? null,
                },
                language,
              )
            : actUndone(
                {
                  ...names,
                  why: why?.text ?? { zh: '', en: '' },
                  told: why?.told ?? '',
                },
                language,
              );
      await say(tx, action, to, card);
    });
    metrics.acted(action.kind, to);
    log.info({ action: action.id, kind: action.kind, state: to }, 'Action finished');
  }

  async function postpone(
    action: ActionRow,
    from: ActionState,
    to: ActionState,
    waitMs: number,
    step: string,
    detail: unknown,
    after?: unknown,
  ): Promise<void> {
    const language = await languageOf(storage, action.roomId);
    await storage.transaction(async (tx) => {
      const now = clock.now();
      if (
        !(await tx.actions.move(action.id, from, to, {
          nextAt: now + waitMs,
          probes: action.probes + 1,
          ...(after === undefined || after === null ? {} : { after }),
        }))
      )
        return;
      await tx.actions.step(action.id, step, now, detail);
      if (to === 'planned' && action.probes === 1)
        await say(tx, action, 'delayed', actDelayed(namesOf(action), language));
    });
  }

  /** Everything up to and including the one write. */
  async function begin(action: ActionRow, kind: ActKind<unknown, unknown>, signal: AbortSignal): Promise<void> {
    const check = await kind.check(context, action.request, signal);
    if (check.state === 'already')
      return finish(action, 'planned', 'done', { text: { zh: '本来就是这样', en: 'it was so already' } });
    if (check.state === 'refused') return finish(action, 'planned', 'refused', { text: check.why });
    const isMine = await storage.transaction(async (tx) => {
      const now = clock.now();
      // From here on a crash means "may have been written".
      const moved = await tx.actions.move(action.id, 'planned', 'writing', {
        before: check.before,
        nextAt: now + unknownProbeMs,
        probes: 0,
      });
      if (moved) await tx.actions.step(action.id, 'write', now, check.before);
      return moved;
    });
    if (!isMine) return undefined;
    const written = { ...action, before: check.before };
    const outcome = await kind.write(context, action.request, action, directory.personName(action.actorId), signal);
    switch (outcome.kind) {
      case 'done':
      case 'already':
        return postpone(written, 'writing', 'settling', 0, 'accepted', outcome.kind, outcome.value);
      case 'accepted':
        return postpone(written, 'writing', 'settling', outcome.pollAfterMs, 'accepted', outcome.kind);
      case 'refused':
        return finish(written, 'writing', 'refused', refusalWords(written, outcome.code, outcome.providerText));
      case 'unsupported':
        return finish(written, 'writing', 'refused', { text: outcome.manual });
      case 'retryable':
        // Nothing was applied: the very same action may be tried again.
        return postpone(
          written,
          'writing',
          'planned',
          Math.max(outcome.afterMs, 1_000),
          'try-later',
          outcome.providerCode ?? null,
        );
      case 'unknown':
        return becomeUnknown(written);
    }
  }

  async function becomeUnknown(action: ActionRow): Promise<void> {
    const language = await languageOf(storage, action.roomId);
    await storage.transaction(async (tx) => {
      const now = clock.now();
      if (!(await tx.actions.move(action.id, 'writing', 'unknown', { nextAt: now + unknownProbeMs, probes: 0 })))
        return;
      await tx.actions.step(action.id, 'unknown', now, null);
      await say(tx, action, 'unknown', actUnknown(namesOf(action), language));
    });
    metrics.acted(action.kind, 'unknown');
  }

  async function readBack(action: ActionRow, kind: ActKind<unknown, unknown>, signal: AbortSignal): Promise<void> {
    const seen = await kind.probe(context, action.request, action.before, action, signal);
    if (seen !== 'not-yet')
      return finish(action, action.state, 'done', null, seen === 'applied' ? undefined : seen.after);
    const steps = await storage.actions.steps(action.id);
    const writtenAt = steps.findLast((step) => step.step === 'write')?.at ?? action.startedAt;
    const waited = clock.now() - writtenAt;
    if (action.state === 'unknown' && waited > Math.max(patienceMs, kind.visibleWithinMs)) {
      return finish(action, 'unknown', 'failed', {
        text: {
          zh: '查证过了，没有生效。需要的话请再发一次',
          en: 'checked: it did not happen. Send it again if you still want it',
        },
      });
    }
    if (action.state === 'settling' && waited > settlingMs)
      return finish(action, 'settling', 'failed', { text: { zh: '', en: '' }, isUnseen: true });
    if (action.state === 'settling' && action.probes === 3) await sayPending(action);
    const pause = Math.min(
      longestPauseMs,
      action.state === 'unknown' ? unknownProbeMs : probeEveryMs * Math.max(1, action.probes - 5),
    );
    return postpone(action, action.state, action.state, pause, 'not-yet', null);
  }

  async function sayPending(action: ActionRow): Promise<void> {
    const card = actPending(namesOf(action), await languageOf(storage, action.roomId));
    await storage.transaction((tx) => say(tx, action, 'pending', card));
  }

  const placeName = (action: ActionRow): string => {
    const { systemId, shopId, carrierId } = placeOf(action);
    if (carrierId !== undefined) return directory.carrierName(carrierId);
    return systemId === undefined ? directory.shopName(shopId ?? '') : directory.systemName(systemId);
  };

  const namesOf = (action: ActionRow) => ({
    tail: tailOfSubject(action.subject),
    system: placeName(action),
    aim: outsideKindOf(action.kind).aim(context, action.request),
  });

  async function advance(action: ActionRow, signal: AbortSignal): Promise<void> {
    try {
      const kind = outsideKindOf(action.kind);
      if (action.state === 'planned' && clock.now() - action.startedAt > yesHoldsMs)
        await finish(action, 'planned', 'failed', tooLate);
      else if (action.state === 'planned') await begin(action, kind, signal);
      else if (action.state === 'writing') await becomeUnknown(action);
      else await readBack(action, kind, signal);
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'BUG';
      // A read failed: nothing was decided. The write itself answers with an outcome, never with an error.
      const now = (await storage.actions.find(action.id))?.state ?? action.state;
      if (now === 'writing') return becomeUnknown({ ...action, state: now });
      const isGone = code === 'SYSTEM_GONE' || code === 'SHOP_GONE' || code === 'CARRIER_GONE';
      if (isGone) return finish(action, now, now === 'planned' ? 'refused' : 'failed', goneFrom(action));
      await postpone(
        action,
        now,
        now,
        Math.min(longestPauseMs, unknownProbeMs * (1 + action.probes)),
        'read-failed',
        code,
      );
      // One that breaks must not keep the others waiting.
      if (code === 'BUG') log.error({ action: action.id, error }, 'An action broke, it is looked at again');
      else log.warn({ action: action.id, code }, 'Could not read for an action, will try again');
    }
    return undefined;
  }

  return async (signal) => {
    const due = await storage.actions.listDue(clock.now(), 20);
    // One after another: a vendor's limits are small, and two acts on one thing must not overlap.
    for (const action of due) {
      if (signal.aborted) break;
      await advance(action, signal);
    }
    return due.length;
  };
}

const orderNoOf = (action: ActionRow): string => {
  const subject = parseSubject(action.subject);
  return subject?.type === 'order' ? subject.channelOrderNo : action.subject;
};

interface Place {
  readonly systemId?: string;
  readonly shopId?: string;
  readonly carrierId?: string;
}

/** Where it is written: a warehouse system, a carrier, or a shop's own pages. */
const placeOf = (action: ActionRow): Place => action.request as Place;

/** Our words, and behind them what the vendor said, if that helps. */
interface Why {
  readonly text: Text;
  readonly told?: string;
  /** Accepted, but never seen to be so. */
  readonly isUnseen?: boolean;
}

const tooLate: Why = {
  text: {
    zh: '5 分钟内没能提交（系统问不到、太忙，或机器人停过）。需要的话请再发一次',
    en: 'it could not be sent within 5 minutes. Send it again if you still want it',
  },
};

function whereOf(action: ActionRow): Text {
  const { systemId, carrierId } = placeOf(action);
  if (carrierId !== undefined) return { zh: '快递公司', en: 'the carrier' };
  return systemId === undefined ? { zh: '店铺后台', en: 'the shop' } : { zh: '仓库系统', en: 'the warehouse system' };
}

function goneFrom(action: ActionRow): Why {
  const { zh, en } = whereOf(action);
  return {
    text: {
      zh: `这个${zh === '店铺后台' ? '店铺' : zh}已经不在配置里，没法核实，请人工核对`,
      en: `${en} is no longer configured: it cannot be checked; please look yourself`,
    },
  };
}

const refused: Readonly<Partial<Record<Refusal, Text>>> = {
  picking: { zh: '已经开始拣货', en: 'picking has begun' },
  shipped: { zh: '已经发货', en: 'it has been shipped' },
  no_stock: { zh: '库存不够', en: 'there is not enough stock' },
  bad_warehouse: { zh: '这个仓不能用', en: 'that warehouse cannot take it' },
  stale: { zh: '刚刚被别人改过，请重新看一下', en: 'somebody changed it meanwhile; look again first' },
  held: { zh: '这单被暂停了', en: 'it is on hold' },
  forbidden: { zh: '接口没有这个权限', en: 'the API account may not do this' },
};

function refusalWords(action: ActionRow, code: Refusal, told = ''): Why {
  const { zh, en } = whereOf(action);
  if (code === 'not_found') return { text: { zh: `${zh}里找不到`, en: `${en} does not know it` } };
  const known = refused[code];
  return known === undefined ? { text: { zh: `${zh}拒绝了`, en: `${en} refused` }, told } : { text: known };
}
