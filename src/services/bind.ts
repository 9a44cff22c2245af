import { createHmac } from 'node:crypto';
import { may, roleOf } from '../domain/actor.ts';
import type { Asking } from '../domain/asking.ts';
import { type Card, line, notice } from '../domain/card.ts';
import { UserError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import { isSameSecret } from './same-secret.ts';
import type { Sessions } from './sessions.ts';

export interface BindDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly bindKey: Buffer;
  readonly publicUrl: string;
}

/** The code that start and doctor print for a room that no chat is bound to. The same in every process. */
export const bindCode = (key: Buffer, roomId: string): string =>
  createHmac('sha256', key).update(`bind/${roomId}`).digest('hex').slice(0, 8).toUpperCase();

/** Rooms are bound by the printed code or an ops-lead, people by an ops-lead: never by themselves. */
export function createBind({ storage, clock, sessions, bindKey, publicUrl }: BindDeps) {
  async function bindRoom(asking: Asking, code: string): Promise<readonly Card[]> {
    const rooms = await storage.rooms.list();
    const room = rooms.find(({ id }) => isSameSecret(bindCode(bindKey, id), code.toUpperCase()));
    if (room === undefined) {
      throw new UserError('CODE_WRONG', {
        zh: '绑定码不对。启动时打印的、或 doctor 页面上的那 8 位',
        en: 'That is not a binding code: the 8 characters printed at start or on the doctor page',
      });
    }
    await storage.audit.add({
      at: clock.now(),
      actor: asking.actor,
      action: 'room.bind',
      subject: `room:${room.id}`,
      detail: { chat: asking.roomId },
    });
    await storage.rooms.bind(room.id, asking.roomId, asking.actor.type === 'person' ? asking.actor.person.id : 'code');
    return [
      notice(
        'done',
        asking.language === 'zh'
          ? `这个群已绑定为「${room.name}」，告警会发到这里`
          : `This chat is now "${room.name}"; alerts come here`,
      ),
    ];
  }

  async function bindPerson(asking: Asking, account: string, personId: string): Promise<readonly Card[]> {
    if (!may(roleOf(asking.actor), 'bind')) {
      throw new UserError('NO_PERMISSION', {
        zh: '绑定别人要运营主管来做，不能自己绑自己',
        en: 'Only an ops-lead binds people; nobody binds themselves',
      });
    }
    const person = await storage.people.find(personId);
    if (person === undefined)
      throw new UserError('PERSON_NOT_FOUND', {
        zh: `名单里没有 ${personId.slice(0, 20)}，先在配置的 staff 里加上`,
        en: `${personId.slice(0, 20)} is not among the configured staff; add them first`,
      });
    await storage.audit.add({
      at: clock.now(),
      actor: asking.actor,
      action: 'person.bind',
      subject: `person:${person.id}`,
      detail: { platform: asking.platform },
    });
    await storage.people.bind(asking.platform, account, person.id);
    return [notice('done', asking.language === 'zh' ? `已绑定 ${person.name}` : `${person.name} is bound`)];
  }

  async function bind(asking: Asking, words: string | undefined): Promise<readonly Card[]> {
    const parts = (words ?? '')
      .trim()
      .split(/\s+/)
      .filter((part) => part !== '');
    const [first = '', second] = parts;
    if (parts.length === 1) return bindRoom(asking, first);
    if (parts.length === 2 && second !== undefined && first.startsWith('@'))
      return bindPerson(asking, first.slice(1), second);
    throw new UserError('BIND_USAGE', {
      zh: '绑定群：/绑定 绑定码；绑定人（运营主管）：/绑定 @账号 员工编号',
      en: 'A room: /bind CODE; a person (ops-lead): /bind @account staff-id',
    });
  }

  async function login(asking: Asking): Promise<readonly Card[]> {
    if (asking.actor.type !== 'person') {
      throw new UserError('NOT_KNOWN', {
        zh: '你还没有登记，请运营主管先绑定你',
        en: 'You are not known yet; an ops-lead has to bind you first',
      });
    }
    const { code } = await sessions.issueCode(asking.actor.person.id);
    await storage.audit.add({
      at: clock.now(),
      actor: asking.actor,
      action: 'login.code',
      subject: `person:${asking.actor.person.id}`,
    });
    return [
      {
        tone: 'info',
        lines: [
          line(
            asking.language === 'zh'
              ? `${asking.actor.person.name}的登录码 ${code}，5 分钟内用一次`
              : `Login code ${code} of ${asking.actor.person.name}, once within 5 minutes`,
          ),
          line(asking.language === 'zh' ? `在这里输入：${publicUrl}/login` : `Enter it at ${publicUrl}/login`),
          line(asking.language === 'zh' ? '别转发给任何人' : 'Do not pass it on'),
        ],
        buttons: [],
        link: null,
      },
    ];
  }

  return { bind, login };
}
