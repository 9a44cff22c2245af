import type { ArgKind, Lexicon, MenuEntry, RawArg } from '../menu.ts';
import type { Text } from '../text.ts';
import type { Filled } from './fill.ts';

const nouns: Readonly<Record<ArgKind, Text>> = {
  order: { zh: '订单', en: 'an order number of 4 or more digits' },
  orders: { zh: '订单', en: 'an order number of 4 or more digits' },
  alert: { zh: '几号', en: "an alert's number" },
  about: { zh: '几号或订单', en: "an alert's number or an order number" },
  warehouse: { zh: '哪个仓', en: 'a warehouse' },
  sku: { zh: 'SKU', en: 'a SKU' },
  style: { zh: '款名', en: 'a style' },
  duration: { zh: '多久', en: 'how long' },
  person: { zh: '交给谁', en: 'somebody' },
  role: { zh: '哪个岗位', en: 'a role' },
  code: { zh: '码', en: 'the code' },
  text: { zh: '内容', en: 'some words' },
};

/** The command as it should have been written: what was understood, and an example in every other place. */
export function lineOf(entry: MenuEntry, args: Filled['args'], lexicon: Lexicon, isChinese: boolean): string {
  const verb = isChinese ? (entry.aliases[0] ?? entry.name) : entry.name;
  const places = Object.entries(entry.args).map(([name, { kind, isOptional }]) => {
    const given = args[name];
    if (given !== undefined) return write(given, lexicon, isChinese);
    return isOptional === true ? '' : exampleOf(kind, lexicon, isChinese);
  });
  return [`/${verb}`, ...places.filter((place) => place !== '')].join(' ');
}

export function problemOf(entry: MenuEntry, filled: Filled, lexicon: Lexicon): Text {
  const args = withWarehouse(entry, onlyOurs(filled.args, lexicon), lexicon);
  const line = (isChinese: boolean): string => lineOf(entry, args, lexicon, isChinese);
  const verb = entry.aliases[0] ?? entry.name;
  if (filled.tooMany !== undefined) {
    const example = (isChinese: boolean): string => lineOf(entry, {}, lexicon, isChinese);
    return {
      zh: `${verb}一次只能写一个：${example(true)}`,
      en: `${entry.name} takes one at a time: ${example(false)}`,
    };
  }
  const alert = filled.extra.find(({ kind }) => kind === 'alert');
  if (alert !== undefined && filled.missing.includes('orders')) {
    return {
      zh: `${verb}要写订单；${alert.value}号的全部订单写：/${verb} ${alert.value}号全部`,
      en: `${entry.name} needs an order; for every order of alert ${alert.value}: /${entry.name} all of ${alert.value}`,
    };
  }
  const nounsOf = (language: keyof Text): readonly string[] => filled.missing.map((kind) => nouns[kind][language]);
  return {
    zh: `${verb}要写${nounsOf('zh').join('和')}：${line(true)}`,
    en: `${entry.name} needs ${nounsOf('en').join(' and ')}: ${line(false)}`,
  };
}

export function unknownWarehouse(entry: MenuEntry, word: string, filled: Filled, lexicon: Lexicon): Text {
  const names = lexicon.warehouses.map(({ id, words }) => words[0] ?? id);
  const args = withWarehouse(entry, onlyOurs(filled.args, lexicon), lexicon);
  const line = (isChinese: boolean): string => lineOf(entry, args, lexicon, isChinese);
  // The sentence counts as our own: what could be a link or a mention is not repeated in it.
  const isName = /^[\p{L}\p{N}]{1,20}$/u.test(word);
  return {
    zh: `${isName ? `没有叫“${word}”的仓` : '没有这个仓'}。有：${names.join('、')}。例：${line(true)}`,
    en: `There is no ${isName ? `warehouse “${word}”` : 'such warehouse'}. There are: ${names.join(', ')}. Example: ${line(false)}`,
  };
}

/** Without free words and unknown names: a problem is said in our own words. */
function onlyOurs(args: Filled['args'], { people }: Lexicon): Filled['args'] {
  const isOurs = (arg: RawArg): boolean =>
    arg.kind === 'person' ? people.some(({ id }) => id === arg.name) : arg.kind !== 'words';
  return Object.fromEntries(Object.entries(args).filter(([, arg]) => isOurs(arg)));
}

/** An optional warehouse is worth showing: most people want to name it. */
function withWarehouse(entry: MenuEntry, args: Filled['args'], lexicon: Lexicon): Filled['args'] {
  const place = Object.entries(entry.args).find(([, { kind }]) => kind === 'warehouse')?.[0];
  const first = lexicon.warehouses[0];
  if (place === undefined || first === undefined || args[place] !== undefined) return args;
  return { ...args, [place]: { kind: 'warehouse', warehouse: first.id } };
}

function exampleOf(kind: ArgKind, lexicon: Lexicon, isChinese: boolean): string {
  const warehouse = lexicon.warehouses[0];
  const person = lexicon.people[0];
  switch (kind) {
    case 'order':
    case 'orders':
      return '018842';
    case 'alert':
    case 'about':
      return '12';
    case 'warehouse':
      return isChinese ? (warehouse?.words[0] ?? '广州仓') : (warehouse?.id ?? 'gz');
    case 'person':
      return `@${person?.words[0] ?? '李建国'}`;
    case 'duration':
      return isChinese ? '30分钟' : '30m';
    case 'style':
      return '绣字卫衣';
    case 'sku':
      return 'XZ01-HE-L';
    case 'role':
      return 'ops-lead';
    case 'code':
      return 'ABC123';
    case 'text':
      return isChinese ? '内容' : 'text';
  }
}

function write(arg: RawArg, lexicon: Lexicon, isChinese: boolean): string {
  switch (arg.kind) {
    case 'refs':
      return arg.refs.map((ref) => (ref.startsWith('o:') ? `/o/${ref.slice(2)}` : ref)).join(' ');
    case 'alert':
      if (!arg.all) return String(arg.number);
      return isChinese ? `${arg.number}号全部` : `all of ${arg.number}`;
    case 'warehouse': {
      const found = lexicon.warehouses.find(({ id }) => id === arg.warehouse);
      return (isChinese ? found?.words[0] : found?.id) ?? arg.warehouse;
    }
    case 'person':
      return `@${lexicon.people.find(({ id }) => id === arg.name)?.words[0] ?? arg.name}`;
    case 'duration':
      return isChinese ? `${arg.ms / 60_000}分钟` : `${arg.ms / 60_000}m`;
    case 'words':
      return arg.words;
  }
}
