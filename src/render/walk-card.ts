import { type Card, line, notice } from '../domain/card.ts';
import type { Language } from '../domain/text.ts';

/** A shop's orders read again: what was brought in, or what had been wrong here. */
export interface Walked {
  /** `backfill/<shop>` or `check/<shop>`. */
  readonly id: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly orders: number;
  readonly differed: number;
  readonly finishedAt: number | null;
}

export function walkCard(
  { id, fromAt, toAt, orders, differed, finishedAt }: Walked,
  shop: string,
  language: Language,
): Card {
  const zh = language === 'zh';
  const days = Math.round((toAt - fromAt) / 86_400_000);
  const count = orders.toLocaleString('en-US');
  if (id.startsWith('check/')) {
    return notice(
      'warning',
      line(
        zh
          ? `夜间对账 · ${shop} · ${days} 天 ${count} 单里有 ${differed} 单漏了或旧了，已改正`
          : `Nightly check · ${shop} · ${differed} of ${count} orders of ${days} days were missing or old; put right`,
      ),
      zh ? '单号在体检里（npx warroom doctor）' : 'Their numbers are in npx warroom doctor',
    );
  }
  return finishedAt === null
    ? notice(
        'info',
        line(
          zh
            ? `正在补 ${days} 天的老单 · ${shop} · 已补 ${count} 单`
            : `Bringing in ${days} days · ${shop} · ${count} orders so far`,
        ),
        zh ? '新单照常秒级看，老单不刷屏' : 'New orders are watched as always; old ones make no noise',
      )
    : notice(
        'done',
        line(zh ? `${days} 天的老单补齐了 · ${shop} · ${count} 单` : `${days} days are in · ${shop} · ${count} orders`),
      );
}
