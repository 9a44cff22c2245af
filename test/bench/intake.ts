import { fork } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { signature } from '../../src/adapters/channels/miniprogram/sign.ts';
import { createSystemClock } from '../../src/adapters/clock/system.ts';
import { build } from '../../src/app/build.ts';
import { discover } from '../../src/app/discover.ts';
import { readKeys } from '../../src/app/keys.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { aCompany } from './company.ts';
import type { Load, Loaded } from './intake-load.ts';
import { atLeast, type Bench, exactly, loudLog, median, quantile, round } from './kit.ts';
import { aRoomPlug, aWarehouseSystem } from './stand-ins.ts';

const key = 'k';
const secret = 's';
const path = '/hooks/shops/mini';
const bytes = 2_048;
const connections = 32;

/** A burst of signed pushes: verified, stored and answered, beside a bare server that only verifies and parses. */
export const intake: Bench = async ({ isTiny, say }) => {
  const requests = isTiny ? 200 : 30_000;
  const rounds = isTiny ? 1 : 3;
  const raw = await rawServer();
  const ours = await ourServer();
  try {
    const rates: { ours: number; raw: number }[] = [];
    const waits: number[] = [];
    let [sent, good] = [0, 0];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round}: bare server`);
      const bare = await load(raw.port, requests);
      say(`round ${round}: ours`);
      await ours.forget();
      const loaded = await load(ours.port, requests);
      rates.push({ ours: perSecond(loaded), raw: perSecond(bare) });
      waits.push(quantile(loaded.latencies, 0.99));
      sent += requests;
      good += loaded.good;
    }
    const ratio = median(rates.map((each) => each.ours / each.raw));
    return {
      figures: {
        requests: sent,
        oursPerSecond: round(median(rates.map((each) => each.ours))),
        rawPerSecond: round(median(rates.map((each) => each.raw))),
        oursToRaw: round(ratio),
        oursP99Ms: round(median(waits)),
        connections,
        bodyBytes: bytes,
      },
      gates: [
        exactly('pushes answered 200', good, sent),
        exactly('pushes on disk after the last round', await ours.stored(), requests),
        atLeast('ours to a bare node:http server with HMAC', ratio, 0.35),
      ],
    };
  } finally {
    await ours.stop();
    raw.stop();
  }
};

const perSecond = ({ good, ms }: Loaded): number => (good / ms) * 1_000;

async function load(port: number, requests: number): Promise<Loaded> {
  const wanted: Load = { port, path, requests, connections, bytes, key, secret };
  const child = fork(new URL('./intake-load.ts', import.meta.url), [JSON.stringify(wanted)]);
  return new Promise((done, fail) => {
    child.once('message', (loaded) => done(loaded as Loaded));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`The load ended early (${code})`)));
  });
}

/** The least that can be done for it: the signature over the raw body, and its JSON. */
async function rawServer() {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const header = (name: string): string => String(request.headers[name] ?? '');
      const wanted = signature(secret, {
        method: 'POST',
        target: path,
        timestamp: header('x-timestamp'),
        nonce: header('x-nonce'),
        body,
      });
      const isRight = timingSafeEqual(Buffer.from(wanted), Buffer.from(header('x-signature')));
      const event = JSON.parse(body.toString()) as { event_id: string };
      const answer = isRight && event.event_id !== '' ? '{"ok":true}' : '{"ok":false}';
      response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json', 'content-length': answer.length });
      response.end(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The whole web of a bot, whose engine rests. */
async function ourServer() {
  const folder = tempDir();
  const clock = createSystemClock();
  const { commands, channels } = await discover();
  const bot = await build({
    company: aCompany,
    plugs: {
      commands,
      channels,
      fulfillment: new Map([['stand-in', aWarehouseSystem(() => clock.now()).plug]]),
      carriers: new Map(),
      voices: new Map(),
      sms: new Map(),
      messengers: new Map([['web', aRoomPlug(() => {})]]),
    },
    databaseFile: `${folder.dir}/bot.db`,
    keys: readKeys('a secret of the benches that nobody else uses', '/nowhere'),
    clock,
    world: 'sandbox',
    publicUrl: 'http://localhost:3000',
    allowedHosts: ['localhost'],
    metricsToken: undefined,
    log: loudLog,
    mayRun: async () => ({ isHeld: () => false, stop: async () => {} }),
  });
  await bot.web.listen({ port: 0, host: '127.0.0.1' });
  const address = bot.web.server.address();
  const rows = async () => (await bot.storage.pushes.listPending('shop:mini', 1_000_000)).map(({ id }) => id);
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    forget: () => bot.storage.pushes.forget(Number.MAX_SAFE_INTEGER),
    stored: async () => (await rows()).length,
    async stop() {
      await bot.stop();
      folder.cleanup();
    },
  };
}
