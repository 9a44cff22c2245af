import { datedNumber } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import { tailOf } from '../domain/order.ts';
import type { Language } from '../domain/text.ts';
import type { Storage } from '../ports/stores.ts';
import { type TonightModel, tonightCard, tonightDetailCard, tonightListCard } from '../render/tonight-card.ts';
import { apartWords, localDay } from '../render/words.ts';
import { numberOf } from './alert-number.ts';
import { type Directory, lineName, placeOf } from './directory.ts';
import type { ImportShop } from './import-sheet.ts';
import type { LineReport, ReadLine, WarehouseLine } from './read-line.ts';
import type { ReadRisk } from './read-risk.ts';
import { tonightNumbers } from './tonight-numbers.ts';

const shown = 8;
/** A sheet that is older says its moment. */
const freshMs = 2 * 60_000;
const listWords = /^(清单|列表|哪些|list|which)/i;

/** `/tonight`: what has to leave before midnight, and whether it will; long by warehouse and shop; or the late ones by name. */
export function createReadTonight({
  storage,
  directory,
  readLine,
  readRisk,
  shops,
  perPersonHour,
}: {
  storage: Storage;
  directory: Directory;
  shops: () => readonly ImportShop[];
  readLine: ReadLine;
  readRisk: ReadRisk;
  perPersonHour: () => number;
}) {
  /** The button that takes the worst warehouse's own alert. */
  async function takeOf(report: LineReport): Promise<string | null> {
    const [worst] = report.warehouses;
    const alerts = await storage.alerts.list({ state: 'open', ruleId: 'backlog-over-capacity', limit: 50 });
    const alert = alerts.find(({ facts }) => facts.warehouseId === worst?.id);
    if (alert === undefined) return null;
    const number = await numberOf(storage, alert);
    return number === null ? null : `/ack ${datedNumber(number, localDay(report.at, directory.timezone))}`;
  }

  async function sheetsOf({ at, warehouses }: LineReport): Promise<TonightModel['sheets']> {
    const all = shops();
    const files = all.filter(({ isFile }) => isFile);
    const row = await storage.imports.next();
    const storing = row?.state === 'storing' ? { done: row.done, total: row.total } : null;
    const brought = (await storage.imports.fileShops()).filter(({ shopId }) => files.some(({ id }) => id === shopId));
    const oldest = Math.min(...brought.map(({ asOf }) => asOf));
    const isFileOnly = files.length > 0 && files.length === all.length;
    const isIdle = warehouses.every(({ due, waiting }) => due === 0 && waiting === 0);
    return {
      isEmpty: isFileOnly && brought.length === 0 && isIdle && storing === null,
      asOf: brought.length > 0 && at - oldest > freshMs ? oldest : null,
      storing,
    };
  }

  async function modelOf(report: LineReport, language: Language): Promise<TonightModel> {
    const { at, wall } = report;
    const [worst] = report.warehouses;
    const { apart, ...numbers } = tonightNumbers(report, await readRisk(report), directory, language);
    return {
      ...numbers,
      now: at,
      timezone: directory.timezone,
      wall,
      perPersonHour: perPersonHour(),
      other: worst === undefined ? null : spareOf(report, worst, directory, language),
      apart: [...apart].map(([kind, count]) => ({ what: apartWords[kind], count })),
      sheets: await sheetsOf(report),
      take: await takeOf(report),
    };
  }

  async function list(report: LineReport, { language }: Asking): Promise<Card> {
    const worst = report.warehouses.find(({ tonight }) => (tonight?.misses ?? 0) > 0);
    if (worst === undefined)
      return notice('done', language === 'zh' ? '今晚没有会晚的单' : 'Nothing will be late tonight');
    const place = worst.warehouse === undefined ? '' : placeOf(worst.warehouse, directory);
    const ids = await storage.lines.waitingBehind(place, worst.capacityTonight, report.wall, shown);
    const orders = await storage.views.listOrders(ids);
    return tonightListCard(
      {
        late: worst.tonight?.misses ?? 0,
        where: lineName(worst.id, directory, language),
        now: report.at,
        orders: orders.map(({ channelOrderNo, lines, shipBy }) => ({
          tail: tailOf(channelOrderNo),
          title: lines[0]?.title ?? '',
          wall: shipBy,
        })),
      },
      language,
    );
  }

  return async (asking: Asking, words: string | undefined): Promise<readonly Card[]> => {
    const report = await readLine();
    if (words !== undefined && listWords.test(words)) return [await list(report, asking)];
    const model = await modelOf(report, asking.language);
    const card = words === undefined ? tonightCard : tonightDetailCard;
    return [card(model, asking.language)];
  };
}

/** The warehouse of the same system that has most room tonight behind its own line. */
function spareOf(
  { warehouses }: LineReport,
  worst: WarehouseLine,
  directory: Directory,
  language: Language,
): TonightModel['other'] {
  const able = warehouses
    .filter(
      ({ id, warehouse }) =>
        id !== worst.id && warehouse?.systemId === worst.warehouse?.systemId && warehouse?.kind !== 'supplier',
    )
    .map(({ id, capacityTonight, waiting }) => ({
      name: lineName(id, directory, language),
      spare: capacityTonight - waiting,
    }))
    .sort((a, b) => b.spare - a.spare);
  const [most] = able;
  return most !== undefined && most.spare > 0 ? most : null;
}
