import { createHmac, createSecretKey } from 'node:crypto';
import type { IdentityKey } from '../domain/order.ts';
import type { Identifier } from '../ports/identifier.ts';

/** 128 bits: enough against collisions, short enough to be an index. */
const hashBytes = 16;

/** Calling codes of countries whose numbers come without one, and the digits that stand for "inside the country". */
const dialling: Readonly<Record<string, { readonly code: string; readonly trunk: string }>> = {
  CN: { code: '86', trunk: '0' },
  HK: { code: '852', trunk: '' },
  MO: { code: '853', trunk: '' },
  TW: { code: '886', trunk: '0' },
  JP: { code: '81', trunk: '0' },
  KR: { code: '82', trunk: '0' },
  SG: { code: '65', trunk: '' },
  MY: { code: '60', trunk: '0' },
  TH: { code: '66', trunk: '0' },
  US: { code: '1', trunk: '1' },
  CA: { code: '1', trunk: '1' },
  GB: { code: '44', trunk: '0' },
  DE: { code: '49', trunk: '0' },
  FR: { code: '33', trunk: '0' },
  AU: { code: '61', trunk: '0' },
};

/**
 * Hashes with HMAC-SHA256 under `key`, cut to 128 bits, base64url: equal inputs give equal values as long as the key stays.
 * Phone keys share one scope, so they join orders across shops and channels.
 */
export function createIdentifier(key: Buffer): Identifier {
  const secret = createSecretKey(key);
  const hash = (kind: string, value: string, scope: string): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([kind, scope, value]))
      .digest()
      .subarray(0, hashBytes)
      .toString('base64url');
  const make = (kind: IdentityKey['kind'], value: string, scope: string): IdentityKey => {
    return { kind, value: hash(kind, value, scope), scope };
  };
  return {
    phone(text, defaultCountry) {
      const number = e164(text, defaultCountry);
      return number === undefined ? undefined : make('phone', number, 'e164');
    },
    key: make,
    mask({ name, phone, province, city, district }) {
      return { name: maskName(name), phone: maskPhone(phone), province, city, district };
    },
  };
}

/** "+8613800138000", or undefined when the text is masked, has an extension, or is no number of its country. */
function e164(text: string, defaultCountry: string): string | undefined {
  const plain = text.normalize('NFKC').trim().replace('(0)', '');
  if (!/^\+?[\d\s().\-·]+$/.test(plain)) return undefined;
  const digits = plain.replace(/\D/g, '');
  if (plain.startsWith('+')) return international(digits);
  if (digits.startsWith('00')) return international(digits.slice(2));
  if (defaultCountry === 'CN') return mainland(digits);
  const country = dialling[defaultCountry];
  if (country === undefined) return undefined;
  return international(country.code + withoutPrefix(digits, country.trunk));
}

function international(digits: string): string | undefined {
  if (digits.startsWith('86')) return mainland(digits);
  return /^[1-9]\d{7,14}$/.test(digits) ? `+${digits}` : undefined;
}

/** A mobile number of 11 digits, or a fixed line with its area code; either may have 86 in front. */
function mainland(digits: string): string | undefined {
  const national = /^86\d{10,}$/.test(digits) ? digits.slice(2) : digits;
  const mobile = /^0?(1[3-9]\d{9})$/.exec(national)?.[1];
  if (mobile !== undefined) return `+86${mobile}`;
  const fixed = withoutPrefix(national, '0');
  const hasAreaCode = fixed !== national || national !== digits;
  return hasAreaCode && /^[2-9]\d{8,10}$|^10\d{8}$/.test(fixed) ? `+86${fixed}` : undefined;
}

const withoutPrefix = (digits: string, prefix: string): string =>
  prefix !== '' && digits.startsWith(prefix) ? digits.slice(prefix.length) : digits;

/** "张*" for Chinese names whatever their length, "J***" for others; an empty name stays empty. */
function maskName(name: string): string {
  const first = [...name.trim()][0];
  if (first === undefined) return '';
  return /\p{Script=Han}/u.test(first) ? `${first}*` : `${first}***`;
}

/** "138****8000". Shorter numbers keep two digits at each end, and what is too short shows nothing. */
function maskPhone(phone: string): string {
  const plain = phone.normalize('NFKC').replace(/[\s().\-·]/g, '');
  if (plain === '') return '';
  const number = plain.replace(/^(\+|00)86(?=1)/, '');
  const digits = number.replace(/[^\d*]/g, '');
  if (digits.length < 7) return '****';
  const shown = digits.length >= 11 ? { head: 3, tail: 4 } : { head: 2, tail: 2 };
  const tail = digits.slice(-shown.tail);
  return `${digits.slice(0, shown.head)}****${/\*/.test(tail) ? '' : tail}`;
}
