import { z } from 'zod';
import { OutcomeUnknownError, RejectedError } from '../../../domain/errors.ts';
import { type CallOutcome, type CallReceipt, defineVoice } from '../../../ports/voice.ts';
import { answerReceipts, createAliyun, readJson, readReceipts } from '../../aliyun.ts';

const key = z.string().trim().min(1);
const Settings = z.object({
  accessKeyId: key,
  accessKeySecret: key,
  /** An approved template with the variables place, what and number. */
  ttsCode: key,
  /** A purchased number; the shared mode has none. */
  calledShowNumber: z.string().trim().default(''),
  /** Which product the query means: the sheets do not agree (dingtalk.md §5.2). */
  prodId: key.default('11000000300006'),
});
type Settings = z.output<typeof Settings>;

const Answer = z.looseObject({ CallId: z.string().optional(), Data: z.unknown().optional() });
const Detail = z.looseObject({
  state: z.union([z.string(), z.number()]).transform(String),
  callee: z.string().optional(),
});
const Receipt = z.looseObject({ call_id: key, out_id: z.string().default('') });

/** Status codes of a call that is over (dingtalk.md §5.2); all others of 2001xx say that it goes on or never rang. */
function outcomeOf(code: string): CallOutcome | undefined {
  if (code === '200000' || code === '200001') return { state: 'answered', code };
  if (code === '200002') return { state: 'busy', code };
  if (/^(2000(0[3-7]|1[01])|2001(04|05|18|19|21))$/.test(code)) return { state: 'no-answer', code };
  return undefined;
}

/** Alibaba Cloud voice messages (Dyvmsapi 2017-05-25): speaks an approved template, and tells what became of a call. */
export default defineVoice<Settings>({
  name: { zh: '阿里云语音', en: 'Alibaba Cloud voice' },
  guide: {
    where: {
      zh: '阿里云语音服务控制台 dyvms.console.aliyun.com',
      en: 'Alibaba Cloud voice console, dyvms.console.aliyun.com',
    },
    who: { zh: '企业实名账号的管理员（个人账号不能用）', en: 'whoever holds the company’s account (no personal one)' },
    steps: [
      { zh: '提交企业资质，等审核', en: 'Hand in the company’s papers and wait for the review' },
      {
        zh: '申请语音通知模板：请处理：${place}，${what}。打开群，${number}。',
        en: 'Apply for the voice template 请处理：${place}，${what}。打开群，${number}。',
      },
      {
        zh: '建只有语音权限的 RAM 子账号，AccessKey 写进 .env，模板号写 ttsCode',
        en: 'Make a RAM user with voice rights only; its AccessKey goes into .env, the template’s id into ttsCode',
      },
      {
        zh: '要知道接没接，在控制台把呼叫回执地址设为 doctor 打印的那个',
        en: 'To learn who answered, set the receipt address in the console to the one that doctor prints',
      },
    ],
    without: { zh: '钉钉电话打不通时没有第二条线', en: 'There is no second line when the DingTalk call fails' },
  },
  defaultBaseUrl: 'https://dyvmsapi.aliyuncs.com',
  lender: null,
  settings: Settings,
  create(context) {
    const { ttsCode, calledShowNumber, prodId } = context.settings;
    const ask = createAliyun({ ...context, ...context.settings, version: '2017-05-25' });
    const send = async (...of: Parameters<typeof ask>) => Answer.parse(await ask(...of));
    const detailOf = (ref: string, at: number, signal: AbortSignal) =>
      send('QueryCallDetailByCallId', { CallId: ref, ProdId: prodId, QueryDate: String(at) }, false, signal);
    return {
      reaches: ({ mobile }) => mobile !== null && numberOf(mobile) !== undefined,
      async dial({ id, callee, spoken }, signal) {
        const { CallId } = await send(
          'SingleCallByTts',
          {
            CalledNumber: numberOf(callee.mobile ?? '') ?? '',
            TtsCode: ttsCode,
            TtsParam: JSON.stringify(spoken),
            PlayTimes: '2',
            OutId: id,
            ...(calledShowNumber === '' ? {} : { CalledShowNumber: calledShowNumber }),
          },
          true,
          signal,
        );
        if (CallId === undefined) throw new OutcomeUnknownError('SingleCallByTts: taken without a CallId');
        return CallId;
      },
      async outcomeOf({ ref, at, callee }, signal) {
        const { Data } = await detailOf(ref, at, signal);
        const detail = Detail.safeParse(typeof Data === 'string' ? readJson(Data) : Data);
        if (!detail.success) return undefined; // nothing yet
        const { state, callee: number } = detail.data;
        if (number !== undefined && numberOf(number) !== numberOf(callee.mobile ?? ''))
          throw new RejectedError('QueryCallDetailByCallId: a call to somebody else', { code: 'OTHER_CALLEE' });
        return outcomeOf(state);
      },
      readReceipts: (rawBody): readonly CallReceipt[] =>
        readReceipts(Receipt, rawBody).map(({ call_id: ref, out_id: id }) => ({ id, ref })),
      answerReceipts,
      async check(signal) {
        // A call that never was: whether we may ask is told before whether it exists.
        await send(
          'QueryCallDetailByCallId',
          { CallId: '0^0', ProdId: prodId, QueryDate: String(context.clock.now()) },
          false,
          signal,
        ).catch((error: unknown) => {
          if (
            !(error instanceof RejectedError) ||
            /Signature|AccessKey|PERMISSION|Forbidden|OUT_OF_SERVICE/i.test(error.code)
          )
            throw error;
        });
      },
    };
  },
});

/** A mainland number without +86; others with their country's code, as digits. */
function numberOf(mobile: string): string | undefined {
  const digits = mobile
    .replace(/[\s-]/g, '')
    .replace(/^(\+|00)86/, '')
    .replace(/^\+/, '');
  return /^\d{6,15}$/.test(digits) ? digits : undefined;
}
