import { describe, expect, it } from 'vitest';
import { builtinRules } from '../../src/domain/builtin-rules.ts';
import { poissonAtMost } from '../../src/services/watch-sources.ts';
import { anOrder, at, day, minute } from '../kit/builders.ts';
import { type Flow, startFlow } from '../kit/test-storage.ts';

async function heard(flow: Flow, ...sources: ('shop:mini' | 'system:wms')[]): Promise<void> {
  for (const source of sources) await flow.storage.sources.ok(source, flow.clock.now());
}

describe('a source that does not answer', () => {
  it('is said to be silent after ten minutes, not a millisecond before, and once', async () => {
    const flow = await startFlow();
    await heard(flow, 'shop:mini', 'system:wms');
    await flow.clock.advanceTo(at('10:10') - 1);
    await heard(flow, 'shop:mini');
    await flow.watch();
    expect(await flow.alerts()).toEqual([]);

    await flow.clock.advanceTo(at('10:10'));
    await flow.watch();
    await flow.watch();
    expect(await flow.alerts()).toMatchObject([
      {
        ruleId: 'source-silent',
        subject: 'source:system.wms',
        severity: 'critical',
        dueAt: at('10:10'),
        facts: { source: 'system:wms', since: at('10:00'), why: 'no-answer' },
      },
    ]);
  });

  it('is over when it answers again', async () => {
    const flow = await startFlow();
    await heard(flow, 'shop:mini', 'system:wms');
    await flow.clock.advanceTo(at('10:30'));
    await flow.watch();
    expect(await flow.alerts()).toHaveLength(2);
    await heard(flow, 'shop:mini', 'system:wms');
    await flow.watch();

    expect(await flow.alerts()).toMatchObject([{ resolution: 'cleared' }, { resolution: 'cleared' }]);
  });

  it('is watched only where its rule says so, and its alert ends when it does no more', async () => {
    const flow = await startFlow();
    await flow.clock.advanceTo(at('10:10'));
    await flow.watch();
    expect(await flow.alerts()).toHaveLength(2);

    flow.rules = builtinRules.map((rule) =>
      rule.on.type === 'silence' ? { ...rule, on: { ...rule.on, source: 'channel' } } : rule,
    );
    await flow.watch();
    expect((await flow.alerts()).map(({ subject, state }) => [subject, state])).toEqual([
      ['source:shop.mini', 'open'],
      ['source:system.wms', 'resolved'],
    ]);
  });

  it('gets its ten minutes after our own start, too', async () => {
    const flow = await startFlow();
    await flow.storage.sources.ok('shop:mini', at('08:00'));
    await flow.clock.advanceTo(at('10:10') - 1);
    await flow.watch();
    expect(await flow.alerts()).toEqual([]);
    await flow.clock.advanceTo(at('10:10'));
    await flow.watch();

    expect(await flow.alerts()).toHaveLength(2);
  });
});

describe('a source that answers and tells far less than ever', () => {
  const past = async (flow: Flow, perWeek: number, weeks = 4): Promise<void> => {
    for (let week = 1; week <= weeks; week += 1) {
      for (let index = 0; index < perWeek; index += 1) {
        await flow.storage.events.append({
          source: 'shop:mini',
          sourceId: `${week}/${index}`,
          subject: 'order:mini/1',
          kind: 'order',
          occurredAt: 0,
          receivedAt: at('10:15') - week * 7 * day,
          facts: {},
        });
      }
    }
  };

  it('is called silent against its own history, and heard again with the first usual facts', async () => {
    const flow = await startFlow();
    await past(flow, 12);
    await flow.clock.advanceTo(at('10:20'));
    await heard(flow, 'shop:mini', 'system:wms');
    await flow.watch();
    expect(await flow.alerts()).toMatchObject([
      { subject: 'source:shop.mini', facts: { why: 'fewer-than-ever', since: at('10:10') } },
    ]);

    await flow.tell(...Array.from({ length: 8 }, (_, index) => anOrder({ channelOrderNo: String(index) })));
    await flow.clock.advanceTo(at('10:20') + 1);
    await flow.watch();
    expect(await flow.alerts()).toMatchObject([{ state: 'resolved' }]);
  });

  it('is not called silent for a small or an unknown history', async () => {
    const flow = await startFlow();
    await past(flow, 4);
    await flow.clock.advanceTo(at('10:20'));
    await heard(flow, 'shop:mini', 'system:wms');
    await flow.watch();

    expect(await flow.alerts()).toEqual([]);
  });

  it('is judged right at any volume', () => {
    expect(poissonAtMost(0, 3)).toBeCloseTo(Math.exp(-3), 10);
    expect(poissonAtMost(2, 2)).toBeCloseTo(Math.exp(-2) * 5, 10);
    for (const mean of [20, 700, 800, 5_000]) {
      expect(poissonAtMost(mean, mean), `mean ${mean}`).toBeGreaterThan(0.5);
      expect(poissonAtMost(Math.floor(mean / 3), mean), `a third of ${mean}`).toBeLessThan(0.01);
    }
  });
});

describe('the time a source was silent', () => {
  it('is told on its card as what is known', async () => {
    const flow = await startFlow();
    await heard(flow, 'system:wms');
    await flow.clock.advanceTo(at('10:00') + 12 * minute);
    await heard(flow, 'shop:mini');
    await flow.watch();
    await flow.dispatch();

    expect(flow.messages().map(({ text }) => text)).toEqual([
      '1号 · 数据断了\n聚水潭 从 10:00 起没有回应（12分）\n这段时间的异常先不逐条报，恢复后补报\n[我来] /ack 1',
    ]);
  });
});
