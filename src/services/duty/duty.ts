import type { Role } from '../../domain/actor.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Asking } from '../../domain/asking.ts';
import { UserError } from '../../domain/errors.ts';
import { ownerOf } from '../../domain/owner.ts';
import { onCall, type Roster, type Rotation } from '../../domain/roster.ts';
import type { Colleague } from '../../domain/roster-sheet.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Storage } from '../../ports/stores.ts';
import type { Directory } from '../directory.ts';
import { privateRoom } from '../language.ts';

export interface DutyDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  /** Of the configuration as it is now. */
  readonly rotations: () => readonly Rotation[];
  readonly staff: () => readonly Colleague[];
}

/** Whose turn it is. A statement of its own: asked before a step, never inside one. */
export interface Duty {
  /** As it stands now: rotations, and what was agreed over them. */
  roster(): Promise<Roster>;
  staff(): readonly Colleague[];
  /** Who answers for an alert at this moment; undefined when nobody is on duty. */
  owners(): Promise<(alert: Alert) => string | undefined>;
  /** The first on duty for these roles who is one of those people. */
  firstOf(roles: readonly Role[], people: readonly string[]): Promise<string | undefined>;
  /**
   * Where to ask this person something: the private chat in which they last wrote to us, else the asker's room when they are
   * on that platform, else a room of a platform they are on. Throws UserError when there is none.
   */
  placeFor(personId: string, asking: Asking): Promise<string>;
}

export function createDuty({ storage, clock, directory, rotations, staff }: DutyDeps): Duty {
  const roster = async (): Promise<Roster> => ({
    zone: directory.timezone,
    rotations: rotations(),
    // Whoever left the staff is on duty no more: what lies under it holds again.
    stints: (await storage.duty.listStints(clock.now())).filter(({ who }) => staff().some(({ id }) => id === who)),
  });
  return {
    roster,
    staff,
    async owners() {
      const now = await roster();
      return (alert) => ownerOf(now, alert, clock.now());
    },
    async firstOf(roles, people) {
      const now = await roster();
      return roles.map((role) => onCall(now, role, clock.now())).find((id) => id !== undefined && people.includes(id));
    },
    async placeFor(personId, asking) {
      const accounts = await storage.people.accountsOf([personId]);
      const privately = await storage.inbound.lastHeard(
        accounts.map(({ platform, userId }) => privateRoom(platform, userId)),
      );
      if (privately !== undefined) return privately;
      const isOn = (platform: string): boolean => accounts.some((each) => each.platform === platform);
      if (!asking.isPrivate && isOn(asking.platform)) return asking.roomId;
      const room = (await storage.rooms.list()).find(({ platform, chatId }) => chatId !== '' && isOn(platform));
      if (room !== undefined) return room.id;
      const name = directory.personName(`person:${personId}`);
      throw new UserError('NOT_REACHED', {
        zh: `问不到${name}：请他先私聊机器人说一句，再发一次`,
        en: `${name} cannot be asked: let them write to the bot in private first, then send it again`,
      });
    },
  };
}
