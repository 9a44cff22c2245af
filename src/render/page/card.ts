import type { Button, Card, Line } from '../../domain/card.ts';
import type { Language } from '../../domain/text.ts';
import { chartHtml } from './chart.ts';
import { cleanTyped, type Html, html } from './html.ts';
import { markHtml, toneWords, withLights } from './marks.ts';
import { words } from './words.ts';

/** Where a card's buttons say their command. Null = the reader may only look. */
export interface Door {
  readonly room: 'war' | 'dm';
}

/** A card in a page. Our words are plain text, foreign words are cleaned and cut; neither can become markup. */
export function renderCardHtml(card: Card, language: Language, door: Door | null = null): Html {
  const [first = [], ...rest] = card.lines;
  const link = ownPath(card.link?.path);
  const hasActions = link !== undefined || (door !== null && card.buttons.length > 0);
  return html`<div class="card tone-${card.tone}">
<p class="card-first">${markHtml(card.tone)}<span class="hidden">${toneWords[card.tone][language]}</span> ${lineHtml(first)}</p>
${rest.map((line) => html`<p>${lineHtml(line)}</p>`)}
${card.picture !== undefined && chartHtml(card.picture)}
${hasActions && html`<div class="card-actions">${door !== null && card.buttons.length > 0 && buttonsHtml(card.buttons, door)}${link !== undefined && html`<a class="button" href="${link}">${card.link?.label}</a>`}</div>`}
</div>`;
}

/** Each button says its command, as if the person had typed it. */
export const buttonsHtml = (buttons: readonly Button[], door: Door): Html =>
  html`<form class="says" method="post" action="/room/messages"><input type="hidden" name="room" value="${door.room}">${buttons.map(
    ({ label, command, style }) =>
      html`<button class="button ${style}" name="text" value="${command}">${label}</button>`,
  )}</form>`;

/** What a colleague typed, as a bubble. */
export const typedHtml = (card: Card, language: Language): Html =>
  html`<div class="bubble">${
    card.lines
      .map((line) => line.map((piece) => (typeof piece === 'string' ? piece : cleanTyped(piece.foreign))).join(''))
      .join('\n') || words.details[language]
  }</div>`;

const lineHtml = (line: Line): Html =>
  html`${line.map((piece) => (typeof piece === 'string' ? withLights(piece) : piece))}`;

/** Only paths of this site; `//host` is another one. */
const ownPath = (path: string | undefined): string | undefined =>
  path !== undefined && /^\/(?![/\\])/.test(path) ? path : undefined;
