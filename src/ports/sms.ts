import type { z } from 'zod';
import type { SmsKind } from '../domain/sms.ts';
import type { Text } from '../domain/text.ts';
import type { AccessGuide } from './access.ts';
import type { PushAnswer } from './carrier.ts';
import type { Clock } from './clock.ts';
import type { Http } from './http.ts';

export interface OutgoingSms {
  /** Ours; comes back in receipts. The same for no two messages. */
  readonly id: string;
  /** Eleven digits of a mainland mobile. Never logged, never in an error. */
  readonly mobile: string;
  readonly kind: SmsKind;
  readonly variables: Readonly<Record<string, string>>;
}

export interface SmsOutcome {
  readonly state: 'sent' | 'delivered' | 'failed';
  /** The provider's number for it. */
  readonly ref: string;
  /** The provider's code of a failure; empty otherwise. */
  readonly code: string;
}

export interface SmsProvider {
  /** The kinds with an approved template. */
  readonly kinds: readonly SmsKind[];
  /**
   * Sends once; answers the provider's number. Never repeated by anyone: throws OutcomeUnknownError when it may be on its
   * way, any other AppError when it is not.
   */
  send(sms: OutgoingSms, signal: AbortSignal): Promise<string>;
  /** What became of one that was sent at `at` (world ms); undefined = the provider knows of none. Repeatable. Throws AppError. */
  outcomeOf(
    sms: Pick<OutgoingSms, 'id' | 'mobile'> & { readonly ref: string | null; readonly at: number },
    signal: AbortSignal,
  ): Promise<SmsOutcome | undefined>;
  /** The ids that receipts name: what they say counts only once the provider was asked. Throws RejectedError BAD_PUSH. */
  readReceipts(rawBody: Buffer): readonly string[];
  answerReceipts(isTaken: boolean): PushAnswer;
}

export interface SmsContext<Settings> {
  readonly baseUrl: string;
  /** Credentials and the block's own keys. */
  readonly settings: Settings;
  readonly http: Http;
  readonly clock: Clock;
}

/** The default export of `adapters/sms/<kind>/index.ts`. */
export interface SmsPlug<Settings = never> {
  readonly name: Text;
  readonly guide: AccessGuide;
  readonly defaultBaseUrl: string | null;
  readonly settings: z.ZodType<Settings>;
  create(context: SmsContext<Settings>): SmsProvider;
}

export const defineSms = <Settings>(plug: SmsPlug<Settings>): SmsPlug<Settings> => plug;
