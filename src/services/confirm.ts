import { AppError } from '../domain/errors.ts';
import type { StageSource } from '../domain/fulfillment.ts';
import type { Order } from '../domain/order.ts';
import type { Visibility } from '../domain/stage.ts';
import { parseSubject } from '../domain/subject.ts';
import type { Log } from '../ports/log.ts';
import type { Due, Storage } from '../ports/stores.ts';
import type { Directory } from './directory.ts';
import type { Ingest, ShopSource, SystemSource } from './ingest.ts';

/** What a fresh read found out about the subjects of due deadlines. */
export interface Confirmation {
  /** When the source that could have stopped it was last heard, unix ms; null = never, or it could not be asked. */
  confirmedAt(subject: string): number | null;
  visibilityOf(order: Order): Visibility;
  /** A replay or a first import: being late is no news there. */
  readonly isCatchingUp: boolean;
}

/** Asks afresh, in batches, whoever could have stopped these deadlines, and stores what they say. Never throws for a source. */
export type Confirm = (due: readonly Due[], signal: AbortSignal) => Promise<Confirmation>;

export interface ConfirmDeps {
  readonly storage: Storage;
  readonly ingest: Ingest;
  readonly shops: () => readonly ShopSource[];
  readonly systems: () => readonly SystemSource[];
  readonly directory: Directory;
  readonly log: Log;
}

export function createConfirm({ storage, ingest, shops, systems, directory, log }: ConfirmDeps): Confirm {
  async function asked(source: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ source, code: error.code }, 'A source could not confirm');
      return false;
    }
  }

  return async (due, signal) => {
    const orderNos = new Map<string, string[]>();
    const systemOrders = new Map<string, string[]>();
    const lockSystems = new Set<string>();
    for (const { subject } of due) {
      const parsed = parseSubject(subject);
      if (parsed?.type === 'order') push(orderNos, parsed.shopId, parsed.channelOrderNo);
      if (parsed?.type === 'fulfillment') push(systemOrders, parsed.systemId, parsed.systemOrderNo);
      if (parsed?.type === 'lock') lockSystems.add(parsed.systemId);
    }
    const answered = new Set<string>();
    const note = async (source: string, work: () => Promise<void>): Promise<void> => {
      if (await asked(source, work)) answered.add(source);
    };
    await Promise.all([
      ...[...orderNos].flatMap(([shopId, nos]) => {
        const shop = shops().find((each) => each.id === shopId);
        const system = systems().find((each) => each.id === directory.systemOf(shopId));
        const isTold = directory.stageSourceOf(shopId) !== 'none';
        return [
          shop && note(`shop:${shopId}`, () => ingest.readOrders(shop, nos, signal)),
          system && isTold && note(`system:${system.id}/${shopId}`, () => ingest.readFulfillments(system, nos, signal)),
        ];
      }),
      ...[...systemOrders].map(([systemId, nos]) => {
        const system = systems().find((each) => each.id === systemId);
        return system && note(`system:${systemId}`, () => ingest.readSystemOrders(system, nos, signal));
      }),
      ...[...lockSystems].map((systemId) => {
        const system = systems().find((each) => each.id === systemId);
        return system && note(`lock:${systemId}`, () => ingest.pullLocks(system, signal).then(() => undefined));
      }),
    ]);

    const lastHeard = new Map((await storage.sources.list()).map((row) => [row.id, row.lastOkAt]));
    const stageSource = (shopId: string): StageSource => directory.stageSourceOf(shopId);
    const systemAnswered = (shopId: string): boolean => answered.has(`system:${directory.systemOf(shopId)}/${shopId}`);
    return {
      isCatchingUp: false,
      confirmedAt(subject) {
        const parsed = parseSubject(subject);
        if (parsed?.type === 'order') {
          const systemId = directory.systemOf(parsed.shopId);
          const source =
            stageSource(parsed.shopId) === 'none' || systemId === undefined
              ? `shop:${parsed.shopId}`
              : `system:${systemId}`;
          return lastHeard.get(source) ?? null;
        }
        if (parsed?.type === 'fulfillment' || parsed?.type === 'lock')
          return lastHeard.get(`system:${parsed.systemId}`) ?? null;
        return null;
      },
      visibilityOf(order) {
        if (stageSource(order.shopId) === 'none') return 'not-visible-here';
        const needsSystem = directory.systemOf(order.shopId) !== undefined;
        return needsSystem && !systemAnswered(order.shopId) ? 'source-silent' : 'seen';
      },
    };
  };
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
