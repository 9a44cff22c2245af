import { notice } from '../../domain/card.ts';
import { promoCard } from '../../render/noise-cards.ts';
import { promoModel } from '../promo-model.ts';
import type { EndRequest, PromoRequest } from './kind.ts';
import type { OwnKind } from './own.ts';

/** A planned window of more volume, for the whole company. */
export const promo: OwnKind<PromoRequest> = {
  permission: 'admin',
  target: () => 'promo',
  async apply(tx, { directory, rules }, request, { actorId, at, language }) {
    const other = (await tx.noise.promosAhead(at)).find(
      ({ from, until }) => from < request.until && request.from < until,
    );
    if (other !== undefined)
      return {
        zh: '和已安排的大促重叠。先发 /大促 结束',
        en: 'It overlaps with a planned promotion: send /promo off first',
      };
    const id = await tx.noise.addPromo({ ...request, by: actorId });
    const model = promoModel(request, rules(), directory, at);
    return { card: promoCard(model, 'planned', language), before: { id } };
  },
  compensate: (_request, before) => ({ act: { kind: 'promo-end', subject: '', request: before as EndRequest } }),
  done: () => ({ zh: '已安排大促', en: 'promotion planned' }),
  aim: () => ({ zh: '安排大促', en: 'plan a promotion' }),
};

export const promoEnd: OwnKind<EndRequest> = {
  permission: 'admin',
  target: ({ id }) => `promo-end:${id}`,
  async apply(tx, _context, { id }, { at, language }) {
    if (!(await tx.noise.endPromo(id, at))) return { zh: '这个大促已经结束了', en: 'That promotion is over already' };
    return {
      card: notice('done', language === 'zh' ? '大促时段取消了' : 'The promotion is called off'),
      before: { id },
    };
  },
  compensate: () => ({ impossible: { zh: '请重新发 /大促', en: 'Send /promo again' } }),
  done: () => ({ zh: '已取消大促', en: 'promotion called off' }),
  aim: () => ({ zh: '取消大促', en: 'call the promotion off' }),
};
