import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/actor.ts';
import type { Asking } from '../../src/domain/asking.ts';
import { createConfirm } from '../../src/services/confirm.ts';
import { createExplain } from '../../src/services/explain.ts';
import { aFulfillment, aLock, anOrder, at } from '../kit/builders.ts';
import { type Flow, silentLog, startFlow, textOf } from '../kit/test-storage.ts';

const askedBy = (role: Role): Asking => ({
  actor: { type: 'person', person: { id: 'x', name: '某人', role } },
  roomId: 'war',
  platform: 'web',
  isPrivate: false,
  language: 'zh',
  inboundId: null,
});

async function why(flow: Flow, role: Role): Promise<string> {
  const order = await flow.storage.views.findOrderByNo('mini', '202611240018842');
  if (order === undefined) throw new Error('no order');
  const confirm = createConfirm({
    ...flow,
    shops: () => [flow.shop],
    systems: () => [flow.system],
    log: silentLog,
  });
  const explain = createExplain({ ...flow, confirm, systems: () => [flow.system] });
  return (await explain(askedBy(role), { order })).map(textOf).join('\n');
}

const closedOwner = anOrder({
  channelOrderNo: '202611230007710',
  status: 'closed',
  closedAt: at('09:30'),
  sourceUpdatedAt: at('09:30'),
});

describe('why, asked by a person', () => {
  it('I4: names both causes, the first to be mended first, each with its command', async () => {
    const flow = await startFlow({ startAt: at('12:30') });
    await flow.tell(anOrder(), closedOwner);
    await flow.show(aFulfillment({ held: true, reason: '风险：疑似刷单 13800138000' }));
    flow.wms.locks = [aLock()];
    await flow.ingest.pullLocks(flow.system, flow.signal);
    const text = await why(flow, 'warehouse-lead');
    expect(text).toContain('1. 卡在：已暂停发货\n2. 卡在：库存被已关闭单 …007710 占 2 件（库存没读到，不确定）');
    expect(text).toContain('[放行] /clear 202611240018842\n[解锁并发] /release 202611240018842');
    expect(text).not.toContain('13800138000');
  });

  it('I4: offers nothing that the asker may not do', async () => {
    const flow = await startFlow({ startAt: at('12:30') });
    await flow.tell(anOrder(), closedOwner);
    await flow.show(aFulfillment({ held: true, reason: '风险' }));
    flow.wms.locks = [aLock()];
    await flow.ingest.pullLocks(flow.system, flow.signal);
    expect(await why(flow, 'operator')).not.toContain('/release');
    expect(await why(flow, 'operator')).toContain('/clear');
    expect(await why(flow, 'viewer')).not.toMatch(/\[[^\]]+\] \/(?!o\/)/);
  });

  it('I4: offers no command where only the system’s own screen can let it go', async () => {
    const flow = await startFlow({ startAt: at('12:30') });
    Object.assign(flow.wms.capabilities, { unhold: { manual: { zh: '手工', en: 'by hand' } } });
    await flow.tell(anOrder());
    await flow.show(aFulfillment({ held: true, reason: '风险' }));
    expect(await why(flow, 'ops-lead')).not.toContain('/clear');
  });

  it('I4: says that it is not certain where nothing speaks for a cause, and that nobody answers where nobody does', async () => {
    const flow = await startFlow({ startAt: at('12:30') });
    await flow.tell(anOrder());
    await flow.show(aFulfillment());
    expect(await why(flow, 'ops-lead')).toContain('不确定');
    flow.wms.isSilent = true;
    expect(await why(flow, 'ops-lead')).toContain('卡在：仓库系统的接口现在没有回答');
  });
});
