import type { Card } from '../../domain/card.ts';
import type { Language, Text } from '../../domain/text.ts';
import type { Stores } from '../../ports/stores.ts';
import type { ActContext, Kind } from './kind.ts';

/** Who said yes, where and when; `id` is the action's. */
export interface OwnAct {
  readonly id: string;
  readonly actorId: string;
  readonly roomId: string;
  readonly at: number;
  /** Of the room that is answered. */
  readonly language: Language;
}

/** A change of the bot's own rows: done in the very step of the yes. Nobody outside is asked, so nothing can be unknown. */
export interface OwnKind<Request> extends Kind<Request, unknown> {
  /** What to say when it is done, and what an undo has to know; a Text = it cannot be done any more, and why. */
  apply(
    tx: Stores,
    context: ActContext,
    request: Request,
    act: OwnAct,
  ): Promise<{ readonly card: Card; readonly before: unknown } | Text>;
}
