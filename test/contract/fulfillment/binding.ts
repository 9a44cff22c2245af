/** Figures of the ERP's stock; what a system does not tell has to be undefined. */
export type StockFigure = 'onHand' | 'available' | 'orderLocked' | 'pickLocked' | 'virtualLocked';

/** What the suites have to know of a system and of its stand-in. */
export interface Binding {
  /** The stand-in's name for its server; its base address is `/<server>`. */
  readonly server: string;
  /** Its interfaces by what they do. One that is absent is done by hand, and `capabilities` has to say so. */
  readonly routes: {
    readonly orders: string;
    readonly stock: string;
    readonly move?: string;
    readonly lock?: string;
    readonly cancel?: string;
    readonly hold?: string;
    readonly unhold?: string;
    readonly transfer?: string;
    readonly purchase?: string;
    /** Renews an access token that is over; absent where there is none to renew. */
    readonly refresh?: string;
  };
  /** How the system names the ERP's order of that id and shop number, and two names of none: one well-formed, one that cannot be. */
  readonly systemOrderNo: (oId: number, soId: string) => string;
  readonly unknownOrders: readonly [string, string];
  /** Rows of one page, and orders of a day that give several pages in ten hours. */
  readonly pageSize: number;
  readonly ordersPerDay: number;
  readonly tells: readonly StockFigure[];
  /** The only shop whose orders the system has; absent where it has those of all. */
  readonly shop?: string;
  /** Whether requests carry no time, so that a wrong clock of ours does not matter. */
  readonly hasNoTime?: true;
  /** How long its lists may keep a change back; world ms. */
  readonly listLagMs?: number;
  /** It knows no review before picking, and for whom it has locked stock. */
  readonly hidesReview?: true;
  readonly hidesLockOwners?: true;
  /** It gives no list of changes: orders are read when they are named. */
  readonly hasNoList?: true;
  /** A channel whose orders the system does not show; absent where it shows all. */
  readonly invisibleChannel?: string;
  /** Kinds of fault that refuse the caller for good. */
  readonly refusals: readonly string[];
  /** World ms after which a client may begin with a full allowance. */
  readonly restMs: number;
  /** Whether a document that is asked for twice is the same to the caller's knowledge (`already`), or just answered again. */
  readonly repeats: 'done' | 'already';
}
