import type { Card } from '../domain/card.ts';
import type { Text } from '../domain/text.ts';

/** A card ready to leave: links absolute and signed. */
export interface OutgoingCard extends Card {
  readonly url: string | null;
}

export interface MessageRef {
  readonly room: string;
  readonly id: string;
}

export interface MessengerLimits {
  readonly maxBytes: number;
  readonly maxButtons: number;
  readonly perMinute: number;
  /** Undefined = the platform counts no month. */
  readonly perMonth: number | undefined;
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

export interface Messenger {
  readonly platform: string;
  readonly limits: MessengerLimits;
  /**
   * One attempt. `key` is the same on every retry of the same message, `isRetry` says that an earlier attempt may have
   * arrived. Throws only AppError classes; OutcomeUnknownError when it may have been shown.
   */
  send(roomId: string, card: OutgoingCard, key: string, signal: AbortSignal): Promise<MessageRef>;
  /** Whether sending the same key twice shows it once. */
  readonly dedupes: boolean;
}

/** The default export of `adapters/messengers/<name>/index.ts`. */
export interface MessengerPlug {
  readonly name: Text;
  create(context: MessengerContext): Messenger;
}

export interface MessengerContext {
  readonly room: RoomLog;
}

/** The built-in room's own memory: what was said in it, by whom. Adding the same key again changes nothing. */
export interface RoomLog {
  add(entry: { roomId: string; key: string; from: string; card: OutgoingCard }): Promise<number>;
}
