import { cutTo, type Foreign } from '../../domain/text.ts';

/** Markup that our own templates made. Nothing else is printed unescaped. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

export type Value = string | number | Html | Foreign | null | undefined | false | readonly Value[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');

/** Line breaks and tabs are spaces; control, bidi, invisible and half characters go. */
const breaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const unwanted =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFC\u{E0000}-\u{E007F}]/gu;

/** Someone else's words, fit to be shown: one line of at most `most` characters. */
export function cleanForeign(words: string, most = 40): string {
  return cutTo(words.replace(breaks, ' ').replace(unwanted, '').trim(), most);
}

/** What a colleague typed into the room: longer, and with its lines. */
export function cleanTyped(words: string, most = 1_000): string {
  const lines = words.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n').split('\n');
  return cutTo(
    lines
      .map((line) => line.replaceAll('\t', ' ').replace(unwanted, ''))
      .join('\n')
      .trim(),
    most,
  );
}

/** Escapes everything that is not `Html` itself. Attributes must be written in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  let markup = parts[0] ?? '';
  values.forEach((value, index) => {
    markup += print(value) + (parts[index + 1] ?? '');
  });
  return new Html(markup);
}

function print(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Html) return value.toString();
  if ('foreign' in value) return escapeHtml(cleanForeign(value.foreign));
  return value.map(print).join('');
}
