import type { Person } from '../domain/actor.ts';
import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import type { Card } from '../domain/card.ts';
import type { Warehouse } from '../domain/fulfillment.ts';
import type { Order } from '../domain/order.ts';
import type { Answer } from './reply.ts';

/** Everything a command, a button or a page can ask for. Each verb answers with what to say, or with the step that does it and then says it. */
export interface Verbs {
  help(asking: Asking, word: string | undefined): Promise<readonly Card[]>;
  readOrder(asking: Asking, orders: readonly Order[]): Promise<Answer>;
  /** With an alert: only its group. */
  listAlerts(asking: Asking, of: Alert | undefined): Promise<readonly Card[]>;
  /** Parcels that do not move. */
  listStuck(asking: Asking): Promise<readonly Card[]>;
  listMine(asking: Asking): Promise<readonly Card[]>;
  explain(asking: Asking, about: { readonly alert: Alert } | { readonly order: Order }): Promise<readonly Card[]>;
  acknowledge(asking: Asking, alert: Alert): Promise<readonly Card[]>;
  snooze(asking: Asking, alert: Alert, ms: number): Promise<readonly Card[]>;
  finish(asking: Asking, alert: Alert): Promise<readonly Card[]>;
  handOver(asking: Asking, alert: Alert, to: Person): Promise<readonly Card[]>;
  /** Previews; nothing moves before the yes. */
  release(asking: Asking, orders: readonly Order[], sku: string | undefined): Promise<Answer>;
  /** Without a warehouse: every warehouse's stock, to choose from. */
  reroute(asking: Asking, orders: readonly Order[], to: Warehouse | undefined): Promise<Answer>;
  /** Stops orders in their warehouse systems; what somebody wrote becomes the reason. */
  hold(asking: Asking, orders: readonly Order[], words: string | undefined): Promise<Answer>;
  clear(asking: Asking, orders: readonly Order[]): Promise<Answer>;
  /** A SKU or style, how many, and maybe a warehouse, in words. */
  replenish(asking: Asking, words: string): Promise<Answer>;
  /** Stops a refunded parcel as far as commands reach, and says what hands have to do. */
  intercept(asking: Asking, order: Order): Promise<Answer>;
  /** The outcome of a manual review: pass or fail, in words. */
  review(asking: Asking, orders: readonly Order[], verdict: string): Promise<Answer>;
  /** How it stands with a buyer's other address; with accept or refuse, in words, the decision to confirm. */
  address(asking: Asking, order: Order, verdict: string | undefined): Promise<Answer>;
  urgent(asking: Asking, order: Order): Promise<Answer>;
  /** A waybill and its label; without a carrier the only one that makes them. */
  label(asking: Asking, order: Order, carrier: string | undefined): Promise<Answer>;
  /** The buyer asked where it is. */
  urge(asking: Asking, order: Order): Promise<Answer>;
  /** What the trouble came from; without words the usual causes to press. */
  labelCause(asking: Asking, orders: readonly Order[], words: string | undefined): Promise<Answer>;
  /** Appends to the seller's remark in the shop. */
  note(asking: Asking, orders: readonly Order[], text: string): Promise<Answer>;
  /** Without words: what is silenced here. */
  silence(asking: Asking, words: string | undefined): Promise<Answer>;
  promo(asking: Asking, words: string | undefined): Promise<Answer>;
  explainSilence(
    asking: Asking,
    about: { readonly alert: Alert } | { readonly order: Order },
  ): Promise<readonly Card[]>;
  callUseless(asking: Asking, alert: Alert): Promise<readonly Card[]>;
  undo(asking: Asking, order: Order | undefined): Promise<Answer>;
  stock(asking: Asking, words: string): Promise<readonly Card[]>;
  /** What open orders owe and no warehouse has. */
  short(asking: Asking): Promise<readonly Card[]>;
  /** Who is on duty; with a pasted sheet, that sheet as a question. */
  onCall(asking: Asking, sheet: string | undefined): Promise<Answer>;
  /** Asks a colleague to stand in until then; without a moment also takes back what they stand in for. */
  swap(asking: Asking, to: Person, until: string | undefined): Promise<Answer>;
  /** Everything of mine to the next person on duty, once both said yes. */
  shift(asking: Asking): Promise<Answer>;
  /** Of the day, the week or the month. */
  tellHealth(asking: Asking, period: string | undefined): Promise<readonly Card[]>;
  /** Where sheets of orders go, or that this one was taken. */
  importSheet(asking: Asking, id: string | undefined): Promise<readonly Card[]>;
  /** Due, done, speed and finish before tonight's wall; a word asks for more of it. */
  tonight(asking: Asking, words: string | undefined): Promise<readonly Card[]>;
  /** A link to a sheet of a group's orders, or of those of a warehouse's alerts. */
  exportOrders(
    asking: Asking,
    of: { readonly alert?: Alert | undefined; readonly warehouse?: Warehouse | undefined },
  ): Promise<readonly Card[]>;
  /** Rings whoever is on duty for a role, after a preview; without words: the last calls. */
  call(asking: Asking, words: string | undefined): Promise<Answer>;
  login(asking: Asking): Promise<readonly Card[]>;
  /** A room by the printed code, or a person by an ops-lead. */
  bind(asking: Asking, words: string | undefined): Promise<readonly Card[]>;
}
