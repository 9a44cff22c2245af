import { AppError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Http } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import type { RoomRow, Storage } from '../ports/stores.ts';

export interface HeartbeatDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly http: Http;
  readonly log: Log;
  /** Whether messages for that room have somewhere to go at all. */
  readonly isReachable: (roomId: string) => Promise<boolean>;
  /** `url` misses its beats while something is wrong; `webhook` is told in words. `every`: ms. */
  readonly paths: () => {
    readonly url?: string | undefined;
    readonly webhook?: string | undefined;
    readonly every: number;
  };
}

const stallMs = 2 * 60_000;

/**
 * The dead man's switch: a beat goes out only while the bot's own messages arrive, so that whoever waits for it notices a
 * dead bot as well as a mute one. A stall is said once on the second path, and its end once. Forgotten by a restart.
 */
export function createHeartbeat({ storage, clock, http, log, isReachable, paths }: HeartbeatDeps) {
  let beatenAt = Number.NEGATIVE_INFINITY;
  let isTold = false;

  async function post(url: string, body: object, signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await http.send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        write: true,
        signal,
      });
      // Both platforms refuse with 200 and a code; whatever else listens there need not answer in JSON.
      const refusal = /"errcode"\s*:\s*(-?[1-9]\d*)/.exec(answer.text)?.[1];
      if (refusal !== undefined) log.warn({ code: refusal }, 'The second path refused a message');
      return refusal === undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn({ code: error.code }, 'The second path did not take a message');
      return false;
    }
  }

  /** WeCom's and DingTalk's group webhooks read the same words (wecom.md §3, dingtalk.md §5). */
  const tell = (url: string, content: string, signal: AbortSignal): Promise<boolean> =>
    post(url, { msgtype: 'text', text: { content } }, signal);

  return async (signal: AbortSignal): Promise<number> => {
    const { url, webhook, every } = paths();
    if (url === undefined && webhook === undefined) return 0;
    const now = clock.now();
    const stalled: { since: number; waiting: number; room: RoomRow | undefined }[] = [];
    for (const { roomId, since, waiting } of await storage.outbox.stalled(now, stallMs))
      if (await isReachable(roomId)) stalled.push({ since, waiting, room: await storage.rooms.find(roomId) });
    const overdue = await storage.calls.overdue(now - stallMs);
    const isStalled = stalled.length > 0 || overdue.steps + overdue.calls > 0;
    if (webhook !== undefined && isStalled !== isTold) {
      const words = isStalled
        ? troubleWords(stalled, overdue, now)
        : '✅ 订单机器人：消息恢复送达，该叫的人都叫了 / messages are delivered and people are called again';
      if (await tell(webhook, words, signal)) isTold = isStalled;
    }
    if (url === undefined || isStalled || now - beatenAt < every) return 0;
    if (await post(url, { ok: true, at: now }, signal)) beatenAt = now;
    return 1;
  };
}

function troubleWords(
  stalled: Parameters<typeof stallWords>[0],
  { steps, calls }: { readonly steps: number; readonly calls: number },
  now: number,
): string {
  const late = steps + calls;
  const lateWords = `🔴 订单机器人：${late} 个该叫的人 2 分钟还没叫到，请当面叫人、看看板 / ${late} due call(s) did not happen within 2 min`;
  if (late === 0) return stallWords(stalled, now);
  return stalled.length === 0 ? lateWords : `${stallWords(stalled, now)}\n${lateWords}`;
}

function stallWords(
  stalled: readonly { readonly since: number; readonly waiting: number; readonly room: RoomRow | undefined }[],
  now: number,
): string {
  const minutes = Math.floor((now - Math.min(...stalled.map(({ since }) => since))) / 60_000);
  const waiting = stalled.reduce((sum, each) => sum + each.waiting, 0);
  const names = [...new Set(stalled.flatMap(({ room }) => room?.name ?? []))];
  const where = names.length === 0 ? '' : `「${names.join('」「')}」`;
  return `🔴 订单机器人${where}：${minutes} 分钟没有消息送达，${waiting} 条在等。请看看板，并让管理员运行 npx warroom doctor / no message delivered for ${minutes} min, ${waiting} waiting`;
}
