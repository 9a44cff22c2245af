import type { Alert } from '../domain/alert.ts';
import { type Card, line } from '../domain/card.ts';
import { instantAt } from '../domain/local-day.ts';
import type { Language } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { localDay, say } from '../render/words.ts';
import type { Directory } from './directory.ts';

export interface ShadowDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  /** How many days from the first start on, and the private chat that hears instead of the rooms. */
  readonly plan: () => { readonly days: number; readonly roomId: string; readonly language: Language } | undefined;
}

const aDay = 86_400_000;
/** When the day's digest goes out, local time. */
const digestAt = '20:00';
const mostRules = 4;

/** The first days: what the rooms would have heard goes to one person, once a day. */
export function createShadow({ storage, clock, directory, plan }: ShadowDeps) {
  let bornAt: number | undefined;

  async function dayNumber(now: number): Promise<number> {
    bornAt ??= await storage.bornAt();
    return Math.floor((now - bornAt) / aDay) + 1;
  }

  const isWithin = async (now: number): Promise<boolean> => (await dayNumber(now)) <= (plan()?.days ?? 0);

  /** Once a day, and once more when the days are over. */
  async function digest(): Promise<number> {
    const now = clock.now();
    const goesOn = await isWithin(now);
    if (!goesOn && !(await storage.noise.hasShadow())) return 0;
    const today = localDay(now, directory.timezone);
    if (goesOn && now < instantAt(today, digestAt, directory.timezone)) return 0;
    const to = plan();
    const day = { number: await dayNumber(now), of: to?.days ?? 0, isLast: !goesOn };
    return storage.transaction(async (tx) => {
      const pending = (await tx.noise.heldCauses()).filter(({ cause }) => cause === 'shadow');
      const alerts: Alert[] = [];
      for (const { roomId } of pending) alerts.push(...(await tx.noise.heldIn(roomId, 'shadow')));
      const isNew =
        to === undefined ||
        (await tx.outbox.add({
          key: `shadow/${goesOn ? today : `over-${now}`}`,
          roomId: to.roomId,
          kind: 'notice',
          priority: 2,
          alertId: null,
          card: digestCard(alerts, day, directory, to.language),
          dueAt: now,
        }));
      if (!isNew) return 0; // today's was said
      for (const { roomId } of pending) await tx.noise.heldSaid(roomId, 'shadow', now);
      if (!goesOn) await tx.noise.endShadow();
      return 1;
    });
  }

  return {
    digest,
    /** Until the rooms may be spoken to: the last digest comes first. */
    isOn: async (): Promise<boolean> => (await isWithin(clock.now())) || (await storage.noise.hasShadow()),
  };
}

function digestCard(
  alerts: readonly Alert[],
  day: { readonly number: number; readonly of: number; readonly isLast: boolean },
  directory: Directory,
  language: Language,
): Card {
  const zh = language === 'zh';
  const rules = [...new Set(alerts.map(({ ruleId }) => ruleId))]
    .map((ruleId) => {
      const own = alerts.filter((alert) => alert.ruleId === ruleId);
      return { ruleId, count: own.length, critical: own.filter(({ severity }) => severity === 'critical').length };
    })
    .toSorted((one, other) => other.critical - one.critical || other.count - one.count);
  const when = day.isLast
    ? zh
      ? '试运行结束，从现在起发到群里'
      : 'The trial days are over: from now on the rooms hear'
    : zh
      ? `试运行第 ${day.number} 天（共 ${day.of} 天），群里没发`
      : `Trial day ${day.number} of ${day.of}: the rooms heard nothing`;
  return {
    tone: 'numbers',
    lines: [
      line(zh ? `今天会说 ${alerts.length} 件事` : `Today I would have said ${alerts.length} things`),
      ...rules
        .slice(0, mostRules)
        .map(({ ruleId, count, critical }) =>
          line(
            zh
              ? `${say(directory.ruleSay(ruleId), language)} · ${count} 件${critical > 0 ? `（红 ${critical}）` : ''}`
              : `${say(directory.ruleSay(ruleId), language)} · ${count}${critical > 0 ? ` (${critical} critical)` : ''}`,
          ),
        ),
      line(when),
    ],
    buttons: [{ label: zh ? '看清单' : 'List', command: '/alerts', style: 'plain' }],
    link: null,
  };
}
