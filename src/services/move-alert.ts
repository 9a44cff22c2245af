import { actorId, nameOf, type Person } from '../domain/actor.ts';
import { type Alert, claimEnds, datedNumber, snoozeEnds } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, line, notice } from '../domain/card.ts';
import { UserError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RoomRow, Storage, Stores } from '../ports/stores.ts';
import { clockTime, span } from '../render/words.ts';
import type { Detect } from './detect.ts';
import type { Directory } from './directory.ts';

export interface MoveAlertDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly detect: Pick<Detect, 'lookAt'>;
  readonly metrics: Metrics;
}

/** The moves of an alert. Each is one step with its audit row; the second person to press is told who was first. */
export function createMoveAlert({ storage, clock, directory, detect, metrics }: MoveAlertDeps) {
  /** A group's card has one number: its moves are for everything in it that is still open. */
  async function inGroup(tx: Stores, rooms: readonly RoomRow[], alert: Alert): Promise<readonly Alert[]> {
    for (const room of rooms) {
      const said = await tx.alerts.groupSaid(room.id, alert.groupKey);
      if (said === undefined || said.count < 2 || said.number !== alert.number) continue;
      const open = await tx.alerts.list({ state: 'unresolved', groupKey: alert.groupKey, limit: 50_000 });
      if (open.length > 0) return open;
    }
    const now = (await tx.alerts.find(alert.id)) ?? alert;
    if (now.state !== 'resolved') return [now];
    throw resolved(now);
  }

  function resolved(alert: Alert): UserError {
    const at = clockTime(alert.resolvedAt ?? alert.raisedAt, directory.timezone);
    return new UserError('RESOLVED', {
      zh: `${alert.number}号 ${at} 已经解决了`,
      en: `No. ${alert.number} was resolved at ${at}`,
    });
  }

  const shipBy = (alert: Alert): number | null =>
    typeof alert.facts['shipBy'] === 'number' ? alert.facts['shipBy'] : null;
  const audit = (tx: Stores, asking: Asking, alert: Alert, move: string, detail: Record<string, unknown> = {}) =>
    tx.audit.add({
      at: clock.now(),
      actor: asking.actor,
      action: `alert.${move}`,
      subject: alert.subject,
      detail: { alert: alert.id, ...detail },
    });

  async function acknowledge(asking: Asking, alert: Alert): Promise<readonly Card[]> {
    const me = actorId(asking.actor);
    const rooms = await storage.rooms.list(); // before the step: it is a statement of its own
    const taken = await storage.transaction(async (tx) => {
      const now = clock.now();
      const results: { alert: Alert; until: number; holder: string | null }[] = [];
      for (const each of await inGroup(tx, rooms, alert)) {
        const until = claimEnds(now, shipBy(each));
        const isMine = await tx.alerts.claim(each.id, me, now, until);
        if (isMine) await audit(tx, asking, each, 'claimed');
        results.push({ alert: each, until, holder: isMine ? null : each.claimedBy });
      }
      return results;
    });
    const mine = taken.filter((each) => each.holder === null);
    if (mine.length === 0) {
      const holder = directory.personName(taken[0]?.holder ?? '');
      return [
        notice(
          'info',
          asking.language === 'zh'
            ? `${alert.number}号 ${holder} 已经认领了`
            : `No. ${alert.number}: ${holder} already has it`,
        ),
      ];
    }
    const until = clockTime(Math.min(...mine.map((each) => each.until)), directory.timezone);
    const many =
      mine.length > 1 ? (asking.language === 'zh' ? `（${mine.length} 单）` : ` (${mine.length} orders)`) : '';
    const text =
      asking.language === 'zh'
        ? `${alert.number}号${many} ${nameOf(asking.actor)} 认领了，${until} 前没办好会重新开放`
        : `No. ${alert.number}${many}: ${nameOf(asking.actor)} has it; it opens again at ${until} if it is not done`;
    return [
      {
        tone: 'done',
        lines: [line(text)],
        buttons: [
          {
            label: asking.language === 'zh' ? '搞定了' : 'Done',
            command: `/done ${buttonNumber(alert)}`,
            style: 'plain',
          },
          {
            label: asking.language === 'zh' ? '没用' : 'Useless',
            command: `/useless ${buttonNumber(alert)}`,
            style: 'plain',
          },
        ],
        link: null,
      },
    ];
  }

  async function snooze(asking: Asking, alert: Alert, ms: number): Promise<readonly Card[]> {
    const rooms = await storage.rooms.list();
    const until = await storage.transaction(async (tx) => {
      const now = clock.now();
      const ends: number[] = [];
      for (const each of await inGroup(tx, rooms, alert)) {
        const end = snoozeEnds(now, ms, shipBy(each));
        if (!(await tx.alerts.snooze(each.id, end))) continue;
        await audit(tx, asking, each, 'snoozed', { until: end });
        ends.push(end);
      }
      if (ends.length === 0) throw resolved(alert);
      return Math.min(...ends);
    });
    const isCut = until < clock.now() + ms - 1_000;
    const cut = isCut ? (asking.language === 'zh' ? '（到发货时限为止）' : ' (not past the ship-by)') : '';
    const left = span(until - clock.now(), asking.language);
    const at = clockTime(until, directory.timezone);
    return [
      notice(
        'info',
        asking.language === 'zh'
          ? `${alert.number}号 ${at} 再提醒（${left}后）${cut}`
          : `No. ${alert.number} comes back at ${at} (in ${left})${cut}`,
      ),
    ];
  }

  async function handOver(asking: Asking, alert: Alert, to: Person): Promise<readonly Card[]> {
    const rooms = await storage.rooms.list();
    const isMoved = await storage.transaction(async (tx) => {
      const now = clock.now();
      let moved = false;
      for (const each of await inGroup(tx, rooms, alert)) {
        if (
          !(await tx.alerts.handOver(
            each.id,
            actorId(asking.actor),
            `person:${to.id}`,
            now,
            claimEnds(now, shipBy(each)),
          ))
        )
          continue;
        await audit(tx, asking, each, 'handed-over', { to: to.id });
        moved = true;
      }
      return moved;
    });
    if (!isMoved) {
      const holderId = (await storage.alerts.find(alert.id))?.claimedBy ?? alert.claimedBy ?? '';
      const holder = directory.personName(holderId);
      if (holderId === `person:${to.id}`)
        return [
          notice(
            'info',
            asking.language === 'zh'
              ? `${alert.number}号 已经在 ${holder} 手里`
              : `No. ${alert.number} is with ${holder} already`,
          ),
        ];
      throw new UserError('NOT_YOURS', {
        zh: `${alert.number}号 在 ${holder} 手里，要他来转`,
        en: `No. ${alert.number} is with ${holder}, who has to hand it over`,
      });
    }
    return [
      notice(
        'done',
        asking.language === 'zh'
          ? `${alert.number}号 转给 ${to.name} 了`
          : `No. ${alert.number} is with ${to.name} now`,
      ),
    ];
  }

  /** Looks afresh first: what is still broken is not called done. */
  async function finish(asking: Asking, alert: Alert): Promise<readonly Card[]> {
    const rooms = await storage.rooms.list();
    const open = await storage.transaction((tx) => inGroup(tx, rooms, alert));
    const over = await detect.lookAt(open, AbortSignal.timeout(8_000));
    const still = open.filter((each) => !over.has(each.id));
    const ended = open.filter((each) => over.has(each.id));
    for (const each of ended) {
      await storage.transaction(async (tx) => {
        await tx.alerts.resolve(each.id, clock.now(), 'person');
        await audit(tx, asking, each, 'done');
      });
      metrics.resolved(each.ruleId, 'person');
    }
    const done = ended.length;
    if (still.length === 0)
      return [
        notice(
          'done',
          asking.language === 'zh'
            ? `${alert.number}号 完成，${nameOf(asking.actor)}`
            : `No. ${alert.number} done, ${nameOf(asking.actor)}`,
        ),
      ];
    const say = directory.ruleSay(alert.ruleId);
    const count =
      still.length > 1
        ? asking.language === 'zh'
          ? `还有 ${still.length} 单`
          : `${still.length} orders still:`
        : asking.language === 'zh'
          ? '还没好：'
          : 'not done yet:';
    const text = `${alert.number}${asking.language === 'zh' ? '号 ' : ': '}${done > 0 ? (asking.language === 'zh' ? `${done} 单已完成，` : `${done} done, `) : ''}${count}${say[asking.language]}`;
    return [
      {
        tone: 'warning',
        lines: [line(text)],
        buttons: [
          {
            label: asking.language === 'zh' ? '为什么' : 'Why',
            command: `/why ${buttonNumber(alert)}`,
            style: 'plain',
          },
        ],
        link:
          alert.facts.orderId === undefined
            ? null
            : { label: asking.language === 'zh' ? '看订单' : 'Order', path: `/o/${alert.facts.orderId}` },
      },
    ];
  }

  return { acknowledge, snooze, handOver, finish };
}

const buttonNumber = ({ number, day }: Alert): string =>
  number === null || day === null ? '' : datedNumber(number, day);
