import type { World } from '../../world/world.ts';
import type { Answer, Server } from '../exchange.ts';
import { createRateWindows } from '../rate-windows.ts';
import { codes, paramsOf, refuse } from './answers.ts';
import { createGate } from './gate.ts';
import { listChanged, listConfirmed, readOne, updateNote } from './orders.ts';
import { REFRESH, refresh } from './tokens.ts';

/** What each `type` answers: all of them share one address. */
const types: Readonly<Record<string, (world: World, params: Readonly<Record<string, string>>) => Answer>> = {
  [REFRESH]: refresh,
  'pdd.order.number.list.increment.get': listChanged,
  'pdd.order.list.get': listConfirmed,
  'pdd.order.information.get': readOne,
  'pdd.order.note.update': updateNote,
};

/** Pinduoduo's open platform. */
export function createPinduoduo(): Server {
  return {
    name: 'pdd',
    prefix: '/pdd',
    routes: [
      {
        method: 'POST',
        path: '/api/router',
        sheet: 'channels.md §2',
        kind: 'read',
        answer({ world }, call) {
          const params = paramsOf(call);
          return types[params.type ?? '']?.(world, params) ?? refuse(codes.unknownType, '接口不存在');
        },
      },
    ],
    guard: createGate(createRateWindows()),
    notFound: () => refuse(codes.unknownType, '接口不存在'),
  };
}
