import type { Answers } from '../services/act/confirm.ts';
import type { createSaga } from '../services/act/saga.ts';
import type { createDeliver } from '../services/deliver.ts';
import type { Detect } from '../services/detect.ts';
import type { createDispatch } from '../services/dispatch.ts';
import type { FollowParcels } from '../services/follow-parcels.ts';
import type { HearPushes } from '../services/hear-pushes.ts';
import type { ImportSheet } from '../services/import-sheet.ts';
import type { Ingest, ShopSource, SystemSource } from '../services/ingest.ts';
import type { createKeepLights } from '../services/keep-lights.ts';
import type { createRunCommand } from '../services/run-command.ts';
import type { createSummarise } from '../services/summarise.ts';
import type { createTextBuyers } from '../services/text-buyers.ts';
import type { WalkHistory } from '../services/walk-history.ts';
import type { createWatchSources } from '../services/watch-sources.ts';
import type { EngineModule } from './engine.ts';
import type { Sources } from './sources.ts';

export interface FlowParts {
  readonly sources: Sources;
  readonly ingest: Ingest;
  readonly hearShop: HearPushes<ShopSource>;
  readonly hearSystem: HearPushes<SystemSource>;
  readonly history: WalkHistory;
  readonly follow: FollowParcels;
  readonly detect: Detect;
  readonly dispatch: ReturnType<typeof createDispatch>;
  readonly deliver: ReturnType<typeof createDeliver>;
  readonly saga: ReturnType<typeof createSaga>;
  readonly answers: Answers;
  readonly escalate: (signal: AbortSignal) => Promise<number>;
  readonly textBuyers: ReturnType<typeof createTextBuyers>;
  readonly run: ReturnType<typeof createRunCommand>;
  readonly watchSources: ReturnType<typeof createWatchSources>;
  readonly keepLights: ReturnType<typeof createKeepLights>;
  readonly summarise: ReturnType<typeof createSummarise>;
  readonly imports: ImportSheet;
  readonly remindSheets: () => Promise<number>;
  readonly remindGrants: () => Promise<number>;
  /** Erases personal data whose time is over. */
  readonly forget: () => Promise<number>;
  /** What is seen in the lines of the warehouses and in sales: backlog, overtaken, spike. */
  readonly watchLines: readonly { readonly name: string; readonly run: (signal: AbortSignal) => Promise<number> }[];
  readonly noise: {
    turnPromo(): Promise<number>;
    tellMonth(): Promise<number>;
    digestShadow(): Promise<number>;
    reviewRules(): Promise<number>;
    heartbeat(signal: AbortSignal): Promise<number>;
  };
}

const aMinute = 60_000;

/** The flow, in the order in which things travel through it. Every module re-reads its rows: a wake is only a nudge. */
export function flowModules(parts: FlowParts): readonly EngineModule[] {
  const {
    sources,
    ingest,
    hearShop,
    hearSystem,
    history,
    follow,
    detect,
    dispatch,
    deliver,
    saga,
    answers,
    escalate,
    textBuyers,
    run,
    watchSources,
    watchLines,
    keepLights,
    summarise,
    imports,
    remindSheets,
    remindGrants,
    forget,
    noise,
  } = parts;
  return [
    ...sources.shops.flatMap((shop): EngineModule[] => [
      {
        name: `shop:${shop.id}`,
        everyMs: shop.pollMs,
        limitMs: aMinute,
        run: (signal) => ingest.pullShop(shop, signal),
        wakes: ['recheck'],
      },
      // A page a second: new orders are read beside it, undisturbed.
      {
        name: `history:${shop.id}`,
        everyMs: 1_000,
        limitMs: aMinute,
        run: (signal) => history.step(shop, signal),
        wakes: ['recheck'],
      },
      ...(shop.channel.readPush === null
        ? []
        : [
            {
              name: `pushes:${shop.id}`,
              everyMs: 5_000,
              limitMs: aMinute,
              run: (signal: AbortSignal) => hearShop.read(shop, signal),
              wakes: ['recheck', `pushes:${shop.id}`],
            },
          ]),
    ]),
    ...sources.systems.flatMap((system): EngineModule[] => [
      {
        name: `system:${system.id}`,
        everyMs: system.pollMs,
        limitMs: 2 * aMinute,
        run: (signal) => ingest.pullSystem(system, signal),
        wakes: ['recheck'],
      },
      {
        name: `locks:${system.id}`,
        everyMs: aMinute / 2,
        limitMs: aMinute,
        run: (signal) => ingest.pullLocks(system, signal),
        wakes: ['recheck'],
      },
      ...(system.system.readPush === undefined
        ? []
        : [
            {
              // A shop may have the same id.
              name: `pushes-of:${system.id}`,
              everyMs: 5_000,
              limitMs: aMinute,
              run: (signal: AbortSignal) => hearSystem.read(system, signal),
              wakes: ['recheck', `pushes-of:${system.id}`],
            },
          ]),
    ]),
    ...(sources.carriers.length === 0
      ? []
      : [
          {
            name: 'follow',
            everyMs: 5_000,
            limitMs: aMinute,
            run: (signal: AbortSignal) => follow.run(signal),
            wakes: ['recheck'],
          },
        ]),
    { name: 'recheck', everyMs: 0, limitMs: aMinute, run: () => detect.recheck(), wakes: ['dispatch'] },
    {
      name: 'judge',
      everyMs: 0,
      limitMs: 10 * aMinute,
      run: (signal) => judgeAll(detect, signal),
      wakes: ['dispatch'],
    },
    { name: 'watch-sources', everyMs: aMinute / 2, limitMs: aMinute, run: () => watchSources().then(() => 0) },
    { name: 'lights', everyMs: 0, limitMs: aMinute, run: (signal) => keepLights(signal), wakes: ['dispatch'] },
    { name: 'summary', everyMs: aMinute / 2, limitMs: aMinute, run: () => summarise(), wakes: ['deliver'] },
    {
      name: 'imports',
      everyMs: 2_000,
      limitMs: 10 * aMinute,
      run: (signal) => imports.run(signal),
      wakes: ['imports', 'recheck', 'judge'],
    },
    { name: 'remind-sheets', everyMs: aMinute, limitMs: aMinute, run: remindSheets, wakes: ['deliver'] },
    { name: 'remind-grants', everyMs: aMinute, limitMs: aMinute, run: remindGrants, wakes: ['deliver'] },
    { name: 'forget', everyMs: aMinute, limitMs: aMinute, run: forget, wakes: ['forget'] },
    ...watchLines.map(
      ({ name, run: look }): EngineModule => ({
        name,
        everyMs: aMinute / 2,
        limitMs: aMinute,
        run: (signal) => look(signal),
        wakes: ['dispatch'],
      }),
    ),
    { name: 'promo', everyMs: 0, limitMs: aMinute, run: () => noise.turnPromo(), wakes: ['deliver'] },
    { name: 'month', everyMs: aMinute, limitMs: aMinute, run: () => noise.tellMonth(), wakes: ['deliver'] },
    { name: 'shadow', everyMs: aMinute, limitMs: aMinute, run: () => noise.digestShadow(), wakes: ['deliver'] },
    {
      name: 'review-rules',
      everyMs: aMinute,
      limitMs: aMinute,
      run: () => noise.reviewRules(),
      wakes: ['deliver'],
    },
    // Apart from `deliver`: it watches it.
    { name: 'heartbeat', everyMs: 10_000, limitMs: aMinute, run: (signal) => noise.heartbeat(signal) },
    { name: 'dispatch', everyMs: 0, limitMs: aMinute, run: () => dispatch(), wakes: ['deliver', 'escalate'] },
    {
      name: 'escalate',
      everyMs: 0,
      limitMs: 2 * aMinute,
      run: (signal) => escalate(signal),
      wakes: ['deliver'],
    },
    {
      name: 'text-buyers',
      everyMs: 5_000,
      limitMs: 2 * aMinute,
      run: (signal) => textBuyers.run(signal),
      wakes: ['text-buyers'],
    },
    { name: 'commands', everyMs: 0, limitMs: aMinute, run: () => run.answerPending(), wakes: ['commands', 'deliver'] },
    { name: 'act', everyMs: 0, limitMs: aMinute, run: (signal) => saga(signal), wakes: ['act', 'deliver', 'recheck'] },
    { name: 'questions', everyMs: 10_000, limitMs: aMinute, run: () => answers.expire(), wakes: ['deliver'] },
    {
      name: 'deliver',
      everyMs: 0,
      limitMs: aMinute,
      run: (signal) => deliver(signal),
      wakes: ['deliver'],
      waitMs: () => deliver.waitMs(),
    },
  ];
}

/** A burst of deadlines is judged in one run, batch by batch. */
async function judgeAll(detect: Detect, signal: AbortSignal): Promise<number> {
  let judged = 0;
  for (;;) {
    // Each batch has a time of its own: many orders come due together when a warehouse opens.
    const count = await detect.judgeDue(AbortSignal.any([signal, AbortSignal.timeout(aMinute)]));
    judged += count;
    if (count === 0 || signal.aborted || judged > 10_000) return judged;
  }
}
