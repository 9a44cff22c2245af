import { type Actor, actorId, may, nameOf, type Permission, type Person, rolesWith } from '../../domain/actor.ts';
import type { Asking } from '../../domain/asking.ts';
import { type Card, notice } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import { isReason } from '../../domain/grammar/reason.ts';
import type { Text } from '../../domain/text.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuestionRow, Storage, Stores } from '../../ports/stores.ts';
import { secondPersonCard } from '../../render/preview-cards.ts';
import type { Directory } from '../directory.ts';
import type { Duty } from '../duty/duty.ts';
import { languageOf } from '../language.ts';
import type { Answer, Step } from '../reply.ts';
import type { Act, ActContext, Proposal } from './kind.ts';
import { kindOf, ownKindOf } from './kinds.ts';
import { otherHolders, secondMs, tailOfSubject } from './propose.ts';

export interface ConfirmDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly context: ActContext;
  readonly duty: Pick<Duty, 'firstOf'>;
  /** Wakes the saga: the person is waiting. */
  readonly nudge: () => void;
}

const bareYesMs = 60_000;

/** A yes or a no to a preview. Exactly one yes counts, from the very person it asked, or a second one where limits say so. */
export function createAnswers({ storage, clock, directory, context, duty, nudge }: ConfirmDeps) {
  async function find(asking: Asking, words: string | undefined): Promise<QuestionRow> {
    if (words !== undefined) {
      const question = await storage.questions.findByWords(words.toUpperCase(), asking.roomId);
      if (question !== undefined && question.expiresAt > clock.now()) return question;
      throw new UserError('QUESTION_GONE', {
        zh: `“${words}”已经过期、办过了，或不在这个群。要做就再发一次命令`,
        en: `"${words}" has expired, is settled, or is not of this room. Send the command again`,
      });
    }
    const open = await storage.questions.findOpenOf(actorId(asking.actor), asking.roomId);
    const now = clock.now();
    const isFresh = open !== undefined && open.expiresAt > now && now - open.createdAt < bareYesMs;
    const isLastLine =
      open !== undefined &&
      (await storage.inbound.countAfter(asking.roomId, open.createdAt, asking.inboundId ?? 0)) === 0 &&
      (await storage.outbox.alertsSince(asking.roomId, open.createdAt)) === 0;
    if (open !== undefined && isFresh && isLastLine) return open;
    if (open === undefined) {
      throw new UserError('NOTHING_OPEN', { zh: '没有等你确认的事', en: 'Nothing waits for your yes' });
    }
    throw new UserError('SAY_WORDS', {
      zh: `为防点错，请回：确认 ${open.words}`,
      en: `To be safe, answer: yes ${open.words}`,
    });
  }

  async function yes(asking: Asking, words: string | undefined, reason: string): Promise<Answer> {
    const question = await find(asking, words);
    const proposal = question.proposal as Proposal;
    const me = demandPerson(asking.actor, proposal);
    const isAsker = question.actorId === actorId(asking.actor);
    if (reason !== '' && !proposal.needsReason && proposal.choices === undefined) {
      // 确认 K7 等一下 is no clear yes.
      throw new UserError('ONLY_WORDS', {
        zh: `没有做。要做就只回：确认 ${question.words}`,
        en: `Not done. If you mean it, answer only: yes ${question.words}`,
      });
    }
    if (question.state === 'second') return agree(asking, question, proposal, me, isAsker);
    if (!isAsker) {
      throw new UserError('NOT_YOURS', {
        zh: '这一条要发起的人自己确认',
        en: 'Only the person who asked can confirm this',
      });
    }
    if (proposal.choices !== undefined) return choose(asking, question, proposal, proposal.choices, reason);
    if (proposal.second !== null) {
      if (!proposal.needsReason) return askSecond(asking, question, proposal, me);
      if (!isReason(reason)) {
        throw new UserError('REASON_NEEDED', {
          zh: `没有第二个人有这个权限，请写明原因：确认 ${question.words} 原因`,
          en: `Nobody else holds this permission; give a reason: yes ${question.words} reason`,
        });
      }
    }
    return start(asking, question, proposal, 'open', null, reason);
  }

  function choose(
    asking: Asking,
    question: QuestionRow,
    proposal: Proposal,
    choices: readonly string[],
    said: string,
  ): Step {
    const act = proposal.acts[choices.indexOf(said.trim())];
    if (act !== undefined) return start(asking, question, { ...proposal, acts: [act] }, 'open', null, '');
    const [first = ''] = choices;
    throw new UserError('CHOOSE', {
      zh: `没有做。点一个，或写全：确认 ${question.words} ${first}`,
      en: `Not done. Press one, or write it out: yes ${question.words} ${first}`,
    });
  }

  async function askSecond(asking: Asking, question: QuestionRow, proposal: Proposal, me: Person): Promise<Step> {
    const holders = await otherHolders(storage, proposal, question.actorId);
    const called = await duty.firstOf(
      rolesWith(permissionOf(proposal)),
      holders.map(({ id }) => id),
    );
    const now = clock.now();
    const cards = [
      secondPersonCard(
        {
          by: me.name,
          why: proposal.second ?? { zh: '', en: '' },
          words: question.words,
          minutes: secondMs / 60_000,
          holders: holders.map((each) => each.name),
          what: aimsOf(proposal),
          called: called ?? null,
        },
        asking.language,
      ),
    ];
    return async (tx) => {
      if (!(await tx.questions.askSecond(question.id, now, now + secondMs))) return settledAlready(asking);
      await tx.audit.add({
        at: now,
        actor: asking.actor,
        action: 'act.second-asked',
        subject: subjectsOf(proposal),
        detail: { question: question.id },
      });
      return cards;
    };
  }

  function agree(asking: Asking, question: QuestionRow, proposal: Proposal, me: Person, isAsker: boolean): Step {
    if (isAsker) {
      throw new UserError('NOT_ONESELF', {
        zh: '不能自己同意自己，要第二个人来确认',
        en: 'You cannot agree with yourself; a second person has to',
      });
    }
    return start(asking, question, proposal, 'second', me, '');
  }

  /** The yes, the actions and the audit are one step: whoever is second to say yes starts nothing. */
  function start(
    asking: Asking,
    question: QuestionRow,
    proposal: Proposal,
    from: 'open' | 'second',
    approver: Person | null,
    reason: string,
  ): Step {
    return async (tx) => {
      if (!(await tx.questions.settle(question.id, from, 'confirmed', approver?.id))) return settledAlready(asking);
      const busy: { tail: string; by: string }[] = [];
      const said: Card[] = [];
      for (const [index, act] of proposal.acts.entries()) {
        const isStarted = await tx.actions.start({
          id: `${question.id}-${index + 1}`,
          kind: act.kind,
          subject: act.subject,
          target: kindOf(act.kind).target(act.request),
          actorId: question.actorId,
          approverId: approver === null ? null : `person:${approver.id}`,
          roomId: question.roomId,
          request: act.request,
          undoOf: proposal.undoOf,
          reason: reason === '' ? proposal.reason : reason,
          startedAt: clock.now(),
        });
        if (!isStarted) busy.push({ tail: tailOfSubject(act.subject), by: await whoIsAt(tx, act) });
        else if (ownKindOf(act.kind) !== undefined)
          said.push(await applyOwn(tx, act, `${question.id}-${index + 1}`, question, asking));
        await audit(tx, asking.actor, act.kind, act.subject, question, approver, reason, isStarted);
      }
      nudge(); // whoever is woken waits for the end of this step
      return [...said, ...(busy.length === 0 ? [] : [busyCard(busy, asking)])];
    };
  }

  /** Our own rows: done with the yes, as an action like any other, so that it can be undone. */
  async function applyOwn(tx: Stores, act: Act, id: string, question: QuestionRow, asking: Asking): Promise<Card> {
    const at = clock.now();
    const { actorId: by, roomId } = question;
    const outcome = await ownKindOf(act.kind)?.apply(tx, context, act.request, {
      id,
      actorId: by,
      roomId,
      at,
      language: asking.language,
    });
    if (outcome === undefined || !('card' in outcome)) {
      await tx.actions.move(id, 'planned', 'refused', { finishedAt: at });
      return notice('refused', outcome?.[asking.language] ?? '');
    }
    await tx.actions.move(id, 'planned', 'done', { before: outcome.before, finishedAt: at });
    await tx.actions.step(id, 'done', at, null);
    return outcome.card;
  }

  /** Who runs on the same thing; empty when it is done for another order. */
  async function whoIsAt(tx: Stores, act: Act): Promise<string> {
    const target = kindOf(act.kind).target(act.request);
    const running = (await tx.actions.listFor(act.subject, 20)).find(
      (each) => each.target === target && each.finishedAt === null,
    );
    return running === undefined ? '' : directory.personName(running.actorId);
  }

  const audit = (
    tx: Stores,
    actor: Actor,
    kind: string,
    subject: string,
    question: QuestionRow,
    approver: Person | null,
    reason: string,
    isStarted: boolean,
  ) =>
    tx.audit.add({
      at: clock.now(),
      actor,
      action: `act.${kind}.${isStarted ? 'confirmed' : 'busy'}`,
      subject,
      detail: {
        question: question.id,
        asker: question.actorId,
        approver: approver?.id ?? null,
        hasReason: reason !== '',
      },
    });

  async function no(asking: Asking, words: string | undefined): Promise<Step> {
    const question =
      words === undefined
        ? await storage.questions.findOpenOf(actorId(asking.actor), asking.roomId)
        : await storage.questions.findByWords(words.toUpperCase(), asking.roomId);
    if (question === undefined)
      throw new UserError('NOTHING_OPEN', {
        zh: '没有等确认的事，什么都没改',
        en: 'Nothing waits for a yes; nothing was changed',
      });
    const isAsker = question.actorId === actorId(asking.actor);
    if (question.state === 'second' && !isAsker) demandPerson(asking.actor, question.proposal as Proposal);
    else if (!isAsker)
      throw new UserError('NOT_YOURS', {
        zh: '这一条要发起的人自己取消',
        en: 'Only the person who asked can cancel this',
      });
    const cards = [notice('done', asking.language === 'zh' ? '好，没有做任何改动' : 'Fine, nothing was changed')];
    return async (tx) => {
      if (!(await tx.questions.settle(question.id, question.state, 'cancelled'))) return settledAlready(asking);
      await tx.audit.add({
        at: clock.now(),
        actor: asking.actor,
        action: 'act.cancelled',
        subject: subjectsOf(question.proposal as Proposal),
        detail: { question: question.id, asker: question.actorId },
      });
      return cards;
    };
  }

  /** Previews nobody answered. One that waits for a second person ends loudly. */
  async function expire(): Promise<number> {
    const over = await storage.questions.listExpired(clock.now(), 100);
    for (const question of over) {
      const language = await languageOf(storage, question.roomId);
      await storage.transaction(async (tx) => {
        if (!(await tx.questions.settle(question.id, question.state, 'expired'))) return;
        if (question.state !== 'second') return;
        const aims = aimsOf(question.proposal as Proposal);
        const text =
          language === 'zh'
            ? `10 分钟没人同意，没有做：${aims.zh}。还要做请重新发起`
            : `Nobody agreed within 10 minutes; not done: ${aims.en}. Ask again if you still want it`;
        await tx.outbox.add({
          key: `question/${question.id}/expired`,
          roomId: question.roomId,
          kind: 'notice',
          priority: 1,
          alertId: null,
          card: notice('refused', text),
          dueAt: clock.now(),
        });
      });
    }
    return over.length;
  }

  const aimsOf = (proposal: Proposal): Text => {
    const aims = proposal.acts.map((act) => ({
      tail: tailOfSubject(act.subject),
      aim: kindOf(act.kind).aim(context, act.request),
    }));
    return {
      zh: aims.map(({ tail, aim }) => `${tail} ${aim.zh}`).join('；'),
      en: aims.map(({ tail, aim }) => `${tail} ${aim.en}`).join('; '),
    };
  };

  return { yes, no, expire };
}

export type Answers = ReturnType<typeof createAnswers>;

const permissionOf = ({ acts, permission }: Proposal): Permission =>
  permission ?? kindOf(acts[0]?.kind ?? '').permission;

function demandPerson(actor: Actor, proposal: Proposal): Person {
  const permission = permissionOf(proposal);
  if (actor.type === 'person' && may(actor.person.role, permission)) return actor.person;
  throw new UserError('NO_PERMISSION', { zh: `${nameOf(actor)}没有这个权限`, en: `${nameOf(actor)} may not do this` });
}

function busyCard(busy: readonly { tail: string; by: string }[], { language }: Asking): Card {
  const zh = language === 'zh';
  const each = busy.map(({ tail, by }) =>
    zh
      ? `${tail} ${by === '' ? '正在被别人处理' : `${by}正在处理`}`
      : `${tail}: ${by === '' ? 'somebody else' : by} is at it`,
  );
  return notice('refused', zh ? `${each.join('、')}，等结果出来再试` : `${each.join('; ')}; try again after it`);
}

const settledAlready = ({ language }: Asking): readonly Card[] => [
  notice('info', language === 'zh' ? '这一条已经有人答过了' : 'This was answered already'),
];

const subjectsOf = (proposal: Proposal): string => proposal.acts[0]?.subject ?? '';
