import { z } from 'zod';
import { AuthExpiredError, OutcomeUnknownError, RejectedError } from '../../../domain/errors.ts';
import type { Spoken } from '../../../domain/escalation.ts';
import { defineVoice } from '../../../ports/voice.ts';
import { createDingtalkApp } from '../../dingtalk.ts';
import { refusalOf, safe } from './refusal.ts';

const key = z.string().trim().min(1);
const Settings = z.object({ clientId: key, clientSecret: key, robotCode: key });
type Settings = z.output<typeof Settings>;

/** A DING that rings the telephone (dingtalk.md §5.1). */
const byTelephone = 3;
const Sent = z.object({
  openDingId: z.string().min(1),
  failedList: z.record(z.string(), z.array(z.string())).nullish(),
});

/** DingTalk's DING by telephone: it takes a ring and never tells whether anybody answered (dingtalk.md §5.1). */
export default defineVoice<Settings>({
  name: { zh: '钉钉电话', en: 'DingTalk call' },
  guide: {
    where: { zh: '钉钉开放平台 open-dev.dingtalk.com', en: 'DingTalk developer console, open-dev.dingtalk.com' },
    who: { zh: '企业管理员（专业版或专属版）', en: 'an admin of the organisation (professional or exclusive edition)' },
    steps: [
      { zh: '给机器人应用开通权限 Premium.Ding.Write', en: 'Grant the robot’s app Premium.Ding.Write' },
      {
        zh: '购买电话 DING 的接口套餐（和人发的 DING 分开计）',
        en: 'Buy the API package for DING calls (apart from what people send)',
      },
      {
        zh: '在 voice 里写 { kind: dingtalk, room: 群的id }',
        en: 'Write { kind: dingtalk, room: the room’s id } under voice',
      },
    ],
    without: {
      zh: '不打电话，只在群里和私聊里喊人',
      en: 'Nobody is rung; people are called in the group and in private',
    },
  },
  defaultBaseUrl: 'https://api.dingtalk.com',
  lender: 'dingtalk',
  settings: Settings,
  create(context) {
    const app = createDingtalkApp({ ...context, credentials: context.settings, refusalOf });
    const { robotCode } = context.settings;
    return {
      reaches: ({ dingtalk }) => dingtalk !== null,
      async dial({ callee, spoken }, signal) {
        const body = {
          robotCode,
          remindType: byTelephone,
          receiverUserIdList: [callee.dingtalk ?? ''],
          content: sentence(spoken),
          callVoice: 'Standard_Female_Voice',
        };
        const sent = Sent.safeParse(await app.call('/v1.0/robot/ding/send', body, signal));
        if (!sent.success) throw new OutcomeUnknownError('POST /v1.0/robot/ding/send: an answer that nobody can read');
        const [why] = Object.entries(sent.data.failedList ?? {}).find(([, people]) => people.length > 0) ?? [];
        if (why !== undefined) throw new RejectedError('The DING did not reach this person', { code: safe(why) });
        return sent.data.openDingId;
      },
      outcomeOf: null,
      readReceipts: null,
      answerReceipts: () => ({ status: 404, type: 'application/json', body: '{}' }),
      async check() {
        await app.renew().catch((error: unknown) => {
          if (!(error instanceof AuthExpiredError)) throw error;
          throw new RejectedError('DingTalk gave no token', { code: 'AUTH_EXPIRED' });
        });
      },
    };
  },
});

/** Said twice by the platform's own voice; short enough for fifteen seconds. */
const sentence = ({ place, what, number }: Spoken): string =>
  `请处理：${[place, what].filter((part) => part !== '').join('，')}。打开群${number === '' ? '' : `，${number}`}。`;
