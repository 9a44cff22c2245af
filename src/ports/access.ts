import type { Text } from '../domain/text.ts';

/** What people have to do before a platform lets us in, for those who will do it. */
export interface AccessGuide {
  /** The console, and its address. */
  readonly where: Text;
  /** Whose account has to click. */
  readonly who: Text;
  /** In this order: rights to ask for, papers, what goes into which key. */
  readonly steps: readonly Text[];
  /** What works today without it. */
  readonly without: Text;
}

/** Orders of a shop whose platform is not open yet come as its exported sheet. */
export const bySheet: Text = {
  zh: '先用导出的订单表：打开 /import 传上来，或私聊发给机器人',
  en: 'Its exported sheet works today: send it at /import or to the bot in private',
};
