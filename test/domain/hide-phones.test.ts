import { expect, it } from 'vitest';
import { hidePhones, hidePhonesInNote } from '../../src/domain/hide-phones.ts';

it.each([
  ['电话13812348000 快点', '电话138****8000 快点'],
  ['+86 138-1234-8000', '138****8000'],
  ['008613812348000', '138****8000'],
  ['+86 (138)0013-8000', '138****8000'],
  ['138.0013.8000', '138****8000'],
  ['１３８１２３４８０００', '138****8000'],
  ['+1 415-555-2671', '141****2671'],
])('a number in %j is hidden, in a message and in a note [P18]', (text, shown) => {
  expect(hidePhones(text)).toBe(shown);
  expect(hidePhonesInNote(text)).toBe(shown);
});

it.each(['138 1234 8000', '138  1234 8000', '138\u00a01234\u00a08000'])(
  'a number in groups (%j) is hidden in a note',
  (text) => {
    expect(hidePhonesInNote(`打 ${text}`)).toBe('打 138****8000');
  },
);

it.each([
  '查 202611240018842',
  '4012345678901234567',
  '261124-123456789012345',
  'YT8813812348000',
  '78138123480001',
  '12号 给 李建国',
  '2026-11-24 10:05',
  '绣字：平安',
  '12号 +30分',
])('%j is no number of a person and stays as it is', (text) => {
  expect(hidePhones(text)).toBe(text);
  expect(hidePhonesInNote(text)).toBe(text);
});

it('an alert and two tails in a command stay what they are', () => {
  expect(hidePhones('/ack 158 1234 5678')).toBe('/ack 158 1234 5678');
});
