import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

/** Raise this as the house grows: a gate that sees nothing must be red. */
const fewestFiles = 20;

/** Who stands on whom. A floor may always import itself. */
const floors: Record<string, readonly string[]> = {
  domain: [],
  ports: ['domain'],
  render: ['domain', 'ports'],
  services: ['domain', 'ports', 'render'],
  adapters: ['domain', 'ports'],
  web: ['domain', 'ports', 'render', 'services'],
  app: ['domain', 'ports', 'render', 'services', 'adapters', 'web', 'command.ts'],
  sandbox: [],
  'main.ts': ['app'],
  'command.ts': ['domain', 'services'],
};

/** Kinds of adapters with one folder per vendor; of all other kinds the folder itself is the adapter. */
const vendorKinds = ['channels', 'fulfillment', 'carriers', 'messengers', 'voice', 'sms'];
/** What vendors share. */
const sharedAdapters = [
  'src/adapters/http.ts',
  'src/adapters/aliyun.ts',
  'src/adapters/dingtalk.ts',
  'src/adapters/single-flight.ts',
  'src/adapters/carriers/carriers.ts',
  'src/adapters/fulfillment/pacer.ts',
  'src/adapters/fulfillment/refusal.ts',
  'src/adapters/fulfillment/windows.ts',
  'src/adapters/shopify/client.ts',
  'src/adapters/carriers/tracking.ts',
];

/** Floors that never touch the outside, and what would. */
const insideFloors = ['domain', 'ports', 'render', 'services'];
const outside =
  /^(node:)?(child_process|cluster|dgram|dns|fs|http|http2|https|net|tls|worker_threads)(\/|$)|^(@prisma\/|better-sqlite3|fastify|@fastify\/|dingtalk-stream|@wecom\/|node-schedule|pino)/;

const readersOfEnv = ['src/main.ts', 'src/app/env.ts', 'src/sandbox/main.ts'];

/** Everything else asks the Clock port. Files in web/ and adapters/ belong here only for wall time (sockets, HTTP limits). */
const readersOfWallTime = /^src\/(sandbox\/|adapters\/(clock|messengers)\/|adapters\/http\.ts$)/;

type Use = { line: number; typeOnly: boolean };
type Source = { path: string; imports: (Use & { target: string })[]; readsEnv: Use[]; readsClock: Use[] };

const root = resolve(import.meta.dirname, '..');
const sources = [...listFiles('src'), ...listFiles('commands')].map(readSource);
const inSrc = sources.filter(({ path }) => path.startsWith('src/'));

it('looks at the whole house', () => {
  expect(sources.length).toBeGreaterThanOrEqual(fewestFiles);
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThanOrEqual(fewestFiles);
});

it('has no file outside the floors', () => {
  expect(inSrc.filter(({ path }) => floors[floorOf(path)] === undefined).map(({ path }) => path)).toEqual([]);
});

it.each(Object.entries(floors))('%s imports itself and [%s] only', (floor, below) => {
  const wrong = offences(
    inSrc.filter(({ path }) => floorOf(path) === floor),
    ({ target }) => !isPackage(target) && !isGenerated(target) && ![floor, ...below].includes(floorOf(target)),
  );

  expect(wrong).toEqual([]);
});

it('lets src/command.ts know of services no more than their types', () => {
  const wrong = offences(
    inSrc.filter(({ path }) => path === 'src/command.ts'),
    ({ target, typeOnly }) => floorOf(target) === 'services' && !typeOnly,
  );

  expect(wrong).toEqual([]);
});

it('keeps adapters apart', () => {
  const adapters = inSrc.filter(({ path }) => floorOf(path) === 'adapters');
  const wrong = adapters.flatMap((source) => {
    const own = adapterOf(source.path);
    const shared = own === 'src/adapters/db' ? [] : sharedAdapters;
    return offences([source], ({ target }) => {
      return floorOf(target) === 'adapters' && adapterOf(target) !== own && !shared.includes(target);
    });
  });

  expect(wrong).toEqual([]);
});

it('keeps the outside out of everything but adapters, web and app', () => {
  const inside = inSrc.filter(({ path }) => insideFloors.includes(floorOf(path)));

  expect(offences(inside, ({ target }) => outside.test(target))).toEqual([]);
});

it('gives commands one door', () => {
  const commands = sources.filter(({ path }) => path.startsWith('commands/'));

  expect(offences(commands, ({ target }) => target !== 'src/command.ts')).toEqual([]);
});

it('reads the environment in the configuration only', () => {
  const others = sources.filter(({ path }) => !readersOfEnv.includes(path));

  expect(others.flatMap(({ path, readsEnv }) => readsEnv.map(({ line }) => `${path}:${line}`))).toEqual([]);
});

it('asks the clock port for the time', () => {
  const others = sources.filter(({ path }) => !readersOfWallTime.test(path));

  expect(others.flatMap(({ path, readsClock }) => readsClock.map(({ line }) => `${path}:${line}`))).toEqual([]);
});

function offences(from: readonly Source[], isWrong: (use: Source['imports'][number]) => boolean): string[] {
  return from.flatMap(({ path, imports }) =>
    imports.filter(isWrong).map(({ target, line }) => `${path}:${line} imports ${target}`),
  );
}

function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.[cm]?tsx?$/.test(path) && !isGenerated(path));
}

function readSource(path: string): Source {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const source: Source = { path, imports: [], readsEnv: [], readsClock: [] };
  const visit = (node: ts.Node): void => {
    const use = { line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, typeOnly: isTypeOnly(node) };
    const specifier = specifierOf(node);
    if (specifier !== undefined) source.imports.push({ ...use, target: targetOf(path, specifier) });
    if (isEnv(node)) source.readsEnv.push(use);
    if (isClock(node)) source.readsClock.push(use);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return source;
}

function specifierOf(node: ts.Node): string | undefined {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    return textOf(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0]);
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function isEnv(node: ts.Node): boolean {
  const named = ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env';
  if (named) return specifierOf(node.parent.parent.parent)?.endsWith('process') === true;
  return ts.isPropertyAccessExpression(node) && node.name.text === 'env' && lastName(node.expression) === 'process';
}

function isClock(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return lastName(node.expression) === 'Date' && (node.arguments ?? []).length === 0;
  return ts.isPropertyAccessExpression(node) && node.name.text === 'now' && lastName(node.expression) === 'Date';
}

function lastName(node: ts.Expression): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : undefined;
}

/** A path from the root for our own files, a package's name otherwise. */
function targetOf(path: string, specifier: string): string {
  return specifier.startsWith('.') ? join(dirname(path), specifier).replaceAll('\\', '/') : specifier;
}

function isPackage(target: string): boolean {
  return !/^(src|commands|test|prisma|\.\.?)(\/|$)/.test(target);
}

function isGenerated(path: string): boolean {
  return path.startsWith('src/adapters/db/generated/');
}

/** `domain` for src/domain/order.ts, `main.ts` for src/main.ts, `commands/` for what is not in src. */
function floorOf(path: string): string {
  const [top = '', floor = ''] = path.split('/');
  return top === 'src' ? floor : `${top}/`;
}

/** src/adapters/channels/taobao, src/adapters/db, src/adapters/http.ts */
function adapterOf(path: string): string {
  const parts = path.split('/');
  return parts.slice(0, vendorKinds.includes(parts[2] ?? '') ? 4 : 3).join('/');
}
