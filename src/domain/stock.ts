/** Stock of one SKU in one warehouse at `observedAt`. A number the system did not tell is undefined, never 0. */
export interface StockLevel {
  readonly sku: string;
  readonly warehouseCode: string;
  readonly onHand: number | undefined;
  readonly available: number | undefined;
  readonly orderLocked: number | undefined;
  readonly pickLocked: number | undefined;
  readonly virtualLocked: number | undefined;
  readonly inbound: number | undefined;
  readonly observedAt: number;
}

/** Pieces that an order waits for, by the levels of its own SKUs: its claim is in the numbers already, so what is below zero is missing. */
export const missingIn = (levels: readonly StockLevel[]): number =>
  levels.reduce((sum, { available = 0 }) => sum + Math.max(0, -available), 0);

/** Four things that people call a lock. Only `order` and `virtual` can be let go by command. */
export type LockKind = 'order' | 'pick' | 'virtual' | 'channel';

/** Stock taken off sale, with its owner. */
export interface StockLock {
  readonly systemId: string;
  /** The system's name for it; unique with the SKU it holds. */
  readonly lockId: string;
  readonly kind: LockKind;
  readonly sku: string;
  readonly qty: number;
  readonly warehouseCode: string;
  /** The channel order it was taken for, when the system knows. */
  readonly channelOrderNo: string | null;
  /** The system's own shop id of that order; empty when it names none. */
  readonly systemShopId: string;
  readonly by: string;
  readonly createdAt: number;
}

export const lockSubject = (systemId: string, lockId: string): string => `lock:${systemId}/${lockId}`;
