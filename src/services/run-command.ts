import { type Actor, actorId, may, roleOf } from '../domain/actor.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import { AppError, UserError } from '../domain/errors.ts';
import { understand } from '../domain/grammar.ts';
import { hidePhones } from '../domain/hide-phones.ts';
import type { Lexicon, MenuEntry, RawArg } from '../domain/menu.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Inbound } from '../ports/messenger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { InboundRow, Storage } from '../ports/stores.ts';
import { orderListCard } from '../render/order-cards.ts';
import { saidBackCard } from '../render/said-back.ts';
import type { Answers } from './act/confirm.ts';
import { languageOf } from './language.ts';
import { shortOf } from './read-order.ts';
import { storeReply } from './reply.ts';
import { AmbiguousRef, type createResolveArgs } from './resolve-args.ts';

/** A command as it runs: the menu entry and its one call. */
export interface RunnableCommand {
  readonly entry: MenuEntry;
  run(args: Readonly<Record<string, unknown>>, asking: Asking): Promise<readonly Card[]>;
}

export interface RunCommandDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly wallNow: () => number;
  readonly commands: () => readonly RunnableCommand[];
  /** The same list as MenuEntry[]; one object until a reload, because the grammar caches by it. */
  readonly menu: () => readonly MenuEntry[];
  readonly lexicon: () => Lexicon;
  readonly resolve: ReturnType<typeof createResolveArgs>;
  readonly answers: Answers;
  readonly nudge: () => void;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** normalise → authorise → parse → preview or answer → reply; exactly once per platform message id. */
export function createRunCommand(deps: RunCommandDeps) {
  const { storage, clock, wallNow, commands, menu, lexicon, resolve, answers, nudge, metrics, log } = deps;

  /** Stores a message without phone numbers; the work follows. Repeats of a platform message id are ignored. Safe to answer the platform after. */
  async function receive(message: Inbound): Promise<boolean> {
    const text = hidePhones(message.text);
    const stored = await storage.inbound.receive({ ...message, text, receivedAt: clock.now() });
    if (stored !== undefined) nudge();
    return stored !== undefined;
  }

  async function answerPending(): Promise<number> {
    const rows = await storage.inbound.listPending(20);
    for (const row of rows) await answer(row);
    return rows.length;
  }

  async function answer(row: InboundRow): Promise<void> {
    const started = wallNow();
    const person = await storage.people.findByAccount(row.platform, row.senderId);
    const actor: Actor =
      person === undefined
        ? { type: 'stranger', platform: row.platform, userId: row.senderId }
        : { type: 'person', person };
    const asking: Asking = {
      actor,
      roomId: row.roomId,
      platform: row.platform,
      isPrivate: row.isPrivate,
      language: await languageOf(storage, row.roomId),
      inboundId: row.id,
    };
    const { name, outcome, cards } = await carryOut(row, asking);
    await storage.transaction(async (tx) => {
      await storeReply(tx, row.id, row.roomId, cards, clock.now());
    });
    metrics.commanded(name, outcome, wallNow() - started);
  }

  async function carryOut(
    row: InboundRow,
    asking: Asking,
  ): Promise<{ name: string; outcome: string; cards: readonly Card[] }> {
    const answered = (name: string, outcome: string, ...cards: readonly Card[]) => ({ name, outcome, cards });
    let name = 'unclear';
    try {
      const { text, day } = withoutDay(row.text);
      const understanding = understand(text, menu(), lexicon());
      name = understanding.type === 'command' ? understanding.name : understanding.type;
      switch (understanding.type) {
        case 'command':
          return answered(
            understanding.name,
            'ok',
            ...(await runCommand(understanding.name, understanding.args, asking, day)),
          );
        case 'lookup':
          return answered(
            'order',
            'ok',
            ...(await runCommand('order', { orders: { kind: 'refs', refs: understanding.refs } }, asking)),
          );
        case 'yes':
          return answered('yes', 'ok', ...(await answers.yes(asking, understanding.words, understanding.reason ?? '')));
        case 'no':
          return answered('no', 'ok', ...(await answers.no(asking, understanding.words)));
        case 'suggest':
          return answered(understanding.name, 'suggested', saidBackCard(understanding, asking.language));
        case 'problem':
          return answered(understanding.name, 'problem', saidBackCard(understanding, asking.language));
        case 'unclear':
          return answered('unclear', 'unclear', saidBackCard(understanding, asking.language));
      }
    } catch (error) {
      if (error instanceof UserError && error.code === 'NO_PERMISSION') {
        await storage.audit.add({
          at: clock.now(),
          actor: asking.actor,
          action: 'refused',
          subject: `command:${name}`,
        });
      }
      return { name, ...(await excuse(error, asking)) };
    }
  }

  async function runCommand(
    name: string,
    args: Readonly<Record<string, RawArg>>,
    asking: Asking,
    day?: string,
  ): Promise<readonly Card[]> {
    const command = commands().find((each) => each.entry.name === name);
    if (command === undefined)
      throw new UserError('NO_COMMAND', { zh: '没有这个命令，发 /帮助', en: 'There is no such command; /help' });
    const { entry } = command;
    if (!may(roleOf(asking.actor), entry.permission)) {
      throw new UserError('NO_PERMISSION', {
        zh: asking.actor.type === 'stranger' ? '你还没有登记，只能查看。请运营主管绑定你' : '你的角色不能做这个',
        en:
          asking.actor.type === 'stranger'
            ? 'You are not known yet and may only look. An ops-lead can bind you'
            : 'Your role may not do this',
      });
    }
    if (entry.isPrivate && !asking.isPrivate) {
      throw new UserError('PRIVATE_ONLY', { zh: '这个请私聊机器人发', en: 'Send this to the bot in private' });
    }
    return command.run(await resolve.resolve(entry, args, day), asking);
  }

  async function excuse(error: unknown, asking: Asking): Promise<{ outcome: string; cards: readonly Card[] }> {
    const { language } = asking;
    if (error instanceof AmbiguousRef) {
      return {
        outcome: error.code,
        cards: [
          orderListCard(
            error.orders.map((order) => ({ ...shortOf(order), tail: order.channelOrderNo })),
            language,
            error.text[language],
          ),
        ],
      };
    }
    if (error instanceof UserError) return { outcome: error.code, cards: [notice('refused', error.text[language])] };
    const reference = Math.random().toString(36).slice(2, 6);
    if (error instanceof AppError) {
      log.warn({ reference, code: error.code, actor: actorId(asking.actor) }, 'A command could not be carried out');
      const text =
        language === 'zh'
          ? `现在问不到外部系统，什么都没改。过一会儿再发（编号 ${reference}）`
          : `An outside system does not answer; nothing was changed. Try again in a while (ref ${reference})`;
      return { outcome: error.code, cards: [notice('refused', text)] };
    }
    log.error({ reference, error, actor: actorId(asking.actor) }, 'A command broke');
    return {
      outcome: 'BUG',
      cards: [
        notice(
          'refused',
          language === 'zh'
            ? `出错了，没有改动任何东西（编号 ${reference}）`
            : `Something broke; nothing was changed (ref ${reference})`,
        ),
      ],
    };
  }

  return { receive, answerPending };
}

/** `12@1124`, as buttons write it: the number, and the day it is of. */
function withoutDay(text: string): { text: string; day: string | undefined } {
  const match = /(?<!\d)(\d{1,3})@(\d{2})(\d{2})(?!\d)/.exec(text);
  if (match === null) return { text, day: undefined };
  const [whole, number = '', month, date] = match;
  return { text: text.replace(whole, number), day: `${month}-${date}` };
}
