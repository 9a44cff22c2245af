import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Card, tones } from '../../../src/domain/card.ts';
import { foreign } from '../../../src/domain/text.ts';
import { renderCardHtml, typedHtml } from '../../../src/render/page/card.ts';
import { cleanForeign, cleanTyped, html } from '../../../src/render/page/html.ts';

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '/',
      'a',
      'href=',
      'javascript:',
      '\u202e',
      '\u200b',
      '\n',
      '</p>',
      '<a href="https://x.y">',
      '&#60;',
      '`',
      '${',
    ),
    maxLength: 60,
  }),
);

const card = (...lines: Card['lines']): Card => ({ tone: 'info', lines, buttons: [], link: null });

/** The tags of a piece of markup, by a reader that knows only what a browser knows. */
const tagsOf = (markup: string): string[] => markup.match(/<\/?[a-z!?][^>]*>?/gi) ?? [];

it('never makes markup of foreign text', () => {
  const plain = tagsOf(renderCardHtml(card([foreign('x')], ['a', foreign('x')]), 'zh').toString());

  fc.assert(
    fc.property(words, words, (one, two) => {
      const markup = renderCardHtml(card([foreign(one)], ['a', foreign(two)]), 'zh').toString();

      expect(tagsOf(markup)).toEqual(plain);
      expect(markup).not.toContain('<a');
    }),
    { numRuns: 2_000 },
  );
});

it('never makes markup of our own words, labels or commands either', () => {
  const make = (said: string): Card => ({
    tone: 'critical',
    lines: [[said]],
    buttons: [{ label: said, command: said, style: 'primary' }],
    link: { label: said, path: '/o/x' },
  });
  const shape = (markup: string): string[] => tagsOf(markup.replace(/value="[^"]*"/g, 'value=""'));
  const plain = shape(renderCardHtml(make('x'), 'zh', { room: 'war' }).toString());

  fc.assert(
    fc.property(words, (said) => {
      expect(shape(renderCardHtml(make(said), 'zh', { room: 'war' }).toString())).toEqual(plain);
    }),
    { numRuns: 1_000 },
  );
});

it('never makes markup of what a person typed', () => {
  fc.assert(
    fc.property(words, (said) => {
      expect(tagsOf(typedHtml(card([foreign(said)]), 'zh').toString())).toEqual(['<div class="bubble">', '</div>']);
    }),
  );
});

it('cuts foreign text at forty characters and takes out what cannot be seen', () => {
  fc.assert(
    fc.property(words, (said) => {
      const clean = cleanForeign(said);

      expect(Array.from(clean).length).toBeLessThanOrEqual(40);
      expect(clean).not.toMatch(/[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u);
      expect(cleanForeign(clean)).toBe(clean);
    }),
    { numRuns: 2_000 },
  );
  expect(cleanForeign('绣'.repeat(50))).toBe(`${'绣'.repeat(39)}…`);
  expect(cleanForeign('看\u202e反\u0000\n了')).toBe('看反 了');
});

it('keeps the lines of what a person typed', () => {
  expect(cleanTyped('018842\r\n018851\u202e')).toBe('018842\n018851');
});

it.each(['//evil.example', 'https://evil.example', 'javascript:alert(1)', '/\\evil.example', ''])(
  'links to no %s',
  (path) => {
    const markup = renderCardHtml({ ...card(['x']), link: { label: 'x', path } }, 'zh').toString();

    expect(markup).not.toContain('<a');
  },
);

it('shows buttons only where there is a door to say their commands through', () => {
  const withButton: Card = { ...card(['x']), buttons: [{ label: '我来', command: '/ack 12', style: 'plain' }] };

  expect(renderCardHtml(withButton, 'zh').toString()).not.toContain('<button');
  expect(renderCardHtml(withButton, 'zh', { room: 'dm' }).toString()).toContain('value="/ack 12"');
  expect(renderCardHtml(withButton, 'zh', { room: 'dm' }).toString()).toContain('name="room" value="dm"');
});

it.each(tones)('tells %s by a shape and a word, not by colour alone', (tone) => {
  const markup = renderCardHtml({ ...card(['x']), tone }, 'zh').toString();

  expect(markup).toMatch(/<svg class="mark[^>]*><\w+ /);
  expect(markup).toMatch(/<span class="hidden">[\u4e00-\u9fff]{2}<\/span>/);
});

it('prints nothing for what is not there', () => {
  expect(html`<p>${null}${undefined}${false}${[]}${0}</p>`.toString()).toBe('<p>0</p>');
});
