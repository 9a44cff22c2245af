import type { Storage, Stores } from '../../ports/stores.ts';
import { createActionStore, createQuestionStore } from './action-store.ts';
import { createAlertStore } from './alert-store.ts';
import { createAuditStore } from './audit-store.ts';
import { createCallStore } from './call-store.ts';
import type { Database, Run } from './database.ts';
import { createDutyStore } from './duty-store.ts';
import { createDeadlineStore, createEventStore } from './event-store.ts';
import { createFollowStore } from './follow-store.ts';
import { createHealthStore } from './health-store.ts';
import { createImportStore } from './import-store.ts';
import { createLabelStore } from './label-store.ts';
import { createLineStore } from './line-store.ts';
import { createNoiseStore } from './noise-store.ts';
import { createInboundStore, createOutboxStore, createRoomMessageStore } from './outbox-store.ts';
import { createPeopleStore, createRoomStore, createRuleStore, createTokenStore } from './people-store.ts';
import { createPushStore } from './push-store.ts';
import { createRetentionStore } from './retention-store.ts';
import { createSmsStore } from './sms-store.ts';
import { createLeaseStore, createSourceStore } from './source-store.ts';
import { createViewStore } from './view-store.ts';
import { createWalkStore } from './walk-store.ts';

/** All stores over one database. The flow's rows are hand-written SQL; people, rooms and rules go through Prisma. */
export function createStorage({ sqlite, prisma }: Database, keys: { audit: Buffer }): Storage {
  const stores = (run: Run): Stores => ({
    views: createViewStore(sqlite, run),
    events: createEventStore(sqlite, run),
    deadlines: createDeadlineStore(sqlite, run),
    lines: createLineStore(sqlite, run),
    alerts: createAlertStore(sqlite, run),
    noise: createNoiseStore(sqlite, run),
    outbox: createOutboxStore(sqlite, run),
    room: createRoomMessageStore(sqlite, run),
    inbound: createInboundStore(sqlite, run),
    questions: createQuestionStore(sqlite, run),
    actions: createActionStore(sqlite, run),
    duty: createDutyStore(sqlite, run),
    calls: createCallStore(sqlite, run),
    audit: createAuditStore(sqlite, run, keys.audit),
    sources: createSourceStore(sqlite, run),
    follows: createFollowStore(sqlite, run),
    walks: createWalkStore(sqlite, run),
    retention: createRetentionStore(sqlite, run),
    sms: createSmsStore(sqlite, run),
    labels: createLabelStore(sqlite, run),
    leases: createLeaseStore(sqlite, run),
    health: createHealthStore(sqlite, run),
    imports: createImportStore(sqlite, run),
  });
  const inside = stores(async (work) => work());
  const turn: Run = (work, changes) =>
    sqlite.turn((raw) => (changes === 'several' ? raw.transaction(work).immediate() : work()));
  const outside = stores(turn);
  return {
    ...outside,
    people: createPeopleStore(prisma, sqlite, turn),
    rooms: createRoomStore(prisma, sqlite, turn),
    rules: createRuleStore(prisma),
    tokens: createTokenStore(prisma),
    pushes: createPushStore(sqlite, turn),
    bornAt: async () => Number((await prisma.world.findUniqueOrThrow({ where: { id: 1 } })).createdAt),
    world: async (kind, at) => {
      const row = await prisma.world.upsert({ where: { id: 1 }, create: { id: 1, kind, createdAt: at }, update: {} });
      return row.kind as 'real' | 'sandbox';
    },
    transaction: (work) => sqlite.transaction(() => work(inside)),
  };
}
