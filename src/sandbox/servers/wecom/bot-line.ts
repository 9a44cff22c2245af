import type { RawData } from 'ws';
import type { World } from '../../world/world.ts';
import type { SocketRoute } from '../sockets.ts';
import { botCommands } from './bot-commands.ts';
import { type Line, nextId, type Office } from './office.ts';
import { tenant } from './tenant.ts';

export interface Frame {
  readonly cmd: string;
  readonly headers: { readonly req_id: string };
  readonly body: Record<string, unknown>;
}

/** The smart bot's long connection. */
export const botLine = (office: Office): SocketRoute => ({
  path: '',
  sheet: 'wecom.md §2.1',
  refuse: () => (office.knobs.refuseUpgrade === 0 ? undefined : office.knobs.refuseUpgrade),
  open({ world }, socket) {
    const line: Line = { socket, isSubscribed: false, held: [] };
    office.lines.add(line);
    let idle = setTimeout(() => socket.close(1000, 'idle'), office.knobs.idleMs);
    socket.on('message', (data: RawData) => {
      clearTimeout(idle);
      idle = setTimeout(() => socket.close(1000, 'idle'), office.knobs.idleMs);
      if (!office.knobs.isSilent) receive(office, world, line, data);
    });
    socket.on('close', () => {
      clearTimeout(idle);
      office.lines.delete(line);
      if (office.line === line) office.line = undefined;
    });
  },
});

function receive(office: Office, world: World, line: Line, data: RawData): void {
  const frame = readFrame(data);
  if (frame === undefined) {
    line.socket.close(1007, 'not a frame');
    return;
  }
  if (frame.cmd === 'aibot_subscribe') {
    subscribe(office, world, line, frame);
    return;
  }
  if (!line.isSubscribed || frame.cmd === 'ping') {
    answer(line, frame, line.isSubscribed ? 0 : 41_001);
    if (!line.isSubscribed) line.socket.close(1008, 'not subscribed');
    return;
  }
  const errcode = botCommands[frame.cmd]?.(office, world, frame) ?? 40_008;
  note(office, world, frame.cmd, errcode);
  acknowledge(office, line, frame, errcode);
}

function readFrame(data: RawData): Frame | undefined {
  try {
    const { cmd, headers, body } = JSON.parse((data as Buffer).toString('utf8')) as Partial<Frame>;
    if (typeof cmd !== 'string' || typeof headers?.req_id !== 'string') return undefined;
    return { cmd, headers: { req_id: headers.req_id }, body: body ?? {} };
  } catch {
    return undefined;
  }
}

/** wecom.md §2.1, §2.2. The codes of refusals are ours: the sheet knows none. */
function subscribe(office: Office, world: World, line: Line, frame: Frame): void {
  const now = Date.now();
  office.subscribedAt.push(now);
  const recent = office.subscribedAt.filter((at) => at > now - 60_000).length;
  const isFrequent = line.isSubscribed || recent > office.knobs.subscribesPerMinute;
  let errcode = 0;
  if (office.knobs.subscribe === 'busy' || isFrequent) errcode = 45_009;
  else if (frame.body.bot_id !== tenant.botId) errcode = 93_019;
  else if (frame.body.secret !== tenant.botSecret) errcode = 40_001;
  note(office, world, frame.cmd, errcode);
  if (office.knobs.subscribe === 'never') return;
  const settle = (): void => {
    answer(line, frame, errcode);
    if (errcode !== 0 || line.isSubscribed) return;
    const former = office.line;
    line.isSubscribed = true;
    office.line = line;
    if (former !== undefined) takeOver(office, world, former);
  };
  if (office.knobs.subscribeAfterMs === 0) settle();
  else setTimeout(settle, office.knobs.subscribeAfterMs);
}

/** Tells a connection that another one has taken its place, then closes it (wecom.md §2.4). */
export function takeOver(office: Office, world: World, former: Line): void {
  if (office.line === former) office.line = undefined;
  former.isSubscribed = false;
  write(former, {
    cmd: 'aibot_event_callback',
    headers: { req_id: nextId(office, 'EV') },
    body: {
      msgid: nextId(office, 'KICK'),
      create_time: Math.floor(world.clock.now() / 1_000),
      aibotid: tenant.botId,
      msgtype: 'event',
      event: { eventtype: 'disconnected_event' },
    },
  });
  if (!office.knobs.isZombieAfterKick) former.socket.close(1000, 'replaced');
}

function acknowledge(office: Office, line: Line, frame: Frame, errcode: number): void {
  const text = JSON.stringify({ headers: frame.headers, errcode, errmsg: errcode === 0 ? 'ok' : `refused ${errcode}` });
  const trouble = office.troubles.shift();
  const send = (): void => {
    for (const each of [text, ...line.held.splice(0)]) if (line.socket.readyState === 1) line.socket.send(each);
  };
  switch (trouble?.kind) {
    case 'drop':
      break;
    case 'cut':
      line.socket.terminate();
      break;
    case 'delay':
      setTimeout(send, trouble.ms);
      break;
    case 'swap':
      line.held.push(text);
      break;
    case 'twice':
      send();
      send();
      break;
    case undefined:
      send();
  }
}

function answer(line: Line, frame: Frame, errcode: number): void {
  write(line, { headers: frame.headers, errcode, errmsg: errcode === 0 ? 'ok' : `refused ${errcode}` });
}

function note(office: Office, world: World, cmd: string, errcode: number): void {
  office.frames.push({ cmd, errcode, at: world.clock.now() });
  if (office.frames.length > 20_000) office.frames.shift();
}

/** Writes a frame to a line that is open and heard. */
export function write(line: Line, frame: object): boolean {
  if (line.socket.readyState !== 1) return false;
  line.socket.send(JSON.stringify(frame));
  return true;
}
