import miniprogram from '../../src/adapters/channels/miniprogram/index.ts';
import { createHttp } from '../../src/adapters/http.ts';
import { createIdentifier } from '../../src/adapters/identifier.ts';
import { Company } from '../../src/app/company.ts';
import { createDirectory } from '../../src/app/directory.ts';
import type { Plugs } from '../../src/app/discover.ts';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Directory } from '../../src/services/directory.ts';

/** As many as keep the previews of a long bench within what a room sees in a day: a preview's words are unused there. */
export const roomIds: readonly string[] = Array.from({ length: 50 }, (_, index) => `war-${index}`);

/** One shop, one warehouse system with two warehouses, one ops-lead. */
export const aCompany = Company.parse({
  shops: [
    {
      id: 'mini',
      channel: 'miniprogram',
      baseUrl: 'http://127.0.0.1:9',
      system: 'wms',
      credentials: { key: 'k', secret: 's' },
    },
  ],
  systems: [{ id: 'wms', kind: 'stand-in' }],
  warehouses: [
    { id: 'hz', name: '杭州仓', kind: 'own', city: '杭州', system: 'wms', code: '1001' },
    { id: 'gz', name: '广州仓', kind: 'own', city: '广州', system: 'wms', code: '1002' },
  ],
  rooms: roomIds.map((id) => ({ id, platform: 'web', chatId: id })),
  staff: [{ id: 'li', name: '李建国', role: 'ops-lead' }],
});

const noPlugs: Plugs = {
  commands: new Map(),
  channels: new Map(),
  fulfillment: new Map(),
  carriers: new Map(),
  voices: new Map(),
  sms: new Map(),
  messengers: new Map(),
};

export const aDirectory = (): Directory =>
  createDirectory(
    () => aCompany,
    noPlugs,
    () => builtinRules,
    () => 'polled',
    () => undefined,
  );

/** The real mini-program channel; instead of a network there is `answer`, which is asked with the URL. */
export function aShop(clock: Clock, answer: (url: URL) => string): Channel {
  const http = createHttp({ fetch: async (input) => new Response(answer(new URL(new Request(input).url))) });
  return miniprogram.create({
    shopId: 'mini',
    baseUrl: 'http://127.0.0.1:9',
    credentials: { key: 'k', secret: 's' },
    timezone: 'Asia/Shanghai',
    http,
    clock,
    identifier: createIdentifier(Buffer.alloc(32, 3)),
  });
}

/** Answers `GET /v1/orders` with the page that its cursor names. */
export const shopAnswers =
  (pages: readonly string[]) =>
  (url: URL): string =>
    pages[Number(url.searchParams.get('cursor') ?? 0)] ?? '';
