import type { StageSource, Warehouse } from '../domain/fulfillment.ts';
import type { Rule } from '../domain/rule.ts';
import type { Directory } from '../services/directory.ts';
import { type Company, fileChannel } from './company.ts';
import type { Plugs } from './discover.ts';

const silentMs = 10 * 60_000;
/** People bring sheets a few times a day. */
const silentFileMs = 90 * 60_000;

/** Names for ids, from the configuration as it is now. */
export function createDirectory(
  company: () => Company,
  plugs: Plugs,
  rules: () => readonly Rule[],
  stageSource: (systemId: string, channel: string) => StageSource,
  personName: (id: string) => string | undefined,
  fileTellsStage: (shopId: string) => boolean = () => false,
): Directory {
  const shop = (id: string) => company().shops.find((each) => each.id === id);
  const system = (id: string) => company().systems.find((each) => each.id === id);
  // Asked for every order: laid out once per configuration.
  let laidOut: { readonly of: Company; readonly list: readonly Warehouse[] } | undefined;
  const warehouses = (): readonly Warehouse[] => {
    const of = company();
    if (laidOut?.of !== of) {
      const list = of.warehouses.map(({ system: systemId, speedPerHour, ...each }) => ({
        ...each,
        systemId,
        speedPerHour: speedPerHour ?? null,
      }));
      laidOut = { of, list };
    }
    return laidOut.list;
  };
  return {
    get timezone() {
      return company().timezone;
    },
    shopName: (id) => shop(id)?.name ?? plugs.channels.get(shop(id)?.channel ?? '')?.name.zh ?? id,
    channelOf: (id) => shop(id)?.channel ?? fileChannel,
    systemName: (id) => plugs.fulfillment.get(system(id)?.kind ?? '')?.name.zh ?? id,
    carrierName: (id) =>
      plugs.carriers.get(company().carriers.find((each) => each.id === id)?.kind ?? '')?.name.zh ?? id,
    warehouseOf: (systemId, code) => warehouses().find((each) => each.systemId === systemId && each.code === code),
    warehouses,
    systemOf: (shopId) => shop(shopId)?.system,
    stageSourceOf(shopId) {
      const block = shop(shopId);
      if (block?.system === undefined)
        return block?.channel === fileChannel && fileTellsStage(shopId) ? 'uploaded' : 'none';
      return stageSource(block.system, block.channel);
    },
    ruleSay: (ruleId) => rules().find((rule) => rule.id === ruleId)?.say ?? { zh: ruleId, en: ruleId },
    personName(actorId) {
      const [type = '', id = ''] = actorId.split(/:(.*)/s);
      if (type === 'person') return personName(id) ?? id;
      return type === 'automation' ? '机器人' : '未登记的人';
    },
    silentAfter: (sourceId) =>
      shop(sourceId.replace(/^shop:/, ''))?.channel === fileChannel ? silentFileMs : silentMs,
  };
}
