import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { sf } from '../../world/company.ts';
import type { Answer, Call, Route } from '../exchange.ts';
import { sameText } from '../same-text.ts';

const Form = z.object({
  partnerID: z.string(),
  requestID: z.string().min(1).max(40),
  serviceCode: z.string(),
  timestamp: z.string().regex(/^\d{13}$/),
  msgData: z.string().min(2),
  msgDigest: z.string(),
});

/** As java.net.URLEncoder spells a text. */
const javaEncoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);

/** base64(MD5(javaUrlEncode(msgData + timestamp + checkWord))) (fulfillment.md §2.4). */
export const signSf = (msgData: string, timestamp: string, checkWord: string): string =>
  createHash('md5')
    .update(javaEncoded(msgData + timestamp + checkWord))
    .digest('base64');

/** A transport that failed: HTTP says 200 all the same. */
const outer = (code: string, message: string): Answer => ({
  status: 200,
  body: { apiResultCode: code, apiErrorMsg: message, apiResponseID: randomUUID(), apiResultData: '' },
  outcome: code,
});

/** A transport that worked; whether it did as asked stands inside. */
export function inner(errorCode: string, errorMsg: string | null, msgData: unknown): Answer {
  const result = JSON.stringify({ success: errorCode === 'S0000', errorCode, errorMsg, msgData });
  return {
    status: 200,
    body: { apiResultCode: 'A1000', apiErrorMsg: '', apiResponseID: randomUUID(), apiResultData: result },
    outcome: errorCode === 'S0000' ? 'ok' : errorCode,
  };
}

export type Service = (context: Parameters<Route['answer']>[0], message: unknown) => Answer;

/** Looks at the signed form and hands its message to the service it names. */
export function serve(services: Readonly<Record<string, Service>>): Route['answer'] {
  return (context, call: Call) => {
    const form = Form.safeParse(Object.fromEntries(new URLSearchParams(call.body.toString('utf8'))));
    if (!form.success) return outer('A1001', '必传参数不可为空');
    const { partnerID, serviceCode, timestamp, msgData, msgDigest } = form.data;
    if (call.fault?.kind === 'wrong-ip') return outer('A1003', 'IP无效');
    if (call.fault?.kind === 'rate-limit') return outer('A1005', '流量超出限制');
    if (call.fault?.kind === 'expire-token') return outer('A1004', '无对应服务权限');
    const expected = signSf(msgData, timestamp, sf.checkWord);
    if (partnerID !== sf.partnerId || !sameText(msgDigest, expected)) return outer('A1006', '数字签名无效');
    const service = services[serviceCode];
    if (service === undefined) return outer('A1004', '无对应服务权限');
    return service(context, readJson(msgData));
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
