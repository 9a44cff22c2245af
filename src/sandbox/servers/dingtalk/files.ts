import { bodyOf, ok, type PlainRoute, refuse, text } from './answers.ts';
import type { State } from './state.ts';
import { app } from './tenant.ts';

const SHEET = 'dingtalk.md §2, "download the file content of the robot receiving message"';

/** What somebody sent to the robot: a code is changed for an address, and that gives the bytes. */
export const fileRoutes = (state: State): readonly PlainRoute[] => [
  {
    method: 'POST',
    path: '/v1.0/robot/messageFiles/download',
    sheet: SHEET,
    kind: 'read',
    answer(context, call) {
      const { robotCode, downloadCode } = bodyOf(call);
      if (robotCode !== app.clientId) return refuse(400, 'robot.notExist');
      const code = text(downloadCode);
      if (!state.files.has(code)) return refuse(400, 'invalidParameter.downloadCode.invalid');
      return ok({ downloadUrl: `${context.url()}/dingtalk/media/${code}` });
    },
  },
  {
    method: 'GET',
    path: '/media/:code',
    sheet: SHEET,
    kind: 'read',
    answer(_context, call) {
      const file = state.files.get(call.params.code ?? '');
      return file === undefined ? refuse(404, 'gone') : { status: 200, body: file, outcome: 'ok' };
    },
  },
];
