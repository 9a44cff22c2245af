/** Controls, zero-width and bidi marks: unseen by the writer, so they must not change what is read. */
const unseen = /\p{Cc}|\p{Cf}|\u034f|\ufe0e|\ufe0f/gu;

/**
 * One spelling for what the eye reads as the same: full-width letters, digits and marks, odd blanks, line ends.
 * Not NFKC: that would also turn ① into 1 and ½ into 1/2.
 */
export function normaliseText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\uff01-\uff5e]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .replace(/[\t\v\f\u2028\u2029]|\p{Zs}/gu, ' ')
    .replace(unseen, (mark) => (mark === '\n' ? mark : ''))
    .trim();
}

/** Between the quoted words and the reply, WeCom and DingTalk draw a line of dashes. */
const ruler = /^\s*[-—–](?:\s?[-—–]){3,}\s*$/;

/** The reply alone. What somebody else said is never a command. */
export function withoutQuote(text: string): string {
  const lines = text.split('\n');
  if (/^\s*(?:[「『“"]|这是一条引用)/.test(lines[0] ?? '')) {
    const isEnd = (line: string, index: number): boolean =>
      index > 0 && ruler.test(line) && /[」』”"]\s*$/.test(lines[index - 1] ?? '');
    lines.splice(0, lines.findIndex(isEnd) + 1);
  }
  return lines
    .filter((line) => !/^\s*>/.test(line))
    .join('\n')
    .trim();
}

/** Lower case that keeps every letter in its place; `toLowerCase` may make one letter two. */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
