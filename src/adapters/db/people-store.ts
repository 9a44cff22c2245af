import type { Person, Role } from '../../domain/actor.ts';
import type { Hears } from '../../domain/hears.ts';
import type { Rule } from '../../domain/rule.ts';
import type { Language } from '../../domain/text.ts';
import type { PeopleStore, RoomRow, RoomStore, RuleStore, TokenStore } from '../../ports/stores.ts';
import type { Run } from './database.ts';
import type { PrismaClient } from './generated/client.ts';
import type { Sqlite } from './sqlite.ts';

const person = (row: { id: string; name: string; role: string; language: string }): Person => ({
  id: row.id,
  name: row.name,
  role: row.role as Role,
  language: row.language as Language,
});

type PersonRow = Parameters<typeof person>[0];

/** Looked up for every message and every page: these few go past Prisma. */
export function createPeopleStore(prisma: PrismaClient, sqlite: Sqlite, run: Run): PeopleStore {
  const find = async (id: string): Promise<Person | undefined> => {
    const row = await prisma.person.findUnique({ where: { id } });
    return row === null ? undefined : person(row);
  };
  return {
    async syncConfigured(staff) {
      const ids = staff.map((each) => each.person.id);
      await prisma.person.deleteMany({ where: { origin: 'config', id: { notIn: ids } } });
      for (const {
        person: { id, name, role, language = 'zh' },
        accounts,
      } of staff) {
        await prisma.person.upsert({
          where: { id },
          create: { id, name, role, language, origin: 'config' },
          update: { name, role, language, origin: 'config' },
        });
        for (const { platform, userId } of accounts) {
          await prisma.personAccount.upsert({
            where: { platform_userId: { platform, userId } },
            create: { platform, userId, personId: id },
            update: { personId: id },
          });
        }
      }
    },
    find,
    findByAccount: (platform, userId) =>
      run(() => {
        const row = sqlite
          .prepare<PersonRow>(
            'SELECT p.id, p.name, p.role, p.language FROM PersonAccount a JOIN Person p ON p.id = a.personId WHERE a.platform = ? AND a.userId = ?',
          )
          .get(platform, userId);
        return row && person(row);
      }),
    findWriter: (platform, userId, roomId) =>
      run(() => {
        const row = sqlite
          .prepare<(PersonRow | { id: null }) & { roomLanguage: string | null }>(
            `SELECT p.id, p.name, p.role, p.language, (SELECT language FROM Room WHERE id = ?) AS roomLanguage
             FROM (SELECT 1) LEFT JOIN PersonAccount a ON a.platform = ? AND a.userId = ? LEFT JOIN Person p ON p.id = a.personId`,
          )
          .get(roomId, platform, userId);
        return {
          person: row === undefined || row.id === null ? undefined : person(row),
          roomLanguage: (row?.roomLanguage ?? undefined) as Language | undefined,
        };
      }),
    async findByName(name) {
      return (await prisma.person.findMany({ where: { OR: [{ name }, { id: name }] } })).map(person);
    },
    async list() {
      return (await prisma.person.findMany({ orderBy: { id: 'asc' } })).map(person);
    },
    async listWithRoles(roles) {
      return (await prisma.person.findMany({ where: { role: { in: [...roles] } }, orderBy: { id: 'asc' } })).map(
        person,
      );
    },
    async bind(platform, userId, personId) {
      await prisma.personAccount.upsert({
        where: { platform_userId: { platform, userId } },
        create: { platform, userId, personId },
        update: { personId },
      });
    },
    accountsOf: (personIds) =>
      run(() =>
        sqlite
          .prepare<{ personId: string; platform: string; userId: string }>(
            `SELECT personId, platform, userId FROM PersonAccount WHERE personId IN (${personIds.map(() => '?').join(', ')}) ORDER BY platform, userId`,
          )
          .all(...personIds),
      ),
    async addLoginCode(hash, personId, expiresAt) {
      await prisma.loginCode.create({ data: { hash, personId, expiresAt } });
    },
    async useLoginCode(hash, now) {
      const { count } = await prisma.loginCode.updateMany({
        where: { hash, usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
      });
      if (count !== 1) return undefined;
      const { personId } = await prisma.loginCode.findUniqueOrThrow({ where: { hash } });
      return find(personId);
    },
    async addSession(hash, personId, expiresAt) {
      await prisma.session.create({ data: { hash, personId, expiresAt } });
    },
    findSession: (hash, now) =>
      run(() => {
        const row = sqlite
          .prepare<PersonRow>(
            'SELECT p.id, p.name, p.role, p.language FROM Session s JOIN Person p ON p.id = s.personId WHERE s.hash = ? AND s.expiresAt > ?',
          )
          .get(hash, now);
        return row && person(row);
      }),
    async endSession(hash) {
      await prisma.session.deleteMany({ where: { hash } });
    },
  };
}

interface StoredRoom {
  readonly id: string;
  readonly platform: string;
  readonly chatId: string;
  readonly name: string;
  readonly language: string;
  readonly hears: string;
}

/** Asked at every message and every tick: reading goes past Prisma. */
export function createRoomStore(prisma: PrismaClient, sqlite: Sqlite, run: Run): RoomStore {
  const read = (row: StoredRoom): RoomRow => ({
    id: row.id,
    platform: row.platform,
    chatId: row.chatId,
    name: row.name,
    language: row.language as Language,
    hears: JSON.parse(row.hears) as Hears,
  });
  return {
    async syncConfigured(rooms) {
      await prisma.room.deleteMany({ where: { origin: 'config', id: { notIn: rooms.map(({ id }) => id) } } });
      for (const { id, platform, chatId, name, language, hears } of rooms) {
        const data = { platform, name, language, hears: JSON.stringify(hears), origin: 'config' };
        await prisma.room.upsert({
          where: { id },
          create: { id, chatId, ...data },
          // A chat that people bound stays bound when the configuration names none.
          update: chatId === '' ? data : { ...data, chatId },
        });
      }
    },
    find: (id) =>
      run(() => {
        const row = sqlite.prepare<StoredRoom>('SELECT * FROM Room WHERE id = ?').get(id);
        return row && read(row);
      }),
    findByChat: (platform, chatId) =>
      run(() => {
        const row = sqlite
          .prepare<StoredRoom>('SELECT * FROM Room WHERE platform = ? AND chatId = ? LIMIT 1')
          .get(platform, chatId);
        return row && read(row);
      }),
    list: () => run(() => sqlite.prepare<StoredRoom>('SELECT * FROM Room ORDER BY id').all().map(read)),
    async bind(roomId, chatId, by) {
      await prisma.room.update({ where: { id: roomId }, data: { chatId, boundBy: by } });
    },
  };
}

export function createRuleStore(prisma: PrismaClient): RuleStore {
  return {
    async seed(rules: readonly Rule[], at: number) {
      for (const rule of rules) {
        const newest = await prisma.ruleVersion.findFirst({ where: { id: rule.id }, orderBy: { version: 'desc' } });
        if (newest !== null && (newest.origin !== 'built-in' || newest.version >= rule.version)) continue;
        await prisma.ruleVersion.create({
          data: {
            id: rule.id,
            version: rule.version,
            body: JSON.stringify(rule),
            origin: 'built-in',
            isOn: 1,
            createdAt: at,
            createdBy: 'built-in',
          },
        });
      }
    },
    async listOn() {
      const rows = await prisma.ruleVersion.findMany({ orderBy: [{ id: 'asc' }, { version: 'desc' }] });
      const newest = rows.filter((row, index) => rows.findIndex((each) => each.id === row.id) === index);
      return newest.filter((row) => row.isOn === 1).map((row) => JSON.parse(row.body) as Rule);
    },
  };
}

export function createTokenStore(prisma: PrismaClient): TokenStore {
  return {
    async find(id) {
      const row = await prisma.token.findUnique({ where: { id } });
      return row === null
        ? undefined
        : { sealed: row.sealed, expiresAt: row.expiresAt === null ? null : Number(row.expiresAt) };
    },
    async save(id, sealed, expiresAt, at) {
      const data = { sealed, expiresAt, updatedAt: at };
      await prisma.token.upsert({ where: { id }, create: { id, ...data }, update: data });
    },
  };
}
