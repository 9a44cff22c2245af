import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

export interface Readiness {
  readonly ready: boolean;
  /** Each module's last success, world ms; null = never yet. */
  readonly modules: readonly { readonly name: string; readonly lastOkAt: number | null; readonly ready: boolean }[];
}

export function serveHealth(
  web: FastifyInstance,
  deps: {
    readiness: () => Readiness | Promise<Readiness>;
    registry: Pick<Registry, 'metrics' | 'contentType'>;
    metricsToken: string | undefined;
  },
): void {
  web.get('/healthz', async () => ({ alive: true }));

  web.get('/readyz', async (_request, reply) => {
    const readiness = await deps.readiness();
    return await reply.status(readiness.ready ? 200 : 503).send(readiness);
  });

  web.get('/metrics', async (request, reply) => {
    if (
      deps.metricsToken !== undefined &&
      !isSame(request.headers.authorization ?? '', `Bearer ${deps.metricsToken}`)
    ) {
      return await reply
        .status(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: { code: 'UNAUTHORIZED' } });
    }
    return await reply.type(deps.registry.contentType).send(await deps.registry.metrics());
  });
}

const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
