import type { SilenceScope } from '../domain/silence.ts';
import type { Text } from '../domain/text.ts';
import { type Directory, warehouseName } from './directory.ts';
import { placeOf } from './groups-due.ts';

const both = (words: string): Text => ({ zh: words, en: words });

/** What a silence is about, as people call it. */
export function scopeWords(scope: SilenceScope, directory: Directory): Text {
  switch (scope.kind) {
    case 'rule':
      return directory.ruleSay(scope.ruleId);
    case 'warehouse':
      return both(warehouseName(scope.warehouseId, directory) ?? scope.warehouseId);
    case 'shop':
      return both(directory.shopName(scope.shopId));
    case 'alert':
      return directory.ruleSay(scope.ruleId);
    case 'group': {
      const [ruleId = ''] = scope.groupKey.split('|');
      const place = placeOf(directory, scope.groupKey);
      const say = directory.ruleSay(ruleId);
      return place === null ? say : { zh: `${place} ${say.zh}`, en: `${place}: ${say.en}` };
    }
    case 'sku':
      return both(scope.words);
  }
}
