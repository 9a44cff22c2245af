import { createRequire } from 'node:module';
import type { Chart } from '../domain/chart.ts';
import { cutTo } from '../domain/text.ts';

// Its one built file: the modules are six hundred, and every start of the program would wait for them.
const { init } = createRequire(import.meta.url)('echarts/dist/echarts.min') as typeof import('echarts');

const chartFont = 'Noto Sans SC';
/** Twice as wide as it is high: whole on a telephone, and readable there. */
export const chartSize = { width: 480, height: 280 } as const;

export const chartColours = {
  paper: '#ffffff',
  ink: '#191c20',
  soft: '#56606c',
  line: '#dce0e5',
  bar: '#1457c8',
} as const;
/** Lines differ by their dashes and their words as well. */
export const lineColours = { green: '#17693a', yellow: '#b87a00', red: '#b8201a', none: '#56606d' } as const;
const dashes = { green: 'solid', yellow: 'dashed', red: 'solid', none: 'dotted' } as const;

const mostTitle = 60;

/** The chart as SVG on white paper: the same on the board, on a page and, made a picture, in chat. */
export function chartSvg({ title, note, labels, bars, lines }: Chart): string {
  const { paper, ink, soft, line, bar } = chartColours;
  const { width, height } = chartSize;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    const highest = Math.max(1, ...bars.map((value) => value ?? 0), ...lines.map(({ value }) => value));
    chart.setOption({
      animation: false,
      backgroundColor: paper,
      textStyle: { fontFamily: chartFont, color: ink },
      grid: { left: 34, right: 62, top: 68, bottom: 28 },
      xAxis: {
        type: 'category',
        data: [...labels],
        axisTick: { show: false },
        axisLine: { lineStyle: { color: line } },
        axisLabel: { color: soft, fontSize: 13, hideOverlap: true },
      },
      yAxis: {
        type: 'value',
        max: Math.ceil(highest * 1.15),
        axisLabel: { color: soft, fontSize: 13 },
        splitLine: { lineStyle: { color: line } },
      },
      series: [
        {
          type: 'bar',
          silent: true,
          data: bars.map((value) => value ?? '-'),
          barMaxWidth: 32,
          itemStyle: { color: bar },
          label: {
            show: labels.length <= 14,
            position: 'top',
            color: ink,
            fontSize: 13,
            backgroundColor: paper,
            padding: 1,
          },
          markLine: {
            z: 1,
            silent: true,
            symbol: 'none',
            data: lines.map(({ value, label, light }) => ({
              yAxis: value,
              lineStyle: { color: lineColours[light], type: dashes[light], width: 2 },
              label: { formatter: label, color: lineColours[light], fontSize: 13, position: 'end' },
            })),
          },
        },
      ],
    });
    return withHeading(plain(chart.renderToSVGString()), title, note);
  } finally {
    chart.dispose();
  }
}

/** Without styles, which a page's policy refuses, and without names that two charts of one page would share. */
const plain = (svg: string): string =>
  svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/ style="([^"]*)"/g, (_whole, style: string) =>
      style
        .split(';')
        .flatMap((rule) => {
          const [name, value] = rule.split(':').map((part) => part.trim());
          return name === undefined || value === undefined ? [] : [` ${name}="${value}"`];
        })
        .join(''),
    )
    .replace(/\n+/g, '');

/** Plain text of our own above the grid; ECharts' own title cannot be told how wide a page is. */
function withHeading(svg: string, title: string, note: string): string {
  const text = (words: string, y: number, size: number, colour: string): string =>
    `<text x="12" y="${y}" font-family="${chartFont}" font-size="${size}" fill="${colour}">${escaped(cutTo(words, mostTitle))}</text>`;
  const heading = text(title, 26, 17, chartColours.ink) + text(note, 48, 13, chartColours.soft);
  return svg.replace('</svg>', `${heading}</svg>`);
}

const escaped = (words: string): string =>
  words.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? '');
