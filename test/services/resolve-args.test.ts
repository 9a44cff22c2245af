import { expect, it } from 'vitest';
import { createResolveArgs } from '../../src/services/resolve-args.ts';
import { anOrder } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

it('[B5] finds an order by what the shop calls it, and asks when that may be the tail of another', async () => {
  const flow = await startFlow();
  const { orderOf } = createResolveArgs(flow);
  await flow.tell(anOrder({ channelOrderNo: '6000004012345', displayNo: '1043' }));
  await flow.tell(anOrder({ channelOrderNo: '6000004012346', displayNo: 'EN1044' }));

  expect((await orderOf('1043')).channelOrderNo).toBe('6000004012345');
  expect((await orderOf('en1044')).channelOrderNo).toBe('6000004012346');
  await flow.tell(anOrder({ channelOrderNo: '20261124001043' }));
  await expect(orderOf('1043')).rejects.toMatchObject({ code: 'AMBIGUOUS' });
});
