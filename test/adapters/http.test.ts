import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createHttp, type RequestSeen } from '../../src/adapters/http.ts';
import { AppError } from '../../src/domain/errors.ts';
import type { HttpRequest } from '../../src/ports/http.ts';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function serve(behaviour: Behaviour): Promise<string> {
  const server = createServer(behaviour);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (_request, response) => {
    response.writeHead(code, headers).end(body);
  };

const reset: Behaviour = (request) => request.socket.destroy();
const silence: Behaviour = () => undefined;

async function failure(request: HttpRequest, http = createHttp()): Promise<AppError & { afterMs?: number }> {
  const error = await http.send(request).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

const read = (url: string): HttpRequest => ({ method: 'GET', url });
const write = (url: string): HttpRequest => ({ method: 'POST', url, body: 'qty=1', write: true });

describe('the status of an answer', () => {
  it.each([
    [401, 'AuthExpiredError', 'AuthExpiredError'],
    [403, 'RejectedError', 'RejectedError'],
    [404, 'RejectedError', 'RejectedError'],
    [408, 'RetryableError', 'OutcomeUnknownError'],
    [422, 'RejectedError', 'RejectedError'],
    [429, 'RateLimitedError', 'RateLimitedError'],
    [302, 'RejectedError', 'RejectedError'],
    [500, 'RetryableError', 'OutcomeUnknownError'],
    [502, 'RetryableError', 'OutcomeUnknownError'],
    [503, 'RetryableError', 'OutcomeUnknownError'],
  ])('makes %i a %s for a read and a %s for a write', async (code, ofRead, ofWrite) => {
    const url = await serve(status(code, { location: 'http://127.0.0.1:1/' }));

    expect((await failure(read(url))).name).toBe(ofRead);
    expect((await failure(write(url))).name).toBe(ofWrite);
  });

  it('gives a refusal that the caller asked to read back as an answer', async () => {
    const url = await serve(status(401, {}, '{"error":{"code":"bad_timestamp"}}'));

    const answer = await createHttp().send({ ...read(url), readStatuses: [401] });

    expect(answer.status).toBe(401);
    expect(answer.json()).toEqual({ error: { code: 'bad_timestamp' } });
  });
});

describe('the pause that a 429 asks for', () => {
  it('reads seconds', async () => {
    const url = await serve(status(429, { 'retry-after': '7' }));

    expect((await failure(read(url))).afterMs).toBe(7_000);
  });

  it('reads a date against the clock of the server, not ours', async () => {
    const headers = { date: 'Wed, 11 Nov 2026 00:00:00 GMT', 'retry-after': 'Wed, 11 Nov 2026 00:01:30 GMT' };
    const url = await serve(status(429, headers));

    expect((await failure(read(url))).afterMs).toBe(90_000);
  });

  it('waits ten seconds when nothing is said', async () => {
    const url = await serve(status(429));

    expect((await failure(read(url))).afterMs).toBe(10_000);
  });
});

describe('a lost answer', () => {
  const truncated: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"ok":');
    setTimeout(() => response.destroy(), 5);
  };

  it.each([
    ['a reset connection', reset],
    ['silence', silence],
    ['half a body', truncated],
  ])('is retryable for a read and unknown for a write: %s', async (_name, behaviour) => {
    const url = await serve(behaviour);

    expect((await failure({ ...read(url), timeoutMs: 150 })).name).toBe('RetryableError');
    expect((await failure({ ...write(url), timeoutMs: 150 })).name).toBe('OutcomeUnknownError');
  });

  it('is retryable even for a write when nobody listens or the name does not exist', async () => {
    const url = await serve(status(200));
    for (const server of open.splice(0)) server.close();

    expect((await failure(write(url))).name).toBe('RetryableError');
    expect((await failure(write('http://nobody.invalid/'))).name).toBe('RetryableError');
  });

  it('is unknown for a write that the caller stopped half-way, and retryable when it had not begun', async () => {
    const url = await serve(silence);

    const halfWay = await failure({ ...write(url), signal: AbortSignal.timeout(50) });
    const before = await failure({ ...write(url), signal: AbortSignal.abort() });

    expect(halfWay.name).toBe('OutcomeUnknownError');
    expect(before.name).toBe('RetryableError');
  });

  it('makes exactly one attempt', async () => {
    let calls = 0;
    const url = await serve((request) => {
      calls += 1;
      request.socket.destroy();
    });

    await failure(read(url));
    await failure(write(url));

    expect(calls).toBe(2);
  });
});

describe('JSON', () => {
  const json = async (text: string): Promise<unknown> =>
    (await createHttp().send(read(await serve(status(200, {}, text))))).json();

  it('[B5] keeps every digit: what a JS number cannot hold exactly stays text', async () => {
    const parsed = await json(
      '{"tid":4012345678901234567,"small":-42,"safe":9007199254740991,"money":19.90,"tiny":1e-7,"big":1.2e3,"long":0.12345678901234567891,"huge":1e400}',
    );

    expect(parsed).toEqual({
      tid: '4012345678901234567',
      small: -42,
      safe: 9007199254740991,
      money: 19.9,
      tiny: 1e-7,
      big: 1200,
      long: '0.12345678901234567891',
      huge: '1e400',
    });
  });

  it.each([
    ['4012345678901234567', '4012345678901234567'],
    [' -4012345678901234567', '-4012345678901234567'],
    ['[1,\n4012345678901234567]', [1, '4012345678901234567']],
    ['{"a" : 0.12345678901234567891}', { a: '0.12345678901234567891' }],
    ['{"a":1e400}', { a: '1e400' }],
    ['{"a":123456789012345}', { a: 123_456_789_012_345 }],
    ['{"a":"x: 4012345678901234567"}', { a: 'x: 4012345678901234567' }],
  ])('[B5] keeps every digit of %s wherever the number stands', async (text, value) => {
    expect(await json(text)).toEqual(value);
  });

  it('takes the last of two equal names, as JSON.parse does', async () => {
    expect(await json('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('that is cut off is retryable for a read and unknown for a write', async () => {
    const url = await serve(status(200, {}, '{"orders":[{"order_no":"1'));
    const http = createHttp();
    const ofRead = await http.send(read(url));
    const ofWrite = await http.send(write(url));

    expect(() => ofRead.json()).toThrow(expect.objectContaining({ name: 'RetryableError' }));
    expect(() => ofWrite.json()).toThrow(expect.objectContaining({ name: 'OutcomeUnknownError' }));
  });
});

describe('what is said of a request', () => {
  const secret = 'sk-very-secret';
  const carrying = (url: string): HttpRequest => ({
    method: 'POST',
    url: `${url}/v1/pay?key=${secret}`,
    headers: { authorization: secret },
    body: `token=${secret}`,
    write: true,
    timeoutMs: 100,
  });
  const everything = (error: Error): string =>
    `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;

  it.each([
    ['a refusal', status(403, {}, secret)],
    ['a broken answer', status(500, {}, secret)],
    ['a reset', reset],
    ['a timeout', silence],
  ])('[B3] names method, host and path of %s, and nothing that could be a secret', async (_name, behaviour) => {
    const url = await serve(behaviour);
    const error = await failure(carrying(url));

    expect(error.message).toContain(`POST ${new URL(url).host}/v1/pay`);
    expect(everything(error)).not.toContain(secret);
  });

  it.each([
    ['no URL', { method: 'GET', url: `shop/?key=${secret}` }],
    ['a password in the URL', { method: 'GET', url: `http://me:${secret}@127.0.0.1/` }],
    ['a header that cannot be sent', { method: 'GET', url: 'http://127.0.0.1:1/', headers: { key: `${secret}\nx` } }],
  ] satisfies [string, HttpRequest][])('[B3] keeps quiet about %s', async (_name, request) => {
    const error = await failure(request);

    expect(error.name).toBe('RejectedError');
    expect(everything(error)).not.toContain(secret);
  });

  it('[B3] counts and logs each request by host and outcome', async () => {
    const url = await serve((request, response) => {
      response.writeHead(request.url?.startsWith('/bad') === true ? 500 : 200).end('{}');
    });
    const seen: RequestSeen[] = [];
    const lines: unknown[] = [];
    const http = createHttp({
      onRequest: (one) => seen.push(one),
      log: { debug: (facts, message) => lines.push([facts, message]) },
    });

    await http.send(read(`${url}/?key=${secret}`));
    await failure(read(`${url}/bad?key=${secret}`), http);

    expect(seen.map(({ host, outcome }) => [host, outcome])).toEqual([
      [new URL(url).host, 'ok'],
      [new URL(url).host, 'HTTP_500'],
    ]);
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain(secret);
  });
});

it('downloads bytes as they are, and gives up at the first byte too many', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
  const server = createServer((_request, response) => response.end(bytes));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/media/1`;
  const http = createHttp();

  expect(await http.download({ url, mostBytes: 70_000 })).toEqual(bytes);
  await expect(http.download({ url, mostBytes: 69_999 })).rejects.toMatchObject({ code: 'TOO_BIG', retry: 'never' });
});

it('knows how far our clock is before that of a host: a date that a cache kept counts for nothing [B3]', async () => {
  const dates = [Date.now() - 600_000, Date.now() - 120_000, undefined];
  const http = createHttp({
    fetch: async () => {
      const date = dates.shift();
      return new Response('{}', { headers: date === undefined ? {} : { date: new Date(date).toUTCString() } });
    },
  });
  const url = 'https://shop.example.com/v1/orders';
  expect(http.aheadOf(url)).toBe(0);
  for (let call = 0; call < 3; call += 1) await http.send({ method: 'GET', url });

  expect(http.aheadOf(url)).toBeGreaterThanOrEqual(120_000);
  expect(http.aheadOf(url)).toBeLessThan(125_000);
  expect(http.aheadOf('https://other.example.com')).toBe(0);
});
