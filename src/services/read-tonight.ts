import { datedNumber } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import { tailOf } from '../domain/order.ts';
import type { Language } from '../domain/text.ts';
import type { Storage } from '../ports/stores.ts';
import {
  type TonightModel,
  type TonightPart,
  tonightCard,
  tonightDetailCard,
  tonightListCard,
} from '../render/tonight-card.ts';
import { apartWords, localDay } from '../render/words.ts';
import { numberOf } from './alert-number.ts';
import { type Directory, lineName } from './directory.ts';
import type { LineReport, ReadLine, WarehouseLine } from './read-line.ts';

const shown = 8;
const listWords = /^(清单|列表|哪些|list|which)/i;

/** `/tonight`: what has to leave before midnight, and whether it will; long by warehouse and shop; or the late ones by name. */
export function createReadTonight({
  storage,
  directory,
  readLine,
  perPersonHour,
}: {
  storage: Storage;
  directory: Directory;
  readLine: ReadLine;
  perPersonHour: () => number;
}) {
  /** The button that takes the worst warehouse's own alert. */
  async function takeOf(report: LineReport): Promise<string | null> {
    const [worst] = report.warehouses;
    const alerts = await storage.alerts.list({ state: 'open', ruleId: 'backlog-over-capacity', limit: 50 });
    const alert = alerts.find(({ facts }) => facts.warehouseId === worst?.id);
    if (alert === undefined) return null;
    const roomIds = (await storage.rooms.list()).map(({ id }) => id);
    const number = await numberOf(storage, roomIds, alert);
    return number === null ? null : `/ack ${datedNumber(number, localDay(report.at, directory.timezone))}`;
  }

  async function modelOf(report: LineReport, language: Language): Promise<TonightModel> {
    const { warehouses, at, wall } = report;
    const total = (of: (each: WarehouseLine) => number): number => warehouses.reduce((sum, each) => sum + of(each), 0);
    const [worst] = warehouses;
    const laterMisses = total(({ ahead, tonight }) => (ahead?.misses ?? 0) - (tonight?.misses ?? 0));
    const firsts = warehouses.flatMap(({ ahead }) => (ahead?.firstMissAt != null ? [ahead.firstMissAt] : []));
    return {
      now: at,
      timezone: directory.timezone,
      wall,
      due: total(({ due }) => due),
      done: total(({ done }) => done),
      warehouses: warehouses.map(({ id, due, done, speed, tonight, peopleTonight }) => ({
        name: lineName(id, directory, language),
        due,
        done,
        speed,
        misses: tonight?.misses ?? 0,
        overdue: tonight?.overdue ?? 0,
        finishAt: tonight?.finishAt,
        people: peopleTonight,
      })),
      shops: shopsOf(report, directory),
      perPersonHour: perPersonHour(),
      other: worst === undefined ? null : spareOf(report, worst, directory, language),
      later:
        laterMisses > 0 && firsts.length > 0
          ? { misses: laterMisses, firstAt: Math.max(wall, Math.min(...firsts)) }
          : null,
      apart: [...report.apart].map(([kind, count]) => ({ what: apartWords[kind], count })),
      withoutWall: report.withoutWall,
      take: await takeOf(report),
    };
  }

  async function list(report: LineReport, { language }: Asking): Promise<Card> {
    const worst = report.warehouses.find(({ tonight }) => (tonight?.misses ?? 0) > 0);
    if (worst === undefined)
      return notice('done', language === 'zh' ? '今晚没有会晚的单' : 'Nothing will be late tonight');
    const key = worst.warehouse === undefined ? '' : `${worst.warehouse.systemId}/${worst.warehouse.code}`;
    const ids = await storage.lines.waitingBehind(key, worst.capacityTonight, report.wall, shown);
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

function shopsOf({ warehouses }: LineReport, directory: Directory): TonightPart[] {
  const ids = [...new Set(warehouses.flatMap(({ shops }) => shops.map(({ shopId }) => shopId)))];
  const parts = ids.map((shopId) => {
    const all = warehouses.flatMap(({ shops }) => shops.filter((shop) => shop.shopId === shopId));
    const total = (of: 'due' | 'done' | 'misses'): number => all.reduce((sum, shop) => sum + shop[of], 0);
    return { name: directory.shopName(shopId), due: total('due'), done: total('done'), misses: total('misses') };
  });
  return parts.sort((a, b) => b.misses - a.misses || b.due - a.due);
}

/** The warehouse of the same system that has most room tonight behind its own line. */
function spareOf(
  { warehouses }: LineReport,
  worst: WarehouseLine,
  directory: Directory,
  language: Language,
): TonightModel['other'] {
  const able = warehouses
    .filter(({ id, warehouse }) => id !== worst.id && warehouse?.systemId === worst.warehouse?.systemId)
    .map(({ id, capacityTonight, waiting }) => ({
      name: lineName(id, directory, language),
      spare: capacityTonight - waiting,
    }))
    .sort((a, b) => b.spare - a.spare);
  const [most] = able;
  return most !== undefined && most.spare > 0 ? most : null;
}
