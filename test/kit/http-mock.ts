import nock from 'nock';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

const isLoopback = (host: string): boolean => /^127\.0\.0\.1(:\d+)?$/.test(host);

/**
 * The one door to nock. Call it at the top of a test file or of a `describe`: the network is off except 127.0.0.1, and after
 * each test a request that nobody mocked and a mock that nobody used both fail it.
 */
export function mockHttp(): { on(base: string): nock.Scope } {
  const unmocked: string[] = [];
  const seen = (request: { method?: string; host?: string; hostname?: string; path?: string }): void => {
    const host = request.host ?? request.hostname ?? '';
    if (!isLoopback(host)) unmocked.push(`${request.method ?? ''} ${host}${(request.path ?? '').split('?')[0]}`);
  };
  beforeAll(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
    nock.enableNetConnect(isLoopback);
    nock.emitter.on('no match', seen);
  });
  beforeEach(() => {
    nock.cleanAll();
    unmocked.length = 0;
  });
  afterEach(() => {
    const unused = nock.pendingMocks();
    nock.cleanAll();
    if (unmocked.length > 0) throw new Error(`requests that nobody mocked: ${unmocked.join(', ')}`);
    if (unused.length > 0) throw new Error(`mocks that nobody used: ${unused.join(', ')}`);
  });
  afterAll(() => {
    nock.emitter.off('no match', seen);
    nock.enableNetConnect();
    nock.restore();
  });
  return { on: (base) => nock(base) };
}
