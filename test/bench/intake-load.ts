import { connect } from 'node:net';
import { signature } from '../../src/adapters/channels/miniprogram/sign.ts';

/** What the load is, from `intake.ts`. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly requests: number;
  readonly connections: number;
  readonly bytes: number;
  readonly key: string;
  readonly secret: string;
}

/** What came of it: answers that were 200, and the wall ms of each and of all. */
export interface Loaded {
  readonly good: number;
  readonly ms: number;
  readonly latencies: readonly number[];
}

const { port, path, requests, connections, bytes, key, secret } = JSON.parse(process.argv[2] ?? '{}') as Load;

/** Signed beforehand: the load must cost less than what it loads. */
const prepared = Array.from({ length: requests }, (_, index) => {
  const head = `{"event_id":"e-${index}","order_no":"${20_261_111_000_000 + (index % 500)}","note":"`;
  const body = `${head}${'x'.repeat(Math.max(0, bytes - head.length - 2))}"}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const nonce = `n-${index}`;
  const sign = signature(secret, { method: 'POST', target: path, timestamp, nonce, body });
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nX-Key: ${key}\r\nX-Timestamp: ${timestamp}\r\nX-Nonce: ${nonce}\r\nX-Signature: ${sign}\r\n\r\n${body}`,
  );
});

let next = 0;
let good = 0;
const latencies: number[] = [];

/** Sends one request after another over a connection of its own. */
function work(): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1');
    let sentAt = 0;
    let answer = '';
    const send = (): void => {
      const request = prepared[next];
      next += 1;
      if (request === undefined) {
        socket.end();
        done();
        return;
      }
      sentAt = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.on('connect', send);
    socket.on('error', fail);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(answer)?.[1];
      if (head < 0 || length === undefined || answer.length < head + 4 + Number(length)) return;
      latencies.push(performance.now() - sentAt);
      if (answer.startsWith('HTTP/1.1 200')) good += 1;
      answer = '';
      send();
    });
  });
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: connections }, work));
process.send?.({ good, ms: performance.now() - startedAt, latencies } satisfies Loaded);
