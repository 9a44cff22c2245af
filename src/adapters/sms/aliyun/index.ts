import { z } from 'zod';
import { OutcomeUnknownError, RejectedError } from '../../../domain/errors.ts';
import { toBeijingText } from '../../../domain/local-time.ts';
import { type SmsKind, smsKinds, smsTemplates } from '../../../domain/sms.ts';
import { defineSms, type SmsOutcome } from '../../../ports/sms.ts';
import { answerReceipts, createAliyun, readReceipts } from '../../aliyun.ts';

const key = z.string().trim().min(1);
const Settings = z.object({
  accessKeyId: key,
  accessKeySecret: key,
  /** The approved signature: 【…】 before every message. */
  sign: key,
  /** Ids of approved templates; a kind without one is not sent. */
  templates: z.partialRecord(z.enum(smsKinds), key),
});
type Settings = z.output<typeof Settings>;

const Sent = z.looseObject({ BizId: key.optional() });
const Details = z.looseObject({
  SmsSendDetailDTOs: z.looseObject({
    SmsSendDetailDTO: z.array(
      z.looseObject({
        OutId: z.string().default(''),
        /** 1 waits for the carrier's receipt, 2 failed, 3 arrived. */
        SendStatus: z.coerce.number(),
        ErrCode: z.string().default(''),
        BizId: z.string().default(''),
      }),
    ),
  }),
});
const Receipt = z.looseObject({ out_id: z.string().default('') });

const states: Readonly<Record<number, SmsOutcome['state']>> = { 1: 'sent', 2: 'failed', 3: 'delivered' };
const pageSize = '50';

/**
 * Alibaba Cloud SMS (Dysmsapi 2017-05-25, fulfillment.md §4). It knows no idempotency: our number only comes back in
 * receipts and in the day's list, by which an unanswered message is found.
 */
export default defineSms<Settings>({
  name: { zh: '阿里云短信', en: 'Alibaba Cloud SMS' },
  guide: {
    where: {
      zh: '阿里云短信服务控制台 dysms.console.aliyun.com',
      en: 'Alibaba Cloud SMS console, dysms.console.aliyun.com',
    },
    who: { zh: '企业实名账号的管理员', en: 'whoever holds the company’s account' },
    steps: [
      {
        zh: '申请短信签名（营业执照、商标或店铺截图），等审核',
        en: 'Apply for the signature (licence, brand or shop) and wait',
      },
      ...smsKinds.map((kind) => ({
        zh: `申请通知模板 ${kind}：${smsTemplates[kind].zh}`,
        en: `Apply for the template ${kind}: ${smsTemplates[kind].zh}`,
      })),
      {
        zh: '建只有短信权限的 RAM 子账号，AccessKey 写进 .env；签名写 sign，模板号写 templates',
        en: 'Make a RAM user with SMS rights only; its AccessKey goes into .env, the signature into sign, the ids into templates',
      },
    ],
    without: {
      zh: '不给买家发短信；进度请用平台消息告诉买家',
      en: 'Buyers get no text; tell them through the platform',
    },
  },
  defaultBaseUrl: 'https://dysmsapi.aliyuncs.com',
  settings: Settings,
  create(context) {
    const { sign, templates, ...keys } = context.settings;
    const ask = createAliyun({ ...context, ...keys, version: '2017-05-25' });
    return {
      kinds: Object.keys(templates) as SmsKind[],
      async send({ id, mobile, kind, variables }, signal) {
        const answer = await ask(
          'SendSms',
          {
            PhoneNumbers: mobile,
            SignName: sign,
            TemplateCode: templates[kind] ?? '',
            TemplateParam: JSON.stringify(variables),
            OutId: id,
          },
          true,
          signal,
        );
        const { BizId } = Sent.parse(answer);
        if (BizId === undefined) throw new OutcomeUnknownError('SendSms: taken without a BizId');
        return BizId;
      },
      async outcomeOf({ id, mobile, ref, at }, signal) {
        for (let page = 1; ; page += 1) {
          const answer = Details.safeParse(
            await ask(
              'QuerySendDetails',
              {
                PhoneNumber: mobile,
                SendDate: toBeijingText(at).slice(0, 10).replaceAll('-', ''),
                PageSize: pageSize,
                CurrentPage: String(page),
                ...(ref === null ? {} : { BizId: ref }),
              },
              false,
              signal,
            ),
          );
          if (!answer.success)
            throw new RejectedError('QuerySendDetails: an answer nobody can read', { code: 'BAD_ANSWER' });
          const rows = answer.data.SmsSendDetailDTOs.SmsSendDetailDTO;
          const found = rows.find(({ OutId }) => OutId === id);
          if (found !== undefined) {
            const state = states[found.SendStatus] ?? 'sent';
            return { state, ref: found.BizId, code: state === 'failed' ? found.ErrCode : '' };
          }
          if (rows.length < Number(pageSize)) return undefined;
        }
      },
      readReceipts: (rawBody) =>
        readReceipts(Receipt, rawBody)
          .map(({ out_id: id }) => id)
          .filter((id) => id !== ''),
      answerReceipts,
    };
  },
});
