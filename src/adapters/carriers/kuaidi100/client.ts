import { z } from 'zod';
import { type AppError, RateLimitedError, RejectedError, RetryableError } from '../../../domain/errors.ts';
import type { CarrierContext } from '../../../ports/carrier.ts';

export interface Credentials {
  readonly customer: string;
  readonly key: string;
}

/** An answer whose `returnCode` is '200' when all is well, whatever HTTP says (fulfillment.md §8). */
interface Envelope {
  readonly returnCode: string;
  readonly body: unknown;
}

const Code = z.union([z.string(), z.number()]).transform(String);
/** A refusal and a subscription say `returnCode`, a tracking says `status`. */
const Answer = z.looseObject({ returnCode: Code.optional(), status: Code.optional() });

const pauseMs = 5_000;

/** Codes that speak of the caller or of the service; all others speak of the parcel (fulfillment.md §2.2). */
function errorOf(where: string, code: string): AppError | undefined {
  switch (code) {
    case '503':
      return new RejectedError(
        `${where}: the signature is wrong; check credentials.customer and credentials.key (503)`,
        { code: 'KD100_SIGN' },
      );
    case '600':
      return new RejectedError(`${where}: this key is not known (600)`, { code: 'KD100_KEY' });
    case '601':
      return new RejectedError(`${where}: the key is over or its quota is spent; renew it at kuaidi100 (601)`, {
        code: 'KD100_KEY',
      });
    case '502':
      return new RateLimitedError(`${where}: it is busy (502)`, pauseMs);
    default:
      return undefined;
  }
}

/** Form calls, one attempt each, never two at a time. Their answers are told apart by `returnCode`, not by HTTP. */
export function createClient({ http, baseUrl }: Pick<CarrierContext<Credentials>, 'http' | 'baseUrl'>) {
  const base = baseUrl.replace(/\/+$/, '');
  let last: Promise<unknown> = Promise.resolve();

  async function send(path: string, form: Record<string, string>, signal: AbortSignal): Promise<Envelope> {
    const answer = await http.send({
      method: 'POST',
      url: base + path,
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
      body: new URLSearchParams(form).toString(),
      signal,
    });
    const body = answer.json();
    const read = Answer.safeParse(body);
    const returnCode = read.data?.returnCode ?? read.data?.status;
    if (returnCode === undefined)
      throw new RetryableError(`POST ${path}: the answer has no code`, { code: 'BAD_ANSWER' });
    const error = errorOf(`POST ${path}`, returnCode);
    if (error !== undefined) throw error;
    return { returnCode, body };
  }

  /** Throws AppError. No message carries a key, a waybill or a phone. */
  return (path: string, form: Record<string, string>, signal: AbortSignal): Promise<Envelope> => {
    const turn = last.then(() => {
      if (signal.aborted) throw new RetryableError(`POST ${path}: stopped before it was sent`, { code: 'ABORTED' });
      return send(path, form, signal);
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}
