import type { StageSource, Warehouse } from '../domain/fulfillment.ts';
import type { Language, Text } from '../domain/text.ts';

/** Names for ids, out of the configuration. Unknown ids come back as they are. */
export interface Directory {
  /** IANA zone of the company. */
  readonly timezone: string;
  shopName(shopId: string): string;
  /** The plug's name: miniprogram, taobao … `file` for replayed sheets. */
  channelOf(shopId: string): string;
  systemName(systemId: string): string;
  carrierName(carrierId: string): string;
  /** Where a warehouse system's code leads; undefined when it is not configured. */
  warehouseOf(systemId: string, code: string): Warehouse | undefined;
  warehouses(): readonly Warehouse[];
  /** The warehouse system that fulfils a shop's orders, when one is configured. */
  systemOf(shopId: string): string | undefined;
  /** How the stages of that shop's orders are told. */
  stageSourceOf(shopId: string): StageSource;
  /** The rule's sentence with its {braces}. */
  ruleSay(ruleId: string): Text;
  /** `person:wang` → 王敏, `automation:detect` → what it does. */
  personName(actorId: string): string;
  /** A source that has not answered for so long is silent; ms. */
  silentAfter(sourceId: string): number;
}

/** `shop:mini` → 小程序商城, `system:wms` → 聚水潭, `carrier:kd` → 快递100, `file:tmall` → 天猫旗舰店（表格）. */
export function sourceName(sourceId: string, directory: Directory): string {
  const [kind = '', name = ''] = sourceId.split(/:(.*)/s);
  if (kind === 'shop') return directory.shopName(name);
  if (kind === 'carrier') return directory.carrierName(name);
  if (kind === 'file') return `${directory.shopName(name)}（表格）`;
  return kind === 'system' ? directory.systemName(name) : sourceId;
}

/** `hz` → 杭州仓; null for no warehouse at all. */
export const warehouseName = (id: string | undefined, directory: Directory): string | null =>
  id === undefined ? null : (directory.warehouses().find((each) => each.id === id)?.name ?? id);

/** Who serves a shop's orders before anybody has said so: the only warehouse of its system, or the only one at all. */
export function onlyWarehouseOf(shopId: string, directory: Directory): Warehouse | undefined {
  const systemId = directory.systemOf(shopId);
  const all = directory.warehouses();
  const own = all.filter((each) => each.systemId === (systemId ?? ''));
  const [only, second] = systemId === undefined && own.length === 0 ? all : own;
  return second === undefined ? only : undefined;
}

/** Where a warehouse's orders stand in the lines: no system names the only warehouse that has none. */
export function placeOf({ id, systemId, code }: Warehouse, directory: Directory): string {
  const isOnly = systemId === '' && directory.warehouses().every((each) => each.systemId !== '' || each.id === id);
  return isOnly ? '' : `${systemId}/${code}`;
}

const kinds = {
  '3pl': { zh: '云仓', en: '3PL' },
  supplier: { zh: '供应商', en: 'supplier' },
  overseas: { zh: '海外仓', en: 'overseas' },
} satisfies Record<Exclude<Warehouse['kind'], 'own'>, Text>;

/** The name of a warehouse's line; one that is not our own says what it is. */
export function lineName(id: string, directory: Directory, language: Language): string {
  const warehouse = directory.warehouses().find((each) => each.id === id);
  if (warehouse === undefined) return id === '' ? { zh: '未分仓', en: 'no warehouse yet' }[language] : id;
  const { name, kind } = warehouse;
  if (kind === 'own') return name;
  return language === 'zh' ? `${name}（${kinds[kind].zh}）` : `${name} (${kinds[kind].en})`;
}
