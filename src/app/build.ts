import { createHash, randomUUID, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { wallNow } from '../adapters/clock/wall.ts';
import { openDatabase } from '../adapters/db/database.ts';
import { createStorage } from '../adapters/db/storage.ts';
import { createSheetReader } from '../adapters/files/sheets.ts';
import { createHttp } from '../adapters/http.ts';
import { createIdentifier } from '../adapters/identifier.ts';
import { createPainter } from '../adapters/painter.ts';
import { createVault } from '../adapters/vault.ts';
import { builtinRules } from '../domain/builtin-rules.ts';
import { parseHours } from '../domain/calendar.ts';
import { ConfigError, UserError } from '../domain/errors.ts';
import type { Lexicon, MenuEntry } from '../domain/menu.ts';
import { scaled } from '../domain/promo.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { RoomRow, ShopOf, Storage } from '../ports/stores.ts';
import { type Answers, createAnswers } from '../services/act/confirm.ts';
import type { ActContext } from '../services/act/kind.ts';
import { createLabelDesk } from '../services/act/label-desk.ts';
import { createProposeAddress } from '../services/act/propose-address.ts';
import { createProposeHold } from '../services/act/propose-hold.ts';
import { createProposeIntercept } from '../services/act/propose-intercept.ts';
import { createProposeLabel } from '../services/act/propose-label.ts';
import { createProposeNote } from '../services/act/propose-note.ts';
import { createProposeRelease } from '../services/act/propose-release.ts';
import { createProposeReplenish } from '../services/act/propose-replenish.ts';
import { createProposeReroute } from '../services/act/propose-reroute.ts';
import { createProposeUrgent } from '../services/act/propose-urgent.ts';
import { createSaga } from '../services/act/saga.ts';
import { createUndo } from '../services/act/undo.ts';
import { createBind } from '../services/bind.ts';
import { createCall } from '../services/call.ts';
import { createCheckUp } from '../services/check-up.ts';
import { createConfirm, type FreshTracks } from '../services/confirm.ts';
import { createDeliver } from '../services/deliver.ts';
import { createDetect } from '../services/detect.ts';
import { createDispatch } from '../services/dispatch.ts';
import { createDuty } from '../services/duty/duty.ts';
import { createOffers } from '../services/duty/offers.ts';
import { createOnCall } from '../services/duty/oncall.ts';
import { createShift } from '../services/duty/shift.ts';
import { createSwap } from '../services/duty/swap.ts';
import { createEscalate } from '../services/escalate.ts';
import { createExplain } from '../services/explain.ts';
import { createExportOrders } from '../services/export-orders.ts';
import { createFollowParcels } from '../services/follow-parcels.ts';
import { createForget } from '../services/forget.ts';
import { createHearPushes } from '../services/hear-pushes.ts';
import { createHeartbeat } from '../services/heartbeat.ts';
import { createHelp } from '../services/help.ts';
import { createImportSheet, type ImportSheet, type ImportShop } from '../services/import-sheet.ts';
import { createIngest, type ShopSource, type SystemSource } from '../services/ingest.ts';
import { createKeepLights } from '../services/keep-lights.ts';
import { createLabelCause } from '../services/label-cause.ts';
import { createLinks } from '../services/links.ts';
import { createMonthBudget } from '../services/month-budget.ts';
import { createMoveAlert } from '../services/move-alert.ts';
import { createOpenLabel } from '../services/open-label.ts';
import { createPhoneTail } from '../services/phone-tail.ts';
import { createPromo } from '../services/promo.ts';
import { createReadAlerts } from '../services/read-alerts.ts';
import { createReadBoard } from '../services/read-board.ts';
import { createReadHealth } from '../services/read-health.ts';
import { createReadLine } from '../services/read-line.ts';
import { createReadOrder } from '../services/read-order.ts';
import { createReadOrderPage } from '../services/read-order-page.ts';
import { createReadRisk } from '../services/read-risk.ts';
import { createReadShortage } from '../services/read-shortage.ts';
import { createReadStock } from '../services/read-stock.ts';
import { createReadStuck } from '../services/read-stuck.ts';
import { createReadTonight } from '../services/read-tonight.ts';
import { createRemindGrants } from '../services/remind-grants.ts';
import { createRemindSheets } from '../services/remind-sheets.ts';
import { createResolveArgs } from '../services/resolve-args.ts';
import { createReviewRules } from '../services/review-rules.ts';
import { createRing } from '../services/ring.ts';
import { createRoomMood } from '../services/room-mood.ts';
import { createRulebook } from '../services/rulebook.ts';
import { createRunCommand, type RunnableCommand } from '../services/run-command.ts';
import { createSessions } from '../services/sessions.ts';
import { createShadow } from '../services/shadow.ts';
import { createShowImport } from '../services/show-import.ts';
import { createSilence } from '../services/silence.ts';
import { createSummarise } from '../services/summarise.ts';
import { createTakeFile } from '../services/take-file.ts';
import { createTellHealth } from '../services/tell-health.ts';
import { createTellShortage } from '../services/tell-shortage.ts';
import { createTextBuyers } from '../services/text-buyers.ts';
import { createUrge } from '../services/urge.ts';
import { createCallUseless } from '../services/useless.ts';
import type { Verbs } from '../services/verbs.ts';
import { createWalkHistory, type WalkHistory } from '../services/walk-history.ts';
import { createWatchBacklog } from '../services/watch-backlog.ts';
import { createWatchLabels } from '../services/watch-labels.ts';
import { createWatchOvertaken } from '../services/watch-overtaken.ts';
import { createWatchShortage } from '../services/watch-shortage.ts';
import { createWatchSources } from '../services/watch-sources.ts';
import { createWatchSpike } from '../services/watch-spike.ts';
import { createWhyNot } from '../services/why-not.ts';
import { createRoomBell } from '../web/room-bell.ts';
import { createWeb } from '../web/server.ts';
import { checked } from './checked.ts';
import { awake, type Company, fileChannel, rotationsOf } from './company.ts';
import { createDirectory } from './directory.ts';
import type { Plugs } from './discover.ts';
import { createEngine, type Engine, everyWallSecond, everyWorldSecond } from './engine.ts';
import type { Keys } from './keys.ts';
import { createMessengers } from './messengers.ts';
import { createMetrics } from './metrics.ts';
import { flowModules } from './modules.ts';
import { migrationsDir, packageDir } from './paths.ts';
import { createSourceFactory, type Sources } from './sources.ts';

export interface BuildOptions {
  readonly company: Company;
  readonly plugs: Plugs;
  readonly databaseFile: string;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly world: 'real' | 'sandbox';
  readonly publicUrl: string;
  readonly allowedHosts: readonly string[];
  readonly metricsToken: string | undefined;
  readonly log: Log & { debug(facts: object, sentence: string): void };
  /** False while another instance is at work. */
  readonly mayRun: (storage: Storage) => Promise<{ isHeld(): boolean; stop(): Promise<void> }>;
}

export interface Bot {
  readonly storage: Storage;
  readonly engine: Engine;
  readonly web: FastifyInstance;
  readonly run: ReturnType<typeof createRunCommand>;
  readonly imports: ImportSheet;
  readonly history: WalkHistory;
  shops(): readonly ShopSource[];
  readonly rooms: readonly RoomRow[];
  /** Ticks and connects. */
  start(): void;
  /** Takes a new configuration whole. */
  reload(next: Company): Promise<void>;
  /** Throws all views away and derives them from the events again. */
  rebuild(): Promise<{ events: number }>;
  stop(): Promise<void>;
}

/** Wires everything: the only place that knows all parts. Starts nothing by itself. */
export async function build(options: BuildOptions): Promise<Bot> {
  const { plugs, keys, clock, world, publicUrl, log } = options;
  const database = await openDatabase(options.databaseFile, migrationsDir);
  const storage = createStorage(database, { audit: keys.audit });
  const stamped = await storage.world(world, clock.now());
  if (stamped !== world) {
    await database.close();
    throw new ConfigError([
      `DATABASE_URL: 这个数据库是${stamped === 'sandbox' ? '模拟公司' : '真实公司'}的，不能混用；换一个文件，例如 DATABASE_URL=file:./data/${world === 'real' ? 'company' : 'demo'}.db / this database belongs to a ${stamped} world and this is a ${world} one: use another file`,
    ]);
  }

  let company = options.company;
  let people = new Map<string, string>();
  const vault = createVault(keys.vault);
  const http = createHttp({ log });
  const identifier = createIdentifier(keys.identity);
  const makeSources = createSourceFactory({
    plugs,
    http,
    clock,
    identifier,
    storage,
    vault,
    phoneTail: createPhoneTail({ storage, clock, vault }),
    hookKey: keys.hook,
    hooksUrl: world === 'real' && isLoopback(publicUrl) ? undefined : publicUrl.replace(/\/+$/, ''),
  });
  let sources: Sources = await makeSources(company);
  await storage.rules.seed(builtinRules, clock.now());
  let rules = await storage.rules.listOn();
  let stagesInFiles: ReadonlyMap<string, boolean> = new Map();
  const directory = createDirectory(
    () => company,
    plugs,
    () => rules,
    (systemId, channel) => sources.systems.find(({ id }) => id === systemId)?.system.stageSource(channel) ?? 'none',
    (id) => people.get(id),
    (shopId) => stagesInFiles.get(shopId) ?? false,
  );
  const promo = createPromo({ storage, clock, directory, rules: () => rules });
  let volume = await promo.factorNow();
  const makeRulebook = () =>
    createRulebook(
      rules.map((rule) => scaled(rule, volume)),
      directory,
      company.timezone,
    );
  let rulebook = makeRulebook();
  // A system that names no shop of its own serves one; a shop it names and we do not know stays a stranger.
  const shopOf: ShopOf = (systemId, systemShopId) => {
    const served = company.shops.filter((shop) => shop.system === systemId);
    const [only] = served;
    const named = served.find((shop) => shop.systemShopId === systemShopId);
    const isUnnamed = systemShopId === '' || only?.systemShopId === undefined;
    return (
      named?.id ?? (served.length === 1 && only !== undefined && isUnnamed ? only.id : `${systemId}.${systemShopId}`)
    );
  };
  const { metrics, registry } = createMetrics(storage, clock, () => months.all());
  const links = createLinks({ key: keys.link });
  const sessions = createSessions({ storage, clock });
  const bell = createRoomBell();
  const shops = () => sources.shops;
  const systems = () => sources.systems;

  const ingest = createIngest({ storage, clock, rulebook: () => rulebook, shopOf, vault, metrics, log });
  const follow = createFollowParcels({
    storage,
    clock,
    carriers: () => sources.carriers,
    saveTracks: (carrierId, events, receivedAt) => ingest.saveTracks(carrierId, events, receivedAt),
    metrics,
    log,
  });
  const confirm = createConfirm({
    storage,
    clock,
    ingest,
    shops,
    systems,
    directory,
    log,
    get freshTracks() {
      return sources.carriers.length === 0
        ? undefined
        : (...asked: Parameters<FreshTracks>) => follow.readNow(...asked);
    },
  });
  const hearShop = createHearPushes({
    storage,
    clock,
    kind: 'shop',
    readPushOf: (shopId) => shops().find(({ id }) => id === shopId)?.channel.readPush,
    readAfresh: (shop: ShopSource, orderNos, signal) => ingest.readOrders(shop, orderNos, signal),
    nudge: (shopId) => engine.nudge(`pushes:${shopId}`),
    metrics,
    log,
  });
  const hearSystem = createHearPushes({
    storage,
    clock,
    kind: 'system',
    readPushOf: (systemId) => systems().find(({ id }) => id === systemId)?.system.readPush,
    readAfresh: (system: SystemSource, orderNos, signal) => ingest.readFulfillments(system, orderNos, signal),
    nudge: (systemId) => engine.nudge(`pushes-of:${systemId}`),
    metrics,
    log,
  });
  const history = createWalkHistory({ storage, clock, ingest, directory, log });
  const importShops = (): readonly ImportShop[] =>
    company.shops.map(({ id, channel }) => ({ id, name: directory.shopName(id), isFile: channel === fileChannel }));
  const imports = createImportSheet({
    storage,
    clock,
    sheets: createSheetReader(),
    ingest,
    vault,
    identifier,
    shops: importShops,
    timezone: () => company.timezone,
    onFileShops: (rows) => {
      stagesInFiles = new Map(rows.map(({ shopId, tellsStage }) => [shopId, tellsStage]));
    },
    nudge: () => engine.nudge('imports'),
    log,
    hash: async (bytes) => Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex'),
    newId: () => randomUUID().replaceAll('-', '').slice(0, 16),
  });
  await imports.start();
  const lookedAt = checked({ plugs, directory, company: () => company, sources: () => sources });
  const remindGrants = createRemindGrants({ storage, clock, sources: lookedAt.sources });
  const remindSheets = createRemindSheets({ storage, clock, directory, shops: importShops });
  const detect = createDetect({ storage, clock, rulebook: () => rulebook, directory, confirm, metrics, log });
  const duty = createDuty({
    storage,
    clock,
    directory,
    rotations: () => rotationsOf(company),
    staff: () =>
      company.staff.map(({ id, name, role, warehouse }) => ({ id, name, role, warehouse: warehouse ?? null })),
  });
  const months = createMonthBudget({
    storage,
    clock,
    timezone: () => company.timezone,
    robotOf: (roomId) => messengers.robotOf(roomId),
    robots: () => messengers.robots(),
  });
  const shadow = createShadow({ storage, clock, directory, plan: () => shadowPlan(company) });
  const moodOf = createRoomMood({
    clock,
    awakeOf(roomId) {
      const quiet = company.rooms.find(({ id }) => id === roomId)?.quiet;
      return quiet === undefined ? undefined : parseHours([`Mon-Sun ${awake(quiet)}`], company.timezone);
    },
    months,
    shadow,
    promo,
  });
  const reviewRules = createReviewRules({ storage, clock, directory, moodOf });
  const dispatch = createDispatch({
    moodOf,
    storage,
    clock,
    directory,
    owners: () => duty.owners(),
    metrics,
    rulebook: () => rulebook,
    get perHour() {
      return company.limits.roomPerHour;
    },
  });
  const perPersonHour = () => company.limits.ordersPerPersonHour;
  const readLine = createReadLine({ lines: storage.lines, clock, directory, perPersonHour });
  const readRisk = createReadRisk({ lines: storage.lines, directory, penalties: () => company.penalties });
  const readShortage = createReadShortage({ lines: storage.lines, directory, systems });
  const watched = {
    storage,
    clock,
    rulebook: () => rulebook,
    directory,
    systems,
    readLine,
    readShortage,
    detect,
    metrics,
    log,
  };
  const watchLines = [
    { name: 'watch-backlog', run: createWatchBacklog(watched) },
    { name: 'watch-overtaken', run: createWatchOvertaken(watched) },
    { name: 'watch-spike', run: createWatchSpike(watched) },
    { name: 'watch-shortage', run: createWatchShortage(watched) },
    { name: 'watch-labels', run: createWatchLabels(watched) },
  ];
  const watchSources = createWatchSources({
    storage,
    clock,
    rulebook: () => rulebook,
    sources: () => [
      ...sources.shops.map(({ id }) => `shop:${id}`),
      ...sources.systems.map(({ id }) => `system:${id}`),
      ...sources.carriers.map(({ id }) => `carrier:${id}`),
    ],
    metrics,
    startedAt: clock.now(),
  });

  // Read at each use: they come with a reload.
  const readHealth = createReadHealth({
    stores: storage,
    clock,
    directory,
    get limits() {
      return company.lights;
    },
  });
  const keepLights = createKeepLights({ storage, clock, directory, rulebook: () => rulebook, detect, metrics });
  const ring = createRing({
    storage,
    clock,
    directory,
    duty,
    voices: () => sources.voices,
    mobileOf: (personId) => company.staff.find(({ id }) => id === personId)?.mobile,
    perNight: () => company.limits.callsPerNight,
    log,
  });
  const textBuyers = createTextBuyers({
    storage,
    clock,
    directory,
    source: () => sources.sms,
    systems: () => sources.systems,
    readLine,
    vault,
    log,
  });
  const escalate = createEscalate({
    storage,
    clock,
    directory,
    duty,
    rules: () => rules,
    rings: () => company.rings,
    policies: () => company.escalation,
    ring,
    voices: () => sources.voices,
  });
  const summarise = createSummarise({
    storage,
    clock,
    timezone: company.timezone,
    readHealth,
    get summary() {
      return company.summary;
    },
  });

  const messengers = createMessengers({
    plugs,
    http,
    clock,
    log,
    storage,
    bell,
    hear: (message) => run.receive(message),
    takeFile: createTakeFile({
      storage,
      imports,
      idOf: (platform, messageId) => createHash('sha256').update(`${platform}/${messageId}`).digest('hex').slice(0, 16),
      log,
    }),
  });
  messengers.take(company);
  const deliver = createDeliver({
    storage,
    clock,
    wallNow,
    addressOf: messengers.addressOf,
    monthOf: months.ofRoom,
    links,
    publicUrl,
    painter: createPainter(),
    metrics,
    log,
  });

  const heartbeat = createHeartbeat({
    storage,
    clock,
    http,
    log,
    isReachable: async (roomId) => (await messengers.addressOf(roomId)) !== undefined,
    paths: () => company.heartbeat,
  });

  const labels = createLabelDesk({ storage, clock, vault, carriers: () => sources.carriers });
  const context: ActContext = {
    directory,
    labels,
    rules: () => rules,
    ingest,
    ordersOf: (systemId, systemOrderNo) => storage.views.ordersOf(systemId, systemOrderNo),
    actsOn: (subject) => storage.actions.listFor(subject, 50),
    orderOf: (shopId, orderNo) => storage.views.findOrderByNo(shopId, orderNo),
    shopOf(shopId) {
      const shop = sources.shops.find(({ id }) => id === shopId);
      if (shop !== undefined) return shop;
      throw new UserError('SHOP_GONE', {
        zh: '这个店铺已经不在配置里了',
        en: 'This shop is no longer configured',
      });
    },
    systemOf(systemId) {
      const system = sources.systems.find(({ id }) => id === systemId);
      if (system !== undefined) return system;
      throw new UserError('SYSTEM_GONE', {
        zh: '这个仓库系统已经不在配置里了',
        en: 'This warehouse system is no longer configured',
      });
    },
  };
  const saga = createSaga({ storage, clock, context, directory, metrics, log });
  const nudge = (name: string) => () => engine.nudge(name);
  const dutyDeps = { storage, clock, directory, duty };
  const roster = createOnCall(dutyDeps);
  const swaps = createSwap(dutyDeps);
  const shifts = createShift(dutyDeps);
  const offers = createOffers({
    storage,
    clock,
    kinds: { sheet: roster.sheet, swap: swaps.kind, shift: shifts.give, 'take-shift': shifts.take },
  });
  const acts = createAnswers({ storage, clock, directory, context, duty, nudge: nudge('act') });
  // Words say what they answer: a question about duty, else an act.
  const answers: Answers = {
    yes: async (asking, words, reason) => (await offers.yes(asking, words)) ?? acts.yes(asking, words, reason),
    no: async (asking, words) => (await offers.no(asking, words)) ?? acts.no(asking, words),
    expire: async () => (await acts.expire()) + (await offers.expire()),
  };
  const proposeDeps = { storage, clock, directory, ingest, shops, systems, shopOf };
  // Limits come with a reload: they are read at each use.
  const fourEyes = {
    get releaseUnits() {
      return company.limits.fourEyes.releaseUnits;
    },
    get releaseValue() {
      return company.limits.fourEyes.releaseValue;
    },
  };
  const alerts = createReadAlerts({ storage, clock, directory });
  const moves = createMoveAlert({ storage, clock, directory, detect, metrics });
  const binding = createBind({ storage, clock, sessions, bindKey: keys.bind, publicUrl });
  const exporting = createExportOrders({ storage, clock, directory });
  const holds = createProposeHold(proposeDeps);
  const verbs: Verbs = {
    help: createHelp(() => menu()),
    readOrder: createReadOrder({ clock, directory }),
    listAlerts: alerts.all,
    listMine: alerts.mine,
    listStuck: createReadStuck({ storage, clock, directory, hasCarriers: () => sources.carriers.length > 0 }),
    explain: createExplain({ storage, clock, directory, confirm, systems }),
    acknowledge: moves.acknowledge,
    snooze: moves.snooze,
    finish: moves.finish,
    handOver: moves.handOver,
    release: createProposeRelease({ ...proposeDeps, fourEyes }),
    reroute: createProposeReroute(proposeDeps),
    silence: createSilence({
      storage,
      clock,
      directory,
      rules: () => rules,
      shopIds: () => company.shops.map(({ id }) => id),
    }),
    promo: promo.command,
    explainSilence: createWhyNot({ storage, clock, directory, rulebook: () => rulebook, rules: () => rules }),
    callUseless: createCallUseless({ storage, clock, directory }),
    undo: createUndo({ storage, clock, context }),
    hold: holds.hold,
    clear: holds.clear,
    review: holds.review,
    replenish: createProposeReplenish(proposeDeps),
    intercept: createProposeIntercept(proposeDeps),
    label: createProposeLabel({ ...proposeDeps, labels }),
    urgent: createProposeUrgent({ clock, directory, duty, shops }),
    urge: createUrge({ storage, clock, directory, duty, rulebook: () => rulebook }),
    labelCause: createLabelCause({ clock }),
    address: createProposeAddress(proposeDeps),
    note: createProposeNote({ clock, shops }),
    stock: createReadStock({ storage, directory, systems }),
    short: createTellShortage({ storage, clock, directory, readShortage }),
    onCall: roster.onCall,
    swap: swaps.swap,
    shift: shifts.handOver,
    tellHealth: createTellHealth({ readHealth }),
    importSheet: createShowImport({ storage, clock, directory, shops: importShops }),
    tonight: createReadTonight({ storage, directory, readLine, readRisk, shops: importShops, perPersonHour }),
    exportOrders: exporting.tell,
    call: createCall({
      storage,
      clock,
      directory,
      duty,
      voices: () => sources.voices,
      ring,
      perNight: () => company.limits.callsPerNight,
    }),
    login: binding.login,
    bind: binding.bind,
  };
  const commands: readonly RunnableCommand[] = [...plugs.commands].map(([name, command]) => ({
    entry: entryOf(name, command),
    run: (args, asking) => command.run({ args: args as never, asking, verbs }),
  }));
  const entries: readonly MenuEntry[] = commands.map(({ entry }) => entry);
  const menu = (): readonly MenuEntry[] => entries;
  let lexicon = lexiconOf(company);
  const run = createRunCommand({
    storage,
    clock,
    wallNow,
    commands: () => commands,
    menu,
    lexicon: () => lexicon,
    resolve: createResolveArgs({ storage, clock, directory }),
    answers,
    nudge: nudge('commands'),
    metrics,
    log,
  });

  /** A promotion begins or ends: said once, and the rules about volume follow. */
  async function turnPromo(): Promise<number> {
    const factor = await promo.factorNow();
    if (factor !== volume) {
      volume = factor;
      rulebook = makeRulebook();
    }
    return promo.sayTurns();
  }
  const forget = createForget({
    storage,
    clock,
    timezone: () => company.timezone,
    retention: () => company.retention,
    log,
  });
  const noise = { turnPromo, tellMonth: months.tell, digestShadow: shadow.digest, reviewRules, heartbeat };
  const modules = () =>
    flowModules({
      sources,
      ingest,
      hearShop,
      hearSystem,
      history,
      follow,
      detect,
      dispatch,
      deliver,
      saga,
      answers,
      escalate,
      textBuyers,
      run,
      watchSources,
      watchLines,
      keepLights,
      summarise,
      imports,
      remindSheets,
      remindGrants,
      forget,
      noise,
    });
  const engine = createEngine(modules(), {
    clock,
    beat: world === 'real' ? everyWallSecond : everyWorldSecond(clock),
    log,
    mayRun: () => lease.isHeld(),
  });

  async function sync(): Promise<void> {
    await storage.people.syncConfigured(
      company.staff.map(({ id, name, role, language, wecom, dingtalk }) => ({
        person: { id, name, role, language },
        accounts: [
          { platform: 'web', userId: id },
          ...(wecom === undefined ? [] : [{ platform: 'wecom', userId: wecom }]),
          ...(dingtalk === undefined ? [] : [{ platform: 'dingtalk', userId: dingtalk }]),
        ],
      })),
    );
    people = new Map((await storage.people.list()).map(({ id, name }) => [id, name]));
    await storage.rooms.syncConfigured(
      company.rooms.map(({ id, platform, chatId, conversationId, name, language, hears }) => ({
        id,
        platform,
        chatId: conversationId ?? (chatId === '' && platform === 'web' ? id : chatId),
        name,
        language,
        hears,
      })),
    );
  }
  await sync();
  const lease = await options.mayRun(storage);

  const web = createWeb({
    stores: storage,
    clock,
    timezone: company.timezone,
    language: 'zh',
    world,
    warRoomId: company.rooms.find(({ platform }) => platform === 'web')?.id ?? 'war',
    menu,
    receive: run.receive,
    hearCarrier: (carrierId, push) => follow.hear(carrierId, push),
    hearShop: (shopId, push) => hearShop.hear(shopId, push),
    hearSystem: (systemId, push) => hearSystem.hear(systemId, push),
    async hearVoice(voiceId, secret, rawBody) {
      const answer = await ring.hear(voiceId, secret, rawBody);
      if (answer !== undefined) engine.nudge('escalate');
      return answer;
    },
    async hearSms(smsId, secret, rawBody) {
      const answer = await textBuyers.hear(smsId, secret, rawBody);
      if (answer !== undefined) engine.nudge('text-buyers');
      return answer;
    },
    sessions,
    links,
    imports,
    importShops,
    readBoard: createReadBoard({ stores: storage, clock, directory, readHealth, readLine, readRisk }),
    readOrderPage: createReadOrderPage({ stores: storage, clock, directory }),
    readSheet: exporting.read,
    openLabel: createOpenLabel({ storage, clock, labels }),
    checkUp: createCheckUp({ storage, clock, ...lookedAt }),
    readiness: () => {
      const states = engine.states().map(({ name, lastOkAt }) => ({
        name,
        lastOkAt,
        ready: lastOkAt !== null && clock.now() - lastOkAt < 5 * 60_000,
      }));
      return { ready: lease.isHeld() && states.every(({ ready }) => ready), modules: states };
    },
    registry,
    metricsToken: options.metricsToken,
    allowedHosts: options.allowedHosts,
    publicUrl,
    assetsDir: join(packageDir, 'src/web/assets'),
    log,
    bell,
  });

  return {
    storage,
    engine,
    web,
    run,
    imports,
    history,
    shops,
    rooms: await storage.rooms.list(),
    async reload(next) {
      const room = (of: Company) => of.rooms.find(({ platform }) => platform === 'web')?.id;
      if (next.timezone !== company.timezone || room(next) !== room(company)) {
        throw new ConfigError([
          'timezone, rooms: 时区和自带群改了要重启 / a changed timezone or built-in room needs a restart',
        ]);
      }
      const nextSources = await makeSources(next);
      company = next;
      sources = nextSources;
      lexicon = lexiconOf(company);
      rules = await storage.rules.listOn();
      rulebook = makeRulebook();
      await sync();
      messengers.take(company);
      engine.replace(modules());
      log.info({ shops: company.shops.length, systems: company.systems.length }, 'Configuration taken');
    },
    rebuild: () => storage.views.rebuild(rulebook.derivation, shopOf),
    start() {
      engine.start();
      messengers.start();
    },
    async stop() {
      await messengers.stop();
      await web.close();
      await engine.stop();
      await lease.stop();
      await database.close();
    },
  };
}

/** Nobody outside this machine gets there. */
const isLoopback = (url: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);

/** The private chat of who hears first; the configuration was checked to have one. */
function shadowPlan({ shadow, staff, rooms }: Company) {
  const person = staff.find(({ id }) => id === shadow.to);
  const accounts = person && { wecom: person.wecom, dingtalk: person.dingtalk, web: person.id };
  const room = rooms.find(({ platform }) => accounts?.[platform as keyof typeof accounts] !== undefined);
  if (shadow.days === 0 || accounts === undefined || room === undefined) return undefined;
  const { platform, language } = room;
  return { days: shadow.days, roomId: `dm:${platform}:${accounts[platform as keyof typeof accounts]}`, language };
}

function entryOf(
  name: string,
  { aliases, help, examples, args, permission, changes, isPrivate }: import('../command.ts').Command,
): MenuEntry {
  return { name, aliases, help, examples, args, permission, changes, isPrivate: isPrivate ?? false };
}

function lexiconOf(company: Company): Lexicon {
  return {
    botNames: [...new Set(company.rooms.map(({ name }) => name))],
    warehouses: company.warehouses.map(({ id, name, city }) => ({
      id,
      words: [...new Set([name, name.replace(/仓$/, ''), id, city].filter((word) => word !== ''))],
    })),
    people: company.staff.map(({ id, name }) => ({ id, words: [name, id] })),
  };
}
