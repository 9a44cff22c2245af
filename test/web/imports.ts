import { type ImportSheet, nothing } from '../../src/services/import-sheet.ts';
import { at } from '../kit/builders.ts';

type Shown = NonNullable<Awaited<ReturnType<ImportSheet['find']>>>;

const row: Shown = {
  id: 'i1',
  shopId: null,
  fileName: '订单导出_20261124.csv',
  hash: 'x',
  bytes: 10_600_000,
  roomId: null,
  actorId: 'person:wang',
  state: 'storing',
  asOf: at('14:30'),
  createdAt: at('14:31'),
  finishedAt: null,
  done: 12_400,
  total: 35_000,
  result: null,
};

/** One of each state a sheet can be in. */
export const imports: readonly Shown[] = [
  row,
  {
    ...row,
    id: 'i2',
    state: 'done',
    finishedAt: at('14:32'),
    result: {
      ...nothing,
      preset: 'jushuitan',
      presetName: { zh: '聚水潭', en: 'Jushuitan' },
      shops: ['erp'],
      asOf: at('14:30'),
      rows: 36_751,
      orders: 34_998,
      changed: 1_204,
      unchanged: 33_794,
      skippedRows: 2,
      skipped: [
        {
          row: 18,
          cell: 'B18',
          order: '4.02611E+17',
          reason: {
            zh: '“线上订单号”被 Excel 改成了科学计数，后几位已经丢了；请直接传导出的原文件',
            en: '"线上订单号" was rounded by Excel; send the exported file itself',
          },
        },
        {
          row: 20_311,
          cell: '',
          order: '402611240018842001',
          reason: { zh: '单元格比表头多，内容错位了', en: 'it has more cells than the heading' },
        },
      ],
      unknownWords: [{ words: '<b>等待神秘处理</b>', count: 3 }],
    },
  },
  {
    ...row,
    id: 'i3',
    fileName: '老系统.xls',
    state: 'refused',
    finishedAt: at('14:32'),
    result: {
      ...nothing,
      refusal: {
        zh: '这是旧版 .xls；请在 Excel/WPS 里另存为 .xlsx 或 CSV 再传',
        en: 'This is an old .xls; save it as .xlsx or CSV in Excel',
      },
    },
  },
  {
    ...row,
    id: 'i4',
    fileName: '自己的表.xlsx',
    state: 'unexplained',
    result: {
      ...nothing,
      unexplained: {
        headingKey: 'k',
        headings: ['平台单号', '付款日期', '客户', '数量'],
        proposal: { order: '平台单号', paidAt: '付款日期', qty: '数量' },
      },
    },
  },
];
