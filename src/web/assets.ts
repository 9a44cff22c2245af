import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { AssetUrl } from '../render/page/layout.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface Asset {
  readonly type: string;
  readonly content: Buffer;
  readonly zipped: Buffer;
}

/** Small files, read once; a change of content is a change of URL, so browsers may keep them for good. */
export function serveAssets(web: FastifyInstance, folder: string): AssetUrl {
  const urls = new Map<string, string>();
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const content = readFileSync(join(folder, name));
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    urls.set(name, `/assets/${hash}/${name}`);
    assets.set(`${hash}/${name}`, { type, content, zipped: gzipSync(content, { level: 9 }) });
  }

  web.get<{ Params: { hash: string; name: string } }>('/assets/:hash/:name', async (request, reply) => {
    const asset = assets.get(`${request.params.hash}/${request.params.name}`);
    if (asset === undefined) return reply.callNotFound();
    const isZipped = acceptsGzip(request.headers['accept-encoding']);
    if (isZipped) void reply.header('content-encoding', 'gzip');
    return await reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('vary', 'accept-encoding')
      .type(asset.type)
      .send(isZipped ? asset.zipped : asset.content);
  });

  return (name) => {
    const url = urls.get(name);
    if (url === undefined) throw new Error(`There is no asset ${name}`);
    return url;
  };
}

export const acceptsGzip = (header: string | string[] | undefined): boolean => /\bgzip\b/.test(String(header ?? ''));
