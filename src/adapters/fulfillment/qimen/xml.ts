import { DomUtils, parseDocument } from 'htmlparser2';

/** What an element holds: text, named elements, or several of one name. */
export type Content = string | readonly Content[] | { readonly [name: string]: Content };

/** An element and all in it; of a list, one element of that name for each. */
export function toXml(name: string, content: Content): string {
  if (Array.isArray(content)) return content.map((each) => toXml(name, each as Content)).join('');
  const inner =
    typeof content === 'string'
      ? escaped(content)
      : Object.entries(content)
          .map(([child, value]) => toXml(child, value))
          .join('');
  return `<${name}>${inner}</${name}>`;
}

/** Control characters cannot stand in XML at all. */
const escaped = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];

/** The one element of this name that a message consists of; undefined when it is not there from end to end. */
export function readRoot(name: string, text: string): Element | undefined {
  // The parser closes by itself what was cut off.
  if (!text.trimEnd().endsWith(`</${name}>`)) return undefined;
  return DomUtils.getElementsByTagName(name, parseDocument(text, { xmlMode: true }).children, false)[0];
}

export const elementsOf = (name: string, within: Element): readonly Element[] =>
  DomUtils.getElementsByTagName(name, within);

/** The texts of all elements of this name, however deep; empty ones left out. */
export const textsOf = (name: string, within: Element): string[] =>
  elementsOf(name, within)
    .map((element) => DomUtils.textContent(element).trim())
    .filter((text) => text !== '');

/** The text of a child, without blanks around it; empty when there is none. */
export function textOf(name: string, parent: Element): string {
  const [child] = DomUtils.getElementsByTagName(name, parent.children, false);
  return child === undefined ? '' : DomUtils.textContent(child).trim();
}
export type { Element };
