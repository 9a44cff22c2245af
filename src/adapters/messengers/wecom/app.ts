import { z } from 'zod';
import { AuthExpiredError, OutcomeUnknownError, RejectedError } from '../../../domain/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Http } from '../../../ports/http.ts';
import type { Log } from '../../../ports/log.ts';
import type { OutgoingCard } from '../../../ports/messenger.ts';
import { refusalOf } from './codes.ts';
import { toMarkdown } from './markdown.ts';

export interface AppCredentials {
  readonly corpId: string;
  readonly agentId: number;
  readonly secret: string;
  readonly baseUrl: string;
}

/** The company's own app beside the bot: it knows people by their plain ids, and reaches those who never wrote to the bot. */
export interface App {
  /** The plain id behind one that the bot sees encrypted; the id itself when it is plain or the app cannot tell. */
  plainIdOf(userid: string): Promise<string>;
  /** The card as a message to one person, without buttons. Answers the platform's id. */
  sendTo(userid: string, card: OutgoingCard, signal: AbortSignal): Promise<string>;
}

/** wecom.md §4.2: of markdown. */
const mostBytes = 2_048;
/** Asked while a person waits and nothing is on disk yet. */
const askMs = 2_000;
/** A token is fetched anew a little before it ends. */
const spareMs = 300_000;
const tokenGone = new Set([40_014, 42_001]);

const Verdict = z.object({ errcode: z.number() });
const TokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const PlainIds = z.object({ userid_list: z.array(z.object({ open_userid: z.string(), userid: z.string() })) });
const Sent = z.object({ msgid: z.string().default(''), invaliduser: z.string().default('') });

export function createApp(
  { corpId, agentId, secret, baseUrl }: AppCredentials,
  { http, clock, log }: { readonly http: Http; readonly clock: Clock; readonly log: Log },
): App {
  let token: { readonly text: Promise<string>; readonly until: number } | undefined;
  const plain = new Map<string, string>();

  const fetchToken = async (): Promise<{ text: string; livesMs: number }> => {
    const query = new URLSearchParams({ corpid: corpId, corpsecret: secret });
    const answer = await http.send({ method: 'GET', url: `${baseUrl}/cgi-bin/gettoken?${query.toString()}` });
    const json = checked(answer.json());
    const { access_token, expires_in } = TokenAnswer.parse(json);
    return { text: access_token, livesMs: expires_in * 1_000 };
  };

  /** One fetch, however many ask at the same time (wecom.md §4.1: asking over and over is blocked). */
  function tokenText(): Promise<string> {
    if (token !== undefined && clock.now() < token.until) return token.text;
    const fetched = fetchToken();
    const mine = { text: fetched.then(({ text }) => text), until: Number.POSITIVE_INFINITY };
    token = mine;
    fetched.then(
      ({ livesMs }) => {
        if (token === mine) token = { ...mine, until: clock.now() + Math.max(0, livesMs - spareMs) };
      },
      () => {
        if (token === mine) token = undefined;
      },
    );
    return mine.text;
  }

  async function post(path: string, body: object, write: boolean, signal: AbortSignal): Promise<unknown> {
    const attempt = async (): Promise<unknown> => {
      const query = new URLSearchParams({ access_token: await tokenText() });
      const answer = await http.send({
        method: 'POST',
        url: `${baseUrl}${path}?${query.toString()}`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        write,
        signal,
      });
      return checked(answer.json());
    };
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AuthExpiredError)) throw error;
      // Revoked before its time: refused, so nothing was done yet.
      token = undefined;
      return attempt();
    }
  }

  return {
    async plainIdOf(userid) {
      if (!isEncrypted(userid)) return userid;
      const known = plain.get(userid);
      if (known !== undefined) return known;
      try {
        const body = { open_userid_list: [userid], source_agentid: agentId };
        const path = '/cgi-bin/batch/openuserid_to_userid';
        const answer = PlainIds.parse(await post(path, body, false, AbortSignal.timeout(askMs)));
        const found = answer.userid_list.find((each) => each.open_userid === userid)?.userid ?? userid;
        plain.set(userid, found);
        return found;
      } catch (error) {
        log.warn({ code: (error as { code?: unknown }).code }, 'A person could not be recognised through the app');
        return userid;
      }
    },
    async sendTo(userid, card, signal) {
      const content = toMarkdown({ ...card, buttons: [] }, mostBytes);
      const body = { touser: userid, msgtype: 'markdown', agentid: agentId, markdown: { content } };
      const { msgid, invaliduser } = Sent.parse(await post('/cgi-bin/message/send', body, true, signal));
      if (invaliduser !== '')
        throw new RejectedError('WeCom app: the person is unknown to it', { code: 'WECOM_81013' });
      return msgid;
    },
  };
}

/** Reported as `wo…` (wecom.md §2.3); a plain id is chosen by the company and short. */
const isEncrypted = (userid: string): boolean => /^w[om][\w-]{20,}$/.test(userid);

function checked(json: unknown): unknown {
  const verdict = Verdict.safeParse(json);
  if (!verdict.success) throw new OutcomeUnknownError('WeCom app: the answer has no code');
  const { errcode } = verdict.data;
  if (tokenGone.has(errcode)) throw new AuthExpiredError(`WeCom app: the token has ended (${errcode})`);
  if (errcode !== 0) throw refusalOf(errcode, 'app');
  return json;
}
