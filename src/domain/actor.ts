import type { Language, Text } from './text.ts';

export const roles = ['ops-lead', 'warehouse-lead', 'cs-lead', 'finance', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

export const roleNames: Readonly<Record<Role, Text>> = {
  'ops-lead': { zh: '运营主管', en: 'Ops lead' },
  'warehouse-lead': { zh: '仓储主管', en: 'Warehouse lead' },
  'cs-lead': { zh: '客服主管', en: 'CS lead' },
  finance: { zh: '财务', en: 'Finance' },
  operator: { zh: '操作员', en: 'Operator' },
  viewer: { zh: '只看', en: 'Viewer' },
};

export const permissions = [
  'read',
  'alert:act',
  'order:hold',
  'order:clear',
  'order:reroute',
  'stock:release',
  'stock:replenish',
  'label:make',
  'bind',
  'admin',
] as const;
export type Permission = (typeof permissions)[number];

/** Who may do what. One table, shown by /help and enforced in run-command and on pages. */
const granted: Readonly<Record<Role, readonly Permission[]>> = {
  'ops-lead': permissions,
  'warehouse-lead': [
    'read',
    'alert:act',
    'order:hold',
    'order:clear',
    'order:reroute',
    'stock:release',
    'stock:replenish',
    'label:make',
  ],
  'cs-lead': [
    'read',
    'alert:act',
    'order:hold',
    'order:clear',
    'order:reroute',
    'stock:release',
    'stock:replenish',
    'label:make',
  ],
  finance: ['read', 'alert:act'],
  // Whoever stands at the packing table stops a parcel before it leaves; a lead lets it go again.
  operator: ['read', 'alert:act', 'order:hold', 'label:make'],
  viewer: ['read'],
};

export const may = (role: Role, permission: Permission): boolean => granted[role].includes(permission);

export const rolesWith = (permission: Permission): readonly Role[] => roles.filter((role) => may(role, permission));

/** Somebody known by config or bound by an ops-lead. Never by themselves. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** What is spoken to them alone; Chinese when nobody said. */
  readonly language?: Language;
}

/** Who does something. Audit writes this down. */
export type Actor =
  | { readonly type: 'person'; readonly person: Person }
  | { readonly type: 'stranger'; readonly platform: string; readonly userId: string }
  | { readonly type: 'automation'; readonly name: string };

export const roleOf = (actor: Actor): Role => (actor.type === 'person' ? actor.person.role : 'viewer');

/** Stable id for audit and rows: `person:wang`, `stranger:wecom/x`, `automation:detect`. */
export function actorId(actor: Actor): string {
  switch (actor.type) {
    case 'person':
      return `person:${actor.person.id}`;
    case 'stranger':
      return `stranger:${actor.platform}/${actor.userId}`;
    case 'automation':
      return `automation:${actor.name}`;
  }
}

export const nameOf = (actor: Actor): string => {
  if (actor.type === 'person') return actor.person.name;
  return actor.type === 'stranger' ? '未登记的人' : actor.name;
};
