import type { Shop } from './shops.ts';
import { DAY } from './time.ts';

export const mini = { key: 'mini-key', secret: 'mini-secret-demo' } as const;

export const jushuitan = {
  appKey: 'appkey-demo',
  appSecret: 'jst-secret-demo',
  accessToken: 'token-demo',
  refreshToken: 'refresh-demo',
} as const;

export const kuaimai = { appKey: '3000001', appSecret: 'km-secret-demo' } as const;

export const qimen = {
  appKey: '12345678',
  appSecret: 'qimen-secret-demo',
  customerId: 'c1700000001',
  ownerCode: 'YSYC01',
} as const;

export const wangdiantong = { sid: 'demo-sid', appKey: 'demo-key', appSecret: 'demo-secret:demo-salt' } as const;

export const sf = {
  partnerId: 'SFDEMO',
  checkWord: 'checkword-demo',
  monthlyCard: '7551234567',
  senderName: '杭州仓发货组',
  senderPhone: '13800000001',
  senderProvince: '浙江省',
  senderCity: '杭州市',
  senderAddress: '江南大道 1 号 3 号库',
} as const;
export const dhl = { apiKey: 'apX1demo', apiSecret: 'dhl-secret-demo' } as const;
export const fedex = { clientId: 'l7demo', clientSecret: 'fedex-secret-demo' } as const;
export const kuaidi100 = { customer: 'CUSTdemo', key: 'KEYdemo' } as const;

/**
 * The protocols in which the company's one ERP can be spoken to, by the kind that `warroom.yaml` calls them: the server that
 * speaks it, and the keys of its `credentials` block.
 */
export const erpDoors = {
  jushuitan: {
    server: 'jst',
    credentials: { appKey: jushuitan.appKey, appSecret: jushuitan.appSecret },
  },
  shopify: { server: 'us', credentials: { accessToken: 'shpat_demo' } },
  kuaimai: { server: 'kuaimai', credentials: kuaimai },
  wangdiantong: { server: 'wdt', credentials: wangdiantong },
  qimen: { server: 'qimen', credentials: qimen },
} as const;
/** The protocols whose access tokens end and are renewed. */
const withTokens: readonly ErpKind[] = ['jushuitan', 'kuaimai'];
export type ErpKind = keyof typeof erpDoors;
export const erpKinds = Object.keys(erpDoors) as ErpKind[];

/** How long an access token of the ERP lives. */
export const TOKEN_LIFE = 180 * DAY;

/** What the company's shops show to their platforms: the keys of a `credentials` block in `warroom.yaml`. */
export const shopCredentials = {
  tmall: { appKey: '23000001', appSecret: 'top-secret-demo', session: 'sess-demo' },
  mini,
  pdd: {
    clientId: 'pdd-client-demo',
    clientSecret: 'pdd-secret-demo',
    accessToken: 'pdd-token-demo',
    refreshToken: 'pdd-refresh-demo',
  },
  dy: { appKey: '7000000000000000001', appSecret: 'dd-secret-demo', shopId: '4463798' },
  us: { accessToken: 'shpat_demo', webhookSecret: 'whsec-demo' },
  wx: {
    appId: 'wx0123456789abcdef',
    appSecret: 'wx-secret-demo',
    token: 'tok_demo',
    encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  },
} as const;

export interface Warehouse {
  id: string;
  name: string;
  kind: 'own' | '3pl';
  province: string;
  city: string;
  code: number;
  speedPerHour: number;
  /** Provinces it serves first. */
  serves: readonly string[];
}

export const openAt = '08:30';
export const closeAt = '22:00';
export const courierAt = ['13:00', '18:00', '22:30'] as const;

export const warehouses: readonly Warehouse[] = [
  {
    id: 'hz',
    name: '杭州仓',
    kind: 'own',
    province: '浙江',
    city: '杭州',
    code: 1001,
    speedPerHour: 900,
    serves: ['浙江', '江苏', '上海', '山东', '安徽', '福建'],
  },
  {
    id: 'gz',
    name: '广州仓',
    kind: 'own',
    province: '广东',
    city: '广州',
    code: 1002,
    speedPerHour: 600,
    serves: ['广东', '湖南', '广西'],
  },
  {
    id: 'xa',
    name: '西安仓',
    kind: '3pl',
    province: '陕西',
    city: '西安',
    code: 1003,
    speedPerHour: 480,
    serves: ['陕西', '四川', '北京', '河南'],
  },
];

/** A warehouse by its id (`hz`), its name (`杭州仓`) or its code (`1001`). */
export function findWarehouse(text: string | number): Warehouse | undefined {
  return warehouses.find((one) => one.id === text || one.name === text || String(one.code) === String(text));
}

/** The ERP's virtual warehouse, where pieces are set aside for live rooms. */
export const virtualWarehouse = { lwhId: 9001, name: '直播间预留' } as const;

export const staff = [
  { id: 'wang', name: '王敏', role: 'ops-lead', mobile: '13800000001' },
  { id: 'li', name: '李建国', role: 'warehouse-lead', mobile: '13800000002' },
  { id: 'chen', name: '陈静', role: 'cs-lead', mobile: '13800000003' },
  { id: 'zhao', name: '赵磊', role: 'finance', mobile: '13800000004' },
  { id: 'sun', name: '孙悦', role: 'operator', mobile: '13800000005' },
  { id: 'zhou', name: '周芳', role: 'viewer', mobile: '13800000006' },
] as const;

/** What the company shows to the app of its DingTalk, and to its second telephone line. */
export const dingtalkApp = { clientId: 'dingwarroom', clientSecret: 'ding-secret-demo' } as const;
export const aliyunVoice = {
  accessKeyId: 'LTAIdemo',
  accessKeySecret: 'aliyun-secret-demo',
  ttsCode: 'TTS_100000001',
} as const;

/** The words of its approved templates, by their ids. */
export const aliyunSms = {
  sign: '云上衣橱',
  templates: {
    SMS_100000001: '亲，您的订单将从${warehouse}发出，为确保品质，我们会在48小时内完成质检打包，感谢耐心等待~',
    SMS_100000002: '您的订单${tail}已由${carrier}揽收，运单尾号${waybill}。',
    SMS_100000003: '您的订单${tail}已送达，有问题请联系客服。',
  },
} as const;

export const carriers = [
  { id: 'YTO', name: '圆通速递', prefix: 'YT' },
  { id: 'ZTO', name: '中通快递', prefix: '78' },
  { id: 'SF', name: '顺丰速运', prefix: 'SF' },
] as const;

/** The company as the bot's `warroom.yaml` would name it, pointing at this very server. */
export function companyConfig(
  url: string,
  erp: ErpKind,
  tokens: { accessToken: string; refreshToken: string },
  shops: readonly Shop[],
): object {
  const door = erpDoors[erp];
  return {
    timezone: 'Asia/Shanghai',
    shops: shops.map(({ id, channel, name, systemShopId }) => ({
      id,
      channel,
      name,
      baseUrl: `${url}/${id}`,
      // The simulated company began yesterday.
      backfillDays: 1,
      system: 'wms',
      systemShopId: String(systemShopId),
      credentials: shopCredentials[id as keyof typeof shopCredentials],
    })),
    systems: [
      {
        id: 'wms',
        kind: erp,
        baseUrl: `${url}/${door.server}`,
        credentials: { ...door.credentials, ...(withTokens.includes(erp) ? tokens : {}) },
      },
    ],
    warehouses: warehouses.map((one) => ({
      id: one.id,
      name: one.name,
      kind: one.kind,
      province: one.province,
      city: one.city,
      system: 'wms',
      code: String(one.code),
      hours: [`Mon-Sun ${openAt}-${closeAt}`],
      courierAt,
      speedPerHour: one.speedPerHour,
    })),
    carriers: [
      { id: 'kd', kind: 'kuaidi100', baseUrl: `${url}/kuaidi100`, credentials: kuaidi100 },
      { id: 'sf', kind: 'sf', baseUrl: `${url}/sf`, credentials: sf },
      { id: 'dhl', kind: 'dhl', baseUrl: `${url}/dhl`, credentials: dhl },
      { id: 'fedex', kind: 'fedex', baseUrl: `${url}/fedex`, credentials: fedex },
    ],
    rooms: [{ id: 'war', platform: 'web', name: '订单作战群', language: 'zh' }],
    // Their ids on DingTalk are the same.
    staff: staff.map((one) => ({ ...one, dingtalk: one.id })),
    voice: [
      {
        kind: 'dingtalk',
        baseUrl: `${url}/dingtalk`,
        credentials: { ...dingtalkApp, robotCode: dingtalkApp.clientId },
      },
      {
        kind: 'aliyun',
        baseUrl: `${url}/aliyun-voice`,
        credentials: { accessKeyId: aliyunVoice.accessKeyId, accessKeySecret: aliyunVoice.accessKeySecret },
        ttsCode: aliyunVoice.ttsCode,
      },
    ],
    sms: [
      {
        kind: 'aliyun',
        baseUrl: `${url}/aliyun-sms`,
        credentials: { accessKeyId: aliyunVoice.accessKeyId, accessKeySecret: aliyunVoice.accessKeySecret },
        sign: aliyunSms.sign,
        templates: { remote: 'SMS_100000001' },
      },
    ],
    roster: [
      { role: 'ops-lead', who: ['wang'], every: 'week', from: '2020-01-06 08:30' },
      { role: 'warehouse-lead', who: ['li'], every: 'week', from: '2020-01-06 08:30' },
      { role: 'cs-lead', who: ['chen'], every: 'week', from: '2020-01-06 08:30' },
    ],
    summary: { at: ['08:30'], rooms: ['war'] },
    limits: {
      fourEyes: { releaseUnits: 20, releaseValue: 2000, gateBypass: true },
      roomPerHour: 12,
      callsPerNight: 2,
    },
  };
}
