import { describe, expect, it } from 'vitest';
import { createIdentifier } from '../../src/adapters/identifier.ts';

const identifier = createIdentifier(Buffer.alloc(32, 7));
const other = createIdentifier(Buffer.alloc(32, 8));
const region = { province: '浙江省', city: '杭州市', district: '西湖区' };

describe('the key of a phone number', () => {
  it.each([
    '138 0013 8000',
    '138-0013-8000',
    '+86 138 0013 8000',
    '+8613800138000',
    '008613800138000',
    '8613800138000',
    '013800138000',
    '１３８００１３８０００',
    ' 13800138000\n',
  ])('[C2] is the same however the number is written: %j', (text) => {
    expect(identifier.phone(text, 'CN')).toEqual(identifier.phone('13800138000', 'CN'));
  });

  it.each([
    '',
    '138****8000',
    '1380013800',
    '138001380001',
    '23800138000',
    '17012345678-1234',
    '17012345678转1234',
    'abc',
    '12345',
    '+1',
    '88888888',
  ])('[C2] is missing when the text is no full number: %j', (text) => {
    expect(identifier.phone(text, 'CN')).toBeUndefined();
  });

  it('[C2] joins a number written with its country to one written without', () => {
    expect(identifier.phone('(415) 555-0100', 'US')).toEqual(identifier.phone('+1 415 555 0100', 'CN'));
    expect(identifier.phone('020 7946 0018', 'GB')).toEqual(identifier.phone('+44 (0)20 7946 0018', 'CN'));
    expect(identifier.phone('0571-88888888', 'CN')).toEqual(identifier.phone('+86 571 88888888', 'US'));
    expect(identifier.phone('4155550100', 'ZZ')).toBeUndefined();
  });

  it('[C2] is 128 bits that nobody without the secret can make, and says nothing of the number', () => {
    const key = identifier.phone('13800138000', 'CN');

    expect(key?.value).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(key).toMatchObject({ kind: 'phone', scope: 'e164' });
    expect(other.phone('13800138000', 'CN')?.value).not.toBe(key?.value);
  });
});

it('[C2] tells the same id apart in two scopes and of two kinds', () => {
  const values = [
    identifier.key('buyer', 'u1', 'shop/a'),
    identifier.key('buyer', 'u1', 'shop/b'),
    identifier.key('receiver', 'u1', 'shop/a'),
  ].map(({ value }) => value);

  expect(new Set(values).size).toBe(3);
  expect(identifier.key('buyer', 'u1', 'shop/a').value).toBe(values[0]);
});

describe('the mask of a receiver', () => {
  it.each([
    ['张三', '13800138000', '张*', '138****8000'],
    ['欧阳娜娜', '+86 138-0013-8000', '欧*', '138****8000'],
    ['John Smith', '138****8000', 'J***', '138****8000'],
    ['𠮷田', '+1 415 555 0100', '𠮷*', '141****0100'],
    ['', '', '', ''],
    ['张**', '12345', '张*', '****'],
    [' 李 ', '91234567', '李*', '91****67'],
  ])('[B5] shows %j, %j as %j, %j', (name, phone, shownName, shownPhone) => {
    expect(identifier.mask({ name, phone, ...region })).toEqual({ name: shownName, phone: shownPhone, ...region });
  });
});
