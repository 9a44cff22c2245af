import { aliyunSms } from '../../world/company.ts';
import { listTexts, sendText, type TextRow } from '../../world/text-messages.ts';
import { DAY, HOUR, SECOND } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Server } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { createProduct, ok, readParam, refuse } from './product.ts';

/** Notices: per signature, template and number. */
const perNumber = [{ ms: DAY, limit: 50 }];
/** The carrier's receipt comes after that; before it a message is on its way. */
const arrivesAfter = 5 * SECOND;
const beijing = 8 * HOUR;

/** Alibaba Cloud's SMS: fills approved templates. It knows no idempotency: a repeat is sent again. */
export const createAliyunSms = (): Server =>
  createProduct({
    name: 'aliyun-sms',
    sheet: 'fulfillment.md §4',
    throttled: refuse('isv.BUSINESS_LIMIT_CONTROL'),
    actions: { SendSms: send, QuerySendDetails: details },
  });

function send(world: World, query: URLSearchParams, rates: RateWindows): Answer {
  const [mobile, template, outId] = ['PhoneNumbers', 'TemplateCode', 'OutId'].map((name) => query.get(name) ?? '');
  if (query.get('SignName') !== aliyunSms.sign) return refuse('isv.SMS_SIGNATURE_ILLEGAL');
  const words = Object.entries(aliyunSms.templates).find(([code]) => code === template)?.[1];
  if (words === undefined) return refuse('isv.SMS_TEMPLATE_ILLEGAL');
  const filled = fill(words, query.get('TemplateParam') ?? '');
  if (filled === undefined) return refuse('isv.TEMPLATE_MISSING_PARAMETERS');
  if (mobile === undefined || !/^1\d{10}$/.test(mobile)) return refuse('isv.MOBILE_NUMBER_ILLEGAL');
  if (rates.take(`${template}/${mobile}`, world.clock.now(), perNumber) !== undefined)
    return refuse('isv.BUSINESS_LIMIT_CONTROL');
  const biz_id = `${world.store.next('aliyun-sms', 900_000_000)}^0`;
  sendText(world, { mobile, words: filled, template: template ?? '', out_id: outId ?? '', biz_id });
  return ok({ BizId: biz_id }, true);
}

/** Undefined when a variable is missing. */
function fill(words: string, text: string): string | undefined {
  const given = readParam(text);
  if (given === undefined) return undefined;
  const names = [...words.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.some((name) => typeof given[name] !== 'string')) return undefined;
  return words.replaceAll(/\$\{(\w+)\}/g, (_whole, name: string) => String(given[name]));
}

function details(world: World, query: URLSearchParams): Answer {
  const [size, page] = [Number(query.get('PageSize')), Number(query.get('CurrentPage'))];
  if (!(size >= 1 && size <= 50 && page >= 1)) return refuse('isv.INVALID_PARAMETERS');
  const biz = query.get('BizId');
  const rows = listTexts(world)
    .filter(
      ({ mobile, at, biz_id }) =>
        mobile === query.get('PhoneNumber') && dayOf(at) === query.get('SendDate') && (biz === null || biz === biz_id),
    )
    .reverse();
  const now = world.clock.now();
  const shown = ({ at, status, out_id, biz_id, template, words }: TextRow) => ({
    OutId: out_id,
    BizId: biz_id,
    TemplateCode: template,
    Content: words,
    SendStatus: now - at < arrivesAfter ? 1 : status,
    ErrCode: now - at < arrivesAfter ? '' : status === 2 ? 'MOBILE_NOT_ON_SERVICE' : 'DELIVERED',
  });
  return ok({
    TotalCount: String(rows.length),
    SmsSendDetailDTOs: { SmsSendDetailDTO: rows.slice((page - 1) * size, page * size).map(shown) },
  });
}

const dayOf = (at: number): string => new Date(at + beijing).toISOString().slice(0, 10).replaceAll('-', '');
