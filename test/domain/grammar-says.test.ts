import { describe, expect, it } from 'vitest';
import { isReason } from '../../src/domain/grammar/reason.ts';
import { understand } from '../../src/domain/grammar.ts';
import type { Lexicon } from '../../src/domain/menu.ts';
import { normaliseText, withoutQuote } from '../../src/domain/normalise-text.ts';
import { digitsSaid, numberSaid } from '../../src/domain/numerals.ts';
import { lexicon, menu } from '../commands/menu.ts';

const ask = (text: string, names: Lexicon = lexicon) => understand(text, menu, names);
const problemOf = (text: string) => {
  const answer = ask(text);
  return answer.type === 'problem' ? answer.problem : answer;
};

describe('what is said back [P17]', () => {
  it.each([
    ['/释放锁', '/释放 018842'],
    ['/释放锁 118842', '/释放 118842'],
    ['试放118842', '/释放 118842'],
    ['/relase 118842', '/release 118842'],
    ['我把118842释放了', '/释放 118842'],
    ['该仓 118842 杭州', '/改仓 118842 杭州仓'],
    ['12号稍后处理', '/稍后 12 30分钟'],
    ['12号给王敏了', '/转交 12 @王敏'],
    ['12 is done', '/done 12'],
  ])('%s is answered with the line to write: %s', (text, line) => {
    expect(ask(text)).toMatchObject({ type: 'suggest', text: line });
  });

  it('suggests lines that are themselves understood', () => {
    for (const text of ['/释放锁', '该仓 118842 杭州', '12号稍后处理', '12号给王敏了', '12号搞定了', '我点错了']) {
      const answer = ask(text);
      const line = answer.type === 'suggest' ? answer.text : '';
      expect(ask(line)).toMatchObject({ type: 'command' });
    }
  });

  it('says what is missing, in both languages, with a line that can be copied', () => {
    expect(problemOf('改仓')).toEqual({
      zh: '改仓要写订单：/改仓 018842 广州仓',
      en: 'reroute needs an order number of 4 or more digits: /reroute 018842 gz',
    });
    expect(problemOf('12号稍后')).toMatchObject({ zh: '稍后要写多久：/稍后 12 30分钟' });
    expect(problemOf('认领 018842')).toMatchObject({ zh: '认领要写几号：/认领 12' });
    expect(problemOf('/handover')).toMatchObject({ zh: '转交要写几号和交给谁：/转交 12 @李建国' });
  });

  it('asks for 全部 before it takes every order of an alert', () => {
    expect(problemOf('/释放 12号')).toMatchObject({ zh: '释放要写订单；12号的全部订单写：/释放 12号全部' });
  });

  it('names the warehouses there are when somebody writes another', () => {
    expect(problemOf('/改仓 018842 北京仓')).toMatchObject({
      zh: '没有叫“北京仓”的仓。有：广州仓、杭州仓、成都仓。例：/改仓 018842 广州仓',
    });
  });

  it('takes one alert at a time', () => {
    expect(problemOf('/ack 12 13')).toMatchObject({ zh: '认领一次只能写一个：/认领 12' });
  });
});

describe('the reason behind a yes [P17]', () => {
  it.each(['客户要求', '仓库同意', '客户不要红色的', 'customer asked'])('%s is one', (words) => {
    expect(isReason(words)).toBe(true);
  });

  it.each(['吧', '先不要', '等一下', '我再看看，等等', '不对', '是什么', '好吗？', 'but wait', "don't", '。。'])(
    '%s is none',
    (words) => {
      expect(isReason(words)).toBe(false);
    },
  );
});

describe('mentions [P17]', () => {
  it('knows its own name with other blanks in it', () => {
    expect(ask('@作战室  小助手 12号我来')).toMatchObject({ type: 'command', name: 'ack' });
    expect(ask('@order  bot done 12')).toMatchObject({ type: 'command', name: 'done' });
  });

  it('takes the first mention for its own name when it knows none', () => {
    const nameless = { ...lexicon, botNames: [] };

    expect(ask('@小助手 12号我来', nameless)).toMatchObject({ type: 'command', name: 'ack' });
    expect(ask('@小助手/认领12', nameless)).toMatchObject({ type: 'command', name: 'ack' });
  });

  it('does not take what is said to somebody else for an order to itself', () => {
    expect(ask('@订单机器人 @张三 释放018842')).toMatchObject({ type: 'suggest', name: 'release' });
  });

  it('hands over to a name it does not know as it was written', () => {
    expect(ask('/handover 12 @赵四')).toMatchObject({ args: { to: { kind: 'person', name: '赵四' } } });
  });
});

describe('text on the way in', () => {
  it('makes one spelling of full-width letters, odd blanks and unseen marks', () => {
    expect(normaliseText('　＠机器人\u2005／ＡＣＫ\u200b　１２\r\n')).toBe('@机器人 /ACK 12');
  });

  it('does not make numbers of other signs', () => {
    expect(normaliseText('①½')).toBe('①½');
  });

  it.each([
    '> 王敏：释放\n> 018842\n好的',
    '「王敏：释放018842」\n- - - - - - -\n好的',
    '“王敏：\n释放018842”\n------\n好的',
  ])('forgets what was only quoted: %j', (text) => {
    expect(withoutQuote(text)).toBe('好的');
  });

  it('keeps a quotation mark that quotes nothing above', () => {
    expect(withoutQuote('「绣字卫衣」还有货吗')).toBe('「绣字卫衣」还有货吗');
  });
});

describe('numbers as they are dictated [P17]', () => {
  it.each([
    ['幺八八四二', '18842'],
    ['零幺八八四二', '018842'],
    ['〇一二两', '0122'],
    ['洞幺拐勾', '0179'],
  ])('%s is %s', (words, digits) => {
    expect(digitsSaid(words)).toBe(digits);
  });

  it.each([
    ['十', 10],
    ['十二', 12],
    ['二十', 20],
    ['一百零三', 103],
    ['一百二十三', 123],
    ['九百九十九', 999],
    ['幺二', 12],
  ])('%s counts %i', (words, number) => {
    expect(numberSaid(words)).toBe(number);
  });

  it.each(['百', '十十', '一千', '零零零零', '一二', '二三四', '洞', ''])('%j counts nothing', (words) => {
    expect(numberSaid(words)).toBeUndefined();
  });
});
