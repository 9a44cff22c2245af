import type { World, WorldEvent } from './world.ts';

export const faultKinds = [
  'delay',
  'drop-before',
  'drop-after',
  '502',
  'malformed',
  'rate-limit',
  'expire-token',
  'skew',
  'wrong-ip',
  'silent',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  kind: FaultKind;
  ms: number;
}

/** Makes the next `times` calls (all, when null) of a server or one of its routes go wrong. */
export function addFault(
  world: World,
  fault: { server: string; route?: string | undefined; kind: FaultKind; times: number | null; ms?: number | undefined },
): number {
  const row = world.store.get<{ id: number }>(
    'INSERT INTO faults (server, route, kind, times, ms) VALUES (?, ?, ?, ?, ?) RETURNING id',
    fault.server,
    fault.route ?? null,
    fault.kind,
    fault.kind === 'silent' ? null : fault.times,
    fault.ms ?? (fault.kind === 'skew' ? 3_600_000 : 1_000),
  );
  return row?.id ?? 0;
}

/** The fault this call meets, if any; it is used up by that. */
export function takeFault(world: World, server: string, route: string, kind: 'read' | 'write'): Fault | undefined {
  const row = world.store.get<{ id: number; kind: FaultKind; times: number | null; ms: number }>(
    `SELECT id, kind, times, ms FROM faults
     WHERE (server = ? OR server = '*') AND (route IS NULL OR route = ?) AND NOT (kind = 'silent' AND ? = 'write')
     ORDER BY id LIMIT 1`,
    server,
    route,
    kind,
  );
  if (row === undefined) return undefined;
  if (row.times !== null) {
    if (row.times <= 1) world.store.run('DELETE FROM faults WHERE id = ?', row.id);
    else world.store.run('UPDATE faults SET times = times - 1 WHERE id = ?', row.id);
  }
  return { kind: row.kind, ms: row.ms };
}

/** Ends all faults. */
export function clearFaults(world: World): number {
  return world.store.run('DELETE FROM faults');
}

/** A fault that was set for a while is over. */
export function onClearFault(world: World, { subject }: WorldEvent): void {
  world.store.run('DELETE FROM faults WHERE id = ?', Number(subject));
}
