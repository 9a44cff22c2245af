import { expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { createLinks } from '../../src/services/links.ts';

const now = Date.parse('2026-11-24T06:32:00Z');
const days = 86_400_000;

const queryOf = (link: string): { e?: string; s?: string } =>
  Object.fromEntries(new URLSearchParams(link.split('?')[1]));

const codeOf = (work: () => void): string => {
  try {
    work();
    return 'fine';
  } catch (error) {
    return error instanceof UserError ? error.code : String(error);
  }
};

it('lets a link in until its seven days are over', () => {
  const links = createLinks({ key: 'key' });
  const query = queryOf(links.signLink('/o/x', now));

  expect(codeOf(() => links.verifyLink('/o/x', query, now))).toBe('fine');
  expect(codeOf(() => links.verifyLink('/o/x', query, now + 7 * days - 1_000))).toBe('fine');
  expect(codeOf(() => links.verifyLink('/o/x', query, now + 7 * days))).toBe('LINK_EXPIRED');
});

it('refuses another path, another end, another key and no signature', () => {
  const links = createLinks({ key: 'key' });
  const query = queryOf(links.signLink('/o/x', now));

  expect(codeOf(() => links.verifyLink('/o/y', query, now))).toBe('LINK_WRONG');
  expect(codeOf(() => links.verifyLink('/o/x', { ...query, e: 'zzzzzz' }, now))).toBe('LINK_WRONG');
  expect(codeOf(() => createLinks({ key: 'of another company' }).verifyLink('/o/x', query, now))).toBe('LINK_WRONG');
  expect(codeOf(() => links.verifyLink('/o/x', {}, now))).toBe('LINK_WRONG');
  expect(codeOf(() => links.verifyLink('/o/x', { ...query, s: `${query.s}é` }, now))).toBe('LINK_WRONG');
});

it('puts nothing into a link but its end and its signature', () => {
  expect(createLinks({ key: 'key' }).signLink('/o/x', now)).toMatch(/^\/o\/x\?e=[0-9a-z]{6,7}&s=[\w-]{22}$/);
});
