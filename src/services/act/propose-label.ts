import type { Asking } from '../../domain/asking.ts';
import { type Card, notice } from '../../domain/card.ts';
import { UserError } from '../../domain/errors.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { LabelRow } from '../../ports/stores.ts';
import { labelPreview } from '../../render/preview-cards.ts';
import type { Answer } from '../reply.ts';
import type { Act } from './kind.ts';
import { type LabelDesk, labelPath } from './label-desk.ts';
import { ask, demand, namedOrder, subjectOf } from './propose.ts';
import type { ProposeInterceptDeps } from './propose-intercept.ts';
import { readOrdersNow } from './read-now.ts';

export type ProposeLabelDeps = ProposeInterceptDeps & { readonly labels: LabelDesk };

const patience = 8_000;
/** A file that never came is asked for again that long; later it may have been erased on purpose. */
const fetchableMs = 7 * 24 * 3_600_000;

/** `/label`: which carrier, which goods, who else is in the parcel, from a fresh read; one label for a parcel, made after a yes. */
export function createProposeLabel(deps: ProposeLabelDeps) {
  const { storage, clock, directory, ingest, shops, labels } = deps;

  function makerFor(words: string): string {
    const makers = labels.makers();
    const [only, second] = makers;
    if (only === undefined)
      throw new UserError('NO_LABELS', {
        zh: '还没有能打面单的快递。请管理员在 warroom.yaml 的顺丰里写上寄件人和月结卡号',
        en: 'No carrier makes labels yet. Ask the administrator to write the sender and monthly account of SF into warroom.yaml',
      });
    const asked = words.trim();
    const found = makers.find(
      ({ id, carrier }) =>
        asked !== '' &&
        (id.toLowerCase() === asked.toLowerCase() || directory.carrierName(id) === asked || carrier.knows(asked)),
    );
    if (found !== undefined) return found.id;
    if (asked === '' && second === undefined) return only.id;
    const names = makers.map(({ id }) => directory.carrierName(id));
    throw new UserError('WHICH_CARRIER', {
      zh: `能打面单的快递：${names.join('、')}。写明一家，如：/面单 018842 ${names[0]}`,
      en: `Carriers that make labels: ${names.join(', ')}. Name one: /label 018842 ${only.id}`,
    });
  }

  /** It is there: its file is fetched if it never came, and shown. Nothing is ordered twice. */
  async function show(stands: LabelRow, { language }: Asking, signal: AbortSignal): Promise<Card> {
    const { id, orderId, carrierId, waybill, madeBy, madeAt } = stands;
    if (stands.sealed === null && clock.now() - madeAt < fetchableMs) {
      const pdf = await labels.makerOf(carrierId).print(waybill, signal);
      await labels.keep({ id, orderId, carrierId, waybill, madeBy }, pdf);
    }
    const zh = language === 'zh';
    const by = directory.personName(madeBy);
    return {
      ...notice(
        'info',
        zh
          ? `这个包裹已经有面单 …${tailOf(waybill)}（${directory.carrierName(carrierId)}，${by}打的），不再下单`
          : `That parcel has a label: …${tailOf(waybill)} (${directory.carrierName(carrierId)}, by ${by}); nothing was ordered`,
      ),
      link: { label: zh ? '打开面单（要登录）' : 'Open the label (log in)', path: labelPath(id) },
    };
  }

  return async (asking: Asking, known: Order, words: string | undefined): Promise<Answer> => {
    demand(asking, 'label');
    const carrierId = makerFor(words ?? '');
    const signal = AbortSignal.timeout(patience);
    for (const order of [known, ...(await storage.views.companionsOf(known.id))]) {
      const shop = shops().find(({ id }) => id === order.shopId);
      if (shop !== undefined) await ingest.readOrders(shop, [order.channelOrderNo], signal);
      await readOrdersNow(deps, [order], signal);
    }
    const order = (await storage.views.findOrder(known.id)) ?? known;
    const orders = [order, ...(await storage.views.companionsOf(order.id))];
    const stands = await labels.standing(orders);
    if (stands !== undefined) return [await show(stands, asking, signal)];
    const zh = asking.language === 'zh';
    const why = await labels.whyNot(orders);
    const tail = tailOf(order.channelOrderNo);
    if (why !== undefined)
      return [notice('refused', zh ? `${tail} 不能打面单：${why.zh}` : `No label for ${tail}: ${why.en}`)];
    if ((await storage.views.sealedReceiver(order.id)) === undefined)
      return [
        notice(
          'refused',
          zh ? `${tail} 这里打不了面单：收件人是平台加密的` : `No label for ${tail} here: the receiver is encrypted`,
          zh
            ? '请在平台或菜鸟里打单，单号回传后这里会看到'
            : 'Print it on the platform or with Cainiao; it shows here then',
        ),
      ];
    const labelId = await labels.nextId(orders);
    const act: Act = {
      kind: 'label',
      subject: subjectOf(order),
      request: {
        carrierId,
        labelId,
        orders: orders.map(({ id, shopId, channelOrderNo }) => ({ id, shopId, orderNo: channelOrderNo })),
      },
    };
    const proposal = { acts: [act], second: null, needsReason: false, undoOf: null, reason: 'label' };
    return (tx) =>
      ask(tx, clock, asking, proposal, (question) =>
        labelPreview(
          {
            order: namedOrder(order),
            carrier: directory.carrierName(carrierId),
            companions: orders.slice(1).map(({ channelOrderNo }) => tailOf(channelOrderNo)),
          },
          question,
          asking.language,
        ),
      );
  };
}
