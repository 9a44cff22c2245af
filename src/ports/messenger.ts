import type { z } from 'zod';
import type { Card } from '../domain/card.ts';
import type { Text } from '../domain/text.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';
import type { Log } from './log.ts';

/** Somebody called by name: by their id on this platform, never by a telephone number. */
export interface Mention {
  readonly userId: string;
  readonly name: string;
}

/** A card ready to leave: links absolute and signed. */
export interface OutgoingCard extends Card {
  readonly url: string | null;
  /** Those of its call whom the platform knows; absent when nobody is to be called. */
  readonly mentions?: readonly Mention[];
  /** Its picture as PNG, where the messenger carries pictures. */
  readonly png?: Buffer;
}

/** The line that rings for people, in words and names; empty when nobody is to be called. */
export function callLine({ call, mentions = [] }: OutgoingCard): readonly (string | Mention)[] {
  if (call === undefined || mentions.length === 0) return [];
  return [`${call.before} `, ...mentions.flatMap((mention) => [mention, ' ']), call.after];
}

export interface MessageRef {
  readonly room: string;
  readonly id: string;
  /** Messages of the room's minute that it took; absent = 1. */
  readonly parts?: number;
}

export interface MessengerLimits {
  readonly maxBytes: number;
  readonly maxButtons: number;
  readonly perMinute: number;
  /** Undefined = the platform counts no month. */
  readonly perMonth: number | undefined;
  /** The largest picture it carries. Absent where a picture needs a public address: there it stands behind the link. */
  readonly maxPictureBytes?: number | undefined;
}

/** Somebody said something to the bot. */
export interface Inbound {
  readonly platform: string;
  /** The platform's own id: the same message comes with the same id however often it is delivered. */
  readonly messageId: string;
  readonly roomId: string;
  readonly isPrivate: boolean;
  readonly senderId: string;
  readonly text: string;
}

/** A file somebody sent in private. */
export interface HeardFile {
  /** Somebody else's word. */
  readonly name: string;
  /** Its bytes, for a few minutes. Throws AppError: RejectedError (TOO_BIG) above `mostBytes`. */
  fetch(mostBytes: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** The same before anybody knows which room a chat is. */
export type Heard = Omit<Inbound, 'platform' | 'roomId'> & {
  /** Then the text is what is heard where the file cannot be taken. */
  readonly file?: HeardFile;
  /** The platform's own name for the chat; of a private chat the sender's id. */
  readonly chatId: string;
};

/** Where a message goes: our room, and the chat it is on the platform. */
export interface Target {
  readonly roomId: string;
  readonly chatId: string;
  readonly isPrivate: boolean;
}

export interface Messenger {
  readonly limits: MessengerLimits;
  /** Whether sending the same key twice shows it once. */
  readonly dedupes: boolean;
  /**
   * One attempt. `key` is the same on every retry of the same message. Throws only AppError classes;
   * OutcomeUnknownError when it may have been shown.
   */
  send(target: Target, card: OutgoingCard, key: string, signal: AbortSignal): Promise<MessageRef>;
  /** Connects and listens, for as long as it takes: resolves at once, keeps trying. Absent when there is nothing to connect. */
  start?(): void;
  stop?(): Promise<void>;
  /** How the connection stands. Absent when there is none. */
  readonly connection?: () => ConnectionState;
}

export interface ConnectionState {
  readonly isUp: boolean;
  /** Wall ms of the last change. */
  readonly since: number;
}

/** The default export of `adapters/messengers/<name>/index.ts`. */
export interface MessengerPlug<Credentials = never> {
  readonly name: Text;
  readonly defaultBaseUrl: string | null;
  readonly credentials: z.ZodType<Credentials>;
  create(context: MessengerContext<Credentials>): Messenger;
}

export const defineMessenger = <Credentials>(plug: MessengerPlug<Credentials>): MessengerPlug<Credentials> => plug;

/** What one room's messenger works with: each room of the configuration has one of its own. */
export interface MessengerContext<Credentials> {
  readonly roomId: string;
  readonly baseUrl: string;
  /** The group's webhook, the second path; null when none is configured. */
  readonly webhook: string | null;
  readonly credentials: Credentials;
  readonly http: Http;
  /** World time: timestamps in signatures and budgets. Sockets use wall time. */
  readonly clock: Clock;
  readonly log: Log;
  readonly roomLog: RoomLog;
  /** Stores what was heard; resolves when it is on disk, so that the platform may be acknowledged. False = heard before. */
  readonly hear: (heard: Heard) => Promise<boolean>;
  /** Tells the operators through another path than this one: "somebody else took the bot's connection". Once per cause. */
  readonly alarm: (cause: string, text: Text) => void;
  /** Tells the room that nothing said between these moments (world ms) was heard. Once the line hears again. */
  readonly missed: (from: number, to: number) => void;
}

/** The built-in room's own memory: what was said in it, by whom. Adding the same key again changes nothing. */
export interface RoomLog {
  add(entry: { roomId: string; key: string; from: string; card: OutgoingCard }): Promise<number>;
}
