import { DomUtils, parseDocument } from 'htmlparser2';
import type { Answer } from '../exchange.ts';

export type Content = string | number | readonly Content[] | { readonly [name: string]: Content };
export type Request = ReturnType<typeof DomUtils.getElementsByTagName>[number];

function xmlOf(name: string, content: Content): string {
  if (Array.isArray(content)) return content.map((each) => xmlOf(name, each as Content)).join('');
  const inner =
    typeof content === 'object'
      ? Object.entries(content)
          .map(([child, value]) => xmlOf(child, value))
          .join('')
      : String(content).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${inner}</${name}>`;
}

const answer = (content: Content, outcome: string, applied = false): Answer => ({
  status: 200,
  body: Buffer.from(`<?xml version="1.0" encoding="utf-8"?>${xmlOf('response', content)}`),
  outcome,
  applied,
});

/** HTTP says 200 whatever became of the call. */
export const success = (more: { readonly [name: string]: Content }, applied = false): Answer =>
  answer({ flag: 'success', code: '0', message: 'ok', ...more }, 'ok', applied);

/** The warehouse says no. */
export const failure = (code: string, message: string): Answer => answer({ flag: 'failure', code, message }, code);

/** The gateway says no: the warehouse has not heard of it. */
export const gatewayFailure = (code: string, message: string): Answer =>
  answer({ flag: 'failure', code, message, request_id: 'qm1x2y3z4' }, code);

export const readRequest = (body: Buffer): Request | undefined =>
  DomUtils.getElementsByTagName('request', parseDocument(body.toString('utf8'), { xmlMode: true }).children, false)[0];

export const all = (name: string, within: Request): readonly Request[] => DomUtils.getElementsByTagName(name, within);

export function text(name: string, within: Request): string {
  const [child] = DomUtils.getElementsByTagName(name, within.children, false);
  return child === undefined ? '' : DomUtils.textContent(child).trim();
}
