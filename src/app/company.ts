import { parseDocument } from 'yaml';
import { z } from 'zod';
import { roles } from '../domain/actor.ts';
import { parseHours } from '../domain/calendar.ts';
import { ConfigError, UserError } from '../domain/errors.ts';
import { parseDuration, severities } from '../domain/rule.ts';
import { languages } from '../domain/text.ts';
import type { Plugs } from './discover.ts';

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use small letters, digits and hyphens');
const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({ code: 'custom', message: 'write a duration such as 5s, 30m or 2h' });
  return z.NEVER;
});
const Credentials = z.record(z.string(), z.string());

const Shop = z.strictObject({
  id: slug,
  channel: z.string(),
  name: z.string().optional(),
  baseUrl: z.url().optional(),
  poll: Duration.default(5_000),
  backfillDays: z.number().int().min(0).max(90).default(30),
  system: z.string().optional(),
  systemShopId: z.string().optional(),
  credentials: Credentials.default({}),
});
const System = z.strictObject({
  id: slug,
  kind: z.string(),
  baseUrl: z.url().optional(),
  poll: Duration.default(4_000),
  credentials: Credentials.default({}),
});
const Warehouse = z.strictObject({
  id: slug,
  name: z.string().min(1),
  kind: z.enum(['own', '3pl', 'supplier', 'overseas']),
  province: z.string().default(''),
  city: z.string().default(''),
  system: z.string(),
  code: z.string().min(1),
  hours: z.array(z.string()).default([]),
  courierAt: z.array(z.string()).default([]),
  speedPerHour: z.number().positive().optional(),
});
const Wanted = z.union([z.literal('all'), z.array(z.string())]).default('all');
const Hears = z.strictObject({
  shops: Wanted,
  warehouses: Wanted,
  rules: Wanted,
  severity: z.enum(severities).default('warning'),
});
const Room = z.strictObject({
  id: slug,
  platform: z.string(),
  name: z.string().default('订单作战群'),
  language: z.enum(languages).default('zh'),
  baseUrl: z.url().optional(),
  chatId: z.string().default(''),
  conversationId: z.string().optional(),
  webhook: z.url().optional(),
  credentials: Credentials.default({}),
  hears: Hears.prefault({}),
  /** Only criticals go out then; the rest comes as one list when it ends. */
  quiet: z.string().optional(),
  /** API calls that the robot's edition has in a month, where the platform's usual number is not the right one. */
  perMonth: z.number().int().min(1).optional(),
});
const Staff = z.strictObject({
  id: slug,
  name: z.string().min(1),
  role: z.enum(roles),
  wecom: z.string().optional(),
  dingtalk: z.string().optional(),
  mobile: z.string().optional(),
});
const Limits = z.strictObject({
  fourEyes: z
    .strictObject({
      releaseUnits: z.number().int().min(0).default(20),
      releaseValue: z.number().min(0).default(2000),
      gateBypass: z.boolean().default(true),
    })
    .prefault({}),
  roomPerHour: z.number().int().min(1).default(12),
  callsPerNight: z.number().int().min(0).default(2),
});

const Shadow = z.strictObject({ days: z.number().int().min(0).default(0), to: z.string().optional() });
/** A way out that is none of the bot's own: `url` is called at every beat, `webhook` is a group that is told of a stall. */
const Heartbeat = z.strictObject({
  url: z.url().optional(),
  every: Duration.default(60_000),
  webhook: z.url().optional(),
});

/** `warroom.yaml`, design of the public contract. Parts that a later capability reads are checked for shape only. */
export const Company = z.strictObject({
  timezone: z.string().default('Asia/Shanghai'),
  shops: z.array(Shop).default([]),
  systems: z.array(System).default([]),
  warehouses: z.array(Warehouse).default([]),
  carriers: z.array(z.record(z.string(), z.unknown())).default([]),
  rooms: z.array(Room).default([]),
  voice: z.array(z.record(z.string(), z.unknown())).default([]),
  sms: z.array(z.record(z.string(), z.unknown())).default([]),
  staff: z.array(Staff).default([]),
  roster: z.array(z.record(z.string(), z.unknown())).default([]),
  escalation: z.record(z.string(), z.unknown()).default({}),
  limits: Limits.prefault({}),
  summary: z.record(z.string(), z.unknown()).default({}),
  shadow: Shadow.prefault({}),
  heartbeat: Heartbeat.prefault({}),
});
export type Company = z.output<typeof Company>;

/** Reads warroom.yaml. Throws ConfigError with every problem and its path, never with a value. */
export function readCompany(text: string, env: Readonly<Record<string, string | undefined>>, plugs: Plugs): Company {
  // Its own messages and warnings quote the text, which may be a secret: only the kind of mistake and the place are told.
  const document = parseDocument(text, { logLevel: 'silent' });
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) {
    throw new ConfigError(
      mistakes.map(({ code, linePos }) => `warroom.yaml: line ${linePos?.[0].line ?? '?'} is no YAML (${code})`),
    );
  }
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch {
    throw new ConfigError(['warroom.yaml: an alias (*) points nowhere; put quotes around text that begins with one']);
  }
  const problems: string[] = [];
  return checkCompany(withEnv(raw ?? {}, env, '', problems), plugs, problems);
}

/** Checks shape, references and every plug's own keys. */
export function checkCompany(raw: unknown, plugs: Plugs, problems: string[] = []): Company {
  const parsed = Company.safeParse(raw);
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`));
  checkReferences(raw, plugs, problems);
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)]);
  const company = parsed.data;
  // Somewhere people have to hear of it: without any room it is the built-in one.
  return company.rooms.length > 0 ? company : { ...company, rooms: [Room.parse({ id: 'war', platform: 'web' })] };
}

/** Works on the text as it stands, so that a mistake of shape elsewhere hides nothing. */
function checkReferences(raw: unknown, plugs: Plugs, problems: string[]): void {
  const timezone = textOf(raw, 'timezone') ?? 'Asia/Shanghai';
  const isZone = isTimezone(timezone);
  if (!isZone) problems.push('timezone: is no IANA zone such as Asia/Shanghai');
  for (const key of ['shops', 'systems', 'warehouses', 'rooms', 'staff'])
    refuseDoubles(listOf(raw, key), key, problems);
  const systemIds = new Set(listOf(raw, 'systems').map((system) => textOf(system, 'id')));
  const checkSystem = (block: unknown, path: string): void => {
    const id = textOf(block, 'system');
    if (id !== undefined && !systemIds.has(id)) problems.push(`${path}.system: there is no system with this id`);
  };
  for (const [index, shop] of listOf(raw, 'shops').entries()) {
    checkPlug(plugs.channels, `shops[${index}]`, 'channel', shop, problems);
    checkSystem(shop, `shops[${index}]`);
  }
  for (const [index, system] of listOf(raw, 'systems').entries())
    checkPlug(plugs.fulfillment, `systems[${index}]`, 'kind', system, problems);
  for (const [index, warehouse] of listOf(raw, 'warehouses').entries()) {
    checkSystem(warehouse, `warehouses[${index}]`);
    for (const [place, hours] of listOf(warehouse, 'hours').entries()) {
      if (typeof hours === 'string' && !areHours(hours, isZone ? timezone : 'UTC'))
        problems.push(`warehouses[${index}].hours[${place}]: write hours such as Mon-Fri 08:30-22:00`);
    }
  }
  for (const [index, room] of listOf(raw, 'rooms').entries()) {
    checkPlug(plugs.messengers, `rooms[${index}]`, 'platform', room, problems);
    checkHears(raw, room, `rooms[${index}].hears`, problems);
    const quiet = textOf(room, 'quiet');
    if (quiet !== undefined && !areHours(`Mon-Sun ${awake(quiet)}`, isZone ? timezone : 'UTC'))
      problems.push(`rooms[${index}].quiet: write the quiet hours such as 22:30-08:00`);
  }
  checkShadow(raw, problems);
}

function checkHears(raw: unknown, room: unknown, path: string, problems: string[]): void {
  for (const key of ['shops', 'warehouses'] as const) {
    const known = new Set(listOf(raw, key).map((each) => textOf(each, 'id')));
    for (const [index, id] of listOf(fieldOf(room, 'hears'), key).entries())
      if (typeof id === 'string' && !known.has(id)) problems.push(`${path}.${key}[${index}]: is no id of ${key}`);
  }
}

function checkShadow(raw: unknown, problems: string[]): void {
  const shadow = fieldOf(raw, 'shadow');
  const days = fieldOf(shadow, 'days');
  const to = textOf(shadow, 'to');
  if (to === undefined && typeof days === 'number' && days > 0)
    problems.push('shadow.to: names the staff id of who hears first');
  if (to === undefined) return;
  const person = listOf(raw, 'staff').find((each) => textOf(each, 'id') === to);
  if (person === undefined) return void problems.push('shadow.to: there is nobody with this id in staff');
  const platforms = listOf(raw, 'rooms').map((room) => textOf(room, 'platform') ?? '');
  // The built-in room knows everybody.
  const isReachable =
    platforms.length === 0 ||
    platforms.some((platform) => platform === 'web' || textOf(person, platform) !== undefined);
  if (!isReachable) problems.push('shadow.to: this person has no account on the platform of any room');
}

/** `22:30-08:00` → `08:00-22:30`: the hours in which a room may be spoken to. */
export const awake = (quiet: string): string => quiet.split('-').reverse().join('-');

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

const textOf = (value: unknown, key: string): string | undefined => {
  const found = fieldOf(value, key);
  return typeof found === 'string' ? found : undefined;
};

const listOf = (value: unknown, key: string): readonly unknown[] => {
  const found = fieldOf(value, key);
  return Array.isArray(found) ? found : [];
};

function checkPlug(
  plugs: ReadonlyMap<string, { readonly defaultBaseUrl: string | null; readonly credentials: z.ZodType }>,
  path: string,
  key: string,
  block: unknown,
  problems: string[],
): void {
  const id = textOf(block, key);
  if (id === undefined) return;
  const plug = plugs.get(id);
  if (plug === undefined) {
    problems.push(`${path}.${key}: known are ${[...plugs.keys()].join(', ')}`);
    return;
  }
  if (fieldOf(block, 'baseUrl') === undefined && plug.defaultBaseUrl === null)
    problems.push(`${path}.baseUrl: is needed`);
  const credentials = Credentials.safeParse(fieldOf(block, 'credentials') ?? {});
  if (!credentials.success) return;
  const parsed = plug.credentials.safeParse(credentials.data);
  if (!parsed.success)
    problems.push(
      ...parsed.error.issues.map((issue) => `${path}.credentials${pathOf(issue.path, '.')}: ${issue.message}`),
    );
}

function areHours(hours: string, timezone: string): boolean {
  try {
    parseHours([hours], timezone);
    return true;
  } catch (error) {
    // Its own sentence quotes what was written.
    if (error instanceof UserError) return false;
    throw error;
  }
}

function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

function refuseDoubles(rows: readonly unknown[], key: string, problems: string[]): void {
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const id = textOf(row, 'id');
    if (id === undefined) continue;
    if (seen.has(id)) problems.push(`${key}[${index}].id: stands twice`);
    seen.add(id);
  }
}

/** Replaces `${NAME}` by the environment's value. */
function withEnv(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  path: string,
  problems: string[],
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_whole, name: string) => {
      const found = env[name];
      if (found === undefined) problems.push(`${path}: the environment has no ${name}`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((each, index) => withEnv(each, env, `${path}[${index}]`, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      withEnv(each, env, path === '' ? key : `${path}.${key}`, problems),
    ]),
  );
}

function pathOf(path: readonly PropertyKey[], prefix = ''): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return prefix === '' ? text.replace(/^\./, '') || 'warroom.yaml' : text;
}

/**
 * What a configuration asks for and this version does not do yet, by path: said at start and by `doctor`, so that nobody
 * relies on it.
 */
export function notYet(company: Company): readonly string[] {
  const whole = (['carriers', 'voice', 'sms', 'roster'] as const).filter((key) => company[key].length > 0);
  const parts = (['escalation', 'summary'] as const).filter((key) => Object.keys(company[key]).length > 0);
  // Only the first built-in room has a page.
  const hidden = company.rooms.filter(({ platform }) => platform === 'web').slice(1);
  return [...whole, ...parts, ...hidden.map(({ id }) => `rooms.${id}`)];
}
