import { words } from './phrases.ts';

/** What holds back: 先不要, 等一下, 不对, but wait. */
const holdsBack = new RegExp(
  `^(?:${words('先 我 那 哦 啊 呃').join('|')})*(?:${words(
    '不 没 别 勿 未 非 莫 甭 取消 停 等 再 慢 错 算了 暂 稍',
  ).join('|')})|^(?:${words("no not don't dont don’t wait hold stop but cancel wrong").join('|')})(?![a-z])`,
  'i',
);
const asks = /[?？吗么呢嘛]|什么|怎么|为何|谁|哪|是否|是不是|\b(?:why|what|who|how)\b/i;

/** Whether the words behind a yes say why: a word or more, no question, and nothing that takes the yes back. */
export const isReason = (said: string): boolean =>
  /[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(said) && !asks.test(said) && !holdsBack.test(said.trim());
