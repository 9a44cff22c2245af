import type { World } from '../world/world.ts';
import type { Call } from './exchange.ts';

const SECRET = /((?:access_token|refresh_token|sign|secret)=)[^&]*/g;

/** Writes a call into the log, with tokens and signatures kept out. */
export function logCall(
  world: World,
  server: string,
  call: Call,
  route: string,
  status: number,
  outcome: string,
  applied: boolean,
): void {
  const url = call.search === '' ? call.path : `${call.path}?${call.search}`;
  world.store.run(
    `INSERT INTO calls (at, wall, server, method, route, url, body, status, outcome, applied)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    world.clock.now(),
    Date.now(),
    server,
    call.method,
    route,
    url.replace(SECRET, '$1***'),
    call.body.toString('utf8').replace(SECRET, '$1***'),
    status,
    outcome,
    applied ? 1 : 0,
  );
}

/** One API call as it came in and what became of it. */
export interface LoggedCall {
  id: number;
  at: number;
  wall: number;
  server: string;
  method: string;
  route: string;
  url: string;
  body: string;
  status: number;
  outcome: string;
  applied: number;
}

/** Calls since world time `since`, oldest first; `after` pages on by id. */
export function listCalls(
  world: World,
  since: number,
  after: number,
  limit: number,
): (Omit<LoggedCall, 'applied'> & { applied: boolean })[] {
  return world.store
    .all<LoggedCall>('SELECT * FROM calls WHERE at >= ? AND id > ? ORDER BY id LIMIT ?', since, after, limit)
    .map((row) => ({ ...row, applied: row.applied === 1 }));
}
