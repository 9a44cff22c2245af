import { changeOrder } from '../../world/orders.ts';
import { beijing } from '../../world/time.ts';
import type { World } from '../../world/world.ts';
import type { Answer } from '../exchange.ts';
import { invalid, noTrade, success } from './envelope.ts';
import { FLAGS } from './trade-shape.ts';
import { type Form, orderOf } from './trades.ts';

const MAX_BYTES = 1_000;

/** Replaces the memo; an empty one leaves it unless `reset` is true. A flag that is not given is grey. */
export function updateMemo(world: World, form: Form): Answer {
  const order = orderOf(world, form);
  if (order === undefined) return noTrade();
  const flag = FLAGS[Number(form.flag ?? 0)];
  if (flag === undefined) return invalid('flag');
  if (Buffer.byteLength(form.memo ?? '') > MAX_BYTES) return invalid('memo');
  const kept = form.reset === 'true' ? '' : order.remark;
  const at = world.clock.now();
  changeOrder(world, order.no, at, 'remark', { remark: form.memo || kept, flag });
  return success(form.method ?? '', { trade: { tid: BigInt(order.no), modified: beijing(at) } }, true);
}
