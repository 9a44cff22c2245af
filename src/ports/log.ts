/** A fixed sentence plus facts: ids, never payloads, phones or addresses. pino fits. */
export interface Log {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}
