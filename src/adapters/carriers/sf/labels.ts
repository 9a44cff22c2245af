import { z } from 'zod';
import {
  AuthExpiredError,
  OutcomeUnknownError,
  RateLimitedError,
  RejectedError,
  RetryableError,
} from '../../../domain/errors.ts';
import type { LabelParty } from '../../../domain/label.ts';
import type { Outcome, Refusal } from '../../../domain/outcome.ts';
import type { CarrierContext, Labels } from '../../../ports/carrier.ts';
import { type Credentials, createClient, type Inner } from './client.ts';

const Order = z.looseObject({
  /** 3: SF does not carry from here to there. */
  filterResult: z.union([z.string(), z.number()]).transform(String).nullish(),
  waybillNoInfoList: z
    .array(
      z.looseObject({ waybillNo: z.string().min(1), waybillType: z.union([z.string(), z.number()]).transform(String) }),
    )
    .nullish(),
});
const Files = z.looseObject({ files: z.array(z.looseObject({ url: z.url(), token: z.string() })).min(1) });

const done = 'S0000';
const repeated = '8016';
const noSuchOrder = '8024';
const cancelledAlready = '8037';
const outOfReach = '3';
const mostBytes = 4 * 1_024 * 1_024;

/** What these codes of the business mean for us (fulfillment.md §2.4). */
const refusals: Readonly<Record<string, Refusal>> = {
  [noSuchOrder]: 'not_found',
  '8252': 'shipped',
  '8194': 'invalid',
  '20035': 'invalid',
};

const own = '1';
const masterOf = (data: unknown): string | undefined =>
  Order.safeParse(data).data?.waybillNoInfoList?.find(({ waybillType }) => waybillType === own)?.waybillNo;

const isOutOfReach = (data: unknown): boolean => Order.safeParse(data).data?.filterResult === outOfReach;

const contact = (contactType: 1 | 2, { name, phone, province, city, district, address }: LabelParty) => ({
  contactType,
  contact: name,
  mobile: phone,
  country: 'CN',
  province,
  city,
  county: district,
  address,
});

/**
 * Labels over Fengqiao (fulfillment.md §3): the carrier makes one waybill for each of our numbers, a repeat answers 8016, so
 * a lost answer is looked up by EXP_RECE_SEARCH_ORDER_RESP. The file comes from COM_RECE_CLOUD_PRINT_WAYBILLS. Null while
 * nobody wrote down from where we send.
 */
export function createLabels(context: CarrierContext<Credentials>): Labels | null {
  const call = createClient(context);
  const { partnerId, monthlyCard } = context.credentials;
  const sender = senderOf(context.credentials);
  if (sender === undefined) return null;

  async function find(labelId: string, signal: AbortSignal): Promise<string | undefined> {
    const message = { language: 'zh-CN', orderId: labelId, searchType: '1' };
    const { code, data } = await call('EXP_RECE_SEARCH_ORDER_RESP', message, signal);
    if (code === noSuchOrder || (code === done && isOutOfReach(data))) return undefined;
    const waybill = code === done ? masterOf(data) : undefined;
    if (waybill === undefined)
      throw new RetryableError('EXP_RECE_SEARCH_ORDER_RESP: no waybill', { code: `SF_${code}` });
    return waybill;
  }

  const refused = ({ code, words }: Inner): Outcome<never> => ({
    kind: 'refused',
    code: refusals[code] ?? 'other',
    providerCode: code,
    ...(words === '' ? {} : { providerText: words }),
  });

  return {
    find,

    async create({ labelId, receiver, goods }, signal) {
      const message = {
        language: 'zh-CN',
        orderId: labelId,
        contactInfoList: [contact(1, sender), contact(2, receiver)],
        cargoDetails: goods.map(({ name, qty }) => ({ name: name.slice(0, 60), count: qty })),
        expressTypeId: 1,
        payMethod: 1,
        parcelQty: 1,
        isReturnRoutelabel: 1,
        ...(monthlyCard === undefined ? {} : { monthlyCard }),
      };
      try {
        const answer = await call('EXP_RECE_CREATE_ORDER', message, signal, true);
        if (answer.code === repeated) {
          const waybill = await find(labelId, signal);
          return waybill === undefined ? refused(answer) : { kind: 'already', value: { waybill } };
        }
        if (answer.code !== done) return refused(answer);
        // The order exists all the same, with or without a number: nobody will come for it.
        if (isOutOfReach(answer.data))
          return { kind: 'refused', code: 'other', providerCode: 'filterResult 3', providerText: '不在收派范围' };
        const waybill = masterOf(answer.data);
        // Taken, and no number to go by: it is looked up.
        return waybill === undefined ? { kind: 'unknown' } : { kind: 'done', value: { waybill } };
      } catch (error) {
        return outcomeOf(error);
      }
    },

    async print(waybill, signal) {
      const message = {
        templateCode: `fm_76130_standard_${partnerId}`,
        version: '2.0',
        fileType: 'pdf',
        sync: true,
        documents: [{ masterWaybillNo: waybill }],
      };
      const { code, data } = await call('COM_RECE_CLOUD_PRINT_WAYBILLS', message, signal);
      const [file] = Files.safeParse(data).data?.files ?? [];
      if (file === undefined)
        throw new RetryableError('COM_RECE_CLOUD_PRINT_WAYBILLS: no file', { code: `SF_${code}` });
      const bytes = await context.http.download({
        url: file.url,
        headers: { 'x-auth-token': file.token },
        mostBytes,
        signal,
      });
      if (!Buffer.from(bytes.subarray(0, 5)).equals(Buffer.from('%PDF-')))
        throw new RetryableError('COM_RECE_CLOUD_PRINT_WAYBILLS: no PDF', { code: 'BAD_ANSWER' });
      return bytes;
    },

    async cancel(labelId, waybill, signal) {
      const message = {
        orderId: labelId,
        dealType: 2,
        language: 'zh-CN',
        waybillNoInfoList: [{ waybillType: 1, waybillNo: waybill }],
      };
      try {
        const answer = await call('EXP_RECE_UPDATE_ORDER', message, signal, true);
        if (answer.code === cancelledAlready) return { kind: 'already', value: null };
        return answer.code === done ? { kind: 'done', value: null } : refused(answer);
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

const pauseMs = 5_000;
const forbidden: ReadonlySet<string> = new Set(['SF_A1002', 'SF_A1003', 'SF_A1004', 'SF_A1006']);

function outcomeOf(error: unknown): Outcome<never> {
  if (error instanceof OutcomeUnknownError) return { kind: 'unknown' };
  if (error instanceof RateLimitedError) return { kind: 'retryable', afterMs: error.afterMs, providerCode: error.code };
  if (error instanceof RetryableError) return { kind: 'retryable', afterMs: pauseMs, providerCode: error.code };
  if (error instanceof AuthExpiredError || error instanceof RejectedError)
    return { kind: 'refused', code: forbidden.has(error.code) ? 'forbidden' : 'other', providerCode: error.code };
  throw error;
}

function senderOf(credentials: Credentials): LabelParty | undefined {
  const { senderName, senderPhone, senderProvince, senderCity, senderDistrict = '', senderAddress } = credentials;
  if (!senderName || !senderPhone || !senderProvince || !senderCity || !senderAddress) return undefined;
  return {
    name: senderName,
    phone: senderPhone,
    province: senderProvince,
    city: senderCity,
    district: senderDistrict,
    address: senderAddress,
  };
}
