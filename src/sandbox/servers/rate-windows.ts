/** Sliding windows in world time: how many calls of one client fell into the last `ms`. */
export interface RateWindows {
  /** Takes a place in every window, or names the first that is full and takes none. */
  take(client: string, now: number, windows: readonly { ms: number; limit: number }[]): number | undefined;
}

/** Starts counting from nothing. */
export function createRateWindows(): RateWindows {
  const seen = new Map<string, number[]>();
  return {
    take(client, now, windows) {
      const longest = Math.max(...windows.map((window) => window.ms));
      const times = (seen.get(client) ?? []).filter((at) => at > now - longest && at <= now);
      const full = windows.findIndex(({ ms, limit }) => times.filter((at) => at > now - ms).length >= limit);
      if (full < 0) times.push(now);
      seen.set(client, times);
      return full < 0 ? undefined : full;
    },
  };
}
