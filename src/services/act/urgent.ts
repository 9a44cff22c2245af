import { line } from '../../domain/card.ts';
import { tailOf } from '../../domain/order.ts';
import { foreign } from '../../domain/text.ts';
import type { Stores } from '../../ports/stores.ts';
import type { UrgentRequest } from './kind.ts';
import type { OwnKind } from './own.ts';

const actionsRead = 50;

/** Whether a person called an order urgent, and nobody took it back. */
export async function isUrgent(stores: Pick<Stores, 'actions'>, subject: string): Promise<boolean> {
  const last = (await stores.actions.listFor(subject, actionsRead)).find(
    ({ kind, state }) => (kind === 'urgent' || kind === 'calm') && state === 'done',
  );
  return last?.kind === 'urgent';
}

/** In our own rows: whoever looks at the order sees it, and the lead of its warehouse is called. A person sets it. */
export const urgent: OwnKind<UrgentRequest> = {
  permission: 'alert:act',
  target: ({ shopId, orderNo }) => `urgent:${shopId}/${orderNo}`,
  async apply(_tx, { directory }, { orderNo, title, where, owner }, { actorId, language }) {
    const zh = language === 'zh';
    const by = directory.personName(actorId);
    const first = [zh ? '加急' : 'Urgent', tailOf(orderNo), where].filter((part) => part !== '').join(' · ');
    return {
      card: {
        tone: 'critical',
        lines: [
          line(first),
          line(foreign(title)),
          line(zh ? `${by}标的，请先发` : `Set by ${by}: please send it first`),
        ],
        buttons: [{ label: zh ? '撤销' : 'Undo', command: `/undo ${orderNo}`, style: 'plain' }],
        link: null,
        ...(owner === null
          ? {}
          : {
              call: {
                who: [owner],
                before: zh ? '加急' : 'Urgent:',
                after: `${tailOf(orderNo)}${where === '' ? '' : `，${where}`}`,
              },
            }),
      },
      before: {},
    };
  },
  compensate: (request) => ({ act: { kind: 'calm', subject: '', request } }),
  done: () => ({ zh: '已加急', en: 'urgent' }),
  aim: () => ({ zh: '加急', en: 'make it urgent' }),
};

export const calm: OwnKind<UrgentRequest> = {
  permission: 'alert:act',
  target: ({ shopId, orderNo }) => `urgent:${shopId}/${orderNo}`,
  apply: async (_tx, _context, { orderNo }, { language }) => ({
    card: {
      tone: 'done',
      lines: [
        line(
          language === 'zh'
            ? `${tailOf(orderNo)} 不加急了。店铺备注里的字要自己删`
            : `${tailOf(orderNo)} is no longer urgent. The words in the shop’s remark stay until somebody removes them`,
        ),
      ],
      buttons: [],
      link: null,
    },
    before: {},
  }),
  compensate: () => ({ impossible: { zh: '要再加急，请重新发 /加急', en: 'To make it urgent again, send /urgent' } }),
  done: () => ({ zh: '不加急了', en: 'no longer urgent' }),
  aim: () => ({ zh: '取消加急', en: 'make it ordinary again' }),
};
