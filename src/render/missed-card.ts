import { type Card, notice } from '../domain/card.ts';
import type { Language } from '../domain/text.ts';
import { clockTime } from './words.ts';

/** Which minutes the bot did not hear: what was said to it then is nowhere. Times are unix ms. */
export function missedCard(from: number, to: number, timezone: string, language: Language): Card {
  const minutes = `${clockTime(from, timezone)}–${clockTime(to, timezone)}`;
  return language === 'zh'
    ? notice(
        'warning',
        `${minutes} 我断线了，没听到群里的话`,
        '这段时间 @我 说的、点的按钮请再来一次；告警没有少，会补发',
      )
    : notice(
        'warning',
        `${minutes}: I was cut off and heard nothing`,
        'Please repeat what you told me or pressed then; no alert is lost, they follow',
      );
}
