import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import type { Period } from '../domain/health-report.ts';
import { healthCard } from '../render/health-card.ts';
import type { ReadHealth } from './read-health.ts';

/** What people say for a period; nothing means today. */
const periodWords: Readonly<Record<Period, RegExp>> = {
  day: /^(|day|today|日|天|今天|今日|日报)$/,
  week: /^(week|周|本周|这周|周报|一周)$/,
  month: /^(month|月|本月|这个月|月报)$/,
};

/** `/health`: the numbers of today, of this week or of this month so far. */
export function createTellHealth({ readHealth }: { readHealth: ReadHealth }) {
  return async ({ language }: Asking, words: string | undefined): Promise<readonly Card[]> => {
    const said = (words ?? '').trim().toLowerCase();
    const period = (['day', 'week', 'month'] as const).find((each) => periodWords[each].test(said));
    if (period === undefined) {
      const text =
        language === 'zh'
          ? '只有日、周、月三种：/战报 今天、/战报 本周、/战报 本月'
          : 'There are three: /health day, /health week, /health month';
      return [notice('refused', text)];
    }
    return [healthCard(await readHealth(period), language, { type: 'asked' })];
  };
}
