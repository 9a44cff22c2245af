/** Storage answers without leaving the thread: between two heavy steps everybody else gets a turn. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
