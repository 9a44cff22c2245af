import { describe, expect, it } from 'vitest';
import { readPromo, readSilence } from '../../src/domain/noise-words.ts';
import { at, hour, minute } from '../kit/builders.ts';

describe('what stands behind /silence', () => {
  it.each<[string, string, number | undefined, string]>([
    ['杭州仓 2小时 盘点', '杭州仓', 2 * hour, '盘点'],
    ['12号 半小时 在处理', '12号', hour / 2, '在处理'],
    ['lock-orphaned 2h known since Monday', 'lock-orphaned', 2 * hour, 'known since Monday'],
    ['绣字卫衣 1个半小时 补货中', '绣字卫衣', 1.5 * hour, '补货中'],
    ['XZ01-HE-L 30m 拍照', 'XZ01-HE-L', 30 * minute, '拍照'],
    ['天猫旗舰店 1天 活动', '天猫旗舰店', 24 * hour, '活动'],
    ['杭州仓', '杭州仓', undefined, ''],
  ])('%s', (words, target, ms, reason) => {
    expect(readSilence(words)).toEqual({ type: 'silence', target, ms, reason });
  });

  it.each([
    ['', { type: 'list' }],
    ['off 3', { type: 'end', id: 3 }],
    ['结束 3', { type: 'end', id: 3 }],
    ['off', { type: 'end', id: undefined }],
  ])('%s', (words, said) => {
    expect(readSilence(words)).toEqual(said);
  });
});

describe('what stands behind /promo', () => {
  const read = (words: string, now = at('14:00')) => readPromo(words, now, 'Asia/Shanghai', '2026-11-24');
  const tonight = { type: 'on', from: at('20:00'), until: at('00:00', '2026-11-25'), factor: 4 };

  it.each(['on 20:00 24:00 x4', '20:00 24:00 ×4', '20点到24点 4倍', '20:00-24:00 x4', 'on 20:00 00:00 x4'])(
    '%s',
    (words) => {
      expect(read(words)).toEqual(tonight);
    },
  );

  it('means the next such window: tomorrow when it is over, tonight while it runs, also past midnight', () => {
    expect(read('on 09:00 10:00 x2')).toMatchObject({ from: at('09:00', '2026-11-25') });
    expect(read('on 13:30 15:00 x2')).toMatchObject({ from: at('13:30') });
    expect(read('on 22:00 02:00 x2', at('01:00'))).toMatchObject({
      from: at('22:00', '2026-11-23'),
      until: at('02:00'),
    });
    expect(read('8点半 9点 x1.5')).toMatchObject({ from: at('08:30', '2026-11-25'), factor: 1.5 });
  });

  it.each(['on 20:00 x4', 'on 20:00 24:00', 'on 20:00 24:00 x1', 'on 20:00 24:00 x50', 'on 20:00 20:00 x4', 'hello'])(
    '%s is not clear',
    (words) => {
      expect(read(words)).toEqual({ type: 'unclear' });
    },
  );

  it('shows and ends', () => {
    expect([read(''), read('off'), read('结束')]).toEqual([{ type: 'show' }, { type: 'off' }, { type: 'off' }]);
  });
});
