import type { Permission, Person } from './domain/actor.ts';
import type { Alert } from './domain/alert.ts';
import type { Asking } from './domain/asking.ts';
import type { Warehouse } from './domain/fulfillment.ts';
import type { Arg, ArgKind } from './domain/menu.ts';
import type { Order } from './domain/order.ts';
import type { Text } from './domain/text.ts';
import type { Answer } from './services/reply.ts';
import type { Verbs } from './services/verbs.ts';

// The only door for commands/. A command declares its words and calls one verb; it decides nothing itself.

/** What an argument is once it has been looked up. Ambiguous or unknown ones never reach a command. */
interface Resolved {
  order: Order;
  orders: readonly Order[];
  alert: Alert;
  about: { readonly alert: Alert } | { readonly order: Order };
  warehouse: Warehouse;
  sku: string;
  style: string;
  duration: number;
  person: Person;
  role: string;
  code: string;
  text: string;
}

type Args = Readonly<Record<string, Arg>>;

type Values<A extends Args> = {
  readonly [K in keyof A]: A[K] extends { readonly isOptional: true }
    ? Resolved[A[K]['kind']] | undefined
    : Resolved[A[K]['kind']];
};

export interface Call<A extends Args> {
  readonly args: Values<A>;
  readonly asking: Asking;
  readonly verbs: Verbs;
}

export interface Command<A extends Args = Args> {
  readonly aliases: readonly string[];
  readonly help: Text;
  readonly examples: readonly string[];
  /** Positional, in this order. */
  readonly args: A;
  readonly permission: Permission;
  readonly changes: boolean;
  readonly isPrivate?: boolean;
  run(call: Call<A>): Promise<Answer>;
}

/** Checks a command where it is written. The file's name is the command's name. */
export const defineCommand = <const A extends Args>(command: Command<A>): Command<A> => command;

/** `arg.order()`, `arg.text.optional()`: reads like the usage line. */
type Maker<K extends ArgKind> = (() => { readonly kind: K }) & {
  optional(): { readonly kind: K; readonly isOptional: true };
};
const maker = <K extends ArgKind>(kind: K): Maker<K> =>
  Object.assign(() => ({ kind }) as const, { optional: () => ({ kind, isOptional: true }) as const });

export const arg = {
  order: maker('order'),
  orders: maker('orders'),
  alert: maker('alert'),
  about: maker('about'),
  warehouse: maker('warehouse'),
  sku: maker('sku'),
  style: maker('style'),
  duration: maker('duration'),
  person: maker('person'),
  role: maker('role'),
  code: maker('code'),
  text: maker('text'),
};
