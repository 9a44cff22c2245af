import { nameOf, type Role, roleNames, roles } from '../domain/actor.ts';
import type { Asking } from '../domain/asking.ts';
import { UserError } from '../domain/errors.ts';
import { callMemory, isOnShift, type Spoken, whyNotNow } from '../domain/escalation.ts';
import { onCall } from '../domain/roster.ts';
import { cutTo } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallRow, Storage } from '../ports/stores.ts';
import { type CallLine, callListCard, callOutcome, callPreview } from '../render/call-cards.ts';
import type { Proposal } from './act/kind.ts';
import { ask, demand } from './act/propose.ts';
import { numberOf } from './alert-number.ts';
import type { Directory } from './directory.ts';
import type { Duty } from './duty/duty.ts';
import type { Answer } from './reply.ts';
import type { Ring, VoiceSource } from './ring.ts';

export interface CallDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly duty: Pick<Duty, 'roster'>;
  readonly voices: () => readonly VoiceSource[];
  readonly ring: Pick<Ring, 'calleeOf'>;
  readonly perNight: () => number;
}

const shownCalls = 5;
const shortestReason = 2;

/** What people say for a role beside its names. */
const otherNames: Readonly<Partial<Record<Role, readonly string[]>>> = {
  'warehouse-lead': ['仓库主管', '仓管', '仓储', '仓库'],
  'ops-lead': ['运营', '主管'],
  'cs-lead': ['客服'],
};

/** `/call`: rings whoever is on duty for a role, or one person on shift, after a preview; alone it lists the last calls. */
export function createCall({ storage, clock, directory, duty, voices, ring, perNight }: CallDeps) {
  async function list({ language }: Asking): Promise<Answer> {
    const names = new Map(voices().map(({ id, name }) => [id, name]));
    const lines: (CallLine & { number: number | null; at: number })[] = [];
    for (const { personId, provider, state, why, alertId, dialledAt, plannedAt } of await storage.calls.latest(
      shownCalls,
    )) {
      const alert = alertId === null ? undefined : await storage.alerts.find(alertId);
      lines.push({
        who: directory.personName(`person:${personId}`),
        provider: names.get(provider) ?? { zh: provider, en: provider },
        state,
        why,
        number: alert === undefined ? null : await numberOf(storage, alert),
        at: dialledAt ?? plannedAt,
      });
    }
    return [callListCard(lines, directory.timezone, language)];
  }

  /** Who is meant: a role's person on duty, or somebody by name. Nobody off shift. */
  async function calleeIn(word: string): Promise<string> {
    const roster = await duty.roster();
    const now = clock.now();
    const role = roleSaid(word);
    if (role !== undefined) {
      const found = onCall(roster, role, now);
      if (found !== undefined) return found;
      throw new UserError('NOBODY_ON_DUTY', {
        zh: `现在没有${roleNames[role].zh}值班，电话不打给下班的人。发 /值班 看谁在`,
        en: `No ${roleNames[role].en} is on duty, and nobody off shift is rung. /oncall tells who is`,
      });
    }
    const name = word.replace(/^@/, '');
    const [person, second] = await storage.people.findByName(name);
    if (person === undefined || second !== undefined)
      throw new UserError('CALL_WHOM', {
        zh: '打给谁？写角色或 @名字，再写原因，例：/呼叫 仓储主管 打印机全停了',
        en: 'Whom? Write a role or @name, then the reason: /call warehouse-lead all printers stopped',
      });
    if (isOnShift(roster, person.id, now)) return person.id;
    throw new UserError('OFF_SHIFT', {
      zh: `${person.name}现在不值班，电话不打给下班的人。发 /值班 看谁在`,
      en: `${person.name} is off shift, and nobody off shift is rung. /oncall tells who is on`,
    });
  }

  async function lineFor(personId: string): Promise<VoiceSource> {
    const now = clock.now();
    const who = directory.personName(`person:${personId}`);
    if (voices().length === 0)
      throw new UserError('NO_VOICE', {
        zh: '没有配置电话，打不了。管理员运行 npx warroom doctor 看怎么开通',
        en: 'No telephone line is configured; npx warroom doctor tells how to get one',
      });
    const callee = await ring.calleeOf(personId);
    const past = await storage.calls.ofPerson(personId, now - callMemory);
    const rings = past.map(({ dialledAt, provider, state }) => ({ at: dialledAt ?? 0, provider, state }));
    let why = 'no-number';
    for (const source of voices()) {
      if (!source.voice.reaches(callee)) continue;
      const limits = { at: now, zone: directory.timezone, perNight: perNight() };
      const found = whyNotNow(rings, source.id, limits);
      if (found === undefined) return source;
      why = found;
    }
    const call: Pick<CallRow, 'state' | 'why'> = { state: 'refused', why };
    throw new UserError('NOT_NOW', {
      zh: `现在不能打给${who}：${callOutcome(call, 'zh')}`,
      en: `${who} cannot be rung now: ${callOutcome(call, 'en')}`,
    });
  }

  return async (asking: Asking, words: string | undefined): Promise<Answer> => {
    const said = (words ?? '').trim();
    if (said === '') return list(asking);
    demand(asking, 'call');
    const [whom = '', reason = ''] = split(said);
    const personId = await calleeIn(whom);
    if (reason.length < shortestReason)
      throw new UserError('REASON_NEEDED', {
        zh: `为什么打？写在后面：/呼叫 ${whom} 打印机全停了`,
        en: `Why? Write it behind: /call ${whom} all printers stopped`,
      });
    const { id: provider, name } = await lineFor(personId);
    const by = nameOf(asking.actor);
    const spoken: Spoken = { place: '', what: `${by}呼叫`, number: '' };
    const proposal: Proposal = {
      acts: [{ kind: 'call', subject: `person:${personId}`, request: { personId, provider, spoken } }],
      second: null,
      needsReason: false,
      undoOf: null,
      reason: cutTo(reason, 80),
    };
    const model = {
      who: directory.personName(`person:${personId}`),
      provider: name,
      spoken: `请处理：${by}呼叫。打开群。`,
      reason,
    };
    return (tx) => ask(tx, clock, asking, proposal, (question) => callPreview({ ...model, question }, asking.language));
  };
}

/** `仓储主管 打印机停了` → whom, and why. */
function split(said: string): readonly [string, string] {
  const [first = '', ...rest] = said.split(/[\s，,：:]+/);
  return [first, rest.join(' ')];
}

function roleSaid(word: string): Role | undefined {
  const wanted = word.toLowerCase();
  return roles.find(
    (role) => role === wanted || roleNames[role].zh === word || otherNames[role]?.includes(word) === true,
  );
}
