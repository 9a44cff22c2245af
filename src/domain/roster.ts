import type { Role } from './actor.ts';
import { instantOf, localOf } from './calendar.ts';

const aDay = 86_400_000;

/** What one person at a time is on duty for: a role, of one warehouse or of all (null). */
export interface Post {
  readonly role: Role;
  readonly warehouse: string | null;
}

/** People who follow each other for ever. Turns begin at the same time of the local clock as the first. */
export interface Rotation extends Post {
  readonly who: readonly string[];
  readonly everyDays: number;
  /** The instant of the first turn; unix ms. */
  readonly from: number;
}

/** One person for a while: [from, to), unix ms. */
export interface Stint extends Post {
  readonly who: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Who is on duty when. Layers: of several rotations of a post the one that began last holds; a stint lies over rotations, and
 * a later stint over an earlier one. So there is never more than one person on a post.
 */
export interface Roster {
  /** IANA zone in which turns begin. */
  readonly zone: string;
  readonly rotations: readonly Rotation[];
  /** In the order in which they were agreed. */
  readonly stints: readonly Stint[];
}

export const isSamePost = (one: Post, other: Post): boolean =>
  one.role === other.role && one.warehouse === other.warehouse;

/** Every post that somebody was ever put on, in the order of the roster. */
export function postsOf({ rotations, stints }: Roster): readonly Post[] {
  const posts = [...rotations, ...stints].map(({ role, warehouse }) => ({ role, warehouse }));
  return posts.filter((post, index) => posts.findIndex((other) => isSamePost(post, other)) === index);
}

/** The person on a post; undefined when nobody is. */
export function holderOf(roster: Roster, post: Post, at: number): string | undefined {
  const stint = roster.stints.findLast((each) => isSamePost(each, post) && each.from <= at && at < each.to);
  if (stint !== undefined) return stint.who;
  const rotation = rotationOf(roster, post, at);
  return rotation?.who[turnAt(rotation, roster.zone, at).index % rotation.who.length];
}

/**
 * The one person on duty for a role: of that warehouse, else for all warehouses. Asked without a warehouse, the first post
 * of the role that is taken answers. Undefined when nobody is on duty.
 */
export function onCall(roster: Roster, role: Role, at: number, warehouse?: string): string | undefined {
  const general = { role, warehouse: null };
  const own = warehouse === undefined ? undefined : holderOf(roster, { role, warehouse }, at);
  const found = own ?? holderOf(roster, general, at);
  if (found !== undefined || warehouse !== undefined) return found;
  for (const post of postsOf(roster)) {
    const who = post.role === role ? holderOf(roster, post, at) : undefined;
    if (who !== undefined) return who;
  }
  return undefined;
}

export interface Turn {
  readonly who: string | undefined;
  /** When somebody else, or nobody, takes over; undefined = nothing changes that we know of. */
  readonly until: number | undefined;
}

/** Boundaries looked at before a turn is called endless. */
const mostBoundaries = 400;

/** Who is on a post, and until when without a break. */
export function turnOf(roster: Roster, post: Post, at: number): Turn {
  const who = holderOf(roster, post, at);
  let next = nextBoundary(roster, post, at);
  for (let looked = 0; next !== undefined && looked < mostBoundaries; looked += 1) {
    if (holderOf(roster, post, next) !== who) return { who, until: next };
    next = nextBoundary(roster, post, next);
  }
  return { who, until: undefined };
}

/** The next person on a post who is not on it now, and from when. */
export function nextOf(roster: Roster, post: Post, at: number): { who: string; from: number } | undefined {
  const { who, until } = turnOf(roster, post, at);
  let from = until;
  for (let looked = 0; from !== undefined && looked < mostBoundaries; looked += 1) {
    const turn = turnOf(roster, post, from);
    if (turn.who !== undefined && turn.who !== who) return { who: turn.who, from };
    from = turn.until;
  }
  return undefined;
}

/** When and on what one person is on duty within [from, to). */
export const dutiesOf = (roster: Roster, who: string, from: number, to: number): readonly Stint[] =>
  postsOf(roster).flatMap((post) =>
    spellsOf(roster, post, from, to).flatMap((spell) => (spell.who === who ? [{ ...post, ...spell, who }] : [])),
  );

/** A post from one end to the other, without holes: who is on it, or that nobody is. */
export function spellsOf(
  roster: Roster,
  post: Post,
  from: number,
  to: number,
): readonly { readonly who: string | undefined; readonly from: number; readonly to: number }[] {
  const found: { who: string | undefined; from: number; to: number }[] = [];
  for (let at = from; at < to; ) {
    const { who, until } = turnOf(roster, post, at);
    const end = Math.min(to, until ?? to);
    found.push({ who, from: at, to: end });
    at = end;
  }
  return found;
}

const rotationOf = ({ rotations }: Roster, post: Post, at: number): Rotation | undefined =>
  rotations
    .filter((each) => isSamePost(each, post) && each.from <= at)
    .reduce<Rotation | undefined>(
      (last, each) => (last === undefined || each.from >= last.from ? each : last),
      undefined,
    );

/** Which turn of a rotation an instant falls into, and when that ends. Counted on the local clock: summer time moves no turn. */
function turnAt({ from, everyDays }: Rotation, zone: string, at: number): { index: number; end: number } {
  const first = localOf(zone, from);
  const startOf = (index: number): number => (index <= 0 ? from : instantOf(zone, first + index * everyDays * aDay));
  let index = Math.max(0, Math.floor((localOf(zone, at) - first) / (everyDays * aDay)));
  while (index > 0 && startOf(index) > at) index -= 1;
  while (startOf(index + 1) <= at) index += 1;
  return { index, end: startOf(index + 1) };
}

function nextBoundary(roster: Roster, post: Post, at: number): number | undefined {
  const own = <T extends Post>(rows: readonly T[]): readonly T[] => rows.filter((each) => isSamePost(each, post));
  const rotation = rotationOf(roster, post, at);
  const bounds = [
    ...own(roster.stints).flatMap(({ from, to }) => [from, to]),
    ...own(roster.rotations).map(({ from }) => from),
    ...(rotation === undefined || rotation.who.length < 2 ? [] : [turnAt(rotation, roster.zone, at).end]),
  ].filter((bound) => bound > at);
  return bounds.length === 0 ? undefined : Math.min(...bounds);
}
