import { type DWClientDownStream, TOPIC_CARD } from 'dingtalk-stream';
import { z } from 'zod';
import { notice } from '../../../domain/card.ts';
import { AppError, RejectedError } from '../../../domain/errors.ts';
import { foreign, type Text } from '../../../domain/text.ts';
import type { Heard, HeardFile, Messenger, MessengerContext } from '../../../ports/messenger.ts';
import type { Api, Credentials } from './api.ts';
import { readClick, readMessage, type Unreadable } from './inbound.ts';
import { createSupervisor, type Supervisor, type Timings } from './supervisor.ts';

const answerMs = 10_000;
const mostRemembered = 1_000;
const downloadMs = 60_000;
const Download = z.object({ downloadUrl: z.url() });

/** What the clicker alone sees until the answer comes into the chat. */
const working = {
  cardUpdateOptions: { updatePrivateDataByKey: true },
  userPrivateData: { cardParamMap: { status: '⏳' } },
};

/** Stores what people say, then acknowledges it, in this order: what is not on disk comes again. */
export function createListen(
  context: MessengerContext<Credentials>,
  { api, send, timings }: { api: Api; send: Messenger['send']; timings: Timings },
): Supervisor {
  const { roomId, credentials, log, clock, hear, alarm, missed } = context;
  const answered = new Set<string>();
  let isAlarmed = false;

  async function handle(frame: DWClientDownStream): Promise<unknown> {
    if (frame.headers.topic === TOPIC_CARD) {
      const heard = readClick(frame.headers.messageId, frame.data);
      if (heard === undefined) log.warn({ room: roomId }, 'A press on a card that is not ours');
      else await hear(heard);
      return working;
    }
    const { heard, unreadable } = readMessage(frame.data);
    if (unreadable === undefined) await hear(heard);
    // Where sheets go is a question like any other.
    else if (unreadable.kind === 'file') await hear({ ...heard, text: '/import', ...fileOf(unreadable) });
    else answerHonestly(heard, unreadable.kind, unreadable.recognised);
    return null;
  }

  /** The code is changed for an address that lives a while ("download the file content of the robot receiving message"). */
  function fileOf({ file }: Unreadable): { readonly file?: HeardFile } {
    if (file === undefined) return {};
    const { name, downloadCode } = file;
    const { robotCode } = credentials;
    return {
      file: {
        name,
        async fetch(mostBytes, signal) {
          const given = Download.safeParse(
            await api.call('/v1.0/robot/messageFiles/download', { downloadCode, robotCode }, signal),
          );
          if (!given.success) throw new RejectedError('DingTalk gave no address for a file', { code: 'NO_DOWNLOAD' });
          return context.http.download({ url: given.data.downloadUrl, mostBytes, timeoutMs: downloadMs, signal });
        },
      },
    };
  }

  /** Nothing is stored of it, so its repetition is recognised here. */
  function answerHonestly(heard: Heard, kind: keyof typeof excuses, recognised: string): void {
    if (answered.has(heard.messageId)) return;
    answered.add(heard.messageId);
    for (const oldest of answered) {
      if (answered.size <= mostRemembered) break;
      answered.delete(oldest);
    }
    const { chatId, isPrivate, messageId } = heard;
    const target = { roomId, chatId, isPrivate };
    send(
      target,
      { ...excuse(kind, recognised), url: null },
      `unreadable/${messageId}`,
      AbortSignal.timeout(answerMs),
    ).catch((error: unknown) =>
      log.warn({ room: roomId, code: error instanceof AppError ? error.code : 'BUG' }, 'An answer was not delivered'),
    );
  }

  return createSupervisor({
    credentials,
    gateway: (signal) => api.gateway(signal),
    handle,
    onUp() {
      isAlarmed = false;
      log.info({ room: roomId }, 'DingTalk is heard');
    },
    onOpenFailed(error) {
      const code = error instanceof AppError ? error.code : 'NETWORK';
      log.warn({ room: roomId, code }, 'DingTalk cannot be heard, trying again');
      const isRefused = error instanceof AppError && (error.retry === 'never' || error.retry === 'refresh');
      if (!isRefused || isAlarmed) return;
      isAlarmed = true;
      alarm('dingtalk-auth', {
        zh: `钉钉不认这个应用（${code}），机器人现在听不到群里的话。请检查 clientId 和 clientSecret`,
        en: `DingTalk refuses the app (${code}); the bot cannot hear the group. Check clientId and clientSecret`,
      });
    },
    clock,
    onMissed: missed,
    roomId,
    log,
    timings,
  });
}

function excuse(kind: keyof typeof excuses, recognised: string) {
  const { zh, en } = excuses[kind];
  const heard = recognised === '' ? [] : [['“', foreign(recognised), '”']];
  return notice('info', zh, ...heard, '请打字发给我，例如订单号', `${en} Please type it, an order number for example.`);
}

/** The language of a private chat is not known here. */
const excuses: Readonly<Record<Exclude<Unreadable['kind'], 'file'>, Text>> = {
  audio: { zh: '语音我不当命令，怕听错', en: 'I take no orders from recordings, they are easily misheard.' },
  picture: { zh: '图片我看不了', en: 'I cannot see pictures.' },
  video: { zh: '视频我看不了', en: 'I cannot see videos.' },
  other: { zh: '这种消息我看不了', en: 'I cannot read this kind of message.' },
};
