import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MonthBudget } from '../domain/month.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Storage } from '../ports/stores.ts';

const sliceMs = 5 * 60_000;
const stallMs = 2 * 60_000;
const seconds = [0.1, 0.25, 0.5, 1, 2, 5, 12, 30, 60, 300, 1_800];

/** `/metrics`. Our delay and the platform's own lag are two series: the one never hides in the other. */
export function createMetrics(
  storage: Storage,
  clock: Clock,
  months: () => Promise<readonly (MonthBudget & { readonly roomIds: readonly string[] })[]>,
): { metrics: Metrics; registry: Registry } {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[]) =>
    new Histogram({ name, help, labelNames, buckets: seconds, registers });

  const changes = counter('warroom_ingested_total', 'Rows that told something new', ['source']);
  const delay = histogram(
    'warroom_ingest_delay_seconds',
    'Stored minus the first instant at which the platform showed it',
    ['source'],
  );
  const lag = histogram('warroom_platform_lag_seconds', "The platform's own lag, apart", ['source']);
  const failures = counter('warroom_source_failures_total', 'Reads that failed, by reason', ['source', 'code']);
  const raised = counter('warroom_alerts_raised_total', 'Alerts raised', ['rule']);
  const resolved = counter('warroom_alerts_resolved_total', 'Alerts ended', ['rule', 'resolution']);
  const decided = counter('warroom_decisions_total', 'What dispatch decided, and why', ['verdict', 'reason']);
  const delivered = counter('warroom_deliveries_total', 'Messages by outcome', ['room', 'outcome']);
  const waited = histogram('warroom_delivery_wait_seconds', 'From wanting to say it to having said it', ['room']);
  const commanded = counter('warroom_commands_total', 'Commands by outcome', ['command', 'outcome']);
  const commandTime = histogram('warroom_command_seconds', 'From reading a message to its answer', ['command']);
  const acted = counter('warroom_acts_total', 'Acts by the state they reached', ['kind', 'state']);

  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  new Gauge({
    name: 'warroom_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last look',
    labelNames: ['quantile'],
    registers,
    collect() {
      this.set({ quantile: '0.999' }, loop.percentile(99.9) / 1e9);
      this.set({ quantile: 'max' }, loop.max / 1e9);
      loop.reset();
    },
  });
  new Gauge({
    name: 'warroom_outbox_rows',
    help: 'Messages waiting, given up, or possibly said twice',
    labelNames: ['state'],
    registers,
    async collect() {
      const { pending, dead, maybeTwice } = await storage.outbox.count();
      this.set({ state: 'pending' }, pending);
      this.set({ state: 'dead' }, dead);
      this.set({ state: 'maybe-twice' }, maybeTwice);
    },
  });

  new Gauge({
    name: 'warroom_delivery_slice_messages',
    help: 'Messages of the last whole 5 minutes that have had 5 minutes to arrive: wanted, with a receipt in time, later',
    labelNames: ['outcome'],
    registers,
    async collect() {
      const end = Math.floor(clock.now() / sliceMs) * sliceMs - sliceMs;
      const [slice] = await storage.outbox.slices(end - sliceMs, end, sliceMs, sliceMs);
      this.set({ outcome: 'wanted' }, slice?.wanted ?? 0);
      this.set({ outcome: 'in-time' }, slice?.inTime ?? 0);
      this.set({ outcome: 'late' }, slice?.late ?? 0);
    },
  });
  new Gauge({
    name: 'warroom_delivery_stalled_rooms',
    help: 'Rooms where something has waited for 2 minutes and nothing was delivered meanwhile',
    registers,
    async collect() {
      this.set((await storage.outbox.stalled(clock.now(), stallMs)).length);
    },
  });
  new Gauge({
    name: 'warroom_month_calls',
    help: 'API calls of a robot this month, and how many it has',
    labelNames: ['rooms', 'what'],
    registers,
    async collect() {
      for (const { used, perMonth, roomIds } of await months()) {
        this.set({ rooms: roomIds.join(' '), what: 'used' }, used);
        this.set({ rooms: roomIds.join(' '), what: 'limit' }, perMonth);
      }
    },
  });

  return {
    registry,
    metrics: {
      ingested(source, changed, delayMs, platformLagMs) {
        changes.inc({ source }, changed);
        if (delayMs !== null) delay.observe({ source }, delayMs / 1_000);
        if (platformLagMs !== null) lag.observe({ source }, platformLagMs / 1_000);
      },
      sourceFailed: (source, code) => failures.inc({ source, code }),
      raised: (rule) => raised.inc({ rule }),
      resolved: (rule, resolution) => resolved.inc({ rule, resolution }),
      decided: (verdict, reason, alerts) => decided.inc({ verdict, reason }, alerts),
      delivered(room, outcome, waitMs) {
        delivered.inc({ room, outcome });
        if (outcome === 'sent') waited.observe({ room }, waitMs / 1_000);
      },
      commanded(command, outcome, ms) {
        commanded.inc({ command, outcome });
        commandTime.observe({ command }, ms / 1_000);
      },
      acted: (kind, state) => acted.inc({ kind, state }),
    },
  };
}
