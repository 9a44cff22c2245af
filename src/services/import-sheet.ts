import { type Actor, actorId, may, roleOf } from '../domain/actor.ts';
import type { Deduction } from '../domain/deduction.ts';
import { AppError, UserError } from '../domain/errors.ts';
import { type SheetMapping, type SheetOrder, viewOfSheetOrder } from '../domain/sheet-order.ts';
import type { Text } from '../domain/text.ts';
import type { SourceOrder } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifier } from '../ports/identifier.ts';
import type { Log } from '../ports/log.ts';
import type { BillSheet, KnownSheet, Sheet, SheetReader, SkippedSheetRow } from '../ports/sheets.ts';
import type { FileShopRow, ImportRow, NewOutbox, Storage } from '../ports/stores.ts';
import type { Vault } from '../ports/vault.ts';
import { importCard } from '../render/import-card.ts';
import type { Ingest } from './ingest.ts';
import { languageOf } from './language.ts';

/** A shop that orders of a sheet may belong to. */
export interface ImportShop {
  readonly id: string;
  readonly name: string;
  /** Whether sheets are all it has. */
  readonly isFile: boolean;
}

export interface ImportSheetDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly sheets: SheetReader;
  readonly ingest: Ingest;
  readonly vault: Vault;
  readonly identifier: Identifier;
  readonly shops: () => readonly ImportShop[];
  readonly timezone: () => string;
  /** Hears how far each shop's sheets have come, at the start and whenever that changes. */
  readonly onFileShops: (rows: readonly FileShopRow[]) => void;
  readonly nudge: () => void;
  readonly log: Log;
  /** SHA-256 in hex, while others are served. */
  readonly hash: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;
  readonly newId: () => string;
}

export interface NewSheet {
  readonly fileName: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When the file was last written, unix ms; null = nobody knows. */
  readonly modifiedAt: number | null;
  /** Null = the sheet names its shops, or there is one shop that lives on sheets. */
  readonly shopId: string | null;
  readonly actor: Actor;
  /** The chat it was sent to and that hears what became of it; absent for a page or a terminal. */
  readonly roomId?: string;
  /** Where the same file may be brought again: one id, one import. Made when absent. */
  readonly id?: string;
}

/** What became of a sheet. Kept with it, so nothing in here is personal. */
export interface ImportResult {
  readonly preset: string | null;
  readonly presetName: Text | null;
  readonly shops: readonly string[];
  readonly asOf: number | null;
  readonly rows: number;
  readonly orders: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly skippedRows: number;
  /** The first of them. */
  readonly skipped: readonly SkippedSheetRow[];
  readonly unknownWords: KnownSheet['unknownWords'];
  /** Why nothing was taken; null when it was. */
  readonly refusal: Text | null;
  /** Headings that a person has to explain; null when they are known. */
  readonly unexplained: {
    readonly headingKey: string;
    readonly headings: readonly string[];
    readonly proposal: SheetMapping;
  } | null;
}

export interface ImportSheet {
  /** Keeps the file, sealed, and answers the id of its import; the work follows, also after a crash. Throws UserError. */
  accept(sheet: NewSheet): Promise<string>;
  /** Reads it as `accept` would, and changes nothing. */
  preview(sheet: NewSheet, mapping: SheetMapping | undefined, signal: AbortSignal): Promise<ImportResult>;
  /** Stores what is waiting; one sheet a run. Answers how many there were. */
  run(signal: AbortSignal): Promise<number>;
  find(id: string): Promise<(Omit<ImportRow, 'result'> & { readonly result: ImportResult | null }) | undefined>;
  list(limit: number): Promise<readonly (Omit<ImportRow, 'result'> & { readonly result: ImportResult | null })[]>;
  /** What the headings mean, from now on; the sheet that waits for it goes on. */
  explain(id: string, mapping: SheetMapping, actor: Actor): Promise<void>;
  /** Tells `onFileShops` what was stored before. */
  start(): Promise<void>;
}

/** Sealed and written in one go. A multiple of three: base64 then needs no padding. */
const chunkBytes = 192 * 1_024;
/** Orders that one step stores: it must not hold the event loop for longer than a blink. */
const pieceSize = 25;
const breathMs = 2;
const skippedKept = 200;
/** Of a sheet. */
export const mostBytes = 64 * 1_024 * 1_024;
/** What nobody finished or explained by then is thrown away. */
const forgottenMs = 24 * 3_600_000;
/** Where phone numbers without a country code are from. */
const country = 'CN';

export function createImportSheet(deps: ImportSheetDeps): ImportSheet {
  const { storage, clock, sheets, ingest, vault, identifier, shops, log } = deps;
  const { imports } = storage;

  const check = ({ bytes, shopId, actor }: NewSheet): void => {
    if (actor.type === 'stranger' || (actor.type === 'person' && !may(roleOf(actor), 'alert:act'))) throw onlyLooks;
    if (bytes.length > mostBytes) throw new UserError('SHEET_UNREADABLE', tooBig);
    if (shops().length === 0) throw noShop;
    if (shopId !== null && !shops().some(({ id }) => id === shopId)) throw unknownShop(shopId, shops());
  };

  async function bytesOf(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Buffer[] = [];
    for (let seq = 0; ; seq += 1) {
      const sealed = await imports.chunk(id, seq);
      if (sealed === undefined) break;
      parts.push(Buffer.from(vault.open(sealed), 'base64'));
      await breath();
    }
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  const read = async (
    bytes: Uint8Array<ArrayBuffer>,
    extra: { headingKey: string; mapping: SheetMapping } | undefined,
    signal: AbortSignal,
  ): Promise<Sheet> => {
    const mappings = new Map(await imports.mappings());
    if (extra !== undefined) mappings.set(extra.headingKey, extra.mapping);
    return sheets.read(bytes, { timezone: deps.timezone(), now: clock.now(), mappings }, signal);
  };

  /** The moment a sheet shows: when it was made, and never before the newest thing it tells. */
  const momentOf = (modifiedAt: number | null, { newestAt }: KnownSheet): number => {
    const now = clock.now();
    const known = modifiedAt === null || modifiedAt > now ? (newestAt ?? now) : modifiedAt;
    return Math.min(now, Math.max(known, newestAt ?? 0));
  };

  function shopFor(chosen: string | null): (order: Pick<SheetOrder, 'shop'>) => string | undefined {
    if (chosen !== null) return () => chosen;
    const all = shops();
    const byName = new Map(all.flatMap(({ id, name }) => [[plain(id), id] as const, [plain(name), id] as const]));
    const files = all.filter(({ isFile }) => isFile);
    const only = files.length === 1 ? files[0]?.id : undefined;
    return ({ shop }) => byName.get(plain(shop)) ?? only;
  }

  const sourceOrder = (told: SheetOrder, shopId: string, asOf: number): SourceOrder => {
    const { buyer, name, phone, province, city, district, address } = told.person;
    const byPhone = phone === '' ? undefined : identifier.phone(phone, country);
    const byBuyer = buyer === '' || buyer.includes('*') ? undefined : identifier.key('buyer', buyer, `file/${shopId}`);
    const identities = [byPhone, byBuyer].filter((key) => key !== undefined);
    const receiver = identifier.mask({ name, phone, province, city, district });
    return {
      view: viewOfSheetOrder(told, shopId, asOf, { receiver, identities }),
      receiver: name === '' && phone === '' && address === '' ? null : { name, phone, address },
      visibleAt: null,
    };
  };

  const shopless = (told: Pick<SheetOrder, 'row' | 'order' | 'shop'>): SkippedSheetRow => ({
    row: told.row,
    cell: '',
    order: told.order,
    reason:
      told.shop === ''
        ? { zh: '不知道是哪个店铺的；请选好店铺再导入', en: 'its shop is not told; choose the shop and import again' }
        : {
            zh: `没有叫“${told.shop.slice(0, 20)}”的店铺；请选好店铺再导入，或让管理员加上这个店`,
            en: `there is no shop called "${told.shop.slice(0, 20)}"; choose the shop and import again, or have it added`,
          },
  });

  async function store(row: ImportRow, sheet: Sheet, told: KnownSheet): Promise<ImportResult> {
    const asOf = momentOf(row.asOf, told);
    const shopOf = shopFor(row.shopId);
    const newest = new Map((await imports.fileShops()).map((each) => [each.shopId, each.asOf]));
    const skipped = [...told.skipped];
    const stored = new Set<string>();
    let changed = 0;
    let taken = 0;
    let done = 0;
    await imports.change(row.id, { state: 'storing', asOf, done: 0, total: told.orders });
    for await (const batch of sheet.batches()) {
      for (let from = 0; from < batch.length; from += pieceSize) {
        const piece = new Map<string, SourceOrder[]>();
        for (const each of batch.slice(from, from + pieceSize)) {
          const shopId = shopOf(each);
          if (shopId === undefined) {
            skipped.push(shopless(each));
            continue;
          }
          // An older sheet adds what nobody told yet; what it says of the others is past.
          const isOld = asOf < (newest.get(shopId) ?? 0);
          if (isOld && (await storage.views.findOrderByNo(shopId, each.order)) !== undefined) {
            taken += 1;
            continue;
          }
          const orders = piece.get(shopId) ?? [];
          orders.push(sourceOrder(each, shopId, asOf));
          piece.set(shopId, orders);
        }
        for (const [shopId, orders] of piece) {
          changed += await ingest.saveOrders(`file:${shopId}`, orders);
          await imports.noteSeen(
            shopId,
            orders.map(({ view }) => view.channelOrderNo),
            asOf,
          );
          taken += orders.length;
          stored.add(shopId);
        }
        await breath();
      }
      done += batch.length;
      await imports.change(row.id, { done });
    }
    if (taken === 0) throw new UserError('SHEET_ROWS', skipped[0]?.reason ?? nothingTaken);
    for (const shopId of stored) await noteShop(shopId, asOf, told.tellsStage);
    return resultOf(told, {
      asOf,
      shops: [...stored],
      orders: taken,
      changed,
      unchanged: taken - changed,
      skippedRows: skipped.length,
      skipped: skipped.slice(0, skippedKept),
    });
  }

  /** Whose order it is: as the bill or the person says, else the only order of ours with that number. */
  async function storeBill(row: Pick<ImportRow, 'shopId'>, told: BillSheet, isDry = false): Promise<ImportResult> {
    const shopOf = shopFor(row.shopId);
    const skipped = [...told.skipped];
    const found: Deduction[] = [];
    const seen = new Map<string, number>();
    for (const [index, { row: at, order, shop, ...each }] of told.deductions.entries()) {
      if (index % pieceSize === pieceSize - 1) await breath();
      const own = (await storage.views.listByTail(order, 5)).filter(({ channelOrderNo }) => channelOrderNo === order);
      const shopId = shopOf({ shop }) ?? (own.length === 1 ? own[0]?.shopId : undefined);
      if (shopId === undefined) skipped.push(shopless({ row: at, order, shop }));
      else {
        const key = JSON.stringify([shopId, order, each]);
        const nth = seen.get(key) ?? 0;
        seen.set(key, nth + 1);
        found.push({ ...each, shopId, orderNo: order, nth });
      }
    }
    if (found.length === 0) throw new UserError('SHEET_ROWS', skipped[0]?.reason ?? nothingTaken);
    let changed = 0;
    for (let from = 0; !isDry && from < found.length; from += 4 * pieceSize) {
      changed += await imports.addDeductions(found.slice(from, from + 4 * pieceSize));
      await breath();
    }
    return {
      ...nothing,
      preset: 'bill',
      presetName: { zh: '扣款账单', en: 'bill of deductions' },
      shops: [...new Set(found.map(({ shopId }) => shopId))],
      rows: told.rows,
      orders: found.length,
      changed,
      unchanged: found.length - changed,
      skippedRows: skipped.length,
      skipped: skipped.slice(0, skippedKept),
    };
  }

  async function noteShop(shopId: string, asOf: number, tellsStage: boolean): Promise<void> {
    await imports.saveFileShop({ shopId, asOf, tellsStage });
    const source = `shop:${shopId}`;
    const lastOkAt = (await storage.sources.find(source))?.lastOkAt ?? 0;
    if (shops().some(({ id, isFile }) => id === shopId && isFile) && asOf > lastOkAt)
      await storage.sources.ok(source, asOf);
    deps.onFileShops(await imports.fileShops());
  }

  /** What the chat it came from hears of it; undefined when it came from none. */
  async function wordsFor({ id, roomId, fileName }: ImportRow, result: ImportResult): Promise<NewOutbox | undefined> {
    if (roomId === null) return undefined;
    return {
      key: `import/${id}/${result.unexplained === null ? 'end' : 'ask'}`,
      roomId,
      kind: 'result',
      priority: 0,
      alertId: null,
      card: importCard({ fileName, ...result }, deps.timezone(), await languageOf(storage, roomId)),
      dueAt: clock.now(),
    };
  }

  async function finish(row: ImportRow, state: 'done' | 'refused', result: ImportResult): Promise<void> {
    const now = clock.now();
    const words = await wordsFor(row, result);
    await storage.transaction(async (tx) => {
      await tx.imports.change(row.id, { state, finishedAt: now, result });
      if (words !== undefined) await tx.outbox.add(words);
      await tx.audit.add({
        at: now,
        actor: { type: 'automation', name: 'import' },
        action: `import.${state}`,
        subject: `import:${row.id}`,
        detail: {
          by: row.actorId,
          shops: result.shops,
          orders: result.orders,
          changed: result.changed,
          hash: row.hash,
        },
      });
    });
    while (await imports.dropChunks(row.id)) await breath();
  }

  async function work(row: ImportRow, signal: AbortSignal): Promise<void> {
    let sheet: Sheet | undefined;
    try {
      sheet = await read(await bytesOf(row.id), undefined, signal);
      const { told } = sheet;
      if (told.kind === 'unknown') {
        const result = { ...nothing, unexplained: told };
        const words = await wordsFor(row, result);
        await storage.transaction(async (tx) => {
          await tx.imports.change(row.id, { state: 'unexplained', result });
          if (words !== undefined) await tx.outbox.add(words);
        });
        return;
      }
      const result = told.kind === 'bill' ? await storeBill(row, told) : await store(row, sheet, told);
      await finish(row, 'done', result);
      log.info({ import: row.id, orders: result.orders, changed: result.changed }, 'A sheet was imported');
    } catch (error) {
      if (signal.aborted || (error instanceof AppError && error.retry !== 'never')) throw error; // it waits, and is tried again
      if (!(error instanceof UserError)) log.error({ import: row.id, error }, 'A sheet broke the import');
      await finish(row, 'refused', { ...nothing, refusal: error instanceof UserError ? error.text : broken });
    } finally {
      await sheet?.close();
    }
  }

  async function forget(): Promise<void> {
    for (const row of await imports.listForgotten(clock.now() - forgottenMs))
      await finish(row, 'refused', { ...nothing, refusal: forgotten });
  }

  const withResult = (row: ImportRow) => ({ ...row, result: row.result as ImportResult | null });

  return {
    async accept(sheet) {
      check(sheet);
      const { bytes, fileName, modifiedAt, shopId, actor, roomId = null, id = deps.newId() } = sheet;
      const known = await imports.find(id);
      if (known !== undefined && known.state !== 'arriving') return id;
      await imports.add({
        id,
        shopId,
        fileName: fileName.slice(-120),
        hash: await deps.hash(bytes),
        bytes: bytes.length,
        actorId: actorId(actor),
        roomId,
        asOf: modifiedAt,
        createdAt: clock.now(),
      });
      for (let seq = 0; seq * chunkBytes < bytes.length; seq += 1) {
        const chunk = Buffer.from(
          bytes.buffer,
          bytes.byteOffset + seq * chunkBytes,
          Math.min(chunkBytes, bytes.length - seq * chunkBytes),
        );
        await imports.addChunk(id, seq, vault.seal(chunk.toString('base64')));
        await breath();
      }
      await imports.change(id, { state: 'waiting' });
      deps.nudge();
      return id;
    },

    async preview(sheet, mapping, signal) {
      check(sheet);
      let opened = await read(sheet.bytes.slice(), undefined, signal);
      try {
        if (opened.told.kind === 'unknown' && mapping !== undefined) {
          const { headingKey } = opened.told;
          await opened.close();
          opened = await read(sheet.bytes.slice(), { headingKey, mapping }, signal);
        }
        const { told } = opened;
        if (told.kind === 'unknown') return { ...nothing, unexplained: told };
        if (told.kind === 'bill') return await storeBill(sheet, told, true);
        const shopOf = shopFor(sheet.shopId);
        const found = new Set<string>();
        const skipped = [...told.skipped];
        let orders = 0;
        for await (const batch of opened.batches()) {
          for (const each of batch) {
            const shopId = shopOf(each);
            if (shopId === undefined) skipped.push(shopless(each));
            else {
              found.add(shopId);
              orders += 1;
            }
          }
          await breath();
        }
        const asOf = momentOf(sheet.modifiedAt, told);
        return resultOf(told, {
          asOf,
          shops: [...found],
          orders,
          changed: 0,
          unchanged: 0,
          skippedRows: skipped.length,
          skipped: skipped.slice(0, skippedKept),
        });
      } finally {
        await opened.close();
      }
    },

    async run(signal) {
      await forget();
      const row = await imports.next();
      if (row === undefined) return 0;
      await work(row, signal);
      return 1;
    },

    async find(id) {
      const row = await imports.find(id);
      return row && withResult(row);
    },

    async list(limit) {
      return (await imports.list(limit)).map(withResult);
    },

    async explain(id, mapping, actor) {
      const row = await imports.find(id);
      const { unexplained } = (row?.result ?? nothing) as ImportResult;
      if (row?.state !== 'unexplained' || unexplained === null) throw notWaiting;
      if (actor.type === 'stranger' || (actor.type === 'person' && !may(roleOf(actor), 'alert:act'))) throw onlyLooks;
      if (mapping.order === undefined || (mapping.placedAt === undefined && mapping.paidAt === undefined))
        throw tooLittle;
      if (Object.values(mapping).some((heading) => !unexplained.headings.includes(heading))) throw noSuchHeading;
      await imports.saveMapping(unexplained.headingKey, mapping, actorId(actor), clock.now());
      await imports.change(id, { state: 'waiting', result: null });
      deps.nudge();
    },

    async start() {
      deps.onFileShops(await imports.fileShops());
    },
  };
}

/** Before anything is known of a sheet. */
export const nothing: ImportResult = {
  preset: null,
  presetName: null,
  shops: [],
  asOf: null,
  rows: 0,
  orders: 0,
  changed: 0,
  unchanged: 0,
  skippedRows: 0,
  skipped: [],
  unknownWords: [],
  refusal: null,
  unexplained: null,
};

const resultOf = (
  told: KnownSheet,
  counted: Pick<ImportResult, 'asOf' | 'shops' | 'orders' | 'changed' | 'unchanged' | 'skippedRows' | 'skipped'>,
): ImportResult => ({
  ...nothing,
  ...counted,
  preset: told.preset,
  presetName: told.name,
  rows: told.rows,
  unknownWords: told.unknownWords.slice(0, 20),
});

const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();

const nothingTaken: Text = { zh: '没有可导入的行', en: 'There is nothing to import' };
const tooBig: Text = {
  zh: '文件超过 64 MB；请按日期分几次导出',
  en: 'The file is larger than 64 MB; export it in parts, by date',
};
const forgotten: Text = {
  zh: '放了一天没有确认，文件已经删掉；请重新上传',
  en: 'Nobody confirmed it for a day, so the file was thrown away; send it again',
};
const broken: Text = {
  zh: '读这份文件时我们这边出错了，已记下；请把文件发给管理员',
  en: 'Something broke on our side while reading this file and was noted; give the file to the administrator',
};
/** For whoever may not bring sheets. */
export const onlyLooks = new UserError('FORBIDDEN', {
  zh: '你的角色只能看。请让运营主管给你开权限，或请同事导入',
  en: 'Your role may only look. Ask the ops lead for a role, or a colleague to import it',
});
const noShop = new UserError('NO_SHOP', {
  zh: '还没有店铺。请在 warroom.yaml 里加一个：shops: [{ id: shop, channel: file, name: 我的店 }]',
  en: 'There is no shop yet. Add one to warroom.yaml: shops: [{ id: shop, channel: file, name: My shop }]',
});
const notWaiting = new UserError('IMPORT_OVER', {
  zh: '这份文件已经处理完了；请重新上传',
  en: 'This file has been dealt with; send it again',
});
const tooLittle = new UserError('MAPPING_INCOMPLETE', {
  zh: '至少要指出订单号，以及下单时间或付款时间',
  en: 'At least the order number, and when it was placed or paid, must be named',
});
const noSuchHeading = new UserError('MAPPING_WRONG', {
  zh: '有一列在文件里没有；请按文件的表头写',
  en: 'One of these columns is not in the file; name them as its heading does',
});
const unknownShop = (shopId: string, shops: readonly ImportShop[]): UserError =>
  new UserError('NO_SHOP', {
    zh: `没有店铺“${shopId}”；有：${shops.map(({ id }) => id).join('、')}`,
    en: `There is no shop "${shopId}"; there are: ${shops.map(({ id }) => id).join(', ')}`,
  });

/** Long enough for others to be served: a program that never rests is put last by the machine. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, breathMs));
