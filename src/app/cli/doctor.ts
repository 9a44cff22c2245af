import { existsSync } from 'node:fs';
import { createLinkedClock } from '../../adapters/clock/linked.ts';
import { createSystemClock, sleepWall } from '../../adapters/clock/system.ts';
import { createHttp } from '../../adapters/http.ts';
import { createIdentifier } from '../../adapters/identifier.ts';
import { createVault } from '../../adapters/vault.ts';
import { roleNames, rolesWith } from '../../domain/actor.ts';
import { AppError, RateLimitedError } from '../../domain/errors.ts';
import { monthState } from '../../domain/month.ts';
import type { Text } from '../../domain/text.ts';
import type { AccessGuide } from '../../ports/access.ts';
import type { Clock } from '../../ports/clock.ts';
import { bindCode } from '../../services/bind.ts';
import { createMonthBudget } from '../../services/month-budget.ts';
import { createRoomBell } from '../../web/room-bell.ts';
import { type Company, checkCompany, fileChannel, notYet, smsSettings, uncovered, voiceSettings } from '../company.ts';
import { createMessengers } from '../messengers.ts';
import { createRuntime, fetchCompany, type Runtime, readConfigFile, worldOf } from '../runtime.ts';
import { hookSecret, savedTokens } from '../sources.ts';
import { print } from './output.ts';
import { withStorage } from './with-storage.ts';

interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'problem' | 'missing';
  readonly detail: string;
  /** What to do, and who. */
  readonly todo: string | null;
}

/** `warroom doctor`: what works today, what is missing, who has to do what. 1 when something is wrong. */
export async function doctor(json: boolean): Promise<number> {
  const runtime = await createRuntime();
  const found = await findCompany(runtime);
  const findings =
    found === undefined
      ? [noConfig]
      : [
          ...(await readSources(found.company, runtime, found.clock)),
          ...(await readTelephones(found.company, runtime, found.clock)),
          ...checkPeople(found.company),
          ...checkRoster(found.company),
          ...checkRooms(found.company, runtime),
          ...checkLabelBalance(found.company),
          ...(await readMonths(found.company, runtime, found.clock)),
          ...openPlatforms(found.company, runtime),
          ...notYet(found.company).map(
            (key): Finding => ({
              what: `warroom.yaml ${key}`,
              state: 'missing',
              detail: '这个版本还不支持，写了也不起作用 / not supported by this version yet: it does nothing',
              todo: null,
            }),
          ),
        ];
  const isFine = findings.every(({ state }) => state !== 'problem');
  const mark = { ok: '✔', problem: '✘', missing: '○' };
  print(
    json,
    { ok: isFine, findings },
    findings.flatMap(({ what, state, detail, todo }) => [
      `${mark[state]} ${what}：${detail}`,
      ...(todo === null ? [] : [`    → ${todo}`]),
    ]),
  );
  return isFine ? 0 : 1;
}

/** Platforms nobody connected: who clicks where, and what works meanwhile. */
const openPlatforms = ({ shops }: Company, { plugs }: Runtime): readonly Finding[] =>
  [...plugs.channels]
    .filter(([name]) => !shops.some(({ channel }) => channel === name))
    .map(([, plug]) => notConnected(plug));

const notConnected = ({ name, guide }: { readonly name: Text; readonly guide: AccessGuide }): Finding => ({
  what: `没接 ${name.zh} / ${name.en} is not connected`,
  state: 'missing',
  detail: `${guide.without.zh} / ${guide.without.en}`,
  todo: `${guide.where.zh}，${guide.who.zh}：${guide.steps.map(({ zh }) => zh).join('；')}`,
});

const noConfig: Finding = {
  what: 'warroom.yaml',
  state: 'missing',
  detail: '没有配置，npm start 会用模拟公司 / no configuration: npm start runs the simulated company',
  todo: '要接真店：照 README 写 warroom.yaml，密钥放 .env / for a real shop write warroom.yaml as in the README, keys in .env',
};

async function findCompany(runtime: Runtime): Promise<{ company: Company; clock: Clock } | undefined> {
  const { env, configFile, plugs } = runtime;
  const configured = configFile === undefined ? undefined : readConfigFile(runtime);
  const url = env.WARROOM_CLOCK;
  if (url === undefined) return configured && { company: configured, clock: createSystemClock() };
  const clock = createLinkedClock(url);
  await clock.start();
  clock.stop();
  return { company: configured ?? checkCompany(await fetchCompany(url), plugs), clock };
}

/** One real read of every source, with what to do when it fails. */
async function readSources(company: Company, runtime: Runtime, clock: Clock): Promise<readonly Finding[]> {
  const { plugs, keys, env } = runtime;
  const http = createHttp();
  const signal = AbortSignal.timeout(20_000);
  const window = { from: clock.now() - 60_000, to: clock.now() };
  // What the bot at work holds by now, without the refresh token: a refresh here would void it.
  const vault = createVault(keys.vault);
  const lent = async (id: string, credentials: object): Promise<object> => {
    const row = existsSync(runtime.databaseFile)
      ? await withStorage(runtime, (storage) => storage.tokens.find(id))
      : undefined;
    return { ...credentials, ...savedTokens(row, credentials, vault), refreshToken: undefined };
  };
  const shops = company.shops.map(async (shop): Promise<Finding> => {
    if (shop.channel === fileChannel) return fileShop(shop);
    const plug = plugs.channels.get(shop.channel);
    const what = `店铺 ${shop.name ?? shop.id}（${plug?.name.zh ?? shop.channel}）`;
    return attempt(what, plug?.guide, async () => {
      const channel = plug?.create({
        shopId: shop.id,
        baseUrl: shop.baseUrl ?? plug.defaultBaseUrl ?? '',
        credentials: plug.credentials.parse(await lent(`shop:${shop.id}`, shop.credentials)),
        timezone: company.timezone,
        http,
        clock,
        identifier: createIdentifier(keys.identity),
      });
      const page = await channel?.pullUpdated(window, undefined, signal);
      return `可用，最近 1 分钟 ${page?.orders.length ?? 0} 条变化 / works`;
    });
  });
  const systems = company.systems.map(async (system): Promise<Finding> => {
    const plug = plugs.fulfillment.get(system.kind);
    const what = `仓库系统 ${plug?.name.zh ?? system.kind}（${system.id}）`;
    return attempt(what, plug?.guide, async () => {
      const made = plug?.create({
        systemId: system.id,
        baseUrl: system.baseUrl ?? plug.defaultBaseUrl ?? '',
        credentials: plug.credentials.parse(await lent(`system:${system.id}`, system.credentials)),
        http,
        clock,
      });
      await made?.pullUpdated(window, undefined, signal);
      const blind = company.shops.filter(
        (shop) => shop.system === system.id && made?.stageSource(shop.channel) === 'none',
      );
      return blind.length === 0
        ? '可用 / works'
        : `可用，但看不到 ${blind.map((shop) => shop.name ?? shop.id).join('、')} 的仓内进度 / works; stages of these shops cannot be seen`;
    });
  });
  const carriers = company.carriers.map(async (block): Promise<Finding> => {
    const plug = plugs.carriers.get(block.kind);
    return attempt(`物流查询 ${plug?.name.zh ?? block.kind}（${block.id}）`, plug?.guide, async () => {
      const pushSecret = hookSecret(runtime.keys.hook, `carriers/${block.id}`);
      const carrier = plug?.create({
        baseUrl: block.baseUrl ?? plug.defaultBaseUrl ?? '',
        credentials: plug.credentials.parse(block.credentials),
        http,
        clock,
        pushSecret,
        phoneTail: async () => undefined,
      });
      // A number that nobody has: the answer tells whether we may ask.
      const known = carrier?.capabilities.isOwn === true ? block.kind : 'yunda';
      await carrier?.query([{ carrier: known, waybill: '4310500000000' }], signal);
      const pushes = carrier?.pushes ?? null;
      if (pushes === null) return '可用 / works';
      if (env.PUBLIC_URL === undefined && worldOf(runtime) === 'real')
        return '可用，但没有 PUBLIC_URL，只能定时查、收不到推送 / works; without PUBLIC_URL it is polled and cannot push';
      const hook = `${(env.PUBLIC_URL ?? '').replace(/\/+$/, '')}/hooks/carriers/${block.id}?key=${pushSecret}`;
      return pushes.subscribe === null
        ? `可用；想更快，把这个地址填到它的推送配置 / works; sooner with this address in its push settings: ${hook}`
        : '可用 / works';
    });
  });
  return Promise.all([...shops, ...systems, ...carriers]);
}

/** Whether each line to telephones would take a call or a text, without making one; those nobody configured are grey. */
async function readTelephones(
  company: Company,
  { plugs, keys, env }: Runtime,
  clock: Clock,
): Promise<readonly Finding[]> {
  const http = createHttp();
  const signal = AbortSignal.timeout(20_000);
  const receiptsAt = (door: 'voice' | 'sms', id: string, publicUrl: string): string =>
    `${publicUrl.replace(/\/+$/, '')}/hooks/${door}/${id}/${hookSecret(keys.hook, `${door}/${id}`)}`;
  const lines = company.voice.map((block) => {
    const plug = plugs.voices.get(block.kind);
    return attempt(`电话 ${plug?.name.zh ?? block.kind}（${block.id}）`, plug?.guide, async () => {
      const { baseUrl, settings } = voiceSettings(block, company.rooms);
      const voice = plug?.create({
        baseUrl: baseUrl ?? plug.defaultBaseUrl ?? '',
        settings: plug.settings.parse(settings),
        http,
        clock,
      });
      await voice?.check(signal);
      const ring = '真打一次：在群里发 /呼叫 @自己 测试 / to try it: /call @yourself test';
      if (voice?.readReceipts == null) return `可用。${ring}`;
      return env.PUBLIC_URL === undefined
        ? `可用，没有 PUBLIC_URL，接没接靠定时查。${ring}`
        : `可用。回执地址 / receipts: ${receiptsAt('voice', block.id, env.PUBLIC_URL)}。${ring}`;
    });
  });
  const texts = company.sms.map((block) => {
    const plug = plugs.sms.get(block.kind);
    return attempt(`短信 ${plug?.name.zh ?? block.kind}（${block.id}）`, plug?.guide, async () => {
      const provider = plug?.create({
        baseUrl: block.baseUrl ?? plug.defaultBaseUrl ?? '',
        settings: plug.settings.parse(smsSettings(block)),
        http,
        clock,
      });
      // A message that never was: the answer tells whether we may ask.
      await provider?.outcomeOf({ id: 'doctor', mobile: '13800138000', ref: null, at: clock.now() }, signal);
      const kinds = `模板 / templates: ${provider?.kinds.join(', ')}`;
      return env.PUBLIC_URL === undefined
        ? `可用，没有 PUBLIC_URL，收没收到靠定时查。${kinds}`
        : `可用。回执地址 / receipts: ${receiptsAt('sms', block.id, env.PUBLIC_URL)}。${kinds}`;
    });
  });
  const open = [
    ...[...plugs.voices].filter(([kind]) => !company.voice.some((block) => block.kind === kind)),
    ...[...plugs.sms].filter(([kind]) => !company.sms.some((block) => block.kind === kind)),
  ].map(([, plug]) => notConnected(plug));
  return [...(await Promise.all([...lines, ...texts])), ...open];
}

/** Nothing to ask: its orders come when somebody brings them. */
const fileShop = ({ id, name }: Company['shops'][number]): Finding => ({
  what: `店铺 ${name ?? id}（文件）`,
  state: 'ok',
  detail: '没有接口，靠导入订单表 / no API: lives on sheets',
  todo: `打开 /import 上传导出的订单表，或运行 npx warroom import 文件 / send an export at /import, or run npx warroom import FILE`,
});

async function attempt(
  what: string,
  guide: AccessGuide | undefined,
  read: () => Promise<string>,
  patience = 3,
): Promise<Finding> {
  try {
    return { what, state: 'ok', detail: await read(), todo: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A bot at work uses the same limits: a full one is no fault of the platform's.
    if (error instanceof RateLimitedError && patience > 0) {
      await sleepWall(Math.min(error.afterMs, 2_000));
      return attempt(what, guide, read, patience - 1);
    }
    const asked = guide === undefined ? '' : `（${guide.where.zh}，${guide.who.zh}）`;
    return { what, state: 'problem', detail: `${error.code} · ${error.message}`, todo: `${todoOf(error)}${asked}` };
  }
}

function todoOf({ code, retry }: AppError): string {
  if (code === 'BAD_TIMESTAMP') return '把这台机器的时间校准（NTP）/ set this machine’s clock right';
  if (retry === 'refresh' || /TOKEN|AUTH|KEY|SIGN/.test(code))
    return '请店铺主账号在开放平台后台核对 key/secret/授权是否有效，再更新 .env / the shop’s main account checks key, secret and grant on the open platform';
  if (/IP/.test(code))
    return '请在开放平台后台把这台服务器的出口 IP 加进白名单 / add this server’s IP to the platform’s allow list';
  if (retry === 'backoff' || retry === 'after')
    return '对方现在不应答，稍后再试 / it does not answer now; try again later';
  return '把上面这一行发给该平台的技术支持 / send the line above to the platform’s support';
}

function checkPeople({ staff }: Company): readonly Finding[] {
  const holders = staff.filter(({ role }) => rolesWith('stock:release').includes(role));
  const opsLeads = staff.filter(({ role }) => role === 'ops-lead');
  return [
    opsLeads.length > 0
      ? { what: '运营主管 / ops-lead', state: 'ok', detail: opsLeads.map(({ name }) => name).join('、'), todo: null }
      : {
          what: '运营主管 / ops-lead',
          state: 'problem',
          detail: '没有人能绑定群和人 / nobody can bind rooms and people',
          todo: '在 staff 里加一个 role: ops-lead / add one to staff',
        },
    holders.length >= 2
      ? { what: '第二人同意 / four eyes', state: 'ok', detail: `${holders.length} 人有权限 / may agree`, todo: null }
      : {
          what: '第二人同意 / four eyes',
          state: 'missing',
          detail: '有权限的不到两人，超限操作会改为要写原因 / fewer than two holders: a typed reason is asked instead',
          todo: '再给一个人主管角色 / give one more person a lead role',
        },
  ];
}

/** No warehouse system that can be connected has an interface for it (fulfillment.md §1, §3): nothing is guessed. */
const checkLabelBalance = ({ systems }: Company): readonly Finding[] =>
  systems.length === 0
    ? []
    : [
        {
          what: '面单余额 / label balance',
          state: 'missing',
          detail:
            '无数据：接上的系统都没有余额接口，不告警；面单停打 10 分钟会告警 / no data: none of the systems tells it, so no alert; that labels stop coming for 10 minutes is told',
          todo: '余额请仓库在打单软件里看 / the warehouse looks it up where it prints',
        },
      ];

/** Only a rotation never runs out: a sheet pasted in chat lies over it. */
const checkRoster = (company: Company): readonly Finding[] =>
  uncovered(company).map((role) => ({
    what: `值班 ${roleNames[role].zh} / on duty: ${role}`,
    state: 'missing',
    detail: '没有轮班，排班表用完后没人会被 @ / no rotation: once a pasted sheet ends, nobody is called by name',
    todo: `在 roster 里加 { role: ${role}, who: [...], every: week, from: "…" } / add a rotation to roster`,
  }));

/** How many calls each counted robot has made this month, by the database of the bot. */
async function readMonths(company: Company, runtime: Runtime, clock: Clock): Promise<readonly Finding[]> {
  if (!existsSync(runtime.databaseFile)) return [];
  return withStorage(runtime, async (storage) => {
    const { plugs, log } = runtime;
    const messengers = createMessengers({
      plugs,
      http: createHttp(),
      clock,
      log,
      storage,
      bell: createRoomBell(),
      hear: async () => false,
      takeFile: async () => '',
    });
    messengers.take(company);
    const { robotOf, robots } = messengers;
    const months = createMonthBudget({ storage, clock, timezone: () => company.timezone, robotOf, robots });
    return (await months.all()).map((month): Finding => {
      const state = monthState(month);
      return {
        what: `本月接口次数 ${month.roomIds.join('、')} / API calls this month`,
        state: state === 'plenty' ? 'ok' : 'problem',
        detail: `${month.used} / ${month.perMonth}`,
        todo:
          state === 'plenty'
            ? null
            : '只剩红色告警和汇总会发。升级钉钉版本后在 rooms 写 perMonth / only criticals, summaries and answers go out: write perMonth in rooms when the edition has more',
      };
    });
  });
}

const checkRooms = ({ rooms }: Company, { keys }: Runtime): readonly Finding[] =>
  rooms.map((room) =>
    room.platform === 'web' || room.chatId !== '' || room.conversationId !== undefined
      ? { what: `群 ${room.name}`, state: 'ok', detail: room.platform, todo: null }
      : {
          what: `群 ${room.name}`,
          state: 'missing',
          detail: '还没绑定 / not bound',
          todo: `在群里 @机器人 发：/绑定 ${bindCode(keys.bind, room.id)}`,
        },
  );
