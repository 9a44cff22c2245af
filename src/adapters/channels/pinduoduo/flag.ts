import type { Flag } from '../../../ports/channel.ts';

/** `remark_tag` with its name of at most 3 characters: the platform takes both or neither. */
export interface Tag {
  readonly tag: number | undefined;
  readonly name: string;
}

/** Colours of `remark_tag` (channels.md §2.2); there is no grey. */
const colours: Readonly<Record<number, string>> = { 1: 'red', 2: 'yellow', 3: 'green', 4: 'blue', 5: 'purple' };

/** Red is what people look for first (channels.md §7.2). */
const tags: Readonly<Record<Flag, Tag>> = {
  risk: { tag: 1, name: '风控' },
  attention: { tag: 2, name: '关注' },
  fine: { tag: 3, name: '正常' },
};

export const tagOf = (flag: Flag): Tag => tags[flag];

/** `red`; the number of a colour that we do not know; nothing without one. */
export const flagOf = (tag: number | undefined): string =>
  tag === undefined || tag === 0 ? '' : (colours[tag] ?? String(tag));
