import type { Chart } from '../domain/chart.ts';
import { cycleLimits } from '../domain/health.ts';
import type { Health } from '../domain/health-report.ts';
import type { Language } from '../domain/text.ts';
import { dayText } from './health-words.ts';

const hour = 3_600_000;
const inHours = (ms: number): number => Math.round((ms / hour) * 10) / 10;

/** The cycle day by day, with the lines above which the lights change. */
export function healthChart({ trend }: Pick<Health, 'trend'>, language: Language): Chart {
  const zh = language === 'zh';
  const [first, last] = [trend[0]?.day ?? '', trend.at(-1)?.day ?? ''];
  const limit = (light: 'yellow' | 'red', zhName: string) => {
    const value = inHours(cycleLimits[light]);
    return { value, light, label: zh ? `${zhName} ${value}时` : `${light} ${value} h` };
  };
  return {
    title: zh ? '每天的揽收周期（小时）' : 'Fulfillment cycle by day (hours)',
    note: zh
      ? `付款 → 首次揽收，均值，记在揽收那天 · ${dayText(first, language)}–${dayText(last, language)}`
      : `Paid → first scan, mean, by day of the scan · ${dayText(first, language)}–${dayText(last, language)}`,
    labels: trend.map(({ day }) => day.slice(5).replace('-', '/')),
    bars: trend.map(({ mean }) => (mean === null ? null : inHours(mean))),
    lines: [limit('yellow', '黄'), limit('red', '红')],
  };
}
