import { createHash } from 'node:crypto';

/** As java.net.URLEncoder spells it: space is `+`, `* - . _` stay, all else is escaped. */
const javaUrlEncode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

/** msgDigest (fulfillment.md §2.4): base64 of the MD5 of the encoded data, timestamp and check word. */
export const digest = (msgData: string, timestamp: string, checkWord: string): string =>
  createHash('md5')
    .update(javaUrlEncode(msgData + timestamp + checkWord))
    .digest('base64');
