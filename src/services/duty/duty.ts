import type { Role } from '../../domain/actor.ts';
import type { Alert } from '../../domain/alert.ts';
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
  /** The first of these roles' people on duty who is not `except`. */
  firstOf(roles: readonly Role[], except: string): Promise<string | undefined>;
  /** The private chat in which this person last wrote to us; undefined when they never did. */
  privateRoomOf(personId: string): Promise<string | undefined>;
}

export function createDuty({ storage, clock, directory, rotations, staff }: DutyDeps): Duty {
  const roster = async (): Promise<Roster> => ({
    zone: directory.timezone,
    rotations: rotations(),
    stints: await storage.duty.listStints(clock.now()),
  });
  return {
    roster,
    staff,
    async owners() {
      const now = await roster();
      return (alert) => ownerOf(now, alert, clock.now());
    },
    async firstOf(roles, except) {
      const now = await roster();
      return roles.map((role) => onCall(now, role, clock.now())).find((id) => id !== undefined && id !== except);
    },
    async privateRoomOf(personId) {
      const accounts = await storage.people.accountsOf([personId]);
      return storage.inbound.lastHeard(accounts.map(({ platform, userId }) => privateRoom(platform, userId)));
    },
  };
}
