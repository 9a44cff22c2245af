import { createAliyunSms } from './aliyun/sms.ts';
import { createAliyunVoice } from './aliyun/voice.ts';
import { createControl } from './control.ts';
import { createDhl } from './dhl/server.ts';
import { createDingTalk } from './dingtalk/server.ts';
import { createDouyin } from './douyin/server.ts';
import type { Server } from './exchange.ts';
import { createFedex } from './fedex/server.ts';
import { createJushuitan } from './jushuitan/server.ts';
import { createKuaidi100 } from './kuaidi100/server.ts';
import { createKuaimai } from './kuaimai/server.ts';
import { createMiniProgram } from './miniprogram.ts';
import { createPinduoduo } from './pinduoduo/server.ts';
import { createQimen } from './qimen/server.ts';
import { createSf } from './sf/server.ts';
import { createShopify } from './shopify/server.ts';
import { createTaobao } from './taobao/server.ts';
import { createWangdiantong } from './wangdiantong/server.ts';
import { createWechat } from './wechat/server.ts';
import { createWecom } from './wecom/server.ts';

/** All protocol servers of the company, each with its own fresh rate windows. */
export function createServers(): readonly Server[] {
  return [
    createMiniProgram(),
    createDouyin(),
    createTaobao(),
    createPinduoduo(),
    createShopify(),
    createWechat(),
    createJushuitan(),
    createKuaimai(),
    createWangdiantong(),
    createQimen(),
    createKuaidi100(),
    createSf(),
    createDhl(),
    createFedex(),
    ...createDingTalk(),
    ...createWecom(),
    createAliyunVoice(),
    createAliyunSms(),
    createControl(),
  ];
}

export interface DeclaredRoute {
  server: string;
  method: string;
  path: string;
  sheet: string;
}

/** Every route of every server, with the sheet that says how it behaves. */
export const routeTable: readonly DeclaredRoute[] = createServers().flatMap((server) =>
  server.routes.map(({ method, path, sheet }) => ({ server: server.name, method, path: server.prefix + path, sheet })),
);
