/** What the services count. Names and labels of `/metrics` live with the implementation. */
export interface Metrics {
  /** Stored minus the first instant at which the platform showed it; and the platform's own lag, apart. */
  ingested(source: string, changed: number, delayMs: number | null, platformLagMs: number | null): void;
  sourceFailed(source: string, code: string): void;
  raised(ruleId: string): void;
  resolved(ruleId: string, resolution: string): void;
  decided(verdict: string, reason: string, alerts: number): void;
  delivered(roomId: string, outcome: 'sent' | 'retry' | 'dead' | 'unknown' | 'dropped', waitMs: number): void;
  commanded(command: string, outcome: string, ms: number): void;
  acted(kind: string, state: string): void;
}

export const silentMetrics: Metrics = {
  ingested() {},
  sourceFailed() {},
  raised() {},
  resolved() {},
  decided() {},
  delivered() {},
  commanded() {},
  acted() {},
};
