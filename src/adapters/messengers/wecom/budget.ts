/** Counts what was sent to whom, so that the platform never has to refuse. */
export interface Budget {
  /** How long to wait before the next message may leave; 0 = now. */
  waitFor(chat: string): number;
  spend(chat: string): void;
}

export function createBudget(now: () => number, windows: readonly { ms: number; most: number }[]): Budget {
  const sent = new Map<string, number[]>();
  const longest = Math.max(...windows.map(({ ms }) => ms));
  return {
    waitFor(chat) {
      const at = now();
      const times = (sent.get(chat) ?? []).filter((time) => time > at - longest);
      const waits = windows.map(({ ms, most }) => {
        const first = times.filter((time) => time > at - ms).at(-most);
        return first === undefined ? 0 : first + ms - at;
      });
      return Math.max(...waits);
    },
    spend(chat) {
      const at = now();
      const times = (sent.get(chat) ?? []).filter((time) => time > at - longest);
      sent.set(chat, [...times, at]);
    },
  };
}
