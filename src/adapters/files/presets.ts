import { createHash } from 'node:crypto';
import { type SheetField, type SheetMapping, sheetFields } from '../../domain/sheet-order.ts';
import { type Preset, plain } from './preset.ts';
import { douyin } from './presets/douyin.ts';
import { jushuitan } from './presets/jushuitan.ts';
import { kuaimai } from './presets/kuaimai.ts';
import { pinduoduo } from './presets/pinduoduo.ts';
import { shopify } from './presets/shopify.ts';
import { taobao } from './presets/taobao.ts';
import { wangdiantong } from './presets/wangdiantong.ts';

const presets: readonly Preset[] = [jushuitan, wangdiantong, kuaimai, taobao, pinduoduo, douyin, shopify];

/** Enough marks that no other export has them by chance. */
const fewestMarks = 2;

/** Whose export these headings are; undefined when they are nobody's we know. */
export function presetOf(headings: readonly string[]): Preset | undefined {
  const written = new Set(headings.map(plain));
  const scored = presets
    .map((preset) => ({ preset, score: preset.marks.filter((mark) => written.has(plain(mark))).length }))
    .filter(({ preset, score }) => score >= fewestMarks && placesOf(preset.columns, headings).has('order'));
  return scored.sort((a, b) => b.score - a.score)[0]?.preset;
}

/** Which column each field is read from: the best heading that is there. */
export function placesOf(columns: Preset['columns'], headings: readonly string[]): Map<SheetField, number> {
  const written = headings.map(plain);
  const places = new Map<SheetField, number>();
  for (const field of sheetFields) {
    for (const heading of columns[field] ?? []) {
      const place = written.indexOf(plain(heading));
      if (place < 0) continue;
      places.set(field, place);
      break;
    }
  }
  return places;
}

/** Headings in any order are the same set: what a person explained once holds for the next file. */
export const headingKeyOf = (headings: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify([...new Set(headings.map(plain))].filter((name) => name !== '').sort()))
    .digest('base64url')
    .slice(0, 22);

/** What each heading probably means, by what it means in any export we know and by our own names. */
export function proposeMapping(headings: readonly string[]): SheetMapping {
  const taken = new Set<number>();
  const proposal: Partial<Record<SheetField, string>> = {};
  for (const field of sheetFields) {
    const known = new Set([field, ...presets.flatMap((preset) => preset.columns[field] ?? [])].map(plain));
    const place = headings.findIndex((heading, index) => !taken.has(index) && known.has(plain(heading)));
    if (place < 0) continue;
    taken.add(place);
    proposal[field] = headings[place] ?? '';
  }
  return proposal;
}

/** Explained headings as a preset: words mean what they mean in any export we know. */
export function presetFrom(mapping: SheetMapping): Preset {
  return {
    id: 'mapped',
    name: { zh: '自己的表', en: 'own sheet' },
    tellsStage: mapping.sortedAt !== undefined,
    marks: [],
    columns: Object.fromEntries(Object.entries(mapping).map(([field, heading]) => [field, [heading]])),
    statuses: Object.assign({ ...neutral }, ...presets.map(({ statuses }) => statuses)) as Preset['statuses'],
    refunds: Object.assign({}, ...presets.map(({ refunds }) => refunds ?? {})) as NonNullable<Preset['refunds']>,
    kinds: Object.assign({}, ...presets.map(({ kinds }) => kinds ?? {})) as NonNullable<Preset['kinds']>,
    currency: 'CNY',
  };
}

/** Our own words, and those of the sheets that `replay` reads. */
const neutral: Preset['statuses'] = {
  created: 'created',
  paid: 'paid',
  approved: 'paid',
  invoiced: 'paid',
  processing: 'picking',
  picking: 'picking',
  shipped: 'shipped',
  delivered: 'delivered',
  closed: 'closed',
  canceled: 'closed',
  cancelled: 'closed',
  unavailable: 'closed',
};

/** The likeliest heading row of a sheet: exports put a title or a note above it. Undefined when there is none. */
export function headingRowOf(rows: readonly { readonly cells: readonly string[] }[]): number | undefined {
  const first = rows.slice(0, 20);
  const known = first.findIndex(({ cells }) => presetOf(cells) !== undefined);
  if (known >= 0) return known;
  const proposed = first.findIndex(({ cells }) => proposeMapping(cells).order !== undefined && used(cells) >= 2);
  if (proposed >= 0) return proposed;
  const any = first.findIndex(({ cells }) => used(cells) >= 2);
  return any < 0 ? undefined : any;
}

const used = (cells: readonly string[]): number => cells.filter((cell) => cell !== '').length;
