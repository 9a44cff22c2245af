import { z } from 'zod';
import { app, group, outsider, people } from './tenant.ts';

export const Kind = z.enum(['text', 'richText', 'picture', 'audio', 'video', 'file', 'unknownMsgType', 'reply']);
export type Kind = z.output<typeof Kind>;

interface Words {
  readonly by: string;
  readonly text: string;
  readonly isPrivate: boolean;
  readonly kind: Kind;
  /** Of a file: its name, and by which code it is fetched. */
  readonly file?: { readonly name: string; readonly code: string } | undefined;
}

/** The part of a message that depends on its kind (dingtalk.md §2). */
export function contentOf({ kind, text, file }: Pick<Words, 'kind' | 'text' | 'file'>): object {
  switch (kind) {
    case 'text':
      // The robot's own name is cut out, and the blank behind it stays.
      return { text: { content: ` ${text}` } };
    case 'reply':
      return {
        text: {
          content: ` ${text}`,
          isReplyMsg: true,
          repliedMsg: { msgType: 'text', content: { text: '/释放 018842' } },
        },
      };
    case 'richText': {
      const half = Math.ceil(text.length / 2);
      const parts = [
        { text: text.slice(0, half) },
        { type: 'picture', downloadCode: 'code' },
        { text: text.slice(half) },
      ];
      return { content: { richText: parts } };
    }
    case 'audio':
      return { content: { duration: 3_000, downloadCode: 'code', recognition: text } };
    case 'file':
      return { content: { fileName: file?.name ?? 'orders.xlsx', downloadCode: file?.code ?? 'code' } };
    case 'picture':
    case 'video':
    case 'unknownMsgType':
      return { content: { downloadCode: 'code' } };
    default:
      return kind satisfies never;
  }
}

/** A robot message as it is pushed. */
export function dataOf(
  words: Words,
  { msgId, createAt, url, expiresAt }: { msgId: string; createAt: number; url: string; expiresAt: number },
) {
  const person = people.find(({ id }) => id === words.by);
  return {
    msgId,
    msgtype: words.kind === 'reply' ? 'text' : words.kind,
    createAt,
    conversationId: words.isPrivate ? `cidPrivate-${words.by}` : group.id,
    conversationType: words.isPrivate ? '1' : '2',
    ...(words.isPrivate ? {} : { conversationTitle: group.title, isInAtList: true }),
    senderId: person === undefined ? outsider.hidden : `$:LWCP_v1:$${person.id}`,
    ...(person === undefined ? {} : { senderStaffId: person.id, senderCorpId: app.corpId }),
    senderNick: person?.name ?? outsider.name,
    isAdmin: false,
    chatbotUserId: '$:LWCP_v1:$bot',
    chatbotCorpId: app.corpId,
    robotCode: app.clientId,
    sessionWebhook: url,
    sessionWebhookExpiredTime: expiresAt,
    senderPlatform: 'Win',
    openThreadId: 'thread-demo',
    ...contentOf(words),
  };
}
