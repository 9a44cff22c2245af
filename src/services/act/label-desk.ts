import { UserError } from '../../domain/errors.ts';
import { type LabelParty, whyNoLabel } from '../../domain/label.ts';
import { type Order, tailOf } from '../../domain/order.ts';
import type { Text } from '../../domain/text.ts';
import type { Labels } from '../../ports/carrier.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LabelRow, Storage, Stores } from '../../ports/stores.ts';
import type { Vault } from '../../ports/vault.ts';
import type { CarrierSource } from '../follow-parcels.ts';
import { createOpenReceiver } from '../open-receiver.ts';

export interface LabelDeskDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly carriers: () => readonly CarrierSource[];
}

/** Where a label is opened: behind a session, each opening audited. */
export const labelPath = (labelId: string): string => `/labels/${labelId}.pdf`;

/** What making, showing and voiding labels have in common. */
export function createLabelDesk({ storage, clock, vault, carriers }: LabelDeskDeps) {
  const openReceiver = createOpenReceiver({ storage, clock, vault });
  const makers = () => carriers().flatMap(({ id, carrier }) => (carrier.labels === null ? [] : [{ id, carrier }]));

  return {
    makers,

    /** Throws UserError when the carrier is not configured for labels any more. */
    makerOf(carrierId: string): Labels {
      const labels = carriers().find(({ id }) => id === carrierId)?.carrier.labels;
      if (labels) return labels;
      throw new UserError('CARRIER_GONE', {
        zh: '这家快递已经不在配置里了',
        en: 'This carrier is no longer configured',
      });
    },

    /** The one label of these orders that stands. */
    async standing(orders: readonly Order[], stores: Pick<Stores, 'labels'> = storage): Promise<LabelRow | undefined> {
      return (await stores.labels.listFor(orders.map(({ id }) => id))).find(({ voidedAt }) => voidedAt === null);
    },

    /** Why none is made for a parcel with these orders; the first that speaks against it is named when there are more. */
    async whyNot(orders: readonly Order[], stores: Pick<Stores, 'views'> = storage): Promise<Text | undefined> {
      for (const order of orders) {
        const why = whyNoLabel(
          order,
          await stores.views.fulfillmentsOf(order.id),
          await stores.views.parcelsOf(order.id),
        );
        if (why === undefined) continue;
        const tail = tailOf(order.channelOrderNo);
        return orders.length === 1 ? why : { zh: `${tail} ${why.zh}`, en: `${tail}: ${why.en}` };
      }
      return undefined;
    },

    /** Our number for the next label of these orders: whoever asks for the same parcel comes to the same number. */
    async nextId(orders: readonly Order[], stores: Pick<Stores, 'labels'> = storage): Promise<string> {
      const ids = orders.map(({ id }) => id).sort();
      return `${ids[0]}-${(await stores.labels.listFor(ids)).length + 1}`;
    },

    /** Where it goes, opened for the carrier alone and audited; undefined when we do not know it in the clear. */
    async receiverOf(order: Order, actor: string): Promise<LabelParty | undefined> {
      const sealed = await storage.views.sealedReceiver(order.id);
      if (sealed === undefined) return undefined;
      const { name, phone, address } = await openReceiver(order, sealed, 'label', { for: actor });
      const { province, city, district } = order.receiver;
      return { name, phone, province, city, district, address };
    },

    /** May be repeated. `pdf` null: it could not be fetched yet. */
    keep: (label: Omit<LabelRow, 'sealed' | 'madeAt' | 'voidedAt'>, pdf: Uint8Array | null): Promise<void> =>
      storage.labels.keep({
        ...label,
        madeAt: clock.now(),
        sealed: pdf === null ? null : vault.seal(Buffer.from(pdf).toString('base64')),
      }),

    find: (labelId: string): Promise<LabelRow | undefined> => storage.labels.find(labelId),
    void: (labelId: string): Promise<void> => storage.labels.void(labelId, clock.now()),
    open: ({ sealed }: LabelRow): Buffer | undefined =>
      sealed === null ? undefined : Buffer.from(vault.open(sealed), 'base64'),
  };
}

export type LabelDesk = ReturnType<typeof createLabelDesk>;
