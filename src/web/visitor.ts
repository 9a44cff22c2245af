import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Person } from '../domain/actor.ts';
import { type Language, languages } from '../domain/text.ts';
import type { AssetUrl, Frame } from '../render/page/layout.ts';
import type { Session, Sessions } from '../services/sessions.ts';

const languageCookie = 'warroom_lang';
const yearInSeconds = 365 * 86_400;

export interface Visitor {
  readonly person: Person | undefined;
  readonly language: Language;
}

export interface Visitors {
  of(request: FastifyRequest): Promise<Visitor>;
  /** Where nobody looks who it is. */
  languageOf(request: FastifyRequest): Language;
  /** Puts `?lang=` into a cookie, so that it holds on the next page. */
  keepLanguage(request: FastifyRequest, reply: FastifyReply): void;
  begin(reply: FastifyReply, session: Session): void;
  end(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  frame(request: FastifyRequest, visitor: Visitor): Promise<Frame>;
}

export function createVisitors(deps: {
  sessions: Sessions;
  listPeople: () => Promise<readonly Person[]>;
  now: () => number;
  language: Language;
  world: 'sandbox' | 'real';
  isHttps: boolean;
  asset: AssetUrl;
}): Visitors {
  const sessionCookie = deps.isHttps ? '__Host-warroom' : 'warroom_session';
  const common = { path: '/', httpOnly: true, sameSite: 'lax', secure: deps.isHttps } as const;

  /** What the browser was told, which wins over what the configuration knows of the person. */
  const chosen = (request: FastifyRequest): Language | undefined =>
    asked(request) ?? pick(request.cookies[languageCookie]);

  return {
    languageOf: (request) => chosen(request) ?? deps.language,

    async of(request) {
      const cookie = request.cookies[sessionCookie];
      const person = cookie === undefined ? undefined : await deps.sessions.find(cookie);
      return { person, language: chosen(request) ?? person?.language ?? deps.language };
    },

    keepLanguage(request, reply) {
      const language = asked(request);
      if (language !== undefined) void reply.setCookie(languageCookie, language, { ...common, maxAge: yearInSeconds });
    },

    begin(reply, session) {
      // The browser counts by its own clock: only the length is told.
      const maxAge = Math.round((session.expiresAt - deps.now()) / 1_000);
      void reply.setCookie(sessionCookie, session.cookie, { ...common, maxAge });
    },

    async end(request, reply) {
      const cookie = request.cookies[sessionCookie];
      if (cookie !== undefined) await deps.sessions.end(cookie);
      void reply.clearCookie(sessionCookie, common);
    },

    async frame(request, visitor) {
      const people = deps.world === 'sandbox' ? await deps.listPeople() : [];
      return {
        language: visitor.language,
        world: deps.world,
        asset: deps.asset,
        person: visitor.person,
        people,
        here: request.url,
      };
    },
  };
}

const asked = (request: FastifyRequest): Language | undefined =>
  pick((request.query as { lang?: unknown } | undefined)?.lang);

const pick = (value: unknown): Language | undefined => languages.find((language) => language === value);

/** A path on this site to go on to, whatever a form or URL says. */
export const ownPath = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value) ? value : otherwise;
