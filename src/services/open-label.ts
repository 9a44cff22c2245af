import { may, type Person } from '../domain/actor.ts';
import { UserError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/stores.ts';
import type { LabelDesk } from './act/label-desk.ts';

export type OpenLabel = (person: Person, labelId: string) => Promise<Buffer>;

/** A label's PDF, for somebody who may print labels; each opening is audited. Throws UserError when there is none to show. */
export function createOpenLabel(deps: {
  readonly storage: Pick<Storage, 'audit'>;
  readonly clock: Clock;
  readonly labels: LabelDesk;
}): OpenLabel {
  const { storage, clock, labels } = deps;
  return async (person, labelId) => {
    if (!may(person.role, 'label:make'))
      throw new UserError('NO_PERMISSION', {
        zh: '你的角色不能看面单，请找仓库主管',
        en: 'Your role may not open labels; ask a warehouse lead',
      });
    const row = await labels.find(labelId);
    if (row !== undefined && row.voidedAt !== null)
      throw new UserError('VOID', {
        zh: '这张面单已作废，不要再贴',
        en: 'This label is void: do not use it',
      });
    const pdf = row && labels.open(row);
    if (pdf === undefined)
      throw new UserError('NOT_FOUND', {
        zh: '没有这张面单的文件。请在群里再发一次 /面单',
        en: 'There is no file for this label. Send /label in the group again',
      });
    await storage.audit.add({
      at: clock.now(),
      actor: { type: 'person', person },
      action: 'label.open',
      subject: `label:${labelId}`,
    });
    return pdf;
  };
}
