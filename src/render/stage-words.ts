import type { Stage } from '../domain/stage.ts';
import type { Text } from '../domain/text.ts';

/** The warehouse's own words. */
export const stageWords: Readonly<Record<Stage, Text>> = {
  placed: { zh: '已下单', en: 'placed' },
  paid: { zh: '已付款', en: 'paid' },
  queued: { zh: '待拣', en: 'waiting to be sorted' },
  review: { zh: '人工复核', en: 'in review' },
  sorting: { zh: '分拣中', en: 'being sorted' },
  packed: { zh: '已打包', en: 'packed' },
  labelled: { zh: '已打单', en: 'labelled' },
  shipped: { zh: '已发货', en: 'shipped' },
  scanned: { zh: '已揽收', en: 'picked up' },
  delivered: { zh: '已签收', en: 'delivered' },
  closed: { zh: '已关闭', en: 'closed' },
};
