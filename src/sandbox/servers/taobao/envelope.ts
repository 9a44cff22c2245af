import type { Answer } from '../exchange.ts';

/** A JSON document whose big integers stand there without quotes, as the platform writes them. */
function document(body: object): Buffer {
  const text = JSON.stringify(body, (_name, value: unknown) => (typeof value === 'bigint' ? `int64:${value}` : value));
  return Buffer.from(text.replace(/"int64:(\d+)"/g, '$1'));
}

/** What `taobao.trade.fullinfo.get` answers is in `trade_fullinfo_get_response`. */
export function success(method: string, result: object, applied = false): Answer {
  const name = `${method.replace(/^taobao\./, '').replaceAll('.', '_')}_response`;
  return { status: 200, body: document({ [name]: { ...result, request_id: 'sandbox' } }), outcome: 'ok', applied };
}

interface Failure {
  code: number;
  msg: string;
  sub_code?: string;
  sub_msg?: string;
}

/** A refusal; HTTP says 200 all the same. */
export function failure(failed: Failure): Answer {
  const body = { error_response: { ...failed, request_id: 'sandbox' } };
  return { status: 200, body, outcome: failed.sub_code ?? String(failed.code) };
}

/** The same for who did not ask for JSON. */
export function asXml({ code, msg }: Failure): Answer {
  const text = `<?xml version="1.0" encoding="utf-8" ?><error_response><code>${code}</code><msg>${msg}</msg></error_response>`;
  return { status: 200, body: Buffer.from(text), outcome: 'xml' };
}

export const invalid = (name: string): Answer =>
  failure({
    code: 41,
    msg: 'Invalid Arguments',
    sub_code: `isv.invalid-parameter:${name}`,
    sub_msg: `参数错误：${name}`,
  });

export const noTrade = (): Answer =>
  failure({ code: 15, msg: 'Remote service error', sub_code: 'isv.trade-not-exist', sub_msg: '交易不存在' });
