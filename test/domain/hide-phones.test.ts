import { expect, it } from 'vitest';
import { hidePhones } from '../../src/domain/hide-phones.ts';

it.each([
  ['电话13812348000 快点', '电话138****8000 快点'],
  ['+86 138-1234-8000', '138****8000'],
  ['008613812348000', '138****8000'],
  ['138 1234 8000，或 15912348001', '138****8000，或 159****8001'],
  ['１３８１２３４８０００', '138****8000'],
])('a mobile number in %j is hidden [P18]', (text, shown) => {
  expect(hidePhones(text)).toBe(shown);
});

it.each([
  '查 202611240018842',
  '4012345678901234567',
  '261124-123456789012345',
  'YT8813812348000',
  '78138123480001',
  '12号 给 李建国',
  '2026-11-24 10:05',
  '绣字：平安',
])('%j is no mobile number and stays as it is', (text) => {
  expect(hidePhones(text)).toBe(text);
});
