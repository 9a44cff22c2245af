import { parse } from 'lossless-json';
import {
  AppError,
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../domain/errors.ts';
import type { Http, HttpAnswer, HttpRequest } from '../ports/http.ts';

const defaultTimeoutMs = 10_000;
/** Answers whose dates are remembered. */
const answersKept = 10;
/** When a 429 does not say how long. */
const defaultPauseMs = 10_000;

/** How one request ended, for metrics: `outcome` is `ok` or the code of the error. */
export interface RequestSeen {
  readonly host: string;
  readonly outcome: string;
  /** Wall ms. */
  readonly ms: number;
}

interface HttpOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly log?: { debug(facts: object, message: string): void };
  readonly onRequest?: (seen: RequestSeen) => void;
}

/** The HTTP door over `fetch`. Errors and log lines say `GET host/path` and a code, never more. */
export function createHttp(options: HttpOptions = {}): Http {
  /** By host, how far ahead we were at its last answers. What a cache kept carries an old date: the least is the truth. */
  const ahead = new Map<string, number[]>();
  function noteDate(host: string, headers: Headers): void {
    const theirs = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return;
    ahead.set(host, [...(ahead.get(host) ?? []).slice(1 - answersKept), Date.now() - theirs]);
  }

  /** One exchange; `read` takes the body of an answer that is no refusal. */
  async function one<T>(request: HttpRequest, read: (response: Response, where: string) => Promise<T>): Promise<T> {
    const url = readUrl(request);
    const where = `${request.method} ${url.host}${url.pathname}`;
    const started = performance.now();
    const note = (outcome: string, status?: number): void => {
      const ms = Math.round(performance.now() - started);
      options.onRequest?.({ host: url.host, outcome, ms });
      options.log?.debug(
        { host: url.host, path: url.pathname, method: request.method, outcome, status, ms },
        'HTTP request',
      );
    };
    try {
      const { status, value } = await exchange(options.fetch ?? globalThis.fetch, request, where, (response) => {
        noteDate(url.host, response.headers);
        return read(response, where);
      });
      note('ok', status);
      return value;
    } catch (error) {
      note((error as AppError).code);
      throw error;
    }
  }

  return {
    aheadOf: (url) => Math.min(...(ahead.get(URL.canParse(url) ? new URL(url).host : '') ?? [0])),
    send: (request) => one(request, async (response, where) => answer(response, await response.text(), request, where)),
    download: ({ mostBytes, ...request }) =>
      one({ ...request, method: 'GET' }, (response, where) => bytesOf(response, mostBytes, where)),
  };
}

async function bytesOf(response: Response, most: number, where: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    length += part.value.length;
    parts.push(part.value);
    if (length <= most) continue;
    await reader?.cancel();
    throw new RejectedError(`${where}: more than ${most} bytes`, { code: 'TOO_BIG' });
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function exchange<T>(
  fetch: typeof globalThis.fetch,
  request: HttpRequest,
  where: string,
  read: (response: Response, where: string) => Promise<T>,
): Promise<{ status: number; value: T }> {
  const isStopped = (): boolean => request.signal?.aborted ?? false;
  if (isStopped()) throw new RetryableError(`${where}: stopped before it was sent`, { code: 'ABORTED' });
  const timeout = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs);
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout]);
  const init: RequestInit = {
    method: request.method,
    headers: readHeaders(request, where),
    // A redirect would carry a signed request to a place that nobody configured.
    redirect: 'manual',
    signal,
  };
  if (request.body !== undefined) init.body = request.body;
  try {
    const response = await fetch(request.url, init);
    const refused = refusal(response, request, where);
    if (refused !== undefined) {
      await response.body?.cancel();
      throw refused;
    }
    return { status: response.status, value: await read(response, where) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (timeout.aborted)
      throw lost(request, `${where}: no answer within ${request.timeoutMs ?? defaultTimeoutMs} ms`, 'TIMEOUT');
    if (isStopped()) throw lost(request, `${where}: stopped while waiting for the answer`, 'ABORTED');
    const { code, syscall } = networkFailure(error);
    if (neverSent(code, syscall)) throw new RetryableError(`${where}: not reached (${code})`, { code: 'NETWORK' });
    throw lost(request, `${where}: connection lost (${code})`, 'NETWORK');
  }
}

/** What became of a request whose answer is missing: nothing for a read, not known for a write. */
function lost(request: HttpRequest, message: string, code: string): AppError {
  if (request.write === true) return new OutcomeUnknownError(message);
  return new RetryableError(message, { code });
}

function refusal(response: Response, request: HttpRequest, where: string): AppError | undefined {
  const { status } = response;
  if (request.readStatuses?.includes(status) === true) return undefined;
  if (status < 300) return undefined;
  if (status < 400)
    return new RejectedError(`${where}: answered ${status}, a redirect; is the base URL right?`, {
      code: 'REDIRECTED',
    });
  if (status === 401) return new AuthExpiredError(`${where}: answered 401`);
  if (status === 429) return new RateLimitedError(`${where}: answered 429`, pauseOf(response.headers));
  if (status >= 500 || status === 408) return lost(request, `${where}: answered ${status}`, `HTTP_${status}`);
  return new RejectedError(`${where}: answered ${status}`, { code: `HTTP_${status}` });
}

/** Retry-After as seconds or as a date, the date by the server's own clock when it tells it (RFC 9110 §10.2.3). */
function pauseOf(headers: Headers): number {
  const after = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1_000);
  const until = Date.parse(after);
  if (Number.isNaN(until)) return defaultPauseMs;
  const serverNow = Date.parse(headers.get('date') ?? '');
  return Math.max(0, until - (Number.isNaN(serverNow) ? Date.now() : serverNow));
}

function answer(response: Response, text: string, request: HttpRequest, where: string): HttpAnswer {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    json() {
      try {
        return parseJson(text);
      } catch {
        throw lost(request, `${where}: the answer is no JSON (${text.length} characters)`, 'BAD_JSON');
      }
    },
  };
}

/** A number that JSON.parse might round or respell: many digits, a point, an exponent. */
const longNumber = /(?:^|[:[,])\s*-?(?:\d{16}|\d+[.eE])/;

function parseJson(text: string): unknown {
  if (!longNumber.test(text)) return JSON.parse(text);
  return parse(text, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** A JS number when it says the same as the text, the text otherwise: "9007199254740993", "0.12345678901234567890". */
function readNumber(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) && sameDecimal(text, number) ? number : text;
}

function sameDecimal(text: string, number: number): boolean {
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number);
  return canonical(text) === canonical(String(number));
}

/** Digits without outer zeros, with the place of the point: 19.90 and 1.99e1 are both `199e-1`. */
function canonical(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', part = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + part).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  const point = Number(exponent) - part.length + (digits.length - kept.length);
  return kept === '' ? '0' : `${mantissa.startsWith('-') ? '-' : ''}${kept}e${point}`;
}

// The messages of URL, Headers and fetch quote what they were given, so none of them goes further than here.
function readUrl(request: HttpRequest): URL {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new RejectedError(`${request.method}: the address is no http(s) URL`, { code: 'BAD_URL' });
  }
  if (url.username !== '' || url.password !== '') {
    throw new RejectedError(`${request.method} ${url.host}: a URL must not carry a user or a password`, {
      code: 'BAD_URL',
    });
  }
  return url;
}

function readHeaders(request: HttpRequest, where: string): Headers {
  try {
    return new Headers(request.headers);
  } catch {
    throw new RejectedError(`${where}: a header holds characters that HTTP cannot carry`, { code: 'BAD_HEADER' });
  }
}

/** ECONNREFUSED, UND_ERR_SOCKET, or the error's name; of several tries (IPv6 and IPv4) the first. */
function networkFailure(error: unknown): { code: string; syscall?: unknown } {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth += 1) {
    const { code, syscall } = at as { code?: unknown; syscall?: unknown };
    if (typeof code === 'string') return { code, syscall };
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return { code: error instanceof Error ? error.name : 'unknown' };
}

const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** An established connection may end with these, too, after the bytes have left. */
const unreachable = new Set(['EHOSTUNREACH', 'ENETUNREACH']);

/** Failures of name, connection or certificate: no byte of the request has left. */
const neverSent = (code: string, syscall: unknown): boolean =>
  beforeSending.has(code) || (syscall === 'connect' && unreachable.has(code));
