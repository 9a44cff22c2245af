import { z } from 'zod';
import {
  type AppError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../domain/errors.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { SkippedRow } from '../../ports/channel.ts';
import type { HttpAnswer } from '../../ports/http.ts';
import { type Cost, createBudget } from './budget.ts';
import { createToken, type TokenContext } from './token.ts';

export type { TokenCredentials } from './token.ts';

/** The version whose schema all documents were checked against (channels.md §4.1: quarterly, kept about a year). */
const apiVersion = '2026-10';

/** A document with the name that stands in errors and in the book of costs. */
export interface Question {
  readonly name: string;
  readonly document: string;
  /** A mutation: it may have happened when no answer comes back. */
  readonly write?: boolean;
}

/** What a question was answered. Names of fields that the app may not read stand in `notes`; they are null in `data`. */
export interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly notes: readonly SkippedRow[];
}

/**
 * Asks one question: one attempt, paced by what answers cost. An access token that the app fetched itself is renewed once.
 * Throws RateLimitedError (THROTTLED, 429), RejectedError, RetryableError, OutcomeUnknownError (a mutation).
 * No message carries a query, a variable, a token or a word of the answer.
 */
export type Ask = (
  question: Question,
  variables: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<Answer>;

/** When the shop throttles without saying what it has left. */
const pauseMs = 2_000;

/** Answers that are no GraphQL (channels.md §4.6). */
const byStatus: ReadonlyMap<number, string> = new Map([
  [400, 'the shop does not understand the request; is the base URL right?'],
  [401, 'the shop refuses the access token; install the app again and check credentials'],
  [402, 'the shop is frozen; its owner has to pay the bill'],
  [403, 'the shop refuses this app; check its access scopes and whether the shop is open'],
  [404, 'there is no such shop or API version; is the base URL https://<shop>.myshopify.com?'],
  [423, 'the shop is locked; its owner has to ask Shopify'],
]);

const denied = 'the app may not read or write this';
const byCode: ReadonlyMap<string, string> = new Map([
  ['ACCESS_DENIED', denied],
  ['MAX_COST_EXCEEDED', 'one answer would be too long'],
  ['SHOP_INACTIVE', 'the shop is not active; its owner has to ask Shopify'],
  ['NOT_FOUND', 'the shop does not know what was asked for'],
  ['BAD_REQUEST', 'the shop does not understand the question'],
  ['undefinedField', `the shop lacks a field of API version ${apiVersion}; install a newer release of this program`],
]);
const passing: readonly string[] = ['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'TIMEOUT'];

/** The only words of an answer that may be repeated. */
const scopes: readonly string[] = [
  'read_orders',
  'read_all_orders',
  'write_orders',
  'read_customers',
  'read_products',
  'read_assigned_fulfillment_orders',
  'read_merchant_managed_fulfillment_orders',
  'read_third_party_fulfillment_orders',
  'write_assigned_fulfillment_orders',
  'write_merchant_managed_fulfillment_orders',
  'write_third_party_fulfillment_orders',
  'read_locations',
  'read_inventory',
  'write_inventory',
  'write_inventory_transfers',
];

const Failure = z.object({
  path: z.array(z.union([z.string(), z.number()])).nullish(),
  extensions: z.object({ code: z.string().nullish(), requiredAccess: z.string().nullish() }).nullish(),
});
type Failure = z.infer<typeof Failure>;

const Price = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({
    maximumAvailable: z.number().positive(),
    currentlyAvailable: z.number(),
    restoreRate: z.number().positive(),
  }),
});

const Envelope = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(Failure).nullish(),
  extensions: z
    .object({
      cost: z.unknown().optional(),
      search: z.array(z.object({ warnings: z.array(z.unknown()).nullish() })).nullish(),
    })
    .nullish(),
});
type Envelope = z.infer<typeof Envelope>;

/**
 * The Admin API of one shop, for whatever part of it an adapter reads. `essential` names the fields without which a row
 * would be taken for another: where the app may not read one of them, nothing is read.
 */
export function createClient(context: TokenContext, essential: readonly string[]): Ask {
  const { http, clock } = context;
  const baseUrl = context.baseUrl.replace(/\/+$/, '');
  const token = createToken(context);
  const budget = createBudget(clock);

  const post = (question: Question, variables: object, accessToken: string, signal: AbortSignal): Promise<HttpAnswer> =>
    http.send({
      method: 'POST',
      url: `${baseUrl}/admin/api/${apiVersion}/graphql.json`,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-shopify-access-token': accessToken,
        // Without it the shop keeps quiet about the parts of a search that it ignored.
        'shopify-search-query-debug': '1',
      },
      body: JSON.stringify({ query: question.document, variables }),
      readStatuses: [400, 401, 402, 403, 404, 423],
      ...(question.write === true ? { write: true } : {}),
      signal,
    });

  /** The answer to a token that the shop takes. */
  async function authorised(question: Question, variables: object, signal: AbortSignal): Promise<HttpAnswer> {
    const used = await token.current();
    const first = await post(question, variables, used, signal);
    if (first.status !== 401) return first;
    return post(question, variables, await token.renewed(used), signal);
  }

  return async (question, variables, signal) => {
    // What is asked by ids costs by their number.
    const size = Array.isArray(variables.ids) ? `/${variables.ids.length}` : '';
    const pay = await budget(question.name + size, signal);
    let cost: Cost | undefined;
    try {
      const answer = await authorised(question, variables, signal);
      const refused = statusOf(question, answer);
      if (refused !== undefined) throw refused;
      const envelope = Envelope.safeParse(answer.json());
      if (!envelope.success) throw unreadable(question);
      cost = Price.safeParse(envelope.data.extensions?.cost).data;
      return read(question, envelope.data, essential, cost, versionNote(answer));
    } finally {
      pay(cost);
    }
  };
}

function read(
  question: Question,
  envelope: Envelope,
  essential: readonly string[],
  cost: Cost | undefined,
  notes: readonly SkippedRow[],
): Answer {
  const { data, errors } = envelope;
  const where = `Shopify ${question.name}`;
  const failures = errors ?? [];
  const fatal = failures.find((one) => codeOf(one) !== 'ACCESS_DENIED' || essential.includes(fieldOf(one)));
  if (failures.some((one) => codeOf(one) === 'THROTTLED'))
    throw new RateLimitedError(`${where}: too many points in a short time`, waitFor(cost), { code: 'THROTTLED' });
  if (fatal !== undefined) throw errorOf(question, fatal);
  // One field that the app may not read is null, and all else is told (§4.6). What was asked for itself is no such field.
  const [first] = failures;
  const isNothing = data === null || data === undefined || Object.values(data).every((value) => value === null);
  if (first !== undefined && isNothing) throw errorOf(question, first);
  if (data === null || data === undefined) throw unreadable(question);
  if ((envelope.extensions?.search ?? []).some(({ warnings }) => (warnings ?? []).length > 0)) {
    throw new RejectedError(`${where}: the shop ignored a part of the search, so the rows are not those asked for`, {
      code: 'SEARCH_IGNORED',
    });
  }
  return { data, notes: [...notes, ...failures.map(noteOf)] };
}

/** Ms until the bucket holds what the question asked for (§4.6). */
function waitFor(cost: Cost | undefined): number {
  if (cost === undefined) return pauseMs;
  const { currentlyAvailable, restoreRate } = cost.throttleStatus;
  const wait = Math.ceil(((cost.requestedQueryCost - currentlyAvailable) / restoreRate) * 1_000);
  return wait > 0 ? wait : pauseMs;
}

const codeOf = ({ extensions }: Failure): string => extensions?.code ?? '';

function errorOf(question: Question, failure: Failure): AppError {
  const where = `Shopify ${question.name}`;
  const code = codeOf(failure);
  if (passing.includes(code)) {
    const message = `${where}: the shop failed inside (${code})`;
    return question.write === true ? new OutcomeUnknownError(message) : new RetryableError(message, { code });
  }
  // Codes of its own are UPPER_CASE, those of the query language camelCase.
  const ours = /^[A-Za-z_]{1,40}$/.test(code) ? code.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase() : 'REFUSED';
  return new RejectedError(`${where}: ${byCode.get(code) ?? 'the shop refuses'}${needOf(failure)}`, { code: ours });
}

/** Which scope would help, when it is one that we know. */
function needOf({ extensions }: Failure): string {
  const words = (extensions?.requiredAccess ?? '').split(/[^a-z_]+/);
  const needed = scopes.filter((scope) => words.includes(scope));
  return needed.length === 0 ? '' : `; give the app ${needed.join(' or ')}`;
}

const fieldOf = ({ path }: Failure): string => (path ?? []).filter((step) => typeof step === 'string').at(-1) ?? '';

function noteOf(failure: Failure): SkippedRow {
  const field = fieldOf(failure);
  return {
    ref: /^[A-Za-z]{1,40}$/.test(field) ? field : 'field',
    reason: `ACCESS_DENIED: ${denied}${needOf(failure)}`,
  };
}

/** An old version is answered in a newer one (§4.1): whatever that changed, somebody has to look at it. */
function versionNote({ headers }: HttpAnswer): readonly SkippedRow[] {
  const answered = headers['x-shopify-api-version'];
  if (answered === undefined || answered === apiVersion) return [];
  return [{ ref: 'X-Shopify-API-Version', reason: `the shop no longer answers version ${apiVersion}; update` }];
}

function statusOf(question: Question, { status }: HttpAnswer): AppError | undefined {
  if (status < 400) return undefined;
  return new RejectedError(`Shopify ${question.name}: ${byStatus.get(status) ?? 'refused'} (${status})`, {
    code: status === 401 ? 'BAD_TOKEN' : `HTTP_${status}`,
  });
}

function unreadable(question: Question): AppError {
  const message = `Shopify ${question.name}: the answer is not what was asked for`;
  return question.write === true
    ? new OutcomeUnknownError(message)
    : new RetryableError(message, { code: 'BAD_ANSWER' });
}

/** When nothing was applied and nobody said how long to wait. */
const retryMs = 5_000;

/** What an error means for what was asked; one that is no answer of the shop (a bug) goes on. */
export function outcomeOf(error: unknown): Outcome<never> {
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: retryMs, providerCode: error.code };
  if (!(error instanceof RejectedError)) throw error;
  const isForbidden = ['ACCESS_DENIED', 'BAD_TOKEN', 'HTTP_403'].includes(error.code);
  return {
    kind: 'refused',
    code: isForbidden ? 'forbidden' : 'other',
    providerCode: error.code,
    providerText: error.message,
  };
}
