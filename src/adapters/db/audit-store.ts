import { createHmac, createSecretKey } from 'node:crypto';
import { actorId } from '../../domain/actor.ts';
import type { AuditRow, AuditStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { Sqlite } from './sqlite.ts';

const start = 'start';

/** Each entry seals itself and everything before it: changing, dropping or moving one breaks every later seal. */
export function createAuditStore(sqlite: Sqlite, run: Run, key: Buffer): AuditStore {
  const secret = createSecretKey(key);
  const seal = (previous: string, row: Omit<AuditRow, 'seq' | 'mac'>): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([previous, row.at, row.actorId, row.action, row.subject, row.detail]))
      .digest('hex');
  return {
    add: ({ at, actor, action, subject, detail }) =>
      run(() => {
        const last = sqlite.prepare<{ mac: string }>('SELECT mac FROM AuditEntry ORDER BY seq DESC LIMIT 1').get();
        const row = { at, actorId: actorId(actor), action, subject, detail: JSON.stringify(detail ?? {}) };
        sqlite
          .prepare('INSERT INTO AuditEntry (at, actorId, action, subject, detail, mac) VALUES (?, ?, ?, ?, ?, ?)')
          .run(row.at, row.actorId, row.action, row.subject, row.detail, seal(last?.mac ?? start, row));
      }, 'several'),
    listFor: (subject, limit) =>
      run(() =>
        sqlite
          .prepare<AuditRow>('SELECT * FROM AuditEntry WHERE subject = ? ORDER BY seq DESC LIMIT ?')
          .all(subject, limit),
      ),
    head: () =>
      run(() =>
        (
          sqlite.prepare<{ mac: string }>('SELECT mac FROM AuditEntry ORDER BY seq DESC LIMIT 1').get()?.mac ?? start
        ).slice(0, 8),
      ),
    verify: () =>
      run(() => {
        let previous = start;
        let entries = 0;
        let expected = 1;
        let brokenAt: number | undefined;
        const heads = new Set<string>();
        for (const row of sqlite.prepare<AuditRow>('SELECT * FROM AuditEntry ORDER BY seq').iterate()) {
          if (row.seq !== expected || row.mac !== seal(previous, row)) {
            brokenAt = row.seq;
            break;
          }
          previous = row.mac;
          heads.add(row.mac.slice(0, 8));
          entries += 1;
          expected += 1;
        }
        return {
          entries,
          head: previous.slice(0, 8),
          brokenAt,
          hasHead: (head: string) => heads.has(head.toLowerCase()),
        };
      }),
  };
}
