import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { Roster, Rotation } from '../../src/domain/roster.ts';
import { type Colleague, momentText, readMoment, readSheet } from '../../src/domain/roster-sheet.ts';
import { at, day, hour } from '../kit/builders.ts';

const zone = 'Asia/Shanghai';
/** A Tuesday. */
const now = at('12:00', '2026-11-24');
const staff: readonly Colleague[] = [
  { id: 'li', name: '李建国', role: 'warehouse-lead', warehouse: null },
  { id: 'wang', name: '王敏', role: 'warehouse-lead', warehouse: null },
  { id: 'chen', name: '陈静', role: 'cs-lead', warehouse: null },
  { id: 'sun', name: '孙悦', role: 'warehouse-lead', warehouse: 'gz' },
  { id: 'zw1', name: '张伟', role: 'operator', warehouse: null },
  { id: 'zw2', name: '张伟', role: 'operator', warehouse: null },
];
const night: Rotation = {
  role: 'warehouse-lead',
  warehouse: null,
  who: ['li'],
  everyDays: 1,
  from: at('00:00', '2026-11-01'),
};
const nobody: Roster = { zone, rotations: [], stints: [] };

const read = (sheet: string, roster = nobody): string[] =>
  readSheet(sheet, { now, roster, staff }).map(
    ({ who, role, warehouse, from, to }) =>
      `${who} ${role}${warehouse === null ? '' : `@${warehouse}`} ${momentText(from, zone)} → ${momentText(to, zone)}`,
  );
function refusal(sheet: string, roster = nobody): { zh: string; en: string } {
  try {
    readSheet(sheet, { now, roster, staff });
  } catch (error) {
    if (error instanceof UserError) return error.text;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a roster pasted from a sheet [P11]', () => {
  it('is one day a line, with the hours behind the names, and the night belongs to the day it begins on', () => {
    expect(read('周二 李建国 08:30-17:30 / 王敏 17:30-08:30\n周三 王敏 08:30～24:00')).toEqual([
      'li warehouse-lead 11-24 08:30 → 11-24 17:30',
      'wang warehouse-lead 11-24 17:30 → 11-25 08:30',
      'wang warehouse-lead 11-25 08:30 → 11-26 00:00',
    ]);
  });

  it('is a copied table whose heading has the hours', () => {
    expect(read('日期\t早班 08:30-17:30\t晚班 17:30-08:30\n11-25\t李建国\t王敏\n11月26日\t王敏\t李建国')).toEqual([
      'li warehouse-lead 11-25 08:30 → 11-25 17:30',
      'wang warehouse-lead 11-25 17:30 → 11-26 08:30',
      'wang warehouse-lead 11-26 08:30 → 11-26 17:30',
      'li warehouse-lead 11-26 17:30 → 11-27 08:30',
    ]);
  });

  it('names days by weekday, date or range, each the next one from the line before', () => {
    expect(read('周六 李建国\n周日 王敏\n周一 李建国').map((line) => line.split(' ').slice(2, 3)[0])).toEqual([
      '11-28',
      '11-29',
      '11-30',
    ]);
    expect(read('周一至周三 李建国')).toHaveLength(3);
    expect(read('Mon-Tue li')).toEqual([
      'li warehouse-lead 11-30 00:00 → 12-01 00:00',
      'li warehouse-lead 12-01 00:00 → 12-02 00:00',
    ]);
    expect(read('2026/12/31 李建国\n1/1 王敏').map((line) => line.slice(-30))).toEqual([
      expect.stringContaining('12-31 00:00 → 01-01 00:00'),
      expect.stringContaining('01-01 00:00 → 01-02 00:00'),
    ]);
  });

  it('puts people on their own role and warehouse, or on the role whose name stands above them', () => {
    expect(read('周三 陈静 09:00-18:00 / 孙悦 09:00-18:00 / 李建国 09:00-18:00')).toEqual([
      'chen cs-lead 11-25 09:00 → 11-25 18:00',
      'sun warehouse-lead@gz 11-25 09:00 → 11-25 18:00',
      'li warehouse-lead 11-25 09:00 → 11-25 18:00',
    ]);
    expect(read('仓储主管\n周三 李建国\n客服主管：\n周三 王敏')).toEqual([
      'li warehouse-lead 11-25 00:00 → 11-26 00:00',
      'wang cs-lead 11-25 00:00 → 11-26 00:00',
    ]);
  });

  it('is refused, with what to do, where two people overlap', () => {
    const { zh, en } = refusal('周三 李建国 08:30-17:30 / 王敏 17:00-22:00');
    expect(zh).toBe('11-25 17:00 有两个人值班：李建国、王敏。一个岗位同时只能一个人，改好再贴');
    expect(en).toContain('One at a time');
  });

  it('is refused where nobody is on duty in between, unless a rotation stands behind it', () => {
    const sheet = '周三 李建国 08:30-17:30\n周四 王敏 08:30-17:30';
    expect(refusal(sheet).zh).toContain('11-25 17:30 到 11-26 08:30 没有人值班（仓储主管）');
    expect(read(sheet, { ...nobody, rotations: [night] })).toHaveLength(2);
  });

  it.each([
    ['周三 赵六 08:30-17:30', '第 1 行：staff 里没有“赵六”'],
    ['周三 张伟 08:30-17:30', '第 1 行：有两个“张伟”，请写员工编号'],
    ['周三 李建国 王敏 08:30-17:30', '第 1 行有 2 个人、1 个时段'],
    ['周三 李建国 08:30-08:30', '不是时段'],
    ['周三 李建国 25:30-26:30', '不是时段'],
    ['周三 李建国\n李建国 08:30', '第 2 行开头没有日期'],
    ['明年再说', '没有读到班次'],
    ['11-20 李建国', '日期都过去了'],
    ['2027-11-25 李建国', '太远'],
    ['2026-02-30 李建国', '没有读到班次'],
  ])('%j is refused with a sentence', (sheet, words) => {
    const { zh, en } = refusal(sheet);
    expect(zh).toContain(words);
    expect(en).toMatch(/^[\x20-\x7e“”赵六张伟]+$/);
  });
});

describe('the moment that words name [P11]', () => {
  it.each([
    ['18:00', at('18:00')],
    ['到 18:00', at('18:00')],
    ['11:00', at('11:00') + day],
    ['8点半', at('08:30') + day],
    ['今晚8点', at('20:00')],
    ['明早8点', at('08:00') + day],
    ['明天 08:30', at('08:30') + day],
    ['下午3点', at('15:00')],
    ['周一 08:30', at('08:30', '2026-11-30')],
    ['11-25 18:00', at('18:00', '2026-11-25')],
    ['2h', now + 2 * hour],
    ['半小时', now + hour / 2],
    ['until 6:00', at('06:00') + day],
  ])('%s', (words, moment) => {
    expect(readMoment(words, now, zone)).toBe(moment);
  });

  it.each(['', '以后', '25:00', '18:75', '周一', '王敏'])('none in %j', (words) => {
    expect(readMoment(words, now, zone)).toBeUndefined();
  });

  it('none in a flood of digits and blanks, and says so at once', () => {
    const began = performance.now();
    expect(readMoment(`周一 ${'1'.repeat(3_000)}${' '.repeat(3_000)}x`, now, zone)).toBeUndefined();
    expect(performance.now() - began).toBeLessThan(500);
  });
});
