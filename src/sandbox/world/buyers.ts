import type { Random } from './random.ts';

export interface Receiver {
  name: string;
  phone: string;
  province: string;
  city: string;
  district: string;
  address: string;
}

// The first number weighs how many buyers live there; together they load the warehouses as their speeds allow.
const places: readonly (readonly [weight: number, province: string, city: string, districts: readonly string[]])[] = [
  [14, '浙江', '杭州', ['西湖区', '余杭区', '滨江区', '萧山区']],
  [5, '浙江', '宁波', ['鄞州区', '海曙区']],
  [7, '江苏', '苏州', ['吴中区', '姑苏区', '昆山市']],
  [5, '江苏', '南京', ['玄武区', '江宁区']],
  [9, '上海', '上海', ['浦东新区', '徐汇区', '闵行区']],
  [5, '山东', '青岛', ['市南区', '崂山区']],
  [3, '安徽', '合肥', ['蜀山区', '包河区']],
  [3, '福建', '厦门', ['思明区', '湖里区']],
  [12, '广东', '广州', ['天河区', '南沙区', '番禺区']],
  [10, '广东', '深圳', ['南山区', '福田区', '宝安区']],
  [4, '湖南', '长沙', ['岳麓区', '雨花区']],
  [2, '广西', '南宁', ['青秀区']],
  [6, '陕西', '西安', ['雁塔区', '未央区']],
  [6, '四川', '成都', ['武侯区', '锦江区', '高新区']],
  [6, '北京', '北京', ['朝阳区', '海淀区']],
  [3, '河南', '郑州', ['金水区', '二七区']],
];
const placeWeight = places.reduce((total, [weight]) => total + weight, 0);
const surnames = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕'];
const given = [...'伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂红玉梅萍鹏辉婷雪琳欣怡梓涵宇轩子墨'];
const streets = ['文三路', '建设路', '人民路', '中山路', '学院路', '滨河路', '花园街', '新华街'];
const prefixes = ['130', '131', '135', '136', '138', '139', '150', '152', '158', '177', '186', '188'];
const notes = ['请尽快发货，谢谢', '送人的，不要放小票', '周末送货', '放门卫处', '麻烦检查一下线头'];

/** A made-up person who lives where our buyers live. */
export function drawReceiver(random: Random): Receiver {
  const [, province, city, districts] = drawPlace(random);
  const name = random.pick(surnames) + random.pick(given) + (random.chance(0.6) ? random.pick(given) : '');
  return {
    name,
    phone: random.pick(prefixes) + String(random.int(0, 99_999_999)).padStart(8, '0'),
    province,
    city,
    district: random.pick(districts),
    address: `${random.pick(streets)}${random.int(1, 999)}号${random.int(1, 30)}幢${random.int(1, 28)}0${random.int(1, 4)}室`,
  };
}

function drawPlace(random: Random): (typeof places)[number] {
  let left = random.next() * placeWeight;
  for (const place of places) {
    left -= place[0];
    if (left < 0) return place;
  }
  throw new Error('the places weigh less than their sum');
}

/** What a buyer writes with an order: mostly nothing. */
export function drawNote(random: Random): string {
  return random.chance(0.06) ? random.pick(notes) : '';
}
