import { beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/ports/stores.ts';
import { languageOf } from '../../src/services/language.ts';
import { aRoom, openTestStorage } from '../kit/test-storage.ts';

let storage: Storage;
beforeEach(async () => {
  ({ storage } = await openTestStorage());
  await storage.rooms.syncConfigured([aRoom(), aRoom({ id: 'us', chatId: 'us', language: 'en' })]);
  await storage.people.syncConfigured([
    {
      person: { id: 'smith', name: 'Smith', role: 'operator', language: 'en' },
      accounts: [{ platform: 'dingtalk', userId: '01:23' }],
    },
    { person: { id: 'li', name: '李建国', role: 'operator' }, accounts: [{ platform: 'wecom', userId: 'lijg' }] },
  ]);
});

describe('what is spoken [P11]', () => {
  it.each([
    ['war', 'zh'],
    ['us', 'en'],
    ['dm:dingtalk:01:23', 'en'],
    ['dm:wecom:lijg', 'zh'],
    ['dm:wecom:stranger', 'zh'],
    ['wecom:unbound', 'zh'],
  ])('in %s: %s', async (roomId, language) => {
    expect(await languageOf(storage, roomId)).toBe(language);
  });

  it('follows the configuration', async () => {
    await storage.people.syncConfigured([
      {
        person: { id: 'smith', name: 'Smith', role: 'operator', language: 'zh' },
        accounts: [{ platform: 'dingtalk', userId: '01:23' }],
      },
    ]);

    expect(await languageOf(storage, 'dm:dingtalk:01:23')).toBe('zh');
  });
});
