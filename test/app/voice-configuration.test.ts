import { expect, it } from 'vitest';
import { checkCompany, notYet, voiceSettings } from '../../src/app/company.ts';
import { discover } from '../../src/app/discover.ts';
import { ConfigError } from '../../src/domain/errors.ts';

const plugs = await discover();

const ding = {
  id: 'ding',
  platform: 'dingtalk',
  baseUrl: 'https://gateway.example.com',
  credentials: { clientId: 'c', clientSecret: 's', robotCode: 'r' },
};
const aliyun = { kind: 'aliyun', credentials: { accessKeyId: 'a', accessKeySecret: 'b' }, ttsCode: 'TTS_1' };
const staff = [{ id: 'li', name: '李建国', role: 'warehouse-lead' }];

function problemsOf(raw: object): readonly string[] {
  try {
    checkCompany({ staff, ...raw }, plugs);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

it('takes lines to telephones in their order; DingTalk’s borrows from its room [N14]', () => {
  const company = checkCompany({ staff, rooms: [ding], voice: [{ kind: 'dingtalk', room: 'ding' }, aliyun] }, plugs);
  expect(company.voice.map(({ id }) => id)).toEqual(['dingtalk', 'aliyun']);
  expect(company.voice.map((block) => voiceSettings(block, company.rooms))).toEqual([
    { baseUrl: 'https://gateway.example.com', settings: ding.credentials },
    { baseUrl: undefined, settings: { ...aliyun.credentials, ttsCode: 'TTS_1' } },
  ]);
  expect(notYet(company)).toEqual([]);
});

it('rings for a red cycle and a backlog without a word of configuration, within 11 minutes of the last person [C6 E5]', () => {
  const { escalation, rings, limits } = checkCompany({ staff }, plugs);
  expect(rings).toEqual({
    'cycle-red': { policy: 'red', hours: 'wall' },
    'backlog-over-capacity': { policy: 'red', hours: 'open' },
  });
  expect(Object.keys(escalation)).toEqual(['default', 'red']);
  for (const policy of Object.values(escalation))
    expect(Math.max(...policy.map(({ after }) => after))).toBeLessThan(11 * 60_000);
  expect(limits.callsPerNight).toBe(2);
});

it('takes policies of one’s own, and keeps the usual ones beside them [C6]', () => {
  const { escalation } = checkCompany(
    {
      staff,
      escalation: {
        hall: [
          { after: '0s', call: 'li' },
          { after: '5m', notify: 'room' },
          { after: '10m', repeat: 2 },
        ],
      },
    },
    plugs,
  );
  expect(escalation.hall).toEqual([
    { after: 0, do: 'call', whom: { to: 'person', person: 'li' } },
    { after: 300_000, do: 'notify', whom: { to: 'room' } },
    { after: 600_000, do: 'repeat', times: 2 },
  ]);
  expect(escalation.red).toBeDefined();
});

it.each([
  [{ voice: [{ kind: 'skype' }] }, 'voice[0].kind: 只有 / known are'],
  [{ voice: [{ kind: 'dingtalk', room: 'nowhere' }] }, 'voice[0].room: 没有这个dingtalk群'],
  [{ voice: [{ kind: 'dingtalk' }] }, 'voice[0].clientId: 没写 room，或没写全'],
  [{ voice: [{ ...aliyun, ttsCode: '' }] }, 'voice[0].ttsCode: 没写全'],
  [{ voice: [aliyun, aliyun] }, 'voice[1].id: 重名了'],
  [{ voice: [{ ...aliyun, ttsCodes: 'x' }] }, 'voice[0].ttsCodes: 没有这个键'],
  [{ escalation: { red: [{ after: '0s', call: 'nobody' }] } }, 'escalation.red[0].call: 写 room、on-call、角色'],
  [{ escalation: { red: [{ after: '0s', call: 'room' }] } }, 'escalation.red[0].call: 群没有电话'],
  [{ escalation: { red: [{ after: 'soon', call: 'li' }] } }, 'escalation.red[0].after: 写多久以后'],
  [{ escalation: { red: [{ after: '0s' }] } }, 'escalation.red[0]: 一步写一样'],
  [
    {
      escalation: {
        red: [
          { after: '3m', call: 'li' },
          { after: '1m', notify: 'room' },
        ],
      },
    },
    'escalation.red[1].after: 要按时间先后写',
  ],
  [{ escalation: { red: [{ after: '3m', repeat: 1 }] } }, 'escalation.red[0].repeat: repeat 只能是最后一步'],
  [{ rings: { nothing: {} } }, 'rings.nothing: 没有这条规则'],
  [{ rings: { 'cycle-red': { policy: 'loud' } } }, 'rings.cycle-red.policy: escalation 里没有它'],
])('says in words what is wrong: %j [E5]', (raw, words) => {
  expect(problemsOf(raw)).toContainEqual(expect.stringContaining(words));
});

it('no problem repeats a secret [E5]', () => {
  const told = problemsOf({
    voice: [{ ...aliyun, credentials: { accessKeyId: 'a', accessKeySecret: '', other: 'SECRET' } }],
  }).join();
  expect(told).toContain('voice[0]');
  expect(told).not.toContain('SECRET');
});
