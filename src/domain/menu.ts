import type { Permission } from './actor.ts';
import type { Text } from './text.ts';

/**
 * What a place in a command can hold.
 * `order` one order by number, tail, waybill or ERP number · `orders` one or many, or all of an alert ·
 * `alert` a daily number (12号) · `about` an alert or an order · `warehouse` by name or id · `sku` a SKU code ·
 * `style` words that name a product · `duration` 30m, 2h, 半小时 · `person` @name or name · `role` a role word ·
 * `code` letters and digits · `text` the rest of the line.
 */
export const argKinds = [
  'order',
  'orders',
  'alert',
  'about',
  'warehouse',
  'sku',
  'style',
  'duration',
  'person',
  'role',
  'code',
  'text',
] as const;
export type ArgKind = (typeof argKinds)[number];

export interface Arg {
  readonly kind: ArgKind;
  readonly isOptional?: boolean;
}

/** One line of the menu, as the grammar and /help see it. */
export interface MenuEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly help: Text;
  /** As people type them; each parses to this command (a contract test tries). */
  readonly examples: readonly string[];
  readonly args: Readonly<Record<string, Arg>>;
  readonly permission: Permission;
  /** Changes something outside or for others: needs the slash (or an exact alias first), is previewed and audited. */
  readonly changes: boolean;
  /** Only in a private chat with the bot. */
  readonly isPrivate: boolean;
}

/** What stands in a place, before anybody looked it up. */
export type RawArg =
  | { readonly kind: 'refs'; readonly refs: readonly string[] }
  | { readonly kind: 'alert'; readonly number: number; readonly all: boolean }
  | { readonly kind: 'warehouse'; readonly warehouse: string }
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'duration'; readonly ms: number }
  | { readonly kind: 'words'; readonly words: string };

export type Understanding =
  | { readonly type: 'command'; readonly name: string; readonly args: Readonly<Record<string, RawArg>> }
  /** Bare numbers: a question about orders. */
  | { readonly type: 'lookup'; readonly refs: readonly string[] }
  /** `确认 K7`, or a bare 1 (words undefined); `确认 K7 原因` has a reason, too. */
  | { readonly type: 'yes'; readonly words: string | undefined; readonly reason?: string }
  | { readonly type: 'no'; readonly words: string | undefined }
  /** Nearly a command: said back as a question, never run. */
  | { readonly type: 'suggest'; readonly name: string; readonly text: string }
  /** A known command with something missing or wrong; says what to write. */
  | { readonly type: 'problem'; readonly name: string; readonly problem: Text }
  | { readonly type: 'unclear' };

/** Names that only this company knows. */
export interface Lexicon {
  readonly botNames: readonly string[];
  /** Each warehouse with every word that means it: 广州仓, 广州, gz. */
  readonly warehouses: readonly { readonly id: string; readonly words: readonly string[] }[];
  readonly people: readonly { readonly id: string; readonly words: readonly string[] }[];
}
