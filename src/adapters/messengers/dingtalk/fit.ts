/** As many lines as fit; the one that does not is cut at a character, with an ellipsis. */
export function fitLines(lines: readonly string[], fits: (lines: readonly string[]) => boolean): readonly string[] {
  if (fits(lines)) return lines;
  const whole = most(lines.length, (count) => fits(lines.slice(0, count)));
  const kept = lines.slice(0, whole);
  const signs = Array.from(lines[whole] ?? '');
  const cutTo = (count: number): readonly string[] => [...kept, `${signs.slice(0, count).join('')}…`];
  const count = most(signs.length, (tried) => fits(cutTo(tried)));
  return count === 0 ? kept : cutTo(count);
}

/** The largest number up to `limit` that holds; what holds for a number holds for all smaller ones. */
function most(limit: number, holds: (count: number) => boolean): number {
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
