import type { Tone } from '../../domain/card.ts';
import type { Light } from '../../domain/health.ts';
import type { Text } from '../../domain/text.ts';
import { lightMarks } from '../health-words.ts';
import { Html, type Value } from './html.ts';

/** One outline per meaning, so that it reads without colour; drawn here because phones draw emoji as they like. */
const shapes: Readonly<Record<Tone, string>> = {
  critical: '<path d="M6 1h8l5 5v8l-5 5H6l-5-5V6z"/><path class="ink" d="M9 5h2v6H9zM9 13h2v2H9z"/>',
  warning: '<path d="M10 1.5 19.5 18.5H.5z"/><path class="ink" d="M9.1 7.5h1.8v5.5H9.1zM9.1 14.5h1.8v1.8H9.1z"/>',
  info: '<circle cx="10" cy="10" r="9"/><path class="ink" d="M9 8.6h2V15H9zM9 5h2v2H9z"/>',
  done: '<rect x="1" y="1" width="18" height="18" rx="4"/><path class="line" d="m5.5 10.3 3.2 3.2 6-7"/>',
  waiting: '<path d="M4 1h12v2.5L11.6 10l4.4 6.5V19H4v-2.5L8.4 10 4 3.5z"/>',
  refused: '<circle cx="10" cy="10" r="9"/><path class="ink" d="M5 8.8h10v2.4H5z"/>',
  night: '<path d="M13.5 1.5a8.7 8.7 0 1 0 5 12.2A7.5 7.5 0 0 1 13.5 1.5z"/>',
  numbers: '<path d="M2 11h4v7H2zM8 6h4v12H8zM14 2h4v16h-4z"/>',
};

export const markHtml = (tone: Tone): Html =>
  new Html(
    `<svg class="mark mark-${tone}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${shapes[tone]}</svg>`,
  );

/** Circle, diamond, square, ring: the same shapes as in chat. */
const lightShapes: Readonly<Record<Light, string>> = {
  green: '<circle cx="10" cy="10" r="9"/>',
  yellow: '<path d="M10 .5 19.5 10 10 19.5.5 10z"/>',
  red: '<path d="M1.5 1.5h17v17h-17z"/>',
  none: '<circle cx="10" cy="10" r="8"/>',
};

export const lightHtml = (light: Light): Html =>
  new Html(
    `<svg class="light light-${light}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${lightShapes[light]}</svg>`,
  );

const lightOf = new Map<string, Light>((Object.keys(lightMarks) as Light[]).map((light) => [lightMarks[light], light]));

/** Our own words, with the lights in them drawn. */
export const withLights = (text: string): readonly Value[] =>
  text.split(new RegExp(`(${[...lightOf.keys()].join('|')})`, 'u')).map((part) => {
    const light = lightOf.get(part);
    return light === undefined ? part : lightHtml(light);
  });

export const toneWords: Readonly<Record<Tone, Text>> = {
  critical: { zh: '紧急', en: 'Critical' },
  warning: { zh: '注意', en: 'Warning' },
  info: { zh: '提示', en: 'Info' },
  done: { zh: '完成', en: 'Done' },
  waiting: { zh: '等待', en: 'Waiting' },
  refused: { zh: '不行', en: 'Refused' },
  night: { zh: '今晚', en: 'Tonight' },
  numbers: { zh: '数字', en: 'Numbers' },
};
