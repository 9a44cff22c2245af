import { actorId } from '../domain/actor.ts';
import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { Directory } from './directory.ts';

const aWeek = 7 * 86_400_000;

/** `没用 12号`: counted for the rule, once per person and alert. Changes nothing by itself. */
export function createCallUseless({
  storage,
  clock,
  directory,
}: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
}) {
  return async (asking: Asking, alert: Alert): Promise<readonly Card[]> => {
    const zh = asking.language === 'zh';
    const now = clock.now();
    const isNew = await storage.transaction(async (tx) => {
      if (!(await tx.noise.callUseless(alert, actorId(asking.actor), now))) return false;
      await tx.audit.add({
        at: now,
        actor: asking.actor,
        action: 'alert.useless',
        subject: alert.subject,
        detail: { alert: alert.id, rule: alert.ruleId },
      });
      return true;
    });
    const number = alert.number ?? '-';
    if (!isNew)
      return [notice('info', zh ? `${number}号 你已经说过没用` : `You have called no. ${number} useless already`)];
    const rule = (await storage.noise.usefulness(now - aWeek, now + 1)).find(({ ruleId }) => ruleId === alert.ruleId);
    const say = directory.ruleSay(alert.ruleId)[asking.language];
    const counts =
      rule === undefined
        ? ''
        : zh
          ? `。7 天里报 ${rule.said} 条，处理 ${rule.acted} 条，没用 ${rule.useless} 条`
          : `. In 7 days: ${rule.said} said, ${rule.acted} acted on, ${rule.useless} useless`;
    return [
      notice(
        'done',
        zh ? `记下了：${number}号 没用（${say}）${counts}` : `Noted: no. ${number} useless (${say})${counts}`,
      ),
    ];
  };
}
