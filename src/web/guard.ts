import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '../domain/errors.ts';
import { acceptsGzip } from './assets.ts';

const zip = promisify(gzip);
const smallestZipped = 1_400;

/** On every answer, streams too. Signed links must not leak by referrer, yet forms need their Origin. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

export function addHeaders(web: FastifyInstance, isHttps: boolean): void {
  web.addHook('onRequest', async (_request, reply) => {
    void reply.headers(securityHeaders);
    if (isHttps) void reply.header('strict-transport-security', 'max-age=31536000');
    void reply.header('cache-control', 'no-store');
  });

  web.addHook('onSend', async (request, reply, payload) => {
    const type = String(reply.getHeader('content-type') ?? '');
    if (typeof payload !== 'string' || payload.length < smallestZipped || !type.startsWith('text/')) return payload;
    void reply.header('vary', 'accept-encoding, x-part');
    if (!acceptsGzip(request.headers['accept-encoding'])) return payload;
    const zipped = await zip(payload);
    void reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return zipped;
  });
}

/** A name without a port stands for every port of it. */
export function createHostCheck(deps: { allowedHosts: readonly string[]; publicUrl: string }) {
  const publicUrl = new URL(deps.publicUrl);

  const isAllowed = (host: string): boolean => {
    const name = host.replace(/:\d+$/, '');
    return [...deps.allowedHosts, publicUrl.host].some((allowed) => allowed === host || allowed === name);
  };

  /** Throws UserError when the request did not come from our own pages under a name of ours. */
  return function checkHost(request: FastifyRequest): void {
    const host = (request.headers.host ?? '').toLowerCase();
    if (!isAllowed(host)) {
      throw new UserError('HOST_UNKNOWN', {
        zh: '请用作战室自己的网址打开（PUBLIC_URL 里写的那个）。',
        en: 'Open the war room by its own address (the one in PUBLIC_URL).',
      });
    }
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const origin = request.headers.origin?.toLowerCase();
    const isOwn =
      origin === undefined
        ? request.headers['sec-fetch-site'] === 'same-origin'
        : origin === publicUrl.origin || origin === `http://${host}` || origin === `https://${host}`;
    if (isOwn) return;
    throw new UserError('ORIGIN_FOREIGN', {
      zh: '这个操作不是从作战室的页面发出的，没有执行。请在页面里再点一次。',
      en: 'This did not come from a war-room page, so nothing was done. Press it again on the page.',
    });
  };
}
