import { z } from 'zod';
import {
  type AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { HttpAnswer } from '../../../ports/http.ts';
import type { VoiceContext } from '../../../ports/voice.ts';

export interface Settings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly robotCode: string;
}

const Token = z.object({ accessToken: z.string().min(1), expireIn: z.coerce.number().positive() });
/** Renewed this long before its end, so that it does not end on the way. */
const renewBeforeMs = 300_000;
const explained = [400, 401, 403, 404, 429, 500, 502, 503, 504];

/** What a code may look like in a log: nothing a stranger could have written. */
const safe = (value: unknown): string => (typeof value === 'string' && /^[\w.:-]{1,80}$/.test(value) ? value : '?');

/** Writes with the app's token (dingtalk.md §3.1), which is renewed once when it is refused. */
export function createApp({ http, baseUrl, settings, clock }: VoiceContext<Settings>) {
  const base = baseUrl.replace(/\/+$/, '');
  let token: { readonly value: string; readonly endsAt: number } | undefined;

  async function post(path: string, body: object, more: { token?: string; write: boolean; signal?: AbortSignal }) {
    const answer = await http.send({
      method: 'POST',
      url: `${base}${path}`,
      headers: {
        'content-type': 'application/json',
        ...(more.token === undefined ? {} : { 'x-acs-dingtalk-access-token': more.token }),
      },
      body: JSON.stringify(body),
      write: more.write,
      readStatuses: explained,
      ...(more.signal === undefined ? {} : { signal: more.signal }),
    });
    if (answer.status < 400) return answer.json();
    throw refusalOf(`POST ${path}`, more.write, answer);
  }

  async function renew(): Promise<string> {
    const asked = { appKey: settings.clientId, appSecret: settings.clientSecret };
    const given = Token.safeParse(await post('/v1.0/oauth2/accessToken', asked, { write: false }));
    if (!given.success) throw new RejectedError('DingTalk gave no token', { code: 'NO_TOKEN' });
    const lifeMs = given.data.expireIn * 1_000;
    token = { value: given.data.accessToken, endsAt: clock.now() + Math.max(lifeMs - renewBeforeMs, lifeMs / 2) };
    return token.value;
  }

  const current = async (): Promise<string> =>
    token !== undefined && clock.now() < token.endsAt ? token.value : renew();

  return {
    safe,
    renew,
    unreadable: (where: string): AppError => new OutcomeUnknownError(`${where}: an answer that nobody can read`),
    /** Throws OutcomeUnknownError when it may have been done; any other AppError when it was not. */
    async call(path: string, body: object, signal: AbortSignal): Promise<unknown> {
      const used = await current();
      try {
        return await post(path, body, { token: used, write: true, signal });
      } catch (error) {
        if (!(error instanceof AuthExpiredError)) throw error;
        token = undefined; // refused before anything was done
        return post(path, body, { token: await renew(), write: true, signal });
      }
    },
  };
}

/** `{code, message, requestid}` with a status of its own; a bad token is a 400 (dingtalk.md §3.2). */
function refusalOf(where: string, isWrite: boolean, answer: HttpAnswer): AppError {
  const { status } = answer;
  const code = safe(codeIn(answer));
  const message = `${where}: ${status} ${code}`;
  if (code === 'InvalidAuthentication' || code.startsWith('AuthenticationFailed') || status === 401)
    return new AuthExpiredError(message);
  if (code.startsWith('Forbidden.AccessDenied.QpsLimit') || status === 429) return new RateLimitedError(message, 2_000);
  // Over three seconds the gateway gives up; what stands behind it may have gone on.
  if (status >= 500)
    return isWrite ? new OutcomeUnknownError(message) : new RetryableError(message, { code: `HTTP_${status}` });
  return new RejectedError(message, { code: code === '?' ? `HTTP_${status}` : code });
}

function codeIn(answer: HttpAnswer): unknown {
  try {
    return (answer.json() as { code?: unknown } | null)?.code;
  } catch {
    return undefined; // a refusal is one whether or not its body can be read
  }
}
