import { timingSafeEqual } from 'node:crypto';
import { Parser } from 'htmlparser2';
import { z } from 'zod';
import { RejectedError } from '../../../domain/errors.ts';
import type { CarrierPush, PushAnswer } from '../../../ports/carrier.ts';

const Pushed = z.object({
  Body: z.object({ WaybillRoute: z.array(z.looseObject({ mailno: z.string().min(1) })).min(1) }),
});

/**
 * RoutePushService (fulfillment.md §2.4): new routes of up to ten waybills, as JSON or as XML in `content`. Fengqiao signs
 * none of it, so it only names parcels, and the address that people type into its console carries our secret.
 */
export function readPush({ rawBody, key }: CarrierPush, secret: string): readonly string[] {
  if (!sameText(key, secret))
    throw new RejectedError('sf: a push to an address without our key', { code: 'BAD_SIGNATURE' });
  const text = rawBody.toString('utf8');
  const named = isJson(text) ? fromJson(text) : fromXml(new URLSearchParams(text).get('content') ?? text);
  if (named.length === 0) throw new RejectedError('sf: a push that names no waybill', { code: 'BAD_PUSH' });
  return [...new Set(named)];
}

const isJson = (text: string): boolean => text.trimStart().startsWith('{');

function fromJson(text: string): string[] {
  try {
    const pushed = Pushed.safeParse(JSON.parse(text));
    return pushed.success ? pushed.data.Body.WaybillRoute.map(({ mailno }) => mailno) : [];
  } catch {
    return [];
  }
}

function fromXml(text: string): string[] {
  const named: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, { mailno }) {
        if (name === 'WaybillRoute' && mailno !== undefined && mailno !== '') named.push(mailno);
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  return named;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Anything but OK (0000) is pushed again. Answered in the language of the push. */
export function answerPush(outcome: 'taken' | 'refused' | 'failed', { rawBody }: CarrierPush): PushAnswer {
  const status = { taken: 200, refused: 401, failed: 500 }[outcome];
  if (isJson(rawBody.toString('utf8'))) {
    const body =
      outcome === 'taken' ? { return_code: '0000', return_msg: '成功' } : { return_code: '1000', return_msg: '失败' };
    return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
  }
  const head = outcome === 'taken' ? '<Head>OK</Head>' : '<Head>ERR</Head><ERROR code="4001">失败</ERROR>';
  return {
    status,
    type: 'text/xml; charset=utf-8',
    body: `<Response service="RoutePushService">${head}</Response>`,
  };
}
