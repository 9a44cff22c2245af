import type { z } from 'zod';
import type { CallState, Spoken } from '../domain/escalation.ts';
import type { Text } from '../domain/text.ts';
import type { AccessGuide } from './access.ts';
import type { PushAnswer } from './carrier.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';

/** Who is rung: what a provider can reach them by. Never logged, never in an error. */
export interface Callee {
  /** Their id on DingTalk. */
  readonly dingtalk: string | null;
  readonly mobile: string | null;
}

export interface Dial {
  /** Ours, at most 15 bytes: comes back in receipts. The same for no two calls. */
  readonly id: string;
  readonly callee: Callee;
  readonly spoken: Spoken;
}

/** What became of a call, as its provider tells. */
export interface CallOutcome {
  readonly state: Extract<CallState, 'answered' | 'no-answer' | 'busy'>;
  /** The provider's code. */
  readonly code: string;
}

/** A receipt names a call; what it says counts only once the provider was asked. */
export interface CallReceipt {
  /** Ours, of `Dial`. */
  readonly id: string;
  /** The provider's. */
  readonly ref: string;
}

export interface Voice {
  /** Whether it has what it needs to ring this person. */
  reaches(callee: Callee): boolean;
  /**
   * Rings once; resolves when the provider took it, which is not that anybody answered. Answers the provider's reference.
   * Never repeated by anyone: throws OutcomeUnknownError when it may be ringing, any other AppError when it is not.
   */
  dial(call: Dial, signal: AbortSignal): Promise<string>;
  /**
   * Asks what became of a call that was made at `at` (world ms); undefined = not known yet. Repeatable. Null where the
   * provider does not tell (DING: dingtalk.md §5.1). Throws AppError.
   */
  readonly outcomeOf:
    | ((
        call: { readonly ref: string; readonly at: number; readonly callee: Callee },
        signal: AbortSignal,
      ) => Promise<CallOutcome | undefined>)
    | null;
  /** Reads receipts; null where none are pushed. Throws RejectedError BAD_PUSH. */
  readonly readReceipts: ((rawBody: Buffer) => readonly CallReceipt[]) | null;
  answerReceipts(isTaken: boolean): PushAnswer;
  /** Asks something harmless that shows whether we may call at all. Throws AppError. */
  check(signal: AbortSignal): Promise<void>;
}

export interface VoiceContext<Settings> {
  readonly baseUrl: string;
  /** Credentials and the block's own keys. */
  readonly settings: Settings;
  readonly http: Http;
  readonly clock: Clock;
}

/** The default export of `adapters/voice/<kind>/index.ts`. */
export interface VoicePlug<Settings = never> {
  readonly name: Text;
  readonly guide: AccessGuide;
  readonly defaultBaseUrl: string | null;
  /** The platform whose room lends its address and credentials; null when it has its own. */
  readonly lender: string | null;
  /** Of credentials and the keys of its own, in one. */
  readonly settings: z.ZodType<Settings>;
  create(context: VoiceContext<Settings>): Voice;
}

export const defineVoice = <Settings>(plug: VoicePlug<Settings>): VoicePlug<Settings> => plug;
