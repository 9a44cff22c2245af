import { findMember } from './tenant.ts';

/** What a client makes of a text: the words, and everything that is more than words. */
export interface Rendered {
  readonly text: string;
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly images: readonly string[];
  /** Userids that stand as a mention. */
  readonly mentions: readonly string[];
  /** Other markup, by kind. */
  readonly marks: readonly string[];
}

const mention = /<@([^<>\s]+)>/g;
const bareLink = /(?:https?|ftp):\/\/[^\s<>"'，。）)\]]+|(?<![\w@.])www\.[^\s<>，。）)\]]+/gi;

const marksOf: readonly (readonly [string, RegExp])[] = [
  ['heading', /^ {0,3}#{1,6} /m],
  ['underlined heading', /^[^\n]*\S[^\n]*\n {0,3}(?:=+|-+) *$/m],
  ['quote', /^ {0,3}>/m],
  ['list', /^ {0,3}(?:[-+*]|\d{1,9}[.)]) /m],
  ['rule', /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/m],
  ['table', /^ {0,3}\|.*\|/m],
  ['fence', /^ {0,3}(?:```|~~~)/m],
  ['code', /`[^`\n]+`/],
  ['bold', /\*\*[^*\n]+\*\*|__[^_\n]+__/],
  ['italic', /(?<![*\w])\*[^*\s][^*\n]*\*(?!\*)|(?<![_\w])_[^_\s][^_\n]*_(?!\w)/],
  ['struck', /~~[^~\n]+~~/],
  ['html', /<\/?[a-z!][^>\n]*>/i],
  ['thinking', /<think>/i],
  ['entity', /&(?:#\d+|#x[\da-f]+|[a-z]+);/i],
];

/** A smart bot's markdown (wecom.md §2.10). `<@userid>` is no mention there: it stays as it is written (§2.9). */
export function renderMarkdown(source: string, mentionsOf: readonly string[] | null = null): Rendered {
  const links: { label: string; url: string }[] = [];
  const images: string[] = [];
  const mentions: string[] = [];
  const marks = marksOf.filter(([, pattern]) => pattern.test(source.replace(mention, ''))).map(([name]) => name);
  let text = source.replace(/!\[([^\]\n]*)\]\(([^)\s]+)[^)\n]*\)/g, (_all, label: string, url: string) => {
    images.push(url);
    return label;
  });
  text = text.replace(/\[([^\]\n]*)\]\(([^)\s]+)[^)\n]*\)/g, (_all, label: string, url: string) => {
    links.push({ label, url });
    return label;
  });
  for (const [url] of text.matchAll(bareLink)) links.push({ label: url, url });
  if (mentionsOf !== null) text = resolve(text, mentionsOf, mentions);
  return { text: text.replace(/\*\*([^*\n]+)\*\*/g, '$1'), links, images, mentions, marks };
}

/** Plain text; clients make links of what looks like one. */
export function renderText(source: string, mentionsOf: readonly string[] | null = null): Rendered {
  const mentions: string[] = [];
  const links = Array.from(source.matchAll(bareLink), ([url]) => ({ label: url, url }));
  return {
    text: mentionsOf === null ? source : resolve(source, mentionsOf, mentions),
    links,
    images: [],
    mentions,
    marks: [],
  };
}

function resolve(text: string, userids: readonly string[], mentions: string[]): string {
  return text.replace(mention, (all, userid: string) => {
    if (userid !== 'all' && !userids.includes(userid)) return all;
    mentions.push(...(userid === 'all' ? userids : [userid]));
    return `@${userid === 'all' ? '所有人' : (findMember(userid)?.name ?? userid)}`;
  });
}

/** The words of a card, top to bottom. */
export function renderCard(card: Record<string, unknown>): Rendered {
  const words: string[] = [];
  const links: { label: string; url: string }[] = [];
  const visit = (value: unknown, label: string): void => {
    if (Array.isArray(value)) {
      for (const each of value) visit(each, label);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const fields = value as Record<string, unknown>;
    const own = [fields.title, fields.desc, fields.quote_text, fields.keyname, fields.value, fields.text].filter(
      (word): word is string => typeof word === 'string' && word !== '',
    );
    words.push(...own);
    if (typeof fields.url === 'string') links.push({ label: own[0] ?? label, url: fields.url });
    for (const [name, each] of Object.entries(fields)) visit(each, name);
  };
  if (typeof card.sub_title_text === 'string') words.push(card.sub_title_text);
  visit({ ...card }, 'card');
  return { text: words.join('\n'), links, images: [], mentions: [], marks: [] };
}
