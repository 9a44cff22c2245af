import { createSystemClock } from '../../adapters/clock/system.ts';
import { ConfigError } from '../../domain/errors.ts';
import { createSessions } from '../../services/sessions.ts';
import { createRuntime, readConfigFile } from '../runtime.ts';
import { print } from './output.ts';
import { withStorage } from './with-storage.ts';

/** `warroom login PERSON`: a one-time code for the pages, for the first person of a company that has no chat bound yet. */
export async function login(personId: string, json: boolean): Promise<number> {
  const runtime = await createRuntime();
  const { staff } = readConfigFile(runtime);
  const person = staff.find(({ id, name }) => id === personId || name === personId);
  if (person === undefined) {
    throw new ConfigError([
      `staff 里没有 ${personId}；有：${staff.map(({ id }) => id).join(', ')} / nobody of that id is among the staff`,
    ]);
  }
  return withStorage(runtime, async (storage) => {
    const clock = createSystemClock();
    await storage.audit.add({
      at: clock.now(),
      actor: { type: 'automation', name: 'cli' },
      action: 'login.code',
      subject: `person:${person.id}`,
    });
    if ((await storage.people.find(person.id)) === undefined) {
      await storage.people.syncConfigured(
        staff.map(({ id, name, role, language }) => ({ person: { id, name, role, language }, accounts: [] })),
      );
    }
    const { code } = await createSessions({ storage, clock }).issueCode(person.id);
    print(json, { code, person: person.id }, [
      `${person.name} 的登录码 / login code: ${code}`,
      '5 分钟内用一次，在 /login 输入 / once within 5 minutes, at /login',
    ]);
    return 0;
  });
}
