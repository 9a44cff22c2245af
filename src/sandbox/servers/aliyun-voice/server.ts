import { randomUUID } from 'node:crypto';
import { aliyunVoice } from '../../world/company.ts';
import { findRing, personWith, type RingOutcome, ring } from '../../world/telephone.ts';
import { DAY, HOUR, MINUTE } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer, Call, Server } from '../exchange.ts';
import { createRateWindows, type RateWindows } from '../rate-windows.ts';
import { deliverReceipts, expectReceipt } from './receipts.ts';
import { refuseSignature } from './sign.ts';

const SHEET = 'dingtalk.md §5.2';
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

const ok = (body: object, applied = false): Answer => ({
  status: 200,
  body: { Code: 'OK', Message: 'OK', RequestId: randomUUID().toUpperCase(), ...body },
  outcome: 'ok',
  applied,
});

/** A business refusal comes with 200 (dingtalk.md §5.2: likely, not verified); a wrong signature with its own status. */
export const refuse = (code: string, status = 200): Answer => ({
  status,
  body: { Code: code, Message: code, RequestId: randomUUID().toUpperCase() },
  outcome: code,
});

/** Alibaba Cloud's voice messages: speaks templates over the world's telephones. */
export function createAliyunVoice(): Server {
  const rates = createRateWindows();
  const nonces = new Map<string, number>();
  return {
    name: 'aliyun-voice',
    prefix: '/aliyun-voice',
    routes: [
      {
        method: 'POST',
        path: '/',
        sheet: SHEET,
        kind: 'write',
        answer: ({ world }, call) => answer(world, call, rates),
      },
    ],
    guard: (world, call) => {
      const code = refuseSignature(call, '/aliyun-voice', world.clock.now(), nonces);
      return code === undefined ? undefined : refuse(code, 400);
    },
    notFound: () => refuse('InvalidAction.NotFound', 404),
    afterTime: ({ world }) => deliverReceipts(world, (outcome) => statusOf[outcome]),
  };
}

function answer(world: World, call: Call, rates: RateWindows): Answer {
  if (call.fault?.kind === 'rate-limit') return refuse('Throttling.User', 400);
  switch (call.headers['x-acs-action']) {
    case 'SingleCallByTts':
      return single(world, call.query, rates);
    case 'QueryCallDetailByCallId':
      return detail(world, call.query);
    default:
      return refuse('InvalidAction.NotFound', 404);
  }
}

function single(world: World, query: URLSearchParams, rates: RateWindows): Answer {
  const [mobile, outId] = [query.get('CalledNumber') ?? '', query.get('OutId') ?? ''];
  if (query.get('TtsCode') !== aliyunVoice.ttsCode) return refuse('isv.TTS_TEMPLATE_ILLEGAL');
  const words = readParam(query.get('TtsParam') ?? '');
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
function readParam(text: string): string | undefined {
  let given: Record<string, unknown>;
  try {
    given = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const isFine = (name: string): boolean => {
    const value = given[name];
    return typeof value === 'string' && value.length < LONGEST_VARIABLE && !/https?:/.test(value);
  };
  if (!variables.every(isFine) || Object.keys(given).length !== variables.length) return undefined;
  return `请处理：${given.place}，${given.what}。打开群，${given.number}。`;
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
