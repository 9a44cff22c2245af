import { orderSubject } from '../../domain/order.ts';
import type { ActKind, AddressRequest } from './kind.ts';
import { orderNow } from './note.ts';

const words = {
  accept: {
    done: { zh: '已同意改地址', en: 'the address change is accepted' },
    aim: { zh: '同意改地址', en: 'accept the address change' },
  },
  refuse: {
    done: { zh: '已拒绝改地址', en: 'the address change is refused' },
    aim: { zh: '拒绝改地址', en: 'refuse the address change' },
  },
} as const;

/** Decides a buyer's request for another address in the shop. The platform takes a decision once, and no way back. */
export const address: ActKind<AddressRequest, null> = {
  permission: 'order:hold',
  visibleWithinMs: 30_000,
  target: ({ shopId, orderNo }) => `address:${orderSubject(shopId, orderNo)}`,

  async check(context, request, signal) {
    const now = await orderNow(context, request, signal);
    if (now === undefined)
      return { state: 'refused', why: { zh: '店铺后台查不到这单了', en: 'the shop no longer shows this order' } };
    if (now.addressChange === 'requested') return { state: 'go', before: null };
    return {
      state: 'refused',
      why: { zh: '这条改地址申请已经有人处理了，或买家撤回了', en: 'it has been decided, or the buyer took it back' },
    };
  },

  async write({ shopOf }, { shopId, orderNo, verdict }, _action, _by, signal) {
    const { decideAddress } = shopOf(shopId).channel;
    return decideAddress === undefined
      ? { kind: 'unsupported', manual: noAddressApi }
      : decideAddress(orderNo, verdict, signal);
  },

  // Nothing waits any more: decided. Which way, only the shop's own pages tell.
  async probe(context, request, _before, _action, signal) {
    const now = await orderNow(context, request, signal);
    return now !== undefined && now.addressChange !== 'requested' ? 'applied' : 'not-yet';
  },

  compensate: () => ({
    impossible: {
      zh: '平台没有撤回接口；要改回来请在店铺后台改',
      en: 'the platform has no way back; correct it in the shop’s own pages',
    },
  }),
  done: (_context, { verdict }) => words[verdict].done,
  aim: (_context, { verdict }) => words[verdict].aim,
};

/** Said before anybody confirms, and again if the shop lost it meanwhile. */
export const noAddressApi = {
  zh: '这个店铺没有接口，请在店铺后台「订单 → 修改地址申请」里处理，处理好我会自动发现',
  en: 'This shop has no interface for it; decide it in the shop’s own pages under the order, and I will notice',
};
