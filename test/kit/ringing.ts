import type { Person, Role } from '../../src/domain/actor.ts';
import { OutcomeUnknownError, RejectedError, RetryableError } from '../../src/domain/errors.ts';
import type { PolicyStep } from '../../src/domain/escalation.ts';
import { ownerOf } from '../../src/domain/owner.ts';
import type { Roster } from '../../src/domain/roster.ts';
import { silentMetrics } from '../../src/ports/metrics.ts';
import type { CallRow } from '../../src/ports/stores.ts';
import type { CallOutcome, Dial, Voice } from '../../src/ports/voice.ts';
import { createEscalate, type Rings } from '../../src/services/escalate.ts';
import { createKeepLights } from '../../src/services/keep-lights.ts';
import { createRing, type VoiceSource } from '../../src/services/ring.ts';
import { at } from './builders.ts';
import { type Flow, type FlowOptions, silentLog, startFlow } from './test-storage.ts';

/** What a provider does with the next call. */
export type Answers = 'takes' | 'refuses' | 'quota' | 'is down' | 'loses' | 'busy' | 'no-answer';

export interface FakeVoice {
  readonly source: VoiceSource;
  /** Whose telephones it made ring, or may have. */
  readonly rang: { readonly who: string; readonly at: number; readonly id: string }[];
  /** Asked before each call. */
  does: (who: string) => Answers;
}

/** A line that tells what became of its calls, or does not. */
function aVoice(flow: Pick<Flow, 'clock'>, id: string, tells: boolean): FakeVoice {
  const outcomes = new Map<string, CallOutcome>();
  const fake: FakeVoice = { source: {} as VoiceSource, rang: [], does: () => 'takes' };
  const voice: Voice = {
    reaches: ({ dingtalk, mobile }) => (tells ? mobile : dingtalk) !== null,
    async dial({ id: callId, callee }: Dial) {
      const who = callee.dingtalk ?? callee.mobile ?? '';
      const does = fake.does(who);
      if (does === 'refuses') throw new RejectedError('no', { code: 'send.ding.exception' });
      if (does === 'quota') throw new RejectedError('no', { code: 'ding.serverquota.insufficient' });
      if (does === 'is down') throw new RetryableError('no', { code: 'NETWORK' });
      fake.rang.push({ who, at: flow.clock.now(), id: callId });
      if (does === 'loses') throw new OutcomeUnknownError('lost');
      if (does === 'busy' || does === 'no-answer') outcomes.set(callId, { state: does, code: does });
      return callId;
    },
    outcomeOf: tells ? async ({ ref }) => outcomes.get(ref) : null,
    readReceipts: tells ? (raw) => JSON.parse(raw.toString()) as { id: string; ref: string }[] : null,
    answerReceipts: (isTaken) => ({ status: isTaken ? 200 : 400, type: 'application/json', body: '{}' }),
    check: async () => undefined,
  };
  Object.assign(fake, { source: { id, name: { zh: id, en: id }, voice, hookSecret: 'secret' } });
  return fake;
}

const usual: Readonly<Record<string, readonly PolicyStep[]>> = {
  default: [],
  red: [
    { after: 0, do: 'call', whom: { to: 'role', role: 'warehouse-lead' } },
    { after: 180_000, do: 'call', whom: { to: 'role', role: 'ops-lead' } },
  ],
};
const redRings: Rings = { 'cycle-red': { policy: 'red', hours: 'wall' } };

export interface RingingOptions extends FlowOptions {
  readonly policies?: Readonly<Record<string, readonly PolicyStep[]>>;
  readonly rings?: Rings;
  readonly perNight?: number;
  /** Ids of the people of each role; each is on duty all day. */
  readonly roster?: Roster;
}

const everyDay = (role: Role, who: string) => ({ role, warehouse: null, who: [who], everyDays: 7, from: 0 });
const usualRoster: Roster = {
  zone: 'Asia/Shanghai',
  rotations: [everyDay('warehouse-lead', 'li'), everyDay('ops-lead', 'wang')],
  stints: [],
};

const people: readonly Person[] = [
  { id: 'li', name: '李建国', role: 'warehouse-lead' },
  { id: 'wang', name: '王敏', role: 'ops-lead' },
];

/** Lights, dispatch and telephones over a real database; two providers that do as they are told. */
export async function startRinging(options: RingingOptions = {}) {
  const flow = await startFlow({ startAt: at('10:00'), ...options });
  const { storage, clock, directory, detect, signal } = flow;
  const rulebook = () => flow.rulebook();
  const { policies = usual, rings = redRings, perNight = 2, roster = usualRoster } = options;
  await storage.people.syncConfigured(
    people.map((person) => ({ person, accounts: [{ platform: 'dingtalk', userId: person.id }] })),
  );
  const ding = aVoice(flow, 'ding', false);
  const aliyun = aVoice(flow, 'aliyun', true);
  const duty = {
    roster: async () => roster,
    owners: async () => (alert: Parameters<typeof ownerOf>[1]) => ownerOf(roster, alert, clock.now()),
  };
  const make = () => {
    const voices = () => [ding.source, aliyun.source];
    const shared = { storage, clock, directory, duty, voices };
    const mobileOf = (id: string) => (people.some((one) => one.id === id) ? id : undefined);
    const ring = createRing({ ...shared, mobileOf, perNight: () => perNight, log: silentLog });
    const escalate = createEscalate({
      ...shared,
      rules: () => flow.rules,
      rings: () => rings,
      policies: () => policies,
      ring,
    });
    return { ring, escalate };
  };
  let made = make();
  const lights = createKeepLights({ storage, clock, directory, rulebook, detect, metrics: silentMetrics });
  const tick = async (): Promise<void> => {
    await lights(signal);
    await flow.dispatch();
    await made.escalate(signal);
  };
  return {
    ...flow,
    ding,
    aliyun,
    tick,
    lights,
    escalate: () => made.escalate(signal),
    hear: (raw: object, secret = 'secret') => made.ring.hear('aliyun', secret, Buffer.from(JSON.stringify(raw))),
    /** The process is another one from here on. */
    restart() {
      made = make();
    },
    async at(time: number): Promise<void> {
      await clock.advanceTo(time);
      await tick();
    },
    /** Everybody whose telephone rang, or may have, in order. */
    rang: () => [...ding.rang, ...aliyun.rang].sort((a, b) => a.at - b.at).map(({ who }) => who),
    calls: (): Promise<readonly CallRow[]> => storage.calls.latest(1_000).then((rows) => [...rows].reverse()),
    async take(): Promise<void> {
      for (const alert of await storage.alerts.list({ state: 'unresolved', limit: 100 }))
        await storage.alerts.claim(alert.id, 'person:sun', clock.now(), clock.now() + 30 * 60_000);
    },
  };
}

export type Ringing = Awaited<ReturnType<typeof startRinging>>;
