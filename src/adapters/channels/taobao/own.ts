/** What a table says of a word from outside, which may be `toString`. */
export const own = <T>(table: Readonly<Record<string | number, T>>, word: string | number): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
