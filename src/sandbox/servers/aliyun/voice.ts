import { aliyunVoice } from '../../world/company.ts';
import { findRing, personWith, type RingOutcome, ring } from '../../world/telephone.ts';
import { DAY, HOUR, MINUTE } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Server } from '../exchange.ts';
import type { RateWindows } from '../rate-windows.ts';
import { createProduct, ok, readParam, refuse } from './product.ts';
import { deliverReceipts, expectReceipt } from './receipts.ts';

const LONGEST_OUT_ID = 15;
const LONGEST_VARIABLE = 250;
/** Counted from the first call, and failed ones too. */
const perCallee = [
  { ms: MINUTE, limit: 1 },
  { ms: HOUR, limit: 5 },
  { ms: DAY, limit: 20 },
];
const variables = ['place', 'what', 'number'];

const statusOf: Readonly<Record<RingOutcome, string>> = {
  answered: '200000',
  'hung-up': '200001',
  busy: '200002',
  'no-answer': '200003',
  rejected: '200005',
  'powered-off': '200010',
};

/** Alibaba Cloud's voice messages: speaks templates over the world's telephones. */
export const createAliyunVoice = (): Server =>
  createProduct({
    name: 'aliyun-voice',
    sheet: 'dingtalk.md §5.2',
    throttled: refuse('Throttling.User', 400),
    actions: { SingleCallByTts: single, QueryCallDetailByCallId: detail },
    afterTime: ({ world }) => deliverReceipts(world, (outcome) => statusOf[outcome]),
  });

function single(world: World, query: URLSearchParams, rates: RateWindows): Answer {
  const [mobile, outId] = [query.get('CalledNumber') ?? '', query.get('OutId') ?? ''];
  if (query.get('TtsCode') !== aliyunVoice.ttsCode) return refuse('isv.TTS_TEMPLATE_ILLEGAL');
  const words = spoken(query.get('TtsParam') ?? '');
  if (words === undefined) return refuse('isv.TEMPLATE_PARAMS_ILLEGAL');
  if (Buffer.byteLength(outId) > LONGEST_OUT_ID) return refuse('isv.INVALID_PARAMETERS');
  if (!/^\d{6,15}$/.test(mobile)) return refuse('isv.MOBILE_NUMBER_ILLEGAL');
  if (world.store.readMeta('aliyun-voice-money') === '0') return refuse('isv.AMOUNT_NOT_ENOUGH');
  if (rates.take(mobile, world.clock.now(), perCallee) !== undefined) return refuse('isv.BUSINESS_LIMIT_CONTROL');
  const ref = `${world.store.next('aliyun-call', 100_000)}^${world.store.next('aliyun-call-part', 100)}`;
  const made = ring(world, { via: 'aliyun', person: personWith(mobile), words, ref, outId });
  expectReceipt(world, made);
  return ok({ CallId: ref }, true);
}

/** The template with its variables; undefined when they are not those of the template. */
function spoken(text: string): string | undefined {
  const given = readParam(text) ?? {};
  const isFine = (name: string): boolean => {
    const value = given[name];
    return typeof value === 'string' && value.length < LONGEST_VARIABLE && !/https?:/.test(value);
  };
  if (!variables.every(isFine) || Object.keys(given).length !== variables.length) return undefined;
  const [place, what, number] = variables.map((name) => String(given[name]));
  return `请处理：${place}，${what}。打开群，${number}。`;
}

function detail(world: World, query: URLSearchParams): Answer {
  const found = findRing(world, query.get('CallId') ?? '');
  const from = Number(query.get('QueryDate'));
  if (found === undefined || found.via !== 'aliyun') return refuse('isv.INVALID_PARAMETERS');
  const isIn = found.at >= from - 1_000 && found.at < from + DAY;
  if (!isIn || found.ends > world.clock.now()) return ok({ Data: null });
  const state = statusOf[found.outcome];
  return ok({
    Data: JSON.stringify({ caller: '', callee: found.mobile, state, stateDesc: found.outcome, duration: 0 }),
  });
}
