import type { Role } from './actor.ts';
import { localOf } from './calendar.ts';
import { dutiesOf, onCall, type Roster } from './roster.ts';

// Whom to tell or ring next while nobody takes an alert. Pure: rows say how far it is, the clock comes in.

/** `on-call` is who answers for the alert; `person` counts only while on shift. */
export type Whom =
  | { readonly to: 'room' }
  | { readonly to: 'on-call' }
  | { readonly to: 'role'; readonly role: Role }
  | { readonly to: 'person'; readonly person: string };

/** One step of a policy; `after` counts from the beginning, ms. `repeat` says all before it again, so many times. */
export type PolicyStep =
  | { readonly after: number; readonly do: 'notify' | 'call'; readonly whom: Whom }
  | { readonly after: number; readonly do: 'repeat'; readonly times: number };

/** A step as it is carried out: `wait` ms after the one before it was done. */
export interface Step {
  readonly wait: number;
  readonly do: 'notify' | 'call';
  readonly whom: Whom;
  /** Nobody is rung twice in one round. */
  readonly round: number;
}

/** Every step in its order, repetitions written out. */
export function stepsOf(policy: readonly PolicyStep[]): readonly Step[] {
  const steps: Step[] = [];
  let last = 0;
  for (const step of policy) {
    const wait = Math.max(0, step.after - last);
    last = step.after;
    if (step.do !== 'repeat') {
      steps.push({ wait, do: step.do, whom: step.whom, round: 0 });
      continue;
    }
    const once = [...steps];
    for (let round = 1; round <= step.times; round += 1)
      for (const [index, each] of once.entries()) steps.push({ ...each, wait: index === 0 ? wait : each.wait, round });
  }
  return steps;
}

/** How long a ring may stay without an acknowledgement before the next person is due. */
export const acknowledgeMs = 3 * 60_000;

/** The person a step means at this moment; undefined for the room, and when nobody is on shift. `owner` answers for the alert. */
export function personOf(
  whom: Whom,
  { roster, warehouse, owner }: { readonly roster: Roster; readonly warehouse?: string; readonly owner?: string },
  at: number,
): string | undefined {
  switch (whom.to) {
    case 'room':
      return undefined;
    case 'on-call':
      return owner;
    case 'role':
      // Another warehouse's lead can do nothing here: then the next step is due.
      return onCall(roster, whom.role, at, warehouse);
    case 'person':
      return isOnShift(roster, whom.person, at) ? whom.person : undefined;
  }
}

export const isOnShift = (roster: Roster, person: string, at: number): boolean =>
  dutiesOf(roster, person, at, at + 1).length > 0;

/**
 * `planned`: to be dialled · `dialling`: on its way out · `rung`: the provider took it and tells no more · `answered`,
 * `no-answer`, `busy`: as the provider told · `refused`: the telephone did not ring · `unknown`: sent and not answered;
 * it may be ringing and is never dialled again · `dropped`: nobody had to be rung any more.
 */
export const callStates = [
  'planned',
  'dialling',
  'rung',
  'answered',
  'no-answer',
  'busy',
  'refused',
  'unknown',
  'dropped',
] as const;
export type CallState = (typeof callStates)[number];

/** Nobody can come to the telephone any more: the next person is due at once. */
export const isInVain = (state: CallState): boolean => state === 'refused' || state === 'busy' || state === 'no-answer';

/** A ring of the past, or one that may have been. */
export interface PastCall {
  readonly at: number;
  readonly provider: string;
  readonly state: CallState;
}

const aMinute = 60_000;
const anHour = 60 * aMinute;
const aDay = 24 * anHour;

/** Aliyun's own, which no account can raise (dingtalk.md §5.2); kept for every provider: the person is the same. */
const telephoneLimits = [
  { ms: aMinute, most: 1, why: 'minute' },
  { ms: anHour, most: 5, why: 'hour' },
  { ms: aDay, most: 20, why: 'day' },
] as const;

/** Why a person may not be rung now. */
export type NotNow = (typeof telephoneLimits)[number]['why'] | 'night';

/**
 * What keeps this provider from ringing a person now; undefined = nothing. An attempt that the provider refused counts for
 * that provider, as it counts it; one that may have rung counts for all.
 */
export function whyNotNow(
  past: readonly PastCall[],
  provider: string,
  { at, zone, perNight }: { readonly at: number; readonly zone: string; readonly perNight: number },
): NotNow | undefined {
  const mayHaveRung = ({ state }: PastCall): boolean => !['planned', 'refused', 'dropped'].includes(state);
  const night = nightOf(at, zone);
  if (night !== undefined && past.filter((call) => mayHaveRung(call) && call.at >= night.from).length >= perNight)
    return 'night';
  const counted = past.filter((call) => mayHaveRung(call) || (call.provider === provider && call.state === 'refused'));
  return telephoneLimits.find(({ ms, most }) => counted.filter((call) => call.at > at - ms).length >= most)?.why;
}

/** People sleep from 22:00 to 08:00 of the company's clock. */
const nightHours = { from: 22, to: 8 } as const;

/** The night that an instant lies in; undefined by day. */
export function nightOf(at: number, zone: string): { readonly from: number } | undefined {
  const since = localOf(zone, at) % aDay;
  if (since >= nightHours.from * anHour) return { from: at - (since - nightHours.from * anHour) };
  return since < nightHours.to * anHour ? { from: at - (since + aDay - nightHours.from * anHour) } : undefined;
}

/** How far back `whyNotNow` looks; ms. */
export const callMemory = aDay;

/** What is spoken, in Chinese, numbers written as they are read. No foreign text, no name of a buyer. */
export interface Spoken {
  /** 杭州仓. */
  readonly place: string;
  /** 履约周期八小时零一分. */
  readonly what: string;
  /** 十二号; empty when there is no number. */
  readonly number: string;
}
