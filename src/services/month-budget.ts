import { notice } from '../domain/card.ts';
import { startOfDay } from '../domain/local-day.ts';
import { type MonthBudget, monthState } from '../domain/month.ts';
import type { Text } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { localDay } from '../render/words.ts';

/** An app's robot, and the rooms that it speaks in; `privately`: the platform whose private chats it serves, too. */
export interface Robot {
  readonly roomIds: readonly string[];
  readonly privately: string | undefined;
  readonly perMonth: number;
}

export interface MonthBudgetDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly timezone: () => string;
  readonly robotOf: (roomId: string) => Robot | undefined;
  readonly robots: () => readonly Robot[];
}

/** Counts a robot's calls from what was sent and heard (DingTalk counts both, dingtalk.md §4), by the company's months. */
export function createMonthBudget({ storage, clock, timezone, robotOf, robots }: MonthBudgetDeps) {
  const month = (): string => localDay(clock.now(), timezone()).slice(0, 7);

  async function of({ roomIds, privately, perMonth }: Robot): Promise<MonthBudget> {
    const from = startOfDay(`${month()}-01`, timezone());
    return { used: await storage.outbox.callsSince(roomIds, privately, from), perMonth };
  }

  return {
    /** Undefined where nobody counts. */
    ofRoom: async (roomId: string): Promise<MonthBudget | undefined> => {
      const robot = robotOf(roomId);
      return robot === undefined ? undefined : of(robot);
    },
    all: (): Promise<readonly (MonthBudget & { readonly roomIds: readonly string[] })[]> =>
      Promise.all(robots().map(async (robot) => ({ ...(await of(robot)), roomIds: robot.roomIds }))),
    /** Tells a room once a month that it runs short, and once that only the reserve is left. */
    tell: async (): Promise<number> => {
      let told = 0;
      for (const robot of robots()) {
        const budget = await of(robot);
        const state = monthState(budget);
        if (state === 'plenty') continue;
        for (const room of (await storage.rooms.list()).filter(({ id }) => robot.roomIds.includes(id))) {
          const isNew = await storage.outbox.add({
            key: `month/${month()}/${state}/${room.id}`,
            roomId: room.id,
            kind: 'notice',
            priority: 1,
            alertId: null,
            card: notice('warning', shortWords(budget, state)[room.language]),
            dueAt: clock.now(),
          });
          if (isNew) told += 1;
        }
      }
      return told;
    },
  };
}

export type MonthBudgets = ReturnType<typeof createMonthBudget>;

function shortWords({ used, perMonth }: MonthBudget, state: 'tight' | 'spent'): Text {
  return state === 'tight'
    ? {
        zh: `本月接口次数用了 ${used}/${perMonth}：从现在起这里只发红色告警、汇总和回复，其余月初列给大家，看板照常`,
        en: `${used} of ${perMonth} API calls used this month: from now on only criticals, summaries and answers come here; the rest is listed next month, the board goes on`,
      }
    : {
        zh: `本月接口次数只剩 ${perMonth - used}：留给红色告警和催办，回复也停了，请看看板`,
        en: `${perMonth - used} API calls are left this month, kept for criticals and escalations; answers stop, too: please use the board`,
      };
}
