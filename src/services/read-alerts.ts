import { actorId } from '../domain/actor.ts';
import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, type Line, line, markOf, notice } from '../domain/card.ts';
import { tailOf } from '../domain/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { AlertFilter, Storage } from '../ports/stores.ts';
import { sayNow } from '../render/alert-card.ts';
import { say } from '../render/words.ts';
import { howLate } from './alert-line.ts';
import { numberOf } from './alert-number.ts';
import { type Directory, sourceName, warehouseName } from './directory.ts';

const shown = 8;

/** `/alerts` and `/mine`: worst first, what is said once per group, how long, who has it. */
export function createReadAlerts({
  storage,
  clock,
  directory,
}: {
  storage: Storage;
  clock: Clock;
  directory: Directory;
}) {
  function lineOf(alert: Alert, called: number | null, asking: Asking): Line {
    const { language } = asking;
    const zh = language === 'zh';
    const { facts } = alert;
    const shipBy = typeof facts['shipBy'] === 'number' ? facts['shipBy'] : null;
    const number = called === null ? '' : zh ? `${called}号 ` : `no. ${called} `;
    const where =
      typeof facts['source'] === 'string'
        ? sourceName(facts['source'], directory)
        : facts.warehouseId === undefined
          ? ''
          : ` ${warehouseName(facts.warehouseId, directory)}`;
    const variant = facts['short'] === undefined ? '' : String(facts['sku']);
    const tail = facts.orderNo === undefined ? variant : tailOf(facts.orderNo);
    const holder = alert.claimedBy === null ? '' : ` · ${directory.personName(alert.claimedBy)}`;
    return line(
      `${markOf[alert.severity]} ${number}${tail}${where} · ${say(sayNow(alert.ruleId, directory.ruleSay(alert.ruleId), shipBy, clock.now()), language)} · ${howLate(alert, clock.now(), language)}${holder}`,
    );
  }

  /** No alert means nothing is wrong only where somebody looked. */
  async function quiet({ language }: Asking, none: string): Promise<Card> {
    const blind = (await storage.sources.list()).filter(({ lastOkAt }) => lastOkAt === null);
    if (blind.length === 0) return notice('done', none);
    const names = blind.map(({ id }) => sourceName(id, directory));
    return notice(
      'warning',
      language === 'zh'
        ? `${names.join('、')}还没连上，我现在看不到它的订单。请管理员运行 npx warroom doctor`
        : `${names.join(', ')} has not answered yet: I cannot see its orders. An administrator can run npx warroom doctor`,
    );
  }

  async function card(
    asking: Asking,
    filter: Pick<AlertFilter, 'claimedBy' | 'groupKey'>,
    none: string,
  ): Promise<readonly Card[]> {
    const alerts = await storage.alerts.list({ state: 'unresolved', limit: shown, ...filter });
    if (alerts.length === 0) return [await quiet(asking, none)];
    const numbers = await Promise.all(alerts.map((alert) => numberOf(storage, alert)));
    const total = await storage.alerts.count({ state: 'unresolved', ...filter });
    const zh = asking.language === 'zh';
    const claimed = await storage.alerts.count({ state: 'claimed', ...filter });
    return [
      {
        tone: 'warning',
        lines: [
          line(zh ? `${total} 件没解决 · ${claimed} 件有人在办` : `${total} open · ${claimed} in hand`),
          ...alerts.map((alert, index) => lineOf(alert, numbers[index] ?? null, asking)),
          ...(total > alerts.length
            ? [line(zh ? `…还有 ${total - alerts.length} 件，见看板` : `… ${total - alerts.length} more on the board`)]
            : []),
        ],
        buttons: [],
        link: { label: zh ? '看板' : 'Board', path: '/' },
      },
    ];
  }

  return {
    all: (asking: Asking, of: Alert | undefined) => {
      const zh = asking.language === 'zh';
      return of === undefined
        ? card(asking, {}, zh ? '现在没有异常' : 'Nothing is wrong right now')
        : card(
            asking,
            { groupKey: of.groupKey },
            zh ? '这一组没有未解决的异常了' : 'Nothing of this group is open any more',
          );
    },
    mine: (asking: Asking) =>
      card(
        asking,
        { claimedBy: actorId(asking.actor) },
        asking.language === 'zh' ? '你手里没有异常' : 'You hold nothing',
      ),
  };
}
