import type { Actor } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';
import type { HeardFile, Inbound } from '../ports/messenger.ts';
import type { Storage } from '../ports/stores.ts';
import { type ImportSheet, mostBytes } from './import-sheet.ts';

export interface TakeFileDeps {
  readonly storage: Pick<Storage, 'people'>;
  readonly imports: Pick<ImportSheet, 'accept'>;
  /** One id for one platform message. */
  readonly idOf: (platform: string, messageId: string) => string;
  readonly log: Log;
}

type Sender = Omit<Inbound, 'text' | 'isPrivate'>;

/** As long as a person waits for a first word. */
const fetchMs = 60_000;

/**
 * Keeps a sheet that somebody sent in private and answers what is heard instead of it: `/import` with its id, or `/import`
 * alone, which says where sheets go, when it cannot be taken. The same message again is the same import. Never throws.
 */
export function createTakeFile({ storage, imports, idOf, log }: TakeFileDeps) {
  // A platform that waits for its acknowledgement delivers again while the bytes are still on their way.
  const taking = new Map<string, Promise<string>>();

  async function take(from: Sender, file: HeardFile, id: string): Promise<string> {
    const person = await storage.people.findByAccount(from.platform, from.senderId);
    if (person === undefined) return '/import';
    const actor: Actor = { type: 'person', person };
    try {
      const bytes = await file.fetch(mostBytes, AbortSignal.timeout(fetchMs));
      await imports.accept({
        id,
        fileName: file.name,
        bytes,
        modifiedAt: null,
        shopId: null,
        actor,
        roomId: from.roomId,
      });
      return `/import ${id}`;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'BUG';
      log.warn({ platform: from.platform, message: from.messageId, code }, 'A file sent in a chat could not be taken');
      return '/import';
    }
  }

  return (from: Sender, file: HeardFile): Promise<string> => {
    const id = idOf(from.platform, from.messageId);
    const under = taking.get(id);
    if (under !== undefined) return under;
    const work = take(from, file, id).finally(() => taking.delete(id));
    taking.set(id, work);
    return work;
  };
}
