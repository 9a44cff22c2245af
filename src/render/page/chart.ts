import type { Chart } from '../../domain/chart.ts';
import { chartColours, chartSize, chartSvg, lineColours } from '../chart.ts';
import { Html, html } from './html.ts';

const names = new Map<string, string>(
  Object.entries({ ...chartColours, ...lineColours }).map(([name, colour]) => [colour, name]),
);

/** The chart in a page. Its colours become classes, so that the page's own palette, light or dark, paints it. */
export function chartHtml(chart: Chart): Html {
  const { width, height } = chartSize;
  const svg = chartSvg(chart)
    .replace(/ (fill|stroke)="(#\w{6})"/g, (whole, part: string, colour: string) => {
      const name = names.get(colour);
      return name === undefined ? whole : ` class="${part}-${name}"`;
    })
    .replace(/^<svg [^>]*>/, `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false">`)
    .replace(/ font-family="[^"]*"/g, '');
  return html`<figure class="chart" role="img" aria-label="${wordsOf(chart)}">${new Html(svg)}</figure>`;
}

/** The same numbers for who cannot see it. */
const wordsOf = ({ title, note, labels, bars }: Chart): string =>
  [title, note, ...labels.map((label, index) => `${label} ${bars[index] ?? '–'}`)].join('; ');
