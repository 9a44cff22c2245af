import { expect, it } from 'vitest';
import { causeOf, deductionWords } from '../../src/domain/deduction.ts';

it('knows a cause by the platform’s words, and calls the rest other [P13]', () => {
  const words = [
    '延迟发货',
    '超时未发货',
    '虚假发货',
    '缺货',
    '商品缺货导致延迟发货',
    '揽收超时',
    '物流停滞',
    '客服3分钟回复率',
    '描述不符',
  ];
  expect(words.map(causeOf)).toEqual([
    'late',
    'late',
    'late',
    'short',
    'short',
    'pickup',
    'pickup',
    'service',
    'other',
  ]);
});

it('says the sum and what it was for, the most first; currencies are never added up [P13]', () => {
  const sums = [
    { cause: 'late', currency: 'CNY', minor: 3_000, orders: 6 },
    { cause: 'short', currency: 'CNY', minor: 12_000, orders: 1 },
    { cause: 'other', currency: 'USD', minor: 500, orders: 1 },
  ] as const;

  expect(deductionWords(sums)).toEqual({
    zh: '扣款 ¥150.00 + $5.00（缺货 ¥120.00、发货晚 ¥30.00、其他 $5.00）',
    en: 'deducted ¥150.00 + $5.00 (out of stock ¥120.00, late ¥30.00, other $5.00)',
  });
});
