/**
 * World time: whatever the domain measures. `system` is the machine's clock; `manual` is moved by tests;
 * `linked` follows a sandbox's epoch and rate. Sockets, HTTP limits and heartbeats use wall time instead.
 */
export interface Clock {
  /** Unix ms of the world. */
  now(): number;
  /** Resolves after `ms` of world time, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs `task` each `ms` of world time, never overlapping itself, until the returned stop is called. */
  every(ms: number, task: () => Promise<void>): () => void;
}
