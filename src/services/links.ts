import { createHmac, timingSafeEqual } from 'node:crypto';
import { UserError } from '../domain/errors.ts';

const lifetime = 7 * 86_400_000;

interface SignedQuery {
  /** When it ends: unix seconds in base 36. */
  readonly e?: string | undefined;
  readonly s?: string | undefined;
}

/** Links to pages that show one thing and change nothing. */
export interface Links {
  /** The path with an end and a signature over both. */
  signLink(path: string, now: number): string;
  /** Throws UserError LINK_WRONG or LINK_EXPIRED. */
  verifyLink(path: string, query: SignedQuery, now: number): void;
}

export function createLinks(deps: { key: Buffer | string }): Links {
  const sign = (path: string, end: string): string =>
    createHmac('sha256', deps.key).update(`link\n${path}\n${end}`).digest('base64url').slice(0, 22);

  return {
    signLink(path, now) {
      const end = Math.floor((now + lifetime) / 1_000).toString(36);
      return `${path}?e=${end}&s=${sign(path, end)}`;
    },

    verifyLink(path, { e = '', s = '' }, now) {
      const wanted = Buffer.from(sign(path, e));
      const given = Buffer.from(s);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        throw new UserError('LINK_WRONG', {
          zh: '这个链接不完整或被改过。请回到群里点原来的消息，或登录后查看。',
          en: 'This link is incomplete or was changed. Open it again from the message in the group, or log in.',
        });
      }
      if (Number.parseInt(e, 36) * 1_000 <= now) {
        throw new UserError('LINK_EXPIRED', {
          zh: '这个链接已过期（有效 7 天）。请在群里再查一次单，或登录后查看。',
          en: 'This link has expired (they last 7 days). Ask for the order again in the group, or log in.',
        });
      }
    },
  };
}
