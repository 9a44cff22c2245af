import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Role, roles } from '../domain/actor.ts';
import { builtinRules } from '../domain/builtin-rules.ts';
import { instantOf, parseHours } from '../domain/calendar.ts';
import { ConfigError, UserError } from '../domain/errors.ts';
import type { PolicyStep, Whom } from '../domain/escalation.ts';
import type { Rotation as Rotating } from '../domain/roster.ts';
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
const Carrier = z.strictObject({
  id: slug,
  kind: z.string(),
  baseUrl: z.url().optional(),
  credentials: Credentials.default({}),
});
const Warehouse = z.strictObject({
  id: slug,
  name: z.string().min(1),
  kind: z.enum(['own', '3pl', 'supplier', 'overseas']),
  province: z.string().default(''),
  city: z.string().default(''),
  /** Not named where sheets are all there is. */
  system: z.string().default(''),
  code: z.string().min(1),
  hours: z.array(z.string()).default([]),
  courierAt: z.array(z.string()).default([]),
  speedPerHour: z.number().positive().optional(),
  /** Said in groups: a name, or the name of a group. */
  contact: z
    .string()
    .max(40)
    .refine((text) => !/\d{5}/.test(text), 'write a name or a group, no telephone number: it is said in groups')
    .default(''),
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
  /** What is spoken to them alone. */
  language: z.enum(languages).default('zh'),
  /** The one they answer for; none = all. */
  warehouse: z.string().optional(),
});
const Every = z.string().transform((text, context) => {
  const [, count = '1', unit] = /^(?:(\d{1,2}) ?)?(day|week)s?$/.exec(text.trim()) ?? [];
  if (unit !== undefined && Number(count) > 0) return Number(count) * (unit === 'week' ? 7 : 1);
  context.addIssue({ code: 'custom', message: 'write day, week, 2 weeks …' });
  return z.NEVER;
});
/** People who follow each other for ever; `from` is on the company's clock. */
const Rotation = z.strictObject({
  role: z.enum(roles),
  who: z.array(z.string()).min(1),
  every: Every,
  from: z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/, 'write a day and a time such as 2026-11-23 08:30'),
});
/** A line to telephones; keys of its own stand beside these. */
const Voice = z
  .looseObject({
    kind: z.string(),
    id: slug.optional(),
    /** Whose address and credentials it uses. */
    room: slug.optional(),
    baseUrl: z.url().optional(),
    credentials: Credentials.default({}),
  })
  .transform((block) => ({ ...block, id: block.id ?? block.kind }));
type Voice = z.output<typeof Voice>;

/** Where it calls, and everything its plug has to know. */
export function voiceSettings(
  { kind: _kind, id: _id, room: roomId, baseUrl, credentials, ...own }: Voice,
  rooms: readonly Company['rooms'][number][],
): { readonly baseUrl: string | undefined; readonly settings: Readonly<Record<string, unknown>> } {
  const room = rooms.find((each) => each.id === roomId);
  return { baseUrl: baseUrl ?? room?.baseUrl, settings: { ...room?.credentials, ...credentials, ...own } };
}

/** The way to buyers' telephones; keys of its own stand beside these. */
const Sms = z
  .looseObject({
    kind: z.string(),
    id: slug.optional(),
    baseUrl: z.url().optional(),
    credentials: Credentials.default({}),
  })
  .transform((block) => ({ ...block, id: block.id ?? block.kind }));
type Sms = z.output<typeof Sms>;

/** Everything its plug has to know. */
export const smsSettings = ({ kind: _kind, id: _id, baseUrl: _baseUrl, credentials, ...own }: Sms) => ({
  ...credentials,
  ...own,
});

const After = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: '写多久以后，例如 0s、3m / write a duration such as 0s or 3m' });
  return z.NEVER;
});
const whomOf = (text: string): Whom => {
  if (text === 'room' || text === 'on-call') return { to: text };
  const role = roles.find((each) => each === text);
  return role === undefined ? { to: 'person', person: text } : { to: 'role', role };
};
/** Exactly one of `notify`, `call` and `repeat`. */
const PolicyBlock = z
  .strictObject({
    after: After,
    notify: z.string().optional(),
    call: z.string().optional(),
    repeat: z.number().int().min(1).max(5).optional(),
  })
  .transform((block, context): PolicyStep => {
    const { after, notify, call, repeat } = block;
    const whom = notify ?? call;
    if ([notify, call, repeat].filter((each) => each !== undefined).length !== 1) {
      context.addIssue({
        code: 'custom',
        message: '一步写一样：notify、call 或 repeat / write one of notify, call and repeat',
      });
      return z.NEVER;
    }
    if (whom === undefined) return { after, do: 'repeat', times: repeat ?? 1 };
    return { after, do: call === undefined ? 'notify' : 'call', whom: whomOf(whom) };
  });
const Policy = z
  .array(PolicyBlock)
  .min(1)
  .superRefine((steps, context) => {
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before !== undefined && step.after < before.after)
        context.addIssue({
          code: 'custom',
          path: [index, 'after'],
          message:
            '要按时间先后写，after 从头算起 / steps stand in the order of their times, counted from the beginning',
        });
      if (step.do === 'repeat' && (before === undefined || index < steps.length - 1))
        context.addIssue({
          code: 'custom',
          path: [index, 'repeat'],
          message: 'repeat 只能是最后一步 / repeat is the last step',
        });
      if (step.do === 'call' && step.whom.to === 'room')
        context.addIssue({
          code: 'custom',
          path: [index, 'call'],
          message: '群没有电话，群里说用 notify / a room has no telephone: use notify',
        });
    }
  });
const usualPolicies: Readonly<Record<string, readonly PolicyStep[]>> = {
  default: [
    { after: 0, do: 'notify', whom: { to: 'room' } },
    { after: 180_000, do: 'notify', whom: { to: 'on-call' } },
    { after: 480_000, do: 'notify', whom: { to: 'role', role: 'ops-lead' } },
  ],
  red: [
    { after: 0, do: 'call', whom: { to: 'role', role: 'warehouse-lead' } },
    { after: 180_000, do: 'call', whom: { to: 'role', role: 'ops-lead' } },
  ],
};
/** What is not named keeps its usual steps. */
const Escalation = z
  .record(slug, Policy)
  .transform((given): Readonly<Record<string, readonly PolicyStep[]>> => ({ ...usualPolicies, ...given }));
/** Only named rules ring, and only while they are critical. `open`: in the open hours of their warehouse. */
const Rings = z.record(
  z.string(),
  z.strictObject({ policy: z.string().default('red'), hours: z.enum(['wall', 'open']).default('wall') }),
);
const Limits = z.strictObject({
  fourEyes: z
    .strictObject({
      releaseUnits: z.number().int().min(0).default(20),
      releaseValue: z.number().min(0).default(2000),
      gateBypass: z.boolean().default(true),
    })
    .prefault({}),
  roomPerHour: z.number().int().min(1).default(12),
  /** What one person sorts in an hour: turns orders that will be late into people who are lacking. */
  ordersPerPersonHour: z.number().positive().default(30),
  callsPerNight: z.number().int().min(0).default(2),
});

/** The room of a company that names none. */
const builtInRoom = 'war';

/** Percent: green up to the first, yellow up to the second, red above. */
const RateLights = z
  .strictObject({ green: z.number().min(0).max(100), yellow: z.number().min(0).max(100) })
  .refine(({ green, yellow }) => green <= yellow, 'green must not be above yellow');
const Lights = z.strictObject({
  urge: RateLights.default({ green: 1.2, yellow: 8.3 }),
  misShip: RateLights.default({ green: 0.3, yellow: 1 }),
});
/** What a platform takes for a late order, as the company looked it up: nothing is known of it but this. */
const Penalty = z
  .strictObject({
    /** Every shop of a channel, or one shop: sheets of several platforms have one channel. */
    channel: z.string().optional(),
    shop: z.string().optional(),
    each: z.number().positive().optional(),
    percent: z.number().positive().max(100).optional(),
    least: z.number().positive().optional(),
    most: z.number().positive().optional(),
    asOf: z.iso.date('write the day on which it was looked up: "2026-11-01"'),
  })
  .refine(({ channel, shop }) => (channel === undefined) !== (shop === undefined), 'write either channel or shop')
  .refine(
    ({ each, percent }) => (each === undefined) !== (percent === undefined),
    'write either each (an amount) or percent (of what was paid)',
  )
  .refine(
    ({ each, least, most }) => each === undefined || (least ?? most) === undefined,
    'least and most bound a percent',
  )
  .transform(({ channel = null, shop = null, asOf, each = null, percent = null, least = null, most = null }) => ({
    channel,
    shop,
    each,
    percent,
    least,
    most,
    asOf,
  }));
const Summary = z.strictObject({
  /** Without a time there is none. */
  at: z.array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time such as 08:30')).default([]),
  rooms: z.array(slug).min(1).optional(),
});
/** The channel of shops without any API. */
export const fileChannel = 'file';
const Shadow = z.strictObject({ days: z.number().int().min(0).default(0), to: z.string().optional() });
/** Days that personal things are kept: receivers after the end of their order, words of messages. */
const Retention = z.strictObject({
  receiverDays: z.number().int().min(1).default(90),
  messageDays: z.number().int().min(1).default(30),
});
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
  carriers: z.array(Carrier).default([]),
  rooms: z.array(Room).default([]),
  voice: z.array(Voice).default([]),
  sms: z.array(Sms).max(1, '只能有一家短信平台 / one provider at most').default([]),
  staff: z.array(Staff).default([]),
  roster: z.array(Rotation).default([]),
  escalation: Escalation.prefault({}),
  rings: Rings.default({
    'cycle-red': { policy: 'red', hours: 'wall' },
    'backlog-over-capacity': { policy: 'red', hours: 'open' },
  }),
  limits: Limits.prefault({}),
  summary: Summary.prefault({}),
  penalties: z.array(Penalty).default([]),
  lights: Lights.prefault({}),
  shadow: Shadow.prefault({}),
  heartbeat: Heartbeat.prefault({}),
  retention: Retention.prefault({}),
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
  return company.rooms.length > 0 ? company : { ...company, rooms: [Room.parse({ id: builtInRoom, platform: 'web' })] };
}

/** Works on the text as it stands, so that a mistake of shape elsewhere hides nothing. */
function checkReferences(raw: unknown, plugs: Plugs, problems: string[]): void {
  const timezone = textOf(raw, 'timezone') ?? 'Asia/Shanghai';
  const isZone = isTimezone(timezone);
  if (!isZone) problems.push('timezone: is no IANA zone such as Asia/Shanghai');
  for (const key of ['shops', 'systems', 'warehouses', 'carriers', 'rooms', 'staff'])
    refuseDoubles(listOf(raw, key), key, problems);
  const systemIds = new Set(listOf(raw, 'systems').map((system) => textOf(system, 'id')));
  const checkSystem = (block: unknown, path: string): void => {
    const id = textOf(block, 'system');
    if (id !== undefined && !systemIds.has(id)) problems.push(`${path}.system: there is no system with this id`);
  };
  for (const [index, shop] of listOf(raw, 'shops').entries()) {
    // Orders of such a shop come as sheets that people bring: there is nothing to connect.
    if (textOf(shop, 'channel') !== fileChannel)
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
  for (const [index, carrier] of listOf(raw, 'carriers').entries())
    checkPlug(plugs.carriers, `carriers[${index}]`, 'kind', carrier, problems);
  for (const [index, room] of listOf(raw, 'rooms').entries()) {
    checkPlug(plugs.messengers, `rooms[${index}]`, 'platform', room, problems);
    checkHears(raw, room, `rooms[${index}].hears`, problems);
    const quiet = textOf(room, 'quiet');
    if (quiet !== undefined && !areHours(`Mon-Sun ${awake(quiet)}`, isZone ? timezone : 'UTC'))
      problems.push(`rooms[${index}].quiet: write the quiet hours such as 22:30-08:00`);
  }
  const warehouseIds = listOf(raw, 'warehouses').map((warehouse) => textOf(warehouse, 'id'));
  for (const [index, person] of listOf(raw, 'staff').entries()) {
    const warehouse = textOf(person, 'warehouse');
    if (warehouse !== undefined && !warehouseIds.includes(warehouse))
      problems.push(`staff[${index}].warehouse: there is no warehouse with this id`);
  }
  checkRoster(raw, problems);
  checkVoice(raw, plugs, problems);
  checkSms(raw, plugs, problems);
  checkEscalation(raw, problems);
  checkPenalties(raw, problems);
  checkShadow(raw, problems);
  const rooms = listOf(raw, 'rooms').map((room) => textOf(room, 'id'));
  for (const [index, id] of listOf(fieldOf(raw, 'summary'), 'rooms').entries()) {
    if (typeof id === 'string' && !(rooms.length === 0 ? [builtInRoom] : rooms).includes(id))
      problems.push(`summary.rooms[${index}]: there is no room with this id`);
  }
}

/** People exist, belong to one post together, and no post has two rotations that begin at the same moment. */
function checkRoster(raw: unknown, problems: string[]): void {
  const staff = new Map(listOf(raw, 'staff').map((person) => [textOf(person, 'id'), person]));
  const begun = new Set<string>();
  for (const [index, rotation] of listOf(raw, 'roster').entries()) {
    const who = listOf(rotation, 'who').filter((id) => typeof id === 'string');
    for (const [place, id] of who.entries())
      if (!staff.has(id)) problems.push(`roster[${index}].who[${place}]: there is nobody of this id among the staff`);
    const warehouses = new Set(who.map((id) => textOf(staff.get(id), 'warehouse')));
    if (warehouses.size > 1)
      problems.push(`roster[${index}].who: people of one rotation answer for the same warehouse; write one for each`);
    const from = textOf(rotation, 'from') ?? '';
    if (/^\d{4}/.test(from) && instantIn('UTC', from) === undefined)
      problems.push(`roster[${index}].from: there is no such day and time`);
    const post = JSON.stringify([textOf(rotation, 'role'), [...warehouses][0], from]);
    if (begun.has(post)) problems.push(`roster[${index}]: another rotation of this role begins at the same moment`);
    begun.add(post);
  }
}

/** `2026-11-23 08:30` on a zone's clock; undefined when it is no day and time. */
function instantIn(zone: string, text: string): number | undefined {
  const local = Date.parse(`${text.replace(' ', 'T')}:00Z`);
  if (!Number.isFinite(local) || !new Date(local).toISOString().startsWith(text.replace(' ', 'T'))) return undefined;
  return instantOf(zone, local);
}

/** The rotations as the roster takes them. */
export const rotationsOf = ({ roster, staff, timezone }: Company): readonly Rotating[] =>
  roster.map(({ role, who, every, from }) => ({
    role,
    warehouse: staff.find(({ id }) => id === who[0])?.warehouse ?? null,
    who,
    everyDays: every,
    from: instantIn(timezone, from) ?? 0,
  }));

/** Roles that people have to be reached in and that the configured roster leaves to nobody. */
export const uncovered = ({ roster, staff }: Company): readonly Role[] =>
  rolesOnDuty.filter(
    (role) => staff.some((each) => each.role === role) && !roster.some((rotation) => rotation.role === role),
  );

/** Whose people are called by name. */
const rolesOnDuty: readonly Role[] = ['ops-lead', 'warehouse-lead', 'cs-lead'];

/** Every line is known, has what its plug needs, and is called by a name of its own. */
function checkVoice(raw: unknown, plugs: Plugs, problems: string[]): void {
  const seen = new Set<string>();
  for (const [index, block] of listOf(raw, 'voice').entries()) {
    const path = `voice[${index}]`;
    const read = Voice.safeParse(block);
    if (!read.success) continue;
    const { kind, id, room: roomId } = read.data;
    if (seen.has(id)) problems.push(`${path}.id: 重名了，写个不同的 id / stands twice: write another id`);
    seen.add(id);
    const plug = plugs.voices.get(kind);
    if (plug === undefined) {
      problems.push(`${path}.kind: 只有 / known are ${[...plugs.voices.keys()].join(', ')}`);
      continue;
    }
    const found = Room.array().safeParse(listOf(raw, 'rooms'));
    const rooms = found.success ? found.data : [];
    const room = listOf(raw, 'rooms').find((each) => textOf(each, 'id') === roomId);
    if (roomId !== undefined && (room === undefined || textOf(room, 'platform') !== plug.lender))
      problems.push(
        `${path}.room: 没有这个${plug.lender ?? ''}群 / there is no such room of ${plug.lender ?? 'any platform'}`,
      );
    if (!found.success) continue;
    const parsed = plug.settings.safeParse(voiceSettings(read.data, rooms).settings);
    if (!parsed.success)
      problems.push(
        ...parsed.error.issues.map(
          (issue) =>
            `${path}${pathOf(issue.path, '.')}: ${plug.lender === null ? '没写全' : '没写 room，或没写全'} / is missing or empty`,
        ),
      );
    for (const key of unknownKeys(read.data, parsed.data))
      problems.push(`${path}.${key}: 没有这个键 / is no key of ${kind}`);
  }
}

/** Its provider is known and has what its plug needs. */
function checkSms(raw: unknown, plugs: Plugs, problems: string[]): void {
  for (const [index, block] of listOf(raw, 'sms').entries()) {
    const path = `sms[${index}]`;
    const read = Sms.safeParse(block);
    if (!read.success) continue;
    const plug = plugs.sms.get(read.data.kind);
    if (plug === undefined) {
      problems.push(`${path}.kind: 只有 / known are ${[...plugs.sms.keys()].join(', ')}`);
      continue;
    }
    const parsed = plug.settings.safeParse(smsSettings(read.data));
    if (!parsed.success)
      problems.push(
        ...parsed.error.issues.map((issue) => `${path}${pathOf(issue.path, '.')}: 没写全 / is missing or empty`),
      );
    else
      for (const key of unknownKeys(read.data, parsed.data))
        problems.push(`${path}.${key}: 没有这个键 / is no key of ${read.data.kind}`);
  }
}

/** What stands in a block and is neither ours nor its plug's. */
const unknownKeys = (block: Voice | Sms, settings: unknown): readonly string[] => {
  const { kind: _kind, id: _id, room: _room, baseUrl: _baseUrl, credentials, ...own } = { room: undefined, ...block };
  const known = typeof settings === 'object' && settings !== null ? settings : undefined;
  if (known === undefined) return [];
  return [
    ...Object.keys(own).filter((key) => !(key in known)),
    ...Object.keys(credentials)
      .filter((key) => !(key in known))
      .map((key) => `credentials.${key}`),
  ];
};

/** Policies speak of people there are, and only rules there are ring by policies there are. */
function checkEscalation(raw: unknown, problems: string[]): void {
  const staff = listOf(raw, 'staff').map((person) => textOf(person, 'id'));
  const policies = fieldOf(raw, 'escalation');
  const names = typeof policies === 'object' && policies !== null ? Object.keys(policies) : [];
  for (const name of names)
    for (const [index, step] of listOf(policies, name).entries())
      for (const key of ['notify', 'call'] as const) {
        const whom = textOf(step, key);
        if (whom !== undefined && whomOf(whom).to === 'person' && !staff.includes(whom))
          problems.push(
            `escalation.${name}[${index}].${key}: 写 room、on-call、角色（${roles.join('、')}）或 staff 里的人 / write room, on-call, a role or an id of staff`,
          );
      }
  const rings = fieldOf(raw, 'rings');
  for (const [ruleId, ring] of Object.entries(typeof rings === 'object' && rings !== null ? rings : {})) {
    if (!builtinRules.some(({ id }) => id === ruleId))
      problems.push(`rings.${ruleId}: 没有这条规则 / there is no such rule`);
    const policy = textOf(ring, 'policy') ?? 'red';
    if (![...Object.keys(usualPolicies), ...names].includes(policy))
      problems.push(`rings.${ruleId}.policy: escalation 里没有它 / escalation has no policy of this name`);
  }
}

/** One row for each channel or shop, and of those that there are. */
function checkPenalties(raw: unknown, problems: string[]): void {
  const shops = listOf(raw, 'shops');
  const known = {
    channel: shops.map((shop) => textOf(shop, 'channel')),
    shop: shops.map((shop) => textOf(shop, 'id')),
  };
  const told = new Set<string>();
  for (const [index, penalty] of listOf(raw, 'penalties').entries()) {
    for (const key of ['channel', 'shop'] as const) {
      const id = textOf(penalty, key);
      if (id === undefined) continue;
      if (!known[key].includes(id)) problems.push(`penalties[${index}].${key}: no shop is that`);
      if (told.has(`${key}/${id}`)) problems.push(`penalties[${index}].${key}: another row says it already`);
      told.add(`${key}/${id}`);
    }
  }
}

function checkHears(raw: unknown, room: unknown, path: string, problems: string[]): void {
  const known = {
    shops: listOf(raw, 'shops').map((each) => textOf(each, 'id')),
    warehouses: listOf(raw, 'warehouses').map((each) => textOf(each, 'id')),
    rules: builtinRules.map(({ id }) => id),
  };
  for (const key of ['shops', 'warehouses', 'rules'] as const) {
    for (const [index, id] of listOf(fieldOf(room, 'hears'), key).entries())
      if (typeof id === 'string' && !known[key].includes(id))
        problems.push(`${path}.${key}[${index}]: is no id of ${key}`);
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
    const known = [...plugs.keys(), ...(key === 'channel' ? [fileChannel] : [])];
    problems.push(`${path}.${key}: known are ${known.join(', ')}`);
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
  // Only the first built-in room has a page.
  const hidden = company.rooms.filter(({ platform }) => platform === 'web').slice(1);
  return [...hidden.map(({ id }) => `rooms.${id}`)];
}
