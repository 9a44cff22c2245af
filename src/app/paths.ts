import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `.ts` when run from source, `.js` when built: dist mirrors the tree, so everything is found relative to this file. */
export const ownExtension = import.meta.filename.slice(-3);

export const sourceDir = join(import.meta.dirname, '..');
export const commandsDir = join(import.meta.dirname, '../../commands');

/** The folder of package.json: where prisma/ and the page assets lie. */
export const packageDir = up(import.meta.dirname);
export const migrationsDir = join(packageDir, 'prisma/migrations');

function up(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('package.json not found above the program');
  return up(parent);
}
