import type { Alert } from '../domain/alert.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, notice } from '../domain/card.ts';
import { UserError } from '../domain/errors.ts';
import { isForRoom } from '../domain/hears.ts';
import { readSilence } from '../domain/noise-words.ts';
import { type Rule, severityRank } from '../domain/rule.ts';
import { covers, longestSilenceMs, quietUntil, type SilenceScope } from '../domain/silence.ts';
import { cutTo } from '../domain/text.ts';
import type { Clock } from '../ports/clock.ts';
import type { RoomRow, Storage } from '../ports/stores.ts';
import { silenceList, silencePreview } from '../render/noise-cards.ts';
import { localDay } from '../render/words.ts';
import type { Proposal } from './act/kind.ts';
import { ask, demand } from './act/propose.ts';
import type { Directory } from './directory.ts';
import type { Answer } from './reply.ts';
import { skusIn } from './room-view.ts';
import { scopeWords } from './silence-words.ts';

export interface SilenceDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly rules: () => readonly Rule[];
  readonly shopIds: () => readonly string[];
}

const aDay = 86_400_000;
const mostLookedAt = 5_000;
const mostSkus = 50;

/** What somebody typed stands in titles later: letters and digits are enough to know it by. */
const plain = (words: string): string => cutTo(words.replace(/[^\p{L}\p{N} -]/gu, ''), 20);

/** `/silence`: a preview of what it would have hidden, then a yes; listed when asked alone, ended by its number. */
export function createSilence({ storage, clock, directory, rules, shopIds }: SilenceDeps) {
  async function scopeOf(target: string, roomId: string): Promise<SilenceScope> {
    const number = /^(?:#|no\.?\s?)?(\d{1,3})\s?号?$/i.exec(target)?.[1];
    if (number !== undefined) return scopeOfAlert(Number(number), roomId);
    const wanted = target.toLowerCase();
    const warehouse = directory
      .warehouses()
      .find(({ id, name, city }) =>
        [id, name, name.replace(/仓$/, ''), city].some((word) => word.toLowerCase() === wanted),
      );
    if (warehouse !== undefined) return { kind: 'warehouse', warehouseId: warehouse.id };
    const shopId = shopIds().find((id) => id === wanted || directory.shopName(id).toLowerCase() === wanted);
    if (shopId !== undefined) return { kind: 'shop', shopId };
    const byId = rules().find(({ id }) => id === wanted);
    const bySay = rules().filter(({ say }) => say.zh.includes(target) || say.en.toLowerCase().includes(wanted));
    const rule = byId ?? (bySay.length === 1 && target.length >= 2 ? bySay[0] : undefined);
    if (rule !== undefined) return { kind: 'rule', ruleId: rule.id };
    const skus = target.length < 2 ? [] : (await storage.views.findSkus(target, mostSkus)).map(({ sku }) => sku);
    if (skus.length > 0) return { kind: 'sku', words: plain(target), skus };
    throw new UserError('SILENCE_WHAT', {
      zh: `不知道是哪个。写规则、仓、店、几号或款名，例：/免打扰 ${directory.warehouses()[0]?.name ?? '12号'} 2小时 盘点`,
      en: `I do not know what that is. Name a rule, a warehouse, a shop, an alert's number or a style: /silence 12 2h stocktaking`,
    });
  }

  /** One card with a number: the whole group when it was said as one. */
  async function scopeOfAlert(number: number, roomId: string): Promise<SilenceScope> {
    const alert = await storage.alerts.findByNumber(number, localDay(clock.now(), directory.timezone));
    if (alert === undefined)
      throw new UserError('ALERT_NOT_FOUND', {
        zh: `没有 ${number}号。发 /异常 看现在有哪些`,
        en: `There is no number ${number}. /alerts lists what is open`,
      });
    const said = await storage.alerts.groupSaid(roomId, alert.groupKey);
    return said !== undefined && said.count > 1 && said.number === number
      ? { kind: 'group', groupKey: alert.groupKey }
      : { kind: 'alert', ruleId: alert.ruleId, subject: alert.subject };
  }

  /** What the room would not have heard of the last day, had it been silenced then as it would be now. */
  async function hiddenBy(room: RoomRow, scope: SilenceScope): Promise<{ critical: number; other: number }> {
    const now = clock.now();
    const alerts = (await storage.alerts.listRaisedSince(now - aDay, mostLookedAt)).filter(
      (alert) =>
        !alert.isLateFound &&
        severityRank(alert.severity) >= severityRank(room.hears.severity) &&
        isForRoom(room.hears, alert),
    );
    const skus = scope.kind === 'sku' ? await skusIn(storage, alerts) : () => [];
    const isHidden = (alert: Alert): boolean =>
      covers(scope, alert, skus(alert)) && alert.raisedAt < quietUntil({ until: Number.POSITIVE_INFINITY }, alert);
    const hidden = alerts.filter(isHidden);
    const critical = hidden.filter(({ severity }) => severity === 'critical').length;
    return { critical, other: hidden.length - critical };
  }

  async function list(asking: Asking): Promise<Card> {
    const now = clock.now();
    const own = (await storage.noise.silencesInForce(now)).filter(({ roomId }) => roomId === asking.roomId);
    const lines = await Promise.all(
      own.map(async ({ id, scope, until, by, reason, roomId }) => ({
        id,
        what: scopeWords(scope, directory),
        until,
        by: directory.personName(by),
        reason,
        held: (await storage.noise.heldIn(roomId, `silence/${id}`)).length,
      })),
    );
    return silenceList(lines, { now, timezone: directory.timezone }, asking.language);
  }

  async function end(asking: Asking, id: number | undefined): Promise<Card> {
    demand(asking, 'silence-end');
    const own = (await storage.noise.silencesInForce(clock.now())).filter(({ roomId }) => roomId === asking.roomId);
    const meant = id === undefined && own.length === 1 ? own[0] : own.find((each) => each.id === id);
    if (meant === undefined)
      throw new UserError('NO_SILENCE', {
        zh: id === undefined && own.length > 1 ? '有好几条，发 /免打扰 看编号' : '这里没有这条免打扰，可能已经结束了',
        en:
          id === undefined && own.length > 1
            ? 'There are several: /silence shows their numbers'
            : 'There is no such silence here; it may be over',
      });
    await storage.transaction(async (tx) => {
      const at = clock.now();
      if (await tx.noise.endSilence(meant.id, at))
        await tx.audit.add({ at, actor: asking.actor, action: 'silence.ended', subject: `silence:${meant.id}` });
    });
    return notice('done', asking.language === 'zh' ? '好，恢复提醒' : 'Fine, it speaks again');
  }

  return async (asking: Asking, words: string | undefined): Promise<Answer> => {
    const said = readSilence(words ?? '');
    if (said.type === 'list') return [await list(asking)];
    const room = await storage.rooms.find(asking.roomId);
    if (room === undefined)
      throw new UserError('IN_ROOM', {
        zh: '免打扰只对一个群，请在那个群里发',
        en: 'A silence is for one group: send it there',
      });
    if (said.type === 'end') return [await end(asking, said.id)];
    demand(asking, 'silence');
    if (said.ms === undefined || said.ms <= 0 || said.target === '' || said.reason.length < 2)
      throw new UserError('SILENCE_UNCLEAR', {
        zh: '要写什么、多久、为什么，例：/免打扰 杭州仓 2小时 盘点',
        en: 'Say what, how long and why: /silence hz 2h stocktaking',
      });
    const { target, reason } = said;
    const ms = Math.min(said.ms, longestSilenceMs);
    const scope = await scopeOf(target, room.id);
    const hidden = await hiddenBy(room, scope);
    const proposal: Proposal = {
      acts: [{ kind: 'silence', subject: `room:${room.id}`, request: { roomId: room.id, scope, ms, reason } }],
      second: null,
      needsReason: false,
      undoOf: null,
      reason: 'silence',
    };
    const when = { now: clock.now(), timezone: directory.timezone };
    const model = { what: scopeWords(scope, directory), ms, reason, hidden, isCut: said.ms > ms, ...when };
    return (tx) =>
      ask(tx, clock, asking, proposal, (question) => silencePreview({ ...model, question }, asking.language));
  };
}
