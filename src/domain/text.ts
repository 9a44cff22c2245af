/** A sentence for a person: both languages or it does not compile. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

/**
 * Words that somebody outside wrote: nick, remark, title, vendor message. Never trusted as markup.
 * `render/` cuts and escapes it per dialect; nothing else may turn it into a plain string.
 */
export interface Foreign {
  readonly foreign: string;
}

export const foreign = (words: string): Foreign => ({ foreign: words });

/** A piece of a line: our own words, or somebody else's. */
export type Piece = string | Foreign;

/** At most `most` whole characters; the last is an ellipsis when some are missing. */
export function cutTo(text: string, most: number): string {
  const signs = Array.from(text);
  return signs.length <= most ? text : `${signs.slice(0, most - 1).join('')}…`;
}
