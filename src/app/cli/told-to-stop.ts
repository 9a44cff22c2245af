/** Resolves at the first SIGINT (Ctrl-C) or SIGTERM. */
export function whenToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
