import { DAY, dayDigits, MINUTE, SECOND, startOfDay } from './time.ts';

/** A shop of the company on one sales channel. */
export interface Shop {
  readonly id: string;
  readonly channel: string;
  readonly name: string;
  /** Its number in the ERP. */
  readonly systemShopId: number;
  /** How long a change may take until the platform's lists show it; the order itself shows it at once. World ms. */
  readonly listLagMs: number;
  /** The platform's number of the `n`th order of the world, placed at `at`. The last six digits differ within a day. */
  number(at: number, n: number): string;
}

// They do not reveal how many orders there are.
const scattered = (at: number, n: number): string => {
  const day = Math.floor((startOfDay(at) - startOfDay(0)) / DAY);
  return String((n * 7_919 + day * 104_729) % 1_000_000).padStart(6, '0');
};

/** Made numbers of so many digits before the scattered six. */
const long = (start: string, digits: number, at: number, n: number): string =>
  start +
  String((n * 1_000_003) % 10 ** (digits - 6 - start.length)).padStart(digits - 6 - start.length, '0') +
  scattered(at, n);

export const shops: readonly Shop[] = [
  {
    id: 'tmall',
    channel: 'taobao',
    name: '天猫旗舰店',
    systemShopId: 10_001,
    listLagMs: 20 * SECOND,
    number: (at, n) => long('40', 19, at, n),
  },
  {
    id: 'mini',
    channel: 'miniprogram',
    name: '小程序商城',
    systemShopId: 10_002,
    listLagMs: 0,
    number: (at, n) => dayDigits(at) + scattered(at, n),
  },
  {
    id: 'pdd',
    channel: 'pinduoduo',
    name: '拼多多旗舰店',
    systemShopId: 10_003,
    listLagMs: 3 * MINUTE,
    number: (at, n) => `${dayDigits(at).slice(2)}-${long('', 15, at, n)}`,
  },
  {
    id: 'dy',
    channel: 'douyin',
    name: '抖音旗舰店',
    systemShopId: 10_004,
    listLagMs: 30 * SECOND,
    number: (at, n) => long('69', 19, at, n),
  },
  {
    id: 'us',
    channel: 'shopify',
    name: 'Shopify US',
    systemShopId: 10_005,
    listLagMs: 90 * SECOND,
    number: (at, n) => long('6', 13, at, n),
  },
  {
    id: 'wx',
    channel: 'wechat',
    name: '微信小店',
    systemShopId: 10_006,
    listLagMs: 30 * SECOND,
    number: (at, n) => long('37', 19, at, n),
  },
];

/** Throws for a shop that the company does not have. */
export function shopOf(id: string): Shop {
  const shop = shops.find((one) => one.id === id);
  if (shop === undefined) throw new Error(`unknown shop ${id}`);
  return shop;
}
