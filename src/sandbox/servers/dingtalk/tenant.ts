import { dingtalkApp, staff } from '../../world/company.ts';

/** The company's own app and robot, as the developer console shows them. For an internal app the robot's code is the client id. */
export const app = { ...dingtalkApp, corpId: 'dingcorp' } as const;

/** The room where the robot is a member; the conversation id of its messages is the open id of the sends. */
export const group = { id: 'cidWarRoom==', title: '订单作战群' } as const;

/** The send-only robot of the group, signed. */
export const hook = { token: 'hook-token-demo', secret: 'SECdemo0123456789' } as const;

export const people = staff.map(({ id, name, mobile }) => ({ id, name, mobile }));

/** Somebody of another company in the group: no staff id. */
export const outsider = { id: 'outsider', name: '外部·小赵', hidden: '$:LWCP_v1:$outsider' } as const;

export const isPerson = (id: string): boolean => people.some((one) => one.id === id);

export const templates: Readonly<Record<string, 'published' | 'saved'>> = {
  'warroom-card.schema': 'published',
  'warroom-draft.schema': 'saved',
  '589420e2-c1e2-46ef-a5ed-b8728e654da9.schema': 'published',
  '1366a1eb-bc54-4859-ac88-517c56a9acb1.schema': 'published',
  '382e4302-551d-4880-bf29-a30acfab2e71.schema': 'published',
};
