import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemClock } from '../../src/adapters/clock/system.ts';
import { build } from '../../src/app/build.ts';
import { checkCompany } from '../../src/app/company.ts';
import { discover } from '../../src/app/discover.ts';
import { readKeys } from '../../src/app/keys.ts';
import { erpExport } from '../kit/erp-export.ts';
import { tempDir } from '../kit/open-test-db.ts';
import { atMost, type Bench, exactly, round, silentLog } from './kit.ts';

/** P16: a company that lives on an export of its ERP alone brings one to the whole bot at work, then the same once more. */
export const importing: Bench = async ({ isTiny, say }) => {
  const orders = isTiny ? 200 : 35_000;
  const { dir, cleanup } = tempDir();
  const clock = createSystemClock();
  const plugs = await discover();
  const company = checkCompany(
    {
      shops: [{ id: 'erp', channel: 'file', name: '我的店' }],
      staff: [{ id: 'li', name: '李建国', role: 'ops-lead' }],
    },
    plugs,
  );
  const bot = await build({
    company,
    plugs,
    databaseFile: join(dir, 'bench.db'),
    keys: readKeys(undefined, join(dir, 'secret')),
    clock,
    world: 'real',
    publicUrl: 'http://localhost:3000',
    allowedHosts: [],
    metricsToken: undefined,
    log: silentLog,
    mayRun: async () => ({ isHeld: () => true, stop: async () => {} }),
  });
  try {
    bot.start();
    say(`making an export of ${orders} orders`);
    const now = clock.now();
    const bytes = erpExport(orders, now);
    const bring = async () => {
      const watch = monitorEventLoopDelay({ resolution: 1 });
      watch.enable();
      const startedAt = performance.now();
      const id = await bot.imports.accept({
        fileName: 'export.csv',
        bytes: bytes.slice(),
        modifiedAt: now,
        shopId: null,
        actor: { type: 'automation', name: 'bench' },
      });
      for (;;) {
        const row = await bot.imports.find(id);
        if (row?.result != null) {
          const seconds = (performance.now() - startedAt) / 1_000;
          // Whatever it woke goes on: what is late is judged now.
          await sleep(isTiny ? 100 : 10_000);
          watch.disable();
          return { row, result: row.result, seconds, p999: watch.percentile(99.9) / 1e6, max: watch.max / 1e6 };
        }
        await sleep(50);
      }
    };
    say('importing it');
    const first = await bring();
    say(`the same again (the first took ${round(first.seconds)} s)`);
    const again = await bring();
    return {
      figures: {
        orders,
        'file, MB': round(bytes.length / 1e6),
        'first import, s': round(first.seconds),
        'orders/s': Math.round(orders / first.seconds),
        'the same again, s': round(again.seconds),
        'event loop delay p99.9, ms': round(first.p999),
        'event loop delay max, ms': round(first.max),
        'event loop delay p99.9 again, ms': round(again.p999),
      },
      gates: [
        atMost('import, s', first.seconds, 60),
        atMost('event loop delay p99.9, ms', Math.max(first.p999, again.p999), 50),
        exactly('orders not taken', orders - first.result.orders, 0),
        exactly('rows not read', first.result.skippedRows, 0),
        exactly('orders changed by the same file again', again.result.changed, 0),
      ],
    };
  } finally {
    await bot.stop();
    cleanup();
  }
};
