import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCompany } from '../../src/app/company.ts';
import { discover } from '../../src/app/discover.ts';
import { Env } from '../../src/app/env.ts';
import { readKeys } from '../../src/app/keys.ts';
import { ConfigError } from '../../src/domain/errors.ts';
import { freePort, type Lab, openLab, processesIn } from '../kit/bot-process.ts';

const plugs = await discover();

let lab: Lab;
beforeEach(() => {
  lab = openLab();
});
afterEach(() => lab.close());

const realCompany = `
rooms: [{ id: war, platform: web }]
staff: [{ id: wang, name: 王敏, role: ops-lead }]
`;

const hunter = 'hunter2-S3CRET';

/** One of nearly everything that can be wrong, with a secret in every value. */
const wrong = `
timezone: Mars/${hunter}
shop: []
shops:
  - { id: Tmall${hunter}, channel: miniprogram, poll: ${hunter}, system: ${hunter}, baseUrl: "no ${hunter}",
      credentials: { key: ${hunter}, secret: "\${NOT_THERE}", extra: ${hunter} } }
  - { id: mini, channel: ${hunter}, credentials: {} }
  - { id: mini, channel: miniprogram, baseUrl: "https://a.example", credentials: { key: ${hunter} } }
systems:
  - { id: wms, kind: ${hunter}, credentials: { appKey: [${hunter}] } }
warehouses:
  - { id: hz, name: "", kind: cave, system: ${hunter}, code: "1", hours: ["${hunter}"], speedPerHour: -1 }
rooms:
  - { id: war, platform: ${hunter}, language: ${hunter} }
staff:
  - { id: li, name: 李, role: ${hunter}, phone: ${hunter} }
limits: { roomPerHour: 0, fourEyes: { releaseUnits: ${hunter} } }
`;

const paths = [
  'timezone',
  'warroom.yaml', // the unknown key `shop`
  'shops[0].id',
  'shops[0].poll',
  'shops[0].baseUrl',
  'shops[0].system',
  'shops[0].credentials.secret',
  'shops[1].channel',
  'shops[2].id',
  'shops[2].credentials.secret',
  'systems[0].kind',
  'systems[0].credentials.appKey',
  'warehouses[0].name',
  'warehouses[0].kind',
  'warehouses[0].system',
  'warehouses[0].hours[0]',
  'warehouses[0].speedPerHour',
  'rooms[0].platform',
  'rooms[0].language',
  'staff[0].role',
  'staff[0]', // the unknown key `phone`
  'limits.roomPerHour',
  'limits.fourEyes.releaseUnits',
];

function problemsOf(text: string, env: Record<string, string> = {}): readonly string[] {
  try {
    readCompany(text, env, plugs);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('warroom.yaml', () => {
  it('is told with every problem and its path at once, and never with a value [B3]', () => {
    const problems = problemsOf(wrong);
    const told = problems.map((line) => line.slice(0, line.indexOf(': ')));
    expect(paths.filter((path) => !told.includes(path))).toEqual([]);
    expect(problems.filter((line) => line.includes('hunter2'))).toEqual([]);
    expect(new Set(problems).size).toBe(problems.length);
  });

  it('names a missing environment variable with its place and takes one that is there', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how the file writes it
    const text = 'staff: [{ id: li, name: "${LI_NAME}", role: operator, mobile: "${LI_MOBILE}" }]';
    expect(problemsOf(text, { LI_NAME: '李' })).toEqual(['staff[0].mobile: the environment has no LI_MOBILE']);
    const { staff } = readCompany(text, { LI_NAME: '李', LI_MOBILE: '1' }, plugs);
    expect(staff).toMatchObject([{ name: '李', mobile: '1' }]);
  });

  it.each([
    ['an alias', `credentials: { secret: *${hunter} }`],
    ['a tag', `credentials: { secret: !${hunter} x }`],
    ['a reserved character', `credentials: { secret: @${hunter} }`],
    ['an open quote', `credentials: { secret: "${hunter} }`],
    ['a bad escape', `credentials: { secret: "\\q${hunter}" }`],
    ['a bad indent', `credentials:\n secret: ${hunter}\n  more: ${hunter}\n`],
    ['a doubled key', `a: ${hunter}\na: ${hunter}`],
    ['text alone', hunter],
    ['a list', `[${hunter}]`],
    ['two documents', `a: ${hunter}\n---\nb: ${hunter}`],
  ])('is refused without a word of its text when a secret breaks it by %s [B3]', (_what, text) => {
    const problems = problemsOf(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter((line) => line.includes('hunter2'))).toEqual([]);
  });

  it('may be empty', () => {
    expect(readCompany('', {}, plugs).shops).toEqual([]);
  });

  it('that is wrong ends the start with code 1 and starts nothing', async () => {
    const file = lab.write('wrong.yaml', wrong);
    const { code, out, err } = await lab.cli(['start'], { WARROOM_CONFIG: file });
    expect(code).toBe(1);
    expect(paths.filter((path) => !err.includes(path))).toEqual([]);
    expect(out + err).not.toContain('hunter2');
    expect(existsSync(lab.databaseFile)).toBe(false);
    expect(processesIn(lab.folder)).toEqual([]);
  });

  it('that is named but cannot be read ends the start with code 1', async () => {
    const { code, err } = await lab.cli(['start'], { WARROOM_CONFIG: 'nowhere.yaml' });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/WARROOM_CONFIG: nowhere.yaml cannot be read/),
    });
    expect(existsSync(lab.databaseFile)).toBe(false);
  });
});

describe('the environment', () => {
  it('is described by .env.example: exactly its keys, one comment line each', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../.env.example'), 'utf8');
    const lines = text.split('\n');
    const keyLines = lines.flatMap((line, index) => (/^(# )?[A-Z_]+=/.test(line) ? [index] : []));
    const keys = keyLines.map((index) => (lines[index] ?? '').replace(/^# /, '').split('=')[0]);
    expect(new Set(keys)).toEqual(new Set(Object.keys(Env.shape)));
    expect(keys).toHaveLength(new Set(keys).size);
    for (const index of keyLines) {
      expect(lines[index - 1]).toMatch(/^# \S/);
      expect(lines[index - 1]).not.toMatch(/^# [A-Z_]+=/);
      expect(lines[index - 2] ?? '').not.toMatch(/^# [^A-Z].*[^=]$/);
    }
  });

  it('works as .env.example has it', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../.env.example'), 'utf8');
    const set = Object.fromEntries(
      text.split('\n').flatMap((line) => (/^[A-Z_]+=/.test(line) ? [line.split('=')] : [])),
    );
    expect(Env.safeParse(set).error).toBeUndefined();
    expect(Env.parse(set)).toEqual(Env.parse({}));
  });

  it.each(['', ' ', '-1', '65536', '1e3', '3000x'])('refuses the port "%s"', (PORT) => {
    expect(Env.safeParse({ PORT }).success).toBe(false);
  });

  it('that is wrong is told by key, without a value', async () => {
    const env = { WARROOM_SECRET: hunter, PORT: `8${hunter}`, LOG_LEVEL: hunter, METRICS_TOKEN: 'abc' };
    const { code, err } = await lab.cli(['start'], env);
    expect(code).toBe(1);
    for (const key of Object.keys(env)) expect(err).toContain(`${key}:`);
    expect(err).not.toContain('hunter2');
    expect(processesIn(lab.folder)).toEqual([]);
  });
});

describe('a start that cannot be', () => {
  async function stamp(kind: 'real' | 'sandbox'): Promise<void> {
    expect(await lab.cli(['db', 'migrate', '--json'])).toMatchObject({ code: 0 });
    const database = new Database(lab.databaseFile);
    database.prepare('INSERT INTO World (id, kind, createdAt) VALUES (1, ?, 0)').run(kind);
    database.close();
  }

  it('is refused when the database belongs to a sandbox and the configuration is real', async () => {
    await stamp('sandbox');
    lab.write('warroom.yaml', realCompany);
    const { code, err } = await lab.cli(['start']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/belongs to a sandbox world/) });
  });

  it('is refused when the database is real and nothing is configured, and leaves no sandbox behind', async () => {
    await stamp('real');
    const { code, err } = await lab.cli(['start']);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/belongs to a real world/) });
    expect(processesIn(lab.folder)).toEqual([]);
  });

  it('is refused when a sandbox is to be open to the network, before anything is started', async () => {
    const { code, err } = await lab.cli(['start'], { HOST: '0.0.0.0' });
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/HOST: the sandbox .* stays on this machine/),
    });
    expect(existsSync(resolve(lab.folder, 'data/sandbox.db'))).toBe(false);
  });

  it('is refused when a real one is to be open to the network and nobody can log in', async () => {
    lab.write('warroom.yaml', 'rooms: [{ id: war, platform: web }]');
    const { code, err } = await lab.cli(['start'], { HOST: '0.0.0.0' });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/HOST: .* add staff/) });
    expect(existsSync(lab.databaseFile)).toBe(false);
  });

  it('says in a sentence that the port is taken, and leaves no sandbox behind', async () => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((done) => other.listen(port, '127.0.0.1', done));
    try {
      const { code, err } = await lab.cli(['start'], { PORT: String(port) });
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(`PORT: ${port} is taken`) });
      expect(err).not.toMatch(/\n\s+at /);
      expect(processesIn(lab.folder)).toEqual([]);
    } finally {
      other.close();
    }
  });

  it('says that the sandbox to follow does not answer', async () => {
    const { code, err } = await lab.cli(['start'], { WARROOM_CLOCK: `http://127.0.0.1:${await freePort()}` });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/cannot be read \(CLOCK_UNREACHABLE\)/) });
  });
});

describe('the kept secret', () => {
  const file = (): string => resolve(lab.folder, 'data/secret');

  it('is made once, for its owner alone, and used again', () => {
    const first = readKeys(undefined, file());
    const second = readKeys(undefined, file());
    expect(second).toEqual(first);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readKeys('x'.repeat(32), file()).link).not.toEqual(first.link);
    expect(new Set(Object.values(first).map((key: Buffer) => key.toString('hex'))).size).toBe(
      Object.keys(first).length,
    );
  });

  it('that was cut short is refused, not replaced: what it sealed would be lost', () => {
    readKeys(undefined, file());
    writeFileSync(file(), '\n');
    expect(() => readKeys(undefined, file())).toThrow(ConfigError);
    expect(readFileSync(file(), 'utf8')).toBe('\n');
  });

  it('is one secret for two that start together', async () => {
    const [one, two] = await Promise.all([lab.cli(['db', 'migrate']), lab.cli(['db', 'migrate'])]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(readFileSync(file(), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });
});
