import type { Asking } from '../../domain/asking.ts';
import { type Card, line, notice } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import type { Warehouse } from '../../domain/fulfillment.ts';
import type { StockLevel } from '../../domain/stock.ts';
import { skuSubject } from '../../domain/subject.ts';
import { foreign } from '../../domain/text.ts';
import type { ReplenishmentDoc } from '../../ports/fulfillment.ts';
import type { ActionRow } from '../../ports/stores.ts';
import { replenishPreview } from '../../render/preview-cards.ts';
import { clockTime } from '../../render/words.ts';
import type { Answer } from '../reply.ts';
import type { Act, ReplenishRequest } from './kind.ts';
import { ask, demand } from './propose.ts';
import { manualOf, type ProposeHoldDeps } from './propose-hold.ts';
import { openReplenishment } from './replenish.ts';

const patience = 8_000;
const mostShown = 8;
const mostButtons = 3;

/** `/replenish SKU QTY [WAREHOUSE]`: from the warehouse that has most of it, else by purchase; once per SKU and day. */
export function createProposeReplenish(deps: ProposeHoldDeps) {
  const { storage, clock, directory, systems } = deps;

  /** What somebody wrote: a number, maybe a warehouse, and the words of a style or a SKU. */
  function read(words: string): { style: string; qty: number; to: Warehouse | undefined } {
    const parts = words.split(/[\s,，、×*]+/).filter((part) => part !== '');
    const to = parts
      .map((part) =>
        directory.warehouses().find(({ id, name, city }) => [id, name, name.replace(/仓$/, ''), city].includes(part)),
      )
      .find((each) => each !== undefined);
    const isPlace = (part: string): boolean =>
      to !== undefined && [to.id, to.name, to.name.replace(/仓$/, ''), to.city].includes(part);
    const numbers = parts.flatMap((part) => /^(\d{1,5})(?:件|pcs)?$/i.exec(part)?.[1] ?? []);
    const style = parts.filter((part) => !isPlace(part) && !/^\d{1,5}(?:件|pcs)?$/i.test(part)).join(' ');
    const qty = Number(numbers[0] ?? 0);
    if (numbers.length === 1 && qty > 0 && style !== '') return { style, qty, to };
    throw new UserError('WHICH_GOODS', {
      zh: '写款名或 SKU、件数，可以加仓库：/补货 XZ01-HE-L 20 杭州仓',
      en: 'Write a SKU or style, how many, and maybe a warehouse: /replenish XZ01-HE-L 20 hz',
    });
  }

  async function skuOf(style: string, qty: number, { language }: Asking): Promise<string | readonly Card[]> {
    const zh = language === 'zh';
    const found = await storage.views.findSkus(style, mostShown + 1);
    const exact =
      found.find(({ sku }) => sku.toUpperCase() === style.toUpperCase()) ?? (found.length === 1 ? found[0] : undefined);
    if (exact !== undefined) return exact.sku;
    if (found.length === 0)
      return [
        notice(
          'refused',
          zh ? '没有找到这个款，写款名的几个字或完整的 SKU' : 'No such style; write part of its name or the whole SKU',
        ),
      ];
    return [
      {
        tone: 'info',
        lines: [
          line(zh ? '补哪一个？点一个，或写全 SKU' : 'Which one? Press one, or write the whole SKU'),
          ...found.slice(0, mostShown).map(({ sku, title }) => line(`${sku} `, foreign(title))),
          ...(found.length > mostShown
            ? [line(zh ? '还有更多，写得再具体一点' : 'There are more; be more specific')]
            : []),
        ],
        buttons: found.slice(0, mostButtons).map(({ sku }) => ({
          label: sku,
          command: `/${zh ? '补货' : 'replenish'} ${sku} ${qty}`,
          style: 'plain' as const,
        })),
        link: null,
      },
    ];
  }

  const levelsOf = async (sku: string, systemId: string): Promise<readonly StockLevel[]> => {
    const system = systems().find(({ id }) => id === systemId)?.system;
    const codes = directory
      .warehouses()
      .filter((each) => each.systemId === systemId)
      .map(({ code }) => code);
    return (await system?.getStock([sku], codes, AbortSignal.timeout(patience))) ?? [];
  };

  function sayOpen(open: ActionRow, to: Warehouse, { language }: Asking): Card {
    const zh = language === 'zh';
    const { sku, qty } = open.request as ReplenishRequest;
    const no = (open.after as ReplenishmentDoc | null)?.docNo;
    const at = clockTime(open.startedAt, directory.timezone);
    const by = directory.personName(open.actorId);
    return notice(
      'info',
      zh
        ? `${sku} 到${to.name} ${at} ${by}已经提过补货 ${qty} 件${no === undefined ? '，还没有结果' : `，单号 ${no}`}。24 小时内不重复提`
        : `${by} asked for ${qty} ${sku} for ${to.name} at ${at}${no === undefined ? ', no result yet' : `, document ${no}`}. It is not asked for twice within 24 hours`,
    );
  }

  return async (asking: Asking, words: string): Promise<Answer> => {
    demand(asking, 'replenish');
    const { language } = asking;
    const zh = language === 'zh';
    const { style, qty, to } = read(words);
    const sku = await skuOf(style, qty, asking);
    if (typeof sku !== 'string') return sku;
    const places = directory.warehouses().filter(({ systemId }) => systemId !== '');
    const target = to ?? (places.length === 1 ? places[0] : undefined);
    if (target === undefined)
      return [
        {
          tone: 'info',
          lines: [line(zh ? `${sku} ×${qty} 补到哪个仓？` : `${qty} ${sku}: for which warehouse?`)],
          buttons: places.slice(0, mostButtons).map(({ id, name }) => ({
            label: name,
            command: `/${zh ? '补货' : 'replenish'} ${sku} ${qty} ${zh ? name : id}`,
            style: 'plain' as const,
          })),
          link: null,
        },
      ];
    const { systemId, code } = target;
    const system = systems().find(({ id }) => id === systemId)?.system;
    const levels = await levelsOf(sku, systemId);
    const [most] = levels
      .filter(({ warehouseCode, available }) => warehouseCode !== code && (available ?? 0) >= qty)
      .toSorted((one, other) => (other.available ?? 0) - (one.available ?? 0));
    const from = most !== undefined && manualOf(system?.capabilities.transfer) === null ? most.warehouseCode : null;
    const manual = from === null ? manualOf(system?.capabilities.purchase) : null;
    const stock = levels.map(({ warehouseCode, available }) => ({
      warehouse: directory.warehouseOf(systemId, warehouseCode)?.name ?? warehouseCode,
      available,
    }));
    const model = {
      sku,
      qty,
      to: target.name,
      from: from === null ? null : (directory.warehouseOf(systemId, from)?.name ?? from),
      stock,
      at: levels.length === 0 ? null : Math.min(...levels.map(({ observedAt }) => observedAt)),
      manual,
      timezone: directory.timezone,
    };
    return async (tx) => {
      const open = openReplenishment(
        await tx.actions.listFor(skuSubject(sku), 50),
        { systemId, to: code },
        clock.now(),
      );
      if (open !== undefined) return [sayOpen(open, target, asking)];
      if (manual !== null) return [replenishPreview(model, null, language)];
      const act: Act = { kind: 'replenish', subject: skuSubject(sku), request: { systemId, sku, qty, to: code, from } };
      const proposal = { acts: [act], second: null, needsReason: false, undoOf: null, reason: 'replenish' };
      return ask(tx, clock, asking, proposal, (question) => replenishPreview(model, question, language));
    };
  };
}
