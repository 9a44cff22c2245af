import { expect, it } from 'vitest';
import { aFulfillment, anOrder, at } from '../kit/builders.ts';
import { startFlow } from '../kit/test-storage.ts';

const ofAddress = async (flow: Awaited<ReturnType<typeof startFlow>>) =>
  (await flow.alerts()).filter(({ ruleId }) => ruleId === 'address-change-requested');

const labelled = aFulfillment({ stage: 'labelled', sourceUpdatedAt: at('10:30'), sortedAt: at('10:20') });

it('says that a buyer asks for another address and who decides it, and is quiet once it is decided [P5]', async () => {
  const flow = await startFlow({ startAt: at('10:00') });
  await flow.tell(anOrder());
  await flow.show(aFulfillment());
  await flow.runAt(at('11:00'));
  expect(await ofAddress(flow)).toEqual([]);

  await flow.tell(anOrder({ addressChange: 'requested', sourceUpdatedAt: at('11:00') }));
  await flow.runAt(at('11:01'));
  expect(await ofAddress(flow)).toMatchObject([{ state: 'open', isLateFound: 0 }]);
  const said = flow.messages().at(-1)?.text;
  expect(said).toContain('先处理改地址');
  expect(said).toContain('[改地址] /address 202611240018842');
  // Another change of the order in between says nothing again.
  await flow.tell(anOrder({ addressChange: 'requested', remark: '急', sourceUpdatedAt: at('11:05') }));
  const before = flow.messages().length;
  await flow.runAt(at('11:06'));
  expect(flow.messages()).toHaveLength(before);
  expect(await ofAddress(flow)).toHaveLength(1);

  await flow.tell(anOrder({ addressChange: 'none', sourceUpdatedAt: at('11:10') }));
  await flow.runAt(at('11:11'));
  expect(await ofAddress(flow)).toMatchObject([{ state: 'resolved' }]);
});

it('wants a parcel stopped whose address changed after its label was printed, until somebody stops it [P5]', async () => {
  const flow = await startFlow({ startAt: at('10:00') });
  await flow.tell(anOrder());
  await flow.show(labelled);
  await flow.tell(anOrder({ addressChange: 'changed', sourceUpdatedAt: at('10:40') }));
  await flow.runAt(at('10:41'));
  expect(await ofAddress(flow)).toMatchObject([{ state: 'open' }]);
  expect(flow.messages().at(-1)?.text).toContain('[先暂停发货] /hold 202611240018842 地址改了');

  await flow.show({ ...labelled, held: true, sourceUpdatedAt: at('10:45') });
  await flow.runAt(at('10:46'));
  expect(await ofAddress(flow)).toMatchObject([{ state: 'resolved' }]);
});

it('has nothing to say of an address that changed before the label, at first sight, or after it was sent [P5]', async () => {
  const flow = await startFlow({ startAt: at('10:00') });
  const [early, known, sent] = ['202611240000001', '202611240000002', '202611240000003'];
  const of = (no: string, change = {}) => anOrder({ channelOrderNo: no, ...change });
  const view = (no: string, change = {}) => ({
    ...labelled,
    systemOrderNo: no.slice(-4),
    channelOrderNos: [no],
    ...change,
  });
  await flow.tell(of(early), of(sent));
  await flow.tell(of(early, { addressChange: 'changed', sourceUpdatedAt: at('10:10') }));
  await flow.tell(of(known, { addressChange: 'changed', sourceUpdatedAt: at('10:40') }));
  await flow.show(view(early), view(known), view(sent, { stage: 'shipped', shippedAt: at('10:35') }));
  await flow.tell(of(sent, { addressChange: 'requested', sourceUpdatedAt: at('10:40') }));
  await flow.runAt(at('10:50'));
  expect(await ofAddress(flow)).toEqual([]);
});
