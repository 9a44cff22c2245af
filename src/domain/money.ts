/** An amount in the currency's smallest unit (fen, cent, yen). Never a float. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

const exponents: Readonly<Record<string, number>> = {
  JPY: 0,
  KRW: 0,
  VND: 0,
  CLP: 0,
  KWD: 3,
  BHD: 3,
  OMR: 3,
  JOD: 3,
  TND: 3,
};

/** Digits behind the point: 2 for CNY and USD, 0 for JPY, 3 for KWD (ISO 4217). */
export const exponentOf = (currency: string): number => exponents[currency] ?? 2;

/**
 * Reads a decimal text such as "199.90" without floats.
 * Returns undefined when it is no plain decimal number or has more digits than the currency knows.
 */
export function parseMinor(decimal: string, currency: string): number | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal.trim());
  if (match === null) return undefined;
  const exponent = exponentOf(currency);
  const [, sign, whole = '0', part = ''] = match;
  const digits = part.replace(/0+$/, '');
  if (digits.length > exponent) return undefined;
  const minor = Number(whole + digits.padEnd(exponent, '0'));
  if (!Number.isSafeInteger(minor)) return undefined;
  return sign === '-' ? -minor : minor;
}

const symbols: Readonly<Record<string, string>> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', JPY: 'JP¥' };

/** "¥199.90", "JP¥500", "BHD 1.250". */
export function formatMoney({ minor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const text = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
  return `${minor < 0 ? '-' : ''}${symbols[currency] ?? `${currency} `}${text}`;
}
