import { type AccessGuide, bySheet } from '../../../ports/access.ts';

/** channels.md §1.1: an app of the merchant's own has sessions of a fixed life, which only a person renews. */
export const guide: AccessGuide = {
  where: { zh: '淘宝开放平台 open.taobao.com → 控制台', en: 'open.taobao.com → console' },
  who: { zh: '店铺主账号（子账号不行）', en: "the shop's main account, not a sub-account" },
  steps: [
    {
      zh: '建一个「商家后台系统」应用，交企业资质',
      en: "Create an app of the kind 商家后台系统; it asks for the company's papers",
    },
    {
      zh: '申请交易读取（含收件人字段）和交易备注的权限',
      en: 'Ask for the rights to read trades, with their receivers, and to write memos',
    },
    {
      zh: '仓内进度另申请「订单全链路」读取；没有也能用，只是看不到分拣',
      en: 'The warehouse stages need 订单全链路, too; without it all works but sorting stays dark',
    },
    { zh: '把机器人的出口 IP 加进应用的 IP 白名单', en: "Put the bot's outgoing address on the app's IP list" },
    {
      zh: '主账号授权，把 appKey、appSecret、session 写进 .env，到期日写进 sessionEndsAt',
      en: 'Authorise with the main account; appKey, appSecret and session go into .env, the last day into sessionEndsAt',
    },
  ],
  without: bySheet,
};
