import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from '../command.ts';
import { permissions } from '../domain/actor.ts';
import { argKinds } from '../domain/menu.ts';
import type { CarrierPlug } from '../ports/carrier.ts';
import type { ChannelPlug } from '../ports/channel.ts';
import type { FulfillmentPlug } from '../ports/fulfillment.ts';
import type { MessengerPlug } from '../ports/messenger.ts';
import type { SmsPlug } from '../ports/sms.ts';
import type { VoicePlug } from '../ports/voice.ts';
import { commandsDir, ownExtension, sourceDir } from './paths.ts';

export interface Plugs {
  readonly commands: ReadonlyMap<string, Command>;
  readonly channels: ReadonlyMap<string, ChannelPlug>;
  readonly fulfillment: ReadonlyMap<string, FulfillmentPlug>;
  readonly carriers: ReadonlyMap<string, CarrierPlug>;
  readonly messengers: ReadonlyMap<string, MessengerPlug>;
  readonly voices: ReadonlyMap<string, VoicePlug>;
  readonly sms: ReadonlyMap<string, SmsPlug>;
}

/** Finds every plug on disk: the file or folder name is the id. Throws on anything malformed, doubled or missing. */
export async function discover(commandFolder: string = commandsDir): Promise<Plugs> {
  const [commands, channels, fulfillment, carriers, messengers, voices, sms] = await Promise.all([
    loadFiles<Command>(commandFolder, isCommand),
    loadFolders<ChannelPlug>(join(sourceDir, 'adapters/channels'), hasCreate),
    loadFolders<FulfillmentPlug>(join(sourceDir, 'adapters/fulfillment'), hasCreate),
    loadFolders<CarrierPlug>(join(sourceDir, 'adapters/carriers'), hasCreate),
    loadFolders<MessengerPlug>(join(sourceDir, 'adapters/messengers'), hasCreate),
    loadFolders<VoicePlug>(join(sourceDir, 'adapters/voice'), hasCreate),
    loadFolders<SmsPlug>(join(sourceDir, 'adapters/sms'), hasCreate),
  ]);
  refuseDoubles(commands);
  return { commands, channels, fulfillment, carriers, messengers, voices, sms };
}

async function loadFiles<T>(dir: string, isValid: (value: unknown) => string | undefined): Promise<Map<string, T>> {
  const files = (await readdir(dir)).filter((name) => name.endsWith(ownExtension) && !name.endsWith('.d.ts'));
  return load<T>(
    files.map((name) => [basename(name, ownExtension), join(dir, name)]),
    dir,
    isValid,
  );
}

async function loadFolders<T>(dir: string, isValid: (value: unknown) => string | undefined): Promise<Map<string, T>> {
  const folders = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return load<T>(
    folders.map(({ name }) => [name, join(dir, name, `index${ownExtension}`)]),
    dir,
    isValid,
  );
}

async function load<T>(
  found: readonly (readonly [string, string])[],
  dir: string,
  isValid: (value: unknown) => string | undefined,
): Promise<Map<string, T>> {
  if (found.length === 0) throw new Error(`Nothing to load in ${basename(dir)}/`);
  const plugs = new Map<string, T>();
  for (const [id, file] of found) {
    const { default: plug } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    const problem = isValid(plug);
    if (problem !== undefined) throw new Error(`${basename(dir)}/${id}: ${problem}`);
    plugs.set(id, plug as T);
  }
  return plugs;
}

const isText = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['zh', 'en'].every((key) => typeof (value as Record<string, unknown>)[key] === 'string');

function isCommand(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'has no default export made by defineCommand';
  const { aliases, help, examples, args, permission, run } = value as Partial<Command>;
  if (!Array.isArray(aliases) || aliases.length === 0) return 'has no aliases';
  if (!isText(help)) return 'has no help in zh and en';
  if (!Array.isArray(examples) || examples.length === 0) return 'has no examples';
  if (permission === undefined || !permissions.includes(permission)) return 'has no known permission';
  if (Object.values(args ?? {}).some((arg) => !argKinds.includes(arg.kind))) return 'has an argument of no known kind';
  return typeof run === 'function' ? undefined : 'has no run';
}

function hasCreate(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'has no default export';
  const { name, create } = value as { name?: unknown; create?: unknown };
  if (!isText(name)) return 'has no name in zh and en';
  return typeof create === 'function' ? undefined : 'has no create';
}

function refuseDoubles(commands: ReadonlyMap<string, Command>): void {
  const owners = new Map<string, string>();
  for (const [name, { aliases }] of commands) {
    for (const word of [name, ...aliases]) {
      const said = word.normalize('NFKC').toLowerCase(); // as the grammar reads it
      const owner = owners.get(said);
      if (owner !== undefined) throw new Error(`commands/${name}: "${word}" is a word of commands/${owner} already`);
      owners.set(said, name);
    }
  }
}
