import type { Chart } from './chart.ts';
import type { Piece } from './text.ts';

export const tones = ['critical', 'warning', 'info', 'done', 'waiting', 'refused', 'night', 'numbers'] as const;
export type Tone = (typeof tones)[number];

/** Colour never stands alone: the mark is a shape, and the first line says it in words. */
export const markOf: Readonly<Record<Tone, string>> = {
  critical: '🔴',
  warning: '🟡',
  info: '🔵',
  done: '✅',
  waiting: '⏳',
  refused: '⛔',
  night: '🌙',
  numbers: '📊',
};

/** Pressing a button is saying `command`: one verb behind both doors. */
export interface Button {
  readonly label: string;
  readonly command: string;
  readonly style: 'primary' | 'plain' | 'danger';
}

export type Line = readonly Piece[];

/** Who has to look now, by their ids, and what is called out to them: `12号 @李建国 杭州仓停了，37 单`. */
export interface Call {
  readonly who: readonly string[];
  readonly before: string;
  readonly after: string;
}

/** A message in neutral form, already in one language. Dialects escape the foreign pieces. */
export interface Card {
  readonly tone: Tone;
  readonly lines: readonly Line[];
  readonly buttons: readonly Button[];
  /** Path on our own site (`/o/…`), made absolute and signed at the moment of sending. */
  readonly link: { readonly label: string; readonly path: string } | null;
  readonly call?: Call;
  /** Shown with it where the platform carries pictures; elsewhere it stands behind the link. */
  readonly picture?: Chart;
}

export const line = (...pieces: readonly Piece[]): Line => pieces;

/** A card of plain sentences without buttons. */
export const notice = (tone: Tone, ...lines: readonly (Line | string)[]): Card => ({
  tone,
  lines: lines.map((each) => (typeof each === 'string' ? [each] : each)),
  buttons: [],
  link: null,
});
