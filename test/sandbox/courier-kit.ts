import type { Sandbox } from '../../src/sandbox/start.ts';
import { changeErp } from '../../src/sandbox/world/erp-orders.ts';
import { findOrder, orderReceiver, payOrder, placeOrder } from '../../src/sandbox/world/orders.ts';

const MINUTE = 60_000;

/** An order whose parcel was handed to a carrier just now; the courier comes with the next round. */
export async function sentParcel(
  sandbox: Sandbox,
  carrier: string,
): Promise<{ no: string; waybill: string; phone: string }> {
  const { world } = sandbox;
  const no = placeOrder(world, {
    at: world.clock.now(),
    random: world.random('courier-test', world.store.next('test')),
    lines: [{ sku: 'TX01-HE-M', qty: 1 }],
    note: '',
  });
  payOrder(world, no, world.clock.now());
  world.schedule(world.clock.now() + 5_000, 'push', no);
  const erp = () =>
    world.store.get<{ o_id: number; status: string; l_id: string | null }>(
      'SELECT o_id, status, l_id FROM erp_orders WHERE so_id = ?',
      no,
    );
  while (erp()?.l_id == null) await sandbox.advance(world.clock.now() + MINUTE);
  const { o_id, l_id } = erp() ?? { o_id: 0, l_id: '' };
  const waybill = `${carrier}${String(l_id).slice(2)}`;
  changeErp(world, o_id, world.clock.now(), { l_id: waybill, lc_id: carrier });
  while (erp()?.status !== 'Sent') await sandbox.advance(world.clock.now() + MINUTE);
  await sandbox.advance(world.clock.now() + 11_000);
  const order = findOrder(world, no);
  if (order?.waybill !== waybill) throw new Error(`${no} has no parcel: ${order?.status}`);
  return { no, waybill, phone: orderReceiver(order).phone };
}
