import type { Random } from './random.ts';

export interface Sku {
  sku: string;
  style: string;
  colour: string;
  size: string;
  title: string;
  /** Fen. */
  price: number;
  embroidery: boolean;
  weight: number;
}

const styles: readonly (readonly [code: string, name: string, yuan: number])[] = [
  ['XZ01', '绣字卫衣', 169],
  ['XZ02', '绣字棒球帽衫', 189],
  ['XZ03', '绣字衬衫', 149],
  ['WY01', '连帽卫衣', 139],
  ['WY02', '圆领卫衣', 119],
  ['WY03', '拉链开衫卫衣', 149],
  ['TX01', '纯棉T恤', 59],
  ['TX02', '重磅T恤', 79],
  ['TX03', '条纹长袖T恤', 69],
  ['TX04', '印花T恤', 65],
  ['CS01', '法式衬衫', 129],
  ['CS02', '牛津纺衬衫', 139],
  ['CS03', '雪纺衬衫', 109],
  ['ZZ01', '羊毛针织衫', 239],
  ['ZZ02', '圆领针织衫', 159],
  ['ZZ03', '针织开衫', 179],
  ['ZZ04', '高领打底衫', 99],
  ['LY01', '碎花连衣裙', 199],
  ['LY02', '针织连衣裙', 219],
  ['LY03', '吊带连衣裙', 169],
  ['LY04', '新中式连衣裙', 269],
  ['BQ01', '百褶半身裙', 119],
  ['BQ02', '牛仔半身裙', 109],
  ['NZ01', '直筒牛仔裤', 159],
  ['NZ02', '阔腿牛仔裤', 169],
  ['NZ03', '小脚牛仔裤', 149],
  ['XK01', '西装裤', 159],
  ['XK02', '束脚运动裤', 119],
  ['XK03', '工装裤', 149],
  ['WT01', '短款羽绒服', 459],
  ['WT02', '长款羽绒服', 599],
  ['WT03', '双面呢大衣', 699],
  ['WT04', '工装夹克', 239],
  ['WT05', '风衣', 329],
  ['WT06', '小香风外套', 289],
  ['MJ01', '羊羔毛马甲', 159],
  ['MJ02', '针织马甲', 109],
  ['JJ01', '家居服套装', 129],
  ['YD01', '速干运动上衣', 89],
  ['YD02', '防晒外套', 139],
];

const colours: readonly (readonly [code: string, name: string])[] = [
  ['HE', '黑'],
  ['BA', '白'],
  ['HU', '灰'],
  ['XI', '杏'],
  ['LA', '蓝'],
  ['HO', '红'],
];
const sizes = ['S', 'M', 'L', 'XL'] as const;
const sizeWeight = { S: 0.8, M: 1.3, L: 1.2, XL: 0.7 } as const;

export const catalogue: readonly Sku[] = styles.flatMap(([code, name, yuan], index) =>
  [0, 1, 2].flatMap((step) => {
    const [colourCode, colour] = colours[(index + step * (1 + (index % 2))) % colours.length] ?? ['HE', '黑'];
    return sizes.map((size) => ({
      sku: `${code}-${colourCode}-${size}`,
      style: code,
      colour,
      size,
      title: `${name} ${colour}${size}`,
      price: yuan * 100,
      embroidery: code.startsWith('XZ'),
      weight: (sizeWeight[size] * (3 - step)) / (2 + ((index * 7) % styles.length) / 8),
    }));
  }),
);

const bySku = new Map(catalogue.map((one) => [one.sku, one]));
const cumulative: number[] = [];
let sum = 0;
for (const one of catalogue) {
  sum += one.weight;
  cumulative.push(sum);
}

/** The SKU of this code. */
export function findSku(sku: string): Sku | undefined {
  return bySku.get(sku);
}

/** Share of all pieces sold that this SKU makes up. */
export function popularity(sku: Sku): number {
  return sku.weight / sum;
}

/** A SKU drawn by popularity. */
export function drawSku(random: Random): Sku {
  const at = random.next() * sum;
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const found = catalogue[low];
  if (found === undefined) throw new Error('empty catalogue');
  return found;
}
