import type { CheckedSource, OpenPlatform } from '../services/check-up.ts';
import type { Directory } from '../services/directory.ts';
import { type Company, fileChannel } from './company.ts';
import type { Plugs } from './discover.ts';
import type { Sources } from './sources.ts';

/** What the check-up has to know of the configuration as it is now: what is connected, and what is not. */
export function checked({
  plugs,
  directory,
  company,
  sources,
}: {
  readonly plugs: Plugs;
  readonly directory: Directory;
  readonly company: () => Company;
  readonly sources: () => Sources;
}): { sources: () => readonly CheckedSource[]; open: () => readonly OpenPlatform[] } {
  return {
    sources: () => [
      ...company().shops.flatMap(({ id, channel, poll }): CheckedSource[] => {
        const plug = plugs.channels.get(channel);
        const made = sources().shops.find((each) => each.id === id)?.channel;
        if (plug === undefined || made === undefined) return [];
        const { name: platform, guide } = plug;
        const { lagMs } = made;
        return [
          {
            id: `shop:${id}`,
            name: directory.shopName(id),
            platform,
            guide,
            pollMs: poll,
            lagMs,
            aheadMs:
              sources()
                .shops.find((each) => each.id === id)
                ?.aheadMs() ?? 0,
            grantEndsAt: made.grantEndsAt(),
          },
        ];
      }),
      ...company().systems.flatMap(({ id, kind, poll }): CheckedSource[] => {
        const plug = plugs.fulfillment.get(kind);
        const made = sources().systems.find((each) => each.id === id)?.system;
        if (plug === undefined || made === undefined) return [];
        const { name: platform, guide } = plug;
        return [
          {
            id: `system:${id}`,
            name: directory.systemName(id),
            platform,
            guide,
            pollMs: poll,
            lagMs: made.lagMs,
            aheadMs: 0,
            grantEndsAt: null,
          },
        ];
      }),
      ...company().carriers.flatMap(({ id, kind }): CheckedSource[] => {
        const plug = plugs.carriers.get(kind);
        if (plug === undefined) return [];
        const { name: platform, guide } = plug;
        return [
          {
            id: `carrier:${id}`,
            name: directory.carrierName(id),
            platform,
            guide,
            pollMs: null,
            lagMs: 0,
            aheadMs: 0,
            grantEndsAt: null,
          },
        ];
      }),
    ],
    open: () => {
      const { shops, systems, carriers } = company();
      const used = new Set([
        ...shops.map(({ channel }) => channel),
        ...systems.map(({ kind }) => kind),
        ...carriers.map(({ kind }) => kind),
      ]);
      return [...plugs.channels, ...plugs.fulfillment, ...plugs.carriers]
        .filter(([name]) => name !== fileChannel && !used.has(name))
        .map(([, { name: platform, guide }]) => ({ platform, guide }));
    },
  };
}
