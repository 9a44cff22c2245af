import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponentOf, formatMoney, parseMinor } from '../../src/domain/money.ts';

describe('reading an amount', () => {
  it.each([
    ['199.90', 'CNY', 19_990],
    ['199.9', 'CNY', 19_990],
    ['500', 'CNY', 50_000],
    [' 0.01 ', 'CNY', 1],
    ['-12.34', 'USD', -1_234],
    ['500', 'JPY', 500],
    ['500.00', 'JPY', 500],
    ['1.25', 'BHD', 1_250],
    ['1.10', 'CNY', 110],
    ['500.010000', 'CNY', 50_001],
  ])('"%s" %s is %d', (text, currency, minor) => {
    expect(parseMinor(text, currency)).toBe(minor);
  });

  it.each([
    ['', 'CNY'],
    ['1,000.00', 'CNY'],
    ['¥5', 'CNY'],
    ['1e3', 'CNY'],
    ['.5', 'CNY'],
    ['5.', 'CNY'],
    ['+5', 'CNY'],
    ['0x10', 'CNY'],
    ['NaN', 'CNY'],
    ['1.005', 'CNY'],
    ['0.5', 'JPY'],
    ['99999999999999999999', 'CNY'],
  ])('"%s" %s is refused, not rounded', (text, currency) => {
    expect(parseMinor(text, currency)).toBeUndefined();
  });

  it('does without floats: every amount comes back as it was written', () => {
    const amount = fc.integer({ min: -1e12, max: 1e12 });
    const check = fc.property(amount, fc.constantFrom('CNY', 'USD', 'JPY', 'KWD'), (minor, currency) => {
      const exponent = exponentOf(currency);
      const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
      const [whole, part] = [digits.slice(0, digits.length - exponent), digits.slice(digits.length - exponent)];
      const written = `${minor < 0 ? '-' : ''}${whole}${exponent === 0 ? '' : `.${part}`}`;

      expect(parseMinor(written, currency)).toBe(minor);
      expect(formatMoney({ minor, currency })).toContain(written.replace('-', '').replace(/^0+(?=\d)/, ''));
    });
    fc.assert(check, { numRuns: 500 });
  });
});

describe('showing an amount', () => {
  it.each([
    [19_990, 'CNY', '¥199.90'],
    [1, 'CNY', '¥0.01'],
    [0, 'CNY', '¥0.00'],
    [-5, 'USD', '-$0.05'],
    [500, 'JPY', 'JP¥500'],
    [1_250, 'BHD', 'BHD 1.250'],
    [100, 'AUD', 'AUD 1.00'],
  ])('%d %s is %s', (minor, currency, text) => {
    expect(formatMoney({ minor, currency })).toBe(text);
  });
});
