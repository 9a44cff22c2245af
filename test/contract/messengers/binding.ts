import type { Messenger, MessengerContext, MessengerPlug, Target } from '../../../src/ports/messenger.ts';

/** A message as its readers have it. */
export interface Shown {
  /** As the plug's limit counts them. */
  readonly bytes: number;
  readonly text: string;
  readonly buttons: readonly string[];
  /** Where its link leads. */
  readonly url: string | null;
}

/** A plug in front of its network, ready to send. */
export interface Bound {
  readonly messenger: Messenger;
  readonly target: Target;
  /** In the order of sending. */
  readonly shown: () => Promise<readonly Shown[]>;
  /** The network refuses what comes next. */
  readonly refuse: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The default export of `messengers/<name>.ts`: how the contract suite plays the network of the plug of that name. */
export type Binding = (plug: MessengerPlug) => Promise<Bound>;

/** What every plug gets and these tests do not look at. */
export const plainContext = (): Omit<MessengerContext<never>, 'credentials' | 'baseUrl' | 'clock' | 'http'> => ({
  roomId: 'war',
  webhook: null,
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  roomLog: { add: async () => 1 },
  hear: async () => true,
  alarm: () => undefined,
  missed: () => undefined,
});
