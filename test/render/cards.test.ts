import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/domain/card.ts';
import { stages } from '../../src/domain/stage.ts';
import { foreign, type Language, languages } from '../../src/domain/text.ts';
import { actDelayed, actDone, actPending, actUndone, actUnknown, actUnseen } from '../../src/render/act-cards.ts';
import {
  onCallCard,
  postName,
  sheetCard,
  shiftCard,
  shiftDeclined,
  swapAsked,
  swapDeclined,
  swapDone,
  takeShiftCard,
} from '../../src/render/duty-cards.ts';
import { heldCard } from '../../src/render/held-card.ts';
import { promoCard, promoPreview, silenceDone, silenceList, silencePreview } from '../../src/render/noise-cards.ts';
import { type OrderCardModel, orderCard, orderListCard } from '../../src/render/order-cards.ts';
import { releasePreview, reroutePreview, secondPersonCard, undoPreview } from '../../src/render/preview-cards.ts';

const timezone = 'Asia/Shanghai';
const now = Date.UTC(2026, 10, 24, 6, 32);
/** What a buyer or a vendor may have written. */
const evil = '<img src=x onerror=alert(1)> [点我](http://evil.example) @all \u202e';
const text = (zh: string, en: string) => ({ zh, en });
const act = { tail: '018842', system: '聚水潭', aim: text('改到广州仓', 'move to 广州仓') };
const question = { words: 'K7', minutes: 5 };
const named = { tail: '018842', no: '202611240018842', title: evil, surname: evil, qty: 1 };
const candidate = { warehouseId: 'gz', warehouse: '广州仓', isHere: false, missing: 0, available: 14, observedAt: now };

const order: OrderCardModel = {
  id: 'o7Kd2mQx',
  no: '202611240018842',
  tail: '018842',
  stage: 'queued',
  stageAt: now - 3_600_000,
  shipBy: now + 3_600_000,
  shop: '小程序商城',
  warehouse: '杭州仓',
  title: evil,
  qty: 1,
  moreLines: 2,
  surname: evil,
  sheetSaid: '',
  deducted: [],
  isUrgent: false,
  isHeld: false,
  isRefunding: false,
  notSeen: text('仓内进度看不到', 'the stage cannot be seen'),
  cause: text('卡在：这个仓缺货', 'Stuck: out of stock'),
  mend: { label: text('改仓', 'Reroute'), command: '/reroute 202611240018842' },
  parcels: [],
  companions: ['118842', '218842'],
  isUploadedEarly: true,
  alerts: [3, 12],
  data: { name: '聚水潭', at: now - 300_000 },
  now,
  timezone,
};
const done = {
  tail: '018842',
  orderNo: '202611240018842',
  words: text('已改到广州仓', 'moved to 广州仓'),
  system: '聚水潭',
  at: now,
  timezone,
  by: '王敏',
  approver: '李建国',
  undo: true,
  already: false,
  link: null,
};
const swap = (language: Language) => ({
  asker: '李建国',
  stander: '王敏',
  posts: [postName({ role: 'warehouse-lead', warehouse: null }, null, language)],
  from: now,
  to: now + 86_400_000,
  now,
  zone: timezone,
});
const hand = {
  from: '李建国',
  to: '王敏',
  alerts: [3, 12, 13, 14, 15, 16],
  claims: 40,
  questions: ['K7'],
  actions: ['018842'],
  dutyUntil: now + 3_600_000,
  now,
  zone: timezone,
};
const release = {
  waiting: '018842',
  ownerTail: '007710',
  sku: evil,
  qty: 2,
  warehouse: '杭州仓',
  ageMs: 7_200_000,
  closedForMs: 3_600_000,
  how: 'virtual' as const,
  stock: { onHand: undefined, available: undefined, at: now },
};

const cards: Readonly<Record<string, (language: Language) => Card>> = {
  'an order with everything to say': (language) => orderCard(order, language),
  'an order that is under way': (language) =>
    orderCard(
      {
        ...order,
        stage: 'shipped',
        notSeen: null,
        cause: null,
        mend: null,
        parcels: [
          { carrier: '中通', waybill: evil },
          { carrier: '圆通', waybill: 'YT2' },
          { carrier: '顺丰', waybill: 'SF3' },
        ],
      },
      language,
    ),
  'an act that is done': (language) => actDone(done, language),
  'an act that was not done': (language) => actUndone({ ...act, why: text('拒绝了', 'refused'), told: evil }, language),
  'an act without an answer': (language) => actUnknown(act, language),
  'an act that waits for its effect': (language) => actPending(act, language),
  'an act that is not sent yet': (language) => actDelayed(act, language),
  'an act that never showed': (language) => actUnseen(act, language),
  'a reroute before it is done': (language) =>
    reroutePreview(
      [{ order: named, from: undefined, to: candidate }],
      { refused: [], companions: ['118842'], question },
      timezone,
      language,
    ),
  'a release before it is done': (language) =>
    releasePreview([release], { refused: [[foreign(evil)]], companions: ['118842'], question }, timezone, language),
  'an undo before it is done': (language) => undoPreview(act.aim, '018842', question, language),
  'who is on duty': (language) =>
    onCallCard(
      Array.from({ length: 9 }, (_, index) => ({
        post: postName({ role: 'warehouse-lead', warehouse: 'gz' }, '广州仓', language),
        who: index === 1 ? null : '李建国',
        until: index === 2 ? null : now + 86_400_000,
        next: index === 2 ? null : '王敏',
      })),
      { now, zone: timezone },
      language,
    ),
  'nobody on duty': (language) => onCallCard([], { now, zone: timezone }, language),
  'a pasted roster': (language) =>
    sheetCard(
      {
        from: now,
        to: now + 86_400_000,
        now,
        zone: timezone,
        posts: Array.from({ length: 5 }, () => ({
          post: postName({ role: 'cs-lead', warehouse: null }, null, language),
          people: [
            { name: '李建国', turns: 2 },
            { name: '王敏', turns: 1 },
          ],
        })),
        words: 'B7',
        ms: 300_000,
      },
      language,
    ),
  'a swap that is asked': (language) => swapAsked(swap(language), 'B7', 600_000, language),
  'a swap': (language) => swapDone({ ...swap(language), standerId: 'wang' }, language),
  'a swap that was declined': (language) => swapDeclined('王敏', 'expired', language),
  'a shift before it is given': (language) => shiftCard(hand, 'B7', 300_000, language),
  'a shift to be taken': (language) => takeShiftCard(hand, 'B7', 900_000, language),
  'a shift that was not taken': (language) => shiftDeclined('王敏', 'refused', language),
  'a second person asked': (language) =>
    secondPersonCard(
      {
        by: '王敏',
        why: text('超过 20 件', 'more than 20'),
        words: 'K7',
        minutes: 10,
        holders: ['李建国'],
        what: act.aim,
        called: 'li',
      },
      language,
    ),
};

const when = { now, timezone };
const silenced = { what: text('付款没分拣', 'not sorted'), ms: 7_200_000, reason: evil, ...when };
const promotion = {
  from: now,
  until: now + 14_400_000,
  factor: 4,
  changes: [{ say: text('下单突增', 'a spike'), from: 3, to: 12 }],
  ...when,
};
const heldGroup = (number: number) => ({
  number,
  severity: 'warning' as const,
  say: text('复核没处理', 'review waits'),
  where: '杭州仓',
  count: number,
  nearestShipBy: now + 3_600_000,
});
const noiseCards: typeof cards = {
  'a silence before it is kept': (language) =>
    silencePreview({ ...silenced, hidden: { critical: 3, other: 11 }, isCut: true, question }, language),
  'a silence that is kept': (language) => silenceDone({ ...silenced, id: 3, by: '王敏' }, language),
  'all that is silenced': (language) =>
    silenceList(
      [1, 2, 3, 4, 5, 6, 7].map((id) => ({ ...silenced, id, until: now + 60_000, by: '王敏', held: id })),
      when,
      language,
    ),
  'the list at the end of quiet hours': (language) =>
    heldCard(
      {
        title: text('安静时段没响的', 'While it was quiet here'),
        total: 21,
        over: 3,
        groups: [1, 2, 3, 4, 5, 6].map(heldGroup),
        ...when,
      },
      language,
    ),
  'a promotion before it is planned': (language) => promoPreview(promotion, question, language),
  'a promotion that begins': (language) => promoCard(promotion, 'begun', language),
};

const ownWords = (lines: Card['lines']): string =>
  lines
    .flat()
    .flatMap((piece) => (typeof piece === 'string' ? [piece] : []))
    .join('');

describe.each(Object.entries({ ...cards, ...noiseCards }))('%s', (_name, render) => {
  it.each(languages)('fits a phone and keeps what others wrote apart (%s) [P18]', (language) => {
    const card = render(language);
    const own = ownWords(card.lines);

    expect(card.lines.length).toBeLessThanOrEqual(6);
    expect(card.buttons.length).toBeLessThanOrEqual(3);
    expect(own).not.toMatch(/[<>]|evil|@all|\u202e/);
    expect(JSON.stringify(card)).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('says in English all that it says in Chinese', () => {
    const [zh, en] = [render('zh'), render('en')];
    expect(en.lines.length).toBe(zh.lines.length);
    expect(en.buttons.length).toBe(zh.buttons.length);
    expect(en.link?.path).toBe(zh.link?.path);
    const foreignOf = (card: Card) => card.lines.flat().filter((piece) => typeof piece !== 'string');
    expect(foreignOf(en)).toEqual(foreignOf(zh));
    expect(
      /[\u4e00-\u9fff]{3,}/.exec(
        JSON.stringify(en.lines).replace(/聚水潭|[杭广]州仓|小程序商城|王敏|李建国|点我/g, ''),
      ),
    ).toBeNull();
  });
});

it('shows an unknown stock as unknown, never as nothing', () => {
  const told = JSON.stringify(
    releasePreview([release], { refused: [], companions: [], question }, timezone, 'zh').lines,
  );
  expect(told).toContain('现存 ? 可用 ?');
});

it('has a sentence for the buyer at every stage, which promises nothing', () => {
  for (const stage of stages) {
    for (const language of languages) {
      const last = ownWords(orderCard({ ...order, stage }, language).lines.slice(-1));
      expect(last).toMatch(language === 'zh' ? /^回买家：亲，/ : /^For the buyer: /);
      expect(last).not.toMatch(/马上|尽快|一定|保证|今天|明天|will|soon|today|tomorrow/);
    }
  }
});

it('lists at most twelve of many orders and counts the rest', () => {
  const many = Array.from({ length: 50 }, (_, index) => ({
    tail: `0188${index}`,
    stage: 'paid' as const,
    surname: '',
    title: 'x',
  }));
  const card = orderListCard(many, 'zh', null);
  expect(card.lines).toHaveLength(13);
  expect(card.lines.at(-1)).toEqual(['…还有 38 单']);
});

it('offers no undo for what was so already', () => {
  expect(actDone({ ...done, already: true }, 'zh').buttons).toEqual([]);
  expect(actDone({ ...done, undo: false }, 'zh').buttons).toEqual([]);
  expect(actDone(done, 'zh').buttons.map(({ command }) => command)).toEqual(['/undo 202611240018842']);
});
