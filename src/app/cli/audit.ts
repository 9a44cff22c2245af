import { createRuntime, demandDatabase } from '../runtime.ts';
import { print } from './output.ts';
import { withStorage } from './with-storage.ts';

/** `warroom audit verify [--head X]`: walks the whole chain; 1 when an entry was changed, dropped or moved. */
export async function verifyAudit(options: { json: boolean; head: string | undefined }): Promise<number> {
  const runtime = await createRuntime();
  demandDatabase(runtime);
  return withStorage(runtime, async ({ audit }) => {
    const chain = await audit.verify();
    const { entries, head, brokenAt } = chain;
    const isHeadKnown = options.head === undefined || chain.hasHead(options.head);
    const ok = brokenAt === undefined && isHeadKnown;
    print(options.json, { ok, entries, head, brokenAt: brokenAt ?? null, headKnown: isHeadKnown }, [
      brokenAt === undefined
        ? `${entries} 条审计记录完好，记录 ${head.toUpperCase()} / ${entries} entries intact`
        : `第 ${brokenAt} 条被改过 / entry ${brokenAt} was changed`,
      ...(isHeadKnown ? [] : [`链里没有记录 ${options.head} / the chain does not hold head ${options.head}`]),
    ]);
    return ok ? 0 : 1;
  });
}
