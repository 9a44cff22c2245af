import { notice } from '../domain/card.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import type { HeardFile, Inbound, Messenger } from '../ports/messenger.ts';
import type { Storage } from '../ports/stores.ts';
import { missedCard } from '../render/missed-card.ts';
import type { Address } from '../services/deliver.ts';
import type { Robot } from '../services/month-budget.ts';
import type { RoomBell } from '../web/room-bell.ts';
import type { Company } from './company.ts';
import type { Plugs } from './discover.ts';

export interface MessengersDeps {
  readonly plugs: Plugs;
  readonly http: Http;
  readonly clock: Clock;
  readonly log: Log;
  readonly storage: Storage;
  readonly bell: RoomBell;
  readonly hear: (message: Inbound) => Promise<boolean>;
  /** Keeps a file that was sent in private; answers what is heard instead of it. */
  readonly takeFile: (message: Omit<Inbound, 'text' | 'isPrivate'>, file: HeardFile) => Promise<string>;
}

export interface Messengers {
  /** One messenger for each room; rebuilt only when the room's own block changed. */
  take(company: Company): void;
  start(): void;
  stop(): Promise<void>;
  /**
   * `war` → the room of that id; `dm:wecom:<user>` → a private chat; `wecom:<chat>` → a chat that is no room yet.
   * Private and unbound chats go through the first room of their platform.
   */
  readonly addressOf: (roomId: string) => Promise<Address | undefined>;
  /** Whose calls a message to that room, or chat, costs; undefined where nobody counts months. */
  readonly robotOf: (roomId: string) => Robot | undefined;
  /** Every robot whose months are counted. */
  readonly robots: () => readonly Robot[];
}

interface Made {
  /** Rooms of one app share its calls. */
  readonly app: string;
  readonly perMonth: number | undefined;
  readonly block: string;
  readonly platform: string;
  readonly messenger: Messenger;
}

/** Keeps the messengers of the configured rooms, and knows which chat is which room. */
export function createMessengers({
  plugs,
  http,
  clock,
  log,
  storage,
  bell,
  hear,
  takeFile,
}: MessengersDeps): Messengers {
  const made = new Map<string, Made>();
  let isStarted = false;
  let timezone = 'Asia/Shanghai';

  function make(room: Company['rooms'][number]): Messenger {
    const plug = plugs.messengers.get(room.platform);
    if (plug === undefined) throw new TypeError(`no messenger ${room.platform}`);
    return plug.create({
      roomId: room.id,
      baseUrl: room.baseUrl ?? plug.defaultBaseUrl ?? '',
      webhook: room.webhook ?? null,
      credentials: plug.credentials.parse(room.credentials),
      http,
      clock,
      log,
      roomLog: {
        async add({ roomId, key, from, card }) {
          const id = await storage.room.add({ roomId, key, sender: from, card, at: clock.now() });
          bell.ring(roomId);
          return id;
        },
      },
      async hear({ messageId, chatId, isPrivate, senderId, text, file }) {
        const { platform } = room;
        const roomId = isPrivate
          ? `dm:${platform}:${senderId}`
          : ((await storage.rooms.findByChat(platform, chatId))?.id ?? `${platform}:${chatId}`);
        const from = { platform, messageId, roomId, senderId };
        const words = file !== undefined && isPrivate ? await takeFile(from, file) : text;
        return hear({ ...from, isPrivate, text: words });
      },
      missed(from, to) {
        log.warn({ room: room.id, ms: to - from }, 'Nothing was heard for a while');
        void tellMissed(room.id, from, to).catch((error: unknown) =>
          log.error({ error }, 'What was missed could not be told'),
        );
      },
      alarm(cause, text) {
        log.error({ room: room.id, cause }, 'A messenger raised an alarm');
        void tellOtherRooms(room.id, cause, text).catch((error: unknown) =>
          log.error({ error }, 'The alarm could not be stored'),
        );
      },
    });
  }

  async function tellMissed(roomId: string, from: number, to: number): Promise<void> {
    const room = await storage.rooms.find(roomId);
    if (room === undefined) return;
    await storage.outbox.add({
      key: `missed/${roomId}/${from}`,
      roomId,
      kind: 'notice',
      priority: 1,
      alertId: null,
      card: missedCard(from, to, timezone, room.language),
      dueAt: clock.now(),
    });
  }

  async function tellOtherRooms(
    roomId: string,
    cause: string,
    text: { readonly zh: string; readonly en: string },
  ): Promise<void> {
    const hour = Math.floor(clock.now() / 3_600_000);
    for (const other of await storage.rooms.list()) {
      if (other.id === roomId) continue;
      await storage.outbox.add({
        key: `alarm/${roomId}/${cause}/${hour}/${other.id}`,
        roomId: other.id,
        kind: 'notice',
        priority: 1,
        alertId: null,
        card: notice('critical', text[other.language]),
        dueAt: clock.now(),
      });
    }
  }

  const firstOf = (platform: string): Messenger | undefined =>
    [...made.values()].find((each) => each.platform === platform)?.messenger;

  function robotOf(roomId: string): Robot | undefined {
    const platform = /^(?:dm:)?([a-z]+):/.exec(roomId)?.[1];
    const own =
      platform === undefined ? made.get(roomId) : [...made.values()].find((each) => each.platform === platform);
    if (own?.perMonth === undefined) return undefined;
    const roomIds = [...made].filter(([, { app }]) => app === own.app).map(([id]) => id);
    const isFirst = firstOf(own.platform) === made.get(roomIds[0] ?? '')?.messenger;
    return { roomIds, privately: isFirst ? own.platform : undefined, perMonth: own.perMonth };
  }

  return {
    take(company) {
      timezone = company.timezone;
      for (const [id, { messenger }] of made) {
        if (company.rooms.some((room) => room.id === id)) continue;
        made.delete(id);
        void messenger.stop?.();
      }
      for (const room of company.rooms) {
        const block = JSON.stringify(room);
        const known = made.get(room.id);
        if (known?.block === block) continue;
        void known?.messenger.stop?.();
        const messenger = make(room);
        made.set(room.id, {
          block,
          platform: room.platform,
          app: JSON.stringify([room.platform, room.credentials]),
          // Counted where the platform counts; an edition with more calls says so.
          perMonth: messenger.limits.perMonth === undefined ? undefined : (room.perMonth ?? messenger.limits.perMonth),
          messenger,
        });
        if (isStarted) messenger.start?.();
      }
    },
    start() {
      isStarted = true;
      for (const { messenger } of made.values()) messenger.start?.();
    },
    async stop() {
      await Promise.allSettled([...made.values()].map(async ({ messenger }) => messenger.stop?.()));
    },
    robotOf,
    robots: () => [
      ...new Map(
        [...made.keys()].flatMap((id) => robotOf(id) ?? []).map((robot) => [robot.roomIds[0], robot]),
      ).values(),
    ],
    async addressOf(roomId) {
      const [, privately, platform = '', chatId = ''] = /^(dm:)?([a-z]+):(.+)$/.exec(roomId) ?? [];
      if (platform !== '') {
        const messenger = firstOf(platform);
        return messenger && { messenger, target: { roomId, chatId, isPrivate: privately !== undefined } };
      }
      const messenger = made.get(roomId)?.messenger;
      const row = messenger && (await storage.rooms.find(roomId));
      if (messenger === undefined || row === undefined || row.chatId === '') return undefined;
      return { messenger, target: { roomId, chatId: row.chatId, isPrivate: false } };
    },
  };
}
