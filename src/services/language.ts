import type { Language } from '../domain/text.ts';
import type { Storage } from '../ports/stores.ts';

/** A private chat, as rooms are named: `dm:wecom:lijg`. */
export const privateRoom = (platform: string, userId: string): string => `dm:${platform}:${userId}`;

const privately = /^dm:([a-z]+):(.+)$/;

export const isPrivate = (roomId: string): boolean => privately.test(roomId);

/**
 * What is spoken in a place: a room speaks its own language whoever asks, a private chat that of its person, and Chinese
 * where nobody said. A statement of its own: never asked inside a step.
 */
export async function languageOf(
  { rooms, people }: Pick<Storage, 'rooms' | 'people'>,
  roomId: string,
): Promise<Language> {
  const [, platform, userId] = privately.exec(roomId) ?? [];
  if (platform === undefined || userId === undefined) return (await rooms.find(roomId))?.language ?? 'zh';
  return (await people.findByAccount(platform, userId))?.language ?? 'zh';
}
