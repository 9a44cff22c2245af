import { type Card, type Line, line, notice } from '../domain/card.ts';
import type { Cover } from '../domain/shortage.ts';
import { foreign, type Language, type Text } from '../domain/text.ts';
import { clockTime, span } from './words.ts';

/** What is short, and what nobody can see. Times are unix ms. */
export interface ShortageModel {
  readonly now: number;
  readonly timezone: string;
  readonly observedAt: number | null;
  /** Worst first. */
  readonly short: readonly (Cover & { readonly title: string })[];
  /** Styles among them. */
  readonly styles: number;
  /** SKUs that are owed, whose stock was told, and that were not asked for because there are too many. */
  readonly owed: number;
  readonly told: number;
  readonly unasked: number;
  /** Shops without a warehouse system, and the pieces they owe. */
  readonly blind: readonly { readonly shop: string; readonly pieces: number }[];
}

const shown = 4;

/** `欠 30 · 有 12 · 在途 5`; what is not told is said to be no data. */
export const coverWords = ({
  qty,
  have,
  arriving,
}: Pick<Cover, 'have' | 'arriving'> & { readonly qty: number }): Text => ({
  zh: `欠 ${qty} · 有 ${have} · ${arriving === null ? '无在途数据' : `在途 ${arriving}`}`,
  en: `owed ${qty} · have ${have} · ${arriving === null ? 'no data on what arrives' : `arriving ${arriving}`}`,
});

/** `最早剩 2时10分`; empty where no platform gives a deadline. */
export function wallWords(shipBy: number | null, now: number, language: Language): string {
  const zh = language === 'zh';
  if (shipBy === null) return '';
  if (shipBy <= now) return zh ? '最急的已过时限' : 'the worst is past ship-by';
  return zh ? `最早剩 ${span(shipBy - now, language)}` : `first wall in ${span(shipBy - now, language)}`;
}

export function shortageCard(model: ShortageModel, language: Language): Card {
  const zh = language === 'zh';
  const { short, now, timezone, observedAt } = model;
  const unseen = unseenLine(model, language);
  const data = observedAt === null ? '' : `${zh ? ' · 数据' : ' · data'} ${clockTime(observedAt, timezone)}`;
  if (model.told === 0 && model.owed > 0)
    return notice(
      'warning',
      zh ? '仓库系统没有说库存，缺不缺看不到' : 'The warehouse system tells no stock',
      ...unseen,
    );
  if (model.owed === 0 && unseen.length > 0)
    return notice(
      'warning',
      zh ? '没有接仓库系统，看不到库存' : 'No warehouse system: stock cannot be seen',
      ...unseen,
    );
  if (short.length === 0)
    return notice(
      'done',
      zh ? `要发的 ${model.told} 个颜色尺码都够${data}` : `All ${model.told} variants that are owed are covered${data}`,
      ...unseen,
    );
  const pieces = short.reduce((sum, each) => sum + each.short, 0);
  const hidden = short.length - shown;
  return {
    tone: 'critical',
    lines: [
      line(
        zh
          ? `缺 ${pieces} 件 · ${model.styles} 款 ${short.length} 个颜色尺码${data}`
          : `${pieces} pcs short · ${model.styles} styles, ${short.length} variants${data}`,
      ),
      ...short.slice(0, shown).map((each) => shortLine(each, now, language)),
      ...(hidden > 0 ? [line(zh ? `还有 ${hidden} 个，见看板` : `${hidden} more on the board`)] : []),
      ...unseen,
    ],
    buttons: [],
    link: { label: zh ? '看板' : 'Board', path: '/' },
  };
}

function shortLine(each: ShortageModel['short'][number], now: number, language: Language): Line {
  const words = coverWords(each)[language];
  const wall = wallWords(each.shipBy, now, language);
  const lacks = language === 'zh' ? `缺 ${each.short}` : `short ${each.short}`;
  return line(foreign(each.title), ` ${[lacks, words, wall].filter((part) => part !== '').join(' · ')}`);
}

function unseenLine({ owed, told, unasked, blind }: ShortageModel, language: Language): Line[] {
  const zh = language === 'zh';
  const parts = blind.map(({ shop, pieces }) =>
    zh ? `${shop} 欠 ${pieces} 件，库存看不到` : `${shop} owes ${pieces} pcs, its stock cannot be seen`,
  );
  const silent = owed - unasked - told;
  if (silent > 0 && told > 0)
    parts.push(zh ? `${silent} 个颜色尺码没有库存数据` : `no stock data on ${silent} variants`);
  if (unasked > 0)
    parts.push(zh ? `另有 ${unasked} 个这次没问，缺了会告警` : `${unasked} more were not asked now; alerts watch them`);
  return parts.length === 0 ? [] : [line(parts.join(zh ? '；' : '; '))];
}
