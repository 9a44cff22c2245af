import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';

const root = resolve(import.meta.dirname, '../..');
const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;

/** Leaves room for machines that have other things to do. */
const patience = 30_000;

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
}

/** A process of ours with everything it said. */
export interface Program {
  readonly pid: number;
  /** What it wrote on stdout so far. */
  out(): string;
  /** What it wrote on stderr so far. */
  err(): string;
  /** Resolves with the first match on stdout or stderr. */
  says(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<Ending>;
  signal(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

export interface BotProgram extends Program {
  readonly url: string;
}

/** A folder of its own with the processes that run in it. */
export interface Lab {
  readonly folder: string;
  readonly databaseFile: string;
  write(name: string, text: string): string;
  /** `warroom …`, to its end. */
  cli(args: readonly string[], env?: Env): Promise<Ending & { out: string; err: string }>;
  /** `warroom …`, left running. */
  run(args: readonly string[], env?: Env): Program;
  /** `warroom start`, ready to be talked to. */
  bot(env?: Env): Promise<BotProgram>;
  /** The simulated company alone. */
  sandbox(env?: Env): Promise<Program & { readonly url: string }>;
  /** Kills what still runs and removes the folder. */
  close(): Promise<void>;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Opens an empty folder to run the program in. Nothing of our own environment gets in but PATH. */
export function openLab(): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'warroom-'));
  const databaseFile = join(folder, 'data/bot.db');
  const programs: Program[] = [];

  function launch(file: string, args: readonly string[], env: Env): Program {
    const program = follow(
      spawn(process.execPath, ['--import', loader, join(root, file), ...args], {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          TMPDIR: process.env.TMPDIR,
          HOME: folder,
          PORT: '0',
          DATABASE_URL: 'file:./data/bot.db',
          ...env,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
    programs.push(program);
    return program;
  }

  const run = (args: readonly string[], env: Env = {}): Program => launch('src/main.ts', args, env);

  return {
    folder,
    databaseFile,
    write(name, text) {
      const file = join(folder, name);
      writeFileSync(file, text);
      return file;
    },
    run,
    async cli(args, env) {
      const program = run(args, env);
      const timer = setTimeout(() => program.signal('SIGKILL'), patience);
      const ending = await program.ended;
      clearTimeout(timer);
      return { ...ending, out: program.out(), err: program.err() };
    },
    async bot(env) {
      const program = run(['start'], env);
      const [, port] = await program.says(/http:\/\/[^/:]+:(\d+)\/room/);
      return { ...program, url: `http://127.0.0.1:${port}` };
    },
    async sandbox(env) {
      const program = launch('src/sandbox/main.ts', [], { SANDBOX_DATABASE: join(folder, 'data/world.db'), ...env });
      const [, url = ''] = await program.says(/"url":"([^"]+)"/);
      return { ...program, url };
    },
    async close() {
      for (const program of programs) program.signal('SIGKILL');
      await Promise.all(programs.map(({ ended }) => ended));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

function follow(child: ChildProcess): Program {
  const startedAt = performance.now();
  let said = '';
  let complained = '';
  const listeners = new Set<() => void>();
  const hear = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    hear();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complained += text;
    hear();
  });
  child.stdin?.on('error', () => undefined);
  let isOver = false;
  const ended = new Promise<Ending>((done) => {
    child.once('close', (code, signal) => {
      isOver = true;
      hear();
      done({ code, signal, ms: performance.now() - startedAt });
    });
  });
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return {
    pid: child.pid ?? 0,
    out: () => said,
    err: () => complained,
    ended,
    signal,
    async end(name = 'SIGINT') {
      const askedAt = performance.now();
      signal(name);
      return { ...(await ended), ms: performance.now() - askedAt };
    },
    says: (pattern, ms = patience) =>
      new Promise((done, fail) => {
        const settle = (act: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          act();
        };
        const look = (): void => {
          const match = pattern.exec(said) ?? pattern.exec(complained);
          if (match !== null) settle(() => done(match));
          else if (isOver) settle(() => fail(new Error(`It ended without saying ${pattern}:\n${said}\n${complained}`)));
        };
        const timer = setTimeout(
          () => settle(() => fail(new Error(`It did not say ${pattern} in time:\n${said}\n${complained}`))),
          ms,
        );
        listeners.add(look);
        look();
      }),
  };
}

/** The processes that run in a folder or below it: those a lab started and those that these started. Linux only. */
export function processesIn(folder: string): string[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(-2).join(' ')}`];
    } catch {
      return [];
    }
  });
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Tries until it gives something, or throws what it threw last. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  ms = patience,
): Promise<T> {
  const end = performance.now() + ms;
  let trouble: unknown;
  while (performance.now() < end) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      trouble = error;
    }
    await pause(50);
  }
  throw new Error(`Waited in vain: ${what}`, { cause: trouble });
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** GET as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
export async function getJson(url: string): Promise<any> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** POST as JSON. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
export async function postJson(url: string, body: unknown): Promise<any> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** A person at the room page, with the session that the page gave them. */
export interface Visitor {
  /** The page's HTML. */
  page(path: string): Promise<string>;
  /** Posts a line. Resolves once the bot has answered 2xx; throws when it did not. */
  say(text: string, key: string, room?: 'war' | 'dm'): Promise<void>;
}

/** Opens the room; in the sandbox the first visitor is the ops-lead, and `as` makes them somebody else. */
export async function visit(botUrl: string, as?: string): Promise<Visitor> {
  const origin = botUrl;
  const first = await fetch(`${botUrl}/room`, { signal: AbortSignal.timeout(10_000) });
  let cookie = cookieOf(first);
  await first.text();
  if (as !== undefined) {
    const changed = await fetch(`${botUrl}/room/as`, {
      method: 'POST',
      headers: { origin, cookie },
      body: new URLSearchParams({ person: as }),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    cookie = cookieOf(changed);
    await changed.text();
  }
  return {
    async page(path) {
      const response = await fetch(botUrl + path, { headers: { cookie }, signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      return text;
    },
    async say(text, key, room = 'war') {
      const response = await fetch(`${botUrl}/room/messages`, {
        method: 'POST',
        headers: { origin, cookie, accept: 'application/json' },
        body: new URLSearchParams({ text, key, room }),
        redirect: 'manual',
        signal: AbortSignal.timeout(5_000),
      });
      const answer = await response.text();
      if (response.status !== 202) throw new Error(`the room answered ${response.status}: ${answer}`);
    },
  };
}

function cookieOf(response: Response): string {
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  const session = cookies.findLast((each) => each.startsWith('warroom_session=') && each.length > 20);
  if (session === undefined) throw new Error(`no session in an answer ${response.status}`);
  return session;
}

// biome-ignore lint/suspicious/noExplicitAny: rows are looked into freely by tests
type Row = Record<string, any>;

/** Reads a database that nobody writes to any more. */
export function readRows<R = Row>(file: string, sql: string, ...values: unknown[]): R[] {
  if (!existsSync(file)) throw new Error(`no database at ${file}`);
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare<unknown[], R>(sql).all(...values);
  } finally {
    database.close();
  }
}
