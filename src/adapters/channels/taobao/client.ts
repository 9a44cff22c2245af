import { z } from 'zod';
import { OutcomeUnknownError, RetryableError } from '../../../domain/errors.ts';
import { toBeijingText } from '../../../domain/local-time.ts';
import type { ChannelContext } from '../../../ports/channel.ts';
import { Failure, refusalOf } from './refusal.ts';
import { type SignMethod, sign } from './sign.ts';

export interface Credentials {
  readonly appKey: string;
  readonly appSecret: string;
  readonly session: string;
  /** When the session ends, in unix ms: the platform tells it once, to who authorised the app. */
  readonly sessionEndsAt: number | null;
  readonly signMethod: SignMethod;
}

export interface Call {
  /** `taobao.trade.fullinfo.get` */
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly write?: boolean;
}

/** What is inside `<method>_response`. */
export type Send = (call: Call, signal: AbortSignal) => Promise<unknown>;

const Failed = z.object({ error_response: Failure });
const Answered = z.record(z.string(), z.unknown());

/**
 * Signed form calls, one attempt each. The platform says no with HTTP 200: see refusal.ts for what is thrown then.
 * Throws RetryableError for an answer that is none, OutcomeUnknownError when that happens to a write.
 */
export function createClient({ http, clock, baseUrl, credentials }: ChannelContext<Credentials>): Send {
  const { appKey, appSecret, session, signMethod } = credentials;
  return async ({ method, params, write = false }, signal) => {
    const form: Record<string, string> = {
      ...params,
      method,
      app_key: appKey,
      session,
      timestamp: toBeijingText(clock.now()),
      format: 'json',
      v: '2.0',
      sign_method: signMethod,
    };
    const answer = await http.send({
      method: 'POST',
      url: baseUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
      body: new URLSearchParams({ ...form, sign: sign(appSecret, signMethod, form) }).toString(),
      write,
      signal,
    });
    const body = answer.json();
    const failed = Failed.safeParse(body);
    if (failed.success) throw refusalOf(method, failed.data.error_response, write);
    const answered = Answered.safeParse(body).data ?? {};
    // The name follows from the method, but gateways differ in whether `taobao_` is part of it.
    const name = Object.keys(answered).find((key) => key.endsWith('_response') && key !== 'error_response');
    if (name !== undefined) return answered[name];
    const message = `${method}: the answer is neither a result nor a refusal; is the base URL right?`;
    throw write ? new OutcomeUnknownError(message) : new RetryableError(message, { code: 'BAD_ANSWER' });
  };
}
