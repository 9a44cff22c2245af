import type Database from 'better-sqlite3';

/** A minimal durable outbox: a row each, fifty a transaction; sent 32 at a time, noted as sent in one transaction. */
export async function drainRaw(
  raw: Database.Database,
  messages: number,
  take: (key: string, text: string) => Promise<void>,
): Promise<void> {
  raw.exec('CREATE TABLE box (id INTEGER PRIMARY KEY, key TEXT UNIQUE, body TEXT, sent_at INTEGER)');
  raw.exec('CREATE INDEX box_waiting ON box (id) WHERE sent_at IS NULL');
  const insert = raw.prepare('INSERT INTO box (key, body) VALUES (?, ?)');
  const accept = raw.transaction((from: number, to: number) => {
    for (let index = from; index < to; index += 1)
      insert.run(`k${index}`, JSON.stringify([[`${index}号`], ['付款 2 小时仍未进入分拣']]));
  });
  for (let from = 0; from < messages; from += 50) accept(from, Math.min(messages, from + 50));
  const waiting = raw.prepare<[], { id: number; key: string; body: string }>(
    'SELECT id, key, body FROM box WHERE sent_at IS NULL ORDER BY id LIMIT 32',
  );
  const sent = raw.prepare('UPDATE box SET sent_at = ? WHERE id = ?');
  const note = raw.transaction((ids: readonly number[]) => {
    for (const id of ids) sent.run(Date.now(), id);
  });
  for (let rows = waiting.all(); rows.length > 0; rows = waiting.all()) {
    await Promise.all(rows.map(({ key, body }) => take(key, body)));
    note(rows.map(({ id }) => id));
  }
}
